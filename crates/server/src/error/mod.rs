//! What a client is told when a request fails: one table of statuses, codes and sentences, in the two shapes of the two
//! families of interfaces.

mod refusals;

use axum::Json;
use axum::response::{IntoResponse, Response};
use frontdesk_api::FieldError;
use frontdesk_api::messaging::error::{ErrorBody, code};
use frontdesk_api::native::config::ConfigProblem;
use frontdesk_api::native::problem::{Problem, ReachedLimit};
use http::{HeaderValue, StatusCode, header};

use crate::limit::Excess;
use crate::signin::oidc::Refusal as SignInRefusal;

/// Seconds after which a refused client may try again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// A credential is missing, malformed, foreign or expired; which of these is not said.
    #[error("The credentials are missing, not valid, or no longer valid.")]
    Unauthorized,
    /// The password is right, and a code of the second factor is wanted beside it.
    #[error("Give a `code` of your second factor as well.")]
    TotpRequired,
    /// Too many tries to prove who one is have failed.
    #[error("Too many tries have failed. Try again in {seconds} s.")]
    TooManyAttempts {
        /// When one more is borne.
        seconds: u64,
    },
    /// Somebody who is signed in gave a wrong password.
    #[error("The password is wrong.")]
    WrongPassword,
    /// A second factor has to be set up before anything else.
    #[error("Set up a second factor first.")]
    EnrolmentRequired,
    /// A cookie came with a request that no page of this server made.
    #[error("With a cookie, only pages of this server may do this.")]
    CrossSite,
    /// The caller may not do this.
    #[error("You may not do this.")]
    Forbidden,
    /// Only a person can do this, and a program asks.
    #[error("Only somebody who is signed in can do this, not an API key.")]
    PersonNeeded,
    /// It would give others more than the caller has, or take charge of it.
    #[error("You cannot give or change rights that you do not have yourself.")]
    MoreThanOwn,
    /// The path names nothing, or nothing that the caller may know of.
    #[error("There is nothing at this address.")]
    NotFound,
    /// The path does not take this method.
    #[error("This address does not take this method.")]
    MethodNotAllowed,
    /// An identity provider has not led to a sign-in.
    #[error(transparent)]
    SignIn(#[from] SignInRefusal),
    /// A field does not fit.
    #[error("{0}")]
    Field(#[from] FieldError),
    /// The body, or a value in it, is not what is expected.
    #[error("{message}")]
    Body {
        /// Where, as a path of names; empty for the whole body.
        field: String,
        /// What is wrong.
        message: String,
    },
    /// A field disagrees with the token.
    #[error("`{0}` does not agree with the token.")]
    ReceiverMismatch(&'static str),
    /// A key was used for another request.
    #[error("This message id or idempotency key was used for another message.")]
    IdempotencyMismatch,
    /// The cursor was not made for this reader.
    #[error("`cursor` is not one of this reader's. Start again with an empty one.")]
    CursorInvalid,
    /// The cursor is ahead of the log.
    #[error("`cursor` is ahead of everything that was written. Start again with an empty one.")]
    CursorAhead,
    /// The body is too large.
    #[error("The body is larger than {limit} bytes.")]
    TooLarge {
        /// The bytes that are allowed.
        limit: usize,
        /// The rest of the body was not read, so the connection cannot be used further.
        must_close: bool,
    },
    /// The body is in a form that is not understood.
    #[error("The body must be {0}.")]
    Unsupported(&'static str),
    /// The body came too slowly.
    #[error("The body did not come in time.")]
    Timeout,
    /// The conversation is not in a state that allows this.
    #[error("{sentence}")]
    Conflict {
        /// The code.
        code: &'static str,
        /// What stands in the way.
        sentence: &'static str,
    },
    /// What is to be changed is not as the request says.
    #[error("{sentence}")]
    Precondition {
        /// The code.
        code: &'static str,
        /// What is different.
        sentence: &'static str,
    },
    /// A tenant's file cannot be applied.
    #[error("The file cannot be applied; `problems` says why.")]
    ConfigFile(Vec<ConfigProblem>),
    /// A colleague was faster than the agent who answers.
    #[error("A colleague wrote, or the conversation was handed over, after what you have seen.")]
    Newer {
        /// What colleagues wrote, by message id.
        messages: Vec<String>,
        /// The number to send again with.
        last_seen: u64,
    },
    /// More than a limit allows.
    #[error("{0}")]
    Limited(#[from] Excess),
    /// Too much is going on; it may be tried again.
    #[error("The server is busy. Try again in a moment.")]
    Busy,
    /// Something is wrong here; what, is in the log.
    #[error("The server failed to answer.")]
    Internal,
}

/// The code that a refused caller was told, on the answer, for whoever records refusals.
#[derive(Clone, Copy, Debug)]
pub struct ToldCode(pub &'static str);

/// What goes with a kind of failure.
struct Told {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
}

impl ApiError {
    /// The agent answers to an offer that is not there, or no longer.
    pub const NOT_OFFERED: Self =
        Self::Conflict { code: "NOT_OFFERED", sentence: "The conversation is not offered to you." };

    fn told(&self) -> Told {
        let (status, code, title) = match self {
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "Not authorised"),
            Self::TotpRequired => (StatusCode::UNAUTHORIZED, "TOTP_REQUIRED", "Not authorised"),
            Self::TooManyAttempts { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_ATTEMPTS", "Too many tries")
            }
            Self::WrongPassword => (StatusCode::BAD_REQUEST, "WRONG_PASSWORD", "A field does not fit"),
            Self::EnrolmentRequired => (StatusCode::FORBIDDEN, "TOTP_ENROLMENT_REQUIRED", "Not allowed"),
            Self::CrossSite => (StatusCode::FORBIDDEN, "CROSS_SITE", "Not allowed"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "FORBIDDEN", "Not allowed"),
            Self::PersonNeeded => (StatusCode::FORBIDDEN, "PERSON_NEEDED", "Not allowed"),
            Self::MoreThanOwn => (StatusCode::FORBIDDEN, "MORE_THAN_OWN", "Not allowed"),
            Self::NotFound => (StatusCode::NOT_FOUND, "NOT_FOUND", "Not found"),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "Method not allowed")
            }
            Self::Field(_) => (StatusCode::BAD_REQUEST, "FIELD_INVALID", "A field does not fit"),
            Self::Body { .. } => (StatusCode::BAD_REQUEST, "BODY_INVALID", "The body does not fit"),
            Self::ReceiverMismatch(_) => {
                (StatusCode::BAD_REQUEST, code::RECEIVER_MISMATCH, "A field disagrees with the token")
            }
            Self::IdempotencyMismatch => {
                (StatusCode::BAD_REQUEST, code::IDEMPOTENCY_MISMATCH, "The key was used before")
            }
            Self::CursorInvalid => (StatusCode::BAD_REQUEST, code::CURSOR_INVALID, "Not a cursor"),
            Self::CursorAhead => (StatusCode::BAD_REQUEST, code::CURSOR_AHEAD, "The cursor is ahead"),
            Self::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", "Too large"),
            Self::Unsupported(_) => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", "Not understood")
            }
            Self::Timeout => (StatusCode::REQUEST_TIMEOUT, "TIMEOUT", "Too slow"),
            Self::Conflict { code, .. } => (StatusCode::CONFLICT, *code, "Not possible now"),
            Self::Precondition { code, .. } => (StatusCode::PRECONDITION_FAILED, *code, "Not as expected"),
            Self::ConfigFile(_) => (StatusCode::BAD_REQUEST, "CONFIG_FILE_INVALID", "The file does not fit"),
            Self::Newer { .. } => (StatusCode::CONFLICT, "NEWER_MESSAGE", "Not possible now"),
            Self::Limited(excess) => (StatusCode::TOO_MANY_REQUESTS, excess.code(), "Too much"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "BUSY", "Busy"),
            Self::SignIn(refusal) => refusal.told(),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "Failed"),
        };
        Told { status, code, title }
    }

    /// A field whose value does not fit.
    pub fn field_invalid(name: &'static str, why: impl std::fmt::Display) -> Self {
        FieldError::invalid(name, why.to_string()).into()
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.told().status
    }

    /// The stable code and the sentence, for where there is no status.
    pub fn code_and_sentence(&self) -> (&'static str, String) {
        (self.told().code, self.to_string())
    }

    /// The field at fault, if it is one.
    fn field(&self) -> Option<&str> {
        match self {
            Self::Field(error) => Some(error.field),
            Self::Body { field, .. } => Some(field.as_str()).filter(|field| !field.is_empty()),
            Self::ReceiverMismatch(field) => Some(field),
            Self::CursorInvalid | Self::CursorAhead => Some("cursor"),
            Self::IdempotencyMismatch => Some("messageId"),
            Self::Unauthorized
            | Self::TotpRequired
            | Self::TooManyAttempts { .. }
            | Self::WrongPassword
            | Self::EnrolmentRequired
            | Self::CrossSite
            | Self::Forbidden
            | Self::PersonNeeded
            | Self::MoreThanOwn
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::TooLarge { .. }
            | Self::Unsupported(_)
            | Self::Timeout
            | Self::Conflict { .. }
            | Self::Precondition { .. }
            | Self::ConfigFile(_)
            | Self::Newer { .. }
            | Self::Limited(_)
            | Self::SignIn(_)
            | Self::Busy
            | Self::Internal => None,
        }
    }

    /// The headers that go with a failure.
    pub(crate) fn finish(&self, mut response: Response) -> Response {
        response.extensions_mut().insert(ToldCode(self.told().code));
        let headers = response.headers_mut();
        match self {
            Self::Busy => {
                headers.insert(header::RETRY_AFTER, RETRY_AFTER);
            }
            Self::Limited(excess) => {
                if let Some(seconds) = excess.retry_after() {
                    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
                }
            }
            Self::TooManyAttempts { seconds } => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
            }
            Self::TooLarge { must_close: true, .. } | Self::Timeout => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response
    }

    /// As the messaging API's clients see it.
    pub fn into_messaging(self) -> Response {
        let told = self.told();
        let response = (told.status, Json(ErrorBody::new(told.code, self.to_string()))).into_response();
        self.finish(response)
    }

    /// As the native API's clients see it (RFC 9457).
    pub fn into_native(self) -> Response {
        let told = self.told();
        let mut problem = Problem::new(told.status.as_u16(), told.title, told.code, self.to_string());
        if let Some(field) = self.field() {
            problem = problem.with_field(field);
        }
        if let Self::Newer { messages, last_seen } = &self {
            problem.message_ids.clone_from(messages);
            problem.last_seen = Some(*last_seen);
        }
        if let Self::ConfigFile(problems) = &self {
            problem.problems.clone_from(problems);
        }
        if let Self::Limited(Excess { limit, most, used, .. }) = self {
            problem.limit = Some(ReachedLimit { name: limit.name().to_owned(), most, used });
        }
        let mut response = (told.status, Json(problem)).into_response();
        let problem_json = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, problem_json);
        self.finish(response)
    }
}

/// A failure of the messaging API.
#[derive(Debug)]
pub struct MessagingError(ApiError);

impl<E: Into<ApiError>> From<E> for MessagingError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for MessagingError {
    fn into_response(self) -> Response {
        self.0.into_messaging()
    }
}

/// A failure of the native API.
#[derive(Debug)]
pub struct NativeError(ApiError);

impl<E: Into<ApiError>> From<E> for NativeError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for NativeError {
    fn into_response(self) -> Response {
        self.0.into_native()
    }
}

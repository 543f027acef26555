//! What a client is told when a request fails: one table of statuses, codes and sentences, in the two shapes of the two
//! families of interfaces.

use axum::Json;
use axum::response::{IntoResponse, Response};
use frontdesk_api::FieldError;
use frontdesk_api::messaging::error::{ErrorBody, code};
use frontdesk_api::native::problem::Problem;
use frontdesk_core::conversation::Refusal;
use frontdesk_core::port::{ReserveError, StoreError};
use http::{HeaderValue, StatusCode, header};

use crate::admin::AdminError;
use crate::engine::RunError;

/// Seconds after which a refused client may try again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// A credential is missing, malformed, foreign or expired; which of these is not said.
    #[error("The credentials are missing, not valid, or no longer valid.")]
    Unauthorized,
    /// The caller may not do this.
    #[error("You may not do this.")]
    Forbidden,
    /// The path names nothing, or nothing that the caller may know of.
    #[error("There is nothing at this address.")]
    NotFound,
    /// The path does not take this method.
    #[error("This address does not take this method.")]
    MethodNotAllowed,
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
    /// A colleague was faster than the agent who answers.
    #[error("A colleague wrote, or the conversation was handed over, after what you have seen.")]
    Newer {
        /// What colleagues wrote, by message id.
        messages: Vec<String>,
        /// The number to send again with.
        last_seen: u64,
    },
    /// Too much is going on; it may be tried again.
    #[error("The server is busy. Try again in a moment.")]
    Busy,
    /// Something is wrong here; what, is in the log.
    #[error("The server failed to answer.")]
    Internal,
}

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
            Self::Forbidden => (StatusCode::FORBIDDEN, "FORBIDDEN", "Not allowed"),
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
            Self::Newer { .. } => (StatusCode::CONFLICT, "NEWER_MESSAGE", "Not possible now"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "BUSY", "Busy"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "Failed"),
        };
        Told { status, code, title }
    }

    /// A field whose value does not fit.
    pub fn field_invalid(name: &'static str, why: impl std::fmt::Display) -> Self {
        FieldError::invalid(name, why.to_string()).into()
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
            | Self::Forbidden
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::TooLarge { .. }
            | Self::Unsupported(_)
            | Self::Timeout
            | Self::Conflict { .. }
            | Self::Newer { .. }
            | Self::Busy
            | Self::Internal => None,
        }
    }

    fn finish(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        match self {
            Self::Busy => {
                headers.insert(header::RETRY_AFTER, RETRY_AFTER);
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
        let mut response = (told.status, Json(problem)).into_response();
        let problem_json = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, problem_json);
        self.finish(response)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Busy,
            StoreError::Unavailable(_) => {
                tracing::error!(%error, "the store cannot write");
                Self::Busy
            }
            StoreError::Damaged(_) | StoreError::Failed(_) => {
                tracing::error!(%error, "the store failed");
                Self::Internal
            }
        }
    }
}

impl From<RunError> for ApiError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Refused(refusal) => refusal.into(),
            RunError::NoCustomer => Self::NotFound,
            RunError::KeyReused => Self::IdempotencyMismatch,
            RunError::Store(error) => error.into(),
        }
    }
}

impl From<ReserveError> for ApiError {
    fn from(error: ReserveError) -> Self {
        match error {
            ReserveError::NotOnline => {
                Self::Conflict { code: "AGENT_NOT_ONLINE", sentence: "That agent takes no customers now." }
            }
            ReserveError::Full => Self::Conflict {
                code: "AGENT_FULL",
                sentence: "That agent holds as many customers as they can.",
            },
            ReserveError::Store(error) => error.into(),
        }
    }
}

/// Refusals as agents see them; customers get the documented results instead.
impl From<AdminError> for ApiError {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::Invalid { field, why } => {
                let message =
                    if field.is_empty() { format!("The body {why}.") } else { format!("`{field}`: {why}") };
                Self::Body { field: field.into_owned(), message }
            }
            AdminError::Unknown(what) => {
                Self::Body { field: String::new(), message: format!("There is no {what}.") }
            }
            AdminError::InUse(_) => Self::Conflict { code: "IN_USE", sentence: "Something else needs it." },
            AdminError::Backup(_) => Self::Internal,
            AdminError::Store(error) => error.into(),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let (code, sentence) = match refusal {
            Refusal::NoSession => ("CONVERSATION_ENDED", "The conversation has ended."),
            Refusal::NotTheAgents => ("NOT_YOURS", "The conversation is not yours."),
            Refusal::ToOneself => ("TO_ONESELF", "You already have this conversation."),
            Refusal::Fenced => ("MOVED_ON", "Somebody else has the conversation now."),
            Refusal::OutsideHours => ("OUTSIDE_HOURS", "It is outside working hours."),
            Refusal::NoAgents => ("NO_AGENTS", "No agent is signed in."),
            Refusal::QueueFull => ("QUEUE_FULL", "As many customers wait in the queue as may."),
            Refusal::NotConfigured => ("NOT_CONFIGURED", "The channel has nobody to answer."),
            Refusal::AlreadyWithAgent => ("WITH_AGENT", "An agent already serves the customer."),
            Refusal::NoRobot => ("NO_ROBOT", "The channel has no robot."),
            Refusal::NotWithAgent => ("NOT_WITH_AGENT", "No agent has the conversation."),
            Refusal::AlreadyTakesPart => {
                ("ALREADY_TAKES_PART", "They take part in the conversation already.")
            }
            Refusal::NotInvited => ("NOT_INVITED", "They came by themselves, and leave by themselves."),
            Refusal::TooManyParticipants => {
                ("TOO_MANY_PARTICIPANTS", "So many take part in the conversation that nobody else can.")
            }
            Refusal::NothingToRate => ("NOTHING_TO_RATE", "There is nothing to rate."),
            Refusal::DispositionRequired => {
                ("DISPOSITION_REQUIRED", "Say first what came of the conversation: it needs a disposition.")
            }
            Refusal::Newer => ("NEWER_MESSAGE", "A colleague was faster."),
            Refusal::UnknownDisposition => {
                return FieldError::invalid("disposition", "names no disposition").into();
            }
            Refusal::TooManyAttributes => {
                let most = frontdesk_core::labels::Labels::MAX_ATTRIBUTES;
                return FieldError::invalid("attributes", format!("must be at most {most}")).into();
            }
        };
        Self::Conflict { code, sentence }
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

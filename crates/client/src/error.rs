//! What can go wrong with a call. No error shows a credential, or what somebody wrote.

use std::fmt;
use std::time::Duration;

use frontdesk_api::messaging::error::ErrorBody;
use frontdesk_api::native::problem::Problem;
use reqwest::{Method, StatusCode};

use crate::credentials::CredentialsError;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server's address cannot be used.
    #[error("the server's address {0}")]
    Address(&'static str),
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up")]
    Setup(#[source] reqwest::Error),
    /// The server could not be reached, did not answer in time, or its answer broke off. It may have taken the request.
    #[error("{route}: no whole answer came")]
    Transport {
        /// The call.
        route: Route,
        /// What happened.
        #[source]
        source: reqwest::Error,
    },
    /// The server answered with another status than success.
    #[error(transparent)]
    Status(#[from] Box<StatusError>),
    /// The answer was success, but not of the expected shape.
    #[error("{route}: the answer does not fit at {place}")]
    Decode {
        /// The call.
        route: Route,
        /// Where, as a path of names; `.` for the whole answer.
        place: String,
    },
    /// A business failure (HTTP 200 with another result code than `0`) of a call that yields a single thing, or a frame
    /// that the server refused over a WebSocket.
    #[error("{route}: result code {code}: {text}")]
    Refused {
        /// The call.
        route: Route,
        /// The documented result code, or the symbolic code of the refusal.
        code: String,
        /// The result in words.
        text: String,
    },
    /// A stream could not be opened in time, fell silent or broke off. What it did not bring comes another way.
    #[error("{route}: the stream broke off")]
    Stream {
        /// The call.
        route: Route,
        /// What happened.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A feed's place could not be read or kept. After a restart, messages may come again.
    #[error("the feed's place could not be kept")]
    Place(#[source] std::io::Error),
    /// No credentials could be had.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
}

impl Error {
    /// Whether the same call may well succeed later: the server was not reached, is busy, or failed for the moment.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Transport { source, .. } => !source.is_builder(),
            Self::Status(error) => matches!(
                error.status,
                StatusCode::REQUEST_TIMEOUT
                    | StatusCode::TOO_MANY_REQUESTS
                    | StatusCode::INTERNAL_SERVER_ERROR
                    | StatusCode::BAD_GATEWAY
                    | StatusCode::SERVICE_UNAVAILABLE
                    | StatusCode::GATEWAY_TIMEOUT
            ),
            Self::Credentials(error) => error.is_temporary(),
            Self::Stream { .. } => true,
            Self::Place(_)
            | Self::Address(_)
            | Self::Setup(_)
            | Self::Decode { .. }
            | Self::Refused { .. } => false,
        }
    }

    /// The answer's status, if there was one that was not success.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Status(error) => Some(error.status),
            _ => None,
        }
    }

    /// The symbolic code of an error answer, or the result code of a business failure.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Status(error) => error.code(),
            Self::Refused { code, .. } => Some(code),
            _ => None,
        }
    }

    /// How long the server wants to be left alone, if it said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status(error) => error.retry_after,
            _ => None,
        }
    }
}

/// Which interface was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with `{name}` for parts that vary.
    pub path: &'static str,
}

impl fmt::Display for Route {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.method, self.path)
    }
}

/// An answer with another status than success.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusError {
    /// The call.
    pub route: Route,
    /// The answer's status.
    pub status: StatusCode,
    /// How long the server wants to be left alone (`Retry-After` in seconds; a date there is not read).
    pub retry_after: Option<Duration>,
    /// What the answer says.
    pub answer: ErrorAnswer,
}

impl StatusError {
    /// The symbolic code, if the answer has one.
    pub fn code(&self) -> Option<&str> {
        let code = match &self.answer {
            ErrorAnswer::Messaging(body) if body.error_code.is_empty() => &body.result_code,
            ErrorAnswer::Messaging(body) => &body.error_code,
            ErrorAnswer::Native(problem) => &problem.code,
            ErrorAnswer::Other => return None,
        };
        Some(code.as_str()).filter(|code| !code.is_empty())
    }

    /// The sentence that explains the failure, if the answer has one.
    pub fn text(&self) -> Option<&str> {
        let text = match &self.answer {
            ErrorAnswer::Messaging(body) if body.exception_info.is_empty() => &body.result_desc,
            ErrorAnswer::Messaging(body) => &body.exception_info,
            ErrorAnswer::Native(problem) => &problem.detail,
            ErrorAnswer::Other => return None,
        };
        Some(text.as_str()).filter(|text| !text.is_empty())
    }
}

impl fmt::Display for StatusError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: status {}", self.route, self.status.as_u16())?;
        if let Some(code) = self.code() {
            write!(out, " {code}")?;
        }
        self.text().map_or(Ok(()), |text| write!(out, ": {text}"))
    }
}

impl std::error::Error for StatusError {}

/// The body of an error answer, by family of interfaces.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorAnswer {
    /// The messaging API's error body.
    Messaging(ErrorBody),
    /// The native API's problem (RFC 9457).
    Native(Problem),
    /// Neither: something between here and the server answered, or another server.
    Other,
}

impl ErrorAnswer {
    /// Reads a body of this media type.
    pub(crate) fn read(media: &str, body: &[u8]) -> Self {
        if media.starts_with("application/problem+json") {
            return serde_json::from_slice(body).map_or(Self::Other, Self::Native);
        }
        match serde_json::from_slice::<ErrorBody>(body) {
            Ok(body) if body != ErrorBody::default() => Self::Messaging(body),
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status_error(status: StatusCode, media: &str, body: &str) -> StatusError {
        StatusError {
            route: Route { method: Method::GET, path: "/x/{id}" },
            status,
            retry_after: None,
            answer: ErrorAnswer::read(media, body.as_bytes()),
        }
    }

    #[test]
    fn each_shape_of_error_gives_its_code_and_sentence() {
        let messaging = r#"{"errorCode":"FIELD_INVALID","exceptionInfo":"`from` is missing"}"#;
        let error = status_error(StatusCode::BAD_REQUEST, "application/json", messaging);
        assert_eq!(error.to_string(), "GET /x/{id}: status 400 FIELD_INVALID: `from` is missing");

        let result = r#"{"resultCode":"A","resultDesc":"b"}"#;
        let error = status_error(StatusCode::BAD_REQUEST, "application/json", result);
        assert_eq!(error.to_string(), "GET /x/{id}: status 400 A: b");

        let problem = r#"{"type":"about:blank","status":409,"detail":"It has ended.","code":"ENDED"}"#;
        let error = status_error(StatusCode::CONFLICT, "application/problem+json", problem);
        assert_eq!(error.to_string(), "GET /x/{id}: status 409 ENDED: It has ended.");

        for (media, body) in [("text/html", "<h1>Bad gateway</h1>"), ("application/json", "{}")] {
            let error = status_error(StatusCode::BAD_GATEWAY, media, body);
            assert_eq!((error.code(), error.text()), (None, None));
            assert_eq!(error.to_string(), "GET /x/{id}: status 502");
        }
    }

    #[test]
    fn only_what_may_pass_is_temporary() {
        let of = |status| Error::from(Box::new(status_error(status, "", ""))).is_temporary();
        assert!(of(StatusCode::SERVICE_UNAVAILABLE) && of(StatusCode::TOO_MANY_REQUESTS));
        assert!(!of(StatusCode::UNAUTHORIZED) && !of(StatusCode::BAD_REQUEST) && !of(StatusCode::NOT_FOUND));
        assert!(!Error::Address("is no URL").is_temporary());
    }
}

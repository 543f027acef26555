//! What a desk of the agent gateway is told when a request fails: the documented codes, with status 200.

use axum::Json;
use axum::response::{IntoResponse, Response};
use frontdesk_api::agentgateway::{Failure, Retcode};
use frontdesk_api::named::Named as _;
use http::StatusCode;

use crate::error::{ApiError, ToldCode};

/// Why a request of the agent gateway failed.
#[derive(Debug)]
pub struct GatewayError {
    /// The documented code.
    pub retcode: Retcode,
    message: String,
    status: StatusCode,
    cause: Option<ApiError>,
}

impl GatewayError {
    /// A refusal with a documented code.
    pub fn new(retcode: Retcode, message: impl Into<String>) -> Self {
        Self { retcode, message: message.into(), status: StatusCode::OK, cause: None }
    }

    /// An address that is not served, or not with this method. It keeps its status: there is no interface that could
    /// say otherwise.
    pub fn of_address(error: ApiError) -> Self {
        let status = match error {
            ApiError::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            _ => StatusCode::NOT_FOUND,
        };
        Self { status, ..Self::from(error) }
    }

    /// The same with another code, if the request itself was at fault.
    #[must_use]
    pub fn or(self, retcode: Retcode) -> Self {
        match self.retcode {
            Retcode::InvalidParameter => Self { retcode, ..self },
            _ => self,
        }
    }

    /// The field at fault, if it is one.
    pub fn field(&self) -> Option<&str> {
        match &self.cause {
            Some(ApiError::Field(error)) => Some(error.field),
            _ => None,
        }
    }
}

impl<E: Into<ApiError>> From<E> for GatewayError {
    fn from(error: E) -> Self {
        let error = error.into();
        let (retcode, status) = match &error {
            ApiError::Unauthorized => (Retcode::NotSignedIn, StatusCode::OK),
            // What a second factor or a browser needs, the gateway has no place for.
            ApiError::Forbidden
            | ApiError::TotpRequired
            | ApiError::WrongPassword
            | ApiError::EnrolmentRequired
            | ApiError::CrossSite
            | ApiError::PersonNeeded
            | ApiError::SignIn(_)
            | ApiError::MoreThanOwn => (Retcode::NoPermission, StatusCode::OK),
            ApiError::TooLarge { .. } => (Retcode::InvalidParameter, StatusCode::PAYLOAD_TOO_LARGE),
            ApiError::Unsupported(_) => (Retcode::InvalidParameter, StatusCode::UNSUPPORTED_MEDIA_TYPE),
            ApiError::Timeout => (Retcode::InvalidParameter, StatusCode::REQUEST_TIMEOUT),
            ApiError::NotFound
            | ApiError::MethodNotAllowed
            | ApiError::Field(_)
            | ApiError::Body { .. }
            | ApiError::ReceiverMismatch(_)
            | ApiError::IdempotencyMismatch => (Retcode::InvalidParameter, StatusCode::OK),
            ApiError::TooManyAttempts { .. } | ApiError::Limited(_) => {
                (Retcode::Failed, StatusCode::TOO_MANY_REQUESTS)
            }
            ApiError::Busy => (Retcode::Failed, StatusCode::SERVICE_UNAVAILABLE),
            ApiError::Internal => (Retcode::Failed, StatusCode::INTERNAL_SERVER_ERROR),
            ApiError::CursorInvalid
            | ApiError::CursorAhead
            | ApiError::Conflict { .. }
            | ApiError::Precondition { .. }
            | ApiError::ConfigFile(_)
            | ApiError::Newer { .. } => (Retcode::Failed, StatusCode::OK),
        };
        Self { retcode, message: error.to_string(), status, cause: Some(error) }
    }
}

impl IntoResponse for GatewayError {
    fn into_response(self) -> Response {
        let told = ToldCode(self.retcode.as_str());
        let failure = Failure { message: self.message, retcode: self.retcode };
        let response = (self.status, Json(failure)).into_response();
        let mut response = match self.cause {
            Some(error) => error.finish(response),
            None => response,
        };
        response.extensions_mut().insert(told);
        response
    }
}

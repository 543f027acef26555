//! Errors that many routes answer with. The document describes each once, as a component; handlers name them in sets,
//! by what they take of a request.

use std::collections::BTreeMap;

use frontdesk_api::agentgateway::Failure as GatewayFailure;
use frontdesk_api::messaging::error::ErrorBody;
use frontdesk_api::native::problem::Problem;
use http::StatusCode;
use utoipa::ToSchema;
use utoipa::openapi::{
    Content, HeaderBuilder, Object, Ref, RefOr, Response, ResponseBuilder, Type, header::Header,
};

use crate::router::Family;

/// A kind of error, as in the table of [`ApiError`](crate::error::ApiError).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    NotAllowed,
    Timeout,
    Conflict,
    Precondition,
    TooLarge,
    Unsupported,
    Limited,
    Internal,
    Busy,
}

impl Failure {
    pub(super) const ALL: [Self; 13] = [
        Self::BadRequest,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::NotAllowed,
        Self::Timeout,
        Self::Conflict,
        Self::Precondition,
        Self::TooLarge,
        Self::Unsupported,
        Self::Limited,
        Self::Internal,
        Self::Busy,
    ];

    const fn told(self) -> (StatusCode, &'static str) {
        match self {
            Self::BadRequest => (StatusCode::BAD_REQUEST, "A value does not fit; the answer says which."),
            Self::Unauthorized => (
                StatusCode::UNAUTHORIZED,
                "A credential is missing, not valid, or no longer valid; which of these is not said.",
            ),
            Self::Forbidden => (StatusCode::FORBIDDEN, "The caller may not do this."),
            Self::NotFound => {
                (StatusCode::NOT_FOUND, "There is no such thing, or none that the caller may know of.")
            }
            Self::NotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "This kind of thing cannot be treated so."),
            Self::Timeout => (StatusCode::REQUEST_TIMEOUT, "The body came too slowly."),
            Self::Conflict => {
                (StatusCode::CONFLICT, "Not possible now; the code says what stands in the way.")
            }
            Self::Precondition => (
                StatusCode::PRECONDITION_FAILED,
                "It is not as `If-Match` or `If-None-Match` says; nothing was changed.",
            ),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large."),
            Self::Unsupported => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body is in a form that is not understood.")
            }
            Self::Limited => {
                (StatusCode::TOO_MANY_REQUESTS, "More than a limit allows; the answer says which.")
            }
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "The server failed."),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "Too much is going on; it may be tried again."),
        }
    }

    /// The name of the component that describes the error in a family.
    pub(super) fn component(self, family: Family) -> String {
        format!("{family:?}{self:?}")
    }

    /// The status, and a reference to the component.
    pub(super) fn answer(self, family: Family) -> (String, RefOr<Response>) {
        let reference = Ref::from_response_name(self.component(family));
        (self.told().0.as_str().to_owned(), RefOr::Ref(reference))
    }

    /// The component itself.
    pub(super) fn response(self, family: Family) -> Response {
        let mut response = ResponseBuilder::new().description(self.told().1);
        if family == Family::Gateway {
            return response.content("application/json", body::<GatewayFailure>()).build();
        }
        if family == Family::Native {
            response = response.content("application/problem+json", body::<Problem>());
        }
        // A connection too many, or a handler's panic, is answered before the family is known.
        if family == Family::Messaging || matches!(self, Self::Internal | Self::Busy) {
            response = response.content("application/json", body::<ErrorBody>());
        }
        if matches!(self, Self::Busy | Self::Limited) {
            response = response.header("Retry-After", retry_after());
        }
        response.build()
    }
}

fn body<T: ToSchema>() -> Content {
    Content::new(Some(Ref::from_schema_name(T::name())))
}

fn retry_after() -> Header {
    HeaderBuilder::new()
        .schema(Some(Object::with_type(Type::Integer)))
        .description(Some("Seconds after which it may be tried again."))
        .build()
}

/// Declares sets of a family's errors, for `responses(…)` of a handler's attribute.
macro_rules! sets {
    ($family:expr; $($(#[$docs:meta])* $set:ident: $($failure:ident),+;)+) => {$(
        $(#[$docs])*
        pub(crate) enum $set {}

        impl utoipa::IntoResponses for $set {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                [$(Failure::$failure),+].into_iter().map(|failure| failure.answer($family)).collect()
            }
        }
    )+};
}

/// Errors of the messaging API.
pub(crate) mod messaging {
    use super::{BTreeMap, Failure, Family, RefOr, Response};

    sets! { Family::Messaging;
        /// What can be wrong with a JSON body.
        BadBody: BadRequest, Timeout, TooLarge, Unsupported;
        /// What can be wrong with a query.
        BadQuery: BadRequest;
        /// Credentials in the body are wrong.
        BadCredentials: Unauthorized;
        /// What the request is about is not there.
        NotFound: NotFound;
    }
}

/// Errors of the native API.
pub(crate) mod native {
    use super::{BTreeMap, Failure, Family, RefOr, Response};

    sets! { Family::Native;
        /// What can be wrong with a JSON body.
        BadBody: BadRequest, Timeout, TooLarge, Unsupported;
        /// What can be wrong with a file.
        BadFile: BadRequest, Timeout, TooLarge;
        /// What can be wrong with a query.
        BadQuery: BadRequest;
        /// Credentials in the body are wrong.
        BadCredentials: Unauthorized;
        /// The page that calls is not one that the channel allows.
        Forbidden: Forbidden;
        /// What the path names is not there.
        NotFound: NotFound;
        /// There are kinds of things for which this method is not meant.
        NotAllowed: NotAllowed;
        /// What is to be changed is not as a header expects.
        Expected: Precondition;
        /// A conversation is not in a state that allows this.
        Conflict: Conflict;
        /// It was tried too often.
        TooMany: Limited;
    }
}

/// Errors of the agent gateway that are no answer of an interface: those have status 200 and a `retcode`.
pub(crate) mod gateway {
    use super::{BTreeMap, Failure, Family, RefOr, Response};

    sets! { Family::Gateway;
        /// What can be wrong with a JSON body.
        BadBody: Timeout, TooLarge, Unsupported;
    }
}

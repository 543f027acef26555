//! Query strings, with the name of the field that does not fit.

use axum::extract::{FromRequestParts, Query};
use http::Uri;
use http::request::Parts as RequestParts;
use serde::de::DeserializeOwned;

use crate::error::{ApiError, MessagingError, NativeError};
use crate::gateway::GatewayError;

/// A query of the messaging API.
#[derive(Debug)]
pub struct MessagingQuery<T>(pub T);

/// A query of the agent gateway.
#[derive(Debug)]
pub struct GatewayQuery<T>(pub T);

/// A query of the native API.
#[derive(Debug)]
pub struct NativeQuery<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for MessagingQuery<T> {
    type Rejection = MessagingError;

    async fn from_request_parts(parts: &mut RequestParts, _: &S) -> Result<Self, MessagingError> {
        Ok(Self(read(&parts.uri)?))
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for NativeQuery<T> {
    type Rejection = NativeError;

    async fn from_request_parts(parts: &mut RequestParts, _: &S) -> Result<Self, NativeError> {
        Ok(Self(read(&parts.uri)?))
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for GatewayQuery<T> {
    type Rejection = GatewayError;

    async fn from_request_parts(parts: &mut RequestParts, _: &S) -> Result<Self, GatewayError> {
        Ok(Self(read(&parts.uri)?))
    }
}

impl<T: DeserializeOwned> MessagingQuery<T> {
    /// The query of an address.
    pub(crate) fn of(uri: &Uri) -> Result<T, ApiError> {
        read(uri)
    }
}

fn read<T: DeserializeOwned>(uri: &Uri) -> Result<T, ApiError> {
    let query = Query::<T>::try_from_uri(uri);
    query.map(|Query(value)| value).map_err(|error| ApiError::Body {
        field: "query".to_owned(),
        message: format!("The query does not fit: {}", error.body_text()),
    })
}

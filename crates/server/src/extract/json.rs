//! JSON bodies: bounded, and with the name of the field that does not fit.

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::{HeaderMap, header};
use hyper::body::Incoming;
use serde::de::DeserializeOwned;

use super::body::read_body;
use super::caller::CustomerCaller;
use crate::error::{ApiError, MessagingError, NativeError};
use crate::gateway::GatewayError;
use crate::listen::body::read_limited;
use crate::listen::room::Sender;
use crate::parts::Parts;

/// A JSON body of the messaging API.
#[derive(Debug)]
pub struct MessagingJson<T>(pub T);

/// A JSON body of the messaging API that older clients leave away.
#[derive(Debug)]
pub struct OptionalMessagingJson<T>(pub T);

/// A JSON body of the agent gateway.
#[derive(Debug)]
pub struct GatewayJson<T>(pub T);

/// A JSON body of the native API.
#[derive(Debug)]
pub struct NativeJson<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Parts> for MessagingJson<T> {
    type Rejection = MessagingError;

    async fn from_request(request: Request, parts: &Parts) -> Result<Self, MessagingError> {
        Ok(Self(read(request, parts).await?))
    }
}

impl<T: DeserializeOwned + Default> FromRequest<Parts> for OptionalMessagingJson<T> {
    type Rejection = MessagingError;

    async fn from_request(request: Request, parts: &Parts) -> Result<Self, MessagingError> {
        let bytes = body_of(request, parts).await?;
        let is_empty = bytes.iter().all(u8::is_ascii_whitespace);
        Ok(Self(if is_empty { T::default() } else { parse(&bytes)? }))
    }
}

impl<T: DeserializeOwned> FromRequest<Parts> for NativeJson<T> {
    type Rejection = NativeError;

    async fn from_request(request: Request, parts: &Parts) -> Result<Self, NativeError> {
        Ok(Self(read(request, parts).await?))
    }
}

impl<T: DeserializeOwned> FromRequest<Parts> for GatewayJson<T> {
    type Rejection = GatewayError;

    async fn from_request(request: Request, parts: &Parts) -> Result<Self, GatewayError> {
        Ok(Self(read(request, parts).await?))
    }
}

impl<T: DeserializeOwned> MessagingJson<T> {
    /// The body of a customer's request with these headers.
    pub(crate) async fn of(
        caller: &CustomerCaller,
        headers: &HeaderMap,
        body: Incoming,
        parts: &Parts,
    ) -> Result<T, ApiError> {
        refuse_other_forms(headers)?;
        let room = (&parts.bodies, &Sender::from(caller));
        parse(&read_limited(body, parts.settings.max_body_bytes, room).await?)
    }
}

async fn read<T: DeserializeOwned>(request: Request, parts: &Parts) -> Result<T, ApiError> {
    parse(&body_of(request, parts).await?)
}

async fn body_of(request: Request, parts: &Parts) -> Result<Bytes, ApiError> {
    refuse_other_forms(request.headers())?;
    read_body(parts, parts.settings.max_body_bytes, request).await
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // serde would read an array as the fields in their order; nobody means that.
    let is_object = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    if !is_object {
        let message = "The body is not a JSON object.".to_owned();
        return Err(ApiError::Body { field: String::new(), message });
    }
    // Where a body does not fit is found out only if it does not: keeping track of the place doubles the cost.
    if let Ok(value) = serde_json::from_slice(bytes) {
        return Ok(value);
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if inner.is_data() && path != "." {
            let message = format!("`{path}` does not fit: {inner}");
            ApiError::Body { field: path, message }
        } else {
            ApiError::Body { field: String::new(), message: format!("The body is not valid JSON: {inner}") }
        }
    })?;
    deserializer.end().map_err(|error| ApiError::Body {
        field: String::new(),
        message: format!("The body is not valid JSON: {error}"),
    })?;
    Ok(value)
}

/// Many clients forget to name the type, or name a wrong one; only what can never be JSON is refused.
fn refuse_other_forms(headers: &HeaderMap) -> Result<(), ApiError> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = text(header::CONTENT_TYPE).trim_start();
    let foreign = ["multipart/", "image/", "audio/", "video/"].iter().any(|kind| media.starts_with(kind));
    if foreign {
        return Err(ApiError::Unsupported("JSON (application/json)"));
    }
    match text(header::CONTENT_ENCODING).trim() {
        "" | "identity" => Ok(()),
        _ => Err(ApiError::Unsupported("uncompressed")),
    }
}

//! The three credentials of a customer's client, wherever they stand.
//!
//! Browsers cannot set headers on `EventSource` and `WebSocket`, so streams also take them from the query
//! (`appKey`, `accessToken`, `ccmessagingToken`) or from a WebSocket's subprotocols: `frontdesk`, and beside it the
//! same three as a JSON object in URL-safe base64. Neither is ever logged.

use std::borrow::Cow;
use std::collections::HashMap;

use axum::extract::Query;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderName, Uri, header};
use serde::Deserialize;

/// The subprotocol that the server speaks.
pub const WEBSOCKET_PROTOCOL: &str = "frontdesk";

const APP_KEY: HeaderName = HeaderName::from_static("x-app-key");
const MESSAGING_TOKEN: HeaderName = HeaderName::from_static("ccmessaging-token");

/// The three credentials; empty where one is missing.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Credentials<'a> {
    pub(super) app_key: Cow<'a, str>,
    pub(super) access_token: Cow<'a, str>,
    pub(super) ccmessaging_token: Cow<'a, str>,
}

impl<'a> Credentials<'a> {
    /// From the headers alone.
    pub(super) fn of_headers(headers: &'a HeaderMap) -> Self {
        let text =
            |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Self {
            app_key: text(APP_KEY).into(),
            access_token: bearer(headers).unwrap_or_default().into(),
            ccmessaging_token: text(MESSAGING_TOKEN).into(),
        }
    }

    /// From the headers, else the subprotocols, else the query.
    pub(super) fn of_stream(headers: &'a HeaderMap, uri: &Uri) -> Self {
        let of_headers = Self::of_headers(headers);
        if !of_headers.access_token.is_empty() {
            return of_headers;
        }
        Self::of_protocols(headers).unwrap_or_else(|| Self::of_query(uri))
    }

    fn of_protocols(headers: &HeaderMap) -> Option<Self> {
        let offered = headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
        let sealed = offered.split(',').map(str::trim).find(|name| *name != WEBSOCKET_PROTOCOL)?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(sealed).ok()?).ok()
    }

    fn of_query(uri: &Uri) -> Self {
        let Ok(Query(mut query)) = Query::<HashMap<String, String>>::try_from_uri(uri) else {
            return Self::default();
        };
        let mut take = |name: &str| Cow::Owned(query.remove(name).unwrap_or_default());
        Self {
            app_key: take("appKey"),
            access_token: take("accessToken"),
            ccmessaging_token: take("ccmessagingToken"),
        }
    }
}

/// The token of `Authorization: Bearer …`, with exactly one space.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let token = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
    (!token.is_empty() && !token.contains(' ')).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_may_carry_them_in_its_subprotocols() {
        let json = r#"{"appKey":"a","accessToken":"b","ccmessagingToken":"c"}"#;
        let offered = format!("frontdesk, {}", URL_SAFE_NO_PAD.encode(json));
        let mut headers = HeaderMap::new();
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, offered.parse().unwrap());
        let found = Credentials::of_stream(&headers, &Uri::from_static("/"));
        assert_eq!((&*found.app_key, &*found.access_token, &*found.ccmessaging_token), ("a", "b", "c"));
    }

    #[test]
    fn the_query_counts_for_streams_only() {
        let uri = Uri::from_static("/?appKey=a&accessToken=b&ccmessagingToken=c");
        assert_eq!(Credentials::of_stream(&HeaderMap::new(), &uri).access_token, "b");
        assert_eq!(Credentials::of_headers(&HeaderMap::new()).access_token, "");
    }
}

//! Web pages of other origins: which may call, and what their browsers are told.
//!
//! A preflight request has no credentials, so it is answered for every origin that any channel lists. The request
//! itself names its channel by its token, and is checked against that one. Cookies are never used, so browsers are
//! never asked to send credentials of their own.

use std::time::Duration;

use frontdesk_core::directory::Channel;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::parts::Parts;

/// How long a browser may remember the answer to a preflight request; browsers cut it to what they allow.
const MAX_AGE: Duration = Duration::from_hours(24);
/// What a channel lists to be used from everywhere.
const EVERYWHERE: &str = "*";
/// What a page may send.
const REQUEST_HEADERS: [HeaderName; 7] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    HeaderName::from_static("ccmessaging-token"),
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("x-app-key"),
    HeaderName::from_static("x-token-expire"),
];
/// What a page may read besides what every page may: the renewed token, and when to come back.
const EXPOSED_HEADERS: [HeaderName; 2] = [HeaderName::from_static("ccmessaging-token"), header::RETRY_AFTER];

/// Answers preflight requests and lets listed origins read the answers.
pub fn layer(parts: &Parts) -> CorsLayer {
    let parts = parts.clone();
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, _| any_channel_lists(&parts, origin)))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(REQUEST_HEADERS)
        .expose_headers(EXPOSED_HEADERS)
        .max_age(MAX_AGE)
}

/// What [`layer`] tells those who come from no page: what lies between may keep answers for several kinds of callers.
pub(crate) fn add_plain_headers(headers: &mut HeaderMap) {
    const EXPOSED: &str = "ccmessaging-token,retry-after";
    headers.insert(header::VARY, HeaderValue::from_static("origin"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
}

/// Whether a request may use the channel from where it comes. Only browsers say where that is; a page of this server
/// itself needs no listing, and a channel without a list is used by back ends and apps alone, which send no origin or
/// any.
pub fn may_use(channel: &Channel, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    channel.origins.is_empty() || lists(channel, origin) || is_this_server(origin, headers)
}

fn any_channel_lists(parts: &Parts, origin: &HeaderValue) -> bool {
    let directory = parts.directory.load();
    directory.tenants().flat_map(|tenant| tenant.channels.values()).any(|channel| lists(channel, origin))
}

fn lists(channel: &Channel, origin: &HeaderValue) -> bool {
    channel.origins.iter().any(|listed| listed == EVERYWHERE || listed.as_bytes() == origin.as_bytes())
}

fn is_this_server(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    matches!((origin, host), (Some((_, authority)), Some(host)) if authority == host)
}

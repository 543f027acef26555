//! stream, ws and ack: the log over Server-sent events and WebSocket.

use axum::Json;
use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::{IntoResponse, Response};
use frontdesk_api::messaging::poll::{AckRequest, PollQuery};
use frontdesk_api::messaging::result::{ACKNOWLEDGED, ResultAnswer};
use frontdesk_core::entry::Audience;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use super::must_be_web;
use super::poll::device;
use crate::deliver::{Feed, Lease, Start, Wanted, sse, ws};
use crate::error::{ApiError, MessagingError};
use crate::extract::{CustomerCaller, MessagingJson, MessagingQuery, WEBSOCKET_PROTOCOL};
use crate::parts::Parts;
use crate::route::openapi::messaging::{BadBody, BadQuery};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Streams a customer's messages as Server-sent events.
///
/// `Last-Event-ID`, else `cursor`, resumes and acknowledges.
#[utoipa::path(
    get,
    path = "/apiaccess/ccmessaging/stream",
    operation_id = "stream",
    tag = "Messages",
    params(PollQuery),
    responses(
        (status = 200, description = "Events `message`, `event`, `gap` and `head`.", body = String,
         content_type = "text/event-stream"),
        BadQuery,
    ),
)]
pub async fn stream(
    State(parts): State<Parts>,
    method: Method,
    caller: CustomerCaller,
    headers: HeaderMap,
    MessagingQuery(query): MessagingQuery<PollQuery>,
) -> Result<Response, MessagingError> {
    let wish = query.check()?;
    caller.must_be("receiverId", wish.receiver_id, caller.user.as_str())?;
    must_be_web(&caller, wish.channel)?;
    if method == Method::HEAD {
        // A HEAD request moves nothing.
        return Ok(event_stream(Body::empty()));
    }
    let resumed = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok());
    let start = Start::parse(resumed.or(wish.cursor).unwrap_or_default());
    let wanted = Wanted::of(&wish);
    let device = device(wish.device_id)?;
    let held = parts.limits.hold(&caller.tenant, &caller.app, caller.log).map_err(ApiError::from)?;
    let (feed, gap) = Feed::open(&parts, caller.log, device, wanted.audience(), start).await?;
    let lease = Lease::new(&parts, &caller, held);
    Ok(event_stream(sse::body(parts, feed, gap, wanted, lease)))
}

fn event_stream(body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(ACCEL_BUFFERING, HeaderValue::from_static("no"));
    response
}

/// Speaks with a customer's client over a WebSocket.
#[utoipa::path(
    get,
    path = "/apiaccess/ccmessaging/ws",
    operation_id = "ws",
    tag = "Messages",
    responses(
        (status = 101, description = "JSON frames, as the guide says."),
        BadQuery,
    ),
)]
pub async fn websocket(
    State(parts): State<Parts>,
    caller: CustomerCaller,
    request: Request,
) -> Result<Response, MessagingError> {
    let (mut head, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut head, &parts).await;
    let upgrade = upgrade.map_err(|error| ApiError::Body {
        field: "Upgrade".to_owned(),
        message: format!("This address speaks WebSocket: {}", error.body_text()),
    })?;
    let place = parts.limits.hold(&caller.tenant, &caller.app, caller.log).map_err(ApiError::from)?;
    let lease = Lease::new(&parts, &caller, place);
    // Both bounds: the one on messages alone is looked at only once a whole frame is there.
    let upgrade =
        upgrade.protocols([WEBSOCKET_PROTOCOL]).max_frame_size(ws::MAX_FRAME).max_message_size(ws::MAX_FRAME);
    Ok(upgrade.on_upgrade(move |socket| ws::serve(parts, caller, socket, lease)))
}

/// Acknowledges everything up to a cursor, for clients that receive by a stream.
#[utoipa::path(
    post,
    path = "/apiaccess/ccmessaging/ack",
    operation_id = "ack",
    tag = "Messages",
    request_body = AckRequest,
    responses(
        (status = 200, description = "Noted.", body = ResultAnswer),
        BadBody,
    ),
)]
pub async fn acknowledge(
    State(parts): State<Parts>,
    caller: CustomerCaller,
    MessagingJson(request): MessagingJson<AckRequest>,
) -> Result<Json<ResultAnswer>, MessagingError> {
    let acknowledged = request.check()?;
    let device = device(acknowledged.device_id)?;
    let (mut feed, _) = Feed::open(&parts, caller.log, device, Audience::DOWNLINK, Start::Stands).await?;
    feed.acknowledge(acknowledged.cursor).await?;
    Ok(Json(ACKNOWLEDGED.into()))
}

//! poll: how a customer's client receives.

use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use frontdesk_api::messaging::poll::{MAX_LIMIT, MAX_WAIT_SECONDS, PollAnswer, PollQuery, PollWish};
use frontdesk_core::entry::Audience;
use http::{HeaderValue, Method, header};

use super::must_be_web;
use crate::deliver::{ClassicPoll, Renderer, poll_classic};
use crate::error::{ApiError, MessagingError};
use crate::extract::{CustomerCaller, MessagingQuery};
use crate::listen::ConnectionHandle;
use crate::parts::Parts;
use crate::route::openapi::messaging::BadQuery;

/// Gives a customer's client its messages (poll).
#[utoipa::path(
    get,
    path = "/apiaccess/ccmessaging/poll",
    operation_id = "poll",
    tag = "Messages",
    params(PollQuery),
    responses(
        (status = 200, description = "The messages, which may be none.", body = PollAnswer),
        BadQuery,
    ),
)]
pub async fn poll(
    State(parts): State<Parts>,
    method: Method,
    caller: CustomerCaller,
    Extension(connection): Extension<ConnectionHandle>,
    MessagingQuery(query): MessagingQuery<PollQuery>,
) -> Result<Response, MessagingError> {
    let wish = query.check()?;
    caller.must_be("receiverId", wish.receiver_id, caller.user.as_str())?;
    must_be_web(&caller, wish.channel)?;
    if method == Method::HEAD {
        // A HEAD request moves nothing.
        return Ok(json(render(&[])?.into()));
    }
    let poll = classic(&parts, &caller, &wish);
    let Some(batch) = poll_classic(&parts, poll).await? else { return Ok(json(render(&[])?.into())) };
    let view = parts.store.load(caller.log).await?.ok_or(ApiError::Unauthorized)?;
    let renderer = Renderer::new(&parts.sealer, &view.customer, caller.log);
    let messages: Vec<_> = batch.entries.iter().filter_map(|entry| renderer.downlink(entry)).collect();
    let (body, settlement) = connection.settle_after(render(&messages)?);
    batch.settle(&parts, settlement);
    Ok(json(Body::new(body)))
}

fn classic(parts: &Parts, caller: &CustomerCaller, wish: &PollWish<'_>) -> ClassicPoll {
    let wanted = wish.wait_seconds.map_or(
        Duration::from_millis(parts.settings.poll_hold_ms).min(Duration::from_secs(MAX_WAIT_SECONDS)),
        Duration::from_secs,
    );
    let audience = if wish.needs_read { Audience::DOWNLINK.and(Audience::READ) } else { Audience::DOWNLINK };
    ClassicPoll {
        log: caller.log,
        audience,
        limit: wish.limit.unwrap_or(usize::try_from(MAX_LIMIT).unwrap_or(usize::MAX)),
        // A hold never outlives its token.
        hold: wanted.min(caller.honoured_until.since(parts.clock.now())),
    }
}

fn render(messages: &[frontdesk_api::messaging::poll::DownlinkMessage]) -> Result<Bytes, ApiError> {
    let answer = PollAnswer::success(messages.to_vec());
    serde_json::to_vec(&answer).map(Bytes::from).map_err(|_| ApiError::Internal)
}

fn json(body: Body) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

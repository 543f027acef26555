//! poll: how a customer's client receives.

use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use frontdesk_api::messaging::poll::{
    AcknowledgedPollAnswer, MAX_LIMIT, MAX_WAIT_SECONDS, PollAnswer, PollQuery, PollWish,
};
use frontdesk_core::entry::Audience;
use frontdesk_core::id::DeviceId;
use http::{HeaderValue, Method, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::must_be_web;
use crate::deliver::{
    AcknowledgedPoll, ClassicPoll, Renderer, Start, Wanted, poll_acknowledged, poll_classic,
};
use crate::error::{ApiError, MessagingError};
use crate::extract::{CustomerCaller, MessagingQuery};
use crate::limit::Slowed;
use crate::listen::ConnectionHandle;
use crate::parts::Parts;
use crate::route::openapi::messaging::BadQuery;

/// The documented answer without a message. Most polls get it, so it is not written anew for each.
const EMPTY: &str = r#"{"resultCode":"0","resultDesc":"query user messages success.","downlinkMessages":[]}"#;

/// The documented answer, or with a `cursor` the acknowledged one.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "stands for both answers in the OpenAPI document")]
enum PollAnswerOfEitherLevel {
    /// Without a `cursor`.
    Classic(PollAnswer),
    /// With a `cursor`.
    Acknowledged(AcknowledgedPollAnswer),
}

/// Gives a customer's client its messages (poll).
#[utoipa::path(
    get,
    path = "/apiaccess/ccmessaging/poll",
    operation_id = "poll",
    tag = "Messages",
    params(PollQuery),
    responses(
        (
            status = 200,
            description = "The messages, which may be none. With a `cursor`: AcknowledgedPollAnswer.",
            body = PollAnswerOfEitherLevel,
        ),
        BadQuery,
    ),
)]
pub async fn poll(
    State(parts): State<Parts>,
    method: Method,
    caller: CustomerCaller,
    Extension(connection): Extension<ConnectionHandle>,
    slowed: Option<Extension<Slowed>>,
    MessagingQuery(query): MessagingQuery<PollQuery>,
) -> Result<Response, MessagingError> {
    if method == Method::HEAD {
        check(&caller, &query)?;
        // A HEAD request moves nothing.
        return Ok(json(Body::from(EMPTY)));
    }
    let slowed = slowed.map(|Extension(slowed)| slowed).unwrap_or_default();
    answer(&parts, &caller, &query, slowed, &connection).await
}

/// The answer to a poll.
pub(crate) async fn answer(
    parts: &Parts,
    caller: &CustomerCaller,
    query: &PollQuery,
    slowed: Slowed,
    connection: &ConnectionHandle,
) -> Result<Response, MessagingError> {
    let wish = check(caller, query)?;
    let _held = parts.limits.hold(&caller.tenant, &caller.app, caller.log).map_err(ApiError::from)?;
    let hold = hold(parts, caller, &wish, slowed.0);
    // In a box each: a held poll takes as much memory as the larger of the two otherwise.
    match wish.cursor {
        Some(cursor) => Box::pin(acknowledged(parts, caller, &wish, hold, cursor)).await,
        None => Box::pin(classic(parts, caller, &wish, hold, connection)).await,
    }
}

fn check<'a>(caller: &CustomerCaller, query: &'a PollQuery) -> Result<PollWish<'a>, ApiError> {
    let wish = query.check()?;
    caller.must_be("receiverId", wish.receiver_id, caller.user.as_str())?;
    must_be_web(caller, wish.channel)?;
    Ok(wish)
}

async fn acknowledged(
    parts: &Parts,
    caller: &CustomerCaller,
    wish: &PollWish<'_>,
    hold: Duration,
    cursor: &str,
) -> Result<Response, MessagingError> {
    let poll = AcknowledgedPoll {
        log: caller.log,
        device: device(wish.device_id)?,
        start: Start::parse(cursor),
        wanted: Wanted::of(wish),
        limit: limit(wish),
        hold,
    };
    Ok(json(render(&poll_acknowledged(parts, poll).await?)?.into()))
}

async fn classic(
    parts: &Parts,
    caller: &CustomerCaller,
    wish: &PollWish<'_>,
    hold: Duration,
    connection: &ConnectionHandle,
) -> Result<Response, MessagingError> {
    let audience = if wish.needs_read { Audience::DOWNLINK.and(Audience::READ) } else { Audience::DOWNLINK };
    let poll = ClassicPoll { log: caller.log, audience, limit: limit(wish), hold };
    let Some(batch) = poll_classic(parts, &poll).await? else {
        return Ok(json(Body::from(EMPTY)));
    };
    let view = parts.store.load(caller.log).await?.ok_or(ApiError::Unauthorized)?;
    let renderer = Renderer::new(&parts.sealer, &view.customer, caller.log);
    let messages = batch.entries.iter().filter_map(|entry| renderer.downlink(entry)).collect();
    let (body, settlement) = connection.settle_after(render(&PollAnswer::success(messages))?);
    batch.settle(parts, settlement);
    Ok(json(Body::new(body)))
}

/// The device that a client names, or the one of those that name none.
pub(super) fn device(name: Option<&str>) -> Result<DeviceId, ApiError> {
    name.map_or_else(
        || Ok(DeviceId::unnamed()),
        |name| DeviceId::new(name).map_err(|error| ApiError::field_invalid("deviceId", error)),
    )
}

fn limit(wish: &PollWish<'_>) -> usize {
    wish.limit.unwrap_or(usize::try_from(MAX_LIMIT).unwrap_or(usize::MAX))
}

/// How long a poll is held: as long as it wants, or as long as it comes too soon, but never longer than its token lives.
fn hold(parts: &Parts, caller: &CustomerCaller, wish: &PollWish<'_>, slowed: Duration) -> Duration {
    let wanted = wish
        .wait_seconds
        .map_or(Duration::from_millis(parts.settings.poll_hold_ms), Duration::from_secs)
        .max(slowed)
        .min(Duration::from_secs(MAX_WAIT_SECONDS));
    wanted.min(caller.honoured_until.since(parts.clock.now()))
}

fn render(answer: &impl Serialize) -> Result<Bytes, ApiError> {
    serde_json::to_vec(answer).map(Bytes::from).map_err(|_| ApiError::Internal)
}

fn json(body: Body) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// How large the future of a classic poll is, in bytes.
    pub(crate) fn size_of_classic() -> usize {
        fn of<A, B, C, D, E, F>(_: impl FnOnce(A, B, C, D, E) -> F) -> usize {
            size_of::<F>()
        }
        of(
            |parts: &'static Parts,
             caller: &'static CustomerCaller,
             wish: &'static PollWish<'static>,
             hold,
             connection: &'static ConnectionHandle| {
                classic(parts, caller, wish, hold, connection)
            },
        )
    }

    #[test]
    fn the_empty_answer_is_what_would_be_written() {
        assert_eq!(render(&PollAnswer::success(Vec::new())).unwrap(), EMPTY);
    }
}

//! Looking after the push of a channel.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use frontdesk_api::messaging::push::PushRequest;
use frontdesk_api::native::push::{
    Deliveries, DeliveriesQuery, Delivery, ReplayAnswer, ReplayFrom, ReplayRequest, TestAnswer,
};
use frontdesk_core::access::{On, Permission};
use frontdesk_core::directory::{Channel, Item};
use frontdesk_core::id::{ChannelId, UserId};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Attempt, ItemChanges, Purpose, StoreError};
use frontdesk_core::push::Push;
use frontdesk_core::time::Timestamp;
use http::StatusCode;

use crate::audit::Act;
use crate::deliver::push::Endpoint;
use crate::error::{ApiError, NativeError};
use crate::extract::{NativeJson, NativeQuery, Principal};
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, BadQuery, Conflict, NotFound};

/// How many logs of a channel are looked at in one go.
const PAGE: usize = 256;
/// How often a change is decided anew because something else was changed meanwhile.
const TRIES: usize = 16;

/// The last attempts to push to a channel's receiver.
#[utoipa::path(
    get,
    path = "/api/v1/push/{channel}/deliveries",
    operation_id = "listPushDeliveries",
    tag = "Push",
    params(("channel" = String, Path, description = "The channel."), DeliveriesQuery),
    responses((status = 200, description = "The attempts.", body = Deliveries), BadQuery, NotFound),
)]
pub async fn deliveries(
    State(parts): State<Parts>,
    caller: Principal,
    Path(channel): Path<String>,
    NativeQuery(query): NativeQuery<DeliveriesQuery>,
) -> Result<Json<Deliveries>, NativeError> {
    let (channel, push) = pushed(&caller, &channel)?;
    let limit = query.check()?;
    parts.push.write_attempts(&parts).await?;
    let attempts = parts.store.attempts((&caller.tenant.tenant.id, &channel.id), limit).await?;
    Ok(Json(Deliveries { paused: push.paused, deliveries: attempts.into_iter().map(delivery).collect() }))
}

/// Sends nothing to the receiver until it is resumed; what is to be sent waits.
#[utoipa::path(
    post,
    path = "/api/v1/push/{channel}/pause",
    operation_id = "pausePush",
    tag = "Push",
    params(("channel" = String, Path, description = "The channel.")),
    responses((status = 204, description = "It is paused."), NotFound),
)]
pub async fn pause(
    State(parts): State<Parts>,
    caller: Principal,
    act: Act,
    Path(channel): Path<String>,
) -> Result<StatusCode, NativeError> {
    set_paused(&parts, (&caller, &act), &channel, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends to the receiver again, beginning with what waited.
#[utoipa::path(
    post,
    path = "/api/v1/push/{channel}/resume",
    operation_id = "resumePush",
    tag = "Push",
    params(("channel" = String, Path, description = "The channel.")),
    responses((status = 204, description = "It goes on."), NotFound),
)]
pub async fn resume(
    State(parts): State<Parts>,
    caller: Principal,
    act: Act,
    Path(channel): Path<String>,
) -> Result<StatusCode, NativeError> {
    set_paused(&parts, (&caller, &act), &channel, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends messages again, of one customer or of all, from a point on.
///
/// What is still to be sent before that point is skipped.
#[utoipa::path(
    post,
    path = "/api/v1/push/{channel}/replay",
    operation_id = "replayPush",
    tag = "Push",
    params(("channel" = String, Path, description = "The channel.")),
    request_body = ReplayRequest,
    responses(
        (status = 200, description = "How many customers have something to be sent.", body = ReplayAnswer),
        BadBody,
        NotFound,
    ),
)]
pub async fn replay(
    State(parts): State<Parts>,
    caller: Principal,
    Path(channel): Path<String>,
    NativeJson(request): NativeJson<ReplayRequest>,
) -> Result<Json<ReplayAnswer>, NativeError> {
    let (channel, _) = pushed(&caller, &channel)?;
    let (user, from) = request.check()?;
    let tenant = &caller.tenant.tenant.id;
    let mut customers = 0;
    if let Some(user) = user {
        let user = UserId::new(user).map_err(|error| ApiError::field_invalid("userId", error))?;
        let log = LogId::of_customer(tenant, &channel.id, &user);
        customers += u64::from(replay_log(&parts, &caller, channel, log, from).await?);
    } else {
        let mut after = None;
        loop {
            let logs = parts.store.logs_of_channel((tenant, &channel.id), after, PAGE).await?;
            for log in &logs {
                customers += u64::from(replay_log(&parts, &caller, channel, *log, from).await?);
            }
            after = logs.last().copied();
            if logs.len() < PAGE {
                break;
            }
        }
    }
    Ok(Json(ReplayAnswer { customers }))
}

/// Makes a request without messages, signed as any other, and tells what the receiver answers.
#[utoipa::path(
    post,
    path = "/api/v1/push/{channel}/test",
    operation_id = "testPush",
    tag = "Push",
    params(("channel" = String, Path, description = "The channel.")),
    responses((status = 200, description = "What came of it.", body = TestAnswer), NotFound, Conflict),
)]
pub async fn test(
    State(parts): State<Parts>,
    caller: Principal,
    Path(channel): Path<String>,
) -> Result<Json<TestAnswer>, NativeError> {
    let (channel, push) = pushed(&caller, &channel)?;
    let timeout = Duration::from_millis(parts.settings.push_timeout_ms);
    let endpoint = Endpoint::new(&channel.id, push, timeout).map_err(|error| {
        tracing::warn!(channel = %channel.id, %error, "push cannot work with what is configured");
        ApiError::Conflict { code: "PUSH_UNUSABLE", sentence: "The push configuration cannot be used." }
    })?;
    let mut random = [0; 16];
    parts.random.fill(&mut random);
    let id = format!("msg_test_{}", hex::encode(random));
    let request = PushRequest { messages: Vec::new(), timestamp: parts.clock.now().as_millis() };
    let report = endpoint.send(&request, &id, &*parts.clock).await;
    Ok(Json(TestAnswer {
        delivered: report.error.is_none(),
        status: report.status,
        error: report.error,
        millis: report.millis,
    }))
}

/// The caller's channel of this name and its push. One without push looks like none.
fn pushed<'a>(caller: &'a Principal, channel: &str) -> Result<(&'a Arc<Channel>, &'a Push), ApiError> {
    let id = ChannelId::new(channel).map_err(|_| ApiError::NotFound)?;
    let within = |channel: &&Arc<Channel>| {
        caller.may(Permission::PushManage, On::Channel(&channel.id, channel.queue.as_ref()))
    };
    let channel = caller.tenant.channels.get(&id).filter(within).ok_or(ApiError::NotFound)?;
    let push = channel.push.as_deref().ok_or(ApiError::NotFound)?;
    Ok((channel, push))
}

async fn set_paused(
    parts: &Parts,
    (caller, act): (&Principal, &Act),
    channel: &str,
    paused: bool,
) -> Result<(), ApiError> {
    let (known, _) = pushed(caller, channel)?;
    let tenant = &caller.tenant.tenant.id;
    let action = if paused { "push.pause" } else { "push.resume" };
    for _ in 0..TRIES {
        // As it is now, so that nothing else that was changed meanwhile is lost.
        let seen = parts.store.configured().await?;
        let found = seen.items.into_iter().find_map(|(owner, item)| match item {
            Item::Channel(channel) if owner == *tenant && channel.id == known.id => Some(channel),
            _ => None,
        });
        let mut channel = found.ok_or(ApiError::NotFound)?;
        channel.push.as_mut().ok_or(ApiError::NotFound)?.paused = paused;
        let record = act.change(tenant, action, ("channel", channel.id.as_str()), serde_json::Map::new());
        let put = vec![(tenant.clone(), Item::Channel(channel))];
        let changes =
            ItemChanges { put, audit: vec![record], version: Some(seen.version), ..ItemChanges::default() };
        if parts.store.change_items(changes).await? {
            act.recorded();
            parts.reload().await?;
            return Ok(());
        }
    }
    Err(ApiError::Busy)
}

/// Puts the reader of a log back; `false` if nothing follows that point.
async fn replay_log(
    parts: &Parts,
    caller: &Principal,
    channel: &Channel,
    log: LogId,
    from: ReplayFrom,
) -> Result<bool, StoreError> {
    let after = match from {
        ReplayFrom::After(number) => EntryNumber(number),
        ReplayFrom::Since(millis) => {
            let moment = Timestamp::from_millis(millis);
            parts.store.last_before(log, EntryNumber::START, moment).await?.unwrap_or_default()
        }
    };
    let placed = parts.store.place_pending(Purpose::Push, log, after).await?;
    if placed {
        parts.push.wake(&caller.tenant.tenant.id, &channel.id, log);
    }
    Ok(placed)
}

fn delivery(attempt: Attempt) -> Delivery {
    Delivery {
        at: attempt.at.as_millis(),
        user_id: attempt.user.to_string(),
        after: attempt.after.0,
        through: attempt.through.0,
        attempt: attempt.nth,
        status: attempt.status,
        error: attempt.error,
        millis: attempt.millis,
    }
}

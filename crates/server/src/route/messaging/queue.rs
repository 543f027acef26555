//! queryQueueInfo: where a waiting customer stands.

use axum::Json;
use axum::extract::State;
use frontdesk_api::messaging::queue::{QueueInfoAnswer, QueueInfoRequest, QueuePlace};
use frontdesk_api::messaging::result::{Outcome, queue as told};
use frontdesk_core::conversation::{Control, LogState};
use frontdesk_core::routing::{self, estimate_wait};
use frontdesk_core::time::Timestamp;

use super::must_be_web;
use crate::error::MessagingError;
use crate::extract::{CustomerCaller, MessagingJson};
use crate::parts::Parts;
use crate::route::openapi::messaging::BadBody;
use crate::waiting::open_slots;

/// Where the customer stands in the queue (queryQueueInfo).
#[utoipa::path(
    post,
    path = "/apiaccess/ccmessaging/queryQueueInfo",
    operation_id = "queryQueueInfo",
    tag = "Messages",
    request_body = QueueInfoRequest,
    responses(
        (status = 200, description = "The place, or in `resultCode` why there is none.", body = QueueInfoAnswer),
        BadBody,
    ),
)]
pub async fn query_queue_info(
    State(parts): State<Parts>,
    caller: CustomerCaller,
    MessagingJson(request): MessagingJson<QueueInfoRequest>,
) -> Result<Json<QueueInfoAnswer>, MessagingError> {
    let question = request.check()?;
    must_be_web(&caller, Some(question.channel))?;
    caller.must_be("userId", Some(question.user_id), caller.user.as_str())?;
    caller.must_be("channelConfigId", Some(question.channel_config_id), caller.channel.id.as_str())?;
    let Some(view) = parts.store.load(caller.log).await? else { return Ok(Json(told::NO_SESSION.into())) };
    let Some(Control::Queue { queue, since, .. }) = view.state.control() else {
        return Ok(Json(not_queuing(&view.state).into()));
    };
    // Claimed already: the agent is just taking over.
    let Some(place) = parts.store.queue_place(caller.log).await? else {
        return Ok(Json(told::WITH_AGENT.into()));
    };
    let slots = open_slots(&parts, &caller.tenant, queue, &caller.channel).await?;
    let entered = view.state.open().map_or(*since, |conversation| conversation.handed_over);
    Ok(Json(in_seconds(&parts, &caller, &place, slots, (*since, entered)).into()))
}

fn not_queuing(state: &LogState) -> Outcome {
    match state.control() {
        Some(Control::Agent(_)) => told::WITH_AGENT,
        Some(Control::Robot(_) | Control::Queue { .. }) => told::WITH_ROBOT,
        None if state.conversations == 0 => told::NO_SESSION,
        None => told::SESSION_ENDED,
    }
}

/// `since` is when the wait began, `entered` when it went on in this queue.
fn in_seconds(
    parts: &Parts,
    caller: &CustomerCaller,
    place: &routing::QueuePlace,
    slots: u32,
    (since, entered): (Timestamp, Timestamp),
) -> QueuePlace {
    let now = parts.clock.now();
    QueuePlace {
        position: place.position.into(),
        // A conversation that an agent passes on to another queue begins to wait anew.
        total_wait_time: now.since(since).as_secs(),
        current_device_wait_time: now.since(entered).as_secs(),
        config_max_wait_time: caller.channel.patience.queue_wait,
        longest_wait_time: now.since(place.longest_since).as_secs(),
        estimate_wait_time: estimate_wait(place, slots).as_secs(),
    }
}

//! When agents are there.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use frontdesk_api::FieldError;
use frontdesk_api::native::hours::{HoursAnswer, HoursQuery};
use frontdesk_core::access::On;
use frontdesk_core::directory::Channel;
use frontdesk_core::hours::WorkingHours;
use frontdesk_core::id::{ChannelId, QueueId};
use frontdesk_core::time::Timestamp;

use crate::error::NativeError;
use crate::extract::{AgentCaller, NativeQuery};
use crate::parts::Parts;
use crate::route::openapi::native::BadQuery;

/// Whether a channel or a queue is served at a moment, and when that changes.
#[utoipa::path(
    get,
    path = "/api/v1/hours",
    operation_id = "readHours",
    tag = "Agents",
    params(HoursQuery),
    responses((status = 200, description = "Open or not, and until when.", body = HoursAnswer), BadQuery),
)]
pub async fn hours(
    State(parts): State<Parts>,
    caller: AgentCaller,
    NativeQuery(query): NativeQuery<HoursQuery>,
) -> Result<Json<HoursAnswer>, NativeError> {
    let question = query.check()?;
    let at = match question.at {
        Some(text) => Timestamp::from_rfc3339(text).ok_or_else(|| {
            FieldError::invalid("at", "is no moment as of RFC 3339, such as 2026-12-24T18:00:00Z")
        })?,
        None => parts.clock.now(),
    };
    let channel = match question.channel {
        Some(id) => {
            let channel = ChannelId::new(id).ok().and_then(|id| caller.tenant.channels.get(&id));
            let within = |channel: &&Arc<Channel>| {
                caller.rights.reaches(On::Channel(&channel.id, channel.queue.as_ref()))
            };
            let channel = channel.filter(within);
            Some(channel.ok_or_else(|| FieldError::invalid("channel", "names no channel"))?)
        }
        None => None,
    };
    let queue = match question.queue {
        Some(id) => {
            let queue = QueueId::new(id).ok().and_then(|id| caller.tenant.queues.get(&id));
            let queue = queue.filter(|queue| caller.rights.reaches(On::Queue(&queue.id)));
            Some(queue.ok_or_else(|| FieldError::invalid("queue", "names no queue"))?)
        }
        None => channel.and_then(|channel| caller.tenant.queues.get(channel.queue.as_ref()?)),
    };
    let of_queue = queue.and_then(|queue| queue.hours.as_ref());
    let hours = of_queue.or_else(|| channel.and_then(|channel| channel.hours.as_ref()));
    Ok(Json(answer(hours, at)))
}

/// Without hours it is always open.
fn answer(hours: Option<&WorkingHours>, at: Timestamp) -> HoursAnswer {
    let Some(hours) = hours else { return HoursAnswer { open: true, ..HoursAnswer::default() } };
    let open = hours.is_open(at);
    let opens = if open { None } else { hours.opens_next(at) };
    HoursAnswer {
        open,
        opens_at: opens.map(Timestamp::as_millis),
        closes_at: hours.closes_next(at).map(Timestamp::as_millis),
    }
}

//! The acknowledged poll: messages come again until a cursor behind them is presented.

use std::time::Duration;

use frontdesk_api::messaging::poll::{
    AcknowledgedPollAnswer, EventClass, Gap as WireGap, GapReason as WireReason, MAX_WAIT_SECONDS,
};
use frontdesk_api::messaging::result::{POLLED, SUCCESS};
use frontdesk_core::id::DeviceId;
use frontdesk_core::log::LogId;
use tokio::time::Instant;

use crate::deliver::pieces::typing_event;
use crate::deliver::{Feed, Gap, GapReason, Start, Wanted};
use crate::error::ApiError;
use crate::parts::Parts;

/// Longest pause that clients are asked to make when the node stops, in milliseconds.
const MAX_PAUSE: u64 = 2_000;

/// What an acknowledged poll asks for.
#[derive(Clone, Debug)]
pub struct AcknowledgedPoll<'a> {
    /// The customer's log.
    pub log: LogId,
    /// The customer's device.
    pub device: DeviceId,
    /// Where to read on.
    pub start: Start<'a>,
    /// What the client receives.
    pub wanted: Wanted,
    /// Most entries.
    pub limit: usize,
    /// How long to wait for the first.
    pub hold: Duration,
}

/// Waits for entries and answers with them, or with nothing.
pub async fn poll_acknowledged(
    parts: &Parts,
    poll: AcknowledgedPoll<'_>,
) -> Result<AcknowledgedPollAnswer, ApiError> {
    let (mut feed, gap) =
        Feed::open(parts, poll.log, poll.device, poll.wanted.audience(), poll.start).await?;
    let deadline = Instant::now() + poll.hold;
    let mut answer = AcknowledgedPollAnswer { gap: gap.map(wire_gap), ..blank() };
    let wants_typing = poll.wanted.classes.contains(&EventClass::Typing);
    loop {
        let read = collect(&mut feed, &poll.wanted, poll.limit, &mut answer).await?;
        if wants_typing && feed.typing() {
            answer.events.push(typing_event(parts.clock.now()));
        }
        let has_something =
            !answer.downlink_messages.is_empty() || !answer.events.is_empty() || answer.gap.is_some();
        if read > 0 && !has_something {
            // Everything was taken back before it was delivered.
            continue;
        }
        let stopping = parts.shutdown.is_cancelled();
        if has_something || poll.hold.is_zero() || stopping || Instant::now() >= deadline {
            answer.poll_after_ms = if stopping { parts.random_below(MAX_PAUSE) } else { 0 };
            break;
        }
        feed.hold();
        feed.wait_until(deadline).await;
        if feed.is_superseded().await {
            answer.superseded = true;
            break;
        }
    }
    answer.next_cursor = feed.cursor();
    answer.has_more = feed.has_more().await?;
    answer.server_time = parts.clock.now().as_millis();
    Ok(answer)
}

/// Adds the next entries to an answer; returns how many were read.
async fn collect(
    feed: &mut Feed,
    wanted: &Wanted,
    limit: usize,
    answer: &mut AcknowledgedPollAnswer,
) -> Result<usize, ApiError> {
    let entries = feed.next(limit).await?;
    let Some(renderer) = feed.renderer() else { return Ok(0) };
    for delivered in &entries {
        let pieces = renderer.pieces(delivered, wanted);
        answer.downlink_messages.extend(pieces.message);
        answer.events.extend(pieces.events);
    }
    Ok(entries.len())
}

fn blank() -> AcknowledgedPollAnswer {
    AcknowledgedPollAnswer {
        result_code: SUCCESS.to_owned(),
        result_desc: POLLED.text.to_owned(),
        wait_max: MAX_WAIT_SECONDS,
        ..AcknowledgedPollAnswer::default()
    }
}

/// A gap as clients see it.
pub(super) fn wire_gap(gap: Gap) -> WireGap {
    let reason = match gap.why {
        GapReason::Expired => WireReason::Expired,
        GapReason::Overflow => WireReason::Overflow,
        GapReason::Epoch => WireReason::Epoch,
    };
    WireGap { reason, oldest_cursor: gap.oldest }
}

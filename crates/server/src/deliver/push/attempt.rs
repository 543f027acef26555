//! One attempt for one customer.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_api::messaging::push::{PushRequest, PushedMessage};
use frontdesk_core::entry::{Entry, EntryBody};
use frontdesk_core::log::{EntryNumber, Life, LogId};
use frontdesk_core::port::{Attempt, Customer, Purpose, ReadQuery, StoreError};
use frontdesk_core::push::standard_webhooks;
use frontdesk_core::time::Timestamp;

use super::endpoint::{Endpoint, Report};
use super::schedule::Try;
use crate::deliver::Renderer;
use crate::parts::Parts;

/// Most entries of one request.
const MAX_ENTRIES: usize = 50;
/// Most bytes of stored entries in one request.
const MAX_BYTES: usize = 256 << 10;

/// What became of an attempt.
#[derive(Debug)]
pub(super) struct Ended {
    pub log: LogId,
    pub attempt: u32,
    pub outcome: Outcome,
}

#[derive(Debug)]
pub(super) enum Outcome {
    /// The receiver took it; whether there is more.
    Delivered { more: bool },
    /// There was nothing to send; whether to look again.
    Nothing { more: bool },
    /// The receiver did not take it.
    Failed { through: Option<EntryNumber>, retry_after: Option<Duration>, error: String },
    /// The store failed.
    Store(StoreError),
}

/// Sends what comes next for a customer.
pub(super) async fn attempt(parts: Parts, endpoint: Arc<Endpoint>, next: Try) -> Ended {
    let outcome = run(&parts, &endpoint, next).await.unwrap_or_else(Outcome::Store);
    Ended { log: next.log, attempt: next.attempt, outcome }
}

async fn run(parts: &Parts, endpoint: &Endpoint, next: Try) -> Result<Outcome, StoreError> {
    let log = next.log;
    let Some(from) = parts.store.pending(Purpose::Push, log).await? else {
        return Ok(Outcome::Nothing { more: false });
    };
    let Some(view) = parts.store.load(log).await? else { return Ok(Outcome::Nothing { more: false }) };
    let query = ReadQuery {
        after: from,
        through: next.through.filter(|through| *through > from).unwrap_or(EntryNumber::END),
        audience: Purpose::Push.audience(),
        limit: MAX_ENTRIES,
        max_bytes: MAX_BYTES,
    };
    let entries = parts.store.read(log, query).await?;
    let renderer = Renderer::new(&parts.sealer, &view.customer, log);
    let messages: Vec<_> = entries.iter().filter_map(|entry| pushed(&renderer, entry)).collect();
    let (through, life) = entries.last().map_or((from, Life::FIRST), |entry| (entry.number, entry.life));
    if messages.is_empty() {
        let moved = parts.store.move_pending(Purpose::Push, log, from, through).await?;
        return Ok(Outcome::Nothing { more: !moved || !entries.is_empty() });
    }
    let id = standard_webhooks::message_id(log, from, (through, life));
    let request = PushRequest { messages, timestamp: parts.clock.now().as_millis() };
    let report = endpoint.send(&request, &id, &*parts.clock).await;
    let now = parts.clock.now();
    parts.push.note(attempt_row(&view.customer, now, (from, through), next.attempt, &report));
    if let Some(error) = report.error {
        return Ok(Outcome::Failed { through: Some(through), retry_after: report.retry_after, error });
    }
    parts.hub.watch(log).saw(now);
    let moved = parts.store.move_pending(Purpose::Push, log, from, through).await?;
    let head = parts.store.heads(log).await?.of(Purpose::Push.audience());
    // Whoever was moved meanwhile reads on from there.
    Ok(Outcome::Delivered { more: !moved || head > through })
}

fn attempt_row(
    customer: &Customer,
    at: Timestamp,
    (after, through): (EntryNumber, EntryNumber),
    nth: u32,
    report: &Report,
) -> Attempt {
    Attempt {
        tenant: customer.tenant.clone(),
        channel: customer.channel.clone(),
        user: customer.user.clone(),
        at,
        after,
        through,
        nth,
        status: report.status,
        error: report.error.clone(),
        millis: report.millis,
    }
}

/// An entry as it is pushed; `None` if it is not.
fn pushed(renderer: &Renderer<'_>, entry: &Entry) -> Option<PushedMessage> {
    let message = renderer.downlink(entry)?;
    // Given where the system has ended the conversation: whether the customer may write on (cec_04_0092, table).
    let is_offline_status = match &entry.body {
        EntryBody::Ended { agent: None, offline, .. } => Some(*offline),
        _ => None,
    };
    Some(PushedMessage {
        from: message.from,
        channel: message.channel,
        to: message.to,
        control_type: message.control_type,
        is_offline_status,
        media_type: message.media_type,
        content: message.content,
        sim_questions: message.sim_questions,
        sender_nickname: message.sender_nickname,
        timestamp: message.timestamp,
        source_type: message.source_type,
        call_id: None,
        message_code: message.message_code,
    })
}

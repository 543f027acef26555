//! Intents: what must follow a commit elsewhere.

use std::collections::HashSet;
use std::time::Duration;

use frontdesk_core::conversation::{Command, Intent};
use frontdesk_core::entry::{Audience, EntryBody, LogRef};
use frontdesk_core::id::AgentId;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Customer, PendingIntent, StoreError};
use frontdesk_core::time::Timestamp;
use futures_util::future::BoxFuture;

use crate::engine::RunError;
use crate::parts::Parts;
use crate::work::matching::{match_agent, match_queue};
use crate::work::waiting::{self, Wait};
use crate::work::{learning, offers, tickets};

/// How old an intent is before it counts as forgotten: whoever committed it carries it out at once.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(2);
/// How many forgotten intents are taken up in one go.
const BATCH: usize = 256;

/// Carries out what follows a commit, in order. It goes on if the caller is cancelled. What follows may bring another
/// commit with it, which is why the future is boxed.
pub fn follow<'a>(
    parts: &'a Parts,
    customer: &'a Customer,
    intents: Vec<PendingIntent>,
) -> BoxFuture<'a, ()> {
    Box::pin(follow_all(parts, customer, intents))
}

async fn follow_all(parts: &Parts, customer: &Customer, intents: Vec<PendingIntent>) {
    if intents.is_empty() {
        return;
    }
    // Nobody waits for what editors learn from it.
    let (later, now): (Vec<_>, Vec<_>) =
        intents.into_iter().partition(|pending| matches!(pending.intent, Intent::Learn { .. }));
    if !later.is_empty() {
        parts.tasks.spawn(carry_out_in_order(parts.clone(), customer.clone(), later));
    }
    if !now.is_empty() {
        let done = parts.tasks.spawn(carry_out_in_order(parts.clone(), customer.clone(), now));
        // A panic in there is logged where it happens, and the intent is made up for.
        drop(done.await);
    }
}

async fn carry_out_in_order(parts: Parts, customer: Customer, intents: Vec<PendingIntent>) {
    for intent in intents {
        if let Err(error) = carry_out(&parts, &customer, &intent).await {
            tracing::warn!(%error, log = %intent.log, "what follows a commit failed; it will be made up for");
            return;
        }
    }
}

/// Takes up intents that whoever committed them did not finish.
pub(super) async fn make_up(parts: Parts) -> Result<(), StoreError> {
    let before = Timestamp::from_millis(
        parts.clock.now().as_millis() - i64::try_from(FORGOTTEN_AFTER.as_millis()).unwrap_or_default(),
    );
    let forgotten = parts.store.pending_intents(before, BATCH).await?;
    let is_some = !forgotten.is_empty();
    let carried_out = carry_out_all(&parts, forgotten).await;
    if is_some {
        // Repeated, some of them no longer tell who became free.
        parts.dues.look_at_everything();
    }
    carried_out
}

/// What fails is left for the next time, and with it what follows it in the same log: it keeps nobody else waiting.
async fn carry_out_all(parts: &Parts, intents: Vec<PendingIntent>) -> Result<(), StoreError> {
    let (mut failed, mut first) = (HashSet::new(), None);
    for intent in intents {
        if failed.contains(&intent.log) {
            continue;
        }
        if let Err(error) = carry_out_forgotten(parts, &intent).await {
            failed.insert(intent.log);
            first.get_or_insert(error);
        }
    }
    first.map_or(Ok(()), Err)
}

async fn carry_out_forgotten(parts: &Parts, intent: &PendingIntent) -> Result<(), StoreError> {
    match parts.store.load(intent.log).await? {
        Some(view) => {
            carry_out(parts, &view.customer, intent).await?;
            // Nobody tells what it changed in the queues.
            parts.waiting_lists.may_differ(&view.customer.tenant);
            Ok(())
        }
        None => parts.store.finish_intent(intent.log, intent.id).await,
    }
}

async fn carry_out(parts: &Parts, customer: &Customer, pending: &PendingIntent) -> Result<(), StoreError> {
    let log = pending.log;
    match &pending.intent {
        Intent::Enqueue { queue, fence, since, avoid } => {
            // The customer may have left since: then there is nobody to put into a queue.
            let view = parts.store.load(log).await?.filter(|view| view.state.fence == *fence);
            if let Some(view) = view {
                let wait = Wait { log, queue, fence: *fence, since: *since, avoid: avoid.as_ref() };
                parts.store.enqueue(waiting::item(parts, &view, wait).await?).await?;
                Box::pin(match_queue(parts, &customer.tenant, queue)).await?;
                tell_if_waiting(parts, log, *fence).await?;
            }
        }
        Intent::LeaveQueue { fence } => {
            if let Some(agent) = parts.store.leave_queue(log, *fence).await? {
                offers::tell(parts).await?;
                Box::pin(match_agent(parts, &customer.tenant, &agent)).await?;
            }
        }
        Intent::Prioritise { fence, priority } => {
            parts.store.prioritise(log, *fence, priority.rank()).await?;
        }
        Intent::FinishClaim { fence } => parts.store.finish_claim(log, *fence).await?,
        Intent::ConfirmReservation { agent, fence } => {
            parts.store.confirm_reservation(&customer.tenant, agent, (log, *fence)).await?;
        }
        Intent::GiveBackSlot { agent, fence } => {
            let now = parts.clock.now();
            parts.store.give_back_slot(&customer.tenant, agent, (log, *fence), now).await?;
            Box::pin(match_agent(parts, &customer.tenant, agent)).await?;
        }
        Intent::FreeSlot { agent, fence } => {
            let now = parts.clock.now();
            let after_call_work = parts.store.free_slot(&customer.tenant, agent, (log, *fence), now).await?;
            if after_call_work.is_some() {
                parts.dues.wake();
            } else {
                Box::pin(match_agent(parts, &customer.tenant, agent)).await?;
            }
        }
        Intent::OpenTicket { queue, caller, opened } => {
            tickets::open(parts, customer, pending, (queue, caller, *opened)).await?;
        }
        Intent::AnswerTicket { agent, ticket } => {
            tickets::answered(parts, customer, pending, (agent, *ticket)).await?;
        }
        Intent::Learn { conversation, whole } => {
            learning::learn(parts, customer, pending, (*conversation, *whole)).await?;
        }
        Intent::TellHandedOver { agent, conversation } => {
            let body = EntryBody::HandedOver {
                log: LogRef(log),
                conversation: *conversation,
                number: pending.number,
            };
            tell_agent(parts, customer, agent, pending, body).await?;
        }
        Intent::TellMentioned { agent, conversation } => {
            let body = EntryBody::Mentioned {
                log: LogRef(log),
                conversation: *conversation,
                number: pending.number,
            };
            tell_agent(parts, customer, agent, pending, body).await?;
        }
        Intent::TellJoined { agent, conversation, mode } => {
            let body = EntryBody::TakesPart {
                log: LogRef(log),
                conversation: *conversation,
                number: pending.number,
                mode: *mode,
            };
            tell_agent(parts, customer, agent, pending, body).await?;
        }
        Intent::TellTakenAway { agent, conversation, why } => {
            let body = EntryBody::TakenAway {
                log: LogRef(log),
                conversation: *conversation,
                number: pending.number,
                why: *why,
            };
            tell_agent(parts, customer, agent, pending, body).await?;
        }
    }
    parts.store.finish_intent(log, pending.id).await
}

/// Nobody was free at once: the customer is told, unless an agent has been found meanwhile.
async fn tell_if_waiting(parts: &Parts, log: LogId, fence: u64) -> Result<(), StoreError> {
    if parts.store.queue_place(log).await?.is_none() {
        return Ok(());
    }
    match Box::pin(parts.run(log, Command::TellQueuing { fence })).await {
        Err(RunError::Store(error)) => Err(error),
        Ok(_) | Err(RunError::Refused(_) | RunError::NoCustomer | RunError::KeyReused) => Ok(()),
    }
}

async fn tell_agent(
    parts: &Parts,
    customer: &Customer,
    agent: &AgentId,
    pending: &PendingIntent,
    body: EntryBody,
) -> Result<(), StoreError> {
    let source = (pending.log, pending.number);
    let written = parts.store.append_to_agent(&customer.tenant, agent, source, body).await?;
    let log = LogId::of_agent(&customer.tenant, agent);
    // Who wrote it before this may not have come to telling anybody.
    let number = written.unwrap_or(EntryNumber::START);
    parts.hub.committed(log, std::iter::once((number, Audience::AGENT)));
    Ok(())
}

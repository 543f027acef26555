//! News of tickets in an agent's feed: which ones of the agent's queues have changed, and to what.
//!
//! A ticket's row has the time of its last change, by which the feed goes on; nothing is written for each agent.

use std::sync::Arc;

use frontdesk_api::native::feed::{FeedEvent, TicketNotice};
use frontdesk_api::native::ticket::TicketState as WireState;
use frontdesk_core::access::{On, Permission, Rights};
use frontdesk_core::entry::Audience;
use frontdesk_core::id::{QueueId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::StoreError;
use frontdesk_core::seal::Sealed;
use frontdesk_core::ticket::{Ticket, TicketId, TicketState};
use frontdesk_core::time::Timestamp;

use crate::error::ApiError;
use crate::extract::{AgentCaller, Principal};
use crate::hub::Waiter;
use crate::parts::Parts;

/// Most tickets of one answer.
const PAGE: usize = 200;

/// How far an agent's feed has told of tickets.
#[derive(Debug)]
pub(super) struct TicketNews {
    sees: TicketsSeen,
    after: Timestamp,
}

impl TicketNews {
    /// From a cursor on, whose rest is given back. A cursor of another kind, or none, begins now.
    pub(super) async fn resume<'a>(
        parts: &Parts,
        caller: &AgentCaller,
        cursor: Option<&'a str>,
    ) -> Result<(Self, Option<&'a str>), ApiError> {
        let tenant = caller.tenant.tenant.id.clone();
        let (rest, given) = match cursor.and_then(|cursor| cursor.rsplit_once('.')) {
            Some((rest, given)) => (Some(rest), Some(given)),
            None => (cursor, None),
        };
        let after = match given {
            Some(given) => {
                let millis = i64::from_str_radix(given, 16).map_err(|_| ApiError::CursorInvalid)?;
                Timestamp::from_millis(millis)
            }
            None => parts.store.last_ticket_change(&tenant).await?.unwrap_or_default(),
        };
        Ok((Self { sees: TicketsSeen::by(&caller.clone().into()), after }, rest))
    }

    /// Has news of tickets wake somebody.
    pub(super) fn register(&self, parts: &Parts, waiter: &mut Waiter) {
        waiter.register(parts.hub.watch(LogId::of_tickets(&self.sees.tenant)), Audience::AGENT);
    }

    /// The tickets that have changed since.
    pub(super) async fn read(&mut self, parts: &Parts) -> Result<Vec<FeedEvent>, StoreError> {
        let changed = parts.store.changed_tickets(&self.sees.tenant, self.after, PAGE).await?;
        if let Some(last) = changed.last() {
            self.after = last.changed;
        }
        Ok(changed.iter().filter(|ticket| self.sees.has(ticket)).map(|ticket| event(parts, ticket)).collect())
    }

    /// A cursor with the place among the tickets behind it. Base64 has no dot.
    pub(super) fn seal(&self, cursor: &str) -> String {
        format!("{cursor}.{:x}", self.after.as_millis())
    }
}

/// The tickets that somebody sees.
#[derive(Debug)]
pub struct TicketsSeen {
    tenant: TenantId,
    /// Only those of these queues; `None` for all within the scope, those of no queue among them.
    pub queues: Option<Vec<QueueId>>,
    rights: Arc<Rights>,
}

impl TicketsSeen {
    /// Agents see those of their queues; whoever may read everything sees all in their scope.
    pub fn by(caller: &Principal) -> Self {
        let rights = Arc::clone(&caller.rights);
        let sees_all = rights.may(Permission::ConversationsReadAll, On::Anything);
        let tenant = caller.tenant.tenant.id.clone();
        let queues = match caller.agent() {
            _ if sees_all && rights.scope.queues.is_empty() => None,
            _ if sees_all => Some(rights.scope.queues.clone()),
            Some(agent) => Some(agent.queues.clone()),
            None => Some(Vec::new()),
        };
        Self { tenant, queues, rights }
    }

    /// Whether those of a queue are among them.
    pub fn has_queue(&self, queue: &QueueId) -> bool {
        self.queues.as_ref().is_none_or(|queues| queues.contains(queue))
    }

    /// Whether a ticket is among them.
    pub fn has(&self, ticket: &Ticket) -> bool {
        let queue = ticket.queue.as_ref();
        ticket.tenant == self.tenant
            && queue.map_or(self.queues.is_none(), |queue| self.has_queue(queue))
            && self.rights.may(Permission::TicketsRead, On::Channel(&ticket.channel, queue))
    }
}

fn event(parts: &Parts, ticket: &Ticket) -> FeedEvent {
    FeedEvent::Ticket(TicketNotice {
        at: ticket.changed.as_millis(),
        ticket_id: ticket_id(parts, ticket.id),
        queue: ticket.queue.as_ref().map(ToString::to_string),
        state: ticket_state(ticket.state),
        agent_id: ticket.agent.as_ref().map(ToString::to_string),
    })
}

/// The public id of a ticket.
pub fn ticket_id(parts: &Parts, ticket: TicketId) -> String {
    parts.sealer.seal(Sealed::Ticket, ticket.log, ticket.number.0)
}

/// How far a ticket is, by its name on the wire.
pub const fn ticket_state(state: TicketState) -> WireState {
    match state {
        TicketState::Open => WireState::Open,
        TicketState::Claimed => WireState::Claimed,
        TicketState::Answered => WireState::Answered,
        TicketState::Closed => WireState::Closed,
    }
}

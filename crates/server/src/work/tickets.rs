//! What follows in the tickets from what was written to customers' logs.

use frontdesk_core::entry::Audience;
use frontdesk_core::id::{AgentId, QueueId, TenantId};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Customer, PendingIntent, StoreError, TicketError};
use frontdesk_core::ticket::{Ticket, TicketChange, TicketId, TicketState, TicketStep};
use frontdesk_core::time::Timestamp;

use crate::parts::Parts;

/// Keeps a ticket of a message that was left.
pub(super) async fn open(
    parts: &Parts,
    customer: &Customer,
    pending: &PendingIntent,
    (queue, caller, opened): (&Option<QueueId>, &str, Timestamp),
) -> Result<(), StoreError> {
    let ticket = Ticket {
        id: TicketId { log: pending.log, number: pending.number },
        tenant: customer.tenant.clone(),
        channel: customer.channel.clone(),
        queue: queue.clone(),
        caller: caller.to_owned(),
        opened,
        state: TicketState::Open,
        agent: None,
        answer: None,
        changed: opened,
    };
    if parts.store.open_ticket(ticket).await? {
        tickets_changed(parts, &customer.tenant, opened);
    }
    Ok(())
}

/// The customer was answered with the first entry of a commit.
pub(super) async fn answered(
    parts: &Parts,
    customer: &Customer,
    pending: &PendingIntent,
    (agent, ticket): (&AgentId, EntryNumber),
) -> Result<(), StoreError> {
    let step = TicketStep::Answered(pending.number);
    let change = TicketChange { agent: agent.clone(), is_supervisor: false, step };
    match parts.store.change_ticket(TicketId { log: pending.log, number: ticket }, change).await {
        Ok(ticket) => {
            tickets_changed(parts, &customer.tenant, ticket.changed);
            Ok(())
        }
        // What has been said cannot be taken back by any state of the ticket.
        Err(TicketError::NoTicket | TicketError::Refused(_)) => Ok(()),
        Err(TicketError::Store(error)) => Err(error),
    }
}

/// Wakes the feeds of those who look after tickets.
pub fn tickets_changed(parts: &Parts, tenant: &TenantId, at: Timestamp) {
    let number = EntryNumber(at.as_millis().unsigned_abs());
    parts.hub.committed(LogId::of_tickets(tenant), std::iter::once((number, Audience::AGENT)));
}

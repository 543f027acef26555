//! Tickets as stored: beside the queues, away from the logs.

use async_trait::async_trait;

use crate::id::{QueueId, TenantId};
use crate::port::StoreError;
use crate::ticket::{Ticket, TicketChange, TicketId, TicketRefusal, TicketState};
use crate::time::Timestamp;

/// Which tickets to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TicketFilter {
    /// Only those in this state.
    pub state: Option<TicketState>,
    /// Only those of these queues; without it, those of every queue and of none.
    pub queues: Option<Vec<QueueId>>,
    /// Only those after this one in the list.
    pub after: Option<TicketId>,
}

/// Why a ticket was not changed.
#[derive(Debug, thiserror::Error)]
pub enum TicketError {
    /// There is none.
    #[error("there is no such ticket")]
    NoTicket,
    /// It cannot be done.
    #[error(transparent)]
    Refused(#[from] TicketRefusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Tickets as stored.
#[async_trait]
pub trait TicketStore: Send + Sync {
    /// Keeps a new ticket; `false` if it is there already, however far it is by now. `changed` is given here.
    async fn open_ticket(&self, ticket: Ticket) -> Result<bool, StoreError>;

    /// One ticket.
    async fn ticket(&self, ticket: TicketId) -> Result<Option<Ticket>, StoreError>;

    /// Tickets of a tenant, at most `limit`, those left first at the head.
    async fn tickets(
        &self,
        tenant: &TenantId,
        filter: TicketFilter,
        limit: usize,
    ) -> Result<Vec<Ticket>, StoreError>;

    /// Changes a ticket by [`Ticket::after`] and gives it as it is then; of several who want the same at once, one
    /// gets it. `changed` grows with every change of any of the tenant's tickets.
    async fn change_ticket(&self, ticket: TicketId, change: TicketChange) -> Result<Ticket, TicketError>;

    /// Tickets of a tenant that changed after a moment, as they are now, in the order of their last changes.
    async fn changed_tickets(
        &self,
        tenant: &TenantId,
        after: Timestamp,
        limit: usize,
    ) -> Result<Vec<Ticket>, StoreError>;

    /// When a ticket of the tenant last changed.
    async fn last_ticket_change(&self, tenant: &TenantId) -> Result<Option<Timestamp>, StoreError>;
}

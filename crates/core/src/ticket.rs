//! Tickets: messages that customers left to be answered later, and what agents do with them.
//!
//! What was left stays in the customer's log; a ticket says where it stands there, and who sees to it.

use crate::id::{AgentId, ChannelId, QueueId, TenantId};
use crate::log::{EntryNumber, LogId};
use crate::time::Timestamp;

/// Names a ticket: the entry with which the message was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketId {
    /// The customer's log.
    pub log: LogId,
    /// The entry in it.
    pub number: EntryNumber,
}

/// How far a ticket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketState {
    /// Nobody sees to it yet.
    Open,
    /// An agent sees to it.
    Claimed,
    /// The customer was answered.
    Answered,
    /// It is done with.
    Closed,
}

impl TicketState {
    /// Every state, in order.
    pub const ALL: [Self; 4] = [Self::Open, Self::Claimed, Self::Answered, Self::Closed];

    /// The state as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Claimed => "claimed",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    /// The state by the name that [`Self::as_str`] gave.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// A message that was left, and who sees to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Names it.
    pub id: TicketId,
    /// The tenant.
    pub tenant: TenantId,
    /// The channel that the customer came through.
    pub channel: ChannelId,
    /// The queue whose agents see to it; without one only supervisors do.
    pub queue: Option<QueueId>,
    /// Where to call or write back.
    pub caller: String,
    /// When the message was left.
    pub opened: Timestamp,
    /// How far it is.
    pub state: TicketState,
    /// Who sees, or saw, to it.
    pub agent: Option<AgentId>,
    /// The entry with the answer, once there is one.
    pub answer: Option<EntryNumber>,
    /// When this last changed. No two changes of one tenant have the same time.
    pub changed: Timestamp,
}

/// Something that is done with a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketChange {
    /// Who does it.
    pub agent: AgentId,
    /// Whether they may also do it in the place of whoever sees to the ticket.
    pub is_supervisor: bool,
    /// What.
    pub step: TicketStep,
}

/// What can be done with a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketStep {
    /// The agent will see to it.
    Claim,
    /// Somebody else is to see to it.
    Release,
    /// The customer was answered, with this entry of their log.
    Answered(EntryNumber),
    /// It is done with.
    Close,
}

/// Why something cannot be done with a ticket. Nothing is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TicketRefusal {
    /// Another agent sees to it.
    #[error("another agent sees to the ticket")]
    Taken,
    /// The agent must claim it first.
    #[error("the ticket has not been claimed")]
    NotClaimed,
    /// It was answered or closed before.
    #[error("the ticket was answered or closed before")]
    Done,
}

impl Ticket {
    /// The ticket after a change; `None` if it is so already. What was answered stays so whatever else was done at the
    /// same time: the customer has the answer.
    pub fn after(&self, change: &TicketChange) -> Result<Option<Self>, TicketRefusal> {
        let is_own = self.agent.as_ref() == Some(&change.agent);
        let may_end = is_own || change.is_supervisor;
        let with =
            |state, agent: Option<&AgentId>| Ok(Some(Self { state, agent: agent.cloned(), ..self.clone() }));
        match (change.step, self.state) {
            (TicketStep::Claim, TicketState::Open) => with(TicketState::Claimed, Some(&change.agent)),
            (TicketStep::Release, TicketState::Claimed) if may_end => with(TicketState::Open, None),
            (TicketStep::Claim, TicketState::Claimed) if is_own => Ok(None),
            (TicketStep::Release, TicketState::Open) | (TicketStep::Close, TicketState::Closed) => Ok(None),
            (TicketStep::Answered(_), TicketState::Answered | TicketState::Closed)
                if self.answer.is_some() =>
            {
                Ok(None)
            }
            (TicketStep::Answered(answer), state) => {
                let state = if state == TicketState::Closed { state } else { TicketState::Answered };
                let agent = Some(change.agent.clone());
                Ok(Some(Self { state, agent, answer: Some(answer), ..self.clone() }))
            }
            (TicketStep::Close, TicketState::Open | TicketState::Answered) => {
                with(TicketState::Closed, self.agent.as_ref())
            }
            (TicketStep::Close, TicketState::Claimed) if may_end => {
                with(TicketState::Closed, self.agent.as_ref())
            }
            (TicketStep::Claim | TicketStep::Release | TicketStep::Close, TicketState::Claimed) => {
                Err(TicketRefusal::Taken)
            }
            (TicketStep::Claim | TicketStep::Release, TicketState::Answered | TicketState::Closed) => {
                Err(TicketRefusal::Done)
            }
        }
    }

    /// Whether an agent may answer the customer: the agent sees to it, and nobody has answered yet.
    pub fn may_be_answered_by(&self, agent: &AgentId) -> Result<(), TicketRefusal> {
        match self.state {
            TicketState::Claimed if self.agent.as_ref() == Some(agent) => Ok(()),
            TicketState::Claimed => Err(TicketRefusal::Taken),
            TicketState::Open => Err(TicketRefusal::NotClaimed),
            TicketState::Answered | TicketState::Closed => Err(TicketRefusal::Done),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket(state: TicketState, agent: Option<&str>) -> Ticket {
        let log = LogId::from_bytes([1; 16]);
        Ticket {
            id: TicketId { log, number: EntryNumber(4) },
            tenant: TenantId::new("demo").unwrap(),
            channel: ChannelId::new("web").unwrap(),
            queue: None,
            caller: "13800000000".to_owned(),
            opened: Timestamp::ZERO,
            state,
            agent: agent.map(|agent| AgentId::new(agent).unwrap()),
            answer: (state == TicketState::Answered).then_some(EntryNumber(5)),
            changed: Timestamp::ZERO,
        }
    }

    /// What becomes of a ticket: its state and its agent, `=` if nothing changes, or why not.
    fn after(ticket: &Ticket, agent: &str, is_supervisor: bool, step: TicketStep) -> String {
        let change = TicketChange { agent: AgentId::new(agent).unwrap(), is_supervisor, step };
        match ticket.after(&change) {
            Ok(None) => "=".to_owned(),
            Ok(Some(after)) => {
                let agent = after.agent.map(|agent| format!(" {agent}")).unwrap_or_default();
                format!("{}{agent}", after.state.as_str())
            }
            Err(refusal) => format!("{refusal:?}"),
        }
    }

    #[test]
    fn every_step_in_every_state() {
        const ANSWERED: TicketStep = TicketStep::Answered(EntryNumber(9));
        let steps = [TicketStep::Claim, TicketStep::Release, ANSWERED, TicketStep::Close];
        let rows = [
            (ticket(TicketState::Open, None), ["claimed 101", "=", "answered 101", "closed"]),
            (ticket(TicketState::Claimed, Some("101")), ["=", "open", "answered 101", "closed 101"]),
            (ticket(TicketState::Claimed, Some("102")), ["Taken", "Taken", "answered 101", "Taken"]),
            (ticket(TicketState::Answered, Some("102")), ["Done", "Done", "=", "closed 102"]),
            (ticket(TicketState::Closed, Some("102")), ["Done", "Done", "closed 101", "="]),
        ];
        for (ticket, expected) in rows {
            assert_eq!(steps.map(|step| after(&ticket, "101", false, step)), expected, "{ticket:?}");
        }
    }

    #[test]
    fn a_supervisor_takes_a_ticket_from_an_agent() {
        let held = ticket(TicketState::Claimed, Some("102"));
        assert_eq!(after(&held, "201", true, TicketStep::Release), "open");
        assert_eq!(after(&held, "201", true, TicketStep::Close), "closed 102");
        assert_eq!(after(&held, "201", true, TicketStep::Claim), "Taken", "it is released first");
    }

    #[test]
    fn only_whoever_sees_to_it_answers() {
        let may = |state, agent: Option<&str>| {
            ticket(state, agent).may_be_answered_by(&AgentId::new("101").unwrap())
        };
        assert_eq!(may(TicketState::Claimed, Some("101")), Ok(()));
        assert_eq!(may(TicketState::Claimed, Some("102")), Err(TicketRefusal::Taken));
        assert_eq!(may(TicketState::Open, None), Err(TicketRefusal::NotClaimed));
        assert_eq!(may(TicketState::Answered, Some("101")), Err(TicketRefusal::Done));
        assert_eq!(may(TicketState::Closed, Some("101")), Err(TicketRefusal::Done));
    }
}

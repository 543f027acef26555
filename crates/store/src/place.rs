//! Where a log's newest conversation is, as lists show it.

use frontdesk_core::conversation::{Control, LogState, Participant};
use frontdesk_core::id::{AgentId, QueueId};
use frontdesk_core::time::Timestamp;

/// The columns that say where a conversation is.
#[derive(PartialEq)]
pub(crate) struct Place<'a> {
    pub(crate) control: &'static str,
    pub(crate) queue: Option<&'a QueueId>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) agent: Option<&'a AgentId>,
}

impl<'a> Place<'a> {
    pub(crate) fn of(state: &'a LogState) -> Self {
        let nowhere = Self { control: "closed", queue: None, since: None, agent: None };
        match state.control() {
            None => nowhere,
            Some(Control::Robot(_)) => Self { control: "robot", ..nowhere },
            Some(Control::Queue { queue, since, .. }) => {
                Self { control: "queue", queue: Some(queue), since: Some(*since), ..nowhere }
            }
            Some(Control::Agent(agent)) => Self { control: "agent", agent: Some(agent), ..nowhere },
        }
    }
}

/// Who takes part in the open conversation.
pub(crate) fn participants(state: &LogState) -> &[Participant] {
    state.open().map(|open| open.participants.as_slice()).unwrap_or_default()
}

/// Who has served the newest conversation last.
pub(crate) fn served_by(state: &LogState) -> Option<&str> {
    let last = state.last_served.as_ref().filter(|served| served.conversation == state.conversations);
    state.agent().or_else(|| last.map(|served| &served.agent)).map(AgentId::as_str)
}

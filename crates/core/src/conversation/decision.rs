//! What was decided.

use serde::{Deserialize, Serialize};

use crate::conversation::{LogState, Participation};
use crate::entry::{Departure, EntryBody};
use crate::id::{AgentId, QueueId};
use crate::labels::Labels;
use crate::labels::Priority;
use crate::log::EntryNumber;
use crate::time::Timestamp;

/// What is to be written to one log, all of it or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Which of the customer's conversations the entries belong to.
    pub conversation: u64,
    /// Entries, in order.
    pub entries: Vec<EntryBody>,
    /// An earlier entry of this log that loses its content.
    pub amend: Option<(EntryNumber, EntryBody)>,
    /// The state, if it changes. A change comes with at least one entry, so that a writer with an old state always
    /// collides.
    pub state: Option<LogState>,
    /// Nothing is written if the log has an entry after this one: somebody was faster, and it must be decided again.
    pub unless_newer: Option<EntryNumber>,
    /// What is on the conversation from now on, if that changes.
    pub labels: Option<Labels>,
    /// Agents who may see the conversation from now on.
    pub mentioned: Vec<AgentId>,
    /// The conversation is over, and the entries belong to it nevertheless.
    pub is_afterthought: bool,
    /// What must follow elsewhere.
    pub intents: Vec<Intent>,
}

/// Something that must follow a commit elsewhere. It is stored in that commit and carried out at least once, so
/// carrying it out twice must do no harm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "intent", rename_all = "snake_case")]
pub enum Intent {
    /// The customer is to wait for an agent.
    Enqueue {
        /// Where.
        queue: QueueId,
        /// The fence under which they wait.
        fence: u64,
        /// Since when; zero for whoever is to come before everybody else there.
        since: Timestamp,
        /// The agent who passed them on and should not get them straight back.
        avoid: Option<AgentId>,
    },
    /// The customer no longer waits.
    LeaveQueue {
        /// The fence under which they waited.
        fence: u64,
    },
    /// How urgent the waiting customer is has changed.
    Prioritise {
        /// The fence under which they wait.
        fence: u64,
        /// Their priority from now on.
        priority: Priority,
    },
    /// A found agent has taken the customer: the claim is done.
    FinishClaim {
        /// The fence under which the customer waited.
        fence: u64,
    },
    /// An agent's slot that was reserved for a transfer is theirs to keep: the customer was passed on.
    ConfirmReservation {
        /// The agent.
        agent: AgentId,
        /// The fence under which the slot was reserved.
        fence: u64,
    },
    /// The agent no longer holds the customer, who goes on elsewhere: there is no after-call work.
    GiveBackSlot {
        /// The agent.
        agent: AgentId,
        /// The fence under which the agent held the customer.
        fence: u64,
    },
    /// The conversation that the agent held is over; after-call work may follow.
    FreeSlot {
        /// The agent.
        agent: AgentId,
        /// The fence under which the agent held the customer.
        fence: u64,
    },
    /// The customer left a message: the commit's first entry.
    OpenTicket {
        /// Whose agents see to it.
        queue: Option<QueueId>,
        /// Where to call or write back.
        caller: String,
        /// When it was left.
        opened: Timestamp,
    },
    /// Something happened from which editors of knowledge can learn: what the robot could not answer, or was rated for.
    Learn {
        /// Which of the customer's conversations.
        conversation: u64,
        /// Whether all of it must be read to tell; otherwise the commit's own entries do.
        whole: bool,
    },
    /// The message that the customer left was answered: with the commit's first entry.
    AnswerTicket {
        /// The agent.
        agent: AgentId,
        /// The entry with which the message was left.
        ticket: EntryNumber,
    },
    /// The agent is to be told that a conversation is theirs.
    TellHandedOver {
        /// The agent.
        agent: AgentId,
        /// Which of the customer's conversations.
        conversation: u64,
    },
    /// The agent is to be told that a note mentions them.
    TellMentioned {
        /// The agent.
        agent: AgentId,
        /// Which of the customer's conversations.
        conversation: u64,
    },
    /// Somebody is to be told that they take part in a conversation.
    TellJoined {
        /// Who.
        agent: AgentId,
        /// Which of the customer's conversations.
        conversation: u64,
        /// How.
        mode: Participation,
    },
    /// The agent is to be told that a conversation is no longer theirs, or that they take part in it no longer.
    TellTakenAway {
        /// The agent.
        agent: AgentId,
        /// Which of the customer's conversations.
        conversation: u64,
        /// Why.
        why: Departure,
    },
}

impl Decision {
    /// The state as it will be, to be changed further; one version on if nothing has changed it yet.
    pub(super) fn state_after(&mut self, state: &LogState) -> &mut LogState {
        self.state.get_or_insert_with(|| LogState { version: state.version + 1, ..state.clone() })
    }
}

/// What the one who asked is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The robot has the conversation.
    WithRobot,
    /// An agent has the conversation, or the customer waits for one.
    WithAgent,
    /// The robot got the message.
    SentToRobot,
    /// The agent gets the message, now or when one takes the conversation.
    SentToAgent,
    /// The customer waits for an agent.
    Transferring,
    /// No agent can be had: the customer was told so, or asked to leave a message.
    NobodyToBeHad,
    /// The same, because it is outside working hours.
    OutsideHours,
    /// The conversation with the robot is over.
    LeftRobot,
    /// The conversation with the agent, or the wait for one, is over.
    LeftAgent,
    /// It was written down, or nothing had to be.
    Noted,
}

/// A decision and what to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What is to be written; `None` if nothing.
    pub decision: Option<Decision>,
    /// What the one who asked is told.
    pub outcome: Outcome,
}

impl Decided {
    /// Nothing has to be written.
    pub(super) const fn nothing(outcome: Outcome) -> Self {
        Self { decision: None, outcome }
    }

    /// This is to be written.
    pub(super) const fn write(decision: Decision, outcome: Outcome) -> Self {
        Self { decision: Some(decision), outcome }
    }
}

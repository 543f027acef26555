//! What is known of a customer's log besides its entries.

use serde::{Deserialize, Serialize};

use crate::conversation::participants::{Participant, staying};
use crate::conversation::{Episode, Refusal, Sla};
use crate::id::{AgentId, CallId, DispositionId, QueueId, RobotId};
use crate::labels::Priority;
use crate::routing::Place;
use crate::time::Timestamp;

/// The state of a customer's log. Written only when it changes; a plain message does not change it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogState {
    /// Grows with every change of the state.
    pub version: u64,
    /// Grows with every hand-over of control.
    pub fence: u64,
    /// How many conversations there have been, this one included.
    pub conversations: u64,
    /// The open conversation, or how the last one ended.
    pub session: Session,
    /// The agent who served the customer last, whom a rating is about.
    #[serde(default)]
    pub last_served: Option<Served>,
}

/// Which service a rating is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    /// The agent.
    pub agent: AgentId,
    /// The conversation's `callId`.
    pub call: CallId,
    /// Which of the customer's conversations.
    pub conversation: u64,
    /// The agent's service itself.
    #[serde(default, skip_serializing_if = "Episode::is_unknown")]
    pub episode: Episode,
}

/// The open conversation, or how the last one ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::large_enum_variant,
    reason = "states are looked at one at a time, and most have an open conversation"
)]
#[serde(rename_all = "snake_case")]
pub enum Session {
    /// None is open.
    Closed {
        /// The customer may write nevertheless: that opens a new one.
        offline: bool,
    },
    /// One is open.
    Open(Conversation),
}

impl Default for Session {
    fn default() -> Self {
        Self::Closed { offline: false }
    }
}

/// An open conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its `callId`.
    pub call: CallId,
    /// When it was opened.
    pub opened: Timestamp,
    /// Who has control of it.
    pub control: Control,
    /// Since when.
    pub handed_over: Timestamp,
    /// How many turns the robot has had in it.
    pub robot_turns: u32,
    /// Who takes part beside the agent who has it, in the order in which they came. Empty unless an agent has it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<Participant>,
    /// How urgent it is; the rest of what agents put on it is in its row alone.
    #[serde(default)]
    pub priority: Priority,
    /// What came of it, if somebody has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<DispositionId>,
    /// What else must be remembered of it.
    #[serde(default, skip_serializing_if = "Remembered::is_empty")]
    pub remembered: Remembered,
}

/// What must be remembered of a conversation besides who has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    /// The queue in which it waited last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueId>,
    /// When the customer was warned that it will end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warned: Option<Timestamp>,
    /// When the agent was reminded that the customer waits for an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminded: Option<Timestamp>,
    /// What the customer was promised. It outlives hand-overs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sla: Option<Box<Sla>>,
}

impl Remembered {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Who has control of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// The robot answers.
    Robot(RobotId),
    /// It waits for an agent.
    Queue {
        /// Where.
        queue: QueueId,
        /// Since when, also in the queues before this one that it was moved on from.
        since: Timestamp,
        /// The customer has been told.
        told: bool,
        /// How far the wait has come.
        #[serde(default, skip_serializing_if = "Waiting::is_empty")]
        waiting: Waiting,
    },
    /// An agent answers.
    Agent(AgentId),
}

/// How far a wait has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Waiting {
    /// The queue in which the wait began, if it is not the one in which it goes on. Its escalation applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<QueueId>,
    /// How many steps of that escalation are behind.
    #[serde(skip_serializing_if = "is_zero")]
    pub steps: usize,
    /// What the customer was told last of where they stand, and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told: Option<(Timestamp, Option<Place>)>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
const fn is_zero(steps: &usize) -> bool {
    *steps == 0
}

impl Waiting {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Control {
    /// Waiting in a queue from a moment on.
    pub fn queue(queue: QueueId, since: Timestamp) -> Self {
        Self::Queue { queue, since, told: false, waiting: Waiting::default() }
    }
}

impl LogState {
    /// The open conversation.
    pub const fn open(&self) -> Option<&Conversation> {
        match &self.session {
            Session::Open(conversation) => Some(conversation),
            Session::Closed { .. } => None,
        }
    }

    /// Whether this conversation is the open one.
    pub const fn is_open(&self, conversation: u64) -> bool {
        self.open().is_some() && self.conversations == conversation
    }

    /// Refuses a conversation that the customer never had.
    pub(super) const fn must_have_had(&self, conversation: u64) -> Result<(), Refusal> {
        if conversation == 0 || conversation > self.conversations { Err(Refusal::NoSession) } else { Ok(()) }
    }

    /// Who has control of the open conversation.
    pub fn control(&self) -> Option<&Control> {
        self.open().map(|conversation| &conversation.control)
    }

    /// The agent who has control.
    pub fn agent(&self) -> Option<&AgentId> {
        match self.control()? {
            Control::Agent(agent) => Some(agent),
            Control::Robot(_) | Control::Queue { .. } => None,
        }
    }

    /// The same log with a changed state: one version on.
    pub(super) fn with(&self, session: Session) -> Self {
        Self { version: self.version + 1, session, ..self.clone() }
    }

    /// The same conversation under other control from now on: one version and one fence on.
    pub(super) fn handed_over(&self, conversation: &Conversation, control: Control, now: Timestamp) -> Self {
        let queue = match &control {
            Control::Queue { queue, .. } => Some(queue.clone()),
            Control::Robot(_) | Control::Agent(_) => conversation.remembered.queue.clone(),
        };
        let sla = conversation.remembered.sla.clone();
        let remembered = Remembered { queue, sla, ..Remembered::default() };
        let participants = staying(conversation, &control);
        let session = Session::Open(Conversation {
            control,
            handed_over: now,
            remembered,
            participants,
            ..conversation.clone()
        });
        Self { fence: self.fence + 1, ..self.with(session) }
    }

    /// The log after its conversation ended: nobody has control.
    pub(super) fn closed(&self, offline: bool) -> Self {
        Self { fence: self.fence + 1, ..self.with(Session::Closed { offline }) }
    }
}

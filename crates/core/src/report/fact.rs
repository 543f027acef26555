//! What is known of one conversation and of its service episodes. A fact is also what the fold goes on from.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::entry::{Diversion, EndReason, SlaNews, SlaTarget};
use crate::id::{AgentId, CallId, DispositionId, QueueId, RobotId, SlaPolicyId};
use crate::labels::Priority;
use crate::time::Timestamp;

/// One conversation. Times that last are in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationFact {
    /// Which of the customer's conversations, from 1.
    pub conversation: u64,
    /// Its `callId`.
    pub call: CallId,
    /// When it began.
    pub began: Timestamp,
    /// How it ended; `None` while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ending>,
    /// The conversation that it takes up again, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopens: Option<u64>,
    /// The robot that had it first, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub robot: Option<RobotId>,
    /// How long a robot had it.
    #[serde(default)]
    pub robot_millis: u64,
    /// The customer said something to a robot.
    #[serde(default)]
    pub asked_robot: bool,
    /// When it was first given to people: when it first came into a queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_to_people: Option<Timestamp>,
    /// From then until an agent first said something to the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_response_millis: Option<u64>,
    /// How long the customer waited for a word of an agent, all together.
    #[serde(default)]
    pub unanswered_millis: u64,
    /// Its stays in queues.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits: Vec<WaitFact>,
    /// Its service episodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub episodes: Vec<EpisodeFact>,
    /// How many messages there were.
    #[serde(default)]
    pub messages: MessageCounts,
    /// How often the customer asked for an agent and was sent another way than into the queue.
    #[serde(default)]
    pub turned_away: u32,
    /// The customer left a message.
    #[serde(default)]
    pub left_message: bool,
    /// The tags on it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// How urgent it is.
    #[serde(default)]
    pub priority: Priority,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<DispositionId>,
    /// What the customer was promised, and what became of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<PromiseFact>,
    /// How many of the robot's answers the customer found helpful.
    #[serde(default)]
    pub robot_helped: u32,
    /// How many they did not.
    #[serde(default)]
    pub robot_failed: u32,
    /// Where the fold stands.
    pub moment: Moment,
}

/// How a conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: EndReason,
}

/// A stay in one queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitFact {
    /// The queue.
    pub queue: QueueId,
    /// Since when the customer waited there.
    pub since: Timestamp,
    /// When the wait as a whole began, perhaps in another queue.
    pub began: Timestamp,
    /// When it ended, and how; `None` while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<(Timestamp, WaitEnd)>,
}

/// How a stay in a queue ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitEnd {
    /// An agent took the customer.
    Answered,
    /// The customer left, or fell silent.
    Abandoned,
    /// The customer left a message instead.
    LeftMessage,
    /// The rules sent the customer away, or to the robot.
    Released,
    /// The customer was moved on to another queue.
    MovedOn,
}

impl WaitEnd {
    /// Its name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Abandoned => "abandoned",
            Self::LeftMessage => "leftMessage",
            Self::Released => "released",
            Self::MovedOn => "movedOn",
        }
    }
}

/// A service episode: one agent's service from getting the conversation to its end, or to its going elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpisodeFact {
    /// The agent.
    pub agent: AgentId,
    /// The queue in which the customer waited last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueId>,
    /// When it began.
    pub began: Timestamp,
    /// How the agent came by it.
    pub start: EpisodeStart,
    /// When it ended, and how; `None` while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<(Timestamp, EpisodeEnd)>,
    /// From its beginning until its agent first said something to the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_response_millis: Option<u64>,
    /// How many messages its agent sent to the customer during it.
    #[serde(default)]
    pub messages: u32,
    /// The customer was asked about it.
    #[serde(default)]
    pub asked: bool,
    /// The customer's last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<RatingFact>,
}

/// How an agent came by a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpisodeStart {
    /// Out of a queue.
    Queue,
    /// An agent passed it on, to this one or to a queue.
    Transfer,
    /// Taken from another agent.
    TakeOver,
}

impl EpisodeStart {
    /// Its name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Transfer => "transfer",
            Self::TakeOver => "takeOver",
        }
    }
}

/// How an episode ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpisodeEnd {
    /// With the conversation.
    Ended,
    /// The agent passed the conversation on.
    Transferred,
    /// A supervisor took it.
    TakenOver,
    /// The agent did not answer in time and lost it to a queue.
    Silent,
    /// The agent could not be reached and lost it to a queue.
    Vanished,
}

impl EpisodeEnd {
    /// Its name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Transferred => "transferred",
            Self::TakenOver => "takenOver",
            Self::Silent => "silent",
            Self::Vanished => "vanished",
        }
    }
}

/// A customer's answer about an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatingFact {
    /// When it was given.
    pub at: Timestamp,
    /// Satisfaction, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<u8>,
    /// Would recommend, 0 to 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nps: Option<u8>,
    /// Whether the matter was solved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solved: Option<bool>,
}

/// How many messages each side sent. What was taken back counts; notes and whispers do not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageCounts {
    /// The customer.
    pub customer: u32,
    /// Agents.
    pub agent: u32,
    /// Robots.
    pub robot: u32,
    /// Frontdesk itself.
    pub system: u32,
}

/// What became of a promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromiseFact {
    /// The policy that promises it.
    pub policy: SlaPolicyId,
    /// What was promised.
    pub target: SlaTarget,
    /// The worst that was noted of it.
    pub worst: SlaNews,
}

/// Who has a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// Nobody: it is over, or is about to come into a queue.
    #[default]
    Nobody,
    /// A robot.
    Robot,
    /// A queue: that of the last wait.
    Queue,
    /// An agent: that of the last episode.
    Agent,
}

/// Where the fold of a conversation stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Moment {
    /// Who has it.
    pub holder: Holder,
    /// Since when a robot has it; of no meaning otherwise.
    pub since: Timestamp,
    /// Since when the customer waits for a word of an agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unanswered: Option<Timestamp>,
    /// An agent passed it on to the queue that has it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub passed_on: bool,
    /// Why an agent is about to lose it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<Diversion>,
}

impl ConversationFact {
    /// The queue into which it came first.
    pub fn first_queue(&self) -> Option<&QueueId> {
        self.waits.first().map(|wait| &wait.queue)
    }

    /// How often an agent passed it on.
    pub fn transfers(&self) -> usize {
        let passed_on = |episode: &&EpisodeFact| matches!(episode.ended, Some((_, EpisodeEnd::Transferred)));
        self.episodes.iter().filter(passed_on).count()
    }

    /// Whether a robot dealt with it alone: the customer said something to it, and never was with people, sent away from
    /// them, or left with a message.
    pub fn is_contained(&self) -> bool {
        self.asked_robot && self.handed_to_people.is_none() && self.turned_away == 0 && !self.left_message
    }
}

//! What can be asked of a log, and what must be known to decide it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::conversation::Clocks;
use crate::directory::{Agent, Channel, Queue, Robot};
use crate::entry::Rating;
use crate::id::{AgentId, QueueId};
use crate::log::{EntryNumber, LogId};
use crate::message::{MediaType, Message};
use crate::routing::Place;
use crate::texts::Texts;
use crate::time::Timestamp;

/// Something that is asked of a log.
#[derive(Clone, Debug)]
pub enum Command {
    /// The customer wants to talk (CONNECT).
    Connect,
    /// The customer says something (CHAT).
    Chat {
        /// What they say.
        message: CustomerMessage,
        /// What the robot has to say to it; looked at only while the robot has control.
        answer: Option<RobotSays>,
    },
    /// The customer wants an agent (TRANS2AGENT).
    TransferToAgent,
    /// The customer leaves (DISCONNECT).
    Disconnect,
    /// The customer is typing (INPUT).
    Typing,
    /// The customer has read messages (READ).
    ReadByCustomer {
        /// Their message codes.
        messages: Vec<String>,
    },
    /// The customer rates the agent who served them last.
    RateAgent(RatingGiven),
    /// The customer rates an answer of the robot.
    RateRobot {
        /// The robot's turn (`interIdx`).
        turn: String,
        /// Whether it helped.
        satisfied: bool,
        /// What they wrote about it.
        comment: Option<String>,
    },
    /// The customer leaves a message to be answered later.
    LeaveMessage {
        /// Where to call or write back.
        caller: String,
        /// The message.
        text: String,
    },
    /// An agent has been found for the waiting customer.
    Assign {
        /// The agent.
        agent: AgentId,
        /// The fence under which the customer waits.
        fence: u64,
    },
    /// No agent is free: the waiting customer is to be told.
    TellQueuing {
        /// The fence under which the customer waits.
        fence: u64,
    },
    /// An agent says something.
    AgentSays {
        /// The agent.
        agent: AgentId,
        /// What they say, as customers will see it.
        message: Message,
    },
    /// An agent takes back what they said.
    AgentRecalls {
        /// The agent.
        agent: AgentId,
        /// The entry with what was said.
        number: EntryNumber,
        /// What was said.
        message: Message,
    },
    /// An agent has read what the customer said.
    AgentReads {
        /// The agent.
        agent: AgentId,
        /// The customer's messages, by the ids that the customer knows.
        messages: Vec<String>,
    },
    /// An agent passes the customer on.
    AgentTransfers {
        /// The agent.
        agent: AgentId,
        /// To whom.
        target: TransferTarget,
    },
    /// An agent ends the conversation.
    AgentEnds {
        /// The agent.
        agent: AgentId,
    },
    /// It may be time for something.
    CheckTimers(Clocks),
}

/// A rating as given: whom it is about is known from the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatingGiven {
    /// Satisfaction, 1 to 5.
    pub evaluation: u8,
    /// What the customer wrote.
    pub comment: String,
    /// Would recommend, 0 to 9.
    pub nps: Option<u8>,
    /// Whether the matter was solved.
    pub solved: Option<bool>,
}

impl RatingGiven {
    pub(super) fn about(self, agent: AgentId) -> Rating {
        Rating {
            agent,
            evaluation: self.evaluation,
            comment: self.comment,
            nps: self.nps,
            solved: self.solved,
        }
    }
}

/// What a customer says.
#[derive(Clone)]
pub struct CustomerMessage {
    /// What kind of thing `content` is.
    pub media: MediaType,
    /// The text, or what names the file, card or place.
    pub content: String,
    /// The customer's name.
    pub nickname: Option<String>,
    /// The customer's picture.
    pub avatar: Option<String>,
    /// The id that the customer's client gave the message.
    pub client_id: Option<String>,
}

impl std::fmt::Debug for CustomerMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CustomerMessage").field("media", &self.media).finish_non_exhaustive()
    }
}

/// What the robot has to say to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RobotSays {
    /// Its answer, in parts that are each short enough for one message.
    pub texts: Vec<String>,
    /// Questions near the one that was asked.
    pub similar: Vec<String>,
}

/// To whom an agent passes a customer on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransferTarget {
    /// To a queue.
    Queue(QueueId),
    /// To another agent, whose slot has been taken already.
    Agent {
        /// The other agent.
        agent: AgentId,
        /// The log's fence under which the slot was taken. Under a newer one the slot may have been given back.
        fence: u64,
    },
}

/// Whether customers can wait in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// Somebody who could serve them is signed in; they may all be busy.
    SignedIn,
    /// Agents should be working, but nobody who could serve them is signed in.
    NobodySignedIn,
    /// It is outside working hours.
    OutsideHours,
    /// As many wait as may.
    Full,
}

/// How it stands with a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Somebody who serves it and knows what it needs is signed in.
    pub signed_in: bool,
    /// How many customers wait in it; looked at only where the queue says how many may.
    pub waiting: u32,
}

/// What must be known to decide.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The log.
    pub log: LogId,
    /// The time, by the store's clock.
    pub now: Timestamp,
    /// The customer's channel.
    pub channel: &'a Channel,
    /// The channel's robot.
    pub robot: Option<&'a Robot>,
    /// The tenant's queues.
    pub queues: &'a HashMap<QueueId, Arc<Queue>>,
    /// How it stands with the queues that [`crate::conversation::asks`] names.
    pub standings: &'a HashMap<QueueId, Standing>,
    /// Where the waiting customer stands, if it was asked for and is known.
    pub place: Option<Place>,
    /// The agent that a command is about.
    pub agent: Option<&'a Agent>,
    /// The system's texts for this customer.
    pub texts: Texts<'a>,
}

/// Why a command is refused. Nothing is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No conversation is open.
    #[error("no conversation is open")]
    NoSession,
    /// It is outside working hours.
    #[error("it is outside working hours")]
    OutsideHours,
    /// No agent is signed in.
    #[error("no agent is signed in")]
    NoAgents,
    /// As many customers wait as may.
    #[error("the queue is full")]
    QueueFull,
    /// The channel has neither robot nor queue, or no queue where one is needed.
    #[error("the channel has nobody to answer")]
    NotConfigured,
    /// An agent already serves the customer.
    #[error("an agent already serves the customer")]
    AlreadyWithAgent,
    /// Nothing was there to be rated.
    #[error("there is nothing to rate")]
    NothingToRate,
    /// The conversation is not the agent's.
    #[error("the conversation is not the agent's")]
    NotTheAgents,
    /// Control has moved on since.
    #[error("control has moved on")]
    Fenced,
    /// An agent cannot pass a conversation on to themselves.
    #[error("an agent cannot pass a conversation on to themselves")]
    ToOneself,
}

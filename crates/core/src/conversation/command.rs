//! What can be asked of a log, and what must be known to decide it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::conversation::{Clocks, Labelling, Participation};
use crate::directory::{Agent, Channel, Disposition, Queue, Robot, SlaPolicy};
use crate::entry::Rating;
use crate::id::{AgentId, QueueId, SlaPolicyId};
use crate::log::{EntryNumber, Life, LogId};
use crate::message::{MediaType, Message};
use crate::note::Note;
use crate::robot::Trace;
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
    /// An agent answers a message that was left.
    AnswerTicket {
        /// The agent.
        agent: AgentId,
        /// The entry with which it was left.
        ticket: EntryNumber,
        /// Which of the customer's conversations that entry belongs to.
        conversation: u64,
        /// The answer, as customers will see it.
        message: Message,
    },
    /// The customer is to be asked about an agent's service.
    AskSurvey {
        /// Who wants it.
        agent: AgentId,
        /// Whether they may ask about the service of others.
        is_supervisor: bool,
        /// Which of the customer's conversations it is about.
        conversation: u64,
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
        /// In which life of the store it was written.
        life: Life,
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
    /// An agent cannot be reached any more: somebody else is to have the customer.
    AgentVanished {
        /// The agent.
        agent: AgentId,
    },
    /// An agent ends the conversation.
    AgentEnds {
        /// The agent.
        agent: AgentId,
    },
    /// An agent who may see a conversation notes something about it.
    Note {
        /// Which of the customer's conversations; it may be over.
        conversation: u64,
        /// What they note.
        note: Note,
    },
    /// An agent who may see a conversation changes what is on it.
    Label(Box<Labelling>),
    /// The agent who has the conversation asks a colleague to take part.
    AgentInvites {
        /// The agent.
        agent: AgentId,
        /// The colleague.
        guest: AgentId,
        /// How the colleague is to take part; not in secret.
        mode: Participation,
    },
    /// Somebody is to take part no longer.
    AgentLeaves {
        /// Who wants it: the one who leaves, or the agent who has the conversation.
        agent: AgentId,
        /// Who leaves.
        guest: AgentId,
    },
    /// A supervisor begins to read along in secret.
    AgentMonitors {
        /// The supervisor.
        agent: AgentId,
    },
    /// A supervisor begins to speak to the customer beside the agent.
    AgentBargesIn {
        /// The supervisor.
        agent: AgentId,
    },
    /// A supervisor takes the conversation from the agent who has it.
    AgentTakesOver {
        /// The supervisor, whose slot has been taken already.
        agent: AgentId,
        /// The log's fence under which the slot was taken.
        fence: u64,
    },
    /// Somebody who takes part says something to their colleagues only.
    AgentWhispers {
        /// Who.
        agent: AgentId,
        /// What they say, as colleagues will see it.
        message: Message,
    },
    /// It may be time for something.
    CheckTimers(Clocks),
}

/// A rating as given: whom it is about is known from the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatingGiven {
    /// The service episode that it is about; the last one if it is not said.
    pub episode: Option<u64>,
    /// Satisfaction, 1 to 5, if it was asked.
    pub evaluation: Option<u8>,
    /// What the customer wrote.
    pub comment: String,
    /// Would recommend, 0 to 10.
    pub nps: Option<u8>,
    /// Whether the matter was solved.
    pub solved: Option<bool>,
}

impl RatingGiven {
    pub(super) fn about(self, agent: AgentId, episode: u64) -> Rating {
        Rating {
            agent,
            episode: Some(episode),
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
    /// Something in the content was masked.
    pub masked: bool,
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
    /// What it found in its knowledge; `None` if it was asked nothing that can be looked up.
    pub trace: Option<Trace>,
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
    /// To the channel's robot.
    Robot,
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
    /// What can come of a conversation: the tenant's list.
    pub dispositions: &'a [Disposition],
    /// What the tenant's customers are promised.
    pub sla: &'a HashMap<SlaPolicyId, Arc<SlaPolicy>>,
    /// The agent that a command is about: who gets the conversation, comes or leaves.
    pub agent: Option<&'a Agent>,
    /// The system's texts for this customer.
    pub texts: Texts<'a>,
}

impl Facts<'_> {
    /// The name under which customers know the agent that a command is about.
    pub(super) fn name_of(&self, agent: &AgentId) -> String {
        let known = self.agent.filter(|known| known.id == *agent);
        known.map_or_else(|| agent.to_string(), |known| known.nickname.clone())
    }
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
    /// The time in which answers are taken is over, or another agent's service came after it.
    #[error("the survey is over")]
    SurveyOver,
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
    /// Nobody has said yet what came of the conversation.
    #[error("it must be said first what came of the conversation")]
    DispositionRequired,
    /// The disposition is none of the tenant's.
    #[error("the disposition is none of the tenant's")]
    UnknownDisposition,
    /// More attributes than a conversation can have.
    #[error("a conversation has too many attributes")]
    TooManyAttributes,
    /// A colleague wrote, or the conversation was handed over, since the agent looked.
    #[error("a colleague was faster")]
    Newer,
    /// The channel has no robot.
    #[error("the channel has no robot")]
    NoRobot,
    /// No agent has the conversation.
    #[error("no agent has the conversation")]
    NotWithAgent,
    /// They take part already.
    #[error("they take part in the conversation already")]
    AlreadyTakesPart,
    /// The participant came by themselves, so nobody else can send them away.
    #[error("the participant was not invited")]
    NotInvited,
    /// So many take part that nobody else can.
    #[error("too many take part in the conversation")]
    TooManyParticipants,
}

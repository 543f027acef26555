//! What can stand in a log.

use serde::{Deserialize, Serialize};

use crate::conversation::Participation;
use crate::directory::SurveyQuestion;
use crate::entry::{Departure, Diversion, EndReason, LogRef, OfferEnd, Rating, SlaNews, SlaTarget};
use crate::id::{AgentId, CallId, QueueId, RobotId, SlaPolicyId};
use crate::labels::LabelPatch;
use crate::log::{EntryNumber, Life};
use crate::message::Message;
use crate::note::Note;
use crate::time::Timestamp;

/// One line of a log, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the log.
    pub number: EntryNumber,
    /// In which life of the store it was written.
    pub life: Life,
    /// When it was committed, by the store's clock; strictly increasing within the log.
    pub at: Timestamp,
    /// Which of the customer's conversations it belongs to, from 1; 0 for none.
    pub conversation: u64,
    /// What happened.
    pub body: EntryBody,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EntryBody {
    /// Somebody said something.
    Said(Message),
    /// A conversation began.
    Connected {
        /// The conversation's `callId`.
        call: CallId,
        /// The robot that took it, if a robot did.
        robot: Option<RobotId>,
    },
    /// The conversation waits for an agent.
    Queued {
        /// Where it waits.
        queue: QueueId,
        /// The agent who passed it on, if one did.
        from: Option<AgentId>,
    },
    /// The conversation does not stay in a queue, or never gets there; what follows says where it goes instead.
    Diverted {
        /// The queue.
        queue: QueueId,
        /// Why.
        why: Diversion,
    },
    /// The agent was reminded that the customer waits for an answer.
    Reminded {
        /// The agent.
        agent: AgentId,
    },
    /// An agent took the conversation.
    Assigned {
        /// The agent.
        agent: AgentId,
        /// The agent's name as customers see it.
        nickname: String,
        /// The agent who passed it on directly, if one did.
        from: Option<AgentId>,
    },
    /// A supervisor took the conversation from the agent who had it.
    TakenOver {
        /// The supervisor.
        agent: AgentId,
        /// The supervisor's name as customers see it.
        nickname: String,
        /// The agent who had it.
        from: AgentId,
    },
    /// The conversation went to the channel's robot after it had been elsewhere.
    GivenToRobot {
        /// The robot.
        robot: RobotId,
        /// The agent who passed it on, if one did.
        from: Option<AgentId>,
    },
    /// Somebody takes part in the conversation beside the agent who has it.
    Joined {
        /// Who.
        agent: AgentId,
        /// Their name as customers see it.
        nickname: String,
        /// How.
        mode: Participation,
        /// The agent who asked them in; `None` if they came by themselves.
        by: Option<AgentId>,
    },
    /// Somebody takes part no longer.
    Left {
        /// Who.
        agent: AgentId,
        /// Their name as customers see it.
        nickname: String,
        /// How they took part.
        mode: Participation,
        /// The agent who sent them away; `None` if they left by themselves.
        by: Option<AgentId>,
    },
    /// Somebody who takes part said something to their colleagues. No customer ever sees it.
    Whispered(Message),
    /// The agent has read what the customer said.
    ReadByAgent {
        /// The agent.
        agent: AgentId,
        /// The customer's messages that were read, by the ids that the customer knows.
        messages: Vec<String>,
    },
    /// The customer has read what was said to them.
    ReadByCustomer {
        /// The message codes that were read.
        messages: Vec<String>,
    },
    /// An agent took back what they had said.
    Recalled {
        /// The agent.
        agent: AgentId,
        /// The entry with what was said; its content is gone.
        number: EntryNumber,
        /// In which life of the store that was written.
        #[serde(default, skip_serializing_if = "Life::is_first")]
        life: Life,
    },
    /// The conversation is over.
    Ended {
        /// Why.
        reason: EndReason,
        /// The agent who ended it, if one did.
        agent: Option<AgentId>,
        /// The customer may still write (the channel's async switch is on).
        offline: bool,
        /// What the customer is told with it.
        tip: Option<String>,
    },
    /// The customer rated the agent.
    RatedAgent(Rating),
    /// The customer is asked about an agent's service.
    SurveyDue {
        /// The service episode: the hand-over with which it began.
        episode: u64,
        /// Whose service it was.
        agent: AgentId,
        /// What is asked, in this order.
        questions: Vec<SurveyQuestion>,
        /// Until when an answer is taken; `None` while the agent still has the customer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// The agent who wanted it asked; `None` if the rules did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<AgentId>,
    },
    /// What the customer was promised is missed, or about to be.
    Sla {
        /// The policy that promises it.
        policy: SlaPolicyId,
        /// What was promised.
        target: SlaTarget,
        /// What is to be said of it.
        what: SlaNews,
        /// When it was, or is, due.
        due: Timestamp,
    },
    /// The customer rated an answer of the robot.
    RatedRobot {
        /// The robot's turn that was rated (`interIdx`).
        turn: String,
        /// Whether it helped.
        satisfied: bool,
        /// What the customer wrote about it.
        comment: Option<String>,
    },
    /// The customer left a message to be answered later.
    LeftMessage {
        /// Where to call or write back.
        caller: String,
        /// The message.
        text: String,
    },
    /// An agent noted something for the other agents.
    Note(Note),
    /// An agent changed what is on the conversation.
    Labelled {
        /// The agent.
        agent: AgentId,
        /// What became different.
        changes: LabelPatch,
    },
    /// In an agent's own log: the agent was mentioned in a note.
    Mentioned {
        /// The customer's log.
        log: LogRef,
        /// Which of the customer's conversations.
        conversation: u64,
        /// The note.
        number: EntryNumber,
    },
    /// In an agent's own log: a conversation was given to the agent.
    HandedOver {
        /// The customer's log.
        log: LogRef,
        /// Which of the customer's conversations.
        conversation: u64,
        /// The entry with which it was assigned.
        number: EntryNumber,
    },
    /// In an agent's own log: the agent takes part in a conversation.
    TakesPart {
        /// The customer's log.
        log: LogRef,
        /// Which of the customer's conversations.
        conversation: u64,
        /// The entry with which the agent came.
        number: EntryNumber,
        /// How.
        mode: Participation,
    },
    /// In an agent's own log: a conversation is no longer the agent's, or the agent takes part in it no longer.
    TakenAway {
        /// The customer's log.
        log: LogRef,
        /// Which of the customer's conversations.
        conversation: u64,
        /// The entry with which it went.
        number: EntryNumber,
        /// Why it went.
        why: Departure,
    },
    /// In an agent's own log: a customer was offered to the agent.
    Offered {
        /// The customer's log.
        log: LogRef,
        /// Which of the customer's conversations.
        conversation: u64,
        /// Until when the agent may accept.
        until: Timestamp,
    },
    /// In an agent's own log: somebody or something else has changed what the agent declares, or their work.
    StateChanged,
    /// In an agent's own log: an offer is no longer open.
    OfferEnded {
        /// The customer's log.
        log: LogRef,
        /// Which of the customer's conversations.
        conversation: u64,
        /// Why.
        why: OfferEnd,
        /// The agent was set to away with it.
        away: bool,
    },
}

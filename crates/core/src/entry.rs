//! Entries: what a log is made of.

use serde::{Deserialize, Serialize};

use crate::conversation::Participation;
use crate::id::{AgentId, CallId, QueueId, RobotId};
use crate::labels::LabelPatch;
use crate::log::{EntryNumber, Life, LogId};
use crate::message::{Author, Message};
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

/// Why an offer is no longer open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferEnd {
    /// The agent took the customer, at this desk or another of theirs.
    AcceptedElsewhere,
    /// The agent did not want the customer.
    Declined,
    /// The agent did not answer in time.
    TimedOut,
    /// The customer is gone.
    Withdrawn,
}

/// Why a conversation left an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Departure {
    /// It ended.
    Ended,
    /// It was passed on.
    Transferred,
    /// A supervisor took it.
    TakenOver,
    /// The agent left it, having taken part in it.
    Left,
    /// The agent who has it sent them away.
    Removed,
}

/// Why a conversation goes another way than into a queue, or out of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Diversion {
    /// It is outside of the queue's hours.
    OutsideHours,
    /// Nobody who could serve the customer is signed in.
    NoAgents,
    /// As many customers wait as may.
    Full,
    /// The customer has waited for so long that the queue's escalation says so.
    Escalated,
    /// The agent did not answer: the customer goes back to the queue.
    AgentSilent,
}

/// Why a conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The customer left.
    Customer,
    /// The agent ended it.
    Agent,
    /// The customer's clients fell silent: no poll, no stream.
    Silence,
    /// Nobody was free in time.
    QueueTimeout,
    /// Nobody could be had: the customer was asked to leave a message.
    MessageAsked,
    /// The customer said nothing for too long.
    Inactivity,
}

/// A customer's rating of the service by an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// The agent who is rated.
    pub agent: AgentId,
    /// Satisfaction, 1 (very dissatisfied) to 5 (very satisfied).
    pub evaluation: u8,
    /// What the customer wrote.
    pub comment: String,
    /// Would recommend, 0 to 9 as documented.
    pub nps: Option<u8>,
    /// Whether the matter was solved at first contact.
    pub solved: Option<bool>,
}

/// A log id inside an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogRef(pub LogId);

impl Serialize for LogRef {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for LogRef {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).map_err(serde::de::Error::custom)?;
        Ok(Self(LogId::from_bytes(bytes)))
    }
}

/// Classes of readers, as a set. An entry belongs to the classes that may see it; a reader asks for some.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Audience(u8);

impl Audience {
    /// Nobody.
    pub const NONE: Self = Self(0);
    /// What every customer's client receives: what was said to the customer, and the end.
    pub const DOWNLINK: Self = Self(1);
    /// Notices that the agent has read the customer's messages.
    pub const READ: Self = Self(1 << 1);
    /// Changes of the conversation's state.
    pub const SESSION: Self = Self(1 << 2);
    /// News about waiting.
    pub const QUEUE: Self = Self(1 << 3);
    /// What the customer said, for the customer's other devices.
    pub const OWN: Self = Self(1 << 4);
    /// What an agent who holds the conversation sees.
    pub const AGENT: Self = Self(1 << 5);
    /// Those who are told, once and never again, that the agent types. No entry belongs to it.
    pub const TYPING: Self = Self(1 << 6);
    /// Agents who are told, once and never again, that the customer types. No entry belongs to it.
    pub const CUSTOMER_TYPING: Self = Self(1 << 7);
    /// Every class that a customer's client can ask for.
    pub const CUSTOMER: Self =
        Self(Self::DOWNLINK.0 | Self::READ.0 | Self::SESSION.0 | Self::QUEUE.0 | Self::OWN.0);
    /// Every class.
    pub const ALL: Self = Self(u8::MAX);
    /// Each class that entries belong to by itself, in the order of their bits.
    pub const CLASSES: [Self; 6] =
        [Self::DOWNLINK, Self::READ, Self::SESSION, Self::QUEUE, Self::OWN, Self::AGENT];

    /// Both sets together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the two sets share a class.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The set as stored.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// A set by the number that [`Self::bits`] gave.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }
}

impl EntryBody {
    /// Whether it is a message that was taken back: there is nothing left to deliver.
    pub const fn is_recalled(&self) -> bool {
        matches!(self, Self::Said(message) if message.extras.recalled)
    }

    /// Who may see the entry.
    pub fn audience(&self) -> Audience {
        match self {
            Self::Said(message) => match message.author {
                Author::Customer => Audience::OWN.and(Audience::AGENT),
                Author::System if message.extras.place.is_some() => {
                    Audience::DOWNLINK.and(Audience::QUEUE).and(Audience::AGENT)
                }
                Author::Robot(_) | Author::Agent(_) | Author::System => {
                    Audience::DOWNLINK.and(Audience::AGENT)
                }
            },
            // The customer who left knows it; everybody else is told.
            Self::Ended { reason: EndReason::Customer, .. }
            | Self::Connected { .. }
            | Self::GivenToRobot { .. }
            | Self::Assigned { .. }
            | Self::TakenOver { .. }
            | Self::Recalled { .. } => Audience::SESSION.and(Audience::AGENT),
            // Who monitors does it in secret: they are told in a log of their own.
            Self::Joined { mode, .. } | Self::Left { mode, .. } => match mode {
                Participation::Conference => Audience::SESSION.and(Audience::AGENT),
                Participation::Consult => Audience::AGENT,
                Participation::Monitor => Audience::NONE,
            },
            Self::Queued { .. } | Self::Diverted { .. } => {
                Audience::SESSION.and(Audience::QUEUE).and(Audience::AGENT)
            }
            Self::ReadByAgent { .. } => Audience::READ.and(Audience::AGENT),
            Self::Ended { .. } => Audience::DOWNLINK.and(Audience::SESSION).and(Audience::AGENT),
            Self::ReadByCustomer { .. }
            | Self::Reminded { .. }
            | Self::RatedAgent(_)
            | Self::RatedRobot { .. }
            | Self::LeftMessage { .. }
            | Self::Note(_)
            | Self::Labelled { .. }
            | Self::Mentioned { .. }
            | Self::Whispered(_)
            | Self::HandedOver { .. }
            | Self::TakesPart { .. }
            | Self::TakenAway { .. }
            | Self::Offered { .. }
            | Self::OfferEnded { .. } => Audience::AGENT,
        }
    }
}

/// The number of the last entry that each class of readers sees; zero where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heads([EntryNumber; 6]);

impl Heads {
    /// The last entry that any of these classes sees.
    pub fn of(&self, audience: Audience) -> EntryNumber {
        Audience::CLASSES
            .iter()
            .zip(self.0)
            .filter(|(class, _)| class.meets(audience))
            .map(|(_, number)| number)
            .max()
            .unwrap_or_default()
    }

    /// Takes note of an entry.
    pub fn note(&mut self, number: EntryNumber, audience: Audience) {
        for (class, head) in Audience::CLASSES.iter().zip(&mut self.0) {
            if class.meets(audience) {
                *head = (*head).max(number);
            }
        }
    }

    /// The later of both, class by class.
    #[must_use]
    pub fn max(mut self, other: Self) -> Self {
        for (head, theirs) in self.0.iter_mut().zip(other.0) {
            *head = (*head).max(theirs);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_customer_said_is_no_news_for_their_poll() {
        let said = EntryBody::Said(Message::text(Author::Customer, "hello"));
        let mut heads = Heads::default();
        heads.note(EntryNumber(4), said.audience());
        assert_eq!(heads.of(Audience::DOWNLINK), EntryNumber::START);
        assert_eq!(heads.of(Audience::DOWNLINK.and(Audience::OWN)), EntryNumber(4));
    }

    #[test]
    fn a_body_is_read_back_as_it_was_written() {
        let body = EntryBody::HandedOver {
            log: LogRef(LogId::from_bytes([7; 16])),
            conversation: 3,
            number: EntryNumber(9),
        };
        let json = serde_json::to_string(&body).unwrap();
        assert_eq!(serde_json::from_str::<EntryBody>(&json).unwrap(), body);
    }
}

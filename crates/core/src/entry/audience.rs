//! Who sees an entry.

use crate::conversation::Participation;
use crate::entry::{EndReason, EntryBody};
use crate::log::EntryNumber;
use crate::message::Author;

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

    /// Whether customers' clients receive it.
    pub fn is_for_customer(&self) -> bool {
        self.audience().meets(Audience::DOWNLINK)
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
            | Self::Recalled { .. }
            | Self::SurveyDue { .. } => Audience::SESSION.and(Audience::AGENT),
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
            | Self::Sla { .. }
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
            | Self::StateChanged
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
    use crate::entry::LogRef;
    use crate::log::LogId;
    use crate::message::Message;

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

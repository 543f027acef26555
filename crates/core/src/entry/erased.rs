//! What is left of an entry when the customer is erased.

use crate::entry::{EntryBody, Rating};
use crate::labels::{LabelPatch, Patch};
use crate::message::{Author, Message};
use crate::note::Note;

impl EntryBody {
    /// What is left of it when nothing is to be known of the customer any more: that it happened, and who of the
    /// company took part. `None` if it says nothing of the customer.
    pub fn erased(&self) -> Option<Self> {
        let erased = match self {
            Self::Said(message) => Self::Said(without_content(message)),
            Self::Whispered(message) => Self::Whispered(without_content(message)),
            Self::Note(note) => Self::Note(Note { text: String::new(), ..note.clone() }),
            Self::LeftMessage { .. } => Self::LeftMessage { caller: String::new(), text: String::new() },
            Self::RatedAgent(rating) => Self::RatedAgent(Rating { comment: String::new(), ..rating.clone() }),
            Self::RatedRobot { turn, satisfied, .. } => {
                Self::RatedRobot { turn: turn.clone(), satisfied: *satisfied, comment: None }
            }
            Self::Labelled { agent, changes } => {
                let changes = LabelPatch { tags: Patch::Keep, attributes: Patch::Keep, ..changes.clone() };
                Self::Labelled { agent: agent.clone(), changes }
            }
            Self::ReadByAgent { agent, .. } => {
                Self::ReadByAgent { agent: agent.clone(), messages: Vec::new() }
            }
            Self::ReadByCustomer { .. } => Self::ReadByCustomer { messages: Vec::new() },
            Self::Connected { .. }
            | Self::Queued { .. }
            | Self::Diverted { .. }
            | Self::Reminded { .. }
            | Self::Assigned { .. }
            | Self::TakenOver { .. }
            | Self::GivenToRobot { .. }
            | Self::Joined { .. }
            | Self::Left { .. }
            | Self::Recalled { .. }
            | Self::Ended { .. }
            | Self::SurveyDue { .. }
            | Self::Sla { .. }
            | Self::Mentioned { .. }
            | Self::HandedOver { .. }
            | Self::TakesPart { .. }
            | Self::TakenAway { .. }
            | Self::Offered { .. }
            | Self::StateChanged
            | Self::OfferEnded { .. } => return None,
        };
        (erased != *self).then_some(erased)
    }
}

/// Agents' names stay: they are not the customer's.
fn without_content(message: &Message) -> Message {
    let left = message.recalled();
    if message.author == Author::Customer { Message { nickname: None, avatar: None, ..left } } else { left }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_what_a_customer_said() {
        let said = Message {
            nickname: Some("Ann".to_owned()),
            ..Message::text(Author::Customer, "my door's code is zebra")
        };
        let erased = EntryBody::Said(said).erased().unwrap();
        let text = serde_json::to_string(&erased).unwrap();
        assert!(!text.contains("Ann") && !text.contains("zebra"), "{text}");
        assert_eq!(erased.erased(), None, "once is enough");
        assert_eq!(EntryBody::StateChanged.erased(), None);
    }
}

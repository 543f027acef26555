//! Which entries are found, by which text, and who has to do with a conversation.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::conversation::Participation;
use crate::entry::EntryBody;
use crate::id::{AgentId, QueueId};
use crate::message::{Author, MediaType, Message};

/// Who said what is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// The customer.
    Customer,
    /// An agent, to the customer or to colleagues.
    Agent,
    /// A robot.
    Robot,
}

impl Speaker {
    /// The speaker as questions name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Agent => "agent",
            Self::Robot => "robot",
        }
    }
}

/// What an entry is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findable<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// Who said it.
    pub by: Speaker,
}

/// What an entry is found by; `None` if it is not to be found: the system's own texts, and what was taken back.
pub fn findable(body: &EntryBody) -> Option<Findable<'_>> {
    let (text, by) = match body {
        EntryBody::Said(message) | EntryBody::Whispered(message) => {
            let by = match message.author {
                Author::Customer => Speaker::Customer,
                Author::Agent(_) => Speaker::Agent,
                Author::Robot(_) => Speaker::Robot,
                Author::System => return None,
            };
            (text_of(message)?, by)
        }
        EntryBody::Note(note) => (Cow::Borrowed(note.text.as_str()), Speaker::Agent),
        EntryBody::LeftMessage { text, caller } => {
            (Cow::Owned(format!("{text}\n{caller}")), Speaker::Customer)
        }
        _ => return None,
    };
    (!text.trim().is_empty()).then_some(Findable { text, by })
}

fn text_of(message: &Message) -> Option<Cow<'_, str>> {
    if message.extras.recalled {
        return None;
    }
    match message.media {
        MediaType::Text => Some(Cow::Borrowed(&message.content)),
        // name,bytes,key,type
        MediaType::File => message.content.split(',').next().map(Cow::Borrowed),
        // latitude/longitude/description
        MediaType::Locate => message.content.splitn(3, '/').nth(2).map(Cow::Borrowed),
        MediaType::WebCard => words_of_card(&message.content).map(Cow::Owned),
        MediaType::Image
        | MediaType::Audio
        | MediaType::Video
        | MediaType::FileImage
        | MediaType::FileVideo
        | MediaType::Document => None,
    }
}

fn words_of_card(card: &str) -> Option<String> {
    let Value::Object(fields) = serde_json::from_str(card).ok()? else { return None };
    let words = ["title", "description"].iter().filter_map(|name| fields.get(*name)?.as_str());
    Some(words.collect::<Vec<_>>().join("\n"))
}

/// Who has to do with a conversation, from its entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Involved {
    /// Agents who had it, took part in it without hiding, or are mentioned in a note.
    pub agents: BTreeSet<AgentId>,
    /// Queues in which it waited.
    pub queues: BTreeSet<QueueId>,
}

impl Involved {
    /// Takes note of an entry; whether anybody new came with it.
    pub fn note(&mut self, body: &EntryBody) -> bool {
        match body {
            EntryBody::Queued { queue, .. } => self.queues.insert(queue.clone()),
            EntryBody::Assigned { agent, .. }
            | EntryBody::TakenOver { agent, .. }
            | EntryBody::Joined { agent, mode: Participation::Consult | Participation::Conference, .. } => {
                self.agents.insert(agent.clone())
            }
            EntryBody::Note(note) => {
                let known = self.agents.len();
                self.agents.extend(note.mentions.iter().cloned());
                self.agents.len() > known
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::RobotId;
    use crate::note::Note;

    fn said(author: Author, media: MediaType, content: &str) -> EntryBody {
        EntryBody::Said(Message { media, ..Message::text(author, content) })
    }

    #[test]
    fn what_people_and_robots_say_is_found_and_what_the_system_says_is_not() {
        let found = |body: &EntryBody| findable(body).map(|found| (found.text.into_owned(), found.by));
        let customer = |media, content| found(&said(Author::Customer, media, content));
        assert_eq!(customer(MediaType::Text, "hello"), Some(("hello".to_owned(), Speaker::Customer)));
        assert_eq!(
            customer(MediaType::File, "bill.pdf,6,key,pdf"),
            Some(("bill.pdf".to_owned(), Speaker::Customer))
        );
        assert_eq!(customer(MediaType::Locate, "1/2/a/b"), Some(("a/b".to_owned(), Speaker::Customer)));
        assert_eq!(
            customer(MediaType::WebCard, r#"{"title":"A","description":"B","redirectUrl":"x"}"#),
            Some(("A\nB".to_owned(), Speaker::Customer))
        );
        assert_eq!(customer(MediaType::Image, "key"), None);
        assert_eq!(customer(MediaType::Text, "  "), None);
        let robot = Author::Robot(RobotId::new("r").unwrap());
        assert_eq!(found(&said(robot, MediaType::Text, "hi")), Some(("hi".to_owned(), Speaker::Robot)));
        assert_eq!(found(&said(Author::System, MediaType::Text, "Queuing...")), None);
        let agent = AgentId::new("101").unwrap();
        let message = Message::text(Author::Agent(agent.clone()), "oops");
        assert_eq!(found(&EntryBody::Said(message.recalled())), None);
        let note =
            Note { agent, nickname: "Alex".to_owned(), text: "a note".to_owned(), mentions: Vec::new() };
        assert_eq!(found(&EntryBody::Note(note)), Some(("a note".to_owned(), Speaker::Agent)));
    }
}

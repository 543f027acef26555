//! Whether a colleague was faster: what an agent who answers must have seen.

use crate::entry::{Entry, EntryBody};
use crate::id::AgentId;
use crate::log::EntryNumber;
use crate::message::Author;

/// What an agent had seen of a conversation when they wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The agent.
    pub agent: AgentId,
    /// Which of the customer's conversations.
    pub conversation: u64,
    /// The last entry that they had seen.
    pub through: EntryNumber,
}

impl Seen {
    /// Whether an entry is one that the agent should see before they answer: a colleague's message, or a hand-over.
    pub fn is_overtaken_by(&self, entry: &Entry) -> bool {
        entry.number > self.through
            && entry.conversation == self.conversation
            && (self.is_colleagues(entry)
                || matches!(entry.body, EntryBody::Queued { .. } | EntryBody::Assigned { .. }))
    }

    /// Whether a colleague says something with the entry.
    pub fn is_colleagues(&self, entry: &Entry) -> bool {
        match &entry.body {
            EntryBody::Said(message) if !message.extras.recalled => {
                matches!(&message.author, Author::Agent(author) if *author != self.agent)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::QueueId;
    use crate::log::Life;
    use crate::message::Message;
    use crate::time::Timestamp;

    fn entry(number: u64, conversation: u64, body: EntryBody) -> Entry {
        Entry { number: EntryNumber(number), life: Life::default(), at: Timestamp::ZERO, conversation, body }
    }

    fn agent(id: &str) -> AgentId {
        AgentId::new(id).unwrap()
    }

    #[test]
    fn only_colleagues_and_hand_overs_come_first() {
        let seen = Seen { agent: agent("101"), conversation: 2, through: EntryNumber(5) };
        let said = |author| EntryBody::Said(Message::text(author, "hello"));
        let overtakes = |number, conversation, body| seen.is_overtaken_by(&entry(number, conversation, body));
        assert!(overtakes(6, 2, said(Author::Agent(agent("102")))));
        assert!(!overtakes(5, 2, said(Author::Agent(agent("102")))), "it was seen");
        assert!(!overtakes(6, 1, said(Author::Agent(agent("102")))), "it is another conversation's");
        assert!(!overtakes(6, 2, said(Author::Agent(agent("101")))), "it is the agent's own");
        assert!(!overtakes(6, 2, said(Author::Customer)));
        assert!(!overtakes(6, 2, said(Author::System)));
        let recalled = Message::text(Author::Agent(agent("102")), "hello").recalled();
        assert!(!overtakes(6, 2, EntryBody::Said(recalled)));
        assert!(overtakes(6, 2, EntryBody::Queued { queue: QueueId::new("q").unwrap(), from: None }));
        let nickname = "Alex".to_owned();
        assert!(overtakes(6, 2, EntryBody::Assigned { agent: agent("101"), nickname, from: None }));
    }
}

//! Conversations and messages as clients of the native API see them.

use frontdesk_api::native::conversation::{Control, Conversation, ConversationState, Customer};
use frontdesk_api::native::message::{Author as WireAuthor, AuthorKind, Message as WireMessage};
use frontdesk_core::entry::{Entry, EntryBody};
use frontdesk_core::log::LogId;
use frontdesk_core::message::{Author, MediaType, Message};
use frontdesk_core::port::{ConversationRow, ConversationStatus, HistoryQuery, StoreError};
use frontdesk_core::seal::Sealed;
use frontdesk_core::time::Timestamp;

use crate::deliver::{CHANNEL_TYPE, promises, wire_media};
use crate::parts::Parts;

/// The public id of a conversation.
pub fn conversation_id(parts: &Parts, log: LogId, conversation: u64) -> String {
    parts.sealer.seal(Sealed::Conversation, log, conversation)
}

/// A customer.
pub fn customer(customer: &frontdesk_core::port::Customer) -> Customer {
    Customer {
        user_id: customer.user.to_string(),
        name: customer.name.clone(),
        locale: customer.locale.clone(),
    }
}

/// A conversation without its last message and what was promised.
pub fn conversation(parts: &Parts, row: &ConversationRow) -> Conversation {
    let (control, queue, agent, since) = match &row.status {
        ConversationStatus::Robot => (Control::Robot, None, None, None),
        ConversationStatus::Queue { queue, since } => (Control::Queue, Some(queue), None, Some(*since)),
        ConversationStatus::Agent(agent) => (Control::Agent, None, Some(agent), None),
        ConversationStatus::Closed => (Control::Closed, None, row.served_by.as_ref(), None),
    };
    let over = row.status == ConversationStatus::Closed;
    Conversation {
        id: conversation_id(parts, row.log, row.conversation),
        call_id: row.call.to_string(),
        channel: CHANNEL_TYPE.to_owned(),
        channel_id: row.customer.channel.to_string(),
        customer: customer(&row.customer),
        control,
        queue: queue.map(ToString::to_string),
        agent_id: agent.map(ToString::to_string),
        state: if over { ConversationState::Ended } else { ConversationState::Open },
        opened_at: row.opened.as_millis(),
        waiting_since: since.map(Timestamp::as_millis),
        sla: Vec::new(),
        ended_at: row.ended.map(Timestamp::as_millis),
        last_message: None,
    }
}

/// A conversation with its last message and what was promised.
pub async fn conversation_with_last(
    parts: &Parts,
    row: &ConversationRow,
) -> Result<Conversation, StoreError> {
    let query = HistoryQuery { from: None, to: None, offset: 0, limit: 1, messages_only: true };
    let last = parts.store.history(row.log, query).await?;
    let last = last.iter().find(|entry| entry.conversation == row.conversation);
    let last_message = last.and_then(|entry| message(parts, row, entry));
    let sla = promises(parts, row).await?;
    Ok(Conversation { last_message, sla, ..conversation(parts, row) })
}

/// An entry as a message; `None` if nobody said anything with it.
pub fn message(parts: &Parts, row: &ConversationRow, entry: &Entry) -> Option<WireMessage> {
    let EntryBody::Said(said) = &entry.body else { return None };
    let file = FileOf::new(said);
    Some(WireMessage {
        id: parts.sealer.seal(Sealed::Message, row.log, entry.number.0),
        seq: entry.number.0,
        at: entry.at.as_millis(),
        author: author(row, said),
        media_type: wire_media(said.media),
        content: said.content.clone().into(),
        file_name: file.name,
        file_type: file.file_type,
        file_size: file.size,
        similar_questions: said.extras.similar.iter().cloned().map(Into::into).collect(),
    })
}

fn author(row: &ConversationRow, said: &Message) -> WireAuthor {
    let (kind, id) = match &said.author {
        Author::Customer => (AuthorKind::Customer, Some(row.customer.user.to_string())),
        Author::Robot(robot) => (AuthorKind::Robot, Some(robot.to_string())),
        Author::Agent(agent) => (AuthorKind::Agent, Some(agent.to_string())),
        Author::System => (AuthorKind::System, None),
    };
    let own_name = || (kind == AuthorKind::Customer).then(|| row.customer.name.clone());
    WireAuthor { kind, id, name: said.nickname.clone().or_else(own_name) }
}

/// What a message says of its file.
#[derive(Default)]
struct FileOf {
    name: Option<String>,
    file_type: Option<String>,
    size: Option<u64>,
}

impl FileOf {
    fn new(said: &Message) -> Self {
        let mut parts = said.content.split(',').map(str::trim);
        match said.media {
            // name,bytes,key,type
            MediaType::File => {
                let (name, size) = (parts.next(), parts.next());
                let file_type = parts.nth(1).map(str::to_owned);
                Self {
                    name: name.map(str::to_owned),
                    size: size.and_then(|size| size.parse().ok()),
                    file_type,
                }
            }
            // key,type; or the key alone, with the type beside it
            _ if said.media.file_key(&said.content).is_some() => Self {
                file_type: parts.nth(1).map(str::to_owned).or_else(|| said.extras.file_type.clone()),
                ..Self::default()
            },
            _ => Self::default(),
        }
    }
}

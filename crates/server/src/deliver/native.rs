//! Conversations and messages as clients of the native API see them.

use frontdesk_api::named::Named as _;
use frontdesk_api::native::conversation::{Control, Conversation, ConversationState, Customer};
use frontdesk_api::native::label::{ConversationPatch, Patched, Priority as WirePriority};
use frontdesk_api::native::message::{Author as WireAuthor, AuthorKind, Message as WireMessage};
use frontdesk_api::native::note::Note as WireNote;
use frontdesk_api::native::participant::{ConversationRole, Participant as WireParticipant, ParticipantMode};
use frontdesk_core::conversation::Participation;
use frontdesk_core::entry::{Entry, EntryBody};
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::labels::{LabelPatch, Patch, Priority};
use frontdesk_core::log::LogId;
use frontdesk_core::message::{Author, MediaType, Message};
use frontdesk_core::port::{ConversationRow, ConversationStatus, HistoryQuery, StoreError};
use frontdesk_core::seal::{NamedEntry, Sealed};
use frontdesk_core::time::Timestamp;

use crate::deliver::{CHANNEL_TYPE, Renderer, promises, wire_media};
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

/// A conversation without its last message and what was promised, as `viewer` sees it.
pub fn conversation<'a>(
    parts: &Parts,
    row: &ConversationRow,
    viewer: impl Into<Option<&'a AgentId>>,
) -> Conversation {
    let viewer = viewer.into();
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
        role: viewer.and_then(|viewer| role(row, viewer)),
        participants: participants(parts, row, viewer),
        state: if over { ConversationState::Ended } else { ConversationState::Open },
        opened_at: row.opened.as_millis(),
        waiting_since: since.map(Timestamp::as_millis),
        sla: Vec::new(),
        ended_at: row.ended.map(Timestamp::as_millis),
        tags: row.labels.tags.iter().cloned().collect(),
        priority: Some(row.labels.priority)
            .filter(|priority| *priority != Priority::Normal)
            .map(wire_priority),
        attributes: {
            let attributes = row.labels.attributes.iter();
            attributes.map(|(key, value)| (key.clone(), value.as_str().into())).collect()
        },
        disposition: row.labels.disposition.as_ref().map(ToString::to_string),
        last_message: None,
    }
}

/// What the viewer is in a conversation.
fn role(row: &ConversationRow, viewer: &AgentId) -> Option<ConversationRole> {
    if matches!(&row.status, ConversationStatus::Agent(holder) if holder == viewer) {
        return Some(ConversationRole::Holder);
    }
    let own = row.participants.iter().find(|participant| participant.agent == *viewer)?;
    Some(match own.mode {
        Participation::Consult => ConversationRole::Consult,
        Participation::Conference => ConversationRole::Conference,
        Participation::Monitor => ConversationRole::Monitor,
    })
}

/// Who takes part, without those of whom the viewer may not know.
fn participants(parts: &Parts, row: &ConversationRow, viewer: Option<&AgentId>) -> Vec<WireParticipant> {
    let known =
        row.participants.iter().filter(|other| !other.mode.is_hidden() || Some(&other.agent) == viewer);
    known.map(|other| participant(parts, &row.customer.tenant, &other.agent, other.mode)).collect()
}

/// Somebody who takes part in a conversation.
pub fn participant(
    parts: &Parts,
    tenant: &TenantId,
    agent: &AgentId,
    mode: Participation,
) -> WireParticipant {
    WireParticipant {
        agent_id: agent.to_string(),
        name: parts.directory.load().agent(tenant, agent).map(|agent| agent.nickname.clone()),
        mode: match mode {
            Participation::Consult => ParticipantMode::Consult,
            Participation::Conference => ParticipantMode::Conference,
            Participation::Monitor => ParticipantMode::Monitor,
        },
    }
}

/// A conversation with its last message and what was promised.
pub async fn conversation_with_last<'a>(
    parts: &Parts,
    row: &ConversationRow,
    viewer: impl Into<Option<&'a AgentId>>,
) -> Result<Conversation, StoreError> {
    let viewer = viewer.into();
    // What was said after it ended is another conversation's.
    let query = HistoryQuery { from: None, to: row.ended, offset: 0, limit: 1, messages_only: true };
    let last = parts.store.history(row.log, query).await?;
    let last = last.iter().find(|entry| entry.conversation == row.conversation);
    let last_message = last.and_then(|entry| message(parts, row, entry));
    let sla = promises(parts, row).await?;
    Ok(Conversation { last_message, sla, ..conversation(parts, row, viewer) })
}

/// An entry as a message; `None` if nobody said anything with it.
pub fn message(parts: &Parts, row: &ConversationRow, entry: &Entry) -> Option<WireMessage> {
    message_of(parts, &row.customer, row.log, entry)
}

/// The same of an entry of any conversation, or of none.
pub fn message_of(
    parts: &Parts,
    customer: &frontdesk_core::port::Customer,
    log: LogId,
    entry: &Entry,
) -> Option<WireMessage> {
    let (said, whisper) = match &entry.body {
        EntryBody::Said(said) => (said, false),
        EntryBody::Whispered(said) => (said, true),
        _ => return None,
    };
    let file = FileOf::new(said);
    Some(WireMessage {
        id: Renderer::new(&parts.sealer, customer, log).code(entry),
        seq: entry.number.0,
        at: entry.at.as_millis(),
        author: author(customer, said),
        media_type: wire_media(said.media),
        content: said.content.clone().into(),
        file_name: file.name,
        file_type: file.file_type,
        file_size: file.size,
        similar_questions: said.extras.similar.iter().cloned().map(Into::into).collect(),
        whisper,
        masked: said.extras.masked,
    })
}

/// An entry as a note; `None` if nobody noted anything with it.
pub fn note(parts: &Parts, row: &ConversationRow, entry: &Entry) -> Option<WireNote> {
    let EntryBody::Note(note) = &entry.body else { return None };
    Some(WireNote {
        id: parts.sealer.message_code(NamedEntry { log: row.log, number: entry.number, life: entry.life }),
        seq: entry.number.0,
        at: entry.at.as_millis(),
        author: WireAuthor {
            kind: AuthorKind::Agent,
            id: Some(note.agent.to_string()),
            name: Some(note.nickname.clone()),
        },
        text: note.text.clone().into(),
        mentions: note.mentions.iter().map(ToString::to_string).collect(),
    })
}

/// What became different on a conversation.
pub fn changes(changes: &LabelPatch) -> ConversationPatch {
    ConversationPatch {
        tags: wire_patch(&changes.tags, |tags| tags.iter().map(|tag| tag.as_str().into()).collect()),
        priority: wire_patch(&changes.priority, |priority| wire_priority(*priority).as_str().into()),
        attributes: wire_patch(&changes.attributes, |attributes| {
            let value = |value: &Option<String>| value.as_deref().map(Into::into);
            attributes.iter().map(|(key, changed)| (key.clone(), value(changed))).collect()
        }),
        disposition: wire_patch(&changes.disposition, |id| id.as_str().into()),
    }
}

fn wire_patch<C, W>(patch: &Patch<C>, wire: impl FnOnce(&C) -> W) -> Patched<W> {
    match patch {
        Patch::Keep => Patched::Absent,
        Patch::Clear => Patched::Null,
        Patch::Set(value) => Patched::Value(wire(value)),
    }
}

const fn wire_priority(priority: Priority) -> WirePriority {
    match priority {
        Priority::Low => WirePriority::Low,
        Priority::Normal => WirePriority::Normal,
        Priority::High => WirePriority::High,
        Priority::Urgent => WirePriority::Urgent,
    }
}

/// A priority as the rules know it.
pub const fn core_priority(priority: WirePriority) -> Priority {
    match priority {
        WirePriority::Low => Priority::Low,
        WirePriority::Normal => Priority::Normal,
        WirePriority::High => Priority::High,
        WirePriority::Urgent => Priority::Urgent,
    }
}

fn author(customer: &frontdesk_core::port::Customer, said: &Message) -> WireAuthor {
    let (kind, id) = match &said.author {
        Author::Customer => (AuthorKind::Customer, Some(customer.user.to_string())),
        Author::Robot(robot) => (AuthorKind::Robot, Some(robot.to_string())),
        Author::Agent(agent) => (AuthorKind::Agent, Some(agent.to_string())),
        Author::System => (AuthorKind::System, None),
    };
    let own_name = || (kind == AuthorKind::Customer).then(|| customer.name.clone());
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

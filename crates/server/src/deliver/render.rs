//! Entries as the messaging API's clients see them.

use frontdesk_api::messaging::enums::{ControlType, MediaType as WireMedia, SourceType};
use frontdesk_api::messaging::poll::DownlinkMessage;
use frontdesk_core::entry::{Entry, EntryBody};
use frontdesk_core::log::{EntryNumber, Life, LogId};
use frontdesk_core::message::{Author, MediaType, Message};
use frontdesk_core::port::Customer;
use frontdesk_core::seal::{NamedEntry, Sealer};

/// The only channel type of the documented family.
pub const CHANNEL_TYPE: &str = "WEB";
/// `contentType` of a file that was sent from an agent's own machine, as opposed to the media library.
const LOCAL_FILE: &str = "1";
/// `queueFlag` of a message that tells the customer that they wait.
const QUEUING: &str = "Y";

/// Renders the entries of one customer's log.
#[derive(Clone, Copy, Debug)]
pub struct Renderer<'a> {
    sealer: &'a Sealer,
    customer: &'a Customer,
    log: LogId,
}

impl<'a> Renderer<'a> {
    /// A renderer for a customer's log.
    pub const fn new(sealer: &'a Sealer, customer: &'a Customer, log: LogId) -> Self {
        Self { sealer, customer, log }
    }

    /// The log that is rendered.
    pub const fn log(&self) -> LogId {
        self.log
    }

    /// Seals the log's identifiers.
    pub const fn sealer(&self) -> &Sealer {
        self.sealer
    }

    /// The entry's message code.
    pub fn code(&self, entry: &Entry) -> String {
        self.code_of(entry.number, entry.life)
    }

    /// The message code of the entry with this number, written in this life of the store.
    pub fn code_of(&self, number: EntryNumber, life: Life) -> String {
        self.sealer.message_code(NamedEntry { log: self.log, number, life })
    }

    /// The entry as a down-link message; `None` if it is none.
    pub fn downlink(&self, entry: &Entry) -> Option<DownlinkMessage> {
        match &entry.body {
            EntryBody::Said(message) => self.said(entry, message),
            EntryBody::ReadByAgent { messages, .. } => Some(DownlinkMessage {
                control_type: ControlType::Read,
                content: Some(messages.join(",").into()),
                source_type: SourceType::Agent,
                ..self.blank(entry)
            }),
            EntryBody::Ended { agent, offline, tip, .. } => {
                let source_type = if agent.is_some() { SourceType::Agent } else { SourceType::System };
                Some(DownlinkMessage {
                    control_type: ControlType::Disconnect,
                    media_type: tip.is_some().then_some(WireMedia::Text),
                    content: tip.clone().map(Into::into),
                    source_type,
                    // Given a value at disconnection (cec_05_2020); null while it does not matter.
                    is_offline_status: offline.then_some(true),
                    ..self.blank(entry)
                })
            }
            EntryBody::Connected { .. }
            | EntryBody::Queued { .. }
            | EntryBody::Diverted { .. }
            | EntryBody::GivenToRobot { .. }
            | EntryBody::Reminded { .. }
            | EntryBody::Assigned { .. }
            | EntryBody::TakenOver { .. }
            | EntryBody::Joined { .. }
            | EntryBody::Left { .. }
            | EntryBody::Whispered(_)
            | EntryBody::ReadByCustomer { .. }
            | EntryBody::Recalled { .. }
            | EntryBody::RatedAgent(_)
            | EntryBody::RatedRobot { .. }
            | EntryBody::LeftMessage { .. }
            | EntryBody::Note(_)
            | EntryBody::Labelled { .. }
            | EntryBody::Mentioned { .. }
            | EntryBody::HandedOver { .. }
            | EntryBody::TakesPart { .. }
            | EntryBody::TakenAway { .. }
            | EntryBody::Offered { .. }
            | EntryBody::OfferEnded { .. } => None,
        }
    }

    fn said(&self, entry: &Entry, message: &Message) -> Option<DownlinkMessage> {
        if message.extras.recalled {
            return None;
        }
        let source_type = match message.author {
            Author::Customer => return None,
            Author::Robot(_) => SourceType::Robot,
            Author::Agent(_) => SourceType::Agent,
            Author::System => SourceType::System,
        };
        let extras = &message.extras;
        let similar =
            (!extras.similar.is_empty()).then(|| serde_json::to_string(&extras.similar).unwrap_or_default());
        Some(DownlinkMessage {
            control_type: ControlType::Chat,
            media_type: Some(wire_media(message.media)),
            content: Some(message.content.clone().into()),
            sim_questions: similar.map(Into::into),
            sender_nickname: message.nickname.clone(),
            sender_avatar: message.avatar.clone(),
            source_type,
            robot_gender: extras.gender.clone(),
            inter_idx: extras.turn.map(|turn| turn.to_string()),
            content_type: extras.file_type.as_ref().map(|_| LOCAL_FILE.to_owned()),
            media_file_type: extras.file_type.clone(),
            queue_flag: extras.queuing.then(|| QUEUING.to_owned()),
            ..self.blank(entry)
        })
    }

    fn blank(&self, entry: &Entry) -> DownlinkMessage {
        DownlinkMessage {
            from: self.customer.channel.to_string(),
            channel: CHANNEL_TYPE.to_owned(),
            to: self.customer.user.to_string(),
            timestamp: entry.at.as_millis(),
            message_code: Some(self.code(entry)),
            ..DownlinkMessage::default()
        }
    }
}

/// The name on the wire of a kind of content.
pub const fn wire_media(media: MediaType) -> WireMedia {
    match media {
        MediaType::Text => WireMedia::Text,
        MediaType::Image => WireMedia::Image,
        MediaType::Audio => WireMedia::Audio,
        MediaType::Video => WireMedia::Video,
        MediaType::File => WireMedia::File,
        MediaType::FileImage => WireMedia::FileImage,
        MediaType::FileVideo => WireMedia::FileVideo,
        MediaType::WebCard => WireMedia::WebCard,
        MediaType::Locate => WireMedia::Locate,
        MediaType::Document => WireMedia::Document,
    }
}

/// The kind of content by its name on the wire.
pub const fn core_media(media: WireMedia) -> MediaType {
    match media {
        WireMedia::Text => MediaType::Text,
        WireMedia::Image => MediaType::Image,
        WireMedia::Audio => MediaType::Audio,
        WireMedia::Video => MediaType::Video,
        WireMedia::File => MediaType::File,
        WireMedia::FileImage => MediaType::FileImage,
        WireMedia::FileVideo => MediaType::FileVideo,
        WireMedia::WebCard => MediaType::WebCard,
        WireMedia::Locate => MediaType::Locate,
        WireMedia::Document => MediaType::Document,
    }
}

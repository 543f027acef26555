//! What a client that asked for more than messages gets of an entry.

use frontdesk_api::messaging::poll::{AcknowledgedMessage, EventClass, PollEvent, PollWish};
use frontdesk_core::conversation::Participation;
use frontdesk_core::entry::{Audience, Entry, EntryBody};
use frontdesk_core::message::{Author, Extras, Message};
use frontdesk_core::seal::Sealed;
use frontdesk_core::time::Timestamp;
use serde_json::{Value, json};

use crate::deliver::{Delivered, Renderer, wire_media};

/// What a client asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Notices of reading among the messages, as documented (`isNeedRead`).
    pub read_as_message: bool,
    /// The extra classes.
    pub classes: Vec<EventClass>,
}

/// What an entry is for a client.
#[derive(Clone, Debug, Default)]
pub struct Pieces {
    /// A message.
    pub message: Option<AcknowledgedMessage>,
    /// Events of the extra classes.
    pub events: Vec<PollEvent>,
}

impl Wanted {
    /// What a query asks for.
    pub fn of(wish: &PollWish<'_>) -> Self {
        Self { read_as_message: wish.needs_read, classes: wish.events.clone() }
    }

    /// The entries that have something of it.
    pub fn audience(&self) -> Audience {
        let read = if self.read_as_message { Audience::READ } else { Audience::NONE };
        self.classes.iter().fold(Audience::DOWNLINK.and(read), |all, class| {
            all.and(match class {
                EventClass::Read => Audience::READ,
                EventClass::Typing => Audience::TYPING,
                EventClass::Queue => Audience::QUEUE,
                EventClass::Session => Audience::SESSION,
                EventClass::SelfCopies => Audience::OWN,
            })
        })
    }

    fn has(&self, class: EventClass) -> bool {
        self.classes.contains(&class)
    }
}

impl Renderer<'_> {
    /// What an entry is for a client that asked for this.
    pub fn pieces(&self, delivered: &Delivered, wanted: &Wanted) -> Pieces {
        let entry = &delivered.entry;
        let is_read = matches!(entry.body, EntryBody::ReadByAgent { .. });
        let message = if is_read && !wanted.read_as_message { None } else { self.downlink(entry) };
        let message = message.map(|message| AcknowledgedMessage {
            message_id: message.message_code.clone().unwrap_or_default(),
            message,
            seq: entry.number.0,
            conversation_id: self.conversation_id(entry),
            redelivered: delivered.redelivered,
        });
        Pieces { message, events: self.events(entry, wanted) }
    }

    fn conversation_id(&self, entry: &Entry) -> Option<String> {
        (entry.conversation > 0)
            .then(|| self.sealer().seal(Sealed::Conversation, self.log(), entry.conversation))
    }

    fn events(&self, entry: &Entry, wanted: &Wanted) -> Vec<PollEvent> {
        let mut events = Vec::new();
        let mut push = |class: EventClass, data: Value| {
            if wanted.has(class) {
                events.push(PollEvent { seq: Some(entry.number.0), class, at: entry.at.as_millis(), data });
            }
        };
        let conversation = self.conversation_id(entry);
        match &entry.body {
            EntryBody::Connected { robot, .. } => push(
                EventClass::Session,
                json!({ "state": "connected", "conversationId": conversation, "robot": robot.is_some() }),
            ),
            EntryBody::Queued { queue, .. } => {
                push(EventClass::Session, json!({ "state": "queued", "conversationId": conversation }));
                push(EventClass::Queue, json!({ "queue": queue, "conversationId": conversation }));
            }
            EntryBody::Diverted { queue, why } => {
                let data = json!({
                    "state": "diverted", "conversationId": conversation, "queue": queue, "reason": why,
                });
                push(EventClass::Session, data.clone());
                push(EventClass::Queue, data);
            }
            EntryBody::GivenToRobot { .. } => {
                push(EventClass::Session, json!({ "state": "robot", "conversationId": conversation }));
            }
            EntryBody::Assigned { nickname, .. } | EntryBody::TakenOver { nickname, .. } => push(
                EventClass::Session,
                json!({ "state": "assigned", "conversationId": conversation, "nickname": nickname }),
            ),
            EntryBody::Joined { nickname, mode: Participation::Conference, .. } => push(
                EventClass::Session,
                json!({ "state": "joined", "conversationId": conversation, "nickname": nickname }),
            ),
            EntryBody::Left { nickname, mode: Participation::Conference, .. } => push(
                EventClass::Session,
                json!({ "state": "left", "conversationId": conversation, "nickname": nickname }),
            ),
            EntryBody::Ended { reason, offline, .. } => push(
                EventClass::Session,
                json!({ "state": "ended", "conversationId": conversation, "reason": reason, "offline": offline }),
            ),
            EntryBody::SurveyDue { episode, questions, until, .. } => {
                let episode = self.sealer().seal(Sealed::Episode, self.log(), *episode);
                let until = until.map(Timestamp::as_millis);
                push(
                    EventClass::Session,
                    json!({
                        "state": "survey", "conversationId": conversation, "episode": episode,
                        "questions": questions, "until": until,
                    }),
                );
            }
            EntryBody::Recalled { number, life, .. } => {
                let code = self.code_of(*number, *life);
                push(EventClass::Session, json!({ "state": "recalled", "messageCode": code }));
            }
            EntryBody::ReadByAgent { messages, .. } if !wanted.read_as_message => {
                push(EventClass::Read, json!({ "messageIds": messages }));
            }
            EntryBody::Said(message) if message.author == Author::Customer => {
                let mut copy = json!({
                    "messageCode": self.code(entry), "messageId": message.extras.client_id,
                    "mediaType": wire_media(message.media), "content": message.content,
                    "conversationId": conversation,
                });
                if message.extras.masked {
                    copy["masked"] = true.into();
                }
                push(EventClass::SelfCopies, copy);
            }
            EntryBody::Said(Message { extras: Extras { place: Some(place), .. }, .. }) => push(
                EventClass::Queue,
                json!({
                    "state": "waiting", "conversationId": conversation, "position": place.position,
                    "estimateMinutes": place.minutes,
                }),
            ),
            EntryBody::ReadByAgent { .. }
            | EntryBody::Said(_)
            | EntryBody::Reminded { .. }
            | EntryBody::ReadByCustomer { .. }
            | EntryBody::Sla { .. }
            | EntryBody::RatedAgent(_)
            | EntryBody::RatedRobot { .. }
            | EntryBody::LeftMessage { .. }
            | EntryBody::Note(_)
            | EntryBody::Labelled { .. }
            | EntryBody::Mentioned { .. }
            | EntryBody::HandedOver { .. }
            | EntryBody::TakenAway { .. }
            | EntryBody::Offered { .. }
            | EntryBody::OfferEnded { .. }
            | EntryBody::StateChanged
            | EntryBody::Joined { .. }
            | EntryBody::Left { .. }
            | EntryBody::Whispered(_)
            | EntryBody::TakesPart { .. } => {}
        }
        events
    }
}

/// The event that says that the agent types.
pub(super) fn typing_event(now: Timestamp) -> PollEvent {
    PollEvent { seq: None, class: EventClass::Typing, at: now.as_millis(), data: json!({}) }
}

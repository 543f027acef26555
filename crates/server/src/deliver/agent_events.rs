//! What a desk is told of an entry.

use frontdesk_api::native::feed::{
    Assigned, Ended, FeedEvent, Labelled, Mentioned, Noted, ReadNotice, ReleaseReason, Released, Reminder,
    Written,
};
use frontdesk_api::native::message::AuthorKind;
use frontdesk_api::native::participant::{Joined, Left};
use frontdesk_core::conversation::Participation;
use frontdesk_core::entry::{Departure, EndReason, Entry, EntryBody};
use frontdesk_core::id::AgentId;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{ConversationRow, StoreError};

use crate::deliver::{AgentFeed, native};

impl AgentFeed<'_> {
    /// What an entry of a customer's log is for the agent, if anything.
    pub(super) async fn event(
        &self,
        row: &ConversationRow,
        entry: &Entry,
    ) -> Result<Option<FeedEvent>, StoreError> {
        let at = entry.at.as_millis();
        let conversation_id = native::conversation_id(self.parts, row.log, row.conversation);
        Ok(match &entry.body {
            EntryBody::Said(_) => native::message(self.parts, row, entry)
                .map(|message| FeedEvent::Message(Written { at, conversation_id, message })),
            EntryBody::Whispered(_) => native::message(self.parts, row, entry)
                .map(|message| FeedEvent::Whisper(Written { at, conversation_id, message })),
            EntryBody::ReadByCustomer { messages } => {
                Some(FeedEvent::Read(ReadNotice { at, conversation_id, message_ids: messages.clone() }))
            }
            // Who took part has it now.
            EntryBody::Assigned { agent, .. } | EntryBody::TakenOver { agent, .. } if *agent == self.me => {
                Some(self.assigned(row, at).await?)
            }
            EntryBody::Joined { agent, mode, by, .. } if *agent == self.me => {
                Some(self.joined(row, *mode, by.as_ref(), at).await?)
            }
            EntryBody::Joined { agent, mode, by, .. } => Some(FeedEvent::Joined(Box::new(Joined {
                at,
                conversation_id,
                participant: native::participant(self.parts, &row.customer.tenant, agent, *mode),
                by: by.as_ref().map(ToString::to_string),
                conversation: None,
            }))),
            EntryBody::Left { agent, mode, by, .. } if *agent != self.me => Some(FeedEvent::Left(Left {
                at,
                conversation_id,
                participant: native::participant(self.parts, &row.customer.tenant, agent, *mode),
                by: by.as_ref().map(ToString::to_string),
            })),
            EntryBody::Note(_) => native::note(self.parts, row, entry)
                .map(|note| FeedEvent::Note(Noted { at, conversation_id, note })),
            EntryBody::Labelled { agent, changes } => {
                let (agent_id, changes) = (agent.to_string(), native::changes(changes));
                Some(FeedEvent::Labelled(Labelled { at, conversation_id, agent_id, changes }))
            }
            EntryBody::Reminded { .. } => Some(FeedEvent::Reminder(Reminder { at, conversation_id })),
            EntryBody::Ended { reason, .. } => Some(FeedEvent::Ended(ended(at, conversation_id, *reason))),
            _ => None,
        })
    }

    pub(super) async fn assigned(&self, row: &ConversationRow, at: i64) -> Result<FeedEvent, StoreError> {
        let conversation = native::conversation_with_last(self.parts, row, &self.me).await?;
        let conversation_id = conversation.id.clone();
        Ok(FeedEvent::Assigned(Box::new(Assigned { at, conversation_id, conversation })))
    }

    /// A note that mentions the agent, with the conversation that it is about.
    pub(super) async fn mentioned(
        &self,
        (log, conversation): (LogId, u64),
        number: EntryNumber,
        at: i64,
    ) -> Result<Option<FeedEvent>, StoreError> {
        let Some(row) = self.parts.store.conversation(log, conversation).await? else { return Ok(None) };
        let found = self.page(log, EntryNumber(number.0.saturating_sub(1))).await?;
        let note = found.first().and_then(|entry| native::note(self.parts, &row, entry));
        let Some(note) = note else { return Ok(None) };
        let conversation = native::conversation_with_last(self.parts, &row, &self.me).await?;
        let conversation_id = conversation.id.clone();
        Ok(Some(FeedEvent::Mentioned(Box::new(Mentioned { at, conversation_id, conversation, note }))))
    }

    /// The agent takes part.
    pub(super) async fn joined(
        &self,
        row: &ConversationRow,
        mode: Participation,
        by: Option<&AgentId>,
        at: i64,
    ) -> Result<FeedEvent, StoreError> {
        let conversation = native::conversation_with_last(self.parts, row, &self.me).await?;
        Ok(FeedEvent::Joined(Box::new(Joined {
            at,
            conversation_id: conversation.id.clone(),
            participant: native::participant(self.parts, &row.customer.tenant, &self.me, mode),
            by: by.map(ToString::to_string),
            conversation: Some(conversation),
        })))
    }

    /// The conversation is no longer the agent's. Of one that ended, its own log has told so.
    pub(super) fn released(&self, row: &ConversationRow, why: Departure, at: i64) -> Option<FeedEvent> {
        let reason = match why {
            Departure::Ended => return None,
            Departure::Transferred => ReleaseReason::Transferred,
            Departure::TakenOver => ReleaseReason::TakenOver,
            Departure::Left => ReleaseReason::Left,
            Departure::Removed => ReleaseReason::Removed,
        };
        let conversation = native::conversation(self.parts, row, &self.me);
        let control = conversation.control;
        Some(FeedEvent::Released(Released { at, conversation_id: conversation.id, control, reason }))
    }
}

fn ended(at: i64, conversation_id: String, reason: EndReason) -> Ended {
    use frontdesk_api::native::feed::EndReason as Wire;
    let (by, reason) = match reason {
        EndReason::Customer => (AuthorKind::Customer, Wire::Closed),
        EndReason::Agent => (AuthorKind::Agent, Wire::Closed),
        EndReason::Silence => (AuthorKind::System, Wire::SessionTimeout),
        EndReason::QueueTimeout => (AuthorKind::System, Wire::QueueTimeout),
        EndReason::MessageAsked => (AuthorKind::System, Wire::MessageAsked),
        EndReason::Inactivity => (AuthorKind::System, Wire::InactivityTimeout),
    };
    Ended { at, conversation_id, by, reason }
}

/// When an event happened.
pub(super) fn at(event: &FeedEvent) -> i64 {
    match event {
        FeedEvent::Assigned(event) => event.at,
        FeedEvent::Released(event) => event.at,
        FeedEvent::Joined(event) => event.at,
        FeedEvent::Left(event) => event.at,
        FeedEvent::Message(event) | FeedEvent::Whisper(event) => event.at,
        FeedEvent::Offered(event) => event.at,
        FeedEvent::OfferEnded(event) => event.at,
        FeedEvent::Note(event) => event.at,
        FeedEvent::Mentioned(event) => event.at,
        FeedEvent::Labelled(event) => event.at,
        FeedEvent::Reminder(event) => event.at,
        FeedEvent::Read(event) => event.at,
        FeedEvent::Typing(event) => event.at,
        FeedEvent::Queue(event) => event.at,
        FeedEvent::Ended(event) => event.at,
        FeedEvent::State(event) => event.at,
    }
}

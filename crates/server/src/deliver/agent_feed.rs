//! What an agent's desk sees: the agent's own log and the logs of the conversations held, as one feed.
//!
//! The cursor holds the place in the agent's own log and in each conversation held, so that nothing is kept here
//! between two calls and any number of desks can be open.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use frontdesk_api::native::feed::{
    Assigned, Ended, FeedAnswer, FeedEvent, ReadNotice, Released, Reminder, Typing, Written,
};
use frontdesk_api::native::message::AuthorKind;
use frontdesk_core::entry::{Audience, Departure, EndReason, Entry, EntryBody, LogRef};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{ConversationFilter, ConversationRow, ReadQuery, StoreError};
use tokio::time::Instant;

use crate::deliver::agent_desk::Desk;
use crate::deliver::native;
use crate::error::ApiError;
use crate::extract::AgentCaller;
use crate::hub::{Side, Waiter};
use crate::parts::Parts;

/// Most entries of one log in one answer.
const PAGE: usize = 200;
/// Most conversations that fit into a cursor of 2 KiB.
const MAX_HELD: usize = 60;
const CURSOR_PURPOSE: &[u8] = b"agent feed";

/// One agent's feed from some place on.
#[derive(Debug)]
pub struct AgentFeed<'a> {
    parts: &'a Parts,
    own: LogId,
    desk: Desk<'a>,
    place: Place,
    /// What is told without a new entry: the conversations held when a desk is opened.
    greeting: Vec<FeedEvent>,
    /// How often each customer had typed when this was last looked at.
    typed: HashMap<LogId, u64>,
}

/// Where a desk is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Place {
    own: EntryNumber,
    held: BTreeMap<LogId, Held>,
}

/// A conversation held, and how far it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held {
    conversation: u64,
    through: EntryNumber,
}

impl<'a> AgentFeed<'a> {
    /// The feed from a cursor on. Without one, the desk is told what the agent holds, from each assignment on.
    pub async fn resume(
        parts: &'a Parts,
        caller: &'a AgentCaller,
        cursor: Option<&str>,
    ) -> Result<Self, ApiError> {
        let own = LogId::of_agent(&caller.tenant.tenant.id, &caller.agent.id);
        let mut feed = Self {
            parts,
            own,
            desk: Desk::new(parts, caller),
            place: Place::default(),
            greeting: Vec::new(),
            typed: HashMap::new(),
        };
        match cursor {
            Some(cursor) => feed.place = feed.open(cursor).ok_or(ApiError::CursorInvalid)?,
            None => feed.begin(caller).await?,
        }
        Ok(feed)
    }

    /// What happened since; waits for something if nothing did.
    pub async fn next(mut self, wait: Duration) -> Result<FeedAnswer, ApiError> {
        let deadline = Instant::now() + wait;
        loop {
            // Register, then read, then wait.
            let waiter = self.register();
            let mut events = std::mem::take(&mut self.greeting);
            events.extend(self.read().await?);
            events.extend(self.typing());
            let over = Instant::now() >= deadline || self.parts.shutdown.is_cancelled();
            if !events.is_empty() || over {
                return Ok(FeedAnswer { cursor: self.seal(), events });
            }
            tokio::select! {
                () = waiter.woken() => {}
                () = tokio::time::sleep_until(deadline) => {}
                () = self.parts.shutdown.cancelled() => {}
            }
        }
    }

    async fn begin(&mut self, caller: &AgentCaller) -> Result<(), StoreError> {
        // The place is taken before the state is read: what changes in between is told twice rather than never.
        self.place.own = self.parts.store.heads(self.own).await?.of(Audience::AGENT);
        let filter = ConversationFilter::HeldBy(caller.agent.id.clone());
        let rows = self.parts.store.conversations(&caller.tenant.tenant.id, filter, MAX_HELD).await?;
        for row in rows {
            let assigned = self.assignment(&row, caller).await?;
            self.greeting.push(self.assigned(&row, row.opened.as_millis()).await?);
            let held = Held { conversation: row.conversation, through: assigned };
            self.place.held.insert(row.log, held);
        }
        self.greeting.extend(self.desk.open_offers().await?);
        Ok(())
    }

    /// The entry with which the agent got a conversation.
    async fn assignment(
        &self,
        row: &ConversationRow,
        caller: &AgentCaller,
    ) -> Result<EntryNumber, StoreError> {
        let mut assigned = EntryNumber(row.first.0.saturating_sub(1));
        let mut after = assigned;
        loop {
            let page = self.page(row.log, after).await?;
            let Some(last) = page.last() else { return Ok(assigned) };
            after = last.number;
            let to_caller = |entry: &&Entry| matches!(&entry.body, EntryBody::Assigned { agent, .. } if *agent == caller.agent.id);
            if let Some(entry) = page.iter().rev().find(to_caller) {
                assigned = entry.number;
            }
        }
    }

    fn register(&self) -> Waiter {
        let mut waiter = Waiter::new();
        waiter.register(self.parts.hub.watch(self.own), Audience::AGENT);
        for log in self.place.held.keys() {
            waiter.register(self.parts.hub.watch(*log), Audience::AGENT.and(Audience::CUSTOMER_TYPING));
        }
        waiter
    }

    /// Customers who have typed since this call began; it is told to whoever listens just then, and kept nowhere.
    fn typing(&mut self) -> Vec<FeedEvent> {
        let now = self.parts.clock.now();
        let mut events = Vec::new();
        for (log, held) in &self.place.held {
            let typed = self.parts.hub.watch(*log).typed(Side::Customer);
            let before = self.typed.insert(*log, typed.times);
            if before.is_some_and(|before| before != typed.times) && typed.is_recent(now) {
                let conversation_id = native::conversation_id(self.parts, *log, held.conversation);
                events.push(FeedEvent::Typing(Typing { at: now.as_millis(), conversation_id }));
            }
        }
        events
    }

    async fn read(&mut self) -> Result<Vec<FeedEvent>, StoreError> {
        let mut events = Vec::new();
        for entry in self.page(self.own, self.place.own).await? {
            self.place.own = entry.number;
            match entry.body {
                EntryBody::HandedOver { log: LogRef(log), conversation, number } => {
                    self.hand_over(log, conversation, number, entry.at.as_millis(), &mut events).await?;
                }
                EntryBody::TakenAway { log: LogRef(log), number, why, .. } => {
                    self.take_away(log, number, why, entry.at.as_millis(), &mut events).await?;
                }
                EntryBody::Offered { log: LogRef(log), .. } => {
                    events.extend(self.desk.offered(log, entry.at).await?);
                }
                EntryBody::OfferEnded { log: LogRef(log), conversation, why, away } => {
                    events.extend(self.desk.offer_ended((log, conversation), why, away, entry.at).await?);
                }
                _ => {}
            }
        }
        for log in self.place.held.keys().copied().collect::<Vec<_>>() {
            self.tell(log, EntryNumber::END, &mut events).await?;
        }
        events.sort_by_key(at);
        Ok(events)
    }

    async fn hand_over(
        &mut self,
        log: LogId,
        conversation: u64,
        number: EntryNumber,
        at: i64,
        events: &mut Vec<FeedEvent>,
    ) -> Result<(), StoreError> {
        let known = self.place.held.get(&log).is_some_and(|held| held.conversation == conversation);
        if known || self.place.held.len() >= MAX_HELD {
            return Ok(());
        }
        let Some(row) = self.parts.store.conversation(log, conversation).await? else { return Ok(()) };
        // It is told by the time at which the customer's log has it: what is said from then on comes after it.
        let before = EntryNumber(number.0.saturating_sub(1));
        let assigned = self.page(log, before).await?.first().map_or(at, |entry| entry.at.as_millis());
        events.push(self.assigned(&row, assigned).await?);
        self.place.held.insert(log, Held { conversation, through: number });
        Ok(())
    }

    async fn take_away(
        &mut self,
        log: LogId,
        number: EntryNumber,
        why: Departure,
        at: i64,
        events: &mut Vec<FeedEvent>,
    ) -> Result<(), StoreError> {
        if self.place.held.get(&log).is_none_or(|held| held.through >= number) {
            // Told before, or the desk was opened after it.
            return Ok(());
        }
        self.tell(log, number, events).await?;
        let Some(held) = self.place.held.remove(&log) else { return Ok(()) };
        if why == Departure::Transferred
            && let Some(row) = self.parts.store.conversation(log, held.conversation).await?
        {
            events.push(FeedEvent::Released(Released {
                at,
                conversation_id: native::conversation_id(self.parts, log, held.conversation),
                control: native::conversation(self.parts, &row).control,
            }));
        }
        Ok(())
    }

    /// What happened in a conversation held.
    async fn tell(
        &mut self,
        log: LogId,
        through: EntryNumber,
        events: &mut Vec<FeedEvent>,
    ) -> Result<(), StoreError> {
        let Some(held) = self.place.held.get(&log).copied() else { return Ok(()) };
        let Some(row) = self.parts.store.conversation(log, held.conversation).await? else { return Ok(()) };
        let mut after = held.through;
        for entry in
            self.page(log, held.through).await?.into_iter().take_while(|entry| entry.number <= through)
        {
            after = entry.number;
            if entry.conversation == held.conversation {
                events.extend(self.event(&row, &entry));
            }
        }
        self.place.held.insert(log, Held { through: after, ..held });
        Ok(())
    }

    fn event(&self, row: &ConversationRow, entry: &Entry) -> Option<FeedEvent> {
        let at = entry.at.as_millis();
        let conversation_id = native::conversation_id(self.parts, row.log, row.conversation);
        Some(match &entry.body {
            EntryBody::Said(_) => {
                let message = native::message(self.parts, row, entry)?;
                FeedEvent::Message(Written { at, conversation_id, message })
            }
            EntryBody::ReadByCustomer { messages } => {
                FeedEvent::Read(ReadNotice { at, conversation_id, message_ids: messages.clone() })
            }
            EntryBody::Reminded { .. } => FeedEvent::Reminder(Reminder { at, conversation_id }),
            EntryBody::Ended { reason, .. } => FeedEvent::Ended(ended(at, conversation_id, *reason)),
            _ => return None,
        })
    }

    async fn assigned(&self, row: &ConversationRow, at: i64) -> Result<FeedEvent, StoreError> {
        let conversation = native::conversation_with_last(self.parts, row).await?;
        let conversation_id = conversation.id.clone();
        Ok(FeedEvent::Assigned(Box::new(Assigned { at, conversation_id, conversation })))
    }

    async fn page(&self, log: LogId, after: EntryNumber) -> Result<Vec<Entry>, StoreError> {
        let query = ReadQuery {
            after,
            through: EntryNumber::END,
            audience: Audience::AGENT,
            limit: PAGE,
            max_bytes: 1 << 20,
        };
        self.parts.store.read(log, query).await
    }

    fn seal(&self) -> String {
        let mut bytes = self.place.own.0.to_be_bytes().to_vec();
        for (log, held) in &self.place.held {
            bytes.extend_from_slice(log.as_bytes());
            // Conversations of one customer are counted from 1 and stay far below 2^32.
            bytes.extend_from_slice(&u32::try_from(held.conversation).unwrap_or(u32::MAX).to_be_bytes());
            // The upper bytes of an entry's number are always zero.
            bytes.extend_from_slice(&held.through.0.to_be_bytes()[3..]);
        }
        self.parts.sealer.seal_bytes(&self.purpose(), &bytes)
    }

    fn open(&self, cursor: &str) -> Option<Place> {
        let bytes = self.parts.sealer.open_bytes(&self.purpose(), cursor)?;
        let (own, mut rest) = bytes.split_first_chunk::<8>()?;
        let mut held = BTreeMap::new();
        while !rest.is_empty() {
            let (log, after) = rest.split_first_chunk::<16>()?;
            let (conversation, after) = after.split_first_chunk::<4>()?;
            let (through, after) = after.split_first_chunk::<5>()?;
            let mut number = [0; 8];
            number[3..].copy_from_slice(through);
            let through = EntryNumber(u64::from_be_bytes(number));
            let conversation = u64::from(u32::from_be_bytes(*conversation));
            held.insert(LogId::from_bytes(*log), Held { conversation, through });
            rest = after;
        }
        Some(Place { own: EntryNumber(u64::from_be_bytes(*own)), held })
    }

    /// A cursor is bound to its agent.
    fn purpose(&self) -> Vec<u8> {
        [CURSOR_PURPOSE, self.own.as_bytes()].concat()
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
fn at(event: &FeedEvent) -> i64 {
    match event {
        FeedEvent::Assigned(event) => event.at,
        FeedEvent::Released(event) => event.at,
        FeedEvent::Offered(event) => event.at,
        FeedEvent::OfferEnded(event) => event.at,
        FeedEvent::Message(event) => event.at,
        FeedEvent::Read(event) => event.at,
        FeedEvent::Typing(event) => event.at,
        FeedEvent::Queue(event) => event.at,
        FeedEvent::Reminder(event) => event.at,
        FeedEvent::Ended(event) => event.at,
        FeedEvent::State(event) => event.at,
    }
}

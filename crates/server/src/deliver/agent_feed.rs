//! What an agent's desk sees: the agent's own log and the logs of the conversations that the agent has or takes part in,
//! as one feed.
//!
//! The cursor holds the place in the agent's own log and in each of these conversations, so that nothing is kept here
//! between two calls and any number of desks can be open.
//!
//! That a conversation comes is told by the agent's own log. That it goes is told by whichever is read first, the
//! conversation's log or the agent's own: nothing of what comes after it is shown.

use std::collections::HashMap;
use std::time::Duration;

use frontdesk_api::native::feed::{FeedAnswer, FeedEvent, Typing};
use frontdesk_core::conversation::Participation;
use frontdesk_core::entry::{Audience, Departure, Diversion, Entry, EntryBody, LogRef};
use frontdesk_core::id::AgentId;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{ConversationFilter, ConversationRow, ConversationStatus, ReadQuery, StoreError};
use tokio::time::Instant;

use crate::deliver::agent_desk::Desk;
use crate::deliver::agent_events::at;
use crate::deliver::agent_place::{Held, MAX_HELD, Place};
use crate::deliver::native;
use crate::deliver::queue_news::QueueNews;
use crate::deliver::ticket_news::TicketNews;
use crate::error::ApiError;
use crate::extract::AgentCaller;
use crate::hub::{Side, Waiter};
use crate::parts::Parts;

/// Most entries of one log in one answer.
const PAGE: usize = 200;

/// One agent's feed from some place on.
#[derive(Debug)]
pub struct AgentFeed<'a> {
    pub(super) parts: &'a Parts,
    pub(super) me: AgentId,
    own: LogId,
    desk: Desk<'a>,
    place: Place,
    /// What is told without a new entry: what the agent has or takes part in when a desk is opened.
    greeting: Vec<FeedEvent>,
    tickets: TicketNews,
    /// `None` for a desk that shows no queues.
    queues: Option<QueueNews>,
    /// How often each customer had typed when this was last looked at.
    typed: HashMap<LogId, u64>,
}

impl<'a> AgentFeed<'a> {
    /// Most conversations that an agent can take part in without having them. The rest of the place in a cursor is for
    /// those that they have.
    pub const MOST_JOINED: usize = 20;

    /// The feed from a cursor on. Without one, the desk is told what the agent has, from each assignment on, and what
    /// the agent takes part in.
    pub async fn resume(
        parts: &'a Parts,
        caller: &'a AgentCaller,
        cursor: Option<&str>,
    ) -> Result<Self, ApiError> {
        let me = caller.agent.id.clone();
        let own = LogId::of_agent(&caller.tenant.tenant.id, &me);
        let (queues, cursor) = QueueNews::resume(parts, caller, cursor)?;
        let (tickets, cursor) = TicketNews::resume(parts, caller, cursor).await?;
        let mut feed = Self {
            parts,
            me,
            own,
            desk: Desk::new(parts, caller),
            place: Place::default(),
            greeting: Vec::new(),
            tickets,
            queues: Some(queues),
            typed: HashMap::new(),
        };
        match cursor {
            Some(cursor) => {
                feed.place = Place::open(&parts.sealer, own, cursor).ok_or(ApiError::CursorInvalid)?;
            }
            None => feed.begin(caller).await?,
        }
        Ok(feed)
    }

    /// The same without news of queues, for a desk that does not show them.
    #[must_use]
    pub fn without_queues(self) -> Self {
        Self { queues: None, ..self }
    }

    /// What happened since; waits for something if nothing did.
    pub async fn next(mut self, wait: Duration) -> Result<FeedAnswer, ApiError> {
        let deadline = Instant::now() + wait;
        loop {
            // Register, then read, then wait.
            let waiter = self.register();
            let mut events = std::mem::take(&mut self.greeting);
            events.extend(self.read().await?);
            events.extend(self.tickets.read(self.parts).await?);
            events.extend(self.queues.as_mut().map(|queues| queues.read(self.parts)).unwrap_or_default());
            events.extend(self.typing());
            let over = Instant::now() >= deadline || self.parts.shutdown.is_cancelled();
            if !events.is_empty() || over {
                let place = self.place.seal(&self.parts.sealer, self.own);
                let place = self.tickets.seal(&place);
                let cursor = self.queues.as_ref().map_or_else(|| place.clone(), |queues| queues.seal(&place));
                return Ok(FeedAnswer { cursor, events });
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
        let tenant = &caller.tenant.tenant.id;
        for filter in
            [ConversationFilter::HeldBy(self.me.clone()), ConversationFilter::JoinedBy(self.me.clone())]
        {
            let room = MAX_HELD - self.place.held.len();
            for row in self.parts.store.conversations(tenant, filter, room).await? {
                let through = self.beginning(&row).await?;
                let at = row.opened.as_millis();
                let event = match row.participants.iter().find(|other| other.agent == self.me) {
                    Some(own) => self.joined(&row, own.mode, own.by.as_ref(), at).await?,
                    None => self.assigned(&row, at).await?,
                };
                self.greeting.push(event);
                self.place.held.insert(row.log, Held { conversation: row.conversation, through });
            }
        }
        self.greeting.extend(self.desk.open_offers().await?);
        Ok(())
    }

    /// The entry with which the agent got a conversation or came to take part in it; who monitors, of whom there is
    /// no such entry, begins where the present agent did.
    async fn beginning(&self, row: &ConversationRow) -> Result<EntryNumber, StoreError> {
        let mut beginning = EntryNumber(row.first.0.saturating_sub(1));
        let mut after = beginning;
        loop {
            let page = self.page(row.log, after).await?;
            let Some(last) = page.last() else { return Ok(beginning) };
            after = last.number;
            let begins = |entry: &&Entry| match &entry.body {
                EntryBody::Assigned { .. } | EntryBody::TakenOver { .. } => true,
                EntryBody::Joined { agent, .. } => *agent == self.me,
                _ => false,
            };
            if let Some(entry) = page.iter().rev().find(begins) {
                beginning = entry.number;
            }
        }
    }

    fn register(&self) -> Waiter {
        let mut waiter = Waiter::new();
        waiter.register(self.parts.hub.watch(self.own), Audience::AGENT);
        self.tickets.register(self.parts, &mut waiter);
        if let Some(queues) = &self.queues {
            queues.register(self.parts, &mut waiter);
        }
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
            let at = entry.at.as_millis();
            match entry.body {
                EntryBody::HandedOver { log: LogRef(log), conversation, number } => {
                    self.come(log, Held { conversation, through: number }, None, at, &mut events).await?;
                }
                EntryBody::TakesPart { log: LogRef(log), conversation, number, mode } => {
                    let held = Held { conversation, through: number };
                    self.come(log, held, Some(mode), at, &mut events).await?;
                }
                EntryBody::TakenAway { log: LogRef(log), conversation, number, why } => {
                    self.go(log, Held { conversation, through: number }, why, at, &mut events).await?;
                }
                EntryBody::Mentioned { log: LogRef(log), conversation, number } => {
                    events.extend(self.mentioned((log, conversation), number, at).await?);
                }
                EntryBody::StateChanged => events.extend(self.desk.state(entry.at.as_millis()).await?),
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

    /// The agent got a conversation, or takes part in it.
    async fn come(
        &mut self,
        log: LogId,
        held: Held,
        mode: Option<Participation>,
        at: i64,
        events: &mut Vec<FeedEvent>,
    ) -> Result<(), StoreError> {
        let before = EntryNumber(held.through.0.saturating_sub(1));
        let known = self.place.held.get(&log).copied();
        if known.is_some_and(|known| known.conversation <= held.conversation) {
            self.finish_before(log, before, events).await?;
        }
        // What becomes of a conversation that is followed already, its own log tells. An older one of the same customer, of
        // which the news comes late, is over.
        let known = self.place.held.get(&log).is_some_and(|known| known.conversation >= held.conversation);
        if known || self.place.held.len() >= MAX_HELD {
            return Ok(());
        }
        let Some(row) = self.parts.store.conversation(log, held.conversation).await? else { return Ok(()) };
        // It is told by the time at which the customer's log has it: what is said from then on comes after it.
        let first = self.page(log, before).await?.first().map(|entry| entry.at.as_millis());
        let at = first.map_or(at, |first| first.min(at));
        let event = match mode {
            None => self.assigned(&row, at).await?,
            // The log does not tell that a monitor left, so one who has must not come in the first place.
            Some(mode) if mode.is_hidden() && !self.is_in(&row) => return Ok(()),
            Some(mode) => {
                let own = row.participants.iter().find(|other| other.agent == self.me);
                self.joined(&row, mode, own.and_then(|own| own.by.as_ref()), at).await?
            }
        };
        events.push(event);
        self.place.held.insert(log, held);
        Ok(())
    }

    /// A conversation comes while one of the same customer is followed. If that is an older one it is over, and if it is the
    /// same it may have gone in between, though the news of that may come late. Its log tells it now, as nothing of what was
    /// before will be read any more.
    async fn finish_before(
        &mut self,
        log: LogId,
        before: EntryNumber,
        events: &mut Vec<FeedEvent>,
    ) -> Result<(), StoreError> {
        while let Some(held) = self.place.held.get(&log).copied() {
            self.tell(log, before, events).await?;
            if self.place.held.get(&log).is_some_and(|now| now.through == held.through) {
                break;
            }
        }
        Ok(())
    }

    /// The agent no longer has a conversation, or takes part in it no longer.
    async fn go(
        &mut self,
        log: LogId,
        gone: Held,
        why: Departure,
        at: i64,
        events: &mut Vec<FeedEvent>,
    ) -> Result<(), StoreError> {
        if why == Departure::Ended {
            events.extend(self.desk.after_call(log, at).await?);
        }
        if self.place.held.get(&log).is_some_and(|held| held.through < gone.through) {
            self.tell(log, gone.through, events).await?;
        }
        let Some(held) = self.place.held.get(&log).copied() else { return Ok(()) };
        let Some(row) = self.parts.store.conversation(log, held.conversation).await? else { return Ok(()) };
        // It may have come back since, or the desk was opened after it.
        if held.conversation != gone.conversation || self.is_in(&row) || self.goes_later(log, held).await? {
            return Ok(());
        }
        self.place.held.remove(&log);
        events.extend(self.released(&row, why, at));
        Ok(())
    }

    /// Whether the agent has the conversation or takes part in it.
    fn is_in(&self, row: &ConversationRow) -> bool {
        matches!(&row.status, ConversationStatus::Agent(holder) if *holder == self.me)
            || row.participants.iter().any(|other| other.agent == self.me)
    }

    /// What happened in a conversation, up to where it went from the agent if it did.
    async fn tell(
        &mut self,
        log: LogId,
        through: EntryNumber,
        events: &mut Vec<FeedEvent>,
    ) -> Result<(), StoreError> {
        let Some(mut held) = self.place.held.get(&log).copied() else { return Ok(()) };
        let Some(row) = self.parts.store.conversation(log, held.conversation).await? else { return Ok(()) };
        for entry in self.page(log, held.through).await? {
            if entry.number > through {
                break;
            }
            held.through = entry.number;
            if entry.conversation != held.conversation {
                continue;
            }
            events.extend(self.event(&row, &entry).await?);
            if let Some(why) = self.goes_with(&entry.body) {
                events.extend(self.released(&row, why, entry.at.as_millis()));
                self.place.held.remove(&log);
                return Ok(());
            }
        }
        self.place.held.insert(log, held);
        Ok(())
    }

    /// Whether its own log has still to tell that the conversation goes from the agent.
    async fn goes_later(&self, log: LogId, held: Held) -> Result<bool, StoreError> {
        let mut after = held.through;
        loop {
            let page = self.page(log, after).await?;
            let Some(last) = page.last() else { return Ok(false) };
            let mut own = page.iter().filter(|entry| entry.conversation == held.conversation);
            if own.any(|entry| self.goes_with(&entry.body).is_some()) {
                return Ok(true);
            }
            after = last.number;
        }
    }

    /// Why the conversation is the agent's no longer with this entry, if it is so.
    fn goes_with(&self, body: &EntryBody) -> Option<Departure> {
        match body {
            EntryBody::Ended { .. } => Some(Departure::Ended),
            EntryBody::Diverted { why: Diversion::AgentVanished, .. } => Some(Departure::Vanished),
            EntryBody::Queued { .. } | EntryBody::GivenToRobot { .. } => Some(Departure::Transferred),
            EntryBody::Assigned { from: Some(from), .. } if *from == self.me => Some(Departure::Transferred),
            EntryBody::TakenOver { from, .. } if *from == self.me => Some(Departure::TakenOver),
            EntryBody::Left { agent, by, .. } if *agent == self.me => {
                Some(if by.is_some() { Departure::Removed } else { Departure::Left })
            }
            _ => None,
        }
    }

    pub(super) async fn page(&self, log: LogId, after: EntryNumber) -> Result<Vec<Entry>, StoreError> {
        let query = ReadQuery {
            after,
            through: EntryNumber::END,
            audience: Audience::AGENT,
            limit: PAGE,
            max_bytes: 1 << 20,
        };
        self.parts.store.read(log, query).await
    }
}

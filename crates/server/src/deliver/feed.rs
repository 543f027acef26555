//! One device's feed of one customer's log, at least once: what every transport but the classic poll reads.
//!
//! A cursor names a place in the log. Presenting one acknowledges everything before it; whatever was not acknowledged
//! comes again. A client may move from one transport to another with the same cursor.

use std::sync::Arc;

use frontdesk_core::entry::{Audience, Entry};
use frontdesk_core::id::DeviceId;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Advance, Customer, StoreError};
use frontdesk_core::seal::CursorPlace;
use tokio::time::Instant;

use crate::deliver::unread::{Floor, Passed, floor_above, heads, position, read};
use crate::deliver::{HeldPoll, Reader, Renderer};
use crate::error::ApiError;
use crate::hub::{Side, Waiter, Watched};
use crate::parts::Parts;

/// Where a client wants to read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start<'a> {
    /// Where the device stands.
    Stands,
    /// At the oldest entry that is still delivered.
    Earliest,
    /// After everything; the device is set there.
    Latest,
    /// Behind a cursor.
    Cursor(&'a str),
}

impl<'a> Start<'a> {
    /// What the text of a `cursor` asks for.
    pub fn parse(cursor: &'a str) -> Self {
        match cursor {
            "" => Self::Stands,
            "earliest" => Self::Earliest,
            "latest" => Self::Latest,
            cursor => Self::Cursor(cursor),
        }
    }
}

/// Entries that a client should have had and that are no longer delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Why.
    pub why: GapReason,
    /// The cursor from which delivery goes on.
    pub oldest: String,
}

/// Why entries are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapReason {
    /// They are too old.
    Expired,
    /// Too many came after them.
    Overflow,
    /// The cursor belongs to another life of the store: a backup was restored.
    Epoch,
}

/// An entry on its way to a client.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// The entry.
    pub entry: Entry,
    /// It was sent to this device before.
    pub redelivered: bool,
}

/// One device's feed.
pub struct Feed {
    parts: Parts,
    /// Whose log it is; unknown until there is something to render.
    customer: Option<Customer>,
    log: LogId,
    device: DeviceId,
    audience: Audience,
    watched: Arc<Watched>,
    reader: Arc<Reader>,
    waiter: Waiter,
    held: Arc<HeldPoll>,
    after: EntryNumber,
}

impl Feed {
    /// Opens a feed. What a cursor that is not the oldest misses comes with it as a gap.
    pub async fn open(
        parts: &Parts,
        log: LogId,
        device: DeviceId,
        audience: Audience,
        start: Start<'_>,
    ) -> Result<(Self, Option<Gap>), ApiError> {
        let watched = parts.hub.watch(log);
        watched.saw(parts.clock.now());
        let reader = watched.reader(&device);
        // Register, then read, then wait.
        let mut waiter = Waiter::new();
        waiter.register(Arc::clone(&watched), audience);
        let held = HeldPoll::new(waiter.handle());
        let mut feed = Self {
            parts: parts.clone(),
            customer: None,
            log,
            device,
            audience,
            watched,
            reader,
            waiter,
            held,
            after: EntryNumber::START,
        };
        let gap = feed.place(start).await?;
        Ok((feed, gap))
    }

    /// Puts the feed where the client wants it.
    async fn place(&mut self, start: Start<'_>) -> Result<Option<Gap>, ApiError> {
        let mut turn = self.reader.turn().await;
        let known = position(&self.parts, self.log, &self.device, &mut turn).await?;
        drop(turn);
        let mut missed_if_passed = true;
        let mut foreign_epoch = false;
        match start {
            Start::Stands => {
                self.after = known.unwrap_or_default().acknowledged;
                // A device that was never there before has missed nothing.
                missed_if_passed = known.is_some();
            }
            Start::Earliest => missed_if_passed = false,
            Start::Latest => self.acknowledge_through(self.head().await?).await?,
            Start::Cursor(cursor) => match self.open_cursor(cursor).await? {
                Some(number) => self.acknowledge_through(number).await?,
                None => foreign_epoch = true,
            },
        }
        let floor = floor_above(&self.parts, &self.watched, self.after, self.audience).await?;
        if let Some(floor) = floor {
            self.after = floor.number;
            if known.is_none() {
                // Nor does it miss, when it comes back, what was passed before it first came.
                self.acknowledge_through(floor.number).await?;
            }
        }
        Ok(self.gap(floor.filter(|_| missed_if_passed), foreign_epoch))
    }

    /// The number that a cursor names; `None` if it belongs to another life of the store.
    async fn open_cursor(&self, cursor: &str) -> Result<Option<EntryNumber>, ApiError> {
        let place = self.parts.sealer.open_cursor(self.log, cursor).ok_or(ApiError::CursorInvalid)?;
        if place.epoch != self.parts.store.epoch() {
            return Ok(None);
        }
        // Another node may have written, and given out, what this one has not heard of yet.
        if place.number > self.end().await? && place.number > self.stored_end().await? {
            return Err(ApiError::CursorAhead);
        }
        Ok(Some(place.number))
    }

    fn gap(&self, floor: Option<Floor>, foreign_epoch: bool) -> Option<Gap> {
        let why = match floor.map(|floor| floor.why) {
            _ if foreign_epoch => GapReason::Epoch,
            Some(Passed::Expired) => GapReason::Expired,
            Some(Passed::Overflow) => GapReason::Overflow,
            None => return None,
        };
        Some(Gap { why, oldest: self.cursor() })
    }

    /// The log that is read.
    pub const fn log(&self) -> LogId {
        self.log
    }

    /// Renders what was given out; `None` before anything was.
    pub fn renderer(&self) -> Option<Renderer<'_>> {
        let customer = self.customer.as_ref()?;
        Some(Renderer::new(&self.parts.sealer, customer, self.log))
    }

    /// The cursor behind everything that was given out so far.
    pub fn cursor(&self) -> String {
        self.cursor_at(self.after)
    }

    /// The cursor behind an entry.
    pub fn cursor_at(&self, number: EntryNumber) -> String {
        self.parts.sealer.cursor(self.log, CursorPlace { epoch: self.parts.store.epoch(), number })
    }

    /// The number of the last entry that a customer's client can ask for. What only agents see must not move it: the
    /// customer would notice that something happens.
    pub async fn head(&self) -> Result<EntryNumber, StoreError> {
        Ok(heads(&self.parts, &self.watched).await?.of(Audience::CUSTOMER))
    }

    /// The number of the log's last entry.
    async fn end(&self) -> Result<EntryNumber, StoreError> {
        Ok(heads(&self.parts, &self.watched).await?.of(Audience::ALL))
    }

    /// The same as the store has it. What this node knew of the ends is made up for.
    async fn stored_end(&self) -> Result<EntryNumber, StoreError> {
        let stored = self.parts.store.heads(self.log).await?;
        Ok(self.watched.learn_heads(stored).of(Audience::ALL))
    }

    /// The next entries, in order; empty if there are none now.
    pub async fn next(&mut self, limit: usize) -> Result<Vec<Delivered>, StoreError> {
        if self.is_kept_out() || heads(&self.parts, &self.watched).await?.of(self.audience) <= self.after {
            return Ok(Vec::new());
        }
        let entries = read(&self.parts, self.log, self.after, self.audience, limit).await?;
        let Some(last) = entries.last().map(|entry| entry.number) else { return Ok(Vec::new()) };
        if self.customer.is_none() {
            self.customer = self.parts.store.load(self.log).await?.map(|view| view.customer);
        }
        let mut turn = self.reader.turn().await;
        let before = position(&self.parts, self.log, &self.device, &mut turn).await?.unwrap_or_default();
        if let Some(position) = turn.sent(last) {
            self.parts.positions.advance(Advance { log: self.log, device: self.device.clone(), position });
        }
        drop(turn);
        self.after = last;
        let delivered = |entry: Entry| Delivered { redelivered: entry.number <= before.sent_through, entry };
        Ok(entries.into_iter().map(delivered).collect())
    }

    /// Whether there are more entries now.
    pub async fn has_more(&self) -> Result<bool, StoreError> {
        Ok(!self.is_kept_out() && heads(&self.parts, &self.watched).await?.of(self.audience) > self.after)
    }

    /// Whether the customer is kept out: then nothing is delivered, and nothing is passed over.
    fn is_kept_out(&self) -> bool {
        self.parts.blocks.keep_out(self.log, self.parts.clock.now())
    }

    /// Whether the agent typed just now and this device was not told yet.
    pub fn typing(&self) -> bool {
        let typed = self.watched.typed(Side::Agent);
        self.reader.is_news(typed) && typed.is_recent(self.parts.clock.now())
    }

    /// Everything up to a cursor was received.
    pub async fn acknowledge(&mut self, cursor: &str) -> Result<(), ApiError> {
        let after = self.after;
        if let Some(number) = self.open_cursor(cursor).await? {
            self.acknowledge_through(number).await?;
        }
        // Acknowledging does not move what is read next.
        self.after = after;
        Ok(())
    }

    async fn acknowledge_through(&mut self, number: EntryNumber) -> Result<(), StoreError> {
        let mut turn = self.reader.turn().await;
        position(&self.parts, self.log, &self.device, &mut turn).await?;
        if let Some(position) = turn.acknowledge(number) {
            self.parts.positions.advance(Advance { log: self.log, device: self.device.clone(), position });
        }
        self.after = number;
        Ok(())
    }

    /// Waits until there may be something new, a moment, or the end of the node. It may also end for nothing.
    pub async fn wait_until(&self, moment: Instant) {
        self.watched.saw(self.parts.clock.now());
        tokio::select! {
            () = self.waiter.woken() => {}
            () = tokio::time::sleep_until(moment) => {}
            () = self.parts.shutdown.cancelled() => {}
        }
        self.watched.saw(self.parts.clock.now());
    }

    /// This is a poll that begins to be held: an older one of the same device ends.
    pub fn hold(&self) {
        self.reader.hold(&self.held);
    }

    /// Whether a newer held poll took over. If they keep doing that, the answer takes its time.
    pub async fn is_superseded(&self) -> bool {
        let superseded = self.held.is_superseded();
        if superseded {
            self.held.dampen(&self.parts.shutdown).await;
        }
        superseded
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.reader.release(&self.held);
    }
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feed").field("log", &self.log).field("after", &self.after).finish_non_exhaustive()
    }
}

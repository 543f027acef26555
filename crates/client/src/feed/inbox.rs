//! What a feed has received: each item once, in order, and how far the caller has taken it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::item::{Batch, FeedGap, FeedItem, GapCause};
use super::options::Transport;
use super::place::Place;
use crate::error::Error;
use crate::recent::Recent;

/// How many items are remembered in order to drop duplicates: several times what one answer holds.
const REMEMBERED: usize = 1_024;

/// Lies between the engine, which fills it, and the feed, which hands out.
pub(super) struct Inbox {
    state: Mutex<State>,
    taken: Notify,
}

struct State {
    waiting: VecDeque<Waiting>,
    /// What the caller has been given and may not have dealt with yet.
    handed_out: Option<Behind>,
    place: Place,
    saved: Place,
    /// The newest entry that was received, and the newest that was taken before this feed began.
    newest: u64,
    recent: Recent,
    transport: Option<Transport>,
}

struct Waiting {
    outcome: Result<FeedItem, Error>,
    behind: Behind,
}

/// What is known of the place behind an item.
#[derive(Default)]
struct Behind {
    cursor: Option<String>,
    /// The number of the entry that ends with it.
    seq: Option<u64>,
}

impl Inbox {
    pub(super) fn new() -> Self {
        let state = State {
            waiting: VecDeque::new(),
            handed_out: None,
            place: Place::default(),
            saved: Place::default(),
            newest: 0,
            recent: Recent::new(REMEMBERED),
            transport: None,
        };
        Self { state: Mutex::new(state), taken: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on from a place that was kept. Only before anything came.
    pub(super) fn start_at(&self, place: Place) {
        let mut state = self.state();
        // Whatever ends with an entry that was taken was taken.
        state.newest = place.seq.saturating_add(u64::from(place.seq > 0));
        state.saved = place.clone();
        state.place = place;
    }

    /// Takes in what came; how much of it was new.
    pub(super) fn receive(&self, batch: Batch) -> usize {
        let mut state = self.state();
        let Batch { gap, items, cursor } = batch;
        if let Some(gap) = gap {
            state.miss(gap.reason.into(), gap.oldest_cursor);
        }
        let mut fresh = 0;
        let mut items = items.into_iter().peekable();
        while let Some(item) = items.next() {
            let is_last_of_entry = items.peek().map_or(cursor.is_some(), |next| next.seq() != item.seq());
            if state.is_new(&item) {
                fresh += 1;
                let seq = item.seq().filter(|_| is_last_of_entry);
                state.waiting.push_back(Waiting { outcome: Ok(item), behind: Behind { cursor: None, seq } });
            }
        }
        if let Some(cursor) = cursor {
            state.advance(cursor);
        }
        fresh
    }

    /// Entries were missed. `cursor`: where delivery goes on.
    pub(super) fn miss(&self, cause: GapCause, cursor: String) {
        self.state().miss(cause, cursor);
    }

    /// Tells the caller of a failure.
    pub(super) fn fail(&self, error: Error) {
        self.state().waiting.push_back(Waiting { outcome: Err(error), behind: Behind::default() });
    }

    /// What comes next, if it is there.
    pub(super) fn hand_out(&self) -> Option<Result<FeedItem, Error>> {
        let mut state = self.state();
        let Waiting { outcome, behind } = state.waiting.pop_front()?;
        state.handed_out = Some(behind);
        Some(outcome)
    }

    /// What was handed out was taken.
    pub(super) fn settle(&self) {
        let mut state = self.state();
        if let Some(behind) = state.handed_out.take() {
            if let Some(cursor) = behind.cursor {
                state.place.cursor = cursor;
            }
            if let Some(seq) = behind.seq {
                state.place.seq = seq;
            }
        }
        drop(state);
        self.taken.notify_waiters();
    }

    /// Waits until everything that was received has been taken.
    pub(super) async fn drained(&self) {
        loop {
            let taken = self.taken.notified();
            if self.is_drained() {
                return;
            }
            taken.await;
        }
    }

    fn is_drained(&self) -> bool {
        let state = self.state();
        state.waiting.is_empty() && state.handed_out.is_none()
    }

    /// The cursor behind everything that the caller has taken.
    pub(super) fn cursor(&self) -> String {
        self.state().place.cursor.clone()
    }

    /// The place behind everything that the caller has taken, if it was not given before.
    pub(super) fn unsaved(&self) -> Option<Place> {
        let mut state = self.state();
        if state.place == state.saved {
            return None;
        }
        state.saved = state.place.clone();
        Some(state.place.clone())
    }

    /// How messages come at present.
    pub(super) fn transport(&self) -> Option<Transport> {
        self.state().transport
    }

    pub(super) fn set_transport(&self, transport: Option<Transport>) {
        self.state().transport = transport;
    }
}

impl State {
    fn miss(&mut self, cause: GapCause, cursor: String) {
        let mut behind = Behind::default();
        if cause.begins_anew() {
            self.recent.forget();
            self.newest = 0;
            behind.seq = Some(0);
        }
        // Presenting one of these would only lead to the same gap again.
        let handed_out = self.handed_out.iter_mut();
        for earlier in self.waiting.iter_mut().map(|waiting| &mut waiting.behind).chain(handed_out) {
            earlier.cursor = None;
        }
        behind.cursor = Some(cursor);
        self.waiting.push_back(Waiting { outcome: Ok(FeedItem::Gap(FeedGap { cause })), behind });
    }

    /// Everything before this cursor was received.
    fn advance(&mut self, cursor: String) {
        let last = self.waiting.back_mut().map(|waiting| &mut waiting.behind);
        match last.or(self.handed_out.as_mut()) {
            Some(last) => last.cursor = Some(cursor),
            None => self.place.cursor = cursor,
        }
    }

    fn is_new(&mut self, item: &FeedItem) -> bool {
        let seq = item.seq();
        // Entries come in order: what is behind was delivered, however long ago.
        if seq.is_some_and(|seq| seq < self.newest) || !self.recent.is_new(&item.name()) {
            return false;
        }
        self.newest = self.newest.max(seq.unwrap_or_default());
        true
    }
}

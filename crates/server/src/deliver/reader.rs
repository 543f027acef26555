//! One device's place in a log, and whose turn it is to move it.

use std::sync::{Arc, Mutex, PoisonError};

use frontdesk_core::log::EntryNumber;
use tokio::sync::{Notify, OwnedMutexGuard};

/// One device's place in a log. Answers that carry messages take turns: the next poll waits until it is known what
/// became of the one before, so that two polls at the same time never both get a message.
#[derive(Debug, Default)]
pub struct Reader {
    turn: Arc<tokio::sync::Mutex<Place>>,
    held: Mutex<Option<(u64, Arc<Notify>)>>,
}

/// How far a device is; unknown until it was read from the store.
#[derive(Debug, Default)]
struct Place {
    through: Option<EntryNumber>,
}

/// The right to move the place. Dropping it without moving leaves everything as it was.
#[derive(Debug)]
pub struct Turn(OwnedMutexGuard<Place>);

impl Reader {
    /// Waits for the turn.
    pub async fn turn(&self) -> Turn {
        Turn(Arc::clone(&self.turn).lock_owned().await)
    }

    /// A poll begins to be held. Whichever was held before is told to end: the newest wins.
    pub fn hold(&self, poll: u64, end: Arc<Notify>) {
        let before = self.lock_held().replace((poll, end));
        if let Some((_, end)) = before {
            end.notify_one();
        }
    }

    /// A poll is no longer held.
    pub fn release(&self, poll: u64) {
        let mut held = self.lock_held();
        if held.as_ref().is_some_and(|(holder, _)| *holder == poll) {
            *held = None;
        }
    }

    /// Whether a newer poll took over from this one.
    pub fn is_superseded(&self, poll: u64) -> bool {
        self.lock_held().as_ref().is_some_and(|(holder, _)| *holder != poll)
    }

    /// Whether a poll is held.
    pub fn is_held(&self) -> bool {
        self.lock_held().is_some()
    }

    fn lock_held(&self) -> std::sync::MutexGuard<'_, Option<(u64, Arc<Notify>)>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Everything up to here was received; `None` until [`Self::learn`] was called.
    pub fn through(&self) -> Option<EntryNumber> {
        self.0.through
    }

    /// What the store says.
    pub fn learn(&mut self, stored: EntryNumber) {
        self.0.through = Some(stored);
    }

    /// The answer went out: everything up to here was received.
    pub fn moved_to(mut self, through: EntryNumber) {
        self.0.through = Some(through);
    }
}

//! The way into a thread: bounded, and closed once.

use std::sync::{PoisonError, RwLock};

use frontdesk_core::port::StoreError;

/// A bounded queue into one or more threads. After [`Gate::close`] the threads still get what was let in before, and
/// then see the end.
pub(super) struct Gate<M>(RwLock<Option<flume::Sender<M>>>);

impl<M> Gate<M> {
    pub(super) fn new(capacity: usize) -> (Self, flume::Receiver<M>) {
        let (sender, receiver) = flume::bounded(capacity);
        (Self(RwLock::new(Some(sender))), receiver)
    }

    /// Lets a message in, or says at once why not.
    pub(super) fn send(&self, message: M) -> Result<(), StoreError> {
        let sender = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = sender.as_ref() else { return Err(closed()) };
        sender.try_send(message).map_err(|error| match error {
            flume::TrySendError::Full(_) => StoreError::Busy,
            flume::TrySendError::Disconnected(_) => closed(),
        })
    }

    /// How many messages wait.
    pub(super) fn len(&self) -> usize {
        let sender = self.0.read().unwrap_or_else(PoisonError::into_inner);
        sender.as_ref().map_or(0, flume::Sender::len)
    }

    /// Lets nothing more in.
    pub(super) fn close(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).take();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).is_none()
    }
}

pub(super) fn closed() -> StoreError {
    StoreError::Failed("the store is closed".to_owned())
}

//! The feed as its caller sees it.

use std::convert::Infallible;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::engine::Engine;
use super::inbox::Inbox;
use super::item::FeedItem;
use super::network::Network;
use super::options::{FeedOptions, FeedStart, Transport};
use super::place::PlaceStore;
use crate::customer::CustomerClient;
use crate::error::Error;

/// A customer's messages and events, in order and each once.
///
/// It begins with the acknowledged poll, goes over to a WebSocket, else to Server-sent events, and falls back to the poll
/// when these are blocked or break; later it tries them again. The place in the log is the same for all three.
///
/// An item counts as *taken* when the next one is asked for, or by [`acknowledge`](Self::acknowledge). Only then is the
/// place behind it kept in the [`PlaceStore`] and presented to the server. Whoever stops before that gets the item again
/// after a restart, and nothing that was taken.
///
/// It goes on only while [`next`](Self::next) is awaited, so nothing piles up here if the caller is slow. It ends by being
/// dropped.
pub struct Feed {
    inbox: Arc<Inbox>,
    network: Arc<dyn Network>,
    places: Arc<dyn PlaceStore>,
    device_id: Option<String>,
    /// Receives. Kept here so that it goes on if the caller stops waiting and comes back.
    engine: Pin<Box<dyn Future<Output = Infallible> + Send>>,
    saving: Option<Pin<Box<dyn Future<Output = io::Result<()>> + Send>>>,
}

impl Feed {
    pub(crate) fn new(customer: CustomerClient, options: FeedOptions) -> Self {
        Self::over(Arc::new(customer), options)
    }

    pub(super) fn over(network: Arc<dyn Network>, options: FeedOptions) -> Self {
        let inbox = Arc::new(Inbox::new());
        let (places, device_id) = (Arc::clone(&options.places), options.device_id.clone());
        let engine = Engine::new(Arc::clone(&network), Arc::clone(&inbox), options);
        Self { inbox, network, places, device_id, engine: Box::pin(engine.run()), saving: None }
    }

    /// The next item, however long it takes. What was given before counts as taken.
    ///
    /// What came before is dropped. What may pass (no connection, 429, 503 and other failures of the moment) is waited
    /// out; a 401 is answered by renewed credentials, if the client has a provider. Every other failure is returned;
    /// calling again goes on, after a pause.
    ///
    /// Cancel-safe: if the future is dropped before it is done, nothing is lost, and the next call goes on where this
    /// one was.
    pub async fn next(&mut self) -> Result<FeedItem, Error> {
        self.keep().await?;
        poll_fn(|context| self.poll_item(context)).await
    }

    /// What was given so far was taken: keeps the place, and tells the server. For an end in order.
    pub async fn acknowledge(&mut self) -> Result<(), Error> {
        self.keep().await?;
        let cursor = self.inbox.cursor();
        let starts = [FeedStart::Stands, FeedStart::Earliest, FeedStart::Latest];
        if starts.iter().any(|start| start.cursor() == cursor) {
            return Ok(());
        }
        self.network.acknowledge(&cursor, self.device_id.as_deref()).await
    }

    /// How messages come at present; `None` as long as there is no connection.
    pub fn transport(&self) -> Option<Transport> {
        self.inbox.transport()
    }

    /// The cursor behind everything that was taken, with which another client of this device can go on.
    pub fn cursor(&self) -> String {
        self.inbox.cursor()
    }

    async fn keep(&mut self) -> Result<(), Error> {
        self.inbox.settle();
        loop {
            if let Some(saving) = &mut self.saving {
                let saved = saving.await;
                self.saving = None;
                saved.map_err(Error::Place)?;
            }
            let Some(place) = self.inbox.unsaved() else { return Ok(()) };
            let places = Arc::clone(&self.places);
            self.saving = Some(Box::pin(async move { places.save(&place).await }));
        }
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Result<FeedItem, Error>> {
        if let Some(item) = self.inbox.hand_out() {
            return Poll::Ready(item);
        }
        match self.engine.as_mut().poll(context) {
            Poll::Ready(never) => match never {},
            Poll::Pending => self.inbox.hand_out().map_or(Poll::Pending, Poll::Ready),
        }
    }
}

impl fmt::Debug for Feed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Feed").field("transport", &self.transport()).finish_non_exhaustive()
    }
}

//! All that an engine knows of the wire.

use std::time::Duration;

use async_trait::async_trait;
use frontdesk_api::messaging::poll::{AcknowledgedPollAnswer, EventClass};

use super::item::Batch;
use super::options::{FeedOptions, Transport};
use super::{poll, sse, ws};
use crate::customer::CustomerClient;
use crate::error::Error;

/// What is asked for, whatever it comes by.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    /// Acknowledges everything before it.
    pub(super) cursor: String,
    pub(super) device_id: Option<String>,
    pub(super) events: Vec<EventClass>,
    pub(super) is_need_read: bool,
}

impl Ask {
    pub(super) fn new(options: &FeedOptions, cursor: String) -> Self {
        let FeedOptions { device_id, events, is_need_read, .. } = options.clone();
        Self { cursor, device_id, events, is_need_read }
    }
}

/// The ways of receiving.
#[async_trait]
pub(super) trait Network: Send + Sync {
    /// One acknowledged poll.
    async fn poll(&self, ask: &Ask, wait: Duration, limit: usize) -> Result<AcknowledgedPollAnswer, Error>;

    /// Begins a stream, and waits until it works.
    async fn open(&self, transport: Transport, ask: &Ask) -> Result<Box<dyn Stream>, Error>;

    /// Acknowledges outside of poll and stream.
    async fn acknowledge(&self, cursor: &str, device_id: Option<&str>) -> Result<(), Error>;
}

/// A stream under way.
#[async_trait]
pub(super) trait Stream: Send {
    /// What comes next, or a mere sign of life; `None` if the server ends the stream in order. Cancel-safe.
    async fn receive(&mut self) -> Option<Result<Batch, Error>>;

    /// Everything up to this cursor was taken.
    async fn acknowledge(&mut self, cursor: &str) -> Result<(), Error>;

    /// How long acknowledging may wait, so that it need not be done for each message.
    fn acknowledge_within(&self) -> Duration;
}

#[async_trait]
impl Network for CustomerClient {
    async fn poll(&self, ask: &Ask, wait: Duration, limit: usize) -> Result<AcknowledgedPollAnswer, Error> {
        self.poll_acknowledged(poll::query(ask, wait, limit)).await
    }

    async fn open(&self, transport: Transport, ask: &Ask) -> Result<Box<dyn Stream>, Error> {
        match transport {
            Transport::WebSocket => Ok(Box::new(ws::Socket::open(self, ask).await?)),
            Transport::EventStream | Transport::Poll => {
                Ok(Box::new(sse::EventStream::open(self, ask).await?))
            }
        }
    }

    async fn acknowledge(&self, cursor: &str, device_id: Option<&str>) -> Result<(), Error> {
        CustomerClient::acknowledge(self, cursor, device_id).await.map(drop)
    }
}

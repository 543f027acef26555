//! The feed as Server-sent events.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use frontdesk_api::messaging::poll::{AcknowledgedMessage, Gap, PollEvent};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use sse_stream::{Sse, SseByteStream};

use super::item::{Batch, FeedItem};
use super::network::{Ask, Stream};
use super::poll;
use crate::answer::{Opened, broken, misfit};
use crate::customer::CustomerClient;
use crate::error::{Error, Route};

/// Acknowledging is a call of its own here, so it is done less often.
const ACKNOWLEDGE_WITHIN: Duration = Duration::from_secs(3);
/// Longest time that acknowledging may keep messages from being read.
const ACKNOWLEDGE_TIME: Duration = Duration::from_secs(5);

/// An open stream of events.
pub(super) struct EventStream {
    customer: CustomerClient,
    device_id: Option<String>,
    route: Route,
    events: SseByteStream<BoxStream<'static, Result<Bytes, reqwest::Error>>>,
}

impl EventStream {
    /// Opens a stream, and waits for its first bytes: a proxy that keeps answers back lets nothing through.
    pub(super) async fn open(customer: &CustomerClient, ask: &Ask) -> Result<Self, Error> {
        let Opened { route, mut response } = customer.event_stream(poll::wish(ask)).await?;
        let media = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !media.is_some_and(|media| media.starts_with("text/event-stream")) {
            return Err(Error::Decode { route, place: CONTENT_TYPE.to_string() });
        }
        let first = response.chunk().await.map_err(|source| broken(route.clone(), source))?;
        let first = stream::iter(first.map(Ok));
        let events = SseByteStream::new(first.chain(chunks(response)).boxed());
        Ok(Self { customer: customer.clone(), device_id: ask.device_id.clone(), route, events })
    }

    fn read(&self, event: Sse) -> Result<Batch, Error> {
        let Sse { event, data, id, .. } = event;
        let data = data.unwrap_or_default();
        match event.as_deref() {
            Some("message") => {
                let message: AcknowledgedMessage = self.decode(&data)?;
                Ok(Batch::of(FeedItem::Message(message.into()), id))
            }
            Some("event") => Ok(Batch::of(FeedItem::Event(self.decode::<PollEvent>(&data)?), id)),
            Some("gap") => Ok(Batch { gap: Some(self.decode::<Gap>(&data)?), ..Batch::default() }),
            // A sign of life, or something of a newer server.
            _ => Ok(Batch::default()),
        }
    }

    fn decode<T: DeserializeOwned>(&self, data: &str) -> Result<T, Error> {
        let misfit = |_| Error::Decode { route: self.route.clone(), place: misfit::<T>(data.as_bytes()) };
        serde_json::from_str(data).map_err(misfit)
    }
}

fn chunks(response: Response) -> impl futures_util::Stream<Item = Result<Bytes, reqwest::Error>> {
    stream::try_unfold(response, |mut response| async move {
        let chunk = response.chunk().await.map_err(reqwest::Error::without_url)?;
        Ok(chunk.map(|chunk| (chunk, response)))
    })
}

#[async_trait]
impl Stream for EventStream {
    async fn receive(&mut self) -> Option<Result<Batch, Error>> {
        match self.events.next().await? {
            Ok(event) => Some(self.read(event)),
            Err(source) => Some(Err(Error::Stream { route: self.route.clone(), source: source.into() })),
        }
    }

    async fn acknowledge(&mut self, cursor: &str) -> Result<(), Error> {
        let acknowledging = self.customer.acknowledge(cursor, self.device_id.as_deref());
        // If it fails, the next one, or the cursor of the next connection, says the same.
        drop(tokio::time::timeout(ACKNOWLEDGE_TIME, acknowledging).await);
        Ok(())
    }

    fn acknowledge_within(&self) -> Duration {
        ACKNOWLEDGE_WITHIN
    }
}

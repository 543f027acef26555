//! Server-sent events: the feed as a stream. Nothing is buffered for a slow client: the log is read as fast as the
//! client takes it, and a client that takes nothing is cut off by the connection's own limit. It recovers by its
//! cursor.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::time::Duration;

use axum::body::{Body, Bytes};
use frontdesk_api::messaging::poll::EventClass;
use futures_util::stream::{self, Stream};
use serde::Serialize;
use serde_json::json;
use tokio::time::Instant;

use crate::deliver::acknowledged::wire_gap;
use crate::deliver::pieces::typing_event;
use crate::deliver::{Delivered, Feed, Gap, Renderer, Wanted};
use crate::error::ApiError;
use crate::parts::Parts;

/// How often a stream gives a sign of life, with the number of the log's last entry: a client that is behind it for
/// longer than it likes knows that something is wrong.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(15);
/// Most entries that are read at a time.
pub(super) const PAGE: usize = 100;

struct Streaming {
    parts: Parts,
    feed: Feed,
    wanted: Wanted,
    heartbeat: Instant,
    end: Instant,
    ready: VecDeque<String>,
}

/// The feed as the body of an answer. It ends with the credentials, or with the node.
pub fn body(parts: Parts, feed: Feed, gap: Option<Gap>, wanted: Wanted, end: Instant) -> Body {
    // Something at once, so that proxies pass the head of the answer on.
    let mut ready = VecDeque::from([": frontdesk\n\n".to_owned()]);
    ready.extend(gap.map(|gap| frame("gap", None, &wire_gap(gap))));
    let heartbeat = Instant::now() + HEARTBEAT;
    Body::from_stream(events(Streaming { parts, feed, wanted, heartbeat, end, ready }))
}

fn events(streaming: Streaming) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold(streaming, |mut streaming| async move {
        let text = streaming.next().await?;
        Some((Ok(Bytes::from(text)), streaming))
    })
}

impl Streaming {
    /// The next piece of the stream; `None` at its end.
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some(text) = self.ready.pop_front() {
                return Some(text);
            }
            let now = Instant::now();
            if now >= self.end || self.parts.shutdown.is_cancelled() {
                return None;
            }
            if let Err(error) = self.read().await {
                tracing::warn!(%error, "a stream ends because the log cannot be read");
                return None;
            }
            if !self.ready.is_empty() {
                continue;
            }
            if now >= self.heartbeat {
                self.heartbeat = now + HEARTBEAT;
                let head = self.feed.head().await.ok()?;
                return Some(frame("head", None, &json!({ "seq": head })));
            }
            self.feed.wait_until(self.heartbeat.min(self.end)).await;
        }
    }

    async fn read(&mut self) -> Result<(), ApiError> {
        for delivered in self.feed.next(PAGE).await? {
            self.frames_of(&delivered);
        }
        if self.wanted.classes.contains(&EventClass::Typing) && self.feed.typing() {
            self.ready.push_back(frame("event", None, &typing_event(self.parts.clock.now())));
        }
        Ok(())
    }

    fn frames_of(&mut self, delivered: &Delivered) {
        let renderer = Renderer::new(&self.parts.sealer, &self.feed.customer, self.feed.log());
        let pieces = renderer.pieces(delivered, &self.wanted);
        let cursor = self.feed.cursor_at(delivered.entry.number);
        // The id stands on the last frame of an entry: whoever has it has all of the entry.
        let last = pieces.events.len();
        if let Some(message) = &pieces.message {
            self.ready.push_back(frame("message", (last == 0).then_some(&*cursor), message));
        }
        for (index, event) in pieces.events.iter().enumerate() {
            self.ready.push_back(frame("event", (index + 1 == last).then_some(&*cursor), event));
        }
    }
}

/// One event of a stream. JSON never has a raw line break, so it always fits one line.
fn frame(event: &str, id: Option<&str>, data: &impl Serialize) -> String {
    let mut text = format!("event: {event}\n");
    if let Some(id) = id {
        let _infallible = writeln!(text, "id: {id}");
    }
    let json = serde_json::to_string(data).unwrap_or_default();
    let _infallible = write!(text, "data: {json}\n\n");
    text
}

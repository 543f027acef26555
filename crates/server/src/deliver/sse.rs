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
use crate::deliver::{Delivered, Feed, Gap, Lease, Wanted};
use crate::error::ApiError;
use crate::parts::Parts;

/// Most entries that are read at a time.
pub(super) const PAGE: usize = 100;

/// When a stream next gives a sign of life, with the number of the log's last entry: a client that is behind it for
/// longer than it likes knows that something is wrong.
#[derive(Debug)]
pub(super) struct Heartbeat {
    every: Duration,
    /// When the next is due.
    pub(super) next: Instant,
}

impl Heartbeat {
    /// As often as the settings say, from now on.
    pub(super) fn start(parts: &Parts) -> Self {
        let every = Duration::from_millis(parts.settings.stream_heartbeat_ms.max(1));
        Self { every, next: Instant::now() + every }
    }

    /// Whether one is due. It counts as given then.
    pub(super) fn is_due(&mut self) -> bool {
        let now = Instant::now();
        let due = now >= self.next;
        if due {
            self.next = now + self.every;
        }
        due
    }
}

struct Streaming {
    parts: Parts,
    feed: Feed,
    wanted: Wanted,
    heartbeat: Heartbeat,
    lease: Lease,
    ready: VecDeque<String>,
}

/// The feed as the body of an answer. It ends with the credentials, or with the node.
pub fn body(parts: Parts, feed: Feed, gap: Option<Gap>, wanted: Wanted, lease: Lease) -> Body {
    // Something at once, so that proxies pass the head of the answer on.
    let mut ready = VecDeque::from([": frontdesk\n\n".to_owned()]);
    ready.extend(gap.map(|gap| frame("gap", None, &wire_gap(gap))));
    let heartbeat = Heartbeat::start(&parts);
    Body::from_stream(events(Streaming { parts, feed, wanted, heartbeat, lease, ready }))
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
            if self.lease.is_over(&self.parts) || self.parts.shutdown.is_cancelled() {
                return None;
            }
            if let Err(error) = self.read().await {
                tracing::warn!(%error, "a stream ends because the log cannot be read");
                return None;
            }
            if !self.ready.is_empty() {
                continue;
            }
            if self.heartbeat.is_due() {
                let head = self.feed.head().await.ok()?;
                return Some(frame("head", None, &json!({ "seq": head })));
            }
            self.feed.wait_until(self.heartbeat.next.min(self.lease.end())).await;
        }
    }

    async fn read(&mut self) -> Result<(), ApiError> {
        while self.ready.is_empty() {
            let entries = self.feed.next(PAGE).await?;
            if entries.is_empty() {
                break;
            }
            // A page of what was taken back leaves nothing to say.
            for delivered in &entries {
                self.frames_of(delivered);
            }
        }
        if self.wanted.classes.contains(&EventClass::Typing) && self.feed.typing() {
            self.ready.push_back(frame("event", None, &typing_event(self.parts.clock.now())));
        }
        Ok(())
    }

    fn frames_of(&mut self, delivered: &Delivered) {
        let Some(renderer) = self.feed.renderer() else { return };
        let pieces = renderer.pieces(delivered, &self.wanted);
        let cursor = self.feed.cursor_at(delivered.entry.number);
        // The id stands on the last frame of an entry, which is the message if it is one: whoever has it has all of the
        // entry.
        let last = pieces.events.len() - usize::from(pieces.message.is_none() && !pieces.events.is_empty());
        for (index, event) in pieces.events.iter().enumerate() {
            self.ready.push_back(frame("event", (index == last).then_some(&*cursor), event));
        }
        if let Some(message) = &pieces.message {
            self.ready.push_back(frame("message", Some(&*cursor), message));
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

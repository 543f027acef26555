//! How a feed receives.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use frontdesk_api::messaging::poll::EventClass;

use super::place::{MemoryPlaces, PlaceStore};

/// A way of receiving.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// The acknowledged poll, held by the server. It always works.
    Poll,
    /// A WebSocket.
    WebSocket,
    /// Server-sent events.
    EventStream,
}

/// Where a device begins for which no place is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FeedStart {
    /// Where the server knows it to be.
    #[default]
    Stands,
    /// At the oldest message that is still delivered.
    Earliest,
    /// After everything.
    Latest,
}

impl FeedStart {
    /// What the wire calls it.
    pub(super) const fn cursor(self) -> &'static str {
        match self {
            Self::Stands => "",
            Self::Earliest => "earliest",
            Self::Latest => "latest",
        }
    }
}

/// How a feed receives.
#[derive(Clone)]
pub struct FeedOptions {
    /// Which of the customer's devices this is, at most 64 characters. Each has a place of its own with the server; two
    /// feeds with the same device, or both without one, take the poll away from each other.
    pub device_id: Option<String>,
    /// The classes of events that are wanted beside the messages; none if not set.
    pub events: Vec<EventClass>,
    /// Whether `READ` notices come among the messages; not if not set.
    pub is_need_read: bool,
    /// Where a device begins for which no place is kept; where it stands if not set.
    pub start: FeedStart,
    /// Where the place is kept across restarts; nowhere if not set.
    pub places: Arc<dyn PlaceStore>,
    /// What to go over to from the poll, best first; a WebSocket, else Server-sent events, if not set. Empty: the poll
    /// alone.
    pub streams: Vec<Transport>,
    /// How long the server may hold a poll when there is nothing: whole seconds, 1 to 55; 25 if not set.
    pub wait: Duration,
    /// Most messages of one answer, 1 to 100; 100 if not set.
    pub limit: usize,
    /// The pause after a first failure, 250 ms if not set; it doubles with each further one.
    pub shortest_pause: Duration,
    /// The longest pause between failures, 30 s if not set. `Retry-After` of the server can only lengthen a pause.
    pub longest_pause: Duration,
    /// How long a stream that did not work is left alone before it is tried again, 5 minutes if not set; it doubles each
    /// time, up to an hour.
    pub stream_pause: Duration,
}

impl Default for FeedOptions {
    fn default() -> Self {
        Self {
            device_id: None,
            events: Vec::new(),
            is_need_read: false,
            start: FeedStart::Stands,
            places: Arc::new(MemoryPlaces::default()),
            streams: vec![Transport::WebSocket, Transport::EventStream],
            wait: Duration::from_secs(25),
            limit: 100,
            shortest_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(30),
            stream_pause: Duration::from_mins(5),
        }
    }
}

impl fmt::Debug for FeedOptions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("FeedOptions")
            .field("device_id", &self.device_id)
            .field("events", &self.events)
            .field("start", &self.start)
            .field("streams", &self.streams)
            .field("wait", &self.wait)
            .finish_non_exhaustive()
    }
}

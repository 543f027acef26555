//! How long a waiting customer will probably wait.

use std::time::Duration;

use crate::time::Timestamp;

/// Where a customer stands in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueuePlace {
    /// 1 for the next to be served.
    pub position: u32,
    /// Since when the customer waits in this queue.
    pub since: Timestamp,
    /// Since when the one who waits longest has waited.
    pub longest_since: Timestamp,
    /// How long agents of this queue have lately held a conversation, on average; `None` if none has ended yet.
    pub mean_handling: Option<Duration>,
}

/// Handling time that is assumed until one has been measured.
const ASSUMED_HANDLING: Duration = Duration::from_mins(3);

/// How long a customer at a position will probably wait: the agents together finish one conversation every
/// (handling time ÷ slots), and `position` of them must finish.
pub fn estimate_wait(place: &QueuePlace, slots: u32) -> Duration {
    place.mean_handling.unwrap_or(ASSUMED_HANDLING) * place.position / slots.max(1)
}

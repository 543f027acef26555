//! How long a stream may go on.

use std::time::Duration;

use frontdesk_core::time::Timestamp;
use tokio::time::Instant;

use crate::parts::Parts;

/// Longest that a stream goes on, whatever its credentials say.
const LONGEST: Duration = Duration::from_hours(24);

/// How long a stream may go on: it ends with its credentials, and the client comes back with new ones and its cursor.
///
/// Two clocks count, and the first to run out ends it: that of the credentials, which somebody may set, and one that
/// only goes forward. The first is looked at whenever the stream has something to do, at the latest at its next
/// heartbeat.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    until: Timestamp,
    end: Instant,
}

impl Lease {
    /// A stream that starts now and whose credentials are honoured until then.
    pub fn new(parts: &Parts, honoured_until: Timestamp) -> Self {
        let left = honoured_until.since(parts.clock.now()).min(LONGEST);
        Self { until: honoured_until, end: Instant::now() + left }
    }

    /// Whether the stream must end.
    pub(super) fn is_over(&self, parts: &Parts) -> bool {
        Instant::now() >= self.end || parts.clock.now() >= self.until
    }

    /// When it ends if nobody sets a clock.
    pub(super) const fn end(&self) -> Instant {
        self.end
    }
}

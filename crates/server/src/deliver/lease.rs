//! How long a stream may go on.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::id::{AppKey, ChannelId, TenantId};
use frontdesk_core::time::Timestamp;
use tokio::time::Instant;

use crate::extract::CustomerCaller;
use crate::limit::Held;
use crate::parts::Parts;

/// Longest that a stream goes on, whatever its credentials say.
const LONGEST: Duration = Duration::from_hours(24);

/// How long a stream may go on: it ends with its credentials, and the client comes back with new ones and its cursor.
/// It also ends when the app whose credentials they are, or the channel, is taken away.
///
/// Two clocks count, and the first to run out ends it: that of the credentials, which somebody may set, and one that
/// only goes forward. All but the second are looked at whenever the stream has something to do, at the latest at its next
/// heartbeat.
#[derive(Debug)]
pub struct Lease {
    holder: Arc<(TenantId, AppKey, ChannelId)>,
    until: Timestamp,
    end: Instant,
    _held: Held,
}

impl Lease {
    /// A stream of a customer's that starts now. It keeps its place as long as it goes on.
    pub fn new(parts: &Parts, caller: &CustomerCaller, held: Held) -> Self {
        let honoured_until = caller.honoured_until;
        let left = honoured_until.since(parts.clock.now()).min(LONGEST);
        let tenant = caller.tenant.tenant.id.clone();
        let holder = Arc::new((tenant, caller.app.clone(), caller.channel.id.clone()));
        Self { holder, until: honoured_until, end: Instant::now() + left, _held: held }
    }

    /// Whether the stream must end.
    pub(super) fn is_over(&self, parts: &Parts) -> bool {
        Instant::now() >= self.end || parts.clock.now() >= self.until || self.is_taken_away(parts)
    }

    fn is_taken_away(&self, parts: &Parts) -> bool {
        let (tenant, app, channel) = &*self.holder;
        let directory = parts.directory.load();
        let is_there = directory.app(app).is_some_and(|(owner, _)| owner == tenant);
        !is_there || directory.channel(tenant, channel).is_none()
    }

    /// When it ends if nobody sets a clock.
    pub(super) const fn end(&self) -> Instant {
        self.end
    }
}

//! Where somebody's rights hold.

use serde::{Deserialize, Serialize};

use crate::id::{ChannelId, QueueId};

/// The part of a tenant in which somebody's rights hold. Empty lists limit nothing; if both say something, both count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccessScope {
    /// Only these queues.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub queues: Vec<QueueId>,
    /// Only these channels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<ChannelId>,
}

impl AccessScope {
    /// Whether it is the whole tenant.
    pub const fn is_everything(&self) -> bool {
        self.queues.is_empty() && self.channels.is_empty()
    }

    /// Whether a queue lies in it.
    pub fn has_queue(&self, queue: &QueueId) -> bool {
        self.queues.is_empty() || self.queues.contains(queue)
    }

    /// Whether a channel lies in it.
    pub fn has_channel(&self, channel: &ChannelId) -> bool {
        self.channels.is_empty() || self.channels.contains(channel)
    }

    /// Whether everything in another scope is also in this one.
    pub fn covers(&self, other: &Self) -> bool {
        fn all_in<T: PartialEq>(mine: &[T], others: &[T]) -> bool {
            mine.is_empty() || !others.is_empty() && others.iter().all(|other| mine.contains(other))
        }
        all_in(&self.queues, &other.queues) && all_in(&self.channels, &other.channels)
    }
}

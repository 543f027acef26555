//! Promises of how soon customers are answered.

use serde::{Deserialize, Serialize};

use crate::id::{QueueId, SlaPolicyId};

/// How soon customers of some queues are to be answered and done with (a service level agreement). A conversation keeps
/// the promises under which it began to wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlaPolicy {
    /// Its id.
    pub id: SlaPolicyId,
    /// Its name.
    pub name: String,
    /// The queues whose customers it is for; all if empty.
    #[serde(default)]
    pub queues: Vec<QueueId>,
    /// Of several policies for a queue the one with the highest applies; of those the first by its id.
    #[serde(default)]
    pub priority: u8,
    /// Seconds from the beginning of the wait until an agent's first word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_reply: Option<u64>,
    /// Seconds from the first word of the customer that is not answered yet until an agent's next word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_reply: Option<u64>,
    /// Seconds from the beginning of the wait until the end of the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<u64>,
    /// Time that does not count.
    #[serde(default)]
    pub pause: Vec<SlaPause>,
}

/// Time that does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlaPause {
    /// Outside of the hours of the queue, or of the channel if the queue has none.
    OutsideHours,
    /// While it is the customer's turn. Only the resolution runs then.
    WaitingForCustomer,
}

impl SlaPolicy {
    /// A policy that promises nothing yet.
    pub fn new(id: SlaPolicyId, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            queues: Vec::new(),
            priority: 0,
            first_reply: None,
            next_reply: None,
            resolution: None,
            pause: Vec::new(),
        }
    }

    /// Whether it is for customers of a queue.
    pub fn is_for(&self, queue: &QueueId) -> bool {
        self.queues.is_empty() || self.queues.contains(queue)
    }
}

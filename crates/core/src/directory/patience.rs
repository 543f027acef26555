//! How long conversations of a channel survive what.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How long a conversation survives what, in seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Patience {
    /// Without any sign of the customer's clients, such as a poll.
    pub session_silence: u64,
    /// Waiting in a queue.
    pub queue_wait: u64,
    /// Without a word from the customer.
    pub customer_inactivity: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self { session_silence: 300, queue_wait: 600, customer_inactivity: 1_800 }
    }
}

impl Patience {
    /// Span without any sign of the customer's clients.
    pub const fn session_silence(&self) -> Duration {
        Duration::from_secs(self.session_silence)
    }

    /// Longest wait in a queue.
    pub const fn queue_wait(&self) -> Duration {
        Duration::from_secs(self.queue_wait)
    }

    /// Span without a word from the customer.
    pub const fn customer_inactivity(&self) -> Duration {
        Duration::from_secs(self.customer_inactivity)
    }
}

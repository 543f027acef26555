//! What several nodes on one store tell each other, and which of them does what only one may do.

use async_trait::async_trait;

use crate::entry::Audience;
use crate::id::{ChannelId, QueueId, TenantId};
use crate::log::{EntryNumber, LogId};

/// Something that other nodes may want to look at. It carries nothing that is delivered, and nothing rests on its arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// An entry was committed.
    Committed {
        /// To which log.
        log: LogId,
        /// Its number.
        number: EntryNumber,
        /// Who can see it.
        audience: Audience,
    },
    /// Somebody types.
    Typing {
        /// In which log.
        log: LogId,
        /// Who is told of it.
        audience: Audience,
    },
    /// A log has something to push.
    Push {
        /// Whose it is.
        tenant: TenantId,
        /// On which channel.
        channel: ChannelId,
        /// The log.
        log: LogId,
    },
    /// Who waits in a queue has changed.
    Queue {
        /// Whose it is.
        tenant: TenantId,
        /// The queue.
        queue: QueueId,
    },
}

/// What a node hears of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// What another one told, in its order.
    Hints(Vec<Hint>),
    /// What is configured was changed, by whichever node or program.
    Configured,
    /// Something may have been missed: whoever waits has to look, as if they had been told of everything.
    Missed,
}

/// The other nodes.
#[async_trait]
pub trait Nodes: Send + Sync {
    /// Tells the others soon. Never waits; if it gets lost, they hear [`Heard::Missed`] within 3 s.
    fn tell(&self, hint: Hint);

    /// Waits for what another one tells. For one caller at a time.
    async fn hear(&self) -> Heard;

    /// Whether this node is the one that does, for all of them, what only one may do. No two nodes take themselves for it
    /// at the same time, except for moments; if it dies another one is within 5 s.
    fn leads(&self) -> bool;

    /// Whether there are others, as far as is known.
    fn has_others(&self) -> bool;

    /// Says goodbye: another one may lead at once.
    async fn leave(&self);
}

/// Of a store that only one node can use.
#[derive(Clone, Copy, Debug, Default)]
pub struct OnlyNode;

#[async_trait]
impl Nodes for OnlyNode {
    fn tell(&self, _hint: Hint) {}

    async fn hear(&self) -> Heard {
        std::future::pending().await
    }

    fn leads(&self) -> bool {
        true
    }

    fn has_others(&self) -> bool {
        false
    }

    async fn leave(&self) {}
}

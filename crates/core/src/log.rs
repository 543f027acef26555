//! Logs: where everything that happens to a customer, or concerns an agent, is written once.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::id::{AgentId, ChannelId, TenantId, UserId};

/// Names a log. It is computed from whose log it is, never looked up, and is the key that data is distributed by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogId([u8; 16]);

impl LogId {
    /// The log of a customer on a channel.
    pub fn of_customer(tenant: &TenantId, channel: &ChannelId, user: &UserId) -> Self {
        Self::hash("customer", &[tenant.as_str(), channel.as_str(), user.as_str()])
    }

    /// An agent's own log.
    pub fn of_agent(tenant: &TenantId, agent: &AgentId) -> Self {
        Self::hash("agent", &[tenant.as_str(), agent.as_str()])
    }

    /// Stands for a tenant's tickets where news of them is waited for. Nothing is written to it.
    pub fn of_tickets(tenant: &TenantId) -> Self {
        Self::hash("tickets", &[tenant.as_str()])
    }

    /// Stands for the waiting lists of a tenant's queues where news of them is waited for. Nothing is written to it.
    pub fn of_waiting_lists(tenant: &TenantId) -> Self {
        Self::hash("waiting lists", &[tenant.as_str()])
    }

    /// Stands for a tenant in the names of objects with the bytes of files. Nothing is written to it.
    pub fn of_files(tenant: &TenantId) -> Self {
        Self::hash("files", &[tenant.as_str()])
    }

    /// A log by the bytes that [`Self::as_bytes`] gave.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The id as stored.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Every part goes in with its length, so that no two owners share a hash input.
    fn hash(kind: &str, parts: &[&str]) -> Self {
        let mut hasher = Sha256::new();
        for part in std::iter::once(&kind).chain(parts) {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
        let digest = hasher.finalize();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        Self(id)
    }
}

impl fmt::Debug for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogId({})", hex::encode(self.0))
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// The place of an entry in its log: 1, 2, 3 … Zero is before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryNumber(pub u64);

impl EntryNumber {
    /// Before the first entry.
    pub const START: Self = Self(0);
    /// After every entry.
    pub const END: Self = Self(i64::MAX as u64);
}

/// Which life of its store an entry was written in. A store that is put back to an earlier state, by restoring a backup
/// or by copying files, forgets entries and gives their numbers out again, in another life: number and life together
/// name one entry for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Life(pub u64);

impl Life {
    /// Before the store was put back for the first time. Every other one is the epoch that it began with.
    pub const FIRST: Self = Self(0);

    /// Whether the store had never been put back.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    pub const fn is_first(&self) -> bool {
        self.0 == Self::FIRST.0
    }
}

impl fmt::Display for EntryNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_whose_names_run_together_have_different_logs() {
        let log = |channel: &str, user: &str| {
            LogId::of_customer(
                &TenantId::new("demo").unwrap(),
                &ChannelId::new(channel).unwrap(),
                &UserId::new(user).unwrap(),
            )
        };
        assert_ne!(log("ab", "c"), log("a", "bc"));
        assert_eq!(log("ab", "c"), log("ab", "c"));
    }
}

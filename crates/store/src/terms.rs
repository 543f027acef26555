//! What stands in a search index for a word, and for what searches are narrowed by.
//!
//! Every term begins with a name of its tenant, so that whoever searches walks along the entries of their own tenant
//! alone. Terms that narrow have two lines below, words have one.

use frontdesk_core::id::{AgentId, ChannelId, QueueId, TenantId};
use frontdesk_core::search::Speaker;
use sha2::{Digest as _, Sha256};

/// The terms of one tenant.
pub(crate) struct Terms {
    tenant: String,
}

/// A name in a few letters. Should two share it, what is found is looked at again.
fn short<const BYTES: usize>(name: &str) -> String {
    let digest = Sha256::digest(name);
    hex::encode(&digest[..BYTES])
}

impl Terms {
    pub(crate) fn of(tenant: &TenantId) -> Self {
        Self { tenant: short::<4>(tenant.as_str()) }
    }

    pub(crate) fn word(&self, word: &str) -> String {
        format!("{}_{word}", self.tenant)
    }

    pub(crate) fn narrow(&self, kind: char, value: &str) -> String {
        format!("{}__{kind}{value}", self.tenant)
    }

    pub(crate) fn speaker(&self, speaker: Speaker) -> String {
        self.narrow('f', speaker.as_str())
    }

    pub(crate) fn channel(&self, channel: &ChannelId) -> String {
        self.narrow('c', &short::<8>(channel.as_str()))
    }

    pub(crate) fn queue(&self, queue: &QueueId) -> String {
        self.narrow('q', &short::<8>(queue.as_str()))
    }

    pub(crate) fn agent(&self, agent: &AgentId) -> String {
        self.narrow('a', &short::<8>(agent.as_str()))
    }
}

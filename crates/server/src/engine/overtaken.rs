//! Whether a colleague was faster than an agent who answers.

use frontdesk_core::conversation::{Refusal, Seen};
use frontdesk_core::entry::Audience;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{ReadQuery, StoreError};
use frontdesk_core::seal::NamedEntry;

use crate::engine::RunError;
use crate::parts::Parts;

/// Most entries that are read at a time.
const PAGE: usize = 500;

/// What came after what an agent had seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// A colleague wrote, or the conversation was handed over.
    pub is_overtaken: bool,
    /// What colleagues wrote.
    pub messages: Vec<NamedEntry>,
    /// The last entry of the log.
    pub last: EntryNumber,
}

impl Parts {
    /// What came after what an agent had seen.
    pub async fn since(&self, log: LogId, seen: &Seen) -> Result<Since, StoreError> {
        let mut since = Since { is_overtaken: false, messages: Vec::new(), last: seen.through };
        loop {
            let query = ReadQuery {
                after: since.last,
                through: EntryNumber::END,
                audience: Audience::ALL,
                limit: PAGE,
                max_bytes: 1 << 20,
            };
            let page = self.store.read(log, query).await?;
            let Some(last) = page.last() else { return Ok(since) };
            since.last = last.number;
            let overtaking = page.iter().filter(|entry| seen.is_overtaken_by(entry));
            for entry in overtaking {
                since.is_overtaken = true;
                let named = NamedEntry { log, number: entry.number, life: entry.life };
                since.messages.extend(seen.is_colleagues(entry).then_some(named));
            }
        }
    }

    /// The last entry of the log, which must be the last still when the agent's answer is committed; refused if a
    /// colleague was faster.
    pub(super) async fn not_overtaken(&self, log: LogId, seen: &Seen) -> Result<EntryNumber, RunError> {
        let since = self.since(log, seen).await?;
        if since.is_overtaken { Err(Refusal::Newer.into()) } else { Ok(since.last) }
    }
}

//! Keeps the numbers: folds what was written to customers' logs, and makes all of it anew when that is asked for.

use std::collections::BTreeMap;

use frontdesk_core::entry::Audience;
use frontdesk_core::log::EntryNumber;
use frontdesk_core::port::{FoldedEntries, Purpose, ReadQuery, StoreError};
use frontdesk_core::report::{Contributions, ConversationFact, DEFINITIONS, difference, fold, needed};

use super::reader::{Unread, follow};
use crate::parts::Parts;

/// Most entries that are folded at a time.
const ENTRIES: usize = 1_000;
/// The same in bytes.
const BYTES: usize = 1 << 20;
/// Rows of one step of a rebuild: a few milliseconds during which nobody else writes.
const STEP: usize = 2_000;

/// Folds every log that has gone on.
pub(super) async fn keep_up(parts: Parts) -> Result<(), StoreError> {
    parts.store.use_definitions(DEFINITIONS).await?;
    while !parts.shutdown.is_cancelled() && parts.store.go_on_rebuilding(STEP).await? {}
    follow(parts, Purpose::Reports, take_in).await
}

async fn take_in(parts: Parts, Unread { of, mut after }: Unread) -> Result<(), StoreError> {
    let head = parts.store.heads(of.log).await?.of(Audience::ALL);
    while after < head && !parts.shutdown.is_cancelled() {
        let query = ReadQuery {
            after,
            through: EntryNumber::END,
            audience: Audience::ALL,
            limit: ENTRIES,
            max_bytes: BYTES,
        };
        let entries = parts.store.read(of.log, query).await?;
        let through = entries.last().map_or(head, |last| last.number);
        let known = parts.store.facts(of.log, needed(&entries)).await?;
        let before: BTreeMap<u64, ConversationFact> =
            known.into_iter().map(|fact| (fact.conversation, fact)).collect();
        let mut now = before.clone();
        for entry in &entries {
            fold(&mut now, entry);
        }
        now.retain(|conversation, fact| before.get(conversation) != Some(fact));
        let mut sums = Contributions::new();
        for (conversation, fact) in &now {
            for (key, measures) in difference(before.get(conversation), Some(fact)) {
                sums.entry(key).or_default().merge(&measures);
            }
        }
        sums.retain(|_, measures| !measures.is_empty());
        let facts = now.into_values().collect();
        let folded = FoldedEntries { log: of.log, from: after, through, facts, sums };
        if !parts.store.keep_folded(folded).await? {
            // Another node was faster, or all is made anew.
            return Ok(());
        }
        after = through;
    }
    Ok(())
}

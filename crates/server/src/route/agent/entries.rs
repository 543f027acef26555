//! The entries of one conversation.

use frontdesk_core::entry::{Audience, Entry};
use frontdesk_core::log::EntryNumber;
use frontdesk_core::port::{ConversationRow, ReadQuery, StoreError};

use crate::error::ApiError;
use crate::parts::Parts;

/// Most entries of one conversation that are read at a time.
const PAGE: usize = 1_000;

/// Before the first entry of a conversation.
pub(super) fn before_first(row: &ConversationRow) -> EntryNumber {
    EntryNumber(row.first.0.saturating_sub(1))
}

/// The entries of one conversation after a number.
pub(super) async fn entries_of(
    parts: &Parts,
    row: &ConversationRow,
    mut after: EntryNumber,
) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::new();
    loop {
        let query = ReadQuery {
            after,
            through: row.last.unwrap_or(EntryNumber::END),
            audience: Audience::AGENT,
            limit: PAGE,
            max_bytes: usize::MAX,
        };
        let page = parts.store.read(row.log, query).await?;
        let Some(last) = page.last() else { return Ok(entries) };
        after = last.number;
        let full = page.len() == PAGE;
        entries.extend(page.into_iter().filter(|entry| entry.conversation == row.conversation));
        if !full {
            return Ok(entries);
        }
    }
}

/// An entry that is known to have been written.
pub(super) async fn entry_at(
    parts: &Parts,
    row: &ConversationRow,
    number: Option<EntryNumber>,
) -> Result<Entry, ApiError> {
    let through = number.ok_or(ApiError::Internal)?;
    let query = ReadQuery {
        after: EntryNumber(through.0.saturating_sub(1)),
        through,
        audience: Audience::AGENT,
        limit: 1,
        max_bytes: usize::MAX,
    };
    parts.store.read(row.log, query).await?.pop().ok_or(ApiError::Internal)
}

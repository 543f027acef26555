//! What was changed holds at once.

use frontdesk_core::port::StoreError;

use crate::parts::Parts;
use crate::work::match_all;

/// Lets what was changed hold from now on: for the next request, for whoever waits in a queue, for pushes and for open
/// streams.
pub async fn take_effect(parts: &Parts) -> Result<(), StoreError> {
    parts.reload().await?;
    // A queue may have got an agent, or an agent more room.
    match_all(parts).await
}

/// Looks whether somebody else has changed what is stored, and if so lets it hold here. Tells whether it was so.
pub async fn catch_up(parts: &Parts) -> Result<bool, StoreError> {
    let is_new = parts.store.directory_version().await? != parts.directory_version();
    if is_new {
        take_effect(parts).await?;
    }
    Ok(is_new)
}

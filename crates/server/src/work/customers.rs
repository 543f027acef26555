//! What is to be done about customers in the background.

use std::time::Duration;

use frontdesk_core::port::StoreError;

use crate::parts::Parts;

/// How long others have the store to themselves between two portions.
const BETWEEN: Duration = Duration::from_millis(50);

/// Reads anew who is kept out: another node may have changed it.
pub(super) async fn refresh_blocks(parts: Parts) -> Result<(), StoreError> {
    parts.blocks.refresh(&*parts.store).await
}

/// Overwrites what lies in unused parts of the store since somebody was erased.
pub(super) async fn scrub_erased(parts: Parts) -> Result<(), StoreError> {
    while parts.store.scrub_erased().await? {
        if parts.shutdown.is_cancelled() {
            break;
        }
        // Others want to write as well.
        tokio::time::sleep(BETWEEN).await;
    }
    Ok(())
}

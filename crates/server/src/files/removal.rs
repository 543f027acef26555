//! Bytes that are to go: of files that are known no longer, and of uploads that never became one.

use std::time::Duration;

use frontdesk_core::port::{FileRecord, StoreError};
use frontdesk_core::time::Timestamp;

use super::Operation;
use crate::parts::Parts;

/// How many names of bytes are looked at in one go.
const BATCH: usize = 256;
/// After how many failures in a row a round is given up: storage that does not answer takes its time for each.
const MOST_FAILURES: usize = 3;
/// How long an upload may take at most until its object is known to be nobody's. Far longer than requests last, and than
/// storage may carry out later what it was asked before.
const UPLOADING: Duration = Duration::from_hours(1);

/// Removes the bytes of erased files that are still there, as background work.
pub(crate) async fn remove_in_background(parts: Parts) -> Result<(), StoreError> {
    remove_erased_files(&parts).await.map(drop)
}

/// Removes the bytes of erased files that are still there, and says whether all are gone: a stop waits for no storage. What
/// fails is tried again in the next round.
pub async fn remove_erased_files(parts: &Parts) -> Result<bool, StoreError> {
    loop {
        let names = parts.store.erased_blobs(BATCH).await?;
        if names.is_empty() {
            return Ok(true);
        }
        let (mut gone, mut first, mut in_a_row, mut stops) =
            (Vec::with_capacity(names.len()), None, 0, false);
        for name in names {
            let Some(outcome) = remove(parts, &name).await else {
                stops = true;
                break;
            };
            match outcome {
                Ok(()) => {
                    gone.push(name);
                    in_a_row = 0;
                }
                Err(error) => {
                    first.get_or_insert(error);
                    in_a_row += 1;
                }
            }
            if in_a_row >= MOST_FAILURES {
                break;
            }
        }
        if !gone.is_empty() {
            parts.store.finish_erasing(gone).await?;
        }
        if let Some(error) = first {
            return Err(error);
        }
        if stops {
            return Ok(false);
        }
    }
}

/// `None` if the node stops before storage has answered.
async fn remove(parts: &Parts, name: &str) -> Option<Result<(), StoreError>> {
    let removing = parts.blobs.delete(name);
    let outcome = if FileRecord::is_object(name) {
        parts.shutdown.run_until_cancelled(removing).await?
    } else {
        removing.await
    };
    Some(Operation::Remove.noted(outcome))
}

/// Has objects removed whose upload came to no end. Without a bucket there are none to come.
pub async fn give_up_uploads(parts: Parts) -> Result<(), StoreError> {
    if !parts.blobs.keeps_objects() {
        return Ok(());
    }
    let now = parts.clock.now().as_millis();
    let hour = i64::try_from(UPLOADING.as_millis()).unwrap_or(i64::MAX);
    parts.store.give_up_objects(Timestamp::from_millis(now.saturating_sub(hour))).await
}

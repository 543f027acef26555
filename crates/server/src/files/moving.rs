//! Files that were stored in the folder go into the bucket, once there is one.

use std::time::Duration;

use frontdesk_core::id::TenantId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{FileRecord, StoreError};

use super::Operation;
use crate::parts::Parts;
use crate::work::until_leader;

/// How many files are looked up in one go.
const BATCH: usize = 64;
/// How long others have storage and store to themselves between two files.
const BETWEEN: Duration = Duration::from_millis(20);
/// The pause after a failure.
const AFTER_A_FAILURE: Duration = Duration::from_secs(30);

/// Moves all files that lie in the folder. Can be repeated and interrupted: a file is read where it is until its bytes are
/// stored in the bucket. Once through is enough, since new files do not go into the folder.
pub(crate) async fn start(parts: Parts) {
    if !parts.blobs.keeps_objects() {
        return;
    }
    while !parts.shutdown.is_cancelled() && until_leader(&parts).await {
        metrics::counter!("frontdesk_work_runs_total", "work" => "files into the bucket").increment(1);
        let moving = move_into_bucket(&parts);
        match parts.shutdown.run_until_cancelled(moving).await {
            Some(Ok(0)) | None => return,
            Some(Ok(files)) => {
                tracing::info!(files, "files were moved from the folder into the bucket");
                return;
            }
            Some(Err(error)) => {
                metrics::counter!("frontdesk_work_failures_total", "work" => "files into the bucket")
                    .increment(1);
                tracing::warn!(work = "files into the bucket", %error, "background work failed; it will be tried again");
            }
        }
        parts.shutdown.run_until_cancelled(tokio::time::sleep(AFTER_A_FAILURE)).await;
    }
}

/// Moves all files that lie in the folder and tells how many there were. Files whose bytes are not there are left as they are.
pub async fn move_into_bucket(parts: &Parts) -> Result<u64, StoreError> {
    let (mut after, mut moved): (Option<(LogId, u64)>, u64) = (None, 0);
    loop {
        let files = parts.store.files_in_folder(after, BATCH).await?;
        let Some((_, last)) = files.last() else { return Ok(moved) };
        after = Some((last.log, last.number));
        for (tenant, record) in files {
            moved += u64::from(move_one(parts, &tenant, &record).await?);
            tokio::time::sleep(BETWEEN).await;
        }
    }
}

async fn move_one(parts: &Parts, tenant: &TenantId, record: &FileRecord) -> Result<bool, StoreError> {
    let Some(bytes) = Operation::Read.noted(parts.blobs.get(&record.bytes_name()).await)? else {
        tracing::warn!(file = %record.bytes_name(), "the bytes of a file are not in the folder of this node");
        return Ok(false);
    };
    // Of its own for each attempt: what one gives up is never what another one keeps.
    let object = FileRecord::object_name(tenant, record.log, parts.random_number());
    parts.store.expect_object(tenant, &object, parts.clock.now()).await?;
    Operation::Store.noted(parts.blobs.put(&object, bytes).await)?;
    parts.store.file_moved((record.log, record.number), &object).await?;
    Ok(true)
}

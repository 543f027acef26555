//! Records what was refused and what was counted for the audit log, and tells the heads of its chains once a day.

use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use frontdesk_core::port::StoreError;
use frontdesk_core::time::Timestamp;

use crate::audit::record_waiting;
use crate::parts::Parts;

/// How often the heads are told.
const HEADS: Duration = Duration::from_hours(24);

pub(super) async fn keep(parts: Parts) -> Result<(), StoreError> {
    record_waiting(&parts).await?;
    let now = parts.clock.now();
    if now < *next_heads(&parts) {
        return Ok(());
    }
    let heads = parts.store.audit_heads().await?;
    *next_heads(&parts) = now.plus(HEADS);
    for (tenant, head) in heads {
        // Where log lines are kept apart from the data directory, they are heads that were noted elsewhere.
        tracing::info!(%tenant, %head, "head of the audit log");
    }
    Ok(())
}

fn next_heads(parts: &Parts) -> MutexGuard<'_, Timestamp> {
    parts.audit.next_heads.lock().unwrap_or_else(PoisonError::into_inner)
}

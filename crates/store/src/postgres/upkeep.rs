//! What is done now and then: writing down what tenants use, and throwing away what has had its time.

use std::time::Duration;

use frontdesk_core::port::StoreError;

use crate::postgres::fault::Worked;
use crate::postgres::store::Shared;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{limit, params};
use crate::postgres::{epoch, repeats, usage};

/// How often what was counted is written down.
pub(super) const WRITTEN_EVERY: Duration = Duration::from_secs(1);
/// How long there is nothing to throw away once everything old is gone.
const PAUSE_MS: i64 = 60 * 1_000;
/// How many rows of a kind go at once.
const PORTION: usize = 1_024;
/// How long it is remembered that a customer has left a queue. Intents are repeated within minutes, if at all.
const FENCES_KEPT_MS: i64 = 24 * 3_600 * 1_000;
/// How long ended sign-ins are kept.
const SESSIONS_KEPT_MS: i64 = 24 * 3_600 * 1_000;
/// Of several nodes one throws away.
const LOCK: i64 = 1_178_891_116;

const FORGET_KEYS: &str = "DELETE FROM idempotency WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM idempotency WHERE day < $1 ORDER BY day LIMIT $2))";

/// A row's place says nothing where there are several tables behind the one.
const FORGET_KEYS_EVERYWHERE: &str = "DELETE FROM idempotency WHERE (log, key, day) IN (
         SELECT log, key, day FROM idempotency WHERE day < $1 ORDER BY day LIMIT $2)";

/// Writes down what this node counted, and learns what the others did.
pub(super) async fn write_usage(shared: &Shared) -> Result<(), StoreError> {
    let changes = shared.usages.unwritten();
    if !changes.is_empty() {
        let changes = &changes;
        shared.transaction(|tx| async move { usage::write(&tx, changes).await }).await?;
    }
    let all = shared.slow_reading(|connection| async move { usage::read(&connection).await }).await?;
    shared.usages.settle(&changes, all);
    Ok(())
}

/// Throws away a portion if it is time.
pub(super) async fn clean(shared: &Shared) -> Result<(), StoreError> {
    shared.slow_transaction(|tx| async move { clean_portion(&tx).await }).await
}

async fn clean_portion(tx: &Tx) -> Worked<()> {
    let alone = tx.query("SELECT pg_try_advisory_xact_lock($1) AS alone", params![LOCK]).await?;
    if !alone.first().is_some_and(|row| row.try_get("alone").unwrap_or(false)) {
        return Ok(());
    }
    let now = tx.now().await?.as_millis();
    let last = epoch::number(tx, "cleaned").await?;
    let last = last.and_then(|last| i64::try_from(last).ok()).unwrap_or_default();
    if (last..last.saturating_add(PAUSE_MS)).contains(&now) {
        return Ok(());
    }
    let keys = tx
        .execute(
            tx.either(FORGET_KEYS, FORGET_KEYS_EVERYWHERE),
            params![repeats::first_kept_day(now), limit(PORTION)],
        )
        .await?;
    let fences = tx
        .execute(
            "DELETE FROM queue_fence WHERE log = ANY (ARRAY(
                 SELECT log FROM queue_fence WHERE at < $1 AND log NOT IN (SELECT log FROM queue_item) LIMIT $2))",
            params![now.saturating_sub(FENCES_KEPT_MS), limit(PORTION)],
        )
        .await?;
    let sessions = tx
        .execute(
            "DELETE FROM agent_session WHERE token = ANY (ARRAY(
                 SELECT token FROM agent_session WHERE expires < $1 ORDER BY expires LIMIT $2))",
            params![now.saturating_sub(SESSIONS_KEPT_MS), limit(PORTION)],
        )
        .await?;
    if keys.max(fences).max(sessions) < PORTION as u64 {
        epoch::set_number(tx, "cleaned", u64::try_from(now).unwrap_or_default()).await?;
    }
    Ok(())
}

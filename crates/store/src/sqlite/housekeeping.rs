//! Throws away what has had its time, a little with every group, so that no group waits long for it.

use std::time::Duration;

use frontdesk_core::time::Timestamp;
use rusqlite::params;

use crate::error::Worked;
use crate::sqlite::repeats;
use crate::sqlite::value::limit;
use crate::sqlite::writer::Tx;

/// How long there is nothing to do once everything old is gone.
const PAUSE: Duration = Duration::from_mins(1);
/// How many rows of a kind go at once.
const PORTION: usize = 128;
/// How long it is remembered that a customer has left a queue. Intents are repeated within minutes, if at all.
const FENCES_KEPT_MS: i64 = 24 * 3_600 * 1_000;
/// How long ended sign-ins are kept.
const SESSIONS_KEPT_MS: i64 = 24 * 3_600 * 1_000;

#[derive(Default)]
pub(super) struct Housekeeping {
    next: Timestamp,
}

impl Housekeeping {
    /// Does a portion if it is time; `false` if that failed, which harms nothing but disk space.
    pub(super) fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let now = tx.now();
        if now < self.next {
            return true;
        }
        match portion(tx, now) {
            Ok(is_done) => {
                self.next = if is_done { now.plus(PAUSE) } else { now };
                true
            }
            Err(fault) => {
                self.next = now.plus(PAUSE);
                tracing::warn!(error = %fault.0, "old rows could not be removed");
                false
            }
        }
    }
}

/// Removes a portion of each kind; `true` if nothing is left to do.
fn portion(tx: &mut Tx<'_>, now: Timestamp) -> Worked<bool> {
    tx.begin()?;
    let keys = tx.execute(
        "DELETE FROM idempotency WHERE (day, log_key, key) IN (
             SELECT day, log_key, key FROM idempotency WHERE day < ?1 ORDER BY day LIMIT ?2)",
        params![repeats::first_kept_day(now), limit(PORTION)],
    )?;
    let fences = tx.execute(
        "DELETE FROM queue_fence WHERE log IN (
             SELECT log FROM queue_fence WHERE at < ?1 AND log NOT IN (SELECT log FROM queue_item) LIMIT ?2)",
        params![now.as_millis().saturating_sub(FENCES_KEPT_MS), limit(PORTION)],
    )?;
    let sessions = tx.execute(
        "DELETE FROM agent_session WHERE token IN (
             SELECT token FROM agent_session WHERE expires < ?1 ORDER BY expires LIMIT ?2)",
        params![now.as_millis().saturating_sub(SESSIONS_KEPT_MS), limit(PORTION)],
    )?;
    Ok(keys < PORTION && fences < PORTION && sessions < PORTION)
}

//! Removes what tenants have kept for as long as they want to.

use std::time::Duration;

use frontdesk_core::directory::{Retention, RetentionClass};
use frontdesk_core::id::TenantId;
use frontdesk_core::port::{Removal, Removed, StoreError};
use frontdesk_core::time::Timestamp;
use tokio::time::Instant;

use super::until_leader;
use crate::deliver::DELIVERED_FOR;
use crate::parts::Parts;

/// How often it is looked whether a round is due.
const LOOK: Duration = Duration::from_secs(1);
/// How often there is a round, by the clock.
const ROUND: Duration = Duration::from_hours(1);
/// About how many rows go in one transaction. They lie on many pages, so few are enough to keep others waiting.
const PORTION: usize = 100;
/// How long others write in between, at least; and longer if the store is slow. Some 1,500 rows a second are removed then,
/// which is more than is written in the long run, and leave the disk to those who wait for it.
const PAUSE: Duration = Duration::from_millis(60);
const DAY_MILLIS: i64 = 24 * 3_600 * 1_000;

/// Runs until the node stops.
pub(super) fn start(parts: &Parts) {
    let parts = parts.clone();
    parts.tasks.clone().spawn(async move {
        let mut next = Timestamp::ZERO;
        // One node does it for all.
        while !parts.shutdown.is_cancelled() && until_leader(&parts).await {
            let now = parts.clock.now();
            if now >= next {
                metrics::counter!("frontdesk_work_runs_total", "work" => "retention").increment(1);
                if let Err(error) = round(&parts, now).await {
                    metrics::counter!("frontdesk_work_failures_total", "work" => "retention").increment(1);
                    tracing::warn!(work = "retention", %error, "background work failed; it will be tried again");
                }
                next = now.plus(ROUND);
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = parts.shutdown.cancelled() => return,
            }
        }
    });
}

/// What fails for one tenant or class keeps no other from its turn.
async fn round(parts: &Parts, now: Timestamp) -> Result<(), StoreError> {
    let directory = parts.directory.load_full();
    let mut first = None;
    for tenant in directory.tenants() {
        for class in RetentionClass::ALL {
            let Some(before) = before(&tenant.tenant.retention, class, now) else { continue };
            if let Err(error) = remove(parts, &tenant.tenant.id, class, before).await {
                first.get_or_insert(error);
            }
        }
    }
    first.map_or(Ok(()), Err)
}

/// What was over before this has been kept for long enough; `None` if it is kept for ever.
fn before(retention: &Retention, class: RetentionClass, now: Timestamp) -> Option<Timestamp> {
    let span = retention.span(class)?;
    let ago = |span: Duration| {
        let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        now.as_millis().saturating_sub(millis)
    };
    let before = match class {
        // Whoever has not received it yet may still come for it.
        RetentionClass::Conversations | RetentionClass::Files => ago(span.max(DELIVERED_FOR)),
        // Each time a record is added of it: once a day is enough.
        RetentionClass::AuditLog => ago(span).div_euclid(DAY_MILLIS) * DAY_MILLIS,
        RetentionClass::ReportRows | RetentionClass::Deliveries => ago(span),
    };
    Some(Timestamp::from_millis(before))
}

async fn remove(
    parts: &Parts,
    tenant: &TenantId,
    class: RetentionClass,
    before: Timestamp,
) -> Result<(), StoreError> {
    let (mut after, mut rows) = (None, 0);
    loop {
        let removal = Removal { tenant: tenant.clone(), class, before, after, limit: PORTION };
        let begun = Instant::now();
        let Removed { rows: some, more, after: reached } = parts.store.remove_old(removal).await?;
        let took = begun.elapsed();
        rows += some;
        metrics::counter!("frontdesk_retention_removed_total", "class" => class.name()).increment(some);
        if !more || parts.shutdown.is_cancelled() {
            break;
        }
        after = reached;
        tokio::time::sleep(PAUSE.max(2 * took)).await;
    }
    if rows > 0 {
        tracing::info!(%tenant, class = class.name(), rows, "removed what was kept for long enough");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_still_be_delivered_stays_and_chains_are_cut_by_whole_days() {
        let retention = Retention {
            conversations: Some(1),
            audit_log: Some(30),
            deliveries: Some(2),
            ..Retention::default()
        };
        let noon = Timestamp::from_millis(100 * DAY_MILLIS + DAY_MILLIS / 2);
        let hours = |class| before(&retention, class, noon).map(|at| at.as_millis() / 3_600_000);
        assert_eq!(hours(RetentionClass::Conversations), Some(93 * 24 + 12));
        assert_eq!(hours(RetentionClass::Files), Some(93 * 24 + 12));
        assert_eq!(hours(RetentionClass::AuditLog), Some(70 * 24));
        assert_eq!(hours(RetentionClass::Deliveries), Some(98 * 24 + 12));
        assert_eq!(hours(RetentionClass::ReportRows), None);
    }
}

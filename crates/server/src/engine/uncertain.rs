//! Commits of which it is not known whether they were written: the store failed before it answered.

use std::time::Duration;

use frontdesk_core::entry::Audience;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{CommitError, Customer, Hint, StoreError};

use crate::parts::Parts;

/// How long to wait before a store that failed is asked again.
const PAUSE: Duration = Duration::from_millis(500);

/// How long a store that was cut off may still be at what it was to commit: longer than it waits for more from whoever is
/// silent.
const STILL_AT_IT: Duration = Duration::from_secs(5);

/// How long from now on what was to be committed may come to stand in the log although the store failed; `None` if it will
/// not.
pub(super) const fn may_be_written(error: &CommitError) -> Option<Duration> {
    match error {
        CommitError::Store(StoreError::Failed(_)) => Some(Duration::ZERO),
        CommitError::Store(StoreError::Unanswered(_)) => Some(STILL_AT_IT),
        CommitError::Store(StoreError::Busy | StoreError::Unavailable(_) | StoreError::Damaged(_))
        | CommitError::Conflict
        | CommitError::NoLog
        | CommitError::Repeated(_) => None,
    }
}

/// Tells whoever waits, on every node, how far the log goes, as soon as the store says it, and once more when it is certain
/// that nothing comes any more: otherwise what was written is seen by nobody until the next entry. What must follow the
/// commit is made up for.
pub(super) async fn tell(parts: Parts, log: LogId, customer: Customer, is_pushed: bool, within: Duration) {
    tell_once(&parts, log, &customer, is_pushed).await;
    if within.is_zero() {
        return;
    }
    tokio::select! {
        () = tokio::time::sleep(within) => tell_once(&parts, log, &customer, is_pushed).await,
        () = parts.shutdown.cancelled() => {}
    }
}

async fn tell_once(parts: &Parts, log: LogId, customer: &Customer, is_pushed: bool) {
    while !parts.shutdown.is_cancelled() {
        if let Ok(heads) = parts.store.heads(log).await {
            let ends = Audience::CLASSES.into_iter().map(|class| (heads.of(class), class));
            parts.hub.committed(log, ends.filter(|(end, _)| *end > EntryNumber::START));
            parts.waiting_lists.may_differ(&customer.tenant);
            if is_pushed {
                let (tenant, channel) = (customer.tenant.clone(), customer.channel.clone());
                parts.push.wake(&tenant, &channel, log);
                parts.nodes.tell(Hint::Push { tenant, channel, log });
            }
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = parts.shutdown.cancelled() => {}
        }
    }
}

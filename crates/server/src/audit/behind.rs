//! Refusals on their way into the audit log.
//!
//! They are written behind the answer, all of a while together: how long an answer takes must not tell whether there was
//! a tenant, an account or an app to record the refusal for. Nothing was done, so a crash that loses the last of them
//! loses nothing else.

use std::sync::{Mutex, MutexGuard, PoisonError};

use frontdesk_core::audit::Draft;
use frontdesk_core::port::StoreError;

use crate::parts::Parts;

/// How many may wait. Whoever brings more than these waits until they are written, as the store is not keeping up.
const MOST: usize = 1_024;

/// What waits to be recorded.
#[derive(Debug, Default)]
pub(crate) struct Behind {
    waiting: Mutex<Vec<Draft>>,
    /// Held while it is written, so that who has waited for it knows that it is.
    writing: tokio::sync::Mutex<()>,
}

impl Behind {
    fn waiting(&self) -> MutexGuard<'_, Vec<Draft>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds to what waits; gives whether that is as much as may.
    fn add(&self, drafts: Vec<Draft>) -> bool {
        let mut waiting = self.waiting();
        waiting.extend(drafts);
        waiting.len() >= MOST
    }

    /// Puts back what could not be written, before what came since. What is too much is lost, and the oldest stays.
    fn put_back(&self, mut drafts: Vec<Draft>) {
        let mut waiting = self.waiting();
        drafts.append(&mut waiting);
        let lost = drafts.len().saturating_sub(MOST);
        if lost > 0 {
            tracing::error!(lost, "refusals could not be recorded in the audit log");
            drafts.truncate(MOST);
        }
        *waiting = drafts;
    }
}

/// Something was refused. What was refused gave nothing away, so it is refused also where that cannot be recorded.
pub(super) async fn record_later(parts: &Parts, drafts: Vec<Draft>) {
    if drafts.is_empty() {
        return;
    }
    let is_full = parts.audit.behind.add(drafts);
    // Who comes after the last round of a node that stops writes it for themselves.
    if (is_full || parts.shutdown.is_cancelled())
        && let Err(error) = record_waiting(parts).await
    {
        tracing::error!(%error, "refusals could not be recorded in the audit log yet");
    }
}

/// Records what waits and what was counted for long enough. When this returns, everything is in the audit log that this
/// node refused before.
pub(crate) async fn record_waiting(parts: &Parts) -> Result<(), StoreError> {
    let worker = parts.clone();
    // Whoever does not wait for it any more must not stop it half way.
    let written = parts.tasks.spawn(async move { write(&worker).await }).await;
    written.unwrap_or_else(|error| Err(StoreError::Failed(error.to_string())))
}

async fn write(parts: &Parts) -> Result<(), StoreError> {
    let behind = &parts.audit.behind;
    let _writing = behind.writing.lock().await;
    let mut drafts = std::mem::take(&mut *behind.waiting());
    drafts.extend(parts.audit.tallies.ripe(parts.clock.now(), parts.shutdown.is_cancelled()));
    if drafts.is_empty() {
        return Ok(());
    }
    let written = parts.store.append_audit(drafts.clone()).await;
    if written.is_err() {
        behind.put_back(drafts);
    }
    written
}

#[cfg(test)]
mod tests {
    use frontdesk_core::id::TenantId;

    use super::*;

    fn draft(action: usize) -> Draft {
        Draft::by_system(TenantId::new("demo").unwrap(), action.to_string())
    }

    #[test]
    fn what_waits_is_bounded_and_keeps_its_order() {
        let behind = Behind::default();
        assert!(!behind.add((0..MOST - 1).map(draft).collect()));
        let taken = std::mem::take(&mut *behind.waiting());
        assert!(!behind.add(vec![draft(MOST - 1), draft(MOST)]));
        behind.put_back(taken);
        let waiting = behind.waiting().clone();
        assert_eq!(waiting, (0..MOST).map(draft).collect::<Vec<_>>());
        assert!(behind.add(Vec::new()), "there is no more room");
    }
}

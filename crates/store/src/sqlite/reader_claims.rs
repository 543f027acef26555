//! Which node answers a customer's classic polls just now. Kept in memory: one process has the file.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use frontdesk_core::log::LogId;
use frontdesk_core::port::ReaderClaim;
use frontdesk_core::time::Timestamp;

/// The claims, each with its end.
#[derive(Debug, Default)]
pub(super) struct ReaderClaims(Mutex<HashMap<LogId, (ReaderClaim, Timestamp)>>);

impl ReaderClaims {
    fn lock(&self) -> MutexGuard<'_, HashMap<LogId, (ReaderClaim, Timestamp)>> {
        // A lock held by a thread that panicked guards plain data that is still whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn claim(&self, claim: ReaderClaim, now: Timestamp, lasts: Duration) -> bool {
        let mut claims = self.lock();
        let is_others =
            claims.get(&claim.log).is_some_and(|(known, expires)| known.node != claim.node && *expires > now);
        if !is_others {
            claims.insert(claim.log, (claim, now.plus(lasts)));
        }
        !is_others
    }

    pub(super) fn release(&self, done: &[ReaderClaim]) {
        let mut claims = self.lock();
        for claim in done {
            if claims.get(&claim.log).is_some_and(|(known, _)| known == claim) {
                claims.remove(&claim.log);
            }
        }
    }
}

//! Which of several nodes answers a customer's classic polls with messages: no two of them send the same.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use frontdesk_core::log::LogId;
use frontdesk_core::port::{ReaderClaim, StoreError};
use tokio::time::Instant;

use crate::parts::Parts;

/// After so long without a word the node counts as dead, and its messages come again.
const LASTS: Duration = Duration::from_secs(3);
/// How often a node says that its answer is still going out.
const RENEWED_EVERY: Duration = Duration::from_secs(1);
/// How soon it is looked again whether the answer of another node has gone out.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

static NEXT: AtomicU64 = AtomicU64::new(1);

/// The right to answer, until it is given back or runs out.
#[derive(Debug)]
pub(super) struct Claim(Option<ReaderClaim>);

impl Claim {
    /// Waits until no other node is about to answer. `None` if that takes too long.
    pub(super) async fn take(parts: &Parts, log: LogId) -> Result<Option<Self>, StoreError> {
        if !parts.nodes.has_others() {
            return Ok(Some(Self(None)));
        }
        let claim = ReaderClaim { log, node: parts.node, number: NEXT.fetch_add(1, Ordering::Relaxed) };
        let until = Instant::now() + LASTS;
        while !parts.store.claim_reader(claim, LASTS).await? {
            if Instant::now() >= until || parts.shutdown.is_cancelled() {
                return Ok(None);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Ok(Some(Self(Some(claim))))
    }

    /// Whether another node may have taken the device further before.
    pub(super) fn has_others(&self) -> bool {
        self.0.is_some()
    }

    /// Keeps the right for as long as something takes.
    pub(super) async fn during<T>(&self, parts: &Parts, something: impl Future<Output = T>) -> T {
        let mut something = pin!(something);
        loop {
            tokio::select! {
                done = &mut something => return done,
                () = tokio::time::sleep(RENEWED_EVERY), if self.0.is_some() => {}
            }
            if let Some(claim) = self.0 {
                // If it fails, the messages may come again.
                let _ = parts.store.claim_reader(claim, LASTS).await;
            }
        }
    }

    /// What is to be given back once all that was delivered is written.
    pub(super) fn into_inner(self) -> Option<ReaderClaim> {
        self.0
    }
}

//! Writes read positions in groups: many polls settle in the time of one commit.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::port::{Advance, ReaderClaim, Store};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::claim::Claim;

/// How long steps are collected. Delivery promises that a position is durable within 20 ms of being settled.
const COLLECT: Duration = Duration::from_millis(10);
/// How long to wait after the store refused.
const RETRY: Duration = Duration::from_millis(200);

/// What is taken: a device's step, and a right to answer that is given back once it and all steps before are written.
type Step = (Option<Advance>, Option<ReaderClaim>);

/// Takes steps and writes them soon.
#[derive(Debug)]
pub struct PositionWriter {
    steps: mpsc::UnboundedSender<Step>,
    finish: CancellationToken,
    worker: TaskTracker,
}

impl PositionWriter {
    /// Starts writing.
    pub fn start(store: Arc<dyn Store>) -> Self {
        // Unbounded, because a step is only taken for an answer that was sent: the polls themselves are the bound.
        let (steps, receiver) = mpsc::unbounded_channel();
        let (finish, worker) = (CancellationToken::new(), TaskTracker::new());
        worker.spawn(write(store, receiver, finish.clone()));
        worker.close();
        Self { steps, finish, worker }
    }

    /// Takes a step. It is lost only if the process dies before it is written; then messages come again.
    pub fn advance(&self, step: Advance) {
        self.take((Some(step), None));
    }

    /// Takes a step that no other node may overtake: the right to answer is given back once it is written.
    pub(super) fn advance_and_release(&self, step: Advance, claim: Claim) {
        self.take((Some(step), claim.into_inner()));
    }

    /// Gives a right to answer back, after which nobody gets anything that was delivered before.
    pub(super) fn release(&self, claim: Claim) {
        if let Some(claim) = claim.into_inner() {
            self.take((None, Some(claim)));
        }
    }

    fn take(&self, step: Step) {
        // What is taken after the end comes again.
        drop(self.steps.send(step));
    }

    /// Writes everything taken so far and stops.
    pub async fn finish(&self) {
        self.finish.cancel();
        self.worker.wait().await;
    }
}

async fn write(
    store: Arc<dyn Store>,
    mut receiver: mpsc::UnboundedReceiver<Step>,
    finish: CancellationToken,
) {
    loop {
        let first = tokio::select! {
            first = receiver.recv() => first,
            () = finish.cancelled() => receiver.try_recv().ok(),
        };
        let Some(first) = first else { return };
        if !finish.is_cancelled() {
            tokio::time::sleep(COLLECT).await;
        }
        let (mut steps, mut claims) = (Vec::from_iter(first.0), Vec::from_iter(first.1));
        while let Ok((step, claim)) = receiver.try_recv() {
            steps.extend(step);
            claims.extend(claim);
        }
        while !steps.is_empty()
            && let Err(error) = store.advance(steps.clone()).await
        {
            tracing::warn!(%error, steps = steps.len(), "read positions could not be written");
            if finish.is_cancelled() {
                return;
            }
            tokio::time::sleep(RETRY).await;
        }
        if !claims.is_empty() {
            // If it fails, they run out by themselves.
            let _ = store.release_readers(claims).await;
        }
    }
}

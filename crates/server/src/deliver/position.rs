//! Writes read positions in groups: many polls settle in the time of one commit.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::port::{Advance, Store};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long steps are collected. Delivery promises that a position is durable within 20 ms of being settled.
const COLLECT: Duration = Duration::from_millis(10);
/// How long to wait after the store refused.
const RETRY: Duration = Duration::from_millis(200);

/// Takes steps and writes them soon.
#[derive(Clone, Debug)]
pub struct PositionWriter(mpsc::UnboundedSender<Advance>);

impl PositionWriter {
    /// Starts writing. On shutdown everything taken so far is written before it stops.
    pub fn start(store: Arc<dyn Store>, tasks: &TaskTracker, shutdown: CancellationToken) -> Self {
        // Unbounded, because a step is only taken for an answer that was sent: the polls themselves are the bound.
        let (sender, receiver) = mpsc::unbounded_channel();
        tasks.spawn(write(store, receiver, shutdown));
        Self(sender)
    }

    /// Takes a step. It is lost only if the process dies before it is written; then messages come again.
    pub fn advance(&self, step: Advance) {
        // The writer outlives everything that takes steps, but for those after the shutdown, which come again.
        drop(self.0.send(step));
    }
}

async fn write(
    store: Arc<dyn Store>,
    mut receiver: mpsc::UnboundedReceiver<Advance>,
    shutdown: CancellationToken,
) {
    loop {
        let first = tokio::select! {
            first = receiver.recv() => first,
            () = shutdown.cancelled() => receiver.try_recv().ok(),
        };
        let Some(first) = first else { return };
        if !shutdown.is_cancelled() {
            tokio::time::sleep(COLLECT).await;
        }
        let mut steps = vec![first];
        while let Ok(step) = receiver.try_recv() {
            steps.push(step);
        }
        while let Err(error) = store.advance(steps.clone()).await {
            tracing::warn!(%error, steps = steps.len(), "read positions could not be written");
            if shutdown.is_cancelled() {
                return;
            }
            tokio::time::sleep(RETRY).await;
        }
    }
}

//! What happens in the queues although nobody does anything: offers and after-call work run out, the wait for one agent
//! is over. One task sleeps until the store says that something is due, or until it is woken.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use frontdesk_core::port::StoreError;
use tokio::sync::Notify;

use crate::parts::Parts;
use crate::work::matching::{in_turns, match_agent, match_all};
use crate::work::offers;

/// After this at the latest the store is asked what is due: a node that has died may have known of something.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// The same where another node may die.
const LONGEST_SLEEP_OF_MANY: Duration = Duration::from_secs(3);
/// What is due for longer than this pause was looked at just now, and more is to be done.
const SHORTEST_SLEEP: Duration = Duration::from_millis(10);
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// How many slots are freed in one go.
const BATCH: usize = 256;

/// The way to the task.
#[derive(Debug)]
pub struct Dues {
    woken: Notify,
    everything: AtomicBool,
}

impl Default for Dues {
    /// At the start nobody knows what was interrupted.
    fn default() -> Self {
        Self { woken: Notify::new(), everything: AtomicBool::new(true) }
    }
}

impl Dues {
    /// Something may be due earlier than before.
    pub fn wake(&self) {
        self.woken.notify_one();
    }

    /// Anybody may be free, and anybody may be wanted: every queue is looked at.
    pub fn look_at_everything(&self) {
        self.everything.store(true, Ordering::SeqCst);
        self.wake();
    }
}

/// Runs until the node stops.
pub(super) fn start(parts: &Parts) {
    let parts = parts.clone();
    parts.tasks.clone().spawn(async move {
        while !parts.shutdown.is_cancelled() {
            metrics::counter!("frontdesk_work_runs_total", "work" => "routing").increment(1);
            let (pause, may_be_woken) = match run(&parts).await {
                Ok(pause) => (pause, true),
                Err(error) => {
                    metrics::counter!("frontdesk_work_failures_total", "work" => "routing").increment(1);
                    tracing::warn!(work = "routing", %error, "background work failed; it will be tried again");
                    // Each failure wakes this task as well.
                    (PAUSE_AFTER_FAILURE, false)
                }
            };
            tokio::select! {
                () = parts.dues.woken.notified(), if may_be_woken => {}
                () = tokio::time::sleep(pause) => {}
                () = parts.shutdown.cancelled() => {}
            }
        }
    });
}

/// Does what is due, and tells how long there is nothing more to do.
async fn run(parts: &Parts) -> Result<Duration, StoreError> {
    if parts.dues.everything.swap(false, Ordering::SeqCst)
        && let Err(error) = match_all(parts).await
    {
        parts.dues.everything.store(true, Ordering::SeqCst);
        return Err(error);
    }
    let now = parts.clock.now();
    if parts.store.next_routing_due().await?.is_some_and(|due| due <= now) {
        offers::expire(parts, now).await?;
        for (tenant, agent) in parts.store.end_wrap_ups(now, BATCH).await? {
            match_agent(parts, &tenant, &agent).await?;
        }
        in_turns(parts, parts.store.queues_to_look_at(now).await?, Some(now)).await?;
    }
    let next = parts.store.next_routing_due().await?;
    let longest = if parts.nodes.has_others() { LONGEST_SLEEP_OF_MANY } else { LONGEST_SLEEP };
    let pause = next.map_or(longest, |due| due.since(parts.clock.now()));
    Ok(pause.clamp(SHORTEST_SLEEP, longest))
}

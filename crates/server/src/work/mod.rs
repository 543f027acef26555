//! What goes on in the background: what follows a commit, timers, and what makes up for a crash in between.
//!
//! Each piece of work finds what there is to do in the store, so that a restart or another node can take it up; a
//! wake-up only makes it look sooner.

mod dues;
mod intents;
mod matching;
mod offers;
mod presence;
mod push_log;
mod timers;
mod waiting;

use std::future::Future;
use std::time::Duration;

use frontdesk_core::port::StoreError;

use crate::parts::Parts;

pub use dues::Dues;
pub use intents::follow;
pub use matching::{match_agent, match_all, match_queue};
pub use offers::{Answered, accept, decline};

/// Starts all background work of a node.
pub fn start(parts: &Parts) {
    every(parts, "intents", Duration::from_secs(1), intents::make_up);
    every(parts, "claims", Duration::from_secs(1), matching::make_up);
    every(parts, "timers", Duration::from_millis(500), timers::run_due);
    every(parts, "presence", Duration::from_secs(30), presence::note);
    every(parts, "push log", Duration::from_millis(500), push_log::write);
    dues::start(parts);
    parts.push.start(parts);
}

/// Runs a piece of work again and again until the node stops, and once more then. It counts as `work_runs_total` and
/// `work_failures_total` under its name.
fn every<F>(parts: &Parts, name: &'static str, pause: Duration, work: fn(Parts) -> F)
where
    F: Future<Output = Result<(), StoreError>> + Send + 'static,
{
    let parts = parts.clone();
    parts.tasks.clone().spawn(async move {
        loop {
            metrics::counter!("frontdesk_work_runs_total", "work" => name).increment(1);
            if let Err(error) = work(parts.clone()).await {
                metrics::counter!("frontdesk_work_failures_total", "work" => name).increment(1);
                tracing::warn!(work = name, %error, "background work failed; it will be tried again");
            }
            if parts.shutdown.is_cancelled() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = parts.shutdown.cancelled() => {}
            }
        }
    });
}

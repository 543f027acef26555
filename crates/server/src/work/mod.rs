//! What goes on in the background: what follows a commit, timers, and what makes up for a crash in between.
//!
//! Each piece of work finds what there is to do in the store, so that a restart or another node can take it up; a
//! wake-up only makes it look sooner.

mod audit;
mod customers;
mod dues;
mod intents;
mod learning;
mod matching;
mod offers;
mod presence;
mod push_log;
mod queues;
mod reader;
mod reports;
mod retention;
mod search;
mod tickets;
mod timers;
mod vanish;
mod waiting;

use std::future::Future;
use std::time::Duration;

use frontdesk_core::port::StoreError;

use crate::parts::Parts;
use crate::{files, nodes};

pub use dues::Dues;
pub use intents::follow;
pub use matching::{match_agent, match_all, match_queue};
pub use offers::{Answered, accept, decline};
pub use tickets::tickets_changed;
pub use vanish::hear;

/// Starts all background work of a node.
pub fn start(parts: &Parts) {
    leader(parts, "intents", Duration::from_secs(1), intents::make_up);
    leader(parts, "claims", Duration::from_secs(1), matching::make_up);
    leader(parts, "timers", Duration::from_millis(500), timers::run_due);
    every(parts, "agents", Duration::from_secs(1), vanish::look);
    every(parts, "presence", Duration::from_secs(30), presence::note);
    every(parts, "audit", Duration::from_secs(1), audit::keep);
    every(parts, "push log", Duration::from_millis(500), push_log::write);
    leader(parts, "reports", Duration::from_secs(1), reports::keep_up);
    every(parts, "blocks", Duration::from_secs(5), customers::refresh_blocks);
    every(parts, "erased files", Duration::from_secs(30), files::remove_in_background);
    leader(parts, "uploads", Duration::from_mins(1), files::give_up_uploads);
    leader(parts, "erased words", Duration::from_secs(30), customers::scrub_erased);
    nodes::listen(parts);
    search::start(parts);
    dues::start(parts);
    queues::start(parts);
    retention::start(parts);
    parts.tasks.spawn(files::start_moving(parts.clone()));
    parts.push.start(parts);
}

/// Runs a piece of work again and again until the node stops, and once more then. It counts as `work_runs_total` and
/// `work_failures_total` under its name.
fn every<F>(parts: &Parts, name: &'static str, pause: Duration, work: fn(Parts) -> F)
where
    F: Future<Output = Result<(), StoreError>> + Send + 'static,
{
    run(parts, name, pause, work, false);
}

/// The same, on the node that does what one does for all.
fn leader<F>(parts: &Parts, name: &'static str, pause: Duration, work: fn(Parts) -> F)
where
    F: Future<Output = Result<(), StoreError>> + Send + 'static,
{
    run(parts, name, pause, work, true);
}

fn run<F>(parts: &Parts, name: &'static str, pause: Duration, work: fn(Parts) -> F, is_for_leader: bool)
where
    F: Future<Output = Result<(), StoreError>> + Send + 'static,
{
    let parts = parts.clone();
    parts.tasks.clone().spawn(async move {
        loop {
            if is_for_leader && !until_leader(&parts).await {
                return;
            }
            // A round that was under way when the stop began may have passed over what came since.
            let is_last = parts.shutdown.is_cancelled();
            metrics::counter!("frontdesk_work_runs_total", "work" => name).increment(1);
            if let Err(error) = work(parts.clone()).await {
                metrics::counter!("frontdesk_work_failures_total", "work" => name).increment(1);
                tracing::warn!(work = name, %error, "background work failed; it will be tried again");
            }
            if is_last {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = parts.shutdown.cancelled() => {}
            }
        }
    });
}

/// How often a node that does not lead looks whether it does.
const LOOK_FOR_LEAD: Duration = Duration::from_millis(250);

/// Waits until this node is the one that does what one does for all; `false` if it stops before that.
pub(crate) async fn until_leader(parts: &Parts) -> bool {
    while !parts.nodes.leads() {
        tokio::select! {
            () = tokio::time::sleep(LOOK_FOR_LEAD) => {}
            () = parts.shutdown.cancelled() => return false,
        }
    }
    true
}

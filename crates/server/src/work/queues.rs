//! Tells agents' feeds that waiting lists have changed.

use std::time::Duration;

use frontdesk_core::entry::Audience;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Hint, StoreError};
use futures_util::{StreamExt as _, stream};

use crate::parts::Parts;
use crate::waiting_lists::Look;

/// What comes with a change is told with it: whoever is given to an agent at once comes and goes within this.
const SETTLE: Duration = Duration::from_millis(100);
/// With [`SETTLE`] a second: more often nobody is told of the same queue.
const PAUSE: Duration = Duration::from_millis(900);
/// How many tenants' queues are looked at side by side.
const TENANTS_AT_A_TIME: usize = 8;

/// Runs until the node stops.
pub(super) fn start(parts: &Parts) {
    let parts = parts.clone();
    parts.tasks.clone().spawn(async move {
        loop {
            tokio::select! {
                () = parts.waiting_lists.woken() => {}
                () = parts.shutdown.cancelled() => return,
            }
            if stops_within(&parts, SETTLE).await {
                return;
            }
            metrics::counter!("frontdesk_work_runs_total", "work" => "queues").increment(1);
            stream::iter(parts.waiting_lists.take())
                .for_each_concurrent(TENANTS_AT_A_TIME, |change| look(&parts, change))
                .await;
            if stops_within(&parts, PAUSE).await {
                return;
            }
        }
    });
}

async fn stops_within(parts: &Parts, pause: Duration) -> bool {
    tokio::select! {
        () = tokio::time::sleep(pause) => false,
        () = parts.shutdown.cancelled() => true,
    }
}

async fn look(parts: &Parts, look: Look) {
    if let Err(error) = tell(parts, &look).await {
        metrics::counter!("frontdesk_work_failures_total", "work" => "queues").increment(1);
        tracing::warn!(work = "queues", %error, "background work failed; it will be tried again");
        parts.waiting_lists.put_back(look);
    }
}

async fn tell(parts: &Parts, look: &Look) -> Result<(), StoreError> {
    let found = parts.store.live_queues(&look.tenant).await?;
    if let Some(news) = parts.waiting_lists.looked(look, &found, parts.clock.now()) {
        let number = EntryNumber(news.at.as_millis().unsigned_abs());
        // The other nodes have a place of their own in what they tell; they look for themselves.
        parts.hub.heard(LogId::of_waiting_lists(&look.tenant), std::iter::once((number, Audience::AGENT)));
        for queue in news.found_here {
            parts.nodes.tell(Hint::Queue { tenant: look.tenant.clone(), queue });
        }
    }
    Ok(())
}

//! What this node hears of the others.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::port::{Heard, Hint};
use tokio::sync::Notify;

use crate::parts::Parts;

/// How long to wait before what is configured is read again, if that failed.
const RETRY: Duration = Duration::from_secs(1);

/// Listens until the node stops.
pub fn listen(parts: &Parts) {
    let parts = parts.clone();
    let configured = Arc::<Notify>::default();
    keep_configuration(&parts, Arc::clone(&configured));
    parts.tasks.clone().spawn(async move {
        loop {
            let heard = tokio::select! {
                heard = parts.nodes.hear() => heard,
                () = parts.shutdown.cancelled() => return,
            };
            match heard {
                Heard::Hints(hints) => hints.into_iter().for_each(|hint| hear(&parts, hint)),
                Heard::Configured => configured.notify_one(),
                Heard::Missed => {
                    metrics::counter!("frontdesk_hints_missed_total").increment(1);
                    parts.hub.distrust();
                    parts.dues.look_at_everything();
                    parts.push.look_again();
                    parts.waiting_lists.distrust();
                    configured.notify_one();
                }
            }
        }
    });
}

fn hear(parts: &Parts, hint: Hint) {
    match hint {
        Hint::Committed { log, number, audience } => {
            parts.hub.heard(log, std::iter::once((number, audience)));
        }
        Hint::Typing { log, audience } => parts.hub.heard_typing(log, audience, parts.clock.now()),
        Hint::Push { tenant, channel, log } => parts.push.wake(&tenant, &channel, log),
        Hint::Queue { tenant, queue } => parts.waiting_lists.heard(&tenant, queue),
    }
}

/// Reads what is configured whenever it was changed, beside hearing what else there is: that must not wait for a database
/// that does not answer. What could not be read is read again.
fn keep_configuration(parts: &Parts, configured: Arc<Notify>) {
    let parts = parts.clone();
    parts.tasks.clone().spawn(async move {
        loop {
            tokio::select! {
                () = configured.notified() => {}
                () = parts.shutdown.cancelled() => return,
            }
            let Err(error) = parts.reload().await else { continue };
            tracing::warn!(%error, "what was configured could not be read; it will be tried again");
            configured.notify_one();
            tokio::select! {
                () = tokio::time::sleep(RETRY) => {}
                () = parts.shutdown.cancelled() => return,
            }
        }
    });
}

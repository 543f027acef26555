//! Notes in the store, now and then, when customers' clients were last seen; in between it is known in memory.

use std::time::Duration;

use frontdesk_core::port::StoreError;
use frontdesk_core::time::Timestamp;

use crate::parts::Parts;

/// How long a log that nobody listens to any more is remembered.
const REMEMBERED: Duration = Duration::from_mins(10);

pub(super) async fn note(parts: Parts) -> Result<(), StoreError> {
    let seen = parts.hub.take_seen();
    if !seen.is_empty() {
        parts.store.mark_seen(seen).await?;
    }
    let now = parts.clock.now().as_millis();
    let before = now - i64::try_from(REMEMBERED.as_millis()).unwrap_or_default();
    parts.hub.forget_idle(Timestamp::from_millis(before));
    metrics::gauge!("frontdesk_logs_watched").set(gauge(parts.hub.len()));
    metrics::gauge!("frontdesk_polls_held").set(gauge(parts.hub.held_polls()));
    Ok(())
}

/// Counts stay far below 2^52, where a float is exact.
#[expect(clippy::cast_precision_loss, reason = "counts of things in memory are exact as floats")]
fn gauge(count: usize) -> f64 {
    count as f64
}

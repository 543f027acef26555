//! Waiting for what happens in its own time.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

/// Longer than anything takes that happens at all, on however busy a machine.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(10);

/// Looks again and again until there is something to see.
pub async fn eventually<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(Instant::now() < until, "it never happened: {what}");
        sleep(PAUSE).await;
    }
}

/// What a future gives; it must not take for ever.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("it took too long: {what}"))
}

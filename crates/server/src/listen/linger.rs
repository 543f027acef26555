//! The end of a connection that the server closes first.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::watch::WatchedStream;

/// What is read and dropped of a request that was answered before it was read whole.
pub(super) const DRAIN_BYTES: usize = 16 * 1024 * 1024;
/// How long that goes on.
pub(super) const DRAIN_TIME: Duration = Duration::from_secs(5);

const BUFFER_BYTES: usize = 8 * 1024;

/// Closes the write side, and keeps the socket until its answers are settled and, but no longer than `until`, until
/// the peer has closed too.
///
/// Closing a socket that holds unread bytes, or gets some later, makes the kernel send a reset, and a reset discards
/// the answer if the peer has not read it yet.
pub(super) async fn linger(mut stream: WatchedStream, until: Instant) {
    // Fails where both sides have closed already. Whether there was an error is asked of the socket below.
    let _ = stream.shutdown().await;
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut left = DRAIN_BYTES;
    while stream.settle_silent().is_ok() {
        let connection = stream.connection();
        let reads = !connection.progress.has_ended() && left > 0 && Instant::now() < until;
        let silent_at = connection.ledger.silent_at();
        match (reads, silent_at) {
            (false, None) => return,
            (false, Some(silent_at)) => sleep_until(silent_at).await,
            (true, silent_at) => {
                let pause = silent_at.map_or(until, |silent_at| silent_at.min(until));
                match timeout_at(pause, stream.read(&mut buffer)).await {
                    Ok(Ok(count)) => left = left.saturating_sub(count),
                    Ok(Err(_)) => return,
                    Err(_elapsed) => {}
                }
            }
        }
    }
}

//! The end of a connection that the server closes first.

use std::future::poll_fn;
use std::io;
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncWriteExt as _, ReadBuf};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::transport::Transport;
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
pub(super) async fn linger<T: Transport>(mut stream: WatchedStream<T>, until: Instant) {
    // Fails where both sides have closed already. Whether there was an error is asked of the socket below. A plain
    // socket never waits here, but the farewell of an encrypted one has to be taken.
    let _ = timeout_at(until, stream.shutdown()).await;
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
                match timeout_at(pause, read_rest(&mut stream, &mut buffer)).await {
                    Ok(Ok(count)) => left = left.saturating_sub(count),
                    Ok(Err(_)) => return,
                    Err(_elapsed) => {}
                }
            }
        }
    }
}

async fn read_rest<T: Transport>(stream: &mut WatchedStream<T>, buffer: &mut [u8]) -> io::Result<usize> {
    poll_fn(|context| {
        let mut buffer = ReadBuf::new(buffer);
        let result = ready!(stream.poll_rest(context, &mut buffer));
        Poll::Ready(result.map(|()| buffer.filled().len()))
    })
    .await
}

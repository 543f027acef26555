//! Accepting connections, and stopping.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service;

use super::Limits;
use super::admission::{Addresses, Admission};
use super::connection::{self, Common};
use super::refusal::Refusals;
use super::tls::{self, Accepted, Tls};
use super::watch::WatchedStream;

/// Pause after a first failure to accept; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
/// The longest pause between two attempts to accept.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// What [`serve`] waits beyond the grace for connections to notice that it is over.
const STOP_MARGIN: Duration = Duration::from_secs(1);

/// Where connections come in, and whether they are encrypted.
#[derive(Debug)]
pub struct Listener {
    /// The socket that listens.
    pub tcp: TcpListener,
    /// The certificate, where HTTPS is spoken.
    pub tls: Option<Arc<Tls>>,
}

impl From<TcpListener> for Listener {
    fn from(tcp: TcpListener) -> Self {
        Self { tcp, tls: None }
    }
}

/// Serves HTTP/1.1 on `listener` until `shutdown` is cancelled and the connections have ended.
///
/// Connections are tasks on `tracker`. On `shutdown` no more are accepted and idle ones are closed; requests under way
/// are answered with `Connection: close`; what is not done after [`Limits::shutdown_grace`] is dropped. This function
/// returns after that time at the latest (and a second's margin), whatever the connections do.
pub async fn serve<S>(
    listener: impl Into<Listener>,
    service: S,
    limits: Limits,
    shutdown: CancellationToken,
    tracker: TaskTracker,
) where
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
{
    let Listener { tcp: listener, tls } = listener.into();
    let grace = limits.shutdown_grace;
    let max_connections = limits.max_connections;
    let write_stall = limits.write_stall;
    let places = Arc::new(Semaphore::new(max_connections as usize));
    let addresses = Addresses::new(limits.max_connections_per_address);
    let common = Arc::new(Common::new(limits));
    let refusals = Refusals::new();

    let admit = |stream: TcpStream, peer: SocketAddr| {
        // Without it, an answer written in two pieces waits for the peer's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
        give_up_on_silent_peers(&stream, write_stall);
        if let Some(place) = Admission::ask(&places, &addresses, peer) {
            let (service, common) = (service.clone(), Arc::clone(&common));
            let connection = common.open(peer);
            match &tls {
                None => {
                    let stream = WatchedStream::new(stream, connection, place);
                    tracker.spawn(connection::run(stream, service, common));
                }
                Some(tls) => {
                    let accepted = Accepted { stream, connection, place };
                    tracker.spawn(tls::run(accepted, Arc::clone(tls), service, common, shutdown.clone()));
                }
            }
        } else {
            metrics::counter!("frontdesk_connections_refused_total").increment(1);
            // To be told so over TLS costs more than it spares.
            if tls.is_none() {
                refusals.refuse(stream, &tracker);
            }
        }
    };
    accept(&listener, &shutdown, admit).await;

    drop(listener);
    common.stop();
    if timeout(grace + STOP_MARGIN, places.acquire_many(max_connections)).await.is_err() {
        tracing::warn!("some connections outlived the time to finish");
    }
}

/// A peer that is gone without a word (a phone that lost its network) takes nothing any more, but the little that an
/// open stream says fits the kernel's buffer for hours. The kernel notices, and by itself gives up after a quarter of
/// an hour; that long the customer would count as present.
#[cfg(target_os = "linux")]
fn give_up_on_silent_peers(stream: &TcpStream, after: Duration) {
    // If it fails, the connection is only noticed later.
    let _ = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(after));
}

#[cfg(not(target_os = "linux"))]
fn give_up_on_silent_peers(_: &TcpStream, _: Duration) {}

/// Where connections come from.
trait Source {
    fn accept(&self) -> impl Future<Output = io::Result<(TcpStream, SocketAddr)>> + Send;
}

impl Source for TcpListener {
    fn accept(&self) -> impl Future<Output = io::Result<(TcpStream, SocketAddr)>> + Send {
        self.accept()
    }
}

/// Hands every connection to `admit`, until `shutdown`. Failures are waited out.
async fn accept(source: &impl Source, shutdown: &CancellationToken, admit: impl Fn(TcpStream, SocketAddr)) {
    let mut stopped = pin!(shutdown.cancelled());
    let mut failures = 0;
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut stopped => return,
            accepted = source.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                failures = 0;
                admit(stream, peer);
            }
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                let pause = pause_after(failures);
                failures += 1;
                tracing::warn!(%error, pause_ms = pause.as_millis(), "cannot accept connections");
                tokio::select! {
                    biased;
                    () = &mut stopped => return,
                    () = sleep(pause) => {}
                }
            }
        }
    }
}

/// Whether the next connection can be accepted right away: the failed one went away while it waited.
fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

fn pause_after(failures: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(failures)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    const TOO_MANY_OPEN_FILES: i32 = 24;

    /// Fails a number of times before it accepts.
    struct Exhausted {
        listener: TcpListener,
        failures_left: AtomicU32,
    }

    impl Source for Exhausted {
        async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
            let left =
                self.failures_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1));
            match left {
                Ok(_) => Err(io::Error::from_raw_os_error(TOO_MANY_OPEN_FILES)),
                Err(_) => self.listener.accept().await,
            }
        }
    }

    #[tokio::test]
    async fn goes_on_after_a_burst_of_failures() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let source = Exhausted { listener, failures_left: AtomicU32::new(4) };
        let shutdown = CancellationToken::new();
        let begin = tokio::time::Instant::now();
        accept(&source, &shutdown, |_, _| shutdown.cancel()).await;
        assert!(begin.elapsed() >= FIRST_PAUSE * (1 + 2 + 4 + 8), "it did not pause between attempts");
    }

    #[test]
    fn pauses_grow_up_to_a_second() {
        assert_eq!(pause_after(0), FIRST_PAUSE);
        assert_eq!(pause_after(3), FIRST_PAUSE * 8);
        assert_eq!(pause_after(u32::MAX), LONGEST_PAUSE);
    }
}

//! One connection, from the first byte to the last: a task and its timer.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep, sleep_until};
use tower::Service;

use super::Limits;
use super::ledger::Ledger;
use super::linger::{DRAIN_TIME, linger};
use super::progress::{Expiry, Progress};
use super::service::{TrackedBody, for_connection};
use super::settle::Connection;
use super::transport::Transport;
use super::watch::WatchedStream;

/// What the connections of a listener have in common.
pub(super) struct Common {
    limits: Limits,
    http: http1::Builder,
    stop: Stop,
}

impl Common {
    pub(super) fn new(limits: Limits) -> Self {
        let mut http = http1::Builder::new();
        // hyper's own time-out covers idle time and head alike, and costs an allocation and a timer for each request.
        http.header_read_timeout(None)
            .max_header_size(limits.max_header_bytes)
            .max_buf_size(limits.max_buffer_bytes.max(8192));
        Self { limits, http, stop: Stop::default() }
    }

    /// What is shared about a connection that was accepted now.
    pub(super) fn open(&self, peer: SocketAddr) -> Arc<Connection> {
        Arc::new(Connection {
            peer,
            progress: Progress::new(),
            ledger: Ledger::new(self.limits.settle_silence),
        })
    }

    /// Time from a connection's beginning to the end of its first request's head.
    pub(super) fn header_read(&self) -> Duration {
        self.limits.header_read
    }

    /// Asks every connection to finish.
    pub(super) fn stop(&self) {
        self.stop.asked.store(true, Release);
        self.stop.notify.notify_waiters();
    }
}

/// The request to finish. A flag beside the notification, because a connection looks every time it is polled, and
/// looking at a `Notify` or a cancellation token takes a lock that all connections share.
#[derive(Default)]
struct Stop {
    asked: AtomicBool,
    notify: Notify,
}

type Http<T, H> = http1::UpgradeableConnection<TokioIo<WatchedStream<T>>, H>;

/// How serving ended.
enum End {
    /// hyper is done with the connection.
    Done,
    /// A time-out that leaves nothing to say.
    Cut(Expiry),
}

/// Serves `stream` until it ends.
pub(super) fn run<T, S>(
    stream: WatchedStream<T>,
    service: S,
    common: Arc<Common>,
) -> impl Future<Output = ()> + Send
where
    T: Transport,
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
{
    let connection = Arc::clone(stream.connection());
    let mut http = common
        .http
        .serve_connection(TokioIo::new(stream), for_connection(service, Arc::clone(&connection)))
        .with_upgrades();

    // Not an `async fn`, and `http` is used where it was captured: a held poll costs this future's size, and moving
    // `http` into a variable of the future would reserve its space twice.
    async move {
        let mut course = Course::new(&common, &connection);
        let end = {
            let mut timer = pin!(sleep_until(Instant::now() + common.header_read()));
            let mut stopped = pin!(common.stop.notify.notified());
            std::future::poll_fn(|context| {
                if !course.listens {
                    course.listens = true;
                    // Registers this task. Once is enough, because a task keeps its waker for life.
                    let _ = stopped.as_mut().poll(context);
                }
                course.poll(context, Pin::new(&mut http), timer.as_mut())
            })
            .await
        };
        let closes_quietly = course.closes_quietly;
        let stop_at = course.stop_at;

        // None after an upgrade: the socket belongs to the handler then.
        let Some(parts) = http.into_parts() else { return };
        let stream = parts.io.into_inner();
        match end {
            End::Cut(expiry) => {
                tracing::debug!(peer = %connection.peer, expired = expiry.name(), "connection cut");
                metrics::counter!("frontdesk_connections_cut_total", "expired" => expiry.name()).increment(1);
                stream.discard_on_close();
            }
            End::Done if connection.progress.has_ended() && !connection.ledger.is_active() => {}
            End::Done => {
                let now = Instant::now();
                let until = if closes_quietly { now } else { now + DRAIN_TIME };
                let until = stop_at.map_or(until, |stop_at| stop_at.min(until));
                // Boxed, so that its buffers and timers do not add to the size of every connection.
                Box::pin(linger(stream, until)).await;
            }
        }
    }
}

/// A connection's course between its deadlines.
struct Course<'a> {
    common: &'a Common,
    connection: &'a Connection,
    listens: bool,
    /// Set once the server stops: when the connection is dropped at the latest.
    stop_at: Option<Instant>,
    /// Whether the connection is being closed while no request is under way.
    closes_quietly: bool,
}

impl<'a> Course<'a> {
    fn new(common: &'a Common, connection: &'a Connection) -> Self {
        Self { common, connection, listens: false, stop_at: None, closes_quietly: false }
    }

    fn poll<T, H>(
        &mut self,
        context: &mut Context<'_>,
        mut http: Pin<&mut Http<T, H>>,
        mut timer: Pin<&mut Sleep>,
    ) -> Poll<End>
    where
        T: Transport,
        H: hyper::service::Service<Request<Incoming>, Response = Response<TrackedBody>, Error = Infallible>,
    {
        if self.stop_at.is_none() && self.common.stop.asked.load(Acquire) {
            self.stop_at = Some(Instant::now() + self.common.limits.shutdown_grace);
            self.closes_quietly = self.connection.progress.is_quiet();
            http.as_mut().graceful_shutdown();
        }
        let mut settling = None;
        loop {
            if let Poll::Ready(result) = http.as_mut().poll(context) {
                if let Err(error) = result {
                    tracing::debug!(peer = %self.connection.peer, %error, "connection ended");
                }
                return Poll::Ready(End::Done);
            }
            let Some((at, expiry)) = self.deadline() else {
                return Poll::Pending;
            };
            if at > Instant::now() {
                // A timer that runs out before the deadline is left alone: that costs one idle wake-up now and then,
                // where moving it for each request would take a lock each time.
                if at < timer.deadline() || timer.is_elapsed() {
                    timer.as_mut().reset(at);
                }
                ready!(timer.as_mut().poll(context));
                continue;
            }
            match expiry {
                // hyper flushes whenever it is polled, and that settles.
                Expiry::Settlement if settling != Some(at) => settling = Some(at),
                Expiry::Idle if !self.closes_quietly => {
                    self.closes_quietly = true;
                    http.as_mut().graceful_shutdown();
                }
                Expiry::Settlement | Expiry::Idle | Expiry::Head | Expiry::Stall | Expiry::Stop => {
                    return Poll::Ready(End::Cut(expiry));
                }
            }
        }
    }

    fn deadline(&self) -> Option<(Instant, Expiry)> {
        let Connection { progress, ledger, .. } = self.connection;
        let stop = self.stop_at.map(|at| (at, Expiry::Stop));
        let settlement = ledger.silent_at().map(|at| (at, Expiry::Settlement));
        [progress.deadline(&self.common.limits), settlement, stop]
            .into_iter()
            .flatten()
            .min_by_key(|(at, _)| *at)
    }
}

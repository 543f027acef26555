//! Receives, by whatever way works, and never gives up.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use frontdesk_api::messaging::poll::{MAX_LIMIT, MAX_WAIT_SECONDS};
use reqwest::Method;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::inbox::Inbox;
use super::item::{Batch, GapCause};
use super::network::{Ask, Network, Stream};
use super::options::{FeedOptions, Transport};
use super::place::Place;
use super::upgrade::Upgrades;
use crate::backoff::Backoff;
use crate::error::{Error, Route};
use crate::random;

/// An empty answer within this time was not held: the server stops, or somebody else polls for the same device.
const EARLY: Duration = Duration::from_secs(1);
/// Longest pause after empty answers that came early, and after a poll that another one ended.
const LONGEST_IDLE: Duration = Duration::from_secs(3);
/// Longest pause before coming back to a server that has ended a stream in order.
const LONGEST_RETURN: Duration = Duration::from_secs(1);
/// Longest pause between polls that a server can order.
const LONGEST_ORDERED: Duration = Duration::from_hours(1);
/// Longest time until a stream works.
const OPEN_TIME: Duration = Duration::from_secs(8);
/// So long a stream may take before the poll goes on meanwhile.
const OPEN_SOON: Duration = Duration::from_secs(1);
/// The server gives a sign of life every 15 s; a stream that is silent for longer than this is dead.
const SILENCE: Duration = Duration::from_secs(40);

/// Polls, opens streams, and falls back to the poll.
pub(super) struct Engine {
    network: Arc<dyn Network>,
    inbox: Arc<Inbox>,
    options: FeedOptions,
    upgrades: Upgrades,
    failures: Backoff,
    idle: Backoff,
    /// Less is asked for where answers break off, so that at least something comes through.
    limit: usize,
    longest_wait: Duration,
    last_answer: Instant,
    presented: String,
    /// The server knows the classic poll alone: it gives no cursors, and has no streams.
    is_classic: bool,
}

impl Engine {
    pub(super) fn new(network: Arc<dyn Network>, inbox: Arc<Inbox>, options: FeedOptions) -> Self {
        let (shortest, longest) = (options.shortest_pause, options.longest_pause);
        Self {
            network,
            inbox,
            upgrades: Upgrades::new(&options.streams, options.stream_pause.max(shortest)),
            failures: Backoff::new(shortest, longest),
            idle: Backoff::new(shortest, LONGEST_IDLE.min(longest)),
            limit: most_of(&options),
            longest_wait: Duration::from_secs(MAX_WAIT_SECONDS),
            last_answer: Instant::now(),
            presented: String::new(),
            is_classic: false,
            options,
        }
    }

    /// Receives for ever.
    pub(super) async fn run(mut self) -> Infallible {
        while let Err(error) = self.begin().await {
            self.inbox.fail(Error::Place(error));
            self.inbox.drained().await;
            sleep(self.failures.pause(None, random::fraction())).await;
        }
        loop {
            if let Err(error) = self.round().await {
                self.after_failure(error).await;
            }
        }
    }

    async fn begin(&mut self) -> std::io::Result<()> {
        let kept = self.options.places.load().await?;
        let start = || Place { cursor: self.options.start.cursor().to_owned(), seq: 0 };
        self.inbox.start_at(kept.unwrap_or_else(start));
        Ok(())
    }

    async fn round(&mut self) -> Result<(), Error> {
        let stream = self.upgrades.best(Instant::now()).filter(|_| !self.is_classic);
        // Whether the server can be reached is to be known before a poll is held.
        let may_hold = stream.is_none() && self.inbox.transport().is_some();
        let has_more = self.poll(if may_hold { self.hold() } else { Duration::ZERO }).await?;
        match stream {
            Some(transport) if !has_more && !self.is_classic => self.follow(transport).await,
            _ => Ok(()),
        }
    }

    /// How long a poll is held: at least for the second that the wire knows, or it would be asked for in circles.
    fn hold(&self) -> Duration {
        self.options.wait.max(Duration::from_secs(1))
    }

    /// Whether more is waiting already.
    async fn poll(&mut self, wait: Duration) -> Result<bool, Error> {
        // Presenting a cursor acknowledges, so whatever was received has to be taken first.
        self.inbox.drained().await;
        let wait = wait.min(self.longest_wait);
        let begun = Instant::now();
        let ask = self.ask();
        let answer = self.network.poll(&ask, wait, self.limit).await?;
        self.last_answer = Instant::now();
        self.failures.reset();
        self.limit = (self.limit * 2).min(most_of(&self.options));
        if answer.wait_max > 0 {
            self.longest_wait = Duration::from_secs(answer.wait_max.min(MAX_WAIT_SECONDS));
        }
        self.is_classic = answer.next_cursor.is_empty();
        let has_more = answer.has_more;
        let (superseded, ordered) = (answer.superseded, Duration::from_millis(answer.poll_after_ms));
        let came = self.inbox.receive(Batch::from(answer));
        self.inbox.set_transport(Some(Transport::Poll));
        let is_early = came == 0 && !wait.is_zero() && begun.elapsed() < EARLY;
        self.rest(superseded, ordered, is_early).await;
        Ok(has_more)
    }

    /// Pauses after a poll if the server asks for it, or if the next would be answered as early as this.
    async fn rest(&mut self, superseded: bool, ordered: Duration, is_early: bool) {
        if superseded {
            let longest = LONGEST_IDLE.min(self.options.longest_pause);
            sleep(longest.mul_f64(1.0 - random::fraction() / 2.0)).await;
        } else if !ordered.is_zero() {
            sleep(ordered.min(LONGEST_ORDERED)).await;
        } else if is_early {
            sleep(self.idle.pause(None, random::fraction())).await;
        } else {
            self.idle.reset();
        }
    }

    fn ask(&mut self) -> Ask {
        self.presented = self.inbox.cursor();
        Ask::new(&self.options, self.presented.clone())
    }

    /// Receives by a stream until it ends.
    async fn follow(&mut self, transport: Transport) -> Result<(), Error> {
        self.inbox.drained().await;
        let ask = self.ask();
        let mut stream = match self.open(transport, &ask).await {
            Ok(stream) => stream,
            // The server is busy, which is not the stream's fault.
            Err(error @ Error::Status(_)) if error.is_temporary() => return Err(error),
            Err(_) => {
                self.upgrades.failed(transport, Instant::now());
                return Ok(());
            }
        };
        let begun = Instant::now();
        self.failures.reset();
        self.inbox.set_transport(Some(transport));
        let ended = self.read(&mut *stream, ask.cursor).await;
        self.inbox.set_transport(None);
        if let Err(error) = ended
            && is_cursor_refused(&error)
        {
            return Err(error);
        }
        let was_long = self.upgrades.worked(transport, begun.elapsed(), Instant::now());
        let longest = LONGEST_RETURN.min(self.options.longest_pause);
        sleep(if was_long {
            longest.mul_f64(random::fraction())
        } else {
            self.idle.pause(None, random::fraction())
        })
        .await;
        Ok(())
    }

    /// Opens a stream. That may take long behind some proxies, so the poll goes on meanwhile.
    async fn open(&mut self, transport: Transport, ask: &Ask) -> Result<Box<dyn Stream>, Error> {
        let network = Arc::clone(&self.network);
        let opening = async { timeout(OPEN_TIME, network.open(transport, ask)).await.unwrap_or(Err(late())) };
        tokio::pin!(opening);
        if let Ok(opened) = timeout(OPEN_SOON, &mut opening).await {
            return opened;
        }
        loop {
            tokio::select! {
                biased;
                opened = &mut opening => return opened,
                polled = self.poll(self.hold()) => if polled.is_err() {
                    // The stream says what is wrong, or the next round does.
                    sleep(self.options.shortest_pause).await;
                },
            }
        }
    }

    /// Reads a stream until it ends, and acknowledges what was taken.
    async fn read(&mut self, stream: &mut dyn Stream, mut told: String) -> Result<(), Error> {
        let mut due = None;
        loop {
            // The stream waits as long as the caller does.
            self.inbox.drained().await;
            let cursor = self.inbox.cursor();
            if cursor != told {
                let due_at = *due.get_or_insert_with(|| Instant::now() + stream.acknowledge_within());
                if due_at <= Instant::now() {
                    stream.acknowledge(&cursor).await?;
                    (told, due) = (cursor, None);
                }
            }
            tokio::select! {
                biased;
                received = timeout(SILENCE, stream.receive()) => match received {
                    Ok(Some(batch)) => {
                        self.inbox.receive(batch?);
                    }
                    Ok(None) => return Ok(()),
                    Err(_) => return Err(late()),
                },
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
            }
        }
    }

    async fn after_failure(&mut self, error: Error) {
        if is_cursor_refused(&error) && !self.presented.is_empty() {
            self.inbox.miss(GapCause::UnknownPlace, String::new());
            self.inbox.drained().await;
            sleep(self.failures.pause(None, random::fraction())).await;
            return;
        }
        self.inbox.set_transport(None);
        if matches!(error, Error::Transport { .. }) {
            self.upgrades.pardon_since(self.last_answer);
            self.limit = (self.limit / 4).max(1);
        }
        let pause = self.failures.pause(error.retry_after(), random::fraction());
        if !error.is_temporary() {
            self.inbox.fail(error);
            self.inbox.drained().await;
        }
        sleep(pause).await;
    }
}

fn most_of(options: &FeedOptions) -> usize {
    let most = usize::try_from(MAX_LIMIT).unwrap_or(usize::MAX);
    options.limit.clamp(1, most)
}

fn is_cursor_refused(error: &Error) -> bool {
    matches!(error.code(), Some("CURSOR_INVALID" | "CURSOR_AHEAD"))
}

fn late() -> Error {
    let route = Route { method: Method::GET, path: "/apiaccess/ccmessaging" };
    Error::Stream { route, source: "nothing was heard for too long".into() }
}

//! Everything that a customer receives, as one sequence of messages.
//!
//! [`Feed`] knows what is the same for every way of receiving: order, duplicates, pauses, and what is final. A way of
//! receiving is a [`Transport`], which fetches what comes next. The classic poll needs no cursor, since the server keeps
//! the place; a transport that presents one gets it from the feed, whose place then stays the same when the transport
//! changes.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use frontdesk_api::messaging::poll::DownlinkMessage;
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::customer::CustomerClient;
use crate::error::Error;
use crate::random;
use crate::recent::Recent;

/// How many messages are remembered in order to drop duplicates: several times what one answer holds.
const REMEMBERED: usize = 1_024;
/// An empty answer within this time was not held: the server stops, or somebody else polls for the same customer.
const EARLY: Duration = Duration::from_secs(1);
/// Longest pause after empty answers that came early.
const LONGEST_IDLE: Duration = Duration::from_secs(2);

/// How a feed receives.
#[derive(Debug, Clone)]
pub struct FeedOptions {
    /// How long the server may hold a poll when there is nothing: whole seconds, at most 55; 25 if not set.
    pub wait: Duration,
    /// Most messages of one answer, 1 to 100; the server's own number if not set.
    pub limit: Option<usize>,
    /// Whether `READ` notices come too; not if not set.
    pub is_need_read: bool,
    /// The pause after a first failure, 250 ms if not set; it doubles with each further one.
    pub shortest_pause: Duration,
    /// The longest pause between failures, 30 s if not set. `Retry-After` of the server can only lengthen a pause.
    pub longest_pause: Duration,
}

impl Default for FeedOptions {
    fn default() -> Self {
        Self {
            wait: Duration::from_secs(25),
            limit: None,
            is_need_read: false,
            shortest_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(30),
        }
    }
}

/// A customer's messages, in order and each once.
///
/// It goes on only while [`next`](Self::next) is awaited, and ends by being dropped. Messages that were received but not
/// taken yet are dropped with it, and the server does not send them to this customer again.
pub struct Feed {
    transport: Arc<dyn Transport>,
    /// What is under way; kept here so that it goes on if the caller stops waiting and comes back.
    step: Option<Pin<Box<dyn Future<Output = Step> + Send>>>,
    received: VecDeque<DownlinkMessage>,
    recent: Recent,
    failures: Backoff,
    idle: Backoff,
    pause: Duration,
}

/// A way of receiving.
#[async_trait]
trait Transport: Send + Sync {
    /// What comes next, oldest first; empty if nothing came in time.
    async fn fetch(&self) -> Result<Vec<DownlinkMessage>, Error>;
}

/// What came of one fetch.
struct Step {
    result: Result<Vec<DownlinkMessage>, Error>,
    took: Duration,
}

impl Feed {
    pub(crate) fn new(customer: CustomerClient, options: FeedOptions) -> Self {
        let (shortest, longest) = (options.shortest_pause, options.longest_pause);
        Self::over(Arc::new(ClassicPoll { customer, options }), shortest, longest)
    }

    fn over(transport: Arc<dyn Transport>, shortest_pause: Duration, longest_pause: Duration) -> Self {
        Self {
            transport,
            step: None,
            received: VecDeque::new(),
            recent: Recent::new(REMEMBERED),
            failures: Backoff::new(shortest_pause, longest_pause),
            idle: Backoff::new(shortest_pause, LONGEST_IDLE.min(longest_pause)),
            pause: Duration::ZERO,
        }
    }

    /// The next message, however long it takes.
    ///
    /// A message that came before is dropped. What may pass (no connection, 429, 503 and other failures of the moment)
    /// is waited out; a 401 is answered by renewed credentials, if the client has a provider. Every other failure is
    /// returned; calling again tries again, after a pause.
    ///
    /// Cancel-safe: if the future is dropped before it is done, no message is lost, and the next call goes on where
    /// this one was.
    pub async fn next(&mut self) -> Result<DownlinkMessage, Error> {
        loop {
            while let Some(message) = self.received.pop_front() {
                if self.recent.is_new(&message) {
                    return Ok(message);
                }
            }
            let step = self.step.get_or_insert_with(|| {
                let (transport, pause) = (Arc::clone(&self.transport), self.pause);
                Box::pin(fetch_after(pause, transport))
            });
            let done = step.await;
            self.step = None;
            self.take(done)?;
        }
    }

    fn take(&mut self, step: Step) -> Result<(), Error> {
        match step.result {
            Ok(messages) => {
                self.failures.reset();
                if messages.is_empty() && step.took < EARLY {
                    self.pause = self.idle.pause(None, random::fraction());
                } else {
                    self.idle.reset();
                    self.pause = Duration::ZERO;
                }
                self.received = messages.into();
                Ok(())
            }
            Err(error) => {
                self.pause = self.failures.pause(error.retry_after(), random::fraction());
                if error.is_temporary() { Ok(()) } else { Err(error) }
            }
        }
    }
}

impl fmt::Debug for Feed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Feed").field("received", &self.received.len()).finish_non_exhaustive()
    }
}

async fn fetch_after(pause: Duration, transport: Arc<dyn Transport>) -> Step {
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
    let begun = Instant::now();
    let result = transport.fetch().await;
    Step { result, took: begun.elapsed() }
}

/// The documented long poll, with a hold and a limit where they are understood.
struct ClassicPoll {
    customer: CustomerClient,
    options: FeedOptions,
}

#[async_trait]
impl Transport for ClassicPoll {
    async fn fetch(&self) -> Result<Vec<DownlinkMessage>, Error> {
        let FeedOptions { wait, limit, is_need_read, .. } = self.options;
        Ok(self.customer.poll(Some(wait), limit, is_need_read).await?.downlink_messages)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use reqwest::{Method, StatusCode};

    use super::*;
    use crate::error::{ErrorAnswer, Route, StatusError};
    use crate::testing::message;

    type Script = VecDeque<Result<Vec<DownlinkMessage>, Error>>;

    /// Gives what it is told to, one by one and each after a while, and notes when it was asked.
    struct Scripted {
        script: Mutex<Script>,
        asked: Mutex<Vec<Instant>>,
        delay: Duration,
    }

    #[async_trait]
    impl Transport for Scripted {
        async fn fetch(&self) -> Result<Vec<DownlinkMessage>, Error> {
            self.asked.lock().unwrap().push(Instant::now());
            let next = self.script.lock().unwrap().pop_front();
            tokio::time::sleep(self.delay).await;
            match next {
                Some(next) => next,
                None => std::future::pending().await,
            }
        }
    }

    fn feed_of(script: impl Into<Script>, delay: Duration) -> (Feed, Arc<Scripted>) {
        let script = Mutex::new(script.into());
        let transport = Arc::new(Scripted { script, asked: Mutex::default(), delay });
        let pause = Duration::from_millis(20);
        (Feed::over(Arc::clone(&transport) as Arc<dyn Transport>, pause, pause * 2), transport)
    }

    fn failure(status: StatusCode, retry_after: Option<Duration>) -> Error {
        Error::Status(Box::new(StatusError {
            route: Route { method: Method::GET, path: "/poll" },
            status,
            retry_after,
            answer: ErrorAnswer::Other,
        }))
    }

    fn messages(codes: &[&str]) -> Vec<DownlinkMessage> {
        codes.iter().map(|code| message(code)).collect()
    }

    async fn take(feed: &mut Feed, count: usize) -> Vec<String> {
        let mut codes = Vec::new();
        for _ in 0..count {
            codes.push(feed.next().await.unwrap().message_code.unwrap());
        }
        codes
    }

    fn pauses(transport: &Scripted) -> Vec<Duration> {
        transport.asked.lock().unwrap().windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    #[tokio::test]
    async fn messages_come_in_order_and_each_once() {
        let script = [Ok(messages(&["a", "b"])), Ok(messages(&["a", "b", "c"])), Ok(messages(&["c", "d"]))];
        let (mut feed, _) = feed_of(script, Duration::ZERO);
        assert_eq!(take(&mut feed, 4).await, ["a", "b", "c", "d"]);
    }

    #[tokio::test]
    async fn what_may_pass_is_waited_out() {
        let script = [
            Err(failure(StatusCode::SERVICE_UNAVAILABLE, None)),
            Err(failure(StatusCode::TOO_MANY_REQUESTS, Some(Duration::from_millis(80)))),
            Ok(messages(&["a"])),
        ];
        let (mut feed, transport) = feed_of(script, Duration::ZERO);
        assert_eq!(take(&mut feed, 1).await, ["a"]);
        let pauses = pauses(&transport);
        assert!(pauses[0] >= Duration::from_millis(10), "{pauses:?}");
        assert!(pauses[1] >= Duration::from_millis(80), "{pauses:?}");
    }

    #[tokio::test]
    async fn what_is_final_is_told_and_can_be_tried_again() {
        let script =
            [Ok(messages(&["a"])), Err(failure(StatusCode::UNAUTHORIZED, None)), Ok(messages(&["b"]))];
        let (mut feed, transport) = feed_of(script, Duration::ZERO);
        assert_eq!(take(&mut feed, 1).await, ["a"]);
        assert_eq!(feed.next().await.unwrap_err().status(), Some(StatusCode::UNAUTHORIZED));
        assert_eq!(take(&mut feed, 1).await, ["b"]);
        assert!(pauses(&transport)[1] >= Duration::from_millis(10));
    }

    #[tokio::test]
    async fn empty_answers_at_once_are_not_asked_for_in_circles() {
        let script = [Ok(vec![]), Ok(vec![]), Ok(vec![]), Ok(messages(&["a"]))];
        let (mut feed, transport) = feed_of(script, Duration::ZERO);
        assert_eq!(take(&mut feed, 1).await, ["a"]);
        let pauses = pauses(&transport);
        assert!(pauses.iter().all(|pause| *pause >= Duration::from_millis(10)), "{pauses:?}");
    }

    #[tokio::test]
    async fn a_caller_that_stops_waiting_loses_nothing() {
        let script = [Ok(messages(&["a", "b"])), Ok(messages(&["c"]))];
        let (mut feed, transport) = feed_of(script, Duration::from_millis(50));
        let mut codes = Vec::new();
        while codes.len() < 3 {
            tokio::select! {
                next = feed.next() => codes.push(next.unwrap().message_code.unwrap()),
                () = tokio::time::sleep(Duration::from_millis(3)) => {}
            }
        }
        assert_eq!(codes, ["a", "b", "c"]);
        assert_eq!(transport.asked.lock().unwrap().len(), 2);
    }
}

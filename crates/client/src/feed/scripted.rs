//! A network that does what a test tells it to, and a small log behind it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use frontdesk_api::messaging::error::ErrorBody;
use frontdesk_api::messaging::poll::{AcknowledgedMessage, AcknowledgedPollAnswer};
use reqwest::{Method, StatusCode};
use tokio::sync::Notify;

use super::item::{Batch, FeedItem};
use super::network::{Ask, Network, Stream};
use super::options::Transport;
use crate::error::{Error, ErrorAnswer, Route, StatusError};
use crate::testing::message;

/// What becomes of a poll; without a plan, what is new comes.
pub(super) enum PollPlan {
    Fails(Error),
    /// So many older entries come again before what is new.
    Repeats(u64),
    Answers(Box<AcknowledgedPollAnswer>),
}

/// What becomes of a stream; without a plan, it is refused.
#[derive(Clone, Copy)]
pub(super) struct StreamPlan {
    /// So many older entries come again before what is new.
    pub(super) repeats: u64,
    /// After so many entries it ends.
    pub(super) brings: u64,
    pub(super) then: End,
}

#[derive(Clone, Copy)]
pub(super) enum End {
    InOrder,
    Breaks,
    Refuses(&'static str),
    /// It does not even begin, and does not say so either.
    NeverOpens,
}

/// Notes when nobody waits any more for a stream to open.
struct Opening(Arc<Script>);

impl Drop for Opening {
    fn drop(&mut self) {
        self.0.note("gave up", "");
    }
}

#[derive(Default)]
pub(super) struct Script {
    state: Mutex<State>,
    said: Notify,
}

#[derive(Default)]
struct State {
    texts: Vec<String>,
    polls: VecDeque<PollPlan>,
    streams: HashMap<Transport, VecDeque<StreamPlan>>,
    did: Vec<String>,
}

impl Script {
    pub(super) fn new() -> Arc<Self> {
        Arc::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(super) fn say(&self, texts: &[&str]) {
        self.state().texts.extend(texts.iter().map(|text| (*text).to_owned()));
        self.said.notify_waiters();
    }

    pub(super) fn plan_poll(&self, plan: PollPlan) {
        self.state().polls.push_back(plan);
    }

    pub(super) fn plan_stream(&self, transport: Transport, plan: StreamPlan) {
        self.state().streams.entry(transport).or_default().push_back(plan);
    }

    /// What was asked of it, such as `poll c3`.
    pub(super) fn did(&self) -> Vec<String> {
        self.state().did.clone()
    }

    fn note(&self, what: &str, cursor: &str) {
        self.state().did.push(format!("{what} {cursor}"));
    }

    /// The entries behind a number, as an answer that repeats some older ones.
    fn answer(&self, after: u64, limit: usize) -> AcknowledgedPollAnswer {
        let state = self.state();
        let numbered = (1..).zip(&state.texts).skip_while(|(seq, _)| *seq <= after).take(limit);
        let messages: Vec<_> = numbered.map(|(seq, text)| entry(seq, text)).collect();
        let last = messages.last().map_or(after, |message| message.seq);
        AcknowledgedPollAnswer {
            has_more: last < u64::try_from(state.texts.len()).unwrap(),
            downlink_messages: messages,
            next_cursor: format!("c{last}"),
            ..AcknowledgedPollAnswer::default()
        }
    }
}

/// The message of an entry.
pub(super) fn entry(seq: u64, text: &str) -> AcknowledgedMessage {
    let mut message = message(&format!("m{seq}"));
    message.content = Some(text.to_owned().into());
    AcknowledgedMessage { message, message_id: format!("m{seq}"), seq, ..AcknowledgedMessage::default() }
}

pub(super) fn refusal(status: StatusCode, code: &str, retry_after: Option<Duration>) -> Error {
    let body = ErrorBody { error_code: code.to_owned(), ..ErrorBody::default() };
    let route = Route { method: Method::GET, path: "/poll" };
    Error::Status(Box::new(StatusError { route, status, retry_after, answer: ErrorAnswer::Messaging(body) }))
}

fn broken() -> Error {
    Error::Stream { route: Route { method: Method::GET, path: "/stream" }, source: "gone".into() }
}

/// A made-up cursor is `c` and the number of the last entry before it.
fn number_of(cursor: &str) -> u64 {
    cursor.strip_prefix('c').map_or(0, |number| number.parse().unwrap())
}

#[async_trait]
impl Network for Arc<Script> {
    async fn poll(&self, ask: &Ask, wait: Duration, limit: usize) -> Result<AcknowledgedPollAnswer, Error> {
        self.note("poll", &ask.cursor);
        let plan = self.state().polls.pop_front();
        let after = number_of(&ask.cursor);
        match plan {
            Some(PollPlan::Fails(error)) => return Err(error),
            Some(PollPlan::Answers(answer)) => return Ok(*answer),
            Some(PollPlan::Repeats(count)) => return Ok(self.answer(after.saturating_sub(count), limit)),
            None => {}
        }
        loop {
            let said = self.said.notified();
            let answer = self.answer(after, limit);
            if wait.is_zero() || !answer.downlink_messages.is_empty() {
                return Ok(answer);
            }
            said.await;
        }
    }

    async fn open(&self, transport: Transport, ask: &Ask) -> Result<Box<dyn Stream>, Error> {
        self.note(&format!("{transport:?}"), &ask.cursor);
        let plan = self.state().streams.get_mut(&transport).and_then(VecDeque::pop_front);
        let plan = plan.ok_or_else(broken)?;
        if matches!(plan.then, End::NeverOpens) {
            let _opening = Opening(Arc::clone(self));
            std::future::pending::<()>().await;
        }
        let at = number_of(&ask.cursor).saturating_sub(plan.repeats);
        Ok(Box::new(ScriptedStream { script: Arc::clone(self), plan, at, brought: 0 }))
    }

    async fn acknowledge(&self, cursor: &str, _device_id: Option<&str>) -> Result<(), Error> {
        self.note("ack", cursor);
        Ok(())
    }
}

struct ScriptedStream {
    script: Arc<Script>,
    plan: StreamPlan,
    at: u64,
    brought: u64,
}

#[async_trait]
impl Stream for ScriptedStream {
    async fn receive(&mut self) -> Option<Result<Batch, Error>> {
        if self.brought == self.plan.brings {
            return match self.plan.then {
                End::InOrder | End::NeverOpens => None,
                End::Breaks => Some(Err(broken())),
                End::Refuses(code) => Some(Err(refusal(StatusCode::BAD_REQUEST, code, None))),
            };
        }
        loop {
            let script = Arc::clone(&self.script);
            let said = script.said.notified();
            if let Some(message) = script.answer(self.at, 1).downlink_messages.pop() {
                (self.at, self.brought) = (message.seq, self.brought + 1);
                let cursor = Some(format!("c{}", message.seq));
                return Some(Ok(Batch::of(FeedItem::Message(message.into()), cursor)));
            }
            said.await;
        }
    }

    async fn acknowledge(&mut self, cursor: &str) -> Result<(), Error> {
        self.script.note("stream ack", cursor);
        Ok(())
    }

    fn acknowledge_within(&self) -> Duration {
        Duration::ZERO
    }
}

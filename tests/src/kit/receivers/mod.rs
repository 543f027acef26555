//! The ways in which a customer's client receives, behind one trait, so that the same scenario runs over each of them.

mod polls;
mod push;
mod sse;
mod ws;

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use super::callers::Customer;

pub use polls::{AcknowledgedPolls, ClassicPolls};
pub use push::{Pushes, as_pushed};
pub use sse::EventStream;
pub use ws::Socket;

/// Longer than anything that is waited for takes: what comes later does not come.
pub const NEVER: Duration = Duration::from_secs(30);

/// What a client has received, in the order in which it came.
#[derive(Clone, Debug, Default)]
pub struct Inbox {
    /// Messages, as they came.
    pub messages: Vec<Value>,
    /// Events of the extra classes.
    pub events: Vec<Value>,
    /// Gaps.
    pub gaps: Vec<Value>,
    /// Signs of life.
    pub heads: Vec<Value>,
    /// Errors that did not end the connection.
    pub errors: Vec<Value>,
    /// Answers to what was sent over the same connection.
    pub answers: Vec<Value>,
}

impl Inbox {
    /// The texts of the messages.
    pub fn texts(&self) -> Vec<&str> {
        self.messages.iter().map(|message| message["content"].as_str().unwrap_or("null")).collect()
    }

    /// The messages with the documented fields alone: the same over every transport.
    pub fn documented(&self) -> Vec<Value> {
        self.messages.iter().map(documented).collect()
    }

    /// The message codes.
    pub fn codes(&self) -> Vec<&str> {
        self.messages.iter().map(|message| message["messageCode"].as_str().expect("a code")).collect()
    }

    /// Panics unless every message is there once and timestamps strictly increase.
    pub fn assert_in_order(&self) {
        let times: Vec<i64> =
            self.messages.iter().map(|message| message["timestamp"].as_i64().expect("a number")).collect();
        assert!(times.is_sorted_by(|a, b| a < b), "timestamps do not increase: {times:?}");
        let mut codes = self.codes();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), self.messages.len(), "a message came twice: {:?}", self.texts());
    }
}

/// A message without what the acknowledged level adds.
pub fn documented(message: &Value) -> Value {
    let mut message = message.clone();
    for added in ["messageId", "seq", "conversationId", "redelivered"] {
        message.as_object_mut().expect("an object").remove(added);
    }
    message
}

/// The connection ended, or an answer broke off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Why, as the server said it, if it did.
    pub why: Option<String>,
}

/// How a client wants to receive. The classic poll knows none of it but `need_read`.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Which of the customer's devices.
    pub device: Option<String>,
    /// Where to go on; empty: where the device stands.
    pub cursor: String,
    /// Extra classes, joined by commas.
    pub events: String,
    /// `READ` among the messages.
    pub need_read: bool,
}

impl Wish {
    /// A device that goes on where it stands.
    pub fn of_device(name: &str) -> Self {
        Self { device: Some(name.to_owned()), ..Self::default() }
    }

    /// The same from a cursor on.
    #[must_use]
    pub fn at(&self, cursor: &str) -> Self {
        Self { cursor: cursor.to_owned(), ..self.clone() }
    }

    /// The same with extra classes of events.
    #[must_use]
    pub fn with_events(&self, events: &str) -> Self {
        Self { events: events.to_owned(), ..self.clone() }
    }

    fn query(&self) -> String {
        let mut query = format!("isNeedRead={}&events={}", self.need_read, self.events);
        if let Some(device) = &self.device {
            query.push_str("&deviceId=");
            query.push_str(device);
        }
        query
    }
}

/// A client that receives.
#[async_trait]
pub trait Receiver: Send {
    /// Waits for what comes next, a while at most, and adds it to the inbox.
    async fn step(&mut self, inbox: &mut Inbox) -> Result<(), Ended>;

    /// The cursor behind everything received so far; `None` where the server keeps the place alone.
    fn cursor(&self) -> Option<&str>;
}

/// A way of receiving that a client chooses for itself. Push is another, which the server is told of: [`Pushes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// The documented poll.
    Classic,
    /// The poll with a cursor.
    Acknowledged,
    /// Server-sent events.
    EventStream,
    /// WebSocket.
    WebSocket,
}

impl Transport {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::Classic, Self::Acknowledged, Self::EventStream, Self::WebSocket];
    /// Those with a cursor.
    pub const WITH_CURSOR: [Self; 3] = [Self::Acknowledged, Self::EventStream, Self::WebSocket];
    /// Those that leave a connection open.
    pub const STREAMS: [Self; 2] = [Self::EventStream, Self::WebSocket];

    /// Begins to receive.
    pub async fn open(self, customer: &Customer, wish: &Wish) -> Box<dyn Receiver> {
        self.try_open(customer, wish).await.expect("a connection")
    }

    /// Begins to receive over a connection that may break.
    pub async fn try_open(self, customer: &Customer, wish: &Wish) -> Result<Box<dyn Receiver>, Ended> {
        Ok(match self {
            Self::Classic => Box::new(ClassicPolls::new(customer, wish)),
            Self::Acknowledged => Box::new(AcknowledgedPolls::new(customer, wish)),
            Self::EventStream => Box::new(EventStream::open(customer, wish).await?),
            Self::WebSocket => Box::new(Socket::open(customer, wish).await?),
        })
    }
}

/// Receives until there is enough. Panics if that does not come.
pub async fn receive_until(
    receiver: &mut dyn Receiver,
    inbox: &mut Inbox,
    what: &str,
    enough: impl Fn(&Inbox) -> bool,
) {
    let all = async {
        while !enough(inbox) {
            receiver.step(inbox).await.expect("the connection goes on");
        }
    };
    let in_time = tokio::time::timeout(NEVER, all).await.is_ok();
    assert!(in_time, "{what} did not come; there is {:?} and {:?}", inbox.texts(), inbox.events);
}

/// Receives so many messages.
pub async fn receive(receiver: &mut dyn Receiver, count: usize) -> Inbox {
    let mut inbox = Inbox::default();
    receive_until(receiver, &mut inbox, "messages", |inbox| inbox.messages.len() >= count).await;
    inbox
}

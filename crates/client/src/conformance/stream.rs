//! The stream of Server-sent events.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::Value;

use super::customer::{Customer, is_from};
use super::report::{Check, Group};
use super::stage::Stage;
use super::verdict::{Mismatch, Verdict, holds, same};
use super::wire::{call, open, words};

const STREAM: &str = "/apiaccess/ccmessaging/stream";
/// How long an event that must come is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) async fn run(stage: &Stage, mut group: Group) -> Vec<Check> {
    group.check("without credentials: 401", credentials(stage)).await;
    group.check("messages come as events with their cursor", messages(stage)).await;
    group.check("Last-Event-ID resumes", resumes(stage)).await;
    group.check("poll goes on where the stream stopped", moves(stage)).await;
    group.done()
}

/// An open stream of a customer.
struct Stream {
    response: Response,
    buffer: Vec<u8>,
}

/// One event of message.
struct Event {
    id: String,
    data: Value,
}

impl Stream {
    async fn open(customer: &Customer<'_>, last: Option<&str>) -> Result<Self, Mismatch> {
        let request = customer.request(Method::GET, STREAM).header("accept", "text/event-stream");
        let request = match last {
            Some(id) => request.header("last-event-id", id),
            None => request,
        };
        let response = open(request).await?;
        let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().to_owned();
        let so = response.status().as_u16() == 200 && kind.starts_with("text/event-stream");
        holds(so, format!("{} {kind}", response.status().as_u16()), "200 text/event-stream")?;
        Ok(Self { response, buffer: Vec::new() })
    }

    /// The next event of the kind `message`; others, and comments, are passed over.
    async fn message(&mut self) -> Result<Event, Mismatch> {
        let next = async {
            loop {
                let block = self.block().await?;
                let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
                if field("event:").map(str::trim) != Some("message") {
                    continue;
                }
                let id = field("id:").map(str::trim).unwrap_or_default().to_owned();
                let data = field("data:").and_then(|data| serde_json::from_str(data).ok());
                let data = data.filter(|_| !id.is_empty());
                return data
                    .map(|data| Event { id, data })
                    .ok_or_else(|| Mismatch::new(&block, "JSON in data:, and a cursor in id:"));
            }
        };
        let late = |_| Mismatch::new("nothing", "event: message");
        tokio::time::timeout(PATIENCE, next).await.map_err(late)?
    }

    /// The lines up to the next empty one.
    async fn block(&mut self) -> Result<String, Mismatch> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|bytes| bytes == b"\n\n") {
                let block: Vec<u8> = self.buffer.drain(..end + 2).collect();
                return Ok(String::from_utf8_lossy(&block).into_owned());
            }
            let bytes = self.response.chunk().await;
            match bytes.map_err(|error| Mismatch::new(words(&error), "more of the stream"))? {
                Some(bytes) => self.buffer.extend_from_slice(&bytes),
                None => return Err(Mismatch::new("the end of the stream", "event: message")),
            }
        }
    }
}

/// The guide to receiving messages: the same three credentials as for poll.
async fn credentials(stage: &Stage) -> Verdict {
    call(stage.wire.request(Method::GET, STREAM)).await?.is_error(401)
}

/// The guide to receiving messages: `event: message`, the entry in `data:`, the cursor behind it in `id:`.
async fn messages(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    let mut stream = Stream::open(&customer, None).await?;
    customer.talk().await?;
    let event = stream.message().await?;
    holds(is_from(&event.data, "ROBOT"), &event.data, "a message of the robot")?;
    same(event.data["to"].as_str(), Some(&*customer.user))?;
    same(event.data["redelivered"].as_bool(), Some(false))
}

/// `Last-Event-ID` (WHATWG HTML, Server-sent events): what came after it, and nothing before.
async fn resumes(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    customer.talk().await?;
    let first = Stream::open(&customer, None).await?.message().await?;
    customer.sends("CHAT", "zxqv once more").await?;
    let second = Stream::open(&customer, Some(&first.id)).await?.message().await?;
    let code = |event: &Event| event.data["messageCode"].clone();
    holds(code(&second) != code(&first), &second.data, "another message than the one before the cursor")?;
    let again = Stream::open(&customer, Some(&first.id)).await?.message().await?;
    same(code(&again), code(&second))
}

/// The guide to receiving messages: one cursor for all ways of receiving.
async fn moves(stage: &Stage) -> Verdict {
    let customer = stage.customer().await?;
    customer.talk().await?;
    let first = Stream::open(&customer, None).await?.message().await?;
    customer.sends("CHAT", "zxqv once more").await?;
    let answer = customer.poll_with(&format!("cursor={}&wait=0", first.id)).await?;
    let rest = answer.messages()?;
    holds(!rest.is_empty(), answer.shown(), "what came after the stream's message")?;
    let repeated = rest.iter().any(|message| message["messageCode"] == first.data["messageCode"]);
    holds(!repeated, answer.shown(), "the stream's message not once more")
}

//! WebSocket: the feed and send on one connection, in JSON frames.
//!
//! From the client: `resume {cursor, deviceId?, events?, isNeedRead?}` begins the feed, `ack {cursor}` acknowledges,
//! `send {body, ref?}` sends. From the server: `message {cursor, message}`, `event {cursor?, event}`, `gap`,
//! `head {seq}`, `send {ref, answer}`, `error {ref, code, text}`.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use frontdesk_api::messaging::poll::{EventClass, MAX_CURSOR_CHARACTERS};
use frontdesk_api::messaging::result::Outcome;
use frontdesk_api::messaging::send::SendRequest;
use frontdesk_api::named::Named as _;
use frontdesk_core::id::DeviceId;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::deliver::acknowledged::wire_gap;
use crate::deliver::pieces::typing_event;
use crate::deliver::sse::{Heartbeat, PAGE};
use crate::deliver::{Delivered, Feed, Lease, Start, Wanted};
use crate::error::ApiError;
use crate::extract::CustomerCaller;
use crate::limit::gate;
use crate::parts::Parts;
use crate::uplink;

/// Longest frame from a client: the largest text, a card, and room to spare.
pub const MAX_FRAME: usize = 64 << 10;
/// How long a client may take to take one frame.
const SEND_TIME: Duration = Duration::from_secs(30);

/// Whether a text is a frame that a client may send.
pub fn understands(text: &str) -> bool {
    serde_json::from_str::<FromClient>(text).is_ok()
}

/// A frame from a client.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum FromClient {
    Resume {
        #[serde(default)]
        cursor: String,
        #[serde(rename = "deviceId")]
        device_id: Option<String>,
        #[serde(default)]
        events: Vec<String>,
        #[serde(rename = "isNeedRead", default)]
        is_need_read: bool,
    },
    Ack {
        cursor: String,
    },
    Send {
        body: Box<SendRequest>,
        #[serde(rename = "ref", default)]
        reference: Value,
    },
}

/// A connection with a customer's client.
struct Session {
    parts: Parts,
    caller: CustomerCaller,
    socket: WebSocket,
    feed: Option<(Feed, Wanted)>,
}

/// What happened on a connection.
enum Happened {
    Frame(Message),
    Gone,
    MaybeNews,
}

/// Serves a connection until the client goes, its credentials end, or the node stops.
pub async fn serve(parts: Parts, caller: CustomerCaller, socket: WebSocket, lease: Lease) {
    let mut session = Session { parts, caller, socket, feed: None };
    let reason = session.run(lease).await;
    if let Some((code, reason)) = reason {
        let frame = CloseFrame { code, reason: reason.into() };
        let closing = session.socket.send(Message::Close(Some(frame)));
        // Whether the client hears it is its own matter.
        drop(tokio::time::timeout(SEND_TIME, closing).await);
    }
}

impl Session {
    /// Returns why the server ends the connection; `None` if the client did.
    async fn run(&mut self, lease: Lease) -> Option<(u16, &'static str)> {
        let mut heartbeat = Heartbeat::start(&self.parts);
        loop {
            if self.tell_news().await.is_err() {
                return None;
            }
            if self.parts.shutdown.is_cancelled() {
                return Some((close_code::RESTART, "the server restarts"));
            }
            if lease.is_over(&self.parts) {
                return Some((close_code::POLICY, "the credentials have ended"));
            }
            if heartbeat.is_due() && self.beat().await.is_err() {
                return None;
            }
            match self.wait(heartbeat.next.min(lease.end())).await {
                Happened::Gone => return None,
                Happened::Frame(Message::Text(text)) => self.take(&text).await.ok()?,
                Happened::Frame(Message::Binary(_)) => {
                    return Some((close_code::UNSUPPORTED, "text frames only"));
                }
                Happened::MaybeNews | Happened::Frame(_) => {}
            }
        }
    }

    async fn wait(&mut self, until: Instant) -> Happened {
        let shutdown = self.parts.shutdown.clone();
        let news = async {
            if let Some((feed, _)) = &self.feed {
                feed.wait_until(until).await;
            } else {
                tokio::select! {
                    () = tokio::time::sleep_until(until) => {}
                    () = shutdown.cancelled() => {}
                }
            }
        };
        tokio::select! {
            frame = self.socket.recv() => frame.and_then(Result::ok).map_or(Happened::Gone, Happened::Frame),
            () = news => Happened::MaybeNews,
        }
    }

    /// Sends everything that is new. `Err` means that the client is gone.
    async fn tell_news(&mut self) -> Result<(), Gone> {
        let Some((mut feed, wanted)) = self.feed.take() else { return Ok(()) };
        let outcome = self.tell(&mut feed, &wanted).await;
        self.feed = Some((feed, wanted));
        outcome
    }

    async fn tell(&mut self, feed: &mut Feed, wanted: &Wanted) -> Result<(), Gone> {
        loop {
            let entries = match feed.next(PAGE).await {
                Ok(entries) => entries,
                Err(error) => return self.complain(ApiError::from(error)).await,
            };
            if entries.is_empty() {
                break;
            }
            for delivered in &entries {
                for frame in frames(feed, delivered, wanted) {
                    self.send(frame).await?;
                }
            }
        }
        if wanted.classes.contains(&EventClass::Typing) && feed.typing() {
            let event = typing_event(self.parts.clock.now());
            self.send(json!({ "type": "event", "event": event })).await?;
        }
        Ok(())
    }

    async fn beat(&mut self) -> Result<(), Gone> {
        let Some((feed, _)) = &self.feed else {
            return self.send(json!({ "type": "head", "seq": null })).await;
        };
        match feed.head().await {
            Ok(head) => self.send(json!({ "type": "head", "seq": head })).await,
            Err(error) => self.complain(error.into()).await,
        }
    }

    async fn take(&mut self, text: &str) -> Result<(), Gone> {
        let taken = match serde_json::from_str::<FromClient>(text) {
            Ok(FromClient::Resume { cursor, device_id, events, is_need_read }) => {
                self.resume(&cursor, device_id.as_deref(), &events, is_need_read).await
            }
            Ok(FromClient::Ack { cursor }) => self.acknowledge(&cursor).await.map(|()| None),
            Ok(FromClient::Send { body, reference }) => {
                let taken = match gate::send(&self.parts, &self.caller).await {
                    Ok(()) => uplink::take(&self.parts, &self.caller, None, &body).await,
                    Err(error) => Err(error),
                };
                return self.send(sent(&reference, taken)).await;
            }
            Err(error) => {
                let message = format!("The frame is not understood: {error}");
                Err(ApiError::Body { field: "type".to_owned(), message })
            }
        };
        match taken {
            Ok(Some(frame)) => self.send(frame).await,
            Ok(None) => Ok(()),
            Err(error) => self.complain(error).await,
        }
    }

    async fn acknowledge(&mut self, cursor: &str) -> Result<(), ApiError> {
        gate::poll(&self.parts, &self.caller, Duration::ZERO)?;
        match &mut self.feed {
            Some((feed, _)) => feed.acknowledge(cursor).await,
            None => Err(ApiError::CursorInvalid),
        }
    }

    async fn resume(
        &mut self,
        cursor: &str,
        device: Option<&str>,
        events: &[String],
        read_as_message: bool,
    ) -> Result<Option<Value>, ApiError> {
        gate::poll(&self.parts, &self.caller, Duration::ZERO)?;
        if cursor.len() > MAX_CURSOR_CHARACTERS {
            return Err(ApiError::CursorInvalid);
        }
        let device = match device {
            Some(name) => DeviceId::new(name).map_err(|error| ApiError::field_invalid("deviceId", error))?,
            None => DeviceId::unnamed(),
        };
        let classes = events.iter().map(|name| {
            EventClass::from_name(name)
                .ok_or_else(|| ApiError::field_invalid("events", "names no class of events"))
        });
        let wanted = Wanted { read_as_message, classes: classes.collect::<Result<_, _>>()? };
        let (log, start) = (self.caller.log, Start::parse(cursor));
        let (feed, gap) = Feed::open(&self.parts, log, device, wanted.audience(), start).await?;
        self.feed = Some((feed, wanted));
        Ok(gap.map(|gap| json!({ "type": "gap", "gap": wire_gap(gap) })))
    }

    async fn complain(&mut self, error: ApiError) -> Result<(), Gone> {
        self.send(refusal(&Value::Null, &error)).await
    }

    async fn send(&mut self, frame: Value) -> Result<(), Gone> {
        let sending = self.socket.send(Message::Text(frame.to_string().into()));
        match tokio::time::timeout(SEND_TIME, sending).await {
            Ok(Ok(())) => Ok(()),
            // A slow client is cut off, never skipped: it recovers by its cursor.
            Ok(Err(_)) | Err(_) => Err(Gone),
        }
    }
}

/// The client is gone.
struct Gone;

/// The answer to a `send`, with what the client calls it by.
fn sent(reference: &Value, taken: Result<Outcome, ApiError>) -> Value {
    match taken {
        Ok(told) => {
            let answer = json!({ "resultCode": told.code, "resultDesc": told.text });
            json!({ "type": "send", "ref": reference, "answer": answer })
        }
        Err(error) => refusal(reference, &error),
    }
}

fn refusal(reference: &Value, error: &ApiError) -> Value {
    let (code, text) = error.code_and_sentence();
    json!({ "type": "error", "ref": reference, "code": code, "text": text })
}

fn frames(feed: &Feed, delivered: &Delivered, wanted: &Wanted) -> Vec<Value> {
    let Some(renderer) = feed.renderer() else { return Vec::new() };
    let pieces = renderer.pieces(delivered, wanted);
    let events = pieces.events.into_iter().map(|event| json!({ "type": "event", "event": event }));
    let message = pieces.message.map(|message| json!({ "type": "message", "message": message }));
    let mut frames: Vec<Value> = events.chain(message).collect();
    // On the last frame of an entry alone: whoever has the cursor has all of the entry.
    if let Some(last) = frames.last_mut() {
        last["cursor"] = feed.cursor_at(delivered.entry.number).into();
    }
    frames
}

//! The feed over a WebSocket.

use std::time::Duration;

use async_trait::async_trait;
use frontdesk_api::messaging::poll::{AcknowledgedMessage, Gap, PollEvent};
use frontdesk_api::named::Named as _;
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::Upgraded;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{self, Message};

use super::item::{Batch, FeedItem};
use super::network::{Ask, Stream};
use crate::answer::{Opened, broken, misfit};
use crate::customer::CustomerClient;
use crate::error::{Error, Route};

const ACCEPT: &str = "sec-websocket-accept";
const ACKNOWLEDGE_WITHIN: Duration = Duration::from_millis(500);
/// How long the server may take to take a frame.
const SEND_TIME: Duration = Duration::from_secs(30);

/// An open WebSocket.
pub(super) struct Socket {
    route: Route,
    stream: WebSocketStream<Upgraded>,
}

/// A frame from the server.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Frame {
    Message {
        message: Box<AcknowledgedMessage>,
        cursor: Option<String>,
    },
    Event {
        event: PollEvent,
        cursor: Option<String>,
    },
    Gap {
        gap: Gap,
    },
    Error {
        code: String,
        text: String,
    },
    /// A sign of life, or something of a newer server.
    #[serde(other)]
    Other,
}

impl Socket {
    /// Opens a WebSocket, and resumes.
    pub(super) async fn open(customer: &CustomerClient, ask: &Ask) -> Result<Self, Error> {
        let key = generate_key();
        let Opened { route, response } = customer.websocket(&key).await?;
        let accepted = response.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
        if accepted != Some(&derive_accept_key(key.as_bytes())) {
            return Err(Error::Decode { route, place: ACCEPT.to_owned() });
        }
        let connection = response.upgrade().await.map_err(|source| broken(route.clone(), source))?;
        let stream = WebSocketStream::from_raw_socket(connection, Role::Client, None).await;
        let mut socket = Self { route, stream };
        let events: Vec<_> = ask.events.iter().map(|class| class.as_str()).collect();
        let resume = json!({
            "type": "resume", "cursor": ask.cursor, "deviceId": ask.device_id, "events": events,
            "isNeedRead": ask.is_need_read,
        });
        socket.say(&resume).await?;
        Ok(socket)
    }

    async fn say(&mut self, frame: &Value) -> Result<(), Error> {
        let sending = self.stream.send(Message::Text(frame.to_string().into()));
        match tokio::time::timeout(SEND_TIME, sending).await {
            Ok(sent) => sent.map_err(|source| self.broken(source)),
            Err(late) => Err(Error::Stream { route: self.route.clone(), source: late.into() }),
        }
    }

    fn broken(&self, source: tungstenite::Error) -> Error {
        Error::Stream { route: self.route.clone(), source: source.into() }
    }

    fn read(&self, text: &str) -> Result<Batch, Error> {
        let frame = serde_json::from_str(text).map_err(|_| Error::Decode {
            route: self.route.clone(),
            place: misfit::<Frame>(text.as_bytes()),
        })?;
        Ok(match frame {
            Frame::Message { message, cursor } => Batch::of(FeedItem::Message(message), cursor),
            Frame::Event { event, cursor } => Batch::of(FeedItem::Event(event), cursor),
            Frame::Gap { gap } => Batch { gap: Some(gap), ..Batch::default() },
            Frame::Error { code, text } => {
                let route = self.route.clone();
                return Err(Error::Refused { route, code, text });
            }
            Frame::Other => Batch::default(),
        })
    }
}

#[async_trait]
impl Stream for Socket {
    async fn receive(&mut self) -> Option<Result<Batch, Error>> {
        match self.stream.next().await? {
            Ok(Message::Text(text)) => Some(self.read(&text)),
            Ok(Message::Close(_)) => None,
            Ok(_) => Some(Ok(Batch::default())),
            Err(source) => Some(Err(self.broken(source))),
        }
    }

    async fn acknowledge(&mut self, cursor: &str) -> Result<(), Error> {
        self.say(&json!({ "type": "ack", "cursor": cursor })).await
    }

    fn acknowledge_within(&self) -> Duration {
        ACKNOWLEDGE_WITHIN
    }
}

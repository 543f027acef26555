//! Receiving by WebSocket.

use async_trait::async_trait;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::{Request, Response};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{Ended, Inbox, Receiver, Wish};
use crate::kit::callers::Customer;

/// The path of the WebSocket.
const PATH: &str = "/apiaccess/ccmessaging/ws";

/// An open WebSocket.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
    cursor: String,
    /// The answer that opened it.
    pub response: Response,
}

impl Socket {
    /// Opens a WebSocket with credentials in headers, and resumes.
    pub async fn open(customer: &Customer, wish: &Wish) -> Result<Self, Ended> {
        let broken = |error: Error| Ended { why: Some(error.to_string()) };
        let mut request = Self::request(customer.http.url(), "");
        for (name, value) in customer.http.headers() {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        let mut socket = Self::connect(request).await.map_err(broken)?;
        socket.resume(wish).await.map_err(broken)?;
        Ok(socket)
    }

    /// A request to open one, without credentials.
    pub fn request(url: &str, query: &str) -> Request {
        let url = url.replacen("http://", "ws://", 1);
        format!("{url}{PATH}{query}").into_client_request().expect("a request")
    }

    /// Opens one by a request.
    pub async fn connect(request: Request) -> Result<Self, Error> {
        let authority = request.uri().authority().expect("an authority").as_str();
        let stream = TcpStream::connect(authority).await.map_err(Error::Io)?;
        let (stream, response) = tokio_tungstenite::client_async(request, stream).await?;
        Ok(Self { stream, cursor: String::new(), response })
    }

    /// Asks for what comes after a cursor.
    pub async fn resume(&mut self, wish: &Wish) -> Result<(), Error> {
        self.cursor.clone_from(&wish.cursor);
        let events: Vec<&str> = wish.events.split(',').filter(|name| !name.is_empty()).collect();
        let mut frame = json!({ "type": "resume", "cursor": wish.cursor, "events": events });
        frame["isNeedRead"] = wish.need_read.into();
        if let Some(device) = &wish.device {
            frame["deviceId"] = device.as_str().into();
        }
        self.say(frame).await
    }

    /// Sends a frame.
    pub async fn say(&mut self, frame: Value) -> Result<(), Error> {
        self.send(Message::Text(frame.to_string().into())).await
    }

    /// Sends bytes past the protocol.
    pub async fn write_raw(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.get_mut().write_all(bytes).await
    }

    /// Sends a message of the protocol.
    pub async fn send(&mut self, message: Message) -> Result<(), Error> {
        self.stream.send(message).await
    }
}

#[async_trait]
impl Receiver for Socket {
    async fn step(&mut self, inbox: &mut Inbox) -> Result<(), Ended> {
        let text = match self.stream.next().await {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Close(frame))) => {
                let why = frame.map(|frame| format!("{} {}", u16::from(frame.code), frame.reason));
                return Err(Ended { why });
            }
            Some(Ok(_)) => return Ok(()),
            Some(Err(error)) => return Err(Ended { why: Some(error.to_string()) }),
            None => return Err(Ended { why: None }),
        };
        let frame: Value = serde_json::from_str(&text).expect("JSON");
        if let Some(cursor) = frame["cursor"].as_str() {
            cursor.clone_into(&mut self.cursor);
        }
        match frame["type"].as_str() {
            Some("message") => inbox.messages.push(frame["message"].clone()),
            Some("event") => inbox.events.push(frame["event"].clone()),
            Some("gap") => inbox.gaps.push(frame["gap"].clone()),
            Some("head") => inbox.heads.push(frame["seq"].clone()),
            Some("error") => inbox.errors.push(frame),
            Some("send") => inbox.answers.push(frame),
            other => panic!("a frame of an unknown kind: {other:?}"),
        }
        Ok(())
    }

    fn cursor(&self) -> Option<&str> {
        Some(&self.cursor)
    }
}

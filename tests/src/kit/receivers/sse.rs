//! Receiving by Server-sent events.

use async_trait::async_trait;
use reqwest::{Method, Response};
use serde_json::Value;

use super::{Ended, Inbox, Receiver, Wish};
use crate::kit::callers::Customer;

/// The path of the stream.
const STREAM: &str = "/apiaccess/ccmessaging/stream";

/// An open stream.
#[derive(Debug)]
pub struct EventStream {
    /// The answer's head, with its body still to come.
    pub response: Response,
    buffer: Vec<u8>,
    cursor: String,
    /// Comments that came, without their colon.
    pub comments: Vec<String>,
}

impl EventStream {
    /// Opens a stream. A cursor is presented as browsers do it.
    pub async fn open(customer: &Customer, wish: &Wish) -> Result<Self, Ended> {
        let mut request = customer.http.request(Method::GET, &format!("{STREAM}?{}", wish.query()));
        if !wish.cursor.is_empty() {
            request = request.header("last-event-id", &wish.cursor);
        }
        let response = request.send().await.map_err(|error| Ended { why: Some(error.to_string()) })?;
        if !response.status().is_success() {
            return Err(Ended { why: Some(response.text().await.unwrap_or_default()) });
        }
        Ok(Self { response, buffer: Vec::new(), cursor: wish.cursor.clone(), comments: Vec::new() })
    }

    /// The next whole event, without the empty line behind it.
    async fn event(&mut self) -> Result<String, Ended> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|bytes| bytes == b"\n\n") {
                let event = self.buffer.drain(..end + 2).collect::<Vec<_>>();
                return Ok(String::from_utf8(event[..end].to_vec()).expect("UTF-8"));
            }
            match self.response.chunk().await {
                Ok(Some(bytes)) => self.buffer.extend_from_slice(&bytes),
                Ok(None) => return Err(Ended { why: None }),
                Err(error) => return Err(Ended { why: Some(error.to_string()) }),
            }
        }
    }
}

#[async_trait]
impl Receiver for EventStream {
    async fn step(&mut self, inbox: &mut Inbox) -> Result<(), Ended> {
        let event = self.event().await?;
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
        if let Some(comment) = field(":") {
            self.comments.push(comment.trim().to_owned());
            return Ok(());
        }
        let data: Value = serde_json::from_str(field("data: ").expect("data")).expect("JSON");
        if let Some(id) = field("id: ") {
            id.clone_into(&mut self.cursor);
        }
        match field("event: ") {
            Some("message") => inbox.messages.push(data),
            Some("event") => inbox.events.push(data),
            Some("gap") => inbox.gaps.push(data),
            Some("head") => inbox.heads.push(data["seq"].clone()),
            other => panic!("an event of an unknown kind: {other:?}"),
        }
        Ok(())
    }

    fn cursor(&self) -> Option<&str> {
        Some(&self.cursor)
    }
}

//! Frontdesk: polls with a cursor, and an agent who sends.

use anyhow::Context as _;
use bytes::Bytes;
use frontdesk_client::CustomerCredentials;
use http::request::Builder;
use http::{Request, Response, header};
use http_body_util::Full;
use serde::Deserialize;
use serde_json::json;

use crate::stage::Stage;
use crate::subject::Subject;

/// Requests of everybody on a stage.
pub(crate) struct Frontdesk {
    customers: Vec<(CustomerCredentials, String)>,
    agent: String,
}

/// What is looked at of the answer to a poll with a cursor.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    next_cursor: String,
    downlink_messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
}

/// A cursor; at first the end of the log.
pub(crate) struct Cursor(String);

impl Default for Cursor {
    fn default() -> Self {
        Self("latest".to_owned())
    }
}

impl Frontdesk {
    pub(crate) fn new(stage: &Stage) -> Self {
        let customers =
            stage.seats.iter().map(|seat| (seat.credentials.clone(), seat.conversation.clone())).collect();
        Self { customers, agent: format!("Bearer {}", stage.agent.token().expose()) }
    }
}

impl Subject for Frontdesk {
    type Place = Cursor;

    fn poll(&self, customer: usize, place: &Cursor) -> anyhow::Result<Request<Full<Bytes>>> {
        let (credentials, _) = self.customers.get(customer).context("no such customer")?;
        let path = format!("/apiaccess/ccmessaging/poll?wait=50&cursor={}", place.0);
        Ok(shown(Request::get(path), credentials).body(Full::default())?)
    }

    fn received(&self, answer: &Response<Bytes>) -> anyhow::Result<(Vec<String>, Cursor)> {
        let answer: Answer = serde_json::from_slice(answer.body())?;
        let texts = answer.downlink_messages.into_iter().filter_map(|message| message.content).collect();
        Ok((texts, Cursor(answer.next_cursor)))
    }

    fn send(&self, customer: usize, text: &str) -> anyhow::Result<Request<Full<Bytes>>> {
        let (_, conversation) = self.customers.get(customer).context("no such customer")?;
        let body = json!({ "mediaType": "TEXT", "content": text }).to_string();
        let request = Request::post(format!("/api/v1/agent/conversations/{conversation}/messages"));
        let request = request.header(header::AUTHORIZATION, &self.agent);
        Ok(request.header(header::CONTENT_TYPE, "application/json").body(body.into())?)
    }
}

/// A customer says something.
pub(crate) fn chat(credentials: &CustomerCredentials, text: &str) -> anyhow::Result<Request<Full<Bytes>>> {
    let body = json!({
        "channel": "WEB", "from": credentials.user_id, "to": credentials.channel_id, "sourceType": "CUSTOMER",
        "mediaType": "TEXT", "controlType": "CHAT", "content": text,
    });
    let request = shown(Request::post("/apiaccess/ccmessaging/send"), credentials);
    Ok(request.header(header::CONTENT_TYPE, "application/json").body(body.to_string().into())?)
}

fn shown(request: Builder, credentials: &CustomerCredentials) -> Builder {
    request
        .header("x-app-key", &credentials.app_key)
        .header(header::AUTHORIZATION, format!("Bearer {}", credentials.access_token.expose()))
        .header("ccmessaging-token", credentials.messaging_token.expose())
}

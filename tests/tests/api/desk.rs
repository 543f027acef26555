//! A desk that follows the agents' feed, and customers for it.

use frontdesk_tests::kit::{Agent, Customer, Server, hide};
use serde_json::{Value, json};

/// A customer who asks for a person.
pub(crate) async fn asking(server: &Server, user: &str) -> Customer {
    let customer = server.customer(user).await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    customer
}

pub(crate) fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

/// Events without what differs from run to run. A conversation is hidden if there is one.
pub(crate) fn told(events: &[Value]) -> Vec<Value> {
    events.iter().map(|event| hide(event, &["at", "seq", "conversationId", "conversation"])).collect()
}

/// The event that says that somebody takes part, or does no longer.
pub(crate) fn comes(kind: &str, (agent, name): (&str, &str), mode: &str, by: Option<&str>) -> Value {
    let mut event = json!({
        "type": kind, "at": "[at]", "conversationId": "[conversationId]", "agentId": agent, "name": name,
        "mode": mode,
    });
    if let Some(by) = by {
        event["by"] = json!(by);
    }
    event
}

/// The same for the one who comes.
pub(crate) fn comes_in(who: (&str, &str), mode: &str, by: Option<&str>) -> Value {
    let mut event = comes("joined", who, mode, by);
    event["conversation"] = json!("[conversation]");
    event
}

pub(crate) fn released(control: &str, reason: &str) -> Value {
    json!({
        "type": "released", "at": "[at]", "conversationId": "[conversationId]", "control": control,
        "reason": reason,
    })
}

/// Messages as who said what, with whispers in brackets.
pub(crate) fn lines(events: &[Value]) -> Vec<String> {
    let line = |event: &Value| {
        let message = &event["message"];
        let text = message["content"].as_str()?;
        let author = &message["author"]["name"];
        let author = author.as_str().unwrap_or_default();
        Some(match event["type"].as_str()? {
            "whisper" => {
                assert_eq!(message["whisper"], true, "{event}");
                format!("({author}: {text})")
            }
            _ => format!("{author}: {text}"),
        })
    };
    events.iter().filter_map(line).collect()
}

/// A desk that goes on from where it was.
pub(crate) struct Desk<'a> {
    agent: &'a Agent,
    pub(crate) cursor: String,
}

impl<'a> Desk<'a> {
    pub(crate) async fn open(agent: &'a Agent) -> (Self, Vec<Value>) {
        let mut desk = Self { agent, cursor: String::new() };
        let events = desk.next(0).await;
        (desk, events)
    }

    pub(crate) async fn next(&mut self, wait: u32) -> Vec<Value> {
        let answer = self.agent.feed(&self.cursor, wait).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json["cursor"].as_str().unwrap().clone_into(&mut self.cursor);
        answer.json["events"].as_array().unwrap().clone()
    }
}

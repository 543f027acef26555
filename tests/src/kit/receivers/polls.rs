//! Receiving by polls.

use async_trait::async_trait;
use serde_json::Value;

use super::{Ended, Inbox, Receiver, Wish};
use crate::kit::callers::{Answer, Customer, POLL};

/// Seconds that each poll is held.
const WAIT: u64 = 1;

fn broken(error: impl std::fmt::Display) -> Ended {
    Ended { why: Some(error.to_string()) }
}

fn list(answer: &Value, name: &str) -> Vec<Value> {
    answer[name].as_array().cloned().unwrap_or_default()
}

async fn poll(customer: &Customer, query: &str) -> Result<Answer, Ended> {
    let path = format!("{POLL}?receiverId={}&channel=WEB&wait={WAIT}&{query}", customer.user);
    let answer = customer.http.try_send(customer.http.request(reqwest::Method::GET, &path)).await;
    let answer = answer.map_err(broken)?;
    if answer.status.is_success() { Ok(answer) } else { Err(broken(answer.text)) }
}

/// The documented poll, again and again.
#[derive(Debug)]
pub struct ClassicPolls {
    customer: Customer,
    query: String,
}

impl ClassicPolls {
    /// Nothing is sent yet.
    pub fn new(customer: &Customer, wish: &Wish) -> Self {
        Self { customer: customer.clone(), query: format!("isNeedRead={}", wish.need_read) }
    }
}

#[async_trait]
impl Receiver for ClassicPolls {
    async fn step(&mut self, inbox: &mut Inbox) -> Result<(), Ended> {
        let answer = poll(&self.customer, &self.query).await?;
        inbox.messages.extend(list(&answer.json, "downlinkMessages"));
        Ok(())
    }

    fn cursor(&self) -> Option<&str> {
        None
    }
}

/// The poll with a cursor, again and again.
#[derive(Debug)]
pub struct AcknowledgedPolls {
    customer: Customer,
    query: String,
    cursor: String,
}

impl AcknowledgedPolls {
    /// Nothing is sent yet.
    pub fn new(customer: &Customer, wish: &Wish) -> Self {
        Self { customer: customer.clone(), query: wish.query(), cursor: wish.cursor.clone() }
    }
}

#[async_trait]
impl Receiver for AcknowledgedPolls {
    async fn step(&mut self, inbox: &mut Inbox) -> Result<(), Ended> {
        let query = format!("{}&cursor={}", self.query, self.cursor);
        let answer = poll(&self.customer, &query).await?;
        inbox.messages.extend(list(&answer.json, "downlinkMessages"));
        inbox.events.extend(list(&answer.json, "events"));
        inbox.gaps.extend(answer.json.get("gap").cloned());
        answer.json["nextCursor"].as_str().expect("a cursor").clone_into(&mut self.cursor);
        Ok(())
    }

    fn cursor(&self) -> Option<&str> {
        Some(&self.cursor)
    }
}

//! Agents at their desks, who hear of everything over the feed alone.

use std::collections::BTreeMap;
use std::time::Duration;

use frontdesk_tests::kit::{Dice, Fate, Sent};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::client::{Ask, Client};
use super::customers::text;

/// How long the feed is held, in seconds.
const HELD: u64 = 1;

/// An agent who takes most of what is offered, answers, passes on and ends.
pub(super) struct Desk {
    pub(super) client: Client,
    pub(super) agent: &'static str,
    pub(super) other: &'static str,
    pub(super) dice: Dice,
    /// How much was said.
    pub(super) count: u32,
    cursor: String,
    /// Whose each conversation is, as the feed has told.
    held: BTreeMap<String, String>,
    /// What customers said, as the feed has told it, in order.
    pub(super) heard: Vec<String>,
    /// Every message that the feed has told of.
    told: Vec<String>,
    /// Whether every offer is taken.
    takes_all: bool,
}

impl Desk {
    pub(super) fn new(client: Client, (agent, other): (&'static str, &'static str), dice: Dice) -> Self {
        let (cursor, held, heard, told) = (String::new(), BTreeMap::new(), Vec::new(), Vec::new());
        Self { client, agent, other, dice, count: 0, cursor, held, heard, told, takes_all: false }
    }

    /// Works until told to stop.
    pub(super) async fn work(&mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            self.listen(HELD).await;
            self.act().await;
        }
    }

    /// Does something with one of the conversations held: whoever does much before they listen again hears late.
    async fn act(&mut self) {
        let nth = self.dice.below(self.held.len().max(1) as u64);
        let one = self.held.iter().nth(usize::try_from(nth).unwrap());
        let Some((conversation, user)) = one.map(|(id, user)| (id.clone(), user.clone())) else { return };
        match self.dice.below(100) {
            0..60 => self.say(&conversation, &user).await,
            60..64 => self.end(&conversation, &user).await,
            64..67 => self.change(&conversation, "transfer", &json!({ "queue": "support" })).await,
            67..70 => self.change(&conversation, "transfer", &json!({ "agentId": self.other })).await,
            70..76 => self.change(&conversation, "read", &Value::Null).await,
            _ => {}
        }
    }

    /// Takes what is still offered, and ends all that they have. Whoever wants to be done makes sure that they are there.
    pub(super) async fn finish(&mut self) {
        self.takes_all = true;
        self.is_back().await;
        self.listen(0).await;
        for (conversation, user) in self.held.clone() {
            self.end(&conversation, &user).await;
        }
    }

    async fn listen(&mut self, wait: u64) {
        let path = format!("/api/v1/agent/feed?cursor={}&wait={wait}", self.cursor);
        let answer = self.client.ask(Ask::get(&path).held(Duration::from_secs(HELD))).await;
        if answer.status != StatusCode::OK {
            self.client.ledger.protest("feed", &answer);
            return;
        }
        self.cursor = text(&answer.json["cursor"]);
        for event in answer.json["events"].as_array().cloned().unwrap_or_default() {
            self.hear(&event).await;
        }
    }

    async fn hear(&mut self, event: &Value) {
        let conversation = text(&event["conversationId"]);
        match event["type"].as_str().unwrap_or_default() {
            "assigned" => {
                let user = text(&event["conversation"]["customer"]["userId"]);
                self.held.insert(conversation, user);
            }
            "released" | "ended" => {
                self.held.remove(&conversation);
            }
            // Some are not answered, and time runs out.
            "offered" if self.takes_all || self.dice.below(100) < 85 => {
                self.change(&conversation, "accept", &Value::Null).await;
            }
            // Who did not answer an offer is away from then on.
            "offerEnded" if event["reason"] == "timedOut" => self.is_back().await,
            "state" if event["status"] == "away" => self.is_back().await,
            "message" => self.note(&event["message"]),
            _ => {}
        }
    }

    fn note(&mut self, message: &Value) {
        let id = text(&message["id"]);
        if self.told.contains(&id) {
            self.client.ledger.complain(format!("the feed of {} told twice: {message}", self.agent));
        }
        self.told.push(id);
        if message["author"]["kind"] == "customer" {
            let content = text(&message["content"]);
            self.client.watch.heard("a customer's words, to the agent", &content);
            self.heard.push(content);
        }
    }

    /// Takes customers, again.
    pub(super) async fn is_back(&mut self) {
        let body = json!({ "status": "online" });
        let ask = Ask { method: &Method::PUT, ..Ask::post("/api/v1/agent/status", &body) };
        let answer = self.client.ask(ask).await;
        if !answer.status.is_success() {
            self.client.ledger.protest("status", &answer);
        }
    }

    async fn say(&mut self, conversation: &str, user: &str) {
        self.count += 1;
        let content = format!("{} to {user} #{}", self.agent, self.count);
        let path = format!("/api/v1/agent/conversations/{conversation}/messages");
        let id = format!("{}-{}", self.agent, self.count);
        let body = json!({ "mediaType": "TEXT", "content": content, "messageId": id });
        self.client.watch.says(&content);
        let answer = self.client.ask(Ask::post(&path, &body)).await;
        let fate = match answer.status {
            StatusCode::CREATED => Fate::Acknowledged,
            // It is theirs no longer.
            StatusCode::CONFLICT | StatusCode::NOT_FOUND => Fate::Refused,
            _ => {
                self.client.ledger.protest("an agent's message", &answer);
                Fate::Unknown
            }
        };
        if fate != Fate::Acknowledged {
            self.client.watch.unsaid(&content);
        }
        self.client.ledger.sent(user, self.agent, Sent { content, fate, to_robot: false });
    }

    async fn end(&mut self, conversation: &str, user: &str) {
        let path = format!("/api/v1/agent/conversations/{conversation}/end");
        let answer = self.client.ask(Ask::post(&path, &Value::Null)).await;
        match answer.status {
            StatusCode::NO_CONTENT => self.client.ledger.note(user, |story| story.ended += 1),
            StatusCode::CONFLICT | StatusCode::NOT_FOUND => {}
            _ => self.client.ledger.protest("end", &answer),
        }
    }

    async fn change(&mut self, conversation: &str, what: &str, body: &Value) {
        let path = format!("/api/v1/agent/conversations/{conversation}/{what}");
        let answer = self.client.ask(Ask::post(&path, body)).await;
        let is_fine = answer.status.is_success()
            || matches!(answer.status, StatusCode::CONFLICT | StatusCode::NOT_FOUND);
        if !is_fine {
            self.client.ledger.protest(what, &answer);
        }
    }
}

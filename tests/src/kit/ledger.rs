//! What actors of a long run note, and the chance that they act by.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use frontdesk_core::port::Random as _;
use serde_json::Value;

use super::callers::Answer;
use super::story::{Logged, Sent, Story};
use super::world::SeededRandom;

/// What everybody noted.
#[derive(Debug, Default)]
pub struct Ledger {
    stories: Mutex<HashMap<String, Story>>,
    /// Answers that nobody should get.
    pub unexpected: Mutex<Vec<String>>,
}

impl Ledger {
    /// Notes something of a customer.
    pub fn note(&self, user: &str, note: impl FnOnce(&mut Story)) {
        let mut stories = self.stories.lock().unwrap();
        let story = stories.entry(user.to_owned()).or_default();
        user.clone_into(&mut story.user);
        note(story);
    }

    /// Notes what somebody said to a customer, or the customer themselves.
    pub fn sent(&self, user: &str, sender: &str, sent: Sent) {
        self.note(user, |story| story.sent.entry(sender.to_owned()).or_default().push(sent));
    }

    /// Notes an answer that nobody should get.
    pub fn protest(&self, what: &str, answer: &Answer) {
        self.complain(format!("{what}: {} {}", answer.status, answer.text));
    }

    /// Notes something that should not be.
    pub fn complain(&self, what: String) {
        self.unexpected.lock().unwrap().push(what);
    }

    /// What is known of each customer.
    pub fn stories(&self) -> Vec<Story> {
        self.stories.lock().unwrap().values().cloned().collect()
    }
}

impl Logged {
    /// The messages of an answer of `queryHistoryChatMessage`, newest first.
    pub fn of_page(answer: &Answer) -> Vec<Self> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let page = answer.json["messageList"].as_array().expect("a page of history");
        let message = |message: &Value| Self {
            code: text(&message["messageCode"]),
            at: message["sendTime"].as_i64().unwrap_or_default(),
            source: text(&message["sourceType"]),
            content: text(&message["content"]),
        };
        page.iter().map(message).collect()
    }
}

/// Chance, the same for the same seed.
#[derive(Debug)]
pub struct Dice(SeededRandom);

impl Dice {
    /// Chance for a seed.
    pub const fn new(seed: u64) -> Self {
        Self(SeededRandom::new(seed))
    }

    /// A number below a bound.
    pub fn below(&self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % bound
    }

    /// Waits for a while between two bounds, in milliseconds.
    pub async fn pause(&self, least: u64, most: u64) {
        tokio::time::sleep(Duration::from_millis(least + self.below(most - least))).await;
    }
}

//! Customers who talk, each with a client that receives, and all of whom note what they were told.

use std::time::Duration;

use frontdesk_tests::kit::{Answer, Customer, Dice, Fate, Logged, Received, Sent};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::client::{Ask, Client};

const SEND: &str = "/apiaccess/ccmessaging/send";
/// How long polls are held, in seconds.
const HELD: u64 = 2;

const QUESTIONS: [&str; 3] =
    ["How long does delivery take", "How can I return something", "do you sell elephants"];

/// A text in an answer; empty if there is none.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Out,
    WithRobot,
    WithAgent,
}

/// A customer who connects, talks to the robot, asks for an agent, talks, leaves, and begins again. Whatever they send has an
/// id, and is sent again until a server says what became of it.
pub(super) struct Talker {
    pub(super) client: Client,
    pub(super) customer: Customer,
    pub(super) dice: Dice,
    /// Hardly stops: whatever goes wrong meets something of theirs that is under way.
    pub(super) is_hasty: bool,
    /// How many things were sent.
    pub(super) count: u32,
}

impl Talker {
    pub(super) async fn talk(mut self, stop: CancellationToken) {
        let mut stage = Stage::Out;
        while !stop.is_cancelled() {
            stage = self.step(stage).await;
            let longest = if self.is_hasty { 5 } else { 250 };
            self.dice.pause(1, longest).await;
        }
    }

    async fn step(&mut self, stage: Stage) -> Stage {
        let chance = self.dice.below(100);
        let is_taken = match stage {
            Stage::Out => {
                return if self.send("CONNECT", "").await.code() == "0" { Stage::WithRobot } else { stage };
            }
            Stage::WithRobot if chance < 25 => {
                let is_taken = self.send("TRANS2AGENT", "").await.code() == "0";
                return if is_taken { Stage::WithAgent } else { Stage::Out };
            }
            Stage::WithAgent if chance < 4 => {
                self.send("DISCONNECT", "").await;
                false
            }
            Stage::WithRobot | Stage::WithAgent => self.say().await,
        };
        if is_taken { stage } else { Stage::Out }
    }

    async fn send(&mut self, control: &str, content: &str) -> Answer {
        self.count += 1;
        let mut body = self.customer.message(control, content);
        body["messageId"] = json!(format!("{}-{}", self.customer.user, self.count));
        let answer = self.client.ask(Ask::post(SEND, &body)).await;
        if answer.status != StatusCode::OK {
            self.client.ledger.protest(control, &answer);
        }
        answer
    }

    /// Whether it was taken.
    async fn say(&mut self) -> bool {
        let user = self.customer.user.clone();
        let question = QUESTIONS[usize::try_from(self.dice.below(3)).unwrap()];
        let content = format!("{user} #{}: {question}?", self.count);
        self.client.watch.says(&content);
        let answer = self.send("CHAT", &content).await;
        let is_taken = answer.code() == "0";
        let to_robot = is_taken && answer.json["resultDesc"] == "Send message to robot successfully";
        if !is_taken || to_robot {
            self.client.watch.unsaid(&content);
        }
        let fate = if is_taken { Fate::Acknowledged } else { Fate::Refused };
        self.client.ledger.sent(&user, &user, Sent { content, fate, to_robot });
        is_taken
    }
}

/// A customer's client that receives, and acknowledges what it has received by asking for what comes after. It ends when it
/// is told to and nothing comes any more.
pub(super) async fn receive(mut client: Client, user: String, stop: CancellationToken) {
    let mut cursor = String::new();
    loop {
        let is_last = stop.is_cancelled();
        let wait = if is_last { 0 } else { HELD };
        let path = format!("/apiaccess/ccmessaging/poll?cursor={cursor}&wait={wait}&limit=100");
        let answer = client.ask(Ask::get(&path).held(Duration::from_secs(HELD))).await;
        if answer.status != StatusCode::OK || answer.code() != "0" || answer.json.get("gap").is_some() {
            client.ledger.protest("poll", &answer);
            return;
        }
        let messages = answer.messages();
        answer.json["nextCursor"].as_str().unwrap_or_default().clone_into(&mut cursor);
        if is_last && messages.is_empty() {
            return;
        }
        for message in messages {
            let received = Received {
                // To whoever acknowledges nothing comes twice, whatever happens in between.
                kills: 0,
                code: text(&message["messageCode"]),
                at: message["timestamp"].as_i64().unwrap_or_default(),
                is_chat: message["controlType"] == "CHAT",
                content: text(&message["content"]),
            };
            client.watch.heard("an agent's words, to the customer", &received.content);
            client.ledger.note(&user, |story| story.received.push(received));
        }
    }
}

/// A customer's whole log as history has it, oldest first.
pub(super) async fn log_of(client: &mut Client, user: &str, channel: &str) -> Vec<Logged> {
    let mut log = Vec::new();
    loop {
        let body = json!({
            "userId": user, "channelId": channel, "channel": "WEB", "limit": "100",
            "offset": log.len().to_string(),
        });
        let path = "/apiaccess/ccmessaging/queryHistoryChatMessage";
        let page = Logged::of_page(&client.ask(Ask::post(path, &body)).await);
        if page.is_empty() {
            log.reverse();
            return log;
        }
        log.extend(page);
    }
}

/// What a customer said while an agent had the conversation, in order: by the log itself, with what happened in between.
pub(super) async fn said_to_agents(client: &mut Client) -> Vec<String> {
    let (mut cursor, mut is_with_agent, mut said) = ("earliest".to_owned(), false, Vec::new());
    loop {
        let path = format!(
            "/apiaccess/ccmessaging/poll?cursor={cursor}&wait=0&limit=100&events=session,self&deviceId=witness"
        );
        let answer = client.ask(Ask::get(&path)).await;
        let events = answer.json["events"].as_array().cloned().unwrap_or_default();
        if events.is_empty() && answer.messages().is_empty() {
            return said;
        }
        answer.json["nextCursor"].as_str().unwrap_or_default().clone_into(&mut cursor);
        for event in &events {
            match (event["type"].as_str(), event["data"]["state"].as_str()) {
                (Some("session"), Some("assigned")) => is_with_agent = true,
                (Some("session"), Some("connected" | "queued" | "robot" | "ended")) => is_with_agent = false,
                (Some("self"), _) if is_with_agent => said.push(text(&event["data"]["content"])),
                _ => {}
            }
        }
    }
}

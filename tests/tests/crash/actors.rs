//! Customers who talk and poll, and agents at their desks, all of whom note what they were told.

use frontdesk_tests::kit::{Customer, Dice, Fate, Ledger, Received, Sent};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::lives::Line;

/// In everything that is said, so that it is found where it must not be.
pub(super) const MARK: &str = "zebra";
/// Most conversations of the demonstration's agents.
pub(super) const CAPACITY: usize = 5;

const QUESTIONS: [&str; 4] = [
    "How long does delivery take",
    "How can I return something",
    "do you sell elephants",
    "Which payment methods are there",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Out,
    WithRobot,
    WithAgent,
}

/// A customer who connects, talks to the robot, asks for an agent, talks, leaves, and begins again.
pub(super) struct Talker<'a> {
    pub(super) line: Line,
    pub(super) customer: Customer,
    pub(super) ledger: &'a Ledger,
    pub(super) dice: Dice,
    /// Names each message, and sends it again until the server says what became of it.
    pub(super) repeats: bool,
    pub(super) count: u32,
}

impl Talker<'_> {
    pub(super) async fn talk(mut self, stop: CancellationToken) {
        let mut stage = Stage::Out;
        while !stop.is_cancelled() {
            stage = self.step(stage).await;
            self.dice.pause(5, 40).await;
        }
    }

    async fn step(&mut self, stage: Stage) -> Stage {
        let chance = self.dice.below(100);
        match stage {
            Stage::Out if self.control("CONNECT").await => Stage::WithRobot,
            Stage::Out => Stage::Out,
            Stage::WithRobot if chance < 30 => {
                if self.control("TRANS2AGENT").await {
                    Stage::WithAgent
                } else {
                    Stage::Out
                }
            }
            Stage::WithAgent if chance < 4 => {
                self.control("DISCONNECT").await;
                Stage::Out
            }
            Stage::WithRobot | Stage::WithAgent => {
                if self.say().await {
                    stage
                } else {
                    Stage::Out
                }
            }
        }
    }

    /// Whether it was taken.
    async fn control(&mut self, control: &str) -> bool {
        let body = self.customer.message(control, "");
        let answer = self.line.ask(Method::POST, "/apiaccess/ccmessaging/send", &body).await;
        let Some((_, answer)) = answer else { return false };
        if answer.status != StatusCode::OK {
            self.ledger.protest(control, &answer);
        }
        answer.code() == "0"
    }

    /// Whether it was taken.
    async fn say(&mut self) -> bool {
        self.count += 1;
        let user = self.customer.user.clone();
        let question = QUESTIONS[usize::try_from(self.dice.below(4)).unwrap()];
        let content = format!("{user} #{} {MARK}: {question}?", self.count);
        let mut body = self.customer.message("CHAT", &content);
        if self.repeats {
            body["messageId"] = json!(format!("{user}-{}", self.count));
        }
        let path = if self.dice.below(5) == 0 { "sendAsync" } else { "send" };
        let path = format!("/apiaccess/ccmessaging/{path}");
        let mut told = self.line.ask(Method::POST, &path, &body).await;
        while told.is_none() && self.repeats {
            told = self.line.ask(Method::POST, &path, &body).await;
        }
        let (fate, to_robot) = match &told {
            None => (Fate::Unknown, false),
            Some((_, answer)) if answer.status != StatusCode::OK => {
                self.ledger.protest("CHAT", answer);
                (Fate::Unknown, false)
            }
            Some((_, answer)) if answer.code() == "0" => {
                (Fate::Acknowledged, answer.json["resultDesc"] == "Send message to robot successfully")
            }
            Some(_) => (Fate::Refused, false),
        };
        self.ledger.sent(&user, &user, Sent { content, fate, to_robot });
        fate == Fate::Acknowledged
    }
}

/// A customer's client that receives. It ends when it is told to and nothing comes any more.
pub(super) async fn poll(mut way: Line, user: String, wait: &str, ledger: &Ledger, stop: CancellationToken) {
    let path = format!("/apiaccess/ccmessaging/poll?receiverId={user}&channel=WEB{wait}");
    loop {
        let stopping = stop.is_cancelled();
        let Some((life, answer)) = way.ask(Method::GET, &path, &Value::Null).await else { continue };
        if answer.status != StatusCode::OK || answer.code() != "0" {
            ledger.protest("poll", &answer);
            return;
        }
        let messages = answer.json["downlinkMessages"].as_array().cloned().unwrap_or_default();
        if stopping && messages.is_empty() {
            return;
        }
        for message in messages {
            let received = Received {
                kills: life.kills,
                code: text(&message["messageCode"]),
                at: message["timestamp"].as_i64().unwrap_or_default(),
                is_chat: message["controlType"] == "CHAT",
                content: text(&message["content"]),
            };
            ledger.note(&user, |story| story.received.push(received));
        }
    }
}

/// An agent who answers, passes on and ends.
pub(super) struct Desk<'a> {
    pub(super) line: Line,
    pub(super) agent: &'static str,
    pub(super) other: &'static str,
    pub(super) ledger: &'a Ledger,
    pub(super) dice: Dice,
    pub(super) count: u32,
}

impl Desk<'_> {
    pub(super) async fn work(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            for (conversation, user) in self.held().await {
                match self.dice.below(100) {
                    0..50 => self.say(&conversation, &user).await,
                    50..58 => self.end(&conversation, &user).await,
                    58..64 => self.change(&conversation, "transfer", &json!({ "queue": "support" })).await,
                    64..70 => self.change(&conversation, "transfer", &json!({ "agentId": self.other })).await,
                    70..80 => self.change(&conversation, "read", &Value::Null).await,
                    _ => {}
                }
            }
            self.dice.pause(10, 60).await;
        }
    }

    /// The conversations held, with whose they are.
    pub(super) async fn held(&mut self) -> Vec<(String, String)> {
        let path = "/api/v1/agent/conversations";
        let Some((_, answer)) = self.line.ask(Method::GET, path, &Value::Null).await else {
            return Vec::new();
        };
        let Some(list) = answer.json["conversations"].as_array() else {
            self.ledger.protest("conversations", &answer);
            return Vec::new();
        };
        if list.len() > CAPACITY {
            self.ledger.complain(format!("{} holds {} conversations", self.agent, list.len()));
        }
        list.iter().map(|held| (text(&held["id"]), text(&held["customer"]["userId"]))).collect()
    }

    async fn say(&mut self, conversation: &str, user: &str) {
        self.count += 1;
        let content = format!("{} to {user} #{} {MARK}", self.agent, self.count);
        let path = format!("/api/v1/agent/conversations/{conversation}/messages");
        let body = json!({ "mediaType": "TEXT", "content": content });
        let fate = match self.line.ask(Method::POST, &path, &body).await {
            None => Fate::Unknown,
            Some((_, answer)) if answer.status == StatusCode::CREATED => Fate::Acknowledged,
            Some((_, answer)) if answer.status == StatusCode::CONFLICT => Fate::Refused,
            Some((_, answer)) => {
                self.ledger.protest("an agent's message", &answer);
                Fate::Unknown
            }
        };
        self.ledger.sent(user, self.agent, Sent { content, fate, to_robot: false });
    }

    pub(super) async fn end(&mut self, conversation: &str, user: &str) {
        let path = format!("/api/v1/agent/conversations/{conversation}/end");
        let Some((_, answer)) = self.line.ask(Method::POST, &path, &Value::Null).await else { return };
        match answer.status {
            StatusCode::NO_CONTENT => self.ledger.note(user, |story| story.ended += 1),
            StatusCode::CONFLICT => {}
            _ => self.ledger.protest("end", &answer),
        }
    }

    async fn change(&mut self, conversation: &str, what: &str, body: &Value) {
        let path = format!("/api/v1/agent/conversations/{conversation}/{what}");
        let Some((_, answer)) = self.line.ask(Method::POST, &path, body).await else { return };
        if !matches!(answer.status, StatusCode::NO_CONTENT | StatusCode::CONFLICT) {
            self.ledger.protest(what, &answer);
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

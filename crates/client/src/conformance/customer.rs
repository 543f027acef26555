//! A customer of one check.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::stage::{POLL, Stage};
use super::verdict::Mismatch;
use super::wire::{Answer, call};

/// How often a classic poll is repeated for something that must come.
const POLLS: usize = 4;

/// A customer with credentials.
pub(super) struct Customer<'a> {
    pub(super) stage: &'a Stage,
    pub(super) user: String,
    pub(super) token: String,
    pub(super) access: String,
}

impl Customer<'_> {
    /// A request with the customer's three credentials.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.stage.wire.request(method, path);
        request
            .header("x-app-key", &self.stage.target.app_key)
            .header("authorization", format!("Bearer {}", self.access))
            .header("ccmessaging-token", &self.token)
    }

    /// Posts to one of the documented interfaces.
    pub(super) async fn post(&self, interface: &str, body: &Value) -> Result<Answer, Mismatch> {
        let path = format!("/apiaccess/ccmessaging/{interface}");
        call(self.request(Method::POST, &path).json(body)).await
    }

    /// The documented body of send.
    pub(super) fn message(&self, control: &str, content: &str) -> Value {
        json!({
            "channel": "WEB", "from": self.user, "to": self.stage.target.channel, "sourceType": "CUSTOMER",
            "mediaType": "TEXT", "controlType": control, "content": content,
            "senderNickname": "Ann", "timestamp": "1700000000000", "userAgent": null, "senderAvatar": null,
        })
    }

    pub(super) async fn send(&self, control: &str, content: &str) -> Result<Answer, Mismatch> {
        self.post("send", &self.message(control, content)).await
    }

    /// Sends what must be taken.
    pub(super) async fn sends(&self, control: &str, content: &str) -> Result<(), Mismatch> {
        self.send(control, content).await?.has_code("0")
    }

    /// Connects to the robot and says something, so that at least the robot's answer to it waits to be polled.
    pub(super) async fn talk(&self) -> Result<(), Mismatch> {
        self.sends("CONNECT", "").await?;
        self.sends("CHAT", "zxqv wkjh").await
    }

    /// The path of the documented poll.
    pub(super) fn poll_path(&self) -> String {
        format!("{POLL}?receiverId={}&channel=WEB", self.user)
    }

    /// Polls once, as documented.
    pub(super) async fn poll(&self) -> Result<Answer, Mismatch> {
        call(self.request(Method::GET, &self.poll_path())).await
    }

    /// Polls with this query and nothing else.
    pub(super) async fn poll_with(&self, query: &str) -> Result<Answer, Mismatch> {
        call(self.request(Method::GET, &format!("{POLL}?{query}"))).await
    }

    /// Polls, as documented, until a message comes that is what is looked for.
    pub(super) async fn receive(
        &self,
        what: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Value, Mismatch> {
        self.receive_by(&self.poll_path(), what, wanted).await
    }

    /// The same with another path of poll.
    pub(super) async fn receive_by(
        &self,
        path: &str,
        what: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Value, Mismatch> {
        let mut others = Vec::new();
        for _ in 0..POLLS {
            let messages = call(self.request(Method::GET, path)).await?.messages()?;
            if let Some(found) = messages.iter().find(|message| wanted(message)) {
                return Ok(found.clone());
            }
            others.extend(messages);
        }
        Err(Mismatch::new(format!("only {}", Value::from(others)), what))
    }
}

/// Whether a message comes from this kind of sender.
pub(super) fn is_from(message: &Value, source: &str) -> bool {
    message["sourceType"] == source && message["controlType"] == "CHAT"
}

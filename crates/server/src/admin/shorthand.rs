//! What operators set most often, with names of its own on the command line, and the merge patch that it stands for.

use frontdesk_core::id::RoleId;
use frontdesk_core::push::Push;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::command::AdminError;

/// A channel as an operator gives it; what is not given stays, or is the default.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewChannel {
    /// Its configuration id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its robot; empty for none.
    pub robot: Option<String>,
    /// Its queue; empty for none.
    pub queue: Option<String>,
    /// Whether customers may write after a time-out.
    pub async_replies: Option<bool>,
    /// Most characters of a text sent to customers.
    pub text_chars: Option<usize>,
    /// Whether customers are asked how it was.
    pub survey: Option<bool>,
    /// Seconds without a poll.
    pub session_silence: Option<u64>,
    /// Seconds in a queue.
    pub queue_wait: Option<u64>,
    /// Seconds without a word from the customer.
    pub customer_inactivity: Option<u64>,
    /// Working hours as JSON; empty for always.
    pub hours: Option<String>,
    /// The key with which the shop's back end signs who a customer is; empty for none.
    pub identity_key: Option<String>,
    /// Whether only signed customers may come through pages.
    pub requires_identity: Option<bool>,
    /// Web origins that may use it.
    pub origins: Option<Vec<String>>,
    /// Where and how messages are pushed, as TOML; empty for nowhere.
    pub push: Option<String>,
}

/// A robot as an operator gives it; what is not given stays, or is the default.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewRobot {
    /// Its id.
    pub id: String,
    /// Its name as customers see it.
    pub nickname: Option<String>,
    /// Its picture.
    pub avatar: Option<String>,
    /// Its gender.
    pub gender: Option<String>,
    /// What it says first.
    pub welcome: Option<String>,
    /// What brings an agent.
    pub transfer_keyword: Option<String>,
    /// Its knowledge base.
    pub knowledge: Option<String>,
}

/// An agent as an operator gives it; what is not given stays, or is the default.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewAgent {
    /// The name to sign in with.
    pub id: String,
    /// The name that customers see.
    pub nickname: Option<String>,
    /// A built-in role such as `agent`, or one of the tenant's.
    pub role: Option<RoleId>,
    /// Most conversations at a time.
    pub capacity: Option<u32>,
    /// The queues that the agent serves.
    pub queues: Option<Vec<String>>,
    /// A new password.
    pub password: Option<String>,
}

/// What is given of an item's values; what is not given is left out.
#[derive(Default)]
struct Patch(Map<String, Value>);

impl Patch {
    fn set(mut self, name: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value.into());
        }
        self
    }

    /// An empty text takes the value away.
    fn set_or_clear(self, name: &str, text: Option<String>) -> Self {
        self.set(name, text.map(|text| if text.is_empty() { Value::Null } else { text.into() }))
    }

    fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

impl NewChannel {
    pub(super) fn into_patch(self) -> Result<Value, AdminError> {
        let patience = Patch::default()
            .set("session_silence", self.session_silence)
            .set("queue_wait", self.queue_wait)
            .set("customer_inactivity", self.customer_inactivity);
        let hours =
            self.hours.map(|text| read("hours", &text, |text| serde_json::from_str(text))).transpose()?;
        // Read as what it is to be: the parser's own text for another shape would repeat the line at fault, which may
        // hold a secret.
        let push = self.push.map(|text| {
            let parse = |text: &str| toml::from_str::<Push>(text).map(|push| json!(push));
            read("push", &text, |text| parse(text).map_err(|error| error.message().to_owned()))
        });
        Ok(Patch::default()
            .set("name", self.name)
            .set_or_clear("robot", self.robot)
            .set_or_clear("queue", self.queue)
            .set("async_replies", self.async_replies)
            .set("text_chars", self.text_chars)
            .set("survey", self.survey.map(|enabled| json!({ "enabled": enabled })))
            .set("patience", (!patience.0.is_empty()).then(|| patience.into_value()))
            .set("hours", hours)
            .set_or_clear("identity_key", self.identity_key)
            .set("requires_identity", self.requires_identity)
            .set("origins", self.origins)
            .set("push", push.transpose()?)
            .into_value())
    }
}

impl NewRobot {
    pub(super) fn into_patch(self) -> Value {
        Patch::default()
            .set("nickname", self.nickname)
            .set("avatar", self.avatar)
            .set("gender", self.gender)
            .set("welcome", self.welcome)
            .set("transfer_keyword", self.transfer_keyword)
            .set("knowledge", self.knowledge)
            .into_value()
    }
}

impl NewAgent {
    pub(super) fn into_patch(self) -> Value {
        Patch::default()
            .set("nickname", self.nickname)
            .set("role", self.role.map(|role| json!(role)))
            .set("capacity", self.capacity)
            .set("queues", self.queues)
            .set("password", self.password)
            .into_value()
    }
}

/// A value that is given as a text; an empty one takes the value away.
fn read<E: std::fmt::Display>(
    field: &'static str,
    text: &str,
    parse: impl Fn(&str) -> Result<Value, E>,
) -> Result<Value, AdminError> {
    if text.is_empty() {
        return Ok(Value::Null);
    }
    parse(text).map_err(|error| AdminError::invalid(field, error.to_string()))
}

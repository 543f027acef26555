//! What stands in the audit log.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::audit::canonical;
use crate::id::TenantId;
use crate::time::Timestamp;

/// Actions that the store itself records.
pub mod action {
    /// The store was put back from a backup.
    pub const RESTORED: &str = "store.restore";
    /// The store was moved from its file into a database.
    pub const MOVED: &str = "store.move";
    /// At the start, the chain was not the one whose head was noted beside the database.
    pub const CONTRADICTED: &str = "audit.contradicted";
    /// Records at the front were removed because they had been kept for long enough.
    pub const CUT: &str = "audit.cut";
    /// At the start, the file with the heads was gone.
    pub const UNWITNESSED: &str = "audit.unwitnessed";
}

/// Longest text of a name that comes from outside, in characters; the rest is cut.
const MOST_CHARS: usize = 200;

/// What kind of actor somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// An agent, supervisor or administrator.
    Person,
    /// A key that a program of the company calls with.
    Key,
    /// Somebody at the command line.
    Operator,
    /// An app of the company's back end.
    App,
    /// The server itself.
    System,
    /// Somebody who did not prove who they are.
    Unknown,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// What they are.
    pub kind: ActorKind,
    /// Their name: an agent's id, a key's id, an operating system's user; empty for the system.
    pub id: String,
}

impl Actor {
    /// Somebody of a kind.
    pub fn new(kind: ActorKind, id: impl Into<String>) -> Self {
        Self { kind, id: id.into() }
    }

    /// The server itself.
    pub const fn system() -> Self {
        Self { kind: ActorKind::System, id: String::new() }
    }

    /// Somebody who did not prove who they are. What they called themselves is not kept: it may be a password that was
    /// typed into the wrong field.
    pub const fn unknown() -> Self {
        Self { kind: ActorKind::Unknown, id: String::new() }
    }
}

/// What something was done to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    /// What kind of thing, such as `queue` or `conversation`.
    pub kind: String,
    /// Its id.
    pub id: String,
}

impl Target {
    /// A thing of a kind. A very long id is cut.
    pub fn new(kind: impl Into<String>, id: &str) -> Self {
        let id = if id.chars().nth(MOST_CHARS).is_some() {
            id.chars().take(MOST_CHARS).chain(['…']).collect()
        } else {
            id.to_owned()
        };
        Self { kind: kind.into(), id }
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused, or failed.
    Refused {
        /// The stable code that the caller was told.
        code: String,
    },
}

impl Outcome {
    /// Refused with a code.
    pub fn refused(code: impl Into<String>) -> Self {
        Self::Refused { code: code.into() }
    }
}

/// What is to be recorded. The store gives it its number and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Whose chain it belongs to.
    pub tenant: TenantId,
    /// Who.
    pub actor: Actor,
    /// The network address that they came from, if they came over the network.
    pub address: Option<String>,
    /// What they did: stable names with dots, the subject first, such as `config.change`.
    pub action: String,
    /// What it was done to.
    pub target: Option<Target>,
    /// What came of it.
    pub outcome: Outcome,
    /// What else is worth knowing. Never a secret, a hash of one, or what customers said.
    pub detail: Map<String, Value>,
}

impl Draft {
    /// Something that the server itself did, or noticed.
    pub fn by_system(tenant: TenantId, action: impl Into<String>) -> Self {
        Self {
            tenant,
            actor: Actor::system(),
            address: None,
            action: action.into(),
            target: None,
            outcome: Outcome::Done,
            detail: Map::new(),
        }
    }

    /// With one more thing worth knowing.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(name.to_owned(), value.into());
        self
    }

    /// The canonical text of the record that this becomes.
    pub fn body(&self, number: u64, at: Timestamp) -> String {
        let mut record = json!({
            "action": self.action,
            "actor": self.actor,
            "at": at.as_millis(),
            "detail": self.detail,
            "number": number,
            "tenant": self.tenant,
        });
        if let Some(fields) = record.as_object_mut() {
            let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
            if let Some(address) = &self.address {
                put("address", json!(address));
            }
            if let Some(target) = &self.target {
                put("target", json!(target));
            }
            match &self.outcome {
                Outcome::Done => put("outcome", json!("done")),
                Outcome::Refused { code } => {
                    put("code", json!(code));
                    put("outcome", json!("refused"))
                }
            };
        }
        replace_nul(&mut record);
        canonical(&record)
    }
}

/// Names come from outside, and PostgreSQL can look into no JSON with this character in it.
fn replace_nul(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\0') => *text = text.replace('\0', "\u{fffd}"),
        Value::Array(values) => values.iter_mut().for_each(replace_nul),
        Value::Object(fields) => fields.values_mut().for_each(replace_nul),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Record {
    /// Whose chain it stands in.
    pub tenant: TenantId,
    /// Its place in the chain, from 1.
    pub number: u64,
    /// When it was committed, by the store's clock; never before the record before it.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// The network address that they came from.
    #[serde(default)]
    pub address: Option<String>,
    /// What they did.
    pub action: String,
    /// What it was done to.
    #[serde(default)]
    pub target: Option<Target>,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What else is worth knowing.
    #[serde(default)]
    pub detail: Map<String, Value>,
}

impl Record {
    /// Reads a record from its canonical text.
    pub fn read(body: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_says_what_its_draft_said() {
        let tenant = TenantId::new("demo").unwrap();
        let draft = Draft {
            actor: Actor::new(ActorKind::Person, "901"),
            address: Some("127.0.0.1".to_owned()),
            target: Some(Target::new("queue", "support")),
            outcome: Outcome::refused("FORBIDDEN"),
            ..Draft::by_system(tenant.clone(), "config.change").with("made", true)
        };
        let body = draft.body(7, Timestamp::from_millis(1_700_000_000_000));
        assert_eq!(
            body,
            r#"{"action":"config.change","actor":{"id":"901","kind":"person"},"address":"127.0.0.1","at":1700000000000,"code":"FORBIDDEN","detail":{"made":true},"number":7,"outcome":"refused","target":{"id":"support","kind":"queue"},"tenant":"demo"}"#
        );
        let record = Record::read(&body).unwrap();
        assert_eq!((record.number, &record.tenant), (7, &tenant));
        assert_eq!((record.actor, record.outcome), (draft.actor, draft.outcome));
        assert_eq!((record.target, record.detail), (draft.target, draft.detail));
    }

    #[test]
    fn what_no_store_can_keep_is_replaced() {
        let tenant = TenantId::new("demo").unwrap();
        let draft = Draft {
            target: Some(Target::new("queue", "a\0b")),
            ..Draft::by_system(tenant, "config.change").with("names", vec!["\0"])
        };
        let body = draft.body(1, Timestamp::from_millis(0));
        assert!(body.contains("a\u{fffd}b") && body.contains("[\"\u{fffd}\"]"), "{body}");
    }

    #[test]
    fn long_ids_are_cut() {
        assert_eq!(Target::new("file", &"x".repeat(10_000)).id.chars().count(), MOST_CHARS + 1);
    }
}

//! People who answer customers, and what they may do.

use serde::{Deserialize, Serialize};

use crate::directory::SkillNeeded;
use crate::id::{AgentId, QueueId};

/// Somebody who answers customers, or watches over those who do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// The name that the agent signs in with.
    pub id: AgentId,
    /// The name that customers see.
    pub nickname: String,
    /// The picture that customers see.
    #[serde(default)]
    pub avatar: Option<String>,
    /// What the agent may do.
    #[serde(default)]
    pub role: Role,
    /// Most conversations at a time, at least 1; a channel's weight says how much of it one of its conversations takes.
    #[serde(default = "Agent::default_capacity")]
    pub capacity: u32,
    /// The queues that the agent serves.
    #[serde(default)]
    pub queues: Vec<QueueId>,
    /// What the agent knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<SkillLevel>,
    /// The languages that the agent writes, such as `en`; empty for any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// The agent counts as there for as long as they declare it, heard of or not: for programs that answer by calls.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub always_reachable: bool,
    /// Argon2 hash of the password, in PHC format.
    pub password_hash: String,
}

impl Agent {
    /// How many conversations an agent holds at most unless configured otherwise.
    pub const DEFAULT_CAPACITY: u32 = 5;

    /// An agent without queues or a password yet.
    pub fn new(id: AgentId, nickname: &str) -> Self {
        Self {
            id,
            nickname: nickname.to_owned(),
            avatar: None,
            role: Role::default(),
            capacity: Self::DEFAULT_CAPACITY,
            queues: Vec::new(),
            skills: Vec::new(),
            languages: Vec::new(),
            always_reachable: false,
            password_hash: String::new(),
        }
    }

    /// Whether the agent knows all that is needed.
    pub fn knows(&self, needs: &[SkillNeeded]) -> bool {
        needs.iter().all(|need| {
            self.skills.iter().any(|skill| skill.skill == need.skill && skill.level >= need.level)
        })
    }

    const fn default_capacity() -> u32 {
        Self::DEFAULT_CAPACITY
    }
}

/// Something that an agent knows, and how well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkillLevel {
    /// The skill.
    pub skill: String,
    /// How well: 1 to 10.
    pub level: u8,
}

/// What somebody may do. Each may do what those before may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Answer customers.
    #[default]
    Agent,
    /// See every conversation.
    Supervisor,
    /// Configure the tenant.
    Administrator,
}

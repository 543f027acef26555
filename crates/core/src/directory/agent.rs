//! People who answer customers, and what they may do.

use serde::{Deserialize, Serialize};

use crate::access::AccessScope;
use crate::directory::SkillNeeded;
use crate::id::{AgentId, QueueId, RoleId};
use crate::time::Timestamp;

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
    /// What the agent may do: a built-in role, or one of the tenant's.
    #[serde(default)]
    pub role: RoleId,
    /// Where the agent may do it.
    #[serde(default, skip_serializing_if = "AccessScope::is_everything")]
    pub scope: AccessScope,
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
    /// Whether they may not sign in, and none of their sign-ins counts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deactivated: bool,
    /// Argon2 hash of the password, in PHC format; empty before there is one, and then nobody signs in with it.
    #[serde(default)]
    pub password_hash: String,
    /// Sign-ins up to this moment are over: the password was changed then, or something was taken from the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_ins_after: Option<Timestamp>,
}

impl Agent {
    /// Whether they have a password. Who has none comes in by an identity provider, if at all.
    pub const fn has_password(&self) -> bool {
        !self.password_hash.is_empty()
    }

    /// How many conversations an agent holds at most unless configured otherwise.
    pub const DEFAULT_CAPACITY: u32 = 5;

    /// An agent without queues or a password yet.
    pub fn new(id: AgentId, nickname: &str) -> Self {
        Self {
            id,
            nickname: nickname.to_owned(),
            avatar: None,
            role: RoleId::default(),
            scope: AccessScope::default(),
            capacity: Self::DEFAULT_CAPACITY,
            queues: Vec::new(),
            skills: Vec::new(),
            languages: Vec::new(),
            always_reachable: false,
            deactivated: false,
            password_hash: String::new(),
            sign_ins_after: None,
        }
    }

    /// Whether a sign-in of this moment still counts.
    pub fn keeps_sign_in(&self, created: Timestamp) -> bool {
        !self.deactivated && self.sign_ins_after.is_none_or(|after| created > after)
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

//! Anything configured, as written and read back.

use serde::{Deserialize, Serialize};

use crate::directory::{
    Agent, App, CannedReply, Channel, IdentityProvider, Queue, Robot, Role, SlaPolicy, Tenant,
};

/// Something configured, as written and read back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "item", rename_all = "snake_case")]
pub enum Item {
    /// A tenant.
    Tenant(Tenant),
    /// An app.
    App(App),
    /// A channel.
    Channel(Channel),
    /// A robot.
    Robot(Robot),
    /// A queue.
    Queue(Queue),
    /// An agent.
    Agent(Agent),
    /// A canned reply.
    CannedReply(CannedReply),
    /// A promise of how soon customers are answered.
    SlaPolicy(SlaPolicy),
    /// A role of the tenant's own.
    Role(Role),
    /// Where people sign in with an account that they have elsewhere.
    IdentityProvider(IdentityProvider),
}

impl Item {
    /// The kind as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Tenant(_) => "tenant",
            Self::App(_) => "app",
            Self::Channel(_) => "channel",
            Self::Robot(_) => "robot",
            Self::Queue(_) => "queue",
            Self::Agent(_) => "agent",
            Self::CannedReply(_) => "canned_reply",
            Self::SlaPolicy(_) => "sla_policy",
            Self::Role(_) => "role",
            Self::IdentityProvider(_) => "identity_provider",
        }
    }

    /// The id within its tenant and kind.
    pub fn id(&self) -> &str {
        match self {
            Self::Tenant(tenant) => tenant.id.as_str(),
            Self::App(app) => app.key.as_str(),
            Self::Channel(channel) => channel.id.as_str(),
            Self::Robot(robot) => robot.id.as_str(),
            Self::Queue(queue) => queue.id.as_str(),
            Self::Agent(agent) => agent.id.as_str(),
            Self::CannedReply(reply) => reply.id.as_str(),
            Self::SlaPolicy(policy) => policy.id.as_str(),
            Self::Role(role) => role.id.as_str(),
            Self::IdentityProvider(provider) => provider.id.as_str(),
        }
    }
}

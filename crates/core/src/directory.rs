//! What an administrator configures: tenants and what belongs to them.
//!
//! The whole of it is small and read at every request, so a node holds it as one immutable [`Directory`] and swaps
//! the whole when something changes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::hours::WorkingHours;
use crate::id::{AgentId, AppKey, ChannelId, QueueId, RobotId, TenantId};
use crate::push::Push;
use crate::texts::Overrides;

/// A company that is served.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// The language of the system's texts for customers whose own is not shipped, such as `en`.
    pub locale: String,
    /// Own wording of the system's texts, by language and key.
    #[serde(default, skip_serializing_if = "HashMap::is_empty")]
    pub texts: Overrides,
}

/// The credentials of an integrator's back end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// The public half.
    pub key: AppKey,
    /// What it is for.
    pub name: String,
    /// SHA-256 of the secret half, in hexadecimal.
    pub secret_hash: String,
}

/// A door through which customers come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Its configuration id.
    pub id: ChannelId,
    /// Its name.
    pub name: String,
    /// The robot that answers first, if one does.
    pub robot: Option<RobotId>,
    /// The queue that customers wait in for an agent.
    pub queue: Option<QueueId>,
    /// Whether customers may still write after a time-out (the async switch).
    #[serde(default)]
    pub async_replies: bool,
    /// Most characters of one text sent to customers: 1 to [`Channel::MAX_TEXT_CHARS`].
    #[serde(default = "Channel::default_text_chars")]
    pub text_chars: usize,
    /// When agents work; without it, always.
    #[serde(default)]
    pub hours: Option<WorkingHours>,
    /// What customers are asked at the end.
    #[serde(default)]
    pub survey: Survey,
    /// How long a conversation survives what.
    #[serde(default)]
    pub patience: Patience,
    /// The key with which the shop's back end signs who a customer is; without one nobody is signed.
    #[serde(default)]
    pub identity_key: Option<String>,
    /// Whether only signed customers may come through pages.
    #[serde(default)]
    pub requires_identity: bool,
    /// Web origins whose pages may use the channel, such as `https://shop.example`; `*` for all.
    #[serde(default)]
    pub origins: Vec<String>,
    /// Where messages are pushed, if they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push: Option<Box<Push>>,
}

impl Channel {
    /// Documented longest down-link text, in characters.
    pub const DEFAULT_TEXT_CHARS: usize = 500;
    /// Longest that a channel may be set to.
    pub const MAX_TEXT_CHARS: usize = 4_000;

    /// A channel with nobody to answer yet.
    pub fn new(id: ChannelId, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            robot: None,
            queue: None,
            async_replies: false,
            text_chars: Self::DEFAULT_TEXT_CHARS,
            hours: None,
            survey: Survey::default(),
            patience: Patience::default(),
            identity_key: None,
            requires_identity: false,
            origins: Vec::new(),
            push: None,
        }
    }

    const fn default_text_chars() -> usize {
        Self::DEFAULT_TEXT_CHARS
    }
}

/// How long a conversation survives what, in seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Patience {
    /// Without any sign of the customer's clients, such as a poll.
    pub session_silence: u64,
    /// Waiting in a queue.
    pub queue_wait: u64,
    /// Without a word from the customer.
    pub customer_inactivity: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self { session_silence: 300, queue_wait: 600, customer_inactivity: 1_800 }
    }
}

impl Patience {
    /// Span without any sign of the customer's clients.
    pub const fn session_silence(&self) -> Duration {
        Duration::from_secs(self.session_silence)
    }

    /// Longest wait in a queue.
    pub const fn queue_wait(&self) -> Duration {
        Duration::from_secs(self.queue_wait)
    }

    /// Span without a word from the customer.
    pub const fn customer_inactivity(&self) -> Duration {
        Duration::from_secs(self.customer_inactivity)
    }
}

/// What customers are asked at the end of a conversation with an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    /// Whether they are asked at all (`surveyType` `WEB` or `NO`).
    pub enabled: bool,
    /// What they are asked, in this order.
    pub questions: Vec<SurveyQuestion>,
}

impl Default for Survey {
    fn default() -> Self {
        Self { enabled: true, questions: vec![SurveyQuestion::Csat] }
    }
}

/// A survey's question; names as on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SurveyQuestion {
    /// Was it solved at first contact?
    Fcr,
    /// Would you recommend us?
    Nps,
    /// How satisfied are you?
    Csat,
}

/// A robot that answers from a knowledge base.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Robot {
    /// Its id.
    pub id: RobotId,
    /// Its name as customers see it.
    pub nickname: String,
    /// Its picture.
    #[serde(default)]
    pub avatar: Option<String>,
    /// Its gender as shown to customers, such as `MALE`.
    #[serde(default)]
    pub gender: Option<String>,
    /// What it says first; nothing if empty.
    #[serde(default)]
    pub welcome: String,
    /// What a customer types to reach an agent; compared with the whole trimmed text, in any case.
    pub transfer_keyword: String,
    /// The knowledge base that it answers from.
    pub knowledge: String,
}

impl Robot {
    /// Whether the text asks for an agent.
    pub fn is_transfer(&self, text: &str) -> bool {
        let keyword = self.transfer_keyword.trim();
        !keyword.is_empty() && text.trim().to_lowercase() == keyword.to_lowercase()
    }
}

/// Where customers wait for agents with the same skill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// Its id.
    pub id: QueueId,
    /// Its name.
    pub name: String,
}

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
    /// Most conversations at a time, at least 1.
    #[serde(default = "Agent::default_capacity")]
    pub capacity: u32,
    /// The queues that the agent serves.
    #[serde(default)]
    pub queues: Vec<QueueId>,
    /// Argon2 hash of the password, in PHC format.
    pub password_hash: String,
}

impl Agent {
    /// How many conversations an agent holds at most unless configured otherwise.
    pub const DEFAULT_CAPACITY: u32 = 5;

    const fn default_capacity() -> u32 {
        Self::DEFAULT_CAPACITY
    }
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
        }
    }
}

/// Everything that belongs to one tenant.
#[derive(Clone, Debug)]
pub struct TenantDirectory {
    /// The tenant itself.
    pub tenant: Tenant,
    /// Its channels.
    pub channels: HashMap<ChannelId, Arc<Channel>>,
    /// Its robots.
    pub robots: HashMap<RobotId, Arc<Robot>>,
    /// Its queues.
    pub queues: HashMap<QueueId, Arc<Queue>>,
    /// Its agents, supervisors and administrators.
    pub agents: HashMap<AgentId, Arc<Agent>>,
}

impl TenantDirectory {
    /// The agents who serve a queue.
    pub fn agents_of(&self, queue: &QueueId) -> impl Iterator<Item = &Arc<Agent>> {
        self.agents.values().filter(move |agent| agent.queues.contains(queue))
    }
}

/// Everything configured, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    tenants: HashMap<TenantId, Arc<TenantDirectory>>,
    apps: HashMap<AppKey, (TenantId, App)>,
}

impl Directory {
    /// Puts the items of all tenants together. An item whose tenant is not among them is left out.
    pub fn new(items: Vec<(TenantId, Item)>) -> Self {
        let mut tenants: HashMap<TenantId, TenantDirectory> = HashMap::new();
        let mut apps = HashMap::new();
        let mut rest = Vec::new();
        for (tenant_id, item) in items {
            if let Item::Tenant(tenant) = item {
                let directory = TenantDirectory {
                    tenant,
                    channels: HashMap::new(),
                    robots: HashMap::new(),
                    queues: HashMap::new(),
                    agents: HashMap::new(),
                };
                tenants.insert(tenant_id, directory);
            } else {
                rest.push((tenant_id, item));
            }
        }
        for (tenant_id, item) in rest {
            let Some(directory) = tenants.get_mut(&tenant_id) else { continue };
            match item {
                Item::Tenant(_) => {}
                Item::App(app) => {
                    apps.insert(app.key.clone(), (tenant_id, app));
                }
                Item::Channel(channel) => {
                    directory.channels.insert(channel.id.clone(), Arc::new(channel));
                }
                Item::Robot(robot) => {
                    directory.robots.insert(robot.id.clone(), Arc::new(robot));
                }
                Item::Queue(queue) => {
                    directory.queues.insert(queue.id.clone(), Arc::new(queue));
                }
                Item::Agent(agent) => {
                    directory.agents.insert(agent.id.clone(), Arc::new(agent));
                }
            }
        }
        let tenants = tenants.into_iter().map(|(id, directory)| (id, Arc::new(directory))).collect();
        Self { tenants, apps }
    }

    /// What belongs to a tenant.
    pub fn tenant(&self, id: &TenantId) -> Option<&Arc<TenantDirectory>> {
        self.tenants.get(id)
    }

    /// All tenants.
    pub fn tenants(&self) -> impl Iterator<Item = &Arc<TenantDirectory>> {
        self.tenants.values()
    }

    /// The app that a tenant's pages call with.
    pub fn page_app(&self, tenant: &TenantId) -> Option<&App> {
        let apps = self.apps.values().filter(|(owner, _)| owner == tenant);
        apps.map(|(_, app)| app).min_by(|a, b| a.key.cmp(&b.key))
    }

    /// The channel with this id, and its tenant; `None` if several tenants have one and it is not said whose.
    pub fn find_channel(
        &self,
        tenant: Option<&TenantId>,
        channel: &ChannelId,
    ) -> Option<(&Arc<TenantDirectory>, &Arc<Channel>)> {
        let tenants = self.tenants.iter().filter(|(id, _)| tenant.is_none_or(|tenant| *id == tenant));
        let mut found =
            tenants.filter_map(|(_, directory)| Some((directory, directory.channels.get(channel)?)));
        let first = found.next();
        if found.next().is_some() { None } else { first }
    }

    /// An app and its tenant.
    pub fn app(&self, key: &AppKey) -> Option<(&TenantId, &App)> {
        self.apps.get(key).map(|(tenant, app)| (tenant, app))
    }

    /// A channel of a tenant.
    pub fn channel(&self, tenant: &TenantId, channel: &ChannelId) -> Option<&Arc<Channel>> {
        self.tenants.get(tenant)?.channels.get(channel)
    }

    /// An agent of a tenant.
    pub fn agent(&self, tenant: &TenantId, agent: &AgentId) -> Option<&Arc<Agent>> {
        self.tenants.get(tenant)?.agents.get(agent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keyword_is_the_whole_text_in_any_case() {
        let robot = Robot {
            id: RobotId::new("r").unwrap(),
            nickname: "test".into(),
            avatar: None,
            gender: None,
            welcome: String::new(),
            transfer_keyword: "agent".into(),
            knowledge: "shop".into(),
        };
        assert!(robot.is_transfer("  AGENT "));
        assert!(!robot.is_transfer("an agent, please"));
    }
}

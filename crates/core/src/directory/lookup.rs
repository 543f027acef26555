//! Everything configured, ready to be looked up.

use std::collections::HashMap;
use std::sync::Arc;

use crate::directory::{Agent, App, CannedReply, Channel, Item, Queue, Robot, Tenant};
use crate::id::{AgentId, AppKey, CannedReplyId, ChannelId, QueueId, RobotId, TenantId};

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
    /// Its canned replies.
    pub canned_replies: HashMap<CannedReplyId, Arc<CannedReply>>,
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
                    canned_replies: HashMap::new(),
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
                Item::CannedReply(reply) => {
                    directory.canned_replies.insert(reply.id.clone(), Arc::new(reply));
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

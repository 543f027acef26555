//! Everything configured, ready to be looked up.

use std::collections::HashMap;
use std::sync::Arc;

use crate::access::{BuiltInRole, Permission, Rights};
use crate::directory::{
    Agent, App, CannedReply, Channel, IdentityProvider, Item, Queue, Robot, Role, SlaPolicy, Tenant,
};
use crate::id::{
    AgentId, AppKey, CannedReplyId, ChannelId, IdentityProviderId, QueueId, RobotId, RoleId, SlaPolicyId,
    TenantId,
};
use crate::masking::Masker;

/// Everything that belongs to one tenant.
#[derive(Clone, Debug)]
pub struct TenantDirectory {
    /// The tenant itself.
    pub tenant: Tenant,
    /// Takes out of what people write to it what it does not want to keep.
    pub masker: Masker,
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
    /// What its customers are promised.
    pub sla_policies: HashMap<SlaPolicyId, Arc<SlaPolicy>>,
    /// Its own roles, beside the built-in ones.
    pub roles: HashMap<RoleId, Arc<Role>>,
    /// Where its people can sign in with an account that they have elsewhere.
    pub identity_providers: HashMap<IdentityProviderId, Arc<IdentityProvider>>,
}

impl TenantDirectory {
    /// A tenant to which nothing belongs yet.
    pub fn new(tenant: Tenant) -> Self {
        Self {
            masker: Masker::new(&tenant.masking),
            tenant,
            channels: HashMap::new(),
            robots: HashMap::new(),
            queues: HashMap::new(),
            agents: HashMap::new(),
            canned_replies: HashMap::new(),
            sla_policies: HashMap::new(),
            roles: HashMap::new(),
            identity_providers: HashMap::new(),
        }
    }

    /// Whether there is a role with this id, built in or the tenant's own.
    pub fn has_role(&self, role: &RoleId) -> bool {
        BuiltInRole::parse(role.as_str()).is_some() || self.roles.contains_key(role)
    }

    /// Whether whoever has a role must sign in with a second factor.
    pub fn requires_totp(&self, role: &RoleId) -> bool {
        self.tenant.require_totp || self.roles.get(role).is_some_and(|role| role.require_totp)
    }

    /// The agents who serve a queue and may work.
    pub fn agents_of(&self, queue: &QueueId) -> impl Iterator<Item = &Arc<Agent>> {
        self.agents.values().filter(move |agent| {
            !agent.deactivated
                && agent.queues.contains(queue)
                && Rights::of_agent(self, agent).permissions.has(Permission::ConversationsAnswer)
        })
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
                tenants.insert(tenant_id, TenantDirectory::new(tenant));
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
                Item::SlaPolicy(policy) => {
                    directory.sla_policies.insert(policy.id.clone(), Arc::new(policy));
                }
                Item::Role(role) => {
                    directory.roles.insert(role.id.clone(), Arc::new(role));
                }
                Item::IdentityProvider(provider) => {
                    directory.identity_providers.insert(provider.id.clone(), Arc::new(provider));
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

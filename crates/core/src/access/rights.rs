//! What somebody may do, and the one place where that is decided.

use crate::access::{AccessScope, BuiltInRole, Permission, Permissions};
use crate::directory::{Agent, TenantDirectory};
use crate::id::{ChannelId, QueueId, RoleId};

/// What somebody, or a program, may do at this moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// What.
    pub permissions: Permissions,
    /// Where.
    pub scope: AccessScope,
}

/// What something is done on.
#[derive(Clone, Copy, Debug)]
pub enum On<'a> {
    /// Anything at all: whether there is something that it may be done on.
    Anything,
    /// The tenant as a whole, or what belongs to no queue and no channel in particular.
    Tenant,
    /// A queue.
    Queue(&'a QueueId),
    /// A channel, or what came through it: a conversation, a ticket, a customer. The queue is the one that it waits
    /// in, waited in last, or would wait in.
    Channel(&'a ChannelId, Option<&'a QueueId>),
    /// Somebody who serves these queues.
    Person(&'a [QueueId]),
}

impl Rights {
    /// What a role allows within a scope. A role that is not there allows nothing.
    pub fn of(tenant: &TenantDirectory, role: &RoleId, scope: &AccessScope) -> Self {
        Self { permissions: permissions_of(tenant, role), scope: scope.clone() }
    }

    /// What somebody may do.
    pub fn of_agent(tenant: &TenantDirectory, agent: &Agent) -> Self {
        Self::of(tenant, &agent.role, &agent.scope)
    }

    /// Whether something may be done on something. Whoever asks shows what may not be seen as if it were not there.
    pub fn may(&self, permission: Permission, on: On<'_>) -> bool {
        self.permissions.has(permission) && self.reaches(on)
    }

    /// Whether something lies within the scope.
    pub fn reaches(&self, on: On<'_>) -> bool {
        let scope = &self.scope;
        match on {
            On::Anything => true,
            On::Tenant => scope.is_everything(),
            On::Queue(queue) => scope.has_queue(queue),
            On::Channel(channel, queue) => {
                scope.has_channel(channel)
                    && queue.map_or(scope.queues.is_empty(), |queue| scope.has_queue(queue))
            }
            On::Person(queues) => {
                scope.queues.is_empty() || queues.iter().any(|queue| scope.has_queue(queue))
            }
        }
    }

    /// Whether whoever has these rights may do everything that others may.
    pub fn covers(&self, others: &Self) -> bool {
        self.permissions.covers(others.permissions) && self.scope.covers(&others.scope)
    }
}

fn permissions_of(tenant: &TenantDirectory, role: &RoleId) -> Permissions {
    match BuiltInRole::parse(role.as_str()) {
        Some(built_in) => built_in.permissions(),
        None => tenant.roles.get(role).map_or(Permissions::NONE, |role| role.permissions()),
    }
}

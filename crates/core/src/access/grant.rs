//! What somebody may let others do: nobody can give, or take charge of, more than they have; and there is always
//! somebody left who can.

use crate::access::{BuiltInRole, On, Permission, Rights, Role};
use crate::directory::{Agent, Item, TenantDirectory};

/// Why a change of people or roles is refused. Nothing is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantRefusal {
    /// It would give, or take charge of, rights that whoever asks does not have.
    #[error("nobody can give or change rights that they do not have themselves")]
    MoreThanOwn,
    /// Nobody would be left who can manage people.
    #[error("somebody must be left who can manage people everywhere")]
    LastManager,
    /// It concerns something that whoever asks may not change.
    #[error("it may not be changed by them")]
    NotTheirs,
    /// It concerns something outside of their scope, of which they may not know.
    #[error("there is no such thing in their scope")]
    Outside,
}

/// Whether an item may be put in the place of what there is, if anything: by somebody with these rights.
///
/// `before` is `None` for a new one.
pub fn may_put(
    tenant: &TenantDirectory,
    rights: &Rights,
    before: Option<&Item>,
    after: &Item,
) -> Result<(), GrantRefusal> {
    may_touch(tenant, rights, after)?;
    if let Some(before) = before {
        may_touch(tenant, rights, before)?;
    }
    match (before, after) {
        (Some(Item::Tenant(before)), Item::Tenant(after)) => {
            let sign_in_changes = before.require_totp != after.require_totp
                || before.password_characters != after.password_characters;
            if sign_in_changes && !rights.may(Permission::PeopleManage, On::Tenant) {
                return Err(GrantRefusal::NotTheirs);
            }
            Ok(())
        }
        (_, Item::Agent(_) | Item::Role(_)) => somebody_is_left(tenant, Some(after), None),
        _ => Ok(()),
    }
}

/// Whether an item may be taken away by somebody with these rights.
pub fn may_remove(tenant: &TenantDirectory, rights: &Rights, item: &Item) -> Result<(), GrantRefusal> {
    may_touch(tenant, rights, item)?;
    match item {
        Item::Agent(_) | Item::Role(_) => somebody_is_left(tenant, None, Some(item)),
        _ => Ok(()),
    }
}

/// Whether an item may be shown to somebody with these rights. One that may not looks like none.
pub fn may_see(tenant: &TenantDirectory, rights: &Rights, item: &Item) -> bool {
    let permitted = match item {
        Item::Agent(_) | Item::Role(_) | Item::IdentityProvider(_) => {
            rights.permissions.has(Permission::ConfigRead) || rights.permissions.has(Permission::PeopleManage)
        }
        _ => rights.permissions.has(Permission::ConfigRead),
    };
    permitted && lies_within(tenant, rights, item).unwrap_or(true)
}

/// Whether an item lies outside of the scope, so that it looks like none.
pub fn lies_outside(tenant: &TenantDirectory, rights: &Rights, item: &Item) -> bool {
    lies_within(tenant, rights, item) == Some(false)
}

/// Whether somebody with these rights may change an item that is, or is to be, so.
fn may_touch(tenant: &TenantDirectory, rights: &Rights, item: &Item) -> Result<(), GrantRefusal> {
    let needed = match item {
        Item::Agent(_) | Item::Role(_) | Item::IdentityProvider(_) => Permission::PeopleManage,
        _ => Permission::ConfigWrite,
    };
    if !rights.permissions.has(needed) {
        return Err(GrantRefusal::NotTheirs);
    }
    let theirs = match item {
        Item::Agent(agent) => rights.covers(&Rights::of_agent(tenant, agent)),
        Item::Role(role) => rights.permissions.covers(role.permissions()),
        // Whoever says where people prove who they are can be anybody.
        Item::IdentityProvider(_) => {
            rights.permissions.covers(BuiltInRole::Administrator.permissions()) && rights.reaches(On::Tenant)
        }
        _ => true,
    };
    if !theirs {
        return Err(GrantRefusal::MoreThanOwn);
    }
    match lies_within(tenant, rights, item) {
        Some(true) => Ok(()),
        Some(false) => Err(GrantRefusal::Outside),
        // What is everybody's is changed by those whose rights hold everywhere.
        None if rights.reaches(On::Tenant) => Ok(()),
        None => Err(GrantRefusal::NotTheirs),
    }
}

/// Whether an item lies within the scope; `None` if it belongs to the tenant as a whole.
fn lies_within(tenant: &TenantDirectory, rights: &Rights, item: &Item) -> Option<bool> {
    match item {
        Item::Queue(queue) => Some(rights.reaches(On::Queue(&queue.id))),
        Item::Channel(channel) => Some(rights.reaches(On::Channel(&channel.id, channel.queue.as_ref()))),
        Item::Agent(agent) => Some(may_be_their_person(tenant, rights, agent)),
        Item::CannedReply(reply) if !reply.queues.is_empty() => {
            Some(reply.queues.iter().all(|queue| rights.reaches(On::Queue(queue))))
        }
        Item::SlaPolicy(policy) if !policy.queues.is_empty() => {
            Some(policy.queues.iter().all(|queue| rights.reaches(On::Queue(queue))))
        }
        _ => None,
    }
}

/// Somebody is of a scope if their own rights lie in it, or all queues that they serve do.
fn may_be_their_person(tenant: &TenantDirectory, rights: &Rights, agent: &Agent) -> bool {
    let scope = &rights.scope;
    let serves_only = !agent.queues.is_empty() && agent.queues.iter().all(|queue| scope.has_queue(queue));
    scope.is_everything() || scope.covers(&Rights::of_agent(tenant, agent).scope) || serves_only
}

/// Whether somebody can manage people everywhere after a change of several items, if anybody could before.
pub fn somebody_stays(before: &TenantDirectory, after: &TenantDirectory) -> Result<(), GrantRefusal> {
    let somebody = |of: &TenantDirectory| of.agents.values().any(|agent| manages_people(of, agent, None));
    if somebody(before) && !somebody(after) { Err(GrantRefusal::LastManager) } else { Ok(()) }
}

/// Whether somebody can still manage people everywhere once `put` is in its place and `removed` is gone. If nobody can
/// now, an operator looks after the tenant, and nothing is lost.
fn somebody_is_left(
    tenant: &TenantDirectory,
    put: Option<&Item>,
    removed: Option<&Item>,
) -> Result<(), GrantRefusal> {
    if !tenant.agents.values().any(|agent| manages_people(tenant, agent, None)) {
        return Ok(());
    }
    let (role, person) = match put {
        Some(Item::Role(role)) => (Some(role), None),
        Some(Item::Agent(agent)) => (None, Some(agent)),
        _ => (None, None),
    };
    let is_gone = |agent: &Agent| matches!(removed, Some(Item::Agent(gone)) if gone.id == agent.id);
    let others = tenant.agents.values().map(AsRef::as_ref);
    let others = others.filter(|agent| person.is_none_or(|put| put.id != agent.id) && !is_gone(agent));
    let is_left = others.chain(person).any(|agent| manages_people(tenant, agent, role));
    if is_left { Ok(()) } else { Err(GrantRefusal::LastManager) }
}

/// Whether somebody can manage people everywhere, with a role as it is to be.
fn manages_people(tenant: &TenantDirectory, agent: &Agent, changed: Option<&Role>) -> bool {
    let is_changed = |role: &&Role| role.id == agent.role && BuiltInRole::parse(role.id.as_str()).is_none();
    let mut rights = Rights::of_agent(tenant, agent);
    if let Some(role) = changed.filter(is_changed) {
        rights.permissions = role.permissions();
    }
    !agent.deactivated && rights.may(Permission::PeopleManage, On::Tenant)
}

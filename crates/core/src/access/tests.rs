//! Who may do what, and let others do.

use std::sync::Arc;

use super::grant::{GrantRefusal, may_put, may_remove, may_see};
use super::{AccessScope, BuiltInRole, On, Permission, Permissions, Rights, Role};
use crate::directory::{Agent, Channel, Item, Queue, Tenant, TenantDirectory};
use crate::id::{AgentId, ChannelId, QueueId, RoleId, TenantId};

fn queue(id: &str) -> QueueId {
    QueueId::new(id).unwrap()
}

fn channel(id: &str) -> ChannelId {
    ChannelId::new(id).unwrap()
}

fn scope(queues: &[&str], channels: &[&str]) -> AccessScope {
    AccessScope {
        queues: queues.iter().map(|id| queue(id)).collect(),
        channels: channels.iter().map(|id| channel(id)).collect(),
    }
}

fn rights(permissions: &[Permission], scope: AccessScope) -> Rights {
    Rights { permissions: permissions.iter().copied().collect(), scope }
}

fn person(id: &str, role: &str, scope: AccessScope) -> Agent {
    Agent { role: RoleId::new(role).unwrap(), scope, ..Agent::new(AgentId::new(id).unwrap(), id) }
}

/// A tenant with a role `leads` that may manage people, and these people.
fn tenant(people: &[Agent]) -> TenantDirectory {
    let mut tenant = TenantDirectory::new(Tenant::new(TenantId::new("shop").unwrap(), "Shop", "en"));
    let leads = Role {
        permissions: vec![Permission::PeopleManage, Permission::ConversationsRead],
        ..Role::new(RoleId::new("leads").unwrap(), "Leads")
    };
    tenant.roles.insert(leads.id.clone(), Arc::new(leads));
    for person in people {
        tenant.agents.insert(person.id.clone(), Arc::new(person.clone()));
    }
    tenant
}

#[test]
fn each_permission_has_one_name() {
    for permission in Permission::ALL {
        assert_eq!(Permission::parse(permission.as_str()), Some(*permission));
        let json = serde_json::to_string(permission).unwrap();
        assert_eq!(serde_json::from_str::<Permission>(&json).unwrap(), *permission);
    }
    assert_eq!(Permissions::all().iter().count(), Permission::ALL.len());
    let error = serde_json::from_str::<Permission>("\"fly\"").unwrap_err().to_string();
    assert!(error.contains("there is no permission \"fly\""), "{error}");
}

#[test]
fn built_in_roles_grow_from_agent_to_administrator() {
    let [agent, supervisor, administrator, integrator, auditor] =
        BuiltInRole::ALL.map(BuiltInRole::permissions);
    assert!(supervisor.covers(agent) && administrator.covers(supervisor));
    assert!(!agent.covers(supervisor) && !supervisor.covers(administrator));
    assert_eq!(administrator, Permissions::all());
    for permission in [Permission::ConversationsRead, Permission::PeopleManage, Permission::AuditRead] {
        assert!(!integrator.has(permission), "{permission}");
    }
    let changing = |permission: &Permission| {
        let name = permission.as_str();
        ["manage", "write", "handle", "answer", "supervise", "erase", "publish"]
            .iter()
            .any(|end| name.ends_with(end))
    };
    assert_eq!(auditor.iter().filter(changing).collect::<Vec<_>>(), []);
}

#[test]
fn a_scope_holds_for_queues_and_channels() {
    fn read(rights: &Rights, on: On<'_>) -> bool {
        rights.may(Permission::ConversationsReadAll, on)
    }
    let (web, support, sales) = (channel("web"), queue("support"), queue("sales"));
    let everywhere = rights(&[Permission::ConversationsReadAll], scope(&[], &[]));
    let in_support = rights(&[Permission::ConversationsReadAll], scope(&["support"], &[]));
    let in_app = rights(&[Permission::ConversationsReadAll], scope(&[], &["app"]));
    for on in [On::Anything, On::Tenant, On::Queue(&sales), On::Channel(&web, None), On::Person(&[])] {
        assert!(read(&everywhere, on), "{on:?}");
        assert!(!everywhere.may(Permission::Search, on), "{on:?}");
    }
    assert!(read(&in_support, On::Channel(&web, Some(&support))));
    assert!(!read(&in_support, On::Channel(&web, Some(&sales))));
    assert!(!read(&in_support, On::Channel(&web, None)), "what is of no queue is not of this one");
    assert!(!read(&in_support, On::Tenant) && read(&in_support, On::Anything));
    let both = [sales.clone(), support.clone()];
    assert!(read(&in_support, On::Person(&both)) && !read(&in_support, On::Person(&[])));
    assert!(!read(&in_app, On::Channel(&web, Some(&sales))) && read(&in_app, On::Queue(&sales)));
}

#[test]
fn rights_cover_what_is_not_more() {
    assert!(scope(&[], &[]).covers(&scope(&["a"], &["b"])));
    assert!(!scope(&["a"], &[]).covers(&scope(&[], &[])), "no list is every queue");
    assert!(scope(&["a", "b"], &[]).covers(&scope(&["b"], &["web"])));
    assert!(!scope(&["a"], &[]).covers(&scope(&["a", "b"], &[])));
}

#[test]
fn a_role_that_is_gone_allows_nothing() {
    let rights = Rights::of_agent(&tenant(&[]), &person("1", "gone", AccessScope::default()));
    assert_eq!(rights.permissions, Permissions::NONE);
}

#[test]
fn nobody_gives_more_than_they_have() {
    let root = person("root", "administrator", AccessScope::default());
    let lead = person("lead", "leads", AccessScope::default());
    let tenant = tenant(&[root.clone(), lead.clone()]);
    let of_lead = Rights::of_agent(&tenant, &lead);
    let put = |rights: &Rights, before: Option<&Agent>, after: &Agent| {
        let before = before.cloned().map(Item::Agent);
        may_put(&tenant, rights, before.as_ref(), &Item::Agent(after.clone()))
    };
    let new = |role: &str, scope| person("new", role, scope);
    assert_eq!(put(&of_lead, None, &new("leads", AccessScope::default())), Ok(()));
    let refused = Err(GrantRefusal::MoreThanOwn);
    assert_eq!(put(&of_lead, None, &new("agent", AccessScope::default())), refused);
    // Nor do they get it by a new password for somebody who has more.
    let renamed = Agent { nickname: "Boss".to_owned(), ..root.clone() };
    assert_eq!(put(&of_lead, Some(&root), &renamed), refused);
    let promoted = person("lead", "administrator", AccessScope::default());
    assert_eq!(put(&of_lead, Some(&lead), &promoted), refused);
    // Nor by a role.
    let wider = Role {
        permissions: vec![Permission::PeopleManage, Permission::AuditRead],
        ..Role::new(RoleId::new("leads").unwrap(), "Leads")
    };
    assert_eq!(may_put(&tenant, &of_lead, None, &Item::Role(wider)), refused);
    // Nor by a wider scope.
    let narrow = Rights { scope: scope(&["support"], &[]), ..of_lead };
    let wide = person("new", "leads", AccessScope::default());
    assert!(put(&narrow, None, &wide).is_err());
    assert_eq!(put(&narrow, None, &person("new", "leads", scope(&["support"], &[]))), Ok(()));
    assert_eq!(put(&narrow, None, &person("new", "leads", scope(&["sales"], &[]))), refused);
    let agent = Rights { permissions: BuiltInRole::Agent.permissions(), scope: AccessScope::default() };
    assert_eq!(put(&agent, None, &new("agent", AccessScope::default())), Err(GrantRefusal::NotTheirs));
}

#[test]
fn somebody_is_left_who_can_manage_people() {
    let all = Rights { permissions: Permissions::all(), scope: AccessScope::default() };
    let root = person("root", "administrator", AccessScope::default());
    let local = person("local", "administrator", scope(&["support"], &[]));
    let demoted = Item::Agent(person("root", "agent", AccessScope::default()));
    let last = Err(GrantRefusal::LastManager);

    let alone = tenant(&[root.clone(), local]);
    assert_eq!(may_remove(&alone, &all, &Item::Agent(root.clone())), last);
    assert_eq!(may_put(&alone, &all, Some(&Item::Agent(root.clone())), &demoted), last);

    let lead = person("lead", "leads", AccessScope::default());
    let two = tenant(&[root.clone(), lead.clone()]);
    assert_eq!(may_remove(&two, &all, &Item::Agent(root.clone())), Ok(()));
    assert_eq!(may_put(&two, &all, Some(&Item::Agent(root.clone())), &demoted), Ok(()));

    let by_role = tenant(&[lead]);
    let emptied = Item::Role(Role::new(RoleId::new("leads").unwrap(), "Leads"));
    assert_eq!(may_put(&by_role, &all, None, &emptied), last);
    // Where nobody could before, an operator looks after it.
    let nobody = tenant(&[]);
    assert_eq!(may_put(&nobody, &all, None, &demoted), Ok(()));
}

#[test]
fn what_is_configured_is_seen_and_changed_within_the_scope() {
    let tenant = tenant(&[]);
    let support = Item::Queue(Queue::new(queue("support"), "Support"));
    let sales = Item::Queue(Queue::new(queue("sales"), "Sales"));
    let web = Item::Channel(Channel { queue: Some(queue("support")), ..Channel::new(channel("web"), "Web") });
    let whole = Item::Tenant(tenant.tenant.clone());
    let local = rights(&[Permission::ConfigRead, Permission::ConfigWrite], scope(&["support"], &[]));
    assert!(may_see(&tenant, &local, &support) && may_see(&tenant, &local, &web));
    assert!(!may_see(&tenant, &local, &sales), "a queue of others looks like none");
    assert!(may_see(&tenant, &local, &whole), "what is everybody's may be read");
    assert_eq!(may_put(&tenant, &local, Some(&support), &support), Ok(()));
    assert_eq!(may_put(&tenant, &local, Some(&whole), &whole), Err(GrantRefusal::NotTheirs));
    assert_eq!(may_put(&tenant, &local, None, &sales), Err(GrantRefusal::Outside));
    let reader = rights(&[Permission::ConfigRead], AccessScope::default());
    assert_eq!(may_put(&tenant, &reader, None, &support), Err(GrantRefusal::NotTheirs));
    // How people sign in is for those who manage people.
    let strict = Item::Tenant(Tenant { require_totp: true, ..tenant.tenant.clone() });
    let integrator =
        Rights { permissions: BuiltInRole::Integrator.permissions(), scope: AccessScope::default() };
    assert_eq!(may_put(&tenant, &integrator, Some(&whole), &strict), Err(GrantRefusal::NotTheirs));
    assert_eq!(may_put(&tenant, &integrator, Some(&whole), &whole), Ok(()));
}

//! Changing what is configured, one item at a time; from the API and from the command line.

use std::time::Duration;

use frontdesk_core::access::{Rights, grant};
use frontdesk_core::directory::{
    Agent, App, CannedReply, Channel, Directory, IdentityProvider, Item, Kind, Queue, Robot, Role, SlaPolicy,
    Tenant, TenantDirectory, conceal, is_secret, secrets_to_set,
};
use frontdesk_core::id::{
    AgentId, AppKey, BaseId, CannedReplyId, ChannelId, IdError, IdentityProviderId, QueueId, RobotId, RoleId,
    SlaPolicyId, TenantId,
};
use frontdesk_core::port::{ItemChanges, Random, StoreError};
use frontdesk_core::push::{Push, Verification};
use frontdesk_core::secret::{GeneratedSecret, KeptSecret};
use frontdesk_core::signin::check_password;
use frontdesk_core::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::command::AdminError;
use super::means::Means;
use super::password::hash_password;
use super::precondition::Precondition;
use super::record::{changed, removed};
use crate::deliver::push::Endpoint;
use crate::signin;

/// Everything configured, as stored.
pub(super) type Items = [(TenantId, Item)];

/// How an item is to be changed.
#[derive(Debug)]
pub enum Change {
    /// It is to be this; what is not given is the default, but what holds secrets stays.
    Replace(Value),
    /// A JSON merge patch (RFC 7396): what is not given stays, `null` takes away.
    Merge(Value),
    /// These values, by their paths, are to be the default again.
    Unset(Vec<String>),
}

/// An item that was changed.
#[derive(Debug)]
pub struct Changed {
    /// What it is now.
    pub item: Item,
    /// Whether it was made.
    pub is_new: bool,
    /// The password that was made up for an agent, to be shown once.
    pub password: Option<GeneratedSecret>,
    /// The secret that was made for an app, to be shown once.
    pub secret: Option<GeneratedSecret>,
}

/// How often something is decided anew because something else was changed meanwhile.
const TRIES: usize = 16;

/// Changes an item of a tenant, or makes it, if it is as the condition says.
pub async fn change_item(
    means: Means<'_>,
    (tenant, kind, id): (&TenantId, &str, &str),
    change: Change,
    condition: &Precondition,
) -> Result<Changed, AdminError> {
    let kind = Kind::find(kind).ok_or_else(|| unknown("kind", kind))?;
    for _ in 0..TRIES {
        let seen = means.store.configured().await?;
        let before = find(&seen.items, tenant, kind.name, id);
        let directory = Directory::new(seen.items.clone());
        let directory = directory.tenant(tenant).ok_or_else(|| unknown("tenant", tenant.as_str()))?;
        means.may_know(directory, before)?;
        condition.check(before)?;
        let mut draft = Draft::new(kind, id, before, &change)?;
        let (password, secret) = draft.make_up(means.random, &directory.tenant)?;
        let mut item = read_item(kind.name, draft.finish()?)?;
        check(&seen.items, (tenant, directory), &item, before, means.clock.now())?;
        if let Some(rights) = means.rights {
            grant::may_put(directory, rights, before, &item)?;
        }
        if let (Item::Agent(agent), Some(Item::Agent(before))) = (&mut item, before) {
            end_sign_ins(directory, before, agent, means.clock.now());
        }
        make_base(means, tenant, &item).await?;
        let put = vec![(tenant.clone(), item.clone())];
        let audit = vec![changed(means.act, tenant, before, &item)];
        let changes = ItemChanges { put, audit, version: Some(seen.version), ..ItemChanges::default() };
        if means.store.change_items(changes).await? {
            means.act.recorded();
            return Ok(Changed { item, is_new: before.is_none(), password, secret });
        }
    }
    Err(StoreError::Busy.into())
}

/// Makes the knowledge base that a robot answers from: a robot always has one.
pub(super) async fn make_base(means: Means<'_>, tenant: &TenantId, item: &Item) -> Result<(), AdminError> {
    let Item::Robot(robot) = item else { return Ok(()) };
    let base =
        BaseId::new(&robot.knowledge).map_err(|error| AdminError::invalid("knowledge", error.to_string()))?;
    means.store.put_base(tenant, &base, None).await?;
    Ok(())
}

/// Takes an item away that nothing else needs, if it is as the condition says.
pub async fn remove_item(
    means: Means<'_>,
    (tenant, kind, id): (&TenantId, &str, &str),
    condition: &Precondition,
) -> Result<(), AdminError> {
    let kind = Kind::find(kind).ok_or_else(|| unknown("kind", kind))?;
    for _ in 0..TRIES {
        let seen = means.store.configured().await?;
        let before = find(&seen.items, tenant, kind.name, id);
        let directory = Directory::new(seen.items.clone());
        let directory = directory.tenant(tenant).ok_or_else(|| unknown("tenant", tenant.as_str()))?;
        means.may_know(directory, before)?;
        condition.check(before)?;
        let Some(before) = before else { return Err(unknown(kind.name, id)) };
        if let Some(rights) = means.rights {
            // As it is now: whoever else could manage people may have been removed a moment ago.
            grant::may_remove(directory, rights, before)?;
        }
        let mut others = seen.items.iter().filter(|(owner, _)| owner == tenant).map(|(_, item)| item);
        if let Some(user) = others.find(|item| references(item).contains(&(kind.name, id.to_owned()))) {
            return Err(AdminError::InUse(format!("{} {:?}", user.kind(), user.id())));
        }
        no_key_needs(means, tenant, kind.name, id).await?;
        let remove = vec![(tenant.clone(), kind.name, id.to_owned())];
        let audit = vec![removed(means.act, tenant, before)];
        let changes = ItemChanges { remove, audit, version: Some(seen.version), ..ItemChanges::default() };
        if means.store.change_items(changes).await? {
            means.act.recorded();
            return Ok(());
        }
    }
    Err(StoreError::Busy.into())
}

/// Refuses to take away a role that an API key has.
pub(super) async fn no_key_needs(
    means: Means<'_>,
    tenant: &TenantId,
    kind: &str,
    id: &str,
) -> Result<(), AdminError> {
    if kind == "role" && means.store.keys_of(tenant).await?.iter().any(|(_, key)| key.role.as_str() == id) {
        return Err(AdminError::InUse("an API key".to_owned()));
    }
    Ok(())
}

/// What stays when an item is replaced: whoever replaces it has not seen it and cannot give it.
const KEPT: [&str; 7] =
    ["identity_key", "push", "password_hash", "sign_ins_after", "secret_hash", "old_secret", "client_secret"];

/// An item on its way to be changed: the values that it starts from, and the patch that is to come over them.
struct Draft {
    kind: &'static Kind,
    id: String,
    is_new: bool,
    issuer_before: Option<String>,
    value: Value,
    patch: Map<String, Value>,
}

impl Draft {
    fn new(
        kind: &'static Kind,
        id: &str,
        before: Option<&Item>,
        change: &Change,
    ) -> Result<Self, AdminError> {
        let (value, patch) = match (change, before) {
            // A tenant is made by an operator, and is more than its item.
            (Change::Merge(patch), Some(before))
            | (Change::Replace(patch), Some(before @ Item::Tenant(_))) => (plain(before), patch.clone()),
            (Change::Merge(patch) | Change::Replace(patch), before) => {
                let mut value = default_values(kind.name, id)?;
                if let Some((before, after)) =
                    before.map(plain).as_ref().and_then(Value::as_object).zip(value.as_object_mut())
                {
                    for name in KEPT {
                        if let Some(kept) = before.get(name) {
                            after.insert(name.to_owned(), kept.clone());
                        }
                    }
                }
                (value, patch.clone())
            }
            (Change::Unset(paths), Some(before)) => {
                let (mut value, default) = (plain(before), default_values(kind.name, id)?);
                for path in paths {
                    unset(&mut value, &default, path)?;
                }
                (value, json!({}))
            }
            (Change::Unset(_), None) => return Err(unknown(kind.name, id)),
        };
        let Value::Object(patch) = patch else {
            return Err(AdminError::invalid("", "is not an object"));
        };
        if patch.get(kind.id).is_some_and(|given| given != id) {
            return Err(AdminError::invalid(kind.id, "is not the one in the address"));
        }
        let issuer_before = match before {
            Some(Item::IdentityProvider(provider)) => Some(provider.issuer.clone()),
            _ => None,
        };
        Ok(Self { kind, id: id.to_owned(), is_new: before.is_none(), issuer_before, value, patch })
    }

    /// Makes the secrets that a new item gets if none is given: a password, or an app's secret.
    fn make_up(
        &mut self,
        random: &dyn Random,
        tenant: &Tenant,
    ) -> Result<(Option<GeneratedSecret>, Option<GeneratedSecret>), AdminError> {
        let whose = (self.kind.name, self.id.as_str(), self.is_new);
        let password = new_password(random, tenant, whose, &mut self.patch)?;
        if self.kind.name != "app" {
            return Ok((password, None));
        }
        if let Some(name) = self.patch.keys().find(|name| is_secret(name)) {
            return Err(AdminError::invalid(name.clone(), "cannot be given; it is made up"));
        }
        let secret = self.is_new.then(|| new_secret(random));
        if let Some(secret) = &secret {
            self.patch.insert("secret_hash".to_owned(), json!(secret.hash().to_hex()));
        }
        Ok((password, secret))
    }

    /// The values that it is to have.
    fn finish(mut self) -> Result<Value, AdminError> {
        // A push of another form, merged into the one before, would be neither; without an address it is none, but
        // secrets of the one before.
        let is_whole = |push: &Value| !push.is_object() || push.get("base_url").is_some();
        if let (Some(true), Some(values)) = (self.patch.get("push").map(is_whole), self.value.as_object_mut())
        {
            values.remove("push");
        }
        if self.id.is_empty() {
            return Err(AdminError::invalid(self.kind.id, "must not be empty"));
        }
        let gives_client_secret = self.patch.contains_key("client_secret");
        json_patch::merge(&mut self.value, &Value::Object(self.patch));
        // The secret of one issuer is not shown to another.
        if let Some(values) = self.value.as_object_mut()
            && !gives_client_secret
            && values.get("issuer").and_then(Value::as_str) != self.issuer_before.as_deref()
        {
            values.remove("client_secret");
        }
        Ok(self.value)
    }
}

/// A new secret of an app.
pub(super) fn new_secret(random: &dyn Random) -> GeneratedSecret {
    GeneratedSecret::generate(random, "fds_")
}

/// The values of a new item, without those of secrets.
pub(super) fn default_values(kind: &str, id: &str) -> Result<Value, AdminError> {
    let mut value = plain(&new_item(kind, id)?);
    if let Some(values) = value.as_object_mut() {
        conceal(values);
    }
    Ok(value)
}

fn unset(value: &mut Value, default: &Value, path: &str) -> Result<(), AdminError> {
    let (parents, name) = path.rsplit_once('.').unwrap_or(("", path));
    let pointer: String =
        parents.split('.').filter(|part| !part.is_empty()).flat_map(|part| ["/", part]).collect();
    let target = value.pointer_mut(&pointer).and_then(Value::as_object_mut);
    let known = target.as_ref().is_some_and(|values| values.contains_key(name));
    let before = default.pointer(&pointer).and_then(|values| values.get(name));
    match (target, before) {
        (Some(values), Some(default)) => drop(values.insert(name.to_owned(), default.clone())),
        (Some(values), None) if known => drop(values.remove(name)),
        // It is not set.
        _ if parents.is_empty() || before.is_some() => {}
        _ => return Err(AdminError::invalid(path.to_owned(), "is not a value of it")),
    }
    Ok(())
}

pub(super) fn find<'a>(items: &'a Items, tenant: &TenantId, kind: &str, id: &str) -> Option<&'a Item> {
    items
        .iter()
        .find(|(owner, item)| owner == tenant && item.kind() == kind && item.id() == id)
        .map(|(_, item)| item)
}

/// An item as it is shown: without hashes and secrets.
pub fn shown(item: &Item) -> Value {
    let mut value = plain(item);
    if let Some(inner) = value.as_object_mut() {
        conceal(inner);
    }
    value
}

pub(super) fn unknown(kind: &str, id: &str) -> AdminError {
    AdminError::Unknown(format!("{kind} {id:?}"))
}

/// An item with every value as it is unless it is given.
pub(super) fn new_item(kind: &str, id: &str) -> Result<Item, AdminError> {
    let wrong = |error: IdError| AdminError::invalid("id", error.to_string());
    Ok(match kind {
        "tenant" => Item::Tenant(Tenant::new(TenantId::new(id).map_err(wrong)?, id, "en")),
        "app" => Item::App(App::new(AppKey::new(id).map_err(wrong)?, id)),
        "channel" => Item::Channel(Channel::new(ChannelId::new(id).map_err(wrong)?, id)),
        "robot" => Item::Robot(Robot::new(RobotId::new(id).map_err(wrong)?)),
        "queue" => Item::Queue(Queue::new(QueueId::new(id).map_err(wrong)?, id)),
        "sla_policy" => Item::SlaPolicy(SlaPolicy::new(SlaPolicyId::new(id).map_err(wrong)?, id)),
        "role" => Item::Role(Role::new(RoleId::new(id).map_err(wrong)?, id)),
        "identity_provider" => {
            Item::IdentityProvider(IdentityProvider::new(IdentityProviderId::new(id).map_err(wrong)?, id))
        }
        "agent" => Item::Agent(Agent::new(AgentId::new(id).map_err(wrong)?, id)),
        "canned_reply" => Item::CannedReply(CannedReply::new(CannedReplyId::new(id).map_err(wrong)?)),
        _ => return Err(unknown("kind", kind)),
    })
}

/// The values of an item, without the kind around them.
pub(super) fn plain(item: &Item) -> Value {
    fn values(of: &impl Serialize) -> Value {
        serde_json::to_value(of).unwrap_or_default()
    }
    match item {
        Item::Tenant(tenant) => values(tenant),
        Item::App(app) => values(app),
        Item::Channel(channel) => values(channel),
        Item::Robot(robot) => values(robot),
        Item::Queue(queue) => values(queue),
        Item::Agent(agent) => values(agent),
        Item::CannedReply(reply) => values(reply),
        Item::SlaPolicy(policy) => values(policy),
        Item::Role(role) => values(role),
        Item::IdentityProvider(provider) => values(provider),
    }
}

pub(super) fn read_item(kind: &str, value: Value) -> Result<Item, AdminError> {
    fn read<T: DeserializeOwned>(value: Value) -> Result<T, AdminError> {
        serde_path_to_error::deserialize(value).map_err(|error| {
            let path = error.path().to_string();
            let path = if path == "." { String::new() } else { path };
            AdminError::invalid(path, error.into_inner().to_string())
        })
    }
    Ok(match kind {
        "app" => Item::App(read(value)?),
        "channel" => Item::Channel(read(value)?),
        "robot" => Item::Robot(read(value)?),
        "queue" => Item::Queue(read(value)?),
        "tenant" => Item::Tenant(read(value)?),
        "agent" => Item::Agent(read(value)?),
        "canned_reply" => Item::CannedReply(read(value)?),
        "sla_policy" => Item::SlaPolicy(read(value)?),
        "role" => Item::Role(read(value)?),
        "identity_provider" => Item::IdentityProvider(read(value)?),
        _ => return Err(unknown("kind", kind)),
    })
}

/// Puts the hash of an agent's new password in the place of the password. A new agent without one gets one.
fn new_password(
    random: &dyn Random,
    tenant: &Tenant,
    (kind, id, is_new): (&str, &str, bool),
    patch: &mut Map<String, Value>,
) -> Result<Option<GeneratedSecret>, AdminError> {
    if kind != "agent" {
        return Ok(None);
    }
    if patch.contains_key("password_hash") {
        return Err(AdminError::invalid("password_hash", "cannot be given; give a `password`"));
    }
    if patch.contains_key("sign_ins_after") {
        return Err(AdminError::invalid("sign_ins_after", "cannot be given; end the sign-ins themselves"));
    }
    let (password, made_up) = match patch.remove("password") {
        Some(Value::String(password)) if !password.is_empty() => {
            let nickname = patch.get("nickname").and_then(Value::as_str);
            let names = [id, tenant.id.as_str(), nickname.unwrap_or(id)];
            check_password(&password, tenant.password_characters, &names)
                .map_err(|fault| AdminError::invalid("password", fault.to_string()))?;
            (password, None)
        }
        Some(Value::Null) | None if is_new => {
            let made_up = GeneratedSecret::generate(random, "");
            (made_up.reveal().to_owned(), Some(made_up))
        }
        Some(Value::Null) | None => return Ok(None),
        Some(_) => return Err(AdminError::invalid("password", "must be a text that is not empty")),
    };
    patch.insert("password_hash".to_owned(), json!(hash_password(random, &password)?));
    Ok(made_up)
}

/// What an item needs of the same tenant: kinds and ids.
fn references(item: &Item) -> Vec<(&'static str, String)> {
    let queue = |id: &QueueId| ("queue", id.to_string());
    match item {
        Item::Channel(channel) => {
            let robot = channel.robot.iter().map(|id| ("robot", id.to_string()));
            robot.chain(channel.queue.iter().map(queue)).collect()
        }
        Item::Agent(agent) => {
            let role = std::iter::once(("role", agent.role.to_string()));
            let queues = agent.queues.iter().chain(&agent.scope.queues).map(queue);
            let channels = agent.scope.channels.iter().map(|id| ("channel", id.to_string()));
            role.chain(queues).chain(channels).collect()
        }
        Item::CannedReply(reply) => reply.queues.iter().map(queue).collect(),
        Item::SlaPolicy(policy) => policy.queues.iter().map(queue).collect(),
        Item::Queue(rules) => rules.other_queues().map(queue).collect(),
        Item::IdentityProvider(provider) => provider.roles().map(|role| ("role", role.to_string())).collect(),
        Item::Tenant(_) | Item::App(_) | Item::Robot(_) | Item::Role(_) => Vec::new(),
    }
}

/// Whoever has another password, or may no longer do all that they could, signs in again.
pub(crate) fn end_sign_ins(directory: &TenantDirectory, before: &Agent, after: &mut Agent, now: Timestamp) {
    let rights = |agent: &Agent| Rights::of_agent(directory, agent);
    let is_let_go = after.deactivated && !before.deactivated;
    if before.password_hash != after.password_hash || is_let_go || !rights(after).covers(&rights(before)) {
        after.sign_ins_after = Some(now);
    }
}

/// Whether it can be meant, in the place of what it was before.
fn check(
    items: &Items,
    (tenant, directory): (&TenantId, &TenantDirectory),
    item: &Item,
    before: Option<&Item>,
    now: Timestamp,
) -> Result<(), AdminError> {
    let taken = |(owner, other): &(TenantId, Item)| {
        owner != tenant && matches!((other, item), (Item::App(other), Item::App(app)) if other.key == app.key)
    };
    if items.iter().any(taken) {
        return Err(AdminError::invalid("key", "is taken"));
    }
    check_in(directory, item, now)?;
    // What waits for its secret can be changed otherwise, but nothing is made to wait here.
    let waited = before.map(secrets_to_set).unwrap_or_default();
    let is_needed = |name: &&str| name.starts_with("push.") || *name == "client_secret";
    match secrets_to_set(item).into_iter().find(|name| is_needed(name) && !waited.contains(name)) {
        Some(name) => Err(AdminError::invalid(name, "is missing")),
        None => Ok(()),
    }
}

/// Whether it can be meant among the others of its tenant: by the rules, and by what only this crate can tell. Secrets
/// may be missing.
pub(crate) fn check_in(directory: &TenantDirectory, item: &Item, now: Timestamp) -> Result<(), AdminError> {
    frontdesk_core::directory::check(directory, item, now)
        .map_err(|error| AdminError::invalid(error.field, error.why))?;
    let channel = match item {
        Item::Channel(channel) => channel,
        Item::IdentityProvider(provider) => {
            return signin::oidc::check(provider).map_err(|(field, why)| AdminError::invalid(field, why));
        }
        _ => return Ok(()),
    };
    // As long as a third-party authentication key of the documented product, so that nobody guesses it.
    if channel.identity_key.as_ref().is_some_and(|key| key.len() < 32) {
        return Err(AdminError::invalid("identity_key", "must have at least 32 bytes"));
    }
    let Some(push) = channel.push.as_deref() else { return Ok(()) };
    Endpoint::new(&channel.id, &with_any_secret(push), Duration::from_secs(1))
        .map(drop)
        .map_err(|error| AdminError::invalid("push", error.to_string()))
}

/// The same with something in the place of a secret that is to be set yet.
fn with_any_secret(push: &Push) -> Push {
    let any = || KeptSecret::new("0".repeat(Push::KEY_CHARS));
    let mut push = push.clone();
    match &mut push.verification {
        Verification::Signature { push_key } if push_key.is_empty() => *push_key = any(),
        Verification::OAuth(app) if app.app_secret.is_empty() => app.app_secret = any(),
        Verification::Signature { .. } | Verification::OAuth(_) => {}
    }
    push
}

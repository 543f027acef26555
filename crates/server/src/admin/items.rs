//! Changing what is configured, one item at a time; from the API and from the command line.

use std::time::Duration;

use frontdesk_core::directory::{Agent, CannedReply, Channel, Directory, Item, Queue, Robot, SlaPolicy};
use frontdesk_core::id::{
    AgentId, CannedReplyId, ChannelId, IdError, QueueId, RobotId, SlaPolicyId, TenantId,
};
use frontdesk_core::port::{Random, Store};
use frontdesk_core::secret::GeneratedSecret;
use frontdesk_core::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::command::AdminError;
use super::means::Means;
use super::password::hash_password;
use crate::deliver::push::Endpoint;

/// Everything configured, as stored.
pub(super) type Items = [(TenantId, Item)];

/// How an item is to be changed.
#[derive(Debug)]
pub enum Change {
    /// It is to be this; what is not given is the default, but what holds secrets stays.
    Replace(Value),
    /// A JSON merge patch (RFC 7396): what is not given stays, `null` takes away.
    Merge(Value),
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
}

/// Changes an item of a tenant, or makes it.
pub async fn change_item(
    means: Means<'_>,
    items: &Items,
    (tenant, kind, id): (&TenantId, &str, &str),
    change: Change,
) -> Result<Changed, AdminError> {
    let before = find(items, tenant, kind, id);
    let (mut value, patch) = match (change, before) {
        // A tenant is made by an operator, and is more than its item.
        (Change::Merge(patch), Some(before)) | (Change::Replace(patch), Some(before @ Item::Tenant(_))) => {
            (plain(before), patch)
        }
        (Change::Merge(patch) | Change::Replace(patch), before) => {
            let mut value = plain(&new_item(kind, id)?);
            if let Some(before) = before {
                keep_secrets(&plain(before), &mut value);
            }
            (value, patch)
        }
    };
    let Value::Object(mut patch) = patch else {
        return Err(AdminError::invalid("", "is not an object"));
    };
    let password = new_password(means.random, kind, before.is_none(), &mut patch)?;
    if patch.get("id").is_some_and(|given| given != id) {
        return Err(AdminError::invalid("id", "is not the one in the address"));
    }
    // A push of another form, merged into the one before, would be neither.
    if let (Some(_), Some(values)) = (patch.get("push"), value.as_object_mut()) {
        values.remove("push");
    }
    json_patch::merge(&mut value, &Value::Object(patch));
    let item = read_item(kind, value)?;
    check(items, tenant, &item, means.clock.now())?;
    means.store.put_items(vec![(tenant.clone(), item.clone())]).await?;
    Ok(Changed { item, is_new: before.is_none(), password })
}

/// Takes an item away that nothing else needs.
pub async fn remove_item(
    store: &dyn Store,
    items: &Items,
    tenant: &TenantId,
    kind: &str,
    id: &str,
) -> Result<(), AdminError> {
    let others = items.iter().filter(|(owner, _)| owner == tenant).map(|(_, item)| item);
    if let Some(user) = others.into_iter().find(|item| references(item).contains(&(kind, id.to_owned()))) {
        return Err(AdminError::InUse(format!("{} {:?}", user.kind(), user.id())));
    }
    if store.remove_item(tenant, kind, id).await? { Ok(()) } else { Err(unknown(kind, id)) }
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

/// Takes away what must not be shown: hashes, and the secrets that are kept as they are.
pub(super) fn conceal(item: &mut Map<String, Value>) {
    const SECRETS: [&str; 5] =
        ["push_key", "app_secret", "webhook_secrets", "client_identity", "identity_key"];
    item.retain(|name, _| !name.ends_with("_hash") && !SECRETS.contains(&name.as_str()));
    item.values_mut().filter_map(Value::as_object_mut).for_each(conceal);
}

fn unknown(kind: &str, id: &str) -> AdminError {
    AdminError::Unknown(format!("{kind} {id:?}"))
}

/// An item with every value as it is unless it is given.
fn new_item(kind: &str, id: &str) -> Result<Item, AdminError> {
    let wrong = |error: IdError| AdminError::invalid("id", error.to_string());
    Ok(match kind {
        "channel" => Item::Channel(Channel::new(ChannelId::new(id).map_err(wrong)?, id)),
        "robot" => Item::Robot(Robot::new(RobotId::new(id).map_err(wrong)?)),
        "queue" => Item::Queue(Queue::new(QueueId::new(id).map_err(wrong)?, id)),
        "sla_policy" => Item::SlaPolicy(SlaPolicy::new(SlaPolicyId::new(id).map_err(wrong)?, id)),
        "agent" => Item::Agent(Agent::new(AgentId::new(id).map_err(wrong)?, id)),
        "canned_reply" => Item::CannedReply(CannedReply::new(CannedReplyId::new(id).map_err(wrong)?)),
        _ => return Err(unknown("kind", kind)),
    })
}

/// The values of an item, without the kind around them.
fn plain(item: &Item) -> Value {
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
    }
}

fn read_item(kind: &str, value: Value) -> Result<Item, AdminError> {
    fn read<T: DeserializeOwned>(value: Value) -> Result<T, AdminError> {
        serde_path_to_error::deserialize(value).map_err(|error| {
            let path = error.path().to_string();
            let path = if path == "." { String::new() } else { path };
            AdminError::invalid(path, error.into_inner().to_string())
        })
    }
    Ok(match kind {
        "channel" => Item::Channel(read(value)?),
        "robot" => Item::Robot(read(value)?),
        "queue" => Item::Queue(read(value)?),
        "tenant" => Item::Tenant(read(value)?),
        "agent" => Item::Agent(read(value)?),
        "canned_reply" => Item::CannedReply(read(value)?),
        "sla_policy" => Item::SlaPolicy(read(value)?),
        _ => return Err(unknown("kind", kind)),
    })
}

/// Whoever replaces an item has not seen its secrets and cannot give them.
fn keep_secrets(before: &Value, after: &mut Value) {
    for name in ["identity_key", "push", "password_hash"] {
        if let (Some(kept), Some(after)) = (before.get(name), after.as_object_mut()) {
            after.insert(name.to_owned(), kept.clone());
        }
    }
}

/// Puts the hash of an agent's new password in the place of the password. A new agent without one gets one.
fn new_password(
    random: &dyn Random,
    kind: &str,
    is_new: bool,
    patch: &mut Map<String, Value>,
) -> Result<Option<GeneratedSecret>, AdminError> {
    if kind != "agent" {
        return Ok(None);
    }
    if patch.contains_key("password_hash") {
        return Err(AdminError::invalid("password_hash", "cannot be given; give a `password`"));
    }
    let (password, made_up) = match patch.remove("password") {
        Some(Value::String(password)) if !password.is_empty() => (password, None),
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
        Item::Agent(agent) => agent.queues.iter().map(queue).collect(),
        Item::CannedReply(reply) => reply.queues.iter().map(queue).collect(),
        Item::SlaPolicy(policy) => policy.queues.iter().map(queue).collect(),
        Item::Queue(rules) => rules.other_queues().map(queue).collect(),
        Item::Tenant(_) | Item::App(_) | Item::Robot(_) => Vec::new(),
    }
}

/// Whether it can be meant, and what only this crate can tell of it.
fn check(items: &Items, tenant: &TenantId, item: &Item, now: Timestamp) -> Result<(), AdminError> {
    let directory = Directory::new(items.to_vec());
    let directory = directory.tenant(tenant).ok_or_else(|| unknown("tenant", tenant.as_str()))?;
    frontdesk_core::directory::check(directory, item, now)
        .map_err(|error| AdminError::invalid(error.field, error.why))?;
    let Item::Channel(channel) = item else { return Ok(()) };
    // As long as a third-party authentication key of the documented product, so that nobody guesses it.
    if channel.identity_key.as_ref().is_some_and(|key| key.len() < 32) {
        return Err(AdminError::invalid("identity_key", "must have at least 32 bytes"));
    }
    let push = channel.push.as_ref().map(|push| Endpoint::new(&channel.id, push, Duration::from_secs(1)));
    push.transpose().map(drop).map_err(|error| AdminError::invalid("push", error.to_string()))
}

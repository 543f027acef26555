//! Carrying administrative commands out on a store.

use frontdesk_core::directory::{App, Item, Tenant};
use frontdesk_core::id::{AppKey, IdError, TenantId};
use frontdesk_core::port::{OnProgress, Random, Store};
use frontdesk_core::robot::Dictionary;
use frontdesk_core::secret::GeneratedSecret;
use frontdesk_core::token::SigningKey;
use serde_json::{Value, json};

use super::command::{AdminAnswer, AdminCommand, AdminError};
use super::items::{Change, Items, change_item, conceal, find, remove_item};
use super::knowledge::{KnowledgeFile, knowledge_groups};
use super::means::Means;

fn invalid(field: &'static str) -> impl Fn(IdError) -> AdminError {
    move |error| AdminError::invalid(field, error.to_string())
}

/// Carries a command out. What takes long tells `progress` how far it is.
pub async fn run(
    means: Means<'_>,
    command: AdminCommand,
    progress: OnProgress,
) -> Result<AdminAnswer, AdminError> {
    let Means { store, random, .. } = means;
    let items = store.items().await?;
    match command {
        AdminCommand::List { tenant } => list(&items, tenant),
        AdminCommand::PutTenant { id, name, locale } => {
            let id = TenantId::new(&id).map_err(invalid("tenant"))?;
            let before = match find(&items, &id, "tenant", id.as_str()) {
                Some(Item::Tenant(tenant)) => tenant.clone(),
                _ => Tenant::new(id.clone(), &name, &locale),
            };
            put(store, id, Item::Tenant(Tenant { name, locale, ..before })).await
        }
        AdminCommand::AddApp { tenant, key, name } => {
            add_app(store, random, &items, &tenant, key, name).await
        }
        AdminCommand::PutChannel { tenant, channel } => {
            let id = channel.id.clone();
            merge(means, &items, &tenant, "channel", &id, channel.into_patch()?).await
        }
        AdminCommand::PutRobot { tenant, robot } => {
            let id = robot.id.clone();
            merge(means, &items, &tenant, "robot", &id, robot.into_patch()).await
        }
        AdminCommand::PutKnowledge { tenant, base, text } => {
            put_knowledge(store, known_tenant(&items, &tenant)?, &base, &text).await
        }
        AdminCommand::PutQueue { tenant, id, name } => {
            merge(means, &items, &tenant, "queue", &id, json!({ "name": name })).await
        }
        AdminCommand::PutAgent { tenant, agent } => {
            let id = agent.id.clone();
            merge(means, &items, &tenant, "agent", &id, agent.into_patch()).await
        }
        AdminCommand::Set { tenant, kind, id, change } => {
            merge(means, &items, &tenant, &kind, &id, change).await
        }
        AdminCommand::Backup { path } => Ok(AdminAnswer::BackedUp(store.backup(&path, progress).await?)),
        AdminCommand::RotateKeys => rotate_keys(store, random).await,
        AdminCommand::Remove { tenant, kind, id } => {
            remove_item(store, &items, &known_tenant(&items, &tenant)?, &kind, &id).await?;
            Ok(AdminAnswer::Done)
        }
    }
}

/// Changes an item by a merge patch and answers with the password that was made up, if one was.
async fn merge(
    means: Means<'_>,
    items: &Items,
    tenant: &str,
    kind: &str,
    id: &str,
    patch: Value,
) -> Result<AdminAnswer, AdminError> {
    let tenant = known_tenant(items, tenant)?;
    let changed = change_item(means, items, (&tenant, kind, id), Change::Merge(patch)).await?;
    Ok(changed.password.map_or(AdminAnswer::Done, |secret| AdminAnswer::Secret {
        of: id.to_owned(),
        secret: secret.reveal().to_owned(),
    }))
}

async fn put(store: &dyn Store, tenant: TenantId, item: Item) -> Result<AdminAnswer, AdminError> {
    store.put_items(vec![(tenant, item)]).await?;
    Ok(AdminAnswer::Done)
}

fn known_tenant(items: &Items, id: &str) -> Result<TenantId, AdminError> {
    let id = TenantId::new(id).map_err(invalid("tenant"))?;
    find(items, &id, "tenant", id.as_str())
        .ok_or_else(|| AdminError::Unknown(format!("tenant {:?}", id.as_str())))?;
    Ok(id)
}

fn list(items: &Items, tenant: Option<String>) -> Result<AdminAnswer, AdminError> {
    let wanted = tenant.map(|tenant| known_tenant(items, &tenant)).transpose()?;
    let listed = items.iter().filter(|(owner, item)| match &wanted {
        Some(tenant) => owner == tenant,
        None => item.kind() == "tenant",
    });
    let values = listed.map(|(_, item)| {
        let mut value = serde_json::to_value(item).unwrap_or_default();
        if let Some(inner) = value.get_mut("item").and_then(|inner| inner.as_object_mut()) {
            conceal(inner);
        }
        value
    });
    Ok(AdminAnswer::Items(values.collect()))
}

/// How many older keys are kept. Tokens live for little more than an hour, a visitor's secret until the last goes.
const OLD_KEYS: usize = 12;

async fn rotate_keys(store: &dyn Store, random: &dyn Random) -> Result<AdminAnswer, AdminError> {
    let mut id = [0; 8];
    random.fill(&mut id);
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    store.add_signing_key(SigningKey { id: hex::encode(id), bytes }, OLD_KEYS).await?;
    Ok(AdminAnswer::Done)
}

async fn add_app(
    store: &dyn Store,
    random: &dyn Random,
    items: &Items,
    tenant: &str,
    key: Option<String>,
    name: String,
) -> Result<AdminAnswer, AdminError> {
    let tenant = known_tenant(items, tenant)?;
    let key = key.unwrap_or_else(|| {
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        format!("app-{}", hex::encode(bytes))
    });
    let key = AppKey::new(&key).map_err(invalid("key"))?;
    if items.iter().any(|(_, item)| item.kind() == "app" && item.id() == key.as_str()) {
        return Err(AdminError::invalid("key", "is taken"));
    }
    let secret = GeneratedSecret::generate(random, "fds_");
    let app = App { key: key.clone(), name, secret_hash: secret.hash().to_hex() };
    store.put_items(vec![(tenant, Item::App(app))]).await?;
    Ok(AdminAnswer::Secret { of: key.to_string(), secret: secret.reveal().to_owned() })
}

async fn put_knowledge(
    store: &dyn Store,
    tenant: TenantId,
    base: &str,
    text: &str,
) -> Result<AdminAnswer, AdminError> {
    let file: KnowledgeFile =
        toml::from_str(text).map_err(|error| AdminError::invalid("knowledge", error.to_string()))?;
    if let Some(group) = file.group.iter().find(|group| group.questions.is_empty()) {
        let why = format!("group {:?} has no questions", group.id);
        return Err(AdminError::invalid("knowledge", why));
    }
    let mut groups = store.knowledge(&tenant, base).await?;
    groups.retain(|group| group.locale != file.locale);
    groups.extend(knowledge_groups(file, &Dictionary::new()));
    store.put_knowledge(&tenant, base, groups).await?;
    Ok(AdminAnswer::Done)
}

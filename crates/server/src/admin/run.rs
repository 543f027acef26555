//! Carrying administrative commands out on a store.

use std::time::Duration;

use frontdesk_core::directory::{Agent, App, Channel, Item, Queue, Robot, Survey, Tenant};
use frontdesk_core::id::{AgentId, AppKey, ChannelId, IdError, QueueId, RobotId, TenantId};
use frontdesk_core::port::{OnProgress, Random, Store};
use frontdesk_core::push::Push;
use frontdesk_core::robot::Dictionary;
use frontdesk_core::secret::GeneratedSecret;
use frontdesk_core::token::SigningKey;

use super::command::{AdminAnswer, AdminCommand, AdminError, NewAgent, NewChannel, NewRobot};
use super::knowledge::{KnowledgeFile, knowledge_groups};
use super::password::hash_password;
use crate::deliver::push::Endpoint;

fn invalid(field: &'static str) -> impl Fn(IdError) -> AdminError {
    move |error| AdminError::Invalid { field, why: error.to_string() }
}

/// Carries a command out. What takes long tells `progress` how far it is.
pub async fn run(
    store: &dyn Store,
    random: &dyn Random,
    command: AdminCommand,
    progress: OnProgress,
) -> Result<AdminAnswer, AdminError> {
    let items = store.items().await?;
    match command {
        AdminCommand::List { tenant } => list(&items, tenant),
        AdminCommand::PutTenant { id, name, locale } => {
            let id = TenantId::new(&id).map_err(invalid("tenant"))?;
            let (texts, dispositions) = match find(&items, &id, "tenant", id.as_str()) {
                Some(Item::Tenant(tenant)) => (tenant.texts.clone(), tenant.dispositions.clone()),
                _ => Default::default(),
            };
            let tenant = Tenant { id: id.clone(), name, locale, texts, dispositions };
            put(store, id, Item::Tenant(tenant)).await
        }
        AdminCommand::AddApp { tenant, key, name } => {
            add_app(store, random, &items, &tenant, key, name).await
        }
        AdminCommand::PutChannel { tenant, channel } => put_channel(store, &items, &tenant, channel).await,
        AdminCommand::PutRobot { tenant, robot } => put_robot(store, &items, &tenant, robot).await,
        AdminCommand::PutKnowledge { tenant, base, text } => {
            put_knowledge(store, known_tenant(&items, &tenant)?, &base, &text).await
        }
        AdminCommand::PutQueue { tenant, id, name } => put_queue(store, &items, &tenant, &id, name).await,
        AdminCommand::PutAgent { tenant, agent } => put_agent(store, random, &items, &tenant, agent).await,
        AdminCommand::Backup { path } => Ok(AdminAnswer::BackedUp(store.backup(&path, progress).await?)),
        AdminCommand::RotateKeys => rotate_keys(store, random).await,
        AdminCommand::Remove { tenant, kind, id } => {
            let tenant = known_tenant(&items, &tenant)?;
            if store.remove_item(&tenant, &kind, &id).await? {
                Ok(AdminAnswer::Done)
            } else {
                Err(AdminError::Unknown(format!("{kind} {id:?}")))
            }
        }
    }
}

type Items = [(TenantId, Item)];

async fn put(store: &dyn Store, tenant: TenantId, item: Item) -> Result<AdminAnswer, AdminError> {
    store.put_items(vec![(tenant, item)]).await?;
    Ok(AdminAnswer::Done)
}

fn find<'a>(items: &'a Items, tenant: &TenantId, kind: &str, id: &str) -> Option<&'a Item> {
    items
        .iter()
        .find(|(owner, item)| owner == tenant && item.kind() == kind && item.id() == id)
        .map(|(_, item)| item)
}

fn known_tenant(items: &Items, id: &str) -> Result<TenantId, AdminError> {
    let id = TenantId::new(id).map_err(invalid("tenant"))?;
    find(items, &id, "tenant", id.as_str())
        .ok_or_else(|| AdminError::Unknown(format!("tenant {:?}", id.as_str())))?;
    Ok(id)
}

/// Something that another thing refers to must be there.
fn must_exist(items: &Items, tenant: &TenantId, kind: &'static str, id: &str) -> Result<(), AdminError> {
    find(items, tenant, kind, id).map(drop).ok_or_else(|| AdminError::Unknown(format!("{kind} {id:?}")))
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

/// Takes away what must not be shown: hashes, and the secrets that are kept as they are.
fn conceal(item: &mut serde_json::Map<String, serde_json::Value>) {
    const SECRETS: [&str; 5] =
        ["push_key", "app_secret", "webhook_secrets", "client_identity", "identity_key"];
    item.retain(|name, _| !name.ends_with("_hash") && !SECRETS.contains(&name.as_str()));
    item.values_mut().filter_map(serde_json::Value::as_object_mut).for_each(conceal);
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
        return Err(AdminError::Invalid { field: "key", why: "is taken".to_owned() });
    }
    let secret = GeneratedSecret::generate(random, "fds_");
    let app = App { key: key.clone(), name, secret_hash: secret.hash().to_hex() };
    store.put_items(vec![(tenant, Item::App(app))]).await?;
    Ok(AdminAnswer::Secret { of: key.to_string(), secret: secret.reveal().to_owned() })
}

async fn put_channel(
    store: &dyn Store,
    items: &Items,
    tenant: &str,
    new: NewChannel,
) -> Result<AdminAnswer, AdminError> {
    let tenant = known_tenant(items, tenant)?;
    let id = ChannelId::new(&new.id).map_err(invalid("channel"))?;
    let mut channel = match find(items, &tenant, "channel", id.as_str()) {
        Some(Item::Channel(channel)) => channel.clone(),
        _ => Channel::new(id, &new.id),
    };
    if let Some(name) = new.name {
        channel.name = name;
    }
    if let Some(robot) = new.robot {
        channel.robot = optional(&robot, |id| RobotId::new(id).map_err(invalid("robot")))?;
        if !robot.is_empty() {
            must_exist(items, &tenant, "robot", &robot)?;
        }
    }
    if let Some(queue) = new.queue {
        channel.queue = optional(&queue, |id| QueueId::new(id).map_err(invalid("queue")))?;
        if !queue.is_empty() {
            must_exist(items, &tenant, "queue", &queue)?;
        }
    }
    if let Some(chars) = new.text_chars {
        if !(1..=Channel::MAX_TEXT_CHARS).contains(&chars) {
            let why = format!("must be 1 to {}", Channel::MAX_TEXT_CHARS);
            return Err(AdminError::Invalid { field: "text_chars", why });
        }
        channel.text_chars = chars;
    }
    if let Some(hours) = new.hours {
        channel.hours = optional(&hours, |text| {
            serde_json::from_str(text)
                .map_err(|error| AdminError::Invalid { field: "hours", why: error.to_string() })
        })?;
    }
    if let Some(enabled) = new.survey {
        channel.survey = Survey { enabled, ..channel.survey };
    }
    if let Some(key) = new.identity_key {
        channel.identity_key = optional(&key, identity_key)?;
    }
    channel.requires_identity = new.requires_identity.unwrap_or(channel.requires_identity);
    if let Some(push) = new.push {
        channel.push = optional(&push, |text| push_of(&channel.id, text))?;
    }
    channel.async_replies = new.async_replies.unwrap_or(channel.async_replies);
    channel.origins = new.origins.unwrap_or(channel.origins);
    let patience = &mut channel.patience;
    patience.session_silence = new.session_silence.unwrap_or(patience.session_silence);
    patience.queue_wait = new.queue_wait.unwrap_or(patience.queue_wait);
    patience.customer_inactivity = new.customer_inactivity.unwrap_or(patience.customer_inactivity);
    put(store, tenant, Item::Channel(channel)).await
}

/// As long as a third-party authentication key of the documented product, so that nobody guesses it.
fn identity_key(key: &str) -> Result<String, AdminError> {
    if key.len() < 32 {
        return Err(AdminError::Invalid {
            field: "identity_key",
            why: "must have at least 32 bytes".to_owned(),
        });
    }
    Ok(key.to_owned())
}

/// Reads a push configuration and tries whether it can be used.
fn push_of(channel: &ChannelId, text: &str) -> Result<Box<Push>, AdminError> {
    let wrong = |why: String| AdminError::Invalid { field: "push", why };
    // The parser's own text would repeat the line at fault, which may hold a secret.
    let push: Box<Push> = toml::from_str(text).map_err(|error| wrong(error.message().to_owned()))?;
    Endpoint::new(channel, &push, Duration::from_secs(1)).map_err(|error| wrong(error.to_string()))?;
    Ok(push)
}

fn optional<T>(text: &str, read: impl Fn(&str) -> Result<T, AdminError>) -> Result<Option<T>, AdminError> {
    if text.is_empty() { Ok(None) } else { read(text).map(Some) }
}

async fn put_robot(
    store: &dyn Store,
    items: &Items,
    tenant: &str,
    new: NewRobot,
) -> Result<AdminAnswer, AdminError> {
    let tenant = known_tenant(items, tenant)?;
    let id = RobotId::new(&new.id).map_err(invalid("robot"))?;
    let before = match find(items, &tenant, "robot", id.as_str()) {
        Some(Item::Robot(robot)) => robot.clone(),
        _ => Robot {
            nickname: id.to_string(),
            avatar: None,
            gender: None,
            welcome: String::new(),
            transfer_keyword: "agent".to_owned(),
            knowledge: id.to_string(),
            id,
        },
    };
    let robot = Robot {
        id: before.id,
        nickname: new.nickname.unwrap_or(before.nickname),
        avatar: new.avatar.or(before.avatar),
        gender: new.gender.or(before.gender),
        welcome: new.welcome.unwrap_or(before.welcome),
        transfer_keyword: new.transfer_keyword.unwrap_or(before.transfer_keyword),
        knowledge: new.knowledge.unwrap_or(before.knowledge),
    };
    put(store, tenant, Item::Robot(robot)).await
}

async fn put_knowledge(
    store: &dyn Store,
    tenant: TenantId,
    base: &str,
    text: &str,
) -> Result<AdminAnswer, AdminError> {
    let file: KnowledgeFile = toml::from_str(text)
        .map_err(|error| AdminError::Invalid { field: "knowledge", why: error.to_string() })?;
    if let Some(group) = file.group.iter().find(|group| group.questions.is_empty()) {
        let why = format!("group {:?} has no questions", group.id);
        return Err(AdminError::Invalid { field: "knowledge", why });
    }
    let mut groups = store.knowledge(&tenant, base).await?;
    groups.retain(|group| group.locale != file.locale);
    groups.extend(knowledge_groups(file, &Dictionary::new()));
    store.put_knowledge(&tenant, base, groups).await?;
    Ok(AdminAnswer::Done)
}

async fn put_queue(
    store: &dyn Store,
    items: &Items,
    tenant: &str,
    id: &str,
    name: String,
) -> Result<AdminAnswer, AdminError> {
    let tenant = known_tenant(items, tenant)?;
    let id = QueueId::new(id).map_err(invalid("queue"))?;
    let before = match find(items, &tenant, "queue", id.as_str()) {
        Some(Item::Queue(queue)) => queue.clone(),
        _ => Queue::new(id, &name),
    };
    put(store, tenant, Item::Queue(Queue { name, ..before })).await
}

async fn put_agent(
    store: &dyn Store,
    random: &dyn Random,
    items: &Items,
    tenant: &str,
    new: NewAgent,
) -> Result<AdminAnswer, AdminError> {
    let tenant = known_tenant(items, tenant)?;
    let id = AgentId::new(&new.id).map_err(invalid("agent"))?;
    let before = match find(items, &tenant, "agent", id.as_str()) {
        Some(Item::Agent(agent)) => Some(agent.clone()),
        _ => None,
    };
    let made_up = (before.is_none() && new.password.is_none()).then(|| GeneratedSecret::generate(random, ""));
    let password = made_up.as_ref().map(GeneratedSecret::reveal).or(new.password.as_deref());
    let mut agent = before.unwrap_or_else(|| Agent::new(id, &new.id));
    if let Some(password) = password {
        agent.password_hash = hash_password(random, password)?;
    }
    if let Some(capacity) = new.capacity {
        if capacity == 0 {
            return Err(AdminError::Invalid { field: "capacity", why: "must be at least 1".to_owned() });
        }
        agent.capacity = capacity;
    }
    if let Some(queues) = new.queues {
        for queue in &queues {
            must_exist(items, &tenant, "queue", queue)?;
        }
        agent.queues = queues
            .iter()
            .map(|queue| QueueId::new(queue).map_err(invalid("queue")))
            .collect::<Result<_, _>>()?;
    }
    agent.nickname = new.nickname.unwrap_or(agent.nickname);
    agent.role = new.role.unwrap_or(agent.role);
    let of = agent.id.to_string();
    put(store, tenant, Item::Agent(agent)).await?;
    Ok(made_up
        .map_or(AdminAnswer::Done, |secret| AdminAnswer::Secret { of, secret: secret.reveal().to_owned() }))
}

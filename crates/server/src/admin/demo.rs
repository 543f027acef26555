//! The demonstration: a small shop with well-known credentials.

use frontdesk_core::access::BuiltInRole;
use frontdesk_core::audit::Draft;
use frontdesk_core::directory::{
    Agent, App, CannedReply, Channel, Disposition, Item, Queue, Robot, Survey, Tenant,
};
use frontdesk_core::id::{
    AgentId, AppKey, BaseId, CannedReplyId, ChannelId, DispositionId, IdError, QueueId, RobotId, TenantId,
};
use frontdesk_core::port::{Random, Store, StoreError};
use frontdesk_core::robot::Dictionary;
use frontdesk_core::secret::SecretHash;

use super::knowledge::{KnowledgeFile, put_files};
use super::password::hash_password;
use crate::knowledge::BaseOf;

const TENANT: &str = "demo";
const CHANNEL: &str = "1011577355744904195";
const QUEUE: &str = "support";
const ROBOT: &str = "shop-robot";
const KNOWLEDGE: &str = "shop";
/// Who signs in as what; each password is `demo-` and the name.
const AGENTS: [(&str, &str, BuiltInRole); 4] = [
    ("101", "Alex", BuiltInRole::Agent),
    ("102", "Kim", BuiltInRole::Agent),
    ("201", "Sam", BuiltInRole::Supervisor),
    ("901", "Robin", BuiltInRole::Administrator),
];
/// What can come of a conversation: ids and names.
const DISPOSITIONS: [(&str, &str); 3] =
    [("solved", "Solved"), ("follow-up", "Somebody gets back to the customer"), ("spam", "Not a customer")];
/// Ids, shortcuts, titles, languages and texts.
const CANNED_REPLIES: [(&str, &str, &str, &str, &str); 4] = [
    (
        "hello-en",
        "hello",
        "Greeting",
        "en",
        "Hello {{customer.name|there}}, {{agent.nickname}} here. How can I help?",
    ),
    (
        "order-en",
        "order",
        "Which order is it?",
        "en",
        "I am looking at order {{attributes.order|number, as soon as you tell me which}}.",
    ),
    ("hello-zh", "hello", "问候", "zh", "{{customer.name|您好}},我是{{agent.nickname}},请问有什么可以帮您?"),
    ("order-zh", "order", "查询订单", "zh", "正在为您查询订单{{attributes.order}},请稍候。"),
];
const ENGLISH: &str = include_str!("../../demo/knowledge.en.toml");
const CHINESE: &str = include_str!("../../demo/knowledge.zh.toml");

/// Puts the demonstration into a store that does not have it yet. What was changed in it since stays.
pub async fn seed(store: &dyn Store, random: &dyn Random) -> Result<bool, StoreError> {
    let tenant = TenantId::new(TENANT).map_err(impossible)?;
    if store.items().await?.iter().any(|(owner, _)| *owner == tenant) {
        return Ok(false);
    }
    // The knowledge first: the tenant stands for all of it.
    let base = BaseOf { tenant: tenant.clone(), base: BaseId::new(KNOWLEDGE).map_err(impossible)? };
    put_files(store, &base, knowledge()?, &Dictionary::new()).await.map_err(impossible)?;
    let items = items(random).map_err(|error| StoreError::Failed(error.to_string()))?;
    let record = Draft::by_system(tenant.clone(), "demo.seed");
    let items = items.into_iter().map(|item| (tenant.clone(), item)).collect();
    store.put_items(items, vec![record]).await?;
    Ok(true)
}

fn items(random: &dyn Random) -> Result<Vec<Item>, DemoError> {
    let queue = QueueId::new(QUEUE)?;
    let robot = RobotId::new(ROBOT)?;
    let mut items = vec![
        Item::Tenant(Tenant {
            dispositions: dispositions()?,
            ..Tenant::new(TenantId::new(TENANT)?, "Demo shop", "en")
        }),
        Item::App(App {
            secret_hash: SecretHash::of("demo-secret").to_hex(),
            ..App::new(AppKey::new("demo-app")?, "Demo shop's back end")
        }),
        Item::Queue(Queue::new(queue.clone(), "Support")),
        Item::Robot(Robot {
            id: robot.clone(),
            nickname: "test".to_owned(),
            avatar: Some("1".to_owned()),
            gender: Some("MALE".to_owned()),
            welcome: "Welcome,welcome".to_owned(),
            transfer_keyword: "agent".to_owned(),
            knowledge: KNOWLEDGE.to_owned(),
        }),
        Item::Channel(Channel {
            robot: Some(robot),
            queue: Some(queue.clone()),
            survey: Survey {
                enabled: true,
                questions: vec![
                    frontdesk_core::directory::SurveyQuestion::Csat,
                    frontdesk_core::directory::SurveyQuestion::Nps,
                    frontdesk_core::directory::SurveyQuestion::Fcr,
                ],
                ..Survey::default()
            },
            origins: vec!["*".to_owned()],
            ..Channel::new(ChannelId::new(CHANNEL)?, "Demo shop's web page")
        }),
    ];
    for (id, nickname, role) in AGENTS {
        items.push(Item::Agent(Agent {
            role: role.id(),
            // It is tried out by hand, without a desk that is open all the while.
            always_reachable: role == BuiltInRole::Agent,
            queues: if role == BuiltInRole::Agent { vec![queue.clone()] } else { Vec::new() },
            password_hash: hash_password(random, &format!("demo-{id}"))?,
            ..Agent::new(AgentId::new(id)?, nickname)
        }));
    }
    for (id, shortcut, title, language, text) in CANNED_REPLIES {
        items.push(Item::CannedReply(CannedReply {
            id: CannedReplyId::new(id)?,
            shortcut: shortcut.to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
            language: Some(language.to_owned()),
            queues: Vec::new(),
        }));
    }
    Ok(items)
}

fn dispositions() -> Result<Vec<Disposition>, IdError> {
    let all = DISPOSITIONS.iter();
    all.map(|(id, name)| Ok(Disposition { id: DispositionId::new(id)?, name: (*name).to_owned() })).collect()
}

fn knowledge() -> Result<Vec<KnowledgeFile>, StoreError> {
    [ENGLISH, CHINESE].into_iter().map(|text| toml::from_str(text).map_err(impossible)).collect()
}

#[derive(Debug, thiserror::Error)]
enum DemoError {
    #[error(transparent)]
    Id(#[from] IdError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is compiled in is well-formed; a test seeds it.
fn impossible(error: impl std::fmt::Display) -> StoreError {
    StoreError::Failed(format!("the demonstration is damaged: {error}"))
}

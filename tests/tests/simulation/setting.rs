//! The company that is simulated: short patience, little capacity, and every way in which customers get to agents.

use std::sync::Arc;

use frontdesk_core::directory::{
    Agent, AgentSilence, App, Channel, Escalation, Item, Overflow, Patience, Queue, Robot, Sticky, Strategy,
    Tenant,
};
use frontdesk_core::id::{AgentId, AppKey, ChannelId, QueueId, RobotId, TenantId, UserId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{AgentSession, Customer, Store};
use frontdesk_core::secret::SecretHash;
use frontdesk_core::time::Timestamp;

use super::lockstep::lockstep;

/// The queue whose customers are given to agents unasked.
pub(crate) const SUPPORT: &str = "support";
/// The queue whose agents are asked first and have after-call work.
pub(crate) const SALES: &str = "sales";

pub(crate) fn tenant() -> TenantId {
    TenantId::new("sim").unwrap()
}

pub(crate) fn app() -> AppKey {
    AppKey::new("sim-app").unwrap()
}

fn queue(id: &str) -> QueueId {
    QueueId::new(id).unwrap()
}

pub(crate) fn agents() -> Vec<Agent> {
    let agent = |id: &str, capacity, queues: &[&str]| Agent {
        capacity,
        queues: queues.iter().map(|id| queue(id)).collect(),
        ..Agent::new(AgentId::new(id).unwrap(), id)
    };
    vec![agent("101", 2, &[SUPPORT]), agent("102", 1, &[SUPPORT, SALES]), agent("103", 2, &[SALES])]
}

/// What an agent's desk signs in with.
pub(crate) fn token(agent: &AgentId) -> String {
    format!("a-sign-in-of-{agent}")
}

/// The customer of a number.
pub(crate) fn customer(number: usize) -> Customer {
    let channel = if number.is_multiple_of(2) { "web" } else { "shop" };
    Customer {
        tenant: tenant(),
        channel: ChannelId::new(channel).unwrap(),
        user: UserId::new(&format!("c{number}")).unwrap(),
        name: format!("c{number}"),
        locale: "en".to_owned(),
    }
}

fn items() -> Vec<(TenantId, Item)> {
    let robot = RobotId::new("robot").unwrap();
    let patience = Patience {
        session_silence: 40,
        queue_wait: 60,
        customer_inactivity: 90,
        robot_inactivity: Some(60),
        agent_inactivity: 25,
        agent_silence: AgentSilence::Requeue,
        warn_before: 10,
    };
    let web = Channel {
        robot: Some(robot.clone()),
        queue: Some(queue(SUPPORT)),
        patience: patience.clone(),
        ..Channel::new(ChannelId::new("web").unwrap(), "web")
    };
    let shop = Channel {
        queue: Some(queue(SALES)),
        async_replies: true,
        patience: Patience { agent_silence: AgentSilence::Remind, ..patience },
        ..Channel::new(ChannelId::new("shop").unwrap(), "shop")
    };
    let support = Queue { no_agents: Overflow::Wait, ..Queue::new(queue(SUPPORT), SUPPORT) };
    let sales = Queue {
        strategy: Strategy::RoundRobin,
        sticky: Some(Sticky { within: 120, wait: 5 }),
        accept_within: Some(6),
        wrap_up: 4,
        no_agents: Overflow::Wait,
        escalation: vec![Escalation { after: 20, then: Overflow::Queue(queue(SUPPORT)) }],
        ..Queue::new(queue(SALES), SALES)
    };
    // Looking knowledge up takes threads of its own, whose pace cannot be held: the robot has none, and says so.
    let robot = Robot { knowledge: String::new(), ..Robot::new(robot) };
    let app = App { key: app(), name: "app".to_owned(), secret_hash: String::new(), old_secret: None };
    let agents = agents().into_iter().map(Item::Agent);
    [
        Item::Tenant(Tenant::new(tenant(), "sim", "en")),
        Item::App(app),
        Item::Robot(robot),
        Item::Queue(support),
        Item::Queue(sales),
        Item::Channel(web),
        Item::Channel(shop),
    ]
    .into_iter()
    .chain(agents)
    .map(|item| (tenant(), item))
    .collect()
}

/// Puts the company into a store, with so many customers, and all agents signed in.
pub(crate) fn found(store: &Arc<dyn Store>, customers: usize) -> Vec<LogId> {
    lockstep(store.put_items(items(), Vec::new())).unwrap();
    for agent in agents() {
        let token = SecretHash::of(&token(&agent.id));
        let far = Timestamp::from_millis(i64::from(u32::MAX) * 1_000);
        let session = AgentSession::new(tenant(), agent.id, Timestamp::from_millis(1), far);
        lockstep(store.open_session(token, session)).unwrap();
    }
    (0..customers).map(|number| lockstep(store.register(&customer(number))).unwrap()).collect()
}

//! Agents: their desks, which listen, and what they do with their customers.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use frontdesk_api::native::feed::{FeedAnswer, FeedEvent};
use frontdesk_core::id::AgentId;
use frontdesk_core::seal::Sealed;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::network::{Answer, Asked, Client, Network};
use super::node::Node;
use super::setting::{self, SALES, SUPPORT};
use super::streams::Stream;
use super::world::{World, lock};

/// An agent.
pub(crate) struct Agent {
    world: Arc<World>,
    pub(crate) id: AgentId,
    /// The desk shows these conversations as the agent's.
    shown: Mutex<BTreeSet<String>>,
    /// The agent has gone, without a word.
    is_gone: AtomicBool,
}

impl Agent {
    pub(crate) fn new(world: &Arc<World>, id: AgentId) -> Arc<Self> {
        let (shown, is_gone) = (Mutex::default(), AtomicBool::new(false));
        Arc::new(Self { world: Arc::clone(world), id, shown, is_gone })
    }

    /// What the desk shows.
    pub(crate) fn shown(&self) -> BTreeSet<String> {
        lock(&self.shown).clone()
    }

    fn asked(&self, method: Method, path: String, body: Option<Value>) -> Asked {
        Asked { method, path, body, by: Client::Desk(setting::token(&self.id)) }
    }
}

/// Keeps the desk open, mostly, until the simulation ends.
pub(crate) async fn listen(agent: Arc<Agent>) {
    let world = Arc::clone(&agent.world);
    let wishes = world.stream(&format!("desk of agent {}", agent.id));
    let network = Network::of(&world, &format!("the desk of agent {}", agent.id));
    let mut cursor: Option<String> = None;
    loop {
        let (pause, goes, away, reopens) =
            (wishes.millis(0, 200), wishes.chance(8), wishes.millis(5_000, 60_000), wishes.chance(15));
        tokio::time::sleep(pause).await;
        if goes && world.storms() {
            agent.is_gone.store(true, Ordering::SeqCst);
            tokio::time::sleep(away).await;
            agent.is_gone.store(false, Ordering::SeqCst);
        }
        if reopens {
            cursor = None;
        }
        let Some(node) = world.some_node(&wishes) else { continue };
        let after = cursor.as_ref().map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
        let asked = agent.asked(Method::GET, format!("/api/v1/agent/feed?wait=4{after}"), None);
        let answer = network.ask(&node, &asked, |_| {}).await;
        match answer {
            Some(Answer { status: StatusCode::OK, json }) => match serde_json::from_value::<FeedAnswer>(json)
            {
                Ok(told) => {
                    show(&agent, cursor.is_none(), told.events);
                    cursor = Some(told.cursor);
                }
                Err(error) => world.fail(format!("the feed of agent {}: {error}", agent.id)),
            },
            Some(answer) if answer.status.is_client_error() => {
                world.fail(format!("the feed of agent {}: {answer:?}", agent.id));
            }
            _ => {}
        }
    }
}

/// What an event says of a conversation's coming and going.
fn what(event: &FeedEvent) -> Option<String> {
    match event {
        FeedEvent::Assigned(assigned) => Some(format!("+{}", assigned.conversation_id)),
        FeedEvent::Released(released) => Some(format!("-{}", released.conversation_id)),
        FeedEvent::Ended(ended) => Some(format!("end of {}", ended.conversation_id)),
        _ => None,
    }
}

fn show(agent: &Agent, is_new: bool, events: Vec<FeedEvent>) {
    let mut shown = lock(&agent.shown);
    if is_new {
        shown.clear();
    }
    let told: Vec<String> = events.iter().filter_map(what).collect();
    agent.world.step("answer", format_args!("the desk of {} (new: {is_new}): {}", agent.id, told.join(", ")));
    for event in events {
        match event {
            FeedEvent::Assigned(assigned) => {
                shown.insert(assigned.conversation_id);
            }
            FeedEvent::Released(released) => {
                shown.remove(&released.conversation_id);
            }
            FeedEvent::Ended(ended) => {
                shown.remove(&ended.conversation_id);
            }
            _ => {}
        }
    }
}

/// Works until the simulation ends.
pub(crate) async fn work(agent: Arc<Agent>) {
    let world = Arc::clone(&agent.world);
    let wishes = world.stream(&format!("agent {}", agent.id));
    let network = Network::of(&world, &format!("agent {}", agent.id));
    let pace = wishes.between(400, 3_000);
    loop {
        tokio::time::sleep(wishes.millis(50, pace)).await;
        let Some(node) = world.some_node(&wishes) else { continue };
        if agent.is_gone.load(Ordering::SeqCst) {
            continue;
        }
        declare(&agent, &network, &wishes, &node).await;
        answer_offers(&agent, &network, &wishes, &node).await;
        if !world.is_quiet() {
            serve_one(&agent, &network, &wishes, &node).await;
        }
    }
}

/// Is online, mostly.
async fn declare(agent: &Agent, network: &Network, wishes: &Stream, node: &Arc<Node>) {
    let (comes, goes) = (wishes.chance(250), wishes.chance(25));
    let status = if goes && !agent.world.is_quiet() { "away" } else { "online" };
    if comes || status == "away" {
        let body = json!({ "status": status });
        let asked = agent.asked(Method::PUT, "/api/v1/agent/status".to_owned(), Some(body));
        network.ask(node, &asked, |_| {}).await;
    }
}

async fn answer_offers(agent: &Agent, network: &Network, wishes: &Stream, node: &Arc<Node>) {
    let offered = async { node.parts.store.offers(&setting::tenant(), &agent.id).await.unwrap_or_default() };
    let offers = tokio::select! {
        biased;
        () = node.life.cancelled() => return,
        offers = offered => offers,
    };
    for offer in offers {
        let (rejects, overlooks) = (wishes.chance(100), wishes.chance(150));
        if overlooks && !agent.world.is_quiet() {
            continue;
        }
        let what = if rejects && !agent.world.is_quiet() { "reject" } else { "accept" };
        let id = node.parts.sealer.seal(Sealed::Conversation, offer.item.log, offer.item.conversation);
        let asked = agent.asked(Method::POST, format!("/api/v1/agent/conversations/{id}/{what}"), None);
        network.ask(node, &asked, |_| {}).await;
    }
}

/// Does something with one of the agent's conversations.
async fn serve_one(agent: &Agent, network: &Network, wishes: &Stream, node: &Arc<Node>) {
    let list = agent.asked(Method::GET, "/api/v1/agent/conversations?scope=mine".to_owned(), None);
    let listed = network.ask(node, &list, |_| {}).await;
    let (which, dice, word) = (wishes.next(), wishes.between(0, 100), wishes.next());
    let colleague = setting::agents()[wishes.place(3)].id.clone();
    let Some(Answer { status: StatusCode::OK, json }) = listed else { return };
    let mine = json["conversations"].as_array().map(Vec::as_slice).unwrap_or_default();
    let Some(id) = mine.get(usize::try_from(which % mine.len().max(1) as u64).unwrap_or_default()) else {
        return;
    };
    let id = id["id"].as_str().unwrap_or_default();
    let (what, body) = match dice {
        0..60 => ("messages", Some(json!({ "mediaType": "TEXT", "content": format!("answer {word}") }))),
        60..75 => ("end", None),
        75..80 => ("transfer", Some(json!({ "queue": SUPPORT }))),
        80..84 => ("transfer", Some(json!({ "queue": SALES }))),
        84..92 => ("transfer", Some(json!({ "agentId": colleague }))),
        92..95 => ("transfer", Some(json!({ "robot": true }))),
        _ => ("read", None),
    };
    let asked = agent.asked(Method::POST, format!("/api/v1/agent/conversations/{id}/{what}"), body);
    network.ask(node, &asked, |_| {}).await;
}

/// What a desk is to show.
pub(crate) fn is_shown(agent: &Agent, held: &BTreeSet<String>) -> Result<(), String> {
    let shown = agent.shown();
    if shown == *held {
        return Ok(());
    }
    Err(format!("the desk of agent {} shows {shown:?} where the agent has {held:?}", agent.id))
}

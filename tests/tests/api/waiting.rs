//! Waiting in a queue: what the customer is told (pain 16 of the peers), where the queue's rules lead them, and that
//! nobody is left without an answer (pain 36).

use std::time::Duration;

use frontdesk_core::directory::{Agent as Colleague, Escalation, Item, Overflow, Queue, SkillNeeded};
use frontdesk_core::hours::WorkingHours;
use frontdesk_core::id::{AgentId, QueueId, TenantId};
use frontdesk_tests::kit::{Customer, Server, downlink, eventually, shown, system_says};
use serde_json::{Value, json};

const ASKED: &str = "Nobody can talk to you right now. Please leave a message and we will get back to you.";

fn demo() -> TenantId {
    TenantId::new("demo").unwrap()
}

fn queue(id: &str) -> QueueId {
    QueueId::new(id).unwrap()
}

/// Changes a queue of the demonstration, or sets one up.
pub(super) async fn change_queue(server: &Server, id: &str, change: impl FnOnce(&mut Queue)) {
    let directory = server.parts.directory.load_full();
    let known = directory.tenant(&demo()).unwrap().queues.get(&queue(id)).cloned();
    let mut changed = known.map_or_else(|| Queue::new(queue(id), id), |queue| Queue::clone(&queue));
    change(&mut changed);
    server.parts.store.put_items(vec![(demo(), Item::Queue(changed))], Vec::new()).await.unwrap();
    server.parts.reload().await.unwrap();
}

/// Changes an agent of the demonstration.
async fn change_agent(server: &Server, id: &str, change: impl FnOnce(&mut Colleague)) {
    let id = AgentId::new(id).unwrap();
    let mut agent = Colleague::clone(server.parts.directory.load().agent(&demo(), &id).unwrap());
    change(&mut agent);
    server.parts.store.put_items(vec![(demo(), Item::Agent(agent))], Vec::new()).await.unwrap();
    server.parts.reload().await.unwrap();
}

/// A customer who has asked for an agent and read what they were told.
async fn asking(server: &Server, user: &str) -> Customer {
    let customer = server.customer(user).await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    customer.drain().await;
    customer
}

/// The customer's events from the beginning, without what differs each time.
async fn events(customer: &Customer) -> Vec<(String, Value)> {
    let answer = customer.polled("cursor=earliest&events=session,queue&wait=0&limit=100").await;
    let events = answer.json["events"].as_array().unwrap().clone();
    let told = events.into_iter().map(|mut event| {
        let class = event["type"].as_str().unwrap().to_owned();
        event["data"].as_object_mut().unwrap().remove("conversationId");
        (class, event["data"].clone())
    });
    told.collect()
}

async fn text(customer: &Customer) -> Vec<String> {
    eventually("a text", async || {
        let texts = customer.drain_texts().await;
        (!texts.is_empty()).then_some(texts)
    })
    .await
}

#[tokio::test]
async fn pain_16_who_waits_is_told_where_they_stand_and_for_how_long() {
    let server = Server::start().await;
    server.online("101").await;
    change_agent(&server, "101", |agent| agent.capacity = 1).await;
    let first = asking(&server, "u-1").await;
    let (second, third) = (asking(&server, "u-2").await, asking(&server, "u-3").await);
    let place = |position: u64, minutes: u64| json!({ "state": "waiting", "position": position, "estimateMinutes": minutes });
    let told = events(&third).await.into_iter().find(|(class, _)| class == "queue").unwrap();
    assert_eq!(told, ("queue".to_owned(), json!({ "queue": "support" })));
    let told = events(&third).await.pop().unwrap();
    assert_eq!(told, ("queue".to_owned(), place(2, 6)), "nobody was measured yet: three minutes each");

    // The first leaves, after a minute.
    server.clock.advance(Duration::from_mins(1));
    first.sends("DISCONNECT", "").await;
    // The minute is what conversations take now. Whoever looks before the second is served still tells the old place.
    let next = "You are number 1 in the queue. The wait will be about 1 min.";
    while text(&third).await.last().is_none_or(|last| last != next) {}
    assert_eq!(events(&third).await.pop().unwrap(), ("queue".to_owned(), place(1, 1)));
    assert_eq!(second.drain_texts().await, ["Connected Agent"]);
}

#[tokio::test]
async fn pain_16_a_plain_client_is_told_as_by_the_system_and_only_what_has_changed() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    agent.declare("busy").await;
    let (first, second) = (asking(&server, "u-1").await, asking(&server, "u-2").await);
    // Nothing has changed for a long time: nobody is told anything.
    for _ in 0..5 {
        server.clock.advance(Duration::from_secs(11));
        second.drain().await;
    }
    first.sends("DISCONNECT", "").await;
    server.clock.advance(Duration::from_secs(11));
    let said = eventually("a text", async || {
        let said = shown(&second.drain().await);
        (!said.is_empty()).then_some(said)
    })
    .await;
    assert_eq!(
        said,
        [system_says("u-2", "You are number 1 in the queue.")],
        "without the flag of the first one"
    );
}

#[tokio::test]
async fn the_channel_says_how_often() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    agent.declare("busy").await;
    server.change_channel(|channel| channel.queue_tell_every = Some(60)).await;
    let (first, second) = (asking(&server, "u-1").await, asking(&server, "u-2").await);
    first.sends("DISCONNECT", "").await;
    server.clock.advance(Duration::from_secs(30));
    // A later customer is told in a shorter while: a round of timers has gone by.
    server.change_channel(|channel| channel.queue_tell_every = Some(5)).await;
    let third = asking(&server, "u-3").await;
    let fourth = asking(&server, "u-4").await;
    third.sends("DISCONNECT", "").await;
    server.clock.advance(Duration::from_secs(6));
    assert_eq!(text(&fourth).await, ["You are number 2 in the queue."]);
    assert_eq!(second.drain_texts().await, [""; 0]);
    server.clock.advance(Duration::from_secs(30));
    assert_eq!(text(&second).await, ["You are number 1 in the queue."]);
}

#[tokio::test]
async fn pain_36_without_agents_a_message_is_asked_for_and_can_be_left() {
    let server = Server::start().await;
    change_queue(&server, "support", |queue| queue.no_agents = Overflow::LeaveMessage).await;
    server.change_channel(|channel| channel.robot = None).await;
    let customer = server.customer("u-77").await;
    let answer = customer.send("CONNECT", "").await;
    let failed = json!({ "resultCode": "13", "resultDesc": "No agents available currently" });
    assert_eq!(answer.shown(), (200, failed), "what a documented client goes by");
    let ended = downlink("u-77", json!({ "controlType": "DISCONNECT", "mediaType": null }));
    assert_eq!(shown(&customer.drain().await), [system_says("u-77", ASKED), ended]);
    let left = json!({ "callId": "u-77", "caller": "138", "leaveMessage": "call me", "channel": "WEB" });
    assert_eq!(customer.call("doLeaveMessage", left).await.code(), "0");
    assert_eq!(customer.send("CHAT", "hello?").await.code(), "5");

    // With the async switch on they may write, and wait until somebody comes.
    server.change_channel(|channel| channel.async_replies = true).await;
    assert_eq!(customer.send("CONNECT", "").await.code(), "13");
    let told = json!({ "controlType": "DISCONNECT", "isOfflineStatus": true, "content": ASKED });
    assert_eq!(shown(&customer.drain().await), [downlink("u-77", told)]);
    customer.sends("CHAT", "I need help").await;
    let agent = server.online("101").await;
    assert_eq!(agent.heard(&agent.only_conversation().await).await[0].1, "I need help");
}

#[tokio::test]
async fn skills_that_nobody_has_lead_to_the_wider_queue() {
    let server = Server::start().await;
    change_queue(&server, "wide", |_| {}).await;
    change_queue(&server, "support", |support| {
        support.needs = vec![SkillNeeded { skill: "welding".into(), level: 1 }];
        support.no_agents = Overflow::Queue(queue("wide"));
    })
    .await;
    change_agent(&server, "102", |agent| agent.queues = vec![queue("wide")]).await;
    let _unable = server.online("101").await;
    let able = server.online("102").await;
    let customer = asking(&server, "u-77").await;
    able.only_conversation().await;
    let diverted = json!({ "state": "diverted", "queue": "support", "reason": "no_agents" });
    let events = events(&customer).await;
    assert!(events.contains(&("session".to_owned(), diverted.clone())), "{events:?}");
    assert!(events.contains(&("queue".to_owned(), diverted)), "{events:?}");
    assert!(events.contains(&("queue".to_owned(), json!({ "queue": "wide" }))), "{events:?}");
}

#[tokio::test]
async fn circles_that_were_stored_unchecked_end_as_a_refusal() {
    let server = Server::start().await;
    change_queue(&server, "wide", |wide| wide.no_agents = Overflow::Queue(queue("support"))).await;
    change_queue(&server, "support", |support| support.no_agents = Overflow::Queue(queue("wide"))).await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    assert_eq!(customer.send("TRANS2AGENT", "").await.code(), "13");
    customer.sends("CHAT", "agent").await;
    assert_eq!(customer.drain_texts().await, ["Welcome,welcome", "No agents available currently"]);
}

#[tokio::test]
async fn hours_that_never_open_lead_to_the_robot() {
    let server = Server::start().await;
    server.online("101").await;
    change_queue(&server, "support", |support| {
        support.hours = Some(WorkingHours::new("UTC", vec![], vec![]).unwrap());
        support.outside_hours = Overflow::Robot;
    })
    .await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    assert_eq!(customer.send("TRANS2AGENT", "").await.code(), "12");
    customer.sends("CHAT", "Where is my order?").await;
    let texts = customer.drain_texts().await;
    let stays =
        "Nobody can talk to you right now. I will go on helping you; type \"agent\" to try again later.";
    assert_eq!(texts[1], stays);
    assert!(texts[2].starts_with("Open My orders"), "{texts:?}");
}

#[tokio::test]
async fn a_full_queue_takes_nobody_until_there_is_room() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    agent.declare("busy").await;
    change_queue(&server, "support", |support| support.max_waiting = Some(1)).await;
    let first = asking(&server, "u-1").await;
    let second = server.customer("u-2").await;
    second.sends("CONNECT", "").await;
    assert_eq!(second.send("TRANS2AGENT", "").await.code(), "13");
    first.sends("DISCONNECT", "").await;
    second.sends("TRANS2AGENT", "").await;
}

#[tokio::test]
async fn who_waits_for_long_is_moved_to_a_wider_queue_before_those_who_came_later() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    agent.declare("busy").await;
    change_queue(&server, "wide", |_| {}).await;
    change_queue(&server, "support", |support| {
        support.escalation = vec![Escalation { after: 30, then: Overflow::Queue(queue("wide")) }];
    })
    .await;
    change_agent(&server, "102", |agent| (agent.queues, agent.capacity) = (vec![queue("wide")], 1)).await;
    let other = server.agent("102").await;
    other.declare("busy").await;
    let customer = asking(&server, "u-1").await;
    server.clock.advance(Duration::from_secs(20));
    server.change_channel(|channel| channel.queue = Some(queue("wide"))).await;
    asking(&server, "u-2").await;
    server.clock.advance(Duration::from_secs(11));
    let moved = json!({ "state": "diverted", "queue": "support", "reason": "escalated" });
    eventually("the wider queue", async || {
        let told = events(&customer).await;
        told.contains(&("session".to_owned(), moved.clone())).then_some(())
    })
    .await;
    let asked =
        json!({ "userId": "u-1", "channelConfigId": frontdesk_tests::kit::CHANNEL, "channel": "WEB" });
    let place = eventually("a place in the wider queue", async || {
        let place = customer.call("queryQueueInfo", asked.clone()).await.json;
        (place["resultCode"] == "0").then_some(place)
    })
    .await;
    assert_eq!(place["position"], 1, "before the one who came later");
    assert!(place["totalWaitTime"].as_u64().unwrap() >= 31, "{place}");
    assert!(place["currentDeviceWaitTime"].as_u64().unwrap() < 25, "{place}");
    other.declare("online").await;
    assert_eq!(customer.drain_texts().await.last().unwrap(), "Connected Agent");
    assert_eq!(other.held().await.len(), 1);
    // 101 has nothing to do with the wider queue.
    agent.declare("online").await;
    assert_eq!(agent.held().await.len(), 0);
}

#[tokio::test]
async fn the_last_step_asks_for_a_message() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    agent.declare("away").await;
    change_queue(&server, "support", |support| {
        support.escalation = vec![Escalation { after: 60, then: Overflow::LeaveMessage }];
    })
    .await;
    let customer = asking(&server, "u-77").await;
    server.clock.advance(Duration::from_secs(61));
    let ended = downlink("u-77", json!({ "controlType": "DISCONNECT", "mediaType": null }));
    let said = eventually("the end", async || {
        let said = shown(&customer.drain().await);
        (!said.is_empty()).then_some(said)
    })
    .await;
    assert_eq!(said, [system_says("u-77", ASKED), ended]);
    let left = json!({ "callId": "u-77", "caller": "138", "leaveMessage": "call me", "channel": "WEB" });
    assert_eq!(customer.call("doLeaveMessage", left).await.code(), "0");
    assert_eq!(agent.conversations("waiting").await.len(), 0);
}

#[tokio::test]
async fn an_agent_is_told_why_a_queue_does_not_take_a_customer() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    asking(&server, "u-77").await;
    let conversation = agent.only_conversation().await;
    change_queue(&server, "returns", |_| {}).await;
    change_agent(&server, "102", |agent| agent.queues = vec![queue("returns")]).await;
    let pass_on = || agent.act(&conversation, "transfer", json!({ "queue": "returns" }));
    assert_eq!(pass_on().await.problem(), (409, "NO_AGENTS", None));
    change_queue(&server, "returns", |queue| {
        queue.hours = Some(WorkingHours::new("UTC", vec![], vec![]).unwrap());
    })
    .await;
    assert_eq!(pass_on().await.problem(), (409, "OUTSIDE_HOURS", None));
    assert_eq!(agent.held().await, std::slice::from_ref(&conversation));
    change_queue(&server, "returns", |queue| queue.outside_hours = Overflow::Robot).await;
    assert_eq!(pass_on().await.status, 204);
    assert_eq!(agent.held().await.len(), 0);
    assert_eq!(agent.conversations("all").await[0]["control"], "robot");
}

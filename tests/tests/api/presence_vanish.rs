//! Agents who vanish: their customers go back to the queue, first in line, and are told (pain 18 of the peers).

use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::port::RoutingStore as _;
use frontdesk_tests::kit::{Agent, Customer, Server, eventually};
use serde_json::json;

use super::presence::{becomes, goes_dark, honest_server, seconds};
use super::routing::{asking, customers_of};

const LOST: &str =
    "The connection to the agent was lost. Someone else will take over; you are first in line.";

/// Waits until the customer is told that the agent is gone.
async fn is_told(customer: &Customer) {
    hears(customer, LOST).await;
}

/// Waits until the customer hears this.
async fn hears(customer: &Customer, text: &str) {
    eventually(text, async || {
        let answer = customer.poll_with("wait=0&limit=1").await;
        answer.texts().contains(&text.to_owned()).then_some(())
    })
    .await;
}

async fn end_all(agent: &Agent) {
    for conversation in agent.held().await {
        assert_eq!(agent.act(&conversation, "end", json!({})).await.status, 204);
    }
}

#[tokio::test]
async fn pain_18_the_customers_of_an_agent_who_vanished_are_served_first() {
    let server = honest_server().await;
    for agent in ["101", "102"] {
        server.change_agent(agent, |agent| agent.capacity = 1).await;
    }
    server.change_agent("102", |agent| agent.always_reachable = true).await;
    let sam = server.agent("201").await;
    let alex = server.online("101").await;
    let bob = asking(&server, "bob", "en").await;
    let conversation = alex.only_conversation().await;
    let cursor = alex.feed("", 0).await.json["cursor"].as_str().unwrap().to_owned();
    let kim = server.online("102").await;
    asking(&server, "carol", "en").await;
    asking(&server, "dave", "en").await;
    assert_eq!(kim.conversations("waiting").await.len(), 1, "Dave");
    bob.drain().await;

    goes_dark(&server, &sam, "101").await;
    assert_eq!(sam.sees("101").await["held"], 1, "not yet: a desk may be opened again");
    server.clock.advance(seconds(61));
    is_told(&bob).await;
    hears(&bob, "Queuing...").await;
    let waiting = kim.conversations("waiting").await;
    assert_eq!(waiting.len(), 2);
    let asked =
        json!({ "userId": "bob", "channelConfigId": frontdesk_tests::kit::CHANNEL, "channel": "WEB" });
    let info = bob.call("queryQueueInfo", asked).await;
    assert_eq!(info.json["position"].to_string().trim_matches('"'), "1", "{}", info.text);
    assert_eq!(sam.sees("101").await["held"], 0, "the slot is free");

    end_all(&kim).await;
    assert_eq!(customers_of(&kim).await, ["bob"], "before Dave");
    assert_eq!(bob.drain_texts().await, ["Connected Agent"]);
    // What Alex begins under the old fence is refused, and their desk is told.
    assert_eq!(alex.say(&conversation, "Sorry, my train").await.problem(), (409, "NOT_YOURS", None));
    let events = eventually("Alex is told", async || {
        let events = alex.feed(&cursor, 1).await.json["events"].as_array().unwrap().clone();
        events.into_iter().find(|event| event["type"] == "released")
    })
    .await;
    assert_eq!(
        (&events["conversationId"], &events["reason"]),
        (&json!(conversation), &json!("connectionLost"))
    );
    eventually("Alex is there again", async || (customers_of(&alex).await == ["dave"]).then_some(())).await;
}

#[tokio::test]
async fn who_comes_back_in_time_keeps_their_customers() {
    let server = honest_server().await;
    let sam = server.agent("201").await;
    let alex = server.online("101").await;
    server.online("102").await;
    let bob = asking(&server, "bob", "en").await;
    let conversation = alex.only_conversation().await;
    goes_dark(&server, &sam, "101").await;
    server.clock.advance(seconds(40));
    assert_eq!(alex.say(&conversation, "Back again").await.status, 201);
    becomes(&sam, "101", true).await;
    // Kim, who does not come back, shows that enough time has passed.
    server.clock.advance(seconds(14));
    alex.feed("", 0).await;
    becomes(&sam, "102", false).await;
    server.clock.advance(seconds(14));
    assert_eq!(alex.only_conversation().await, conversation);
    assert!(!bob.drain_texts().await.contains(&LOST.to_owned()));
}

/// Whoever signs out with customers has as long as whoever vanishes: a desk may be opened again.
#[tokio::test]
async fn who_signs_out_with_customers_loses_them_after_the_grace_period() {
    let server = honest_server().await;
    let sam = server.agent("201").await;
    let alex = server.online("101").await;
    let bob = asking(&server, "bob", "en").await;
    alex.declare("offline").await;
    assert_eq!(alex.http.post("/api/v1/agent/logout", json!({})).await.status, 204);
    assert_eq!(sam.sees("101").await["held"], 1);
    goes_dark(&server, &sam, "101").await;
    server.clock.advance(seconds(61));
    is_told(&bob).await;
    let kim = server.online("102").await;
    assert_eq!(customers_of(&kim).await, ["bob"]);
}

/// A node that was down cannot know who was there meanwhile: desks get a full period from its start.
#[tokio::test]
async fn after_a_restart_everybody_has_the_full_period() {
    let server = honest_server().await;
    let sam = server.agent("201").await;
    server.online("101").await;
    let mut bob = asking(&server, "bob", "en").await;
    goes_dark(&server, &sam, "101").await;
    server.clock.advance(seconds(50));
    server.online("102").await;
    let server = server.restart().await;
    bob.http = bob.http.at(&server.url);
    let sam = server.agent("201").await;
    server.clock.advance(seconds(50));
    becomes(&sam, "102", false).await;
    assert_eq!(sam.sees("101").await["held"], 1, "gone for 100 s, 50 of them with a node that runs");
    server.clock.advance(seconds(11));
    is_told(&bob).await;
}

#[tokio::test]
async fn an_agent_who_is_no_longer_configured_has_vanished_too() {
    let server = honest_server().await;
    server.change_agent("103", |agent| agent.always_reachable = false).await;
    let gone = server.hired("103").await;
    let bob = asking(&server, "bob", "en").await;
    assert_eq!(customers_of(&gone).await, ["bob"]);
    let remove = frontdesk_server::admin::AdminCommand::Remove {
        tenant: "demo".to_owned(),
        kind: "agent".to_owned(),
        id: "103".to_owned(),
    };
    server.admin(remove).await.unwrap();
    assert_eq!(gone.http.get("/api/v1/agent/status").await.status, 401);
    server.clock.advance(seconds(16));
    let (tenant, agent) = (TenantId::new("demo").unwrap(), AgentId::new("103").unwrap());
    eventually("nobody hears of them", async || {
        let state = server.store.agent_states(&tenant, std::slice::from_ref(&agent)).await.unwrap().remove(0);
        (!state.reachable).then_some(())
    })
    .await;
    server.clock.advance(seconds(61));
    is_told(&bob).await;
    let alex = server.online("101").await;
    assert_eq!(customers_of(&alex).await, ["bob"]);
}

/// A system whose agents need not be heard of, as the operator wants it.
#[tokio::test]
async fn the_rule_can_be_switched_off() {
    let settings = frontdesk_server::config::Settings {
        agent_reachability_seconds: 0,
        ..frontdesk_server::config::Settings::default()
    };
    let server = Server::start_set(settings).await;
    server.change_agent("101", |agent| agent.always_reachable = false).await;
    let alex = server.online("101").await;
    asking(&server, "bob", "en").await;
    server.store.take_calls();
    server.clock.advance(seconds(250));
    eventually("background work has run", async || {
        (server.store.take_calls().get("stale_claims").is_some_and(|runs| *runs > 0)).then_some(())
    })
    .await;
    assert_eq!(customers_of(&alex).await, ["bob"]);
    assert_eq!(server.agent("201").await.sees("101").await["reachable"], true);
}

//! Reachability: who is heard of gets customers, whatever they declare (pain 18 of the peers: presence that is wrong, so
//! that chats go nowhere; pain 13: chats that go to somebody who is offline).

use std::time::Duration;

use frontdesk_core::directory::Sticky;
use frontdesk_tests::kit::{Agent, Server, eventually};
use serde_json::json;

use super::routing::{asking, customers_of};

/// A demonstration whose agents have to be heard of to be there.
pub(super) async fn honest_server() -> Server {
    let server = Server::start().await;
    for agent in ["101", "102"] {
        server.change_agent(agent, |agent| agent.always_reachable = false).await;
    }
    server
}

pub(super) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Waits until a supervisor sees that an agent is reachable, or is not.
pub(super) async fn becomes(supervisor: &Agent, agent: &str, reachable: bool) {
    eventually("reachability", async || {
        (supervisor.sees(agent).await["reachable"] == reachable).then_some(())
    })
    .await;
}

/// The agent's desk gives no sign for so long that it counts as unreachable.
pub(super) async fn goes_dark(server: &Server, supervisor: &Agent, agent: &str) {
    server.clock.advance(seconds(16));
    becomes(supervisor, agent, false).await;
}

#[tokio::test]
async fn pain_18_who_is_not_heard_of_gets_no_customers_until_they_are() {
    let server = honest_server().await;
    let sam = server.agent("201").await;
    assert_eq!(sam.sees("101").await["reachable"], false, "never heard of");
    let alex = server.online("101").await;
    assert_eq!(sam.sees("101").await["reachable"], true, "declaring something is a sign of life");
    goes_dark(&server, &sam, "101").await;
    assert_eq!(sam.sees("101").await["status"], "online", "what is declared stays");
    // Nobody else is there.
    let bob = server.customer("bob").await;
    bob.sends("CONNECT", "").await;
    assert_eq!(bob.send("TRANS2AGENT", "").await.code(), "13");
    // With somebody there who is only busy, Bob waits.
    let kim = server.agent("102").await;
    kim.declare("busy").await;
    bob.sends("TRANS2AGENT", "").await;
    assert_eq!(kim.conversations("waiting").await.len(), 1);
    // Any request of Alex's will do.
    alex.http.get("/api/v1/hours?queue=support").await;
    eventually("Bob is given to Alex", async || (customers_of(&alex).await == ["bob"]).then_some(())).await;
}

#[tokio::test]
async fn pain_18_a_transfer_to_somebody_who_is_not_there_is_refused() {
    let server = honest_server().await;
    let sam = server.agent("201").await;
    server.online("102").await;
    goes_dark(&server, &sam, "102").await;
    let alex = server.online("101").await;
    asking(&server, "bob", "en").await;
    let conversation = alex.only_conversation().await;
    let answer = alex.act(&conversation, "transfer", json!({ "agentId": "102" })).await;
    assert_eq!(answer.problem(), (409, "AGENT_NOT_ONLINE", None));
}

#[tokio::test]
async fn a_feed_that_is_held_is_a_sign_all_the_while() {
    let server = honest_server().await;
    let sam = server.agent("201").await;
    let alex = server.online("101").await;
    server.online("102").await;
    let cursor = alex.feed("", 0).await.json["cursor"].as_str().unwrap().to_owned();
    let desk = alex.clone();
    let held = tokio::spawn(async move { desk.feed(&cursor, 25).await });
    eventually("the feed is held", async || {
        let own = frontdesk_core::log::LogId::of_agent(
            &frontdesk_core::id::TenantId::new("demo").unwrap(),
            &frontdesk_core::id::AgentId::new("101").unwrap(),
        );
        server.parts.hub.known(own).map(|_| ())
    })
    .await;
    server.clock.advance(seconds(300));
    becomes(&sam, "102", false).await;
    assert_eq!(sam.sees("101").await["reachable"], true);
    // The desk is closed in the middle of it.
    held.abort();
    assert!(held.await.unwrap_err().is_cancelled());
    eventually("the desk is gone", async || {
        server.clock.advance(seconds(16));
        (sam.sees("101").await["reachable"] == false).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_desk_that_asks_now_and_then_does_not_flap() {
    let server = honest_server().await;
    let sam = server.agent("201").await;
    let alex = server.online("101").await;
    server.online("102").await;
    asking(&server, "bob", "en").await;
    for _ in 0..12 {
        server.clock.advance(seconds(10));
        assert_eq!(alex.feed("", 0).await.status, 200);
        assert_eq!(sam.sees("101").await["reachable"], true);
    }
    becomes(&sam, "102", false).await;
    assert_eq!(sam.sees("101").await["reachable"], true);
    assert_eq!(customers_of(&alex).await, ["bob"]);
}

#[tokio::test]
async fn programs_can_always_count_as_reachable() {
    let server = honest_server().await;
    let sam = server.agent("201").await;
    server.online("101").await;
    goes_dark(&server, &sam, "101").await;
    let flag = json!({ "always_reachable": true });
    let robin = server.agent("901").await;
    let request = robin.http.request(reqwest::Method::PATCH, "/api/v1/config/agents/101").json(&flag);
    assert_eq!(robin.http.send(request).await.status, 200);
    becomes(&sam, "101", true).await;
    server.online("102").await;
    server.clock.advance(seconds(300));
    becomes(&sam, "102", false).await;
    assert_eq!(sam.sees("101").await["reachable"], true);
    // But not once they are signed out.
    let offline = json!({ "status": "offline" });
    assert_eq!(sam.http.put("/api/v1/agents/101/status", offline).await.status, 204);
    goes_dark(&server, &sam, "101").await;
    let online = json!({ "status": "online" });
    assert_eq!(sam.http.put("/api/v1/agents/101/status", online).await.status, 204);
    becomes(&sam, "101", true).await;
}

/// The agent of before is a preference: somebody who is not there is neither given the customer nor waited for.
#[tokio::test]
async fn pain_13_who_comes_back_does_not_get_somebody_who_is_gone() {
    let server = honest_server().await;
    server.change_queue("support", |queue| queue.sticky = Some(Sticky { within: 3_600, wait: 600 })).await;
    let sam = server.agent("201").await;
    let alex = server.online("101").await;
    let bob = asking(&server, "bob", "en").await;
    assert_eq!(customers_of(&alex).await, ["bob"]);
    bob.sends("DISCONNECT", "").await;
    goes_dark(&server, &sam, "101").await;
    let kim = server.online("102").await;
    asking(&server, "bob", "en").await;
    assert_eq!(customers_of(&kim).await, ["bob"]);
}

#[tokio::test]
async fn pain_13_who_waits_for_the_agent_of_before_gets_another_when_that_one_is_gone() {
    let server = honest_server().await;
    server.change_queue("support", |queue| queue.sticky = Some(Sticky { within: 3_600, wait: 600 })).await;
    server.change_agent("101", |agent| agent.capacity = 1).await;
    server.change_agent("102", |agent| agent.always_reachable = true).await;
    let sam = server.agent("201").await;
    let alex = server.online("101").await;
    let bob = asking(&server, "bob", "en").await;
    bob.sends("DISCONNECT", "").await;
    asking(&server, "carol", "en").await;
    assert_eq!(customers_of(&alex).await, ["carol"], "Alex is busy now");
    let kim = server.online("102").await;
    asking(&server, "bob", "en").await;
    assert_eq!(kim.conversations("waiting").await.len(), 1, "Bob waits for Alex, though Kim is free");
    goes_dark(&server, &sam, "101").await;
    eventually("Bob is given to Kim", async || (customers_of(&kim).await == ["bob"]).then_some(())).await;
}

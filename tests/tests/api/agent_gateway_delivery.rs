//! The event poll of the agent gateway: held, lost, repeated, and over a start of the server.

use std::time::{Duration, Instant};

use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_server::config::Settings;
use frontdesk_tests::kit::{Plan, Proxy, Raw, Server, ServerOptions, eventually, soon};
use reqwest::Method;
use serde_json::{Value, json};

use super::agent_gateway::{brief, brief_with};
use super::desk::asking;
use super::gateway_desk::{GatewayDesk, kind, text};

/// Waits until a poll of an agent's desk is held.
pub(crate) async fn is_held(server: &Server, agent: &str) {
    let (tenant, agent) = (TenantId::new("demo").unwrap(), AgentId::new(agent).unwrap());
    let desk = server.parts.gateway.named(&tenant, &agent);
    eventually("a held poll", async || desk.is_polled().then_some(())).await;
}

/// A server whose answers count as received only by what happens on their connections.
async fn patient() -> Server {
    brief_with(|settings| settings.poll_settle_ms = 60_000).await
}

#[tokio::test]
async fn a_poll_is_held_and_answered_when_something_happens() {
    let server = brief_with(|settings| settings.agent_gateway_poll_hold_ms = 30_000).await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let poller = desk.clone();
    let poll = tokio::task::spawn(async move { poller.poll().await });
    is_held(&server, "101").await;
    let _ann = asking(&server, "ann").await;
    let event = soon("the poll", poll).await.unwrap().unwrap();
    assert_eq!(kind(&event), "AgentState_Busy");
}

#[tokio::test]
async fn a_poll_without_an_event_is_answered_after_the_hold() {
    let server = brief().await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let begun = Instant::now();
    let answer = desk.http.get(&format!("{}?calldata=x", desk.path("agentevent"))).await;
    assert_eq!(answer.text, r#"{"message":"","retcode":"0","event":null}"#);
    assert!(begun.elapsed() >= Duration::from_millis(290), "it was held");
    let head = desk.http.send(desk.http.request(Method::HEAD, &desk.path("agentevent"))).await;
    assert_eq!(head.status, 200);
}

#[tokio::test]
async fn an_event_comes_again_if_its_answer_was_lost() {
    let server = patient().await;
    let desk = GatewayDesk::ready(&server, "101").await;
    assert_eq!(desk.poll().await, None, "which says that the answers before were received");
    let ann = asking(&server, "ann").await;
    ann.sends("CHAT", "never lost").await;
    for _ in 0..3 {
        let mut connection = Raw::connect(&desk.http).await;
        connection.request(&desk.http, "GET", &desk.path("agentevent")).await;
        assert!(connection.answer().await.contains("AgentState_Busy"), "nothing has moved");
        connection.reset();
    }
    desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await;
    assert_eq!(desk.hears(&["AgentEvent_MessageData"]).await["message"], "never lost");
    assert_eq!(desk.poll().await, None, "and once they have arrived, they do not come again");
}

#[tokio::test]
async fn an_answer_that_is_cut_anywhere_comes_again() {
    let server = patient().await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let ann = asking(&server, "ann").await;
    desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await;
    ann.sends("CHAT", "whole").await;
    let mut proxy = Proxy::start(&server.url).await;
    let through = desk.http.at(&proxy.url).without_reuse();
    for bytes in [0, 1, 50, 200, usize::MAX] {
        proxy.plan(Plan::CutAfter(bytes));
        drop(through.try_send(through.request(Method::GET, &desk.path("agentevent"))).await);
        proxy.cut().await;
    }
    assert_eq!(desk.hears(&["AgentEvent_MessageData"]).await["message"], "whole");
}

#[tokio::test]
async fn of_two_pollers_the_newest_waits_and_no_event_comes_twice() {
    let server = brief_with(|settings| settings.agent_gateway_poll_hold_ms = 30_000).await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let held = |desk: &GatewayDesk| {
        let poller = desk.clone();
        tokio::task::spawn(async move { poller.poll().await })
    };
    let first = held(&desk);
    is_held(&server, "101").await;
    let second = held(&desk);
    assert_eq!(soon("the older poll", first).await.unwrap(), None, "the newer one took over");
    let ann = asking(&server, "ann").await;
    assert_eq!(kind(&soon("the newer poll", second).await.unwrap().unwrap()), "AgentState_Busy");

    // Two that poll all the time get each event once between them.
    let pollers = [desk.clone(), desk.clone()].map(|desk| {
        tokio::task::spawn(async move {
            let mut heard = Vec::new();
            loop {
                match desk.poll().await {
                    Some(event) if event["content"]["message"] == "the last" => return heard,
                    Some(event) => heard.push(event),
                    None => {}
                }
            }
        })
    });
    for number in 0..10 {
        ann.sends("CHAT", &number.to_string()).await;
    }
    ann.sends("CHAT", "the last").await;
    ann.sends("CHAT", "the last").await;
    let mut heard = Vec::new();
    for poller in pollers {
        heard.extend(soon("a poller", poller).await.unwrap());
    }
    let mut texts: Vec<u32> =
        heard.iter().filter_map(|event| event["content"]["message"].as_str()?.parse().ok()).collect();
    texts.sort_unstable();
    assert_eq!(texts, (0..10).collect::<Vec<_>>());
}

#[tokio::test]
async fn nothing_is_lost_over_a_start_of_the_server() {
    let server = brief().await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let ann = asking(&server, "ann").await;
    let id = text(&desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await, "callid");
    ann.sends("CHAT", "before").await;
    desk.hears(&["AgentEvent_MessageData"]).await;
    assert_eq!(desk.poll().await, None);
    ann.sends("CHAT", "not told yet").await;
    let server = server.restart().await;
    let (desk, ann) = (
        GatewayDesk { http: desk.http.at(&server.url), ..desk },
        frontdesk_tests::kit::Customer { http: ann.http.at(&server.url), user: ann.user.clone() },
    );
    ann.sends("CHAT", "after").await;
    let told: Vec<Value> =
        desk.drain().await.iter().map(|event| event["content"]["message"].clone()).collect();
    assert_eq!(told, [json!("not told yet"), json!("after")]);
    // Ended while nobody listened.
    ann.sends("DISCONNECT", "").await;
    let server = server.restart().await;
    let desk = GatewayDesk { http: desk.http.at(&server.url), ..desk };
    let told = desk.drain().await;
    let kinds: Vec<&str> = told.iter().map(kind).collect();
    assert!(kinds.contains(&"AgentEvent_Customer_Release"), "{kinds:?}");
    assert!(told.iter().any(|event| event["content"] == id.as_str()), "{told:?}");
    assert_eq!(desk.state().await, 4);
}

#[tokio::test]
async fn a_desk_that_polls_is_there_and_one_that_does_not_is_not() {
    let settings = Settings {
        agent_gateway_poll_hold_ms: 300,
        agent_reachability_seconds: 15,
        agent_vanish_grace_seconds: 30,
        ..Settings::default()
    };
    let server =
        Server::start_with(ServerOptions { settings: Some(settings), ..ServerOptions::default() }).await;
    for agent in ["101", "102"] {
        server.change_agent(agent, |agent| agent.always_reachable = false).await;
    }
    let desk = GatewayDesk::ready(&server, "101").await;
    let _ann = asking(&server, "ann").await;
    let id = text(&desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await, "callid");
    let colleague = server.agent("102").await;
    server.clock.advance(Duration::from_secs(16));
    colleague.declare("online").await;
    eventually("101 is lost", async || {
        let seen = server.agent("201").await.sees("101").await;
        (seen["reachable"] == false).then_some(())
    })
    .await;
    server.clock.advance(Duration::from_secs(31));
    colleague.declare("online").await;
    eventually("ann is given to the colleague", async || {
        colleague.feed("", 0).await;
        (!colleague.conversations("").await.is_empty()).then_some(())
    })
    .await;
    // Back again, the desk hears what it has lost.
    let told = desk.drain().await;
    let released =
        |event: &Value| kind(event) == "AgentEvent_Call_Release" && event["content"] == id.as_str();
    assert!(told.iter().any(released), "{told:?}");
}

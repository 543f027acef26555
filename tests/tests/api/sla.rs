//! What customers are promised: configured, counted, told.

use std::time::Duration;

use frontdesk_core::entry::{EntryBody, SlaNews};
use frontdesk_tests::kit::{Agent, Answer, Customer, Server, eventually, hide};
use reqwest::Method;
use serde_json::{Value, json};

async fn config(server: &Server, method: Method, path: &str, body: Value) -> Answer {
    let admin = server.agent("901").await;
    let request = admin.http.request(method, &format!("/api/v1/config/{path}"));
    let request = if body.is_null() { request } else { request.json(&body) };
    admin.http.send(request).await
}

/// A server whose customers are promised something, and an agent who is online.
async fn promising(policy: Value) -> (Server, Agent) {
    let server = Server::start().await;
    let made = config(&server, Method::PUT, "sla-policies/gold", policy).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let far = |channel: &mut frontdesk_core::directory::Channel| {
        channel.patience.session_silence = 10_000_000;
        channel.patience.customer_inactivity = 10_000_000;
        channel.patience.queue_wait = 10_000_000;
    };
    server.change_channel(far).await;
    let agent = server.online("101").await;
    (server, agent)
}

async fn waits(server: &Server) -> Customer {
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    customer
}

/// How it stands with the promises of the one conversation held.
async fn clocks(agent: &Agent) -> Value {
    let held = agent.conversations("mine").await;
    assert_eq!(held.len(), 1, "{held:?}");
    hide(&held[0]["sla"], &["due"])
}

/// What has been noted of promises so far.
async fn noted(server: &Server) -> Vec<String> {
    let entries = server.stored("u-77").await;
    let noted = entries.into_iter().filter_map(|entry| match entry {
        // The promise itself is noted as well, for the numbers.
        EntryBody::Sla { what: SlaNews::Promised, .. } => None,
        EntryBody::Sla { policy, target, what, .. } => Some(format!("{policy} {target:?} {what:?}")),
        _ => None,
    });
    noted.collect()
}

async fn is_noted(server: &Server, expected: &[&str]) {
    let noted = async || Some(noted(server).await).filter(|noted| noted.len() >= expected.len());
    assert_eq!(eventually("what is noted", noted).await, expected);
}

#[tokio::test]
async fn a_policy_is_configured_and_checked() {
    let server = Server::start().await;
    let policy = json!({
        "name": "Gold", "queues": ["support"], "priority": 2, "first_reply": 60, "next_reply": 120,
        "resolution": 3_600, "pause": ["outside_hours", "waiting_for_customer"],
    });
    let made = config(&server, Method::PUT, "sla-policies/gold", policy.clone()).await;
    let mut expected = policy;
    expected["id"] = json!("gold");
    assert_eq!(made.shown(), (201, json!({ "item": expected })));
    let listed = config(&server, Method::GET, "sla-policies", Value::Null).await;
    assert_eq!(listed.json, json!({ "items": [expected] }));
    let patched = config(&server, Method::PATCH, "sla-policies/gold", json!({ "next_reply": null })).await;
    assert_eq!(patched.json["item"].get("next_reply"), None);
    for (bad, field) in [
        (json!({}), "first_reply"),
        (json!({ "first_reply": 0 }), "first_reply"),
        (json!({ "first_reply": 60, "resolution": 59 }), "resolution"),
        (json!({ "first_reply": 60, "queues": ["nowhere"] }), "queues[0]"),
        (json!({ "first_reply": 60, "pause": ["lunch"] }), "pause[0]"),
    ] {
        let refused = config(&server, Method::PUT, "sla-policies/silver", bad).await;
        assert_eq!(refused.problem(), (400, "BODY_INVALID", Some(field)), "{}", refused.text);
    }
    let queue = config(&server, Method::PUT, "queues/sales", json!({})).await;
    assert_eq!(queue.status, 201);
    config(&server, Method::PATCH, "sla-policies/gold", json!({ "queues": ["sales"] })).await;
    let used = config(&server, Method::DELETE, "queues/sales", Value::Null).await;
    assert_eq!(used.problem(), (409, "IN_USE", None));
    assert_eq!(config(&server, Method::DELETE, "sla-policies/gold", Value::Null).await.status, 204);
}

#[tokio::test]
async fn a_first_reply_that_is_late_is_noted_once_and_told() {
    let (server, agent) = promising(json!({ "first_reply": 100 })).await;
    waits(&server).await;
    let opened = agent.feed("", 0).await;
    let held = agent.conversations("mine").await;
    let expected = json!([{ "target": "firstReply", "due": "[due]", "state": "running" }]);
    assert_eq!(hide(&held[0]["sla"], &["due"]), expected);
    let now = frontdesk_core::port::Clock::now(&*server.clock).as_millis();
    let due = held[0]["sla"][0]["due"].as_i64().unwrap();
    assert!((1..=100_000).contains(&(due - now)), "{due} at {now}");

    server.clock.advance(Duration::from_secs(81));
    is_noted(&server, &["gold FirstReply Warned"]).await;
    assert_eq!(clocks(&agent).await[0]["state"], "warned");
    server.clock.advance(Duration::from_secs(20));
    is_noted(&server, &["gold FirstReply Warned", "gold FirstReply Breached"]).await;
    let told = agent.feed(opened.json["cursor"].as_str().unwrap(), 5).await;
    let event = |what: &str| {
        json!({
            "type": "sla", "at": "[at]", "conversationId": held[0]["id"], "policy": "gold",
            "target": "firstReply", "what": what, "due": due,
        })
    };
    assert_eq!(hide(&told.json["events"], &["at"]), json!([event("warned"), event("breached")]));
    // It stays so, and is not told again.
    agent.say(held[0]["id"].as_str().unwrap(), "Sorry for the wait.").await;
    assert_eq!(clocks(&agent).await, json!([{ "target": "firstReply", "state": "breached" }]));
    server.clock.advance(Duration::from_secs(1_000));
    agent.act(held[0]["id"].as_str().unwrap(), "end", json!({})).await;
    assert_eq!(noted(&server).await.len(), 2);
}

#[tokio::test]
async fn the_next_reply_counts_from_the_first_unanswered_word() {
    let (server, agent) = promising(json!({ "first_reply": 1_000, "next_reply": 100 })).await;
    let customer = waits(&server).await;
    let conversation = agent.only_conversation().await;
    agent.say(&conversation, "Good day.").await;
    assert_eq!(clocks(&agent).await, json!([{ "target": "firstReply", "state": "met" }]));
    server.clock.advance(Duration::from_secs(500));
    let customer = server.app().await.customer(&customer.user, "en").await;
    customer.sends("CHAT", "My parcel").await;
    server.clock.advance(Duration::from_mins(1));
    customer.sends("CHAT", "is lost.").await;
    assert_eq!(clocks(&agent).await[1], json!({ "target": "nextReply", "due": "[due]", "state": "running" }));
    server.clock.advance(Duration::from_secs(21));
    is_noted(&server, &["gold NextReply Warned"]).await;
    agent.say(&conversation, "Let me look.").await;
    server.clock.advance(Duration::from_secs(500));
    assert_eq!(clocks(&agent).await.as_array().map(Vec::len), Some(1), "it is the customer's turn");
    assert_eq!(noted(&server).await.len(), 1);
}

#[tokio::test]
async fn the_resolution_pauses_while_it_is_the_customers_turn() {
    let (server, agent) = promising(json!({ "resolution": 1_000, "pause": ["waiting_for_customer"] })).await;
    let customer = waits(&server).await;
    let conversation = agent.only_conversation().await;
    server.clock.advance(Duration::from_secs(500));
    agent.say(&conversation, "Which order?").await;
    assert_eq!(clocks(&agent).await, json!([{ "target": "resolution", "state": "paused" }]));
    server.clock.advance(Duration::from_secs(5_000));
    let customer = server.app().await.customer(&customer.user, "en").await;
    customer.sends("CHAT", "4711").await;
    assert_eq!(clocks(&agent).await[0]["state"], "running");
    server.clock.advance(Duration::from_secs(301));
    is_noted(&server, &["gold Resolution Warned"]).await;
    server.clock.advance(Duration::from_secs(200));
    is_noted(&server, &["gold Resolution Warned", "gold Resolution Breached"]).await;
}

#[tokio::test]
async fn a_promise_survives_a_restart() {
    let (server, _) = promising(json!({ "first_reply": 100 })).await;
    waits(&server).await;
    let server = server.restart().await;
    server.clock.advance(Duration::from_secs(101));
    is_noted(&server, &["gold FirstReply Breached"]).await;
}

#[tokio::test]
async fn closed_hours_do_not_count() {
    let policy = json!({ "first_reply": 100, "pause": ["outside_hours"] });
    let (server, agent) = promising(policy).await;
    let hours = json!({ "hours": { "zone": "UTC", "week": [] }, "outside_hours": "wait" });
    // Hours that never open: the queue takes customers all the same, and nothing ever counts.
    let refused = config(&server, Method::PATCH, "queues/support", hours).await;
    assert_eq!(refused.problem(), (400, "BODY_INVALID", Some("hours")));
    waits(&server).await;
    let shut = json!({ "hours": { "zone": "UTC", "week": [] } });
    assert_eq!(config(&server, Method::PATCH, "queues/support", shut).await.status, 200);
    assert_eq!(clocks(&agent).await, json!([{ "target": "firstReply", "state": "paused" }]));
    server.clock.advance(Duration::from_secs(500));
    let open = json!({ "hours": null });
    assert_eq!(config(&server, Method::PATCH, "queues/support", open).await.status, 200);
    // Of the time before nothing is held against anybody until the clocks are looked at.
    agent.say(&agent.only_conversation().await, "Good day.").await;
    is_noted(&server, &["gold FirstReply Breached"]).await;
}

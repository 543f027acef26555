//! What is changed holds at once, on the node that runs.

use std::time::Duration;

use frontdesk_core::directory::{Item, Queue};
use frontdesk_core::id::{QueueId, TenantId};
use frontdesk_server::admin::catch_up;
use frontdesk_server::admin::{AdminAnswer, AdminCommand};
use frontdesk_server::config::Settings;
use frontdesk_tests::kit::{Agent, CHANNEL, PUSH_KEY, Server, WebHook, eventually, soon};
use reqwest::Method;
use serde_json::{Value, json};

async fn patch(server: &Server, path: &str, body: Value) {
    let admin = server.agent("901").await;
    let request = admin.http.request(Method::PATCH, &format!("/api/v1/config/{path}")).json(&body);
    let answer = admin.http.send(request).await;
    assert!(answer.status.is_success(), "{}", answer.text);
}

async fn wait_for_agent(server: &Server, user: &str) -> frontdesk_tests::kit::Customer {
    let customer = server.customer(user).await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    customer
}

async fn holds(agent: &Agent, count: usize) {
    eventually("customers", async || (agent.held().await.len() == count).then_some(())).await;
}

#[tokio::test]
async fn whoever_waits_is_served_as_soon_as_there_is_room() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    patch(&server, "agents/101", json!({ "capacity": 1 })).await;
    wait_for_agent(&server, "u-1").await;
    let second = wait_for_agent(&server, "u-2").await;
    holds(&alex, 1).await;
    let poll = tokio::spawn(async move { second.receive(4).await });
    patch(&server, "agents/101", json!({ "capacity": 2 })).await;
    holds(&alex, 2).await;
    let told = poll.await.unwrap();
    let last = told.last().unwrap();
    assert_eq!(last["content"], "Connected Agent", "{told:?}");

    wait_for_agent(&server, "u-3").await;
    let kim = server.online("102").await;
    patch(&server, "agents/102", json!({ "queues": [] })).await;
    patch(&server, "agents/102", json!({ "queues": ["support"] })).await;
    holds(&kim, 1).await;
}

#[tokio::test]
async fn hours_hold_for_the_next_customer() {
    let server = Server::start().await;
    server.online("101").await;
    let never = json!({ "hours": { "zone": "UTC", "week": [] } });
    patch(&server, "queues/support", never).await;
    let customer = server.customer("u-1").await;
    customer.sends("CONNECT", "").await;
    assert_ne!(customer.send("TRANS2AGENT", "").await.code(), "0", "closed");
    patch(&server, "queues/support", json!({ "hours": null })).await;
    customer.sends("TRANS2AGENT", "").await;
}

#[tokio::test]
async fn pushes_go_where_they_are_to_go_now() {
    let settings = Settings { poll_hold_ms: 300, push_retry_first_ms: 20, ..Settings::default() };
    let server = Server::start_set(settings).await;
    let (old, new) = (WebHook::start().await, WebHook::start().await);
    let push = |hook: &WebHook| {
        json!({ "push": {
            "base_url": hook.url(), "allow_private": true,
            "verification": { "signature": { "push_key": PUSH_KEY } },
        }})
    };
    let path = format!("channels/{CHANNEL}");
    patch(&server, &path, push(&old)).await;
    let customer = server.customer("u-1").await;
    customer.sends("CONNECT", "").await;
    old.wait("a push", |hook| !hook.codes("u-1").is_empty()).await;
    patch(&server, &path, push(&new)).await;
    let before = old.calls().len();
    customer.sends("CHAT", "How long does delivery take?").await;
    new.wait("a push", |hook| !hook.codes("u-1").is_empty()).await;
    assert_eq!(old.calls().len(), before);
}

#[tokio::test]
async fn the_tokens_of_an_app_that_is_gone_stop() {
    let settings = Settings { stream_heartbeat_ms: 50, ..Settings::default() };
    let server = Server::start_set(settings).await;
    let customer = server.customer("u-1").await;
    customer.sends("CONNECT", "").await;
    let stream = customer.http.request(Method::GET, "/apiaccess/ccmessaging/stream").send().await.unwrap();
    assert_eq!(stream.status(), 200);
    let admin = server.agent("901").await;
    let gone = admin.http.send(admin.http.request(Method::DELETE, "/api/v1/config/apps/demo-app")).await;
    assert_eq!(gone.status, 204);
    assert_eq!(customer.http.get("/apiaccess/ccmessaging/poll?wait=0").await.failure().0, 401);
    soon("the end of the stream", async { drop(stream.text().await) }).await;
}

#[tokio::test]
async fn a_node_learns_of_what_another_has_changed() {
    let server = Server::start().await;
    assert!(!catch_up(&server.parts).await.unwrap(), "nothing is new");
    let tenant = TenantId::new("demo").unwrap();
    let queue = Queue::new(QueueId::new("elsewhere").unwrap(), "Made by another node");
    server.parts.store.put_items(vec![(tenant, Item::Queue(queue))], Vec::new()).await.unwrap();
    let knows = || {
        let directory = server.parts.directory.load();
        directory.tenants().any(|tenant| tenant.queues.keys().any(|id| id.as_str() == "elsewhere"))
    };
    assert!(!knows());
    assert!(catch_up(&server.parts).await.unwrap() && knows());
    assert!(!catch_up(&server.parts).await.unwrap());
}

#[tokio::test]
async fn a_tenant_with_conversations_goes_by_force_alone() {
    let server = Server::start().await;
    server.online("101").await;
    let customer = wait_for_agent(&server, "u-1").await;
    let remove = |force| AdminCommand::RemoveTenant { tenant: "demo".into(), force };
    let refused = server.admin(remove(false)).await.unwrap_err();
    assert_eq!(refused.to_string(), "is needed by conversations");
    assert!(matches!(server.admin(remove(true)).await.unwrap(), AdminAnswer::Done));
    assert_eq!(customer.http.get("/apiaccess/ccmessaging/poll?wait=0").await.failure().0, 401);
    // What was under way when it went troubles nobody.
    server.clock.advance(Duration::from_hours(2));
    let put = AdminCommand::PutTenant { id: "demo".into(), name: "New".into(), locale: "en".into() };
    server.admin(put).await.unwrap();
    let AdminAnswer::Items(items) =
        server.admin(AdminCommand::List { tenant: Some("demo".into()) }).await.unwrap()
    else {
        panic!("no list")
    };
    assert_eq!(items.len(), 1, "nothing of it came back");
}

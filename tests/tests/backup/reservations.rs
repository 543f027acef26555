//! A transfer whose process died between taking the slot and committing.

use std::time::Duration;

use frontdesk_core::conversation::Control;
use frontdesk_core::id::{AgentId, ChannelId, TenantId, UserId};
use frontdesk_core::log::LogId;
use frontdesk_tests::kit::{CHANNEL, Server};
use serde_json::json;

async fn held(server: &Server, agent: &AgentId) -> u32 {
    let tenant = TenantId::new("demo").unwrap();
    server.parts.store.agent_states(&tenant, std::slice::from_ref(agent)).await.unwrap()[0].held
}

/// Waits for the background work to have looked at everything that is older than its patience.
async fn until_held(server: &Server, agent: &AgentId, expected: u32) {
    let deadline = tokio::time::Instant::now() + Duration::from_mins(1);
    while held(server, agent).await != expected {
        assert!(tokio::time::Instant::now() < deadline, "still {}", held(server, agent).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_slot_reserved_by_a_process_that_died_becomes_free() {
    let server = Server::start().await;
    let (tenant, second) = (TenantId::new("demo").unwrap(), AgentId::new("102").unwrap());
    let first = server.agent("101").await;
    first.declare("online").await;
    let customer = server.customer("ann").await;
    customer.send("CONNECT", "").await;
    customer.send("TRANS2AGENT", "").await;
    let conversation = first.held().await.pop().expect("a conversation");
    server.agent("102").await.declare("online").await;

    let channel = ChannelId::new(CHANNEL).unwrap();
    let log = LogId::of_customer(&tenant, &channel, &UserId::new("ann").unwrap());
    let store = &server.parts.store;
    let state = store.load(log).await.unwrap().unwrap().state;
    let now = server.parts.clock.now();
    store.reserve(&tenant, &second, 5, 1, (log, state.fence), now).await.unwrap();
    assert_eq!(held(&server, &second).await, 1);
    server.clock.advance(Duration::from_mins(1));
    until_held(&server, &second, 0).await;

    // One that comes about stays, however long it is looked at.
    let path = format!("/api/v1/agent/conversations/{conversation}/transfer");
    let answer = first.http.post(&path, json!({ "agentId": "102" })).await;
    assert!(answer.status.is_success(), "{}", answer.text);
    assert_eq!(held(&server, &second).await, 1);
    server.clock.advance(Duration::from_mins(1));
    // A reservation of somebody else's that is given back shows that there was a look.
    let nobody = LogId::of_customer(&tenant, &channel, &UserId::new("nobody").unwrap());
    let long_ago = frontdesk_core::time::Timestamp::from_millis(1);
    store.reserve(&tenant, &second, 5, 1, (nobody, 1), long_ago).await.unwrap();
    until_held(&server, &second, 1).await;
    let state = store.load(log).await.unwrap().unwrap().state;
    assert!(matches!(state.control(), Some(Control::Agent(agent)) if *agent == second));
    assert_eq!(store.stale_reservations(server.parts.clock.now()).await.unwrap(), []);
}

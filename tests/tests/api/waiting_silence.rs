//! Silence in a conversation: who is silent, a warning before the end, and an agent who does not answer (pain 19 of the
//! peers: too coarse, wrong states, and being there taken for being active).

use std::time::Duration;

use frontdesk_core::directory::{AgentSilence, Patience};
use frontdesk_tests::kit::{Agent, Customer, Server, downlink, eventually, shown, system_says};
use serde_json::{Value, json};

const WARNING: &str = "Are you still there? Without an answer this conversation will end in 60 seconds.";

async fn patient(server: &Server, change: impl FnOnce(&mut Patience)) {
    server
        .change_channel(|channel| {
            channel.patience.session_silence = 100_000;
            channel.patience.customer_inactivity = 600;
            channel.patience.warn_before = 60;
            change(&mut channel.patience);
        })
        .await;
}

async fn with_agent(server: &Server) -> (Agent, Customer, String) {
    let agent = server.online("101").await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    customer.drain().await;
    let conversation = agent.only_conversation().await;
    (agent, customer, conversation)
}

async fn next(customer: &Customer) -> Vec<Value> {
    eventually("something said", async || {
        let said = shown(&customer.drain().await);
        (!said.is_empty()).then_some(said)
    })
    .await
}

/// The customer's credentials do not last as long as they are silent here.
async fn again(server: &Server) -> Customer {
    server.customer("u-77").await
}

#[tokio::test]
async fn pain_19_a_silent_customer_is_warned_and_then_let_go_however_much_they_poll() {
    let server = Server::start().await;
    patient(&server, |_| {}).await;
    let (agent, customer, conversation) = with_agent(&server).await;
    customer.sends("CHAT", "hello").await;
    agent.say(&conversation, "How can I help?").await;
    customer.drain().await;
    server.clock.advance(Duration::from_secs(541));
    let customer = again(&server).await;
    assert_eq!(next(&customer).await, [system_says("u-77", WARNING)]);
    server.clock.advance(Duration::from_secs(61));
    let ended = downlink("u-77", json!({ "controlType": "DISCONNECT", "mediaType": null }));
    assert_eq!(next(&customer).await, [ended]);
    assert_eq!(agent.held().await.len(), 0);
}

#[tokio::test]
async fn pain_19_an_answer_to_the_warning_keeps_the_conversation() {
    let server = Server::start().await;
    patient(&server, |_| {}).await;
    let (agent, _, conversation) = with_agent(&server).await;
    agent.say(&conversation, "How can I help?").await;
    server.clock.advance(Duration::from_secs(541));
    let customer = again(&server).await;
    eventually("the warning", async || {
        customer.drain_texts().await.contains(&WARNING.to_owned()).then_some(())
    })
    .await;
    customer.sends("CHAT", "One moment").await;
    agent.say(&conversation, "Take your time").await;
    customer.drain().await;
    server.clock.advance(Duration::from_secs(541));
    let customer = again(&server).await;
    assert_eq!(next(&customer).await, [system_says("u-77", WARNING)], "and the next silence has its own");
    assert_eq!(agent.held().await, [conversation]);
}

#[tokio::test]
async fn pain_19_a_conversation_with_the_robot_ends_too_by_its_own_clock() {
    let server = Server::start().await;
    patient(&server, |patience| patience.robot_inactivity = Some(120)).await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.drain().await;
    server.clock.advance(Duration::from_secs(61));
    assert_eq!(next(&customer).await, [system_says("u-77", WARNING)]);
    server.clock.advance(Duration::from_secs(61));
    assert_eq!(next(&customer).await[0]["controlType"], "DISCONNECT");
}

#[tokio::test]
async fn pain_19_an_agent_who_does_not_answer_is_reminded_and_the_customer_is_not_let_go() {
    let server = Server::start().await;
    patient(&server, |patience| patience.agent_inactivity = 90).await;
    let (agent, customer, conversation) = with_agent(&server).await;
    agent.say(&conversation, "How can I help?").await;
    server.clock.advance(Duration::from_mins(5));
    customer.sends("CHAT", "My parcel is late").await;
    let cursor = agent.feed("", 0).await.json["cursor"].as_str().unwrap().to_owned();
    server.clock.advance(Duration::from_secs(91));
    let reminder = eventually("a reminder", async || {
        let events = agent.feed(&cursor, 0).await.json["events"].as_array().unwrap().clone();
        events.into_iter().find(|event| event["type"] == "reminder")
    })
    .await;
    assert_eq!(reminder["conversationId"], conversation);
    assert_eq!(customer.drain_texts().await, ["How can I help?"], "the customer is told nothing");
    assert_eq!(agent.held().await, [conversation]);
}

#[tokio::test]
async fn pain_19_whom_an_agent_does_not_answer_gets_another_one() {
    let server = Server::start().await;
    patient(&server, |patience| {
        patience.agent_inactivity = 90;
        patience.agent_silence = AgentSilence::Requeue;
    })
    .await;
    let (silent, customer, conversation) = with_agent(&server).await;
    customer.sends("CHAT", "My parcel is late").await;
    // With nobody else there it stays.
    server.clock.advance(Duration::from_secs(91));
    eventually("a reminder", async || {
        let stored = server.stored("u-77").await;
        stored
            .iter()
            .any(|body| matches!(body, frontdesk_core::entry::EntryBody::Reminded { .. }))
            .then_some(())
    })
    .await;
    assert_eq!(silent.held().await, std::slice::from_ref(&conversation));
    let other = server.online("102").await;
    customer.sends("CHAT", "Hello?").await;
    server.clock.advance(Duration::from_secs(91));
    eventually("another agent", async || (other.held().await == [conversation.clone()]).then_some(())).await;
    assert_eq!(silent.held().await.len(), 0);
    let told = "Your agent cannot answer at the moment. You will be passed on to the next one.";
    assert_eq!(customer.drain_texts().await, [told, "Connected Agent"]);
}

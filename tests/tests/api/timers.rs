//! How long a conversation survives what, and the async switch.

use std::time::Duration;

use frontdesk_tests::kit::{Agent, Customer, Server, downlink, eventually, shown};
use serde_json::{Value, json};

async fn asking(server: &Server) -> Customer {
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    customer.drain().await;
    customer
}

/// Waits until the system has ended the customer's conversation, and gives what the customer was told last.
async fn ended(agent: &Agent, customer: &Customer) -> Value {
    eventually("the end", async || agent.conversations("all").await.is_empty().then_some(())).await;
    shown(&customer.drain().await).last().cloned().expect("a message")
}

/// The conversation goes on after the timers have been looked at once more.
async fn goes_on(server: &Server, agent: &Agent) {
    server.timers_have_run().await;
    assert_eq!(agent.conversations("all").await.len(), 1);
}

fn disconnected() -> Value {
    downlink("u-77", json!({ "controlType": "DISCONNECT", "mediaType": null }))
}

#[tokio::test]
async fn a_session_is_released_after_silence() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = asking(&server).await;
    server.clock.advance(Duration::from_secs(290));
    goes_on(&server, &agent).await;
    // Polling is a sign of life; 300 s count from the last one.
    customer.drain().await;
    server.clock.advance(Duration::from_secs(290));
    goes_on(&server, &agent).await;
    server.clock.advance(Duration::from_secs(15));
    let customer = server.customer("u-77").await;
    assert_eq!(ended(&agent, &customer).await, disconnected());
    assert_eq!(agent.held().await.len(), 0, "and the agent is free again");
    assert_eq!(customer.send("CHAT", "hello?").await.code(), "5");
}

#[tokio::test]
async fn a_held_poll_keeps_a_session() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = asking(&server).await;
    let held = {
        let customer = customer.clone();
        tokio::task::spawn(async move { customer.poll_with("wait=55").await })
    };
    eventually("a held poll", async || (server.parts.hub.held_polls() > 0).then_some(())).await;
    server.clock.advance(Duration::from_secs(400));
    goes_on(&server, &agent).await;
    agent.say(&agent.only_conversation().await, "there you are").await;
    assert_eq!(held.await.unwrap().texts(), ["there you are"]);
}

#[tokio::test]
async fn after_a_restart_silence_counts_anew() {
    let server = Server::start().await;
    let mut agent = server.online("101").await;
    asking(&server).await;
    server.clock.advance(Duration::from_secs(280));
    let server = server.restart().await;
    agent.http = agent.http.at(&server.url);
    server.clock.advance(Duration::from_secs(280));
    goes_on(&server, &agent).await;
    server.clock.advance(Duration::from_secs(25));
    let customer = server.customer("u-77").await;
    assert_eq!(ended(&agent, &customer).await, disconnected());
}

#[tokio::test]
async fn nobody_waits_for_ever() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    agent.declare("busy").await;
    server.change_channel(|channel| channel.patience.session_silence = 100_000).await;
    let customer = asking(&server).await;
    server.clock.advance(Duration::from_secs(580));
    goes_on(&server, &agent).await;
    server.clock.advance(Duration::from_secs(25));
    eventually("the end", async || agent.conversations("waiting").await.is_empty().then_some(())).await;
    let customer = server.app().await.customer(&customer.user, "en").await;
    assert_eq!(ended(&agent, &customer).await, disconnected());
    agent.declare("online").await;
    assert_eq!(agent.held().await.len(), 0);
}

#[tokio::test]
async fn a_customer_who_says_nothing_is_let_go_however_much_they_poll() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    server.change_channel(|channel| channel.patience.session_silence = 100_000).await;
    let customer = asking(&server).await;
    server.clock.advance(Duration::from_secs(1_000));
    let customer = server.app().await.customer(&customer.user, "en").await;
    customer.sends("CHAT", "still here").await;
    server.clock.advance(Duration::from_secs(1_700));
    let customer = server.app().await.customer(&customer.user, "en").await;
    assert_eq!(customer.drain_texts().await, [""; 0]);
    goes_on(&server, &agent).await;
    server.clock.advance(Duration::from_secs(110));
    assert_eq!(ended(&agent, &customer).await, disconnected());
}

#[tokio::test]
async fn with_the_async_switch_on_the_customer_may_write_after_a_timeout() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    server.change_channel(|channel| channel.async_replies = true).await;
    asking(&server).await;
    let before = agent.only_conversation().await;
    server.clock.advance(Duration::from_secs(400));
    let customer = server.customer("u-77").await;
    let told = json!({
        "controlType": "DISCONNECT", "isOfflineStatus": true,
        "content": "Nobody could answer in time. Leave your message here and we will reply.",
    });
    assert_eq!(ended(&agent, &customer).await, downlink("u-77", told));
    customer.sends("CHAT", "Where is my order?").await;
    let open = agent.conversations("all").await;
    assert_eq!(open.len(), 1);
    assert_ne!(open[0]["id"], before, "it is a new conversation");
    assert_eq!(agent.heard(open[0]["id"].as_str().unwrap()).await[0].1, "Where is my order?");
    assert!(customer.drain_texts().await[0].starts_with("Open My orders"));

    // Only a time-out leaves the door open.
    customer.sends("DISCONNECT", "").await;
    assert_eq!(customer.send("CHAT", "one more").await.code(), "5");
}

#[tokio::test]
async fn without_a_robot_a_later_message_waits_for_an_agent() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    server
        .change_channel(|channel| {
            channel.async_replies = true;
            channel.robot = None;
        })
        .await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    agent.declare("offline").await;
    server.clock.advance(Duration::from_secs(400));
    let customer = server.app().await.customer(&customer.user, "en").await;
    ended(&agent, &customer).await;
    let answer = customer.send("CHAT", "call me").await;
    assert_eq!(answer.json, json!({ "resultCode": "0", "resultDesc": "sendUserMessage successfully." }));
    agent.declare("online").await;
    let heard = agent.heard(&agent.only_conversation().await).await;
    assert!(heard.contains(&("customer".to_owned(), "call me".to_owned())), "{heard:?}");
}

//! Whoever can be pushed to is there.

use std::time::Duration;

use frontdesk_tests::kit::{Agent, Customer, Reply, Server, WebHook};
use serde_json::json;

use super::set_up::{administer, server, signed};

/// Silence ends a conversation after 300 s here; nothing else does.
async fn patient_server(receiver: &WebHook) -> Server {
    let server = server(signed(&receiver.url())).await;
    server
        .change_channel(|channel| {
            channel.patience.session_silence = 300;
            channel.patience.customer_inactivity = 1_000_000;
        })
        .await;
    server
}

/// A customer whose client never asks for anything, in a conversation with the agent. Everything is delivered.
async fn listener(server: &Server, agent: &Agent, receiver: &WebHook, user: &str) -> (Customer, String) {
    let before = agent.held().await;
    let customer = server.customer(user).await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    let held = agent.held().await.into_iter().find(|id| !before.contains(id)).expect("a conversation");
    assert!(agent.say(&held, "how can I help?").await.status.is_success());
    let greeted = |receiver: &WebHook| {
        let told = receiver.accepted().remove(user).unwrap_or_default();
        told.iter().any(|message| message["content"] == "how can I help?")
    };
    receiver.wait("the greeting", greeted).await;
    (customer, held)
}

async fn silent_for(server: &Server, seconds: u64) {
    server.clock.advance(Duration::from_secs(seconds));
    server.timers_have_run().await;
}

/// A failure that was taken note of: the next attempt begins after it.
async fn fails(receiver: &WebHook) {
    let refused = |receiver: &WebHook| receiver.calls().iter().filter(|call| !call.accepted).count();
    let before = refused(receiver);
    receiver.wait("attempts that fail", |receiver| refused(receiver) >= before + 2).await;
}

#[tokio::test]
async fn a_customer_who_is_sent_nothing_is_there_as_long_as_the_receiver_is() {
    let receiver = WebHook::start().await;
    let server = patient_server(&receiver).await;
    let agent = server.online("101").await;
    let (_, held) = listener(&server, &agent, &receiver, "ann").await;
    for _ in 0..4 {
        silent_for(&server, 400).await;
        assert_eq!(agent.held().await, std::slice::from_ref(&held));
    }
    assert!(agent.say(&held, "still there?").await.status.is_success());
    receiver
        .wait("the question", |receiver| receiver.calls().last().unwrap().body.contains("still there"))
        .await;
}

#[tokio::test]
async fn silence_counts_from_the_first_failure_for_everybody_and_a_success_ends_it() {
    let receiver = WebHook::start().await;
    let server = patient_server(&receiver).await;
    let agent = server.online("101").await;
    let (_, ann) = listener(&server, &agent, &receiver, "ann").await;
    let (_, bob) = listener(&server, &agent, &receiver, "bob").await;
    silent_for(&server, 1_000).await;

    receiver.answers(|_| Reply::of(503, ""));
    assert!(agent.say(&ann, "one moment").await.status.is_success());
    fails(&receiver).await;
    silent_for(&server, 200).await;
    assert_eq!(agent.held().await.len(), 2, "the receiver was there until 200 s ago");
    receiver.answers(|_| Reply::ok());
    receiver.wait("the message", |receiver| receiver.calls().last().unwrap().accepted).await;
    silent_for(&server, 200).await;
    assert_eq!(agent.held().await.len(), 2, "it was away for 200 s and is back");

    receiver.answers(|_| Reply::of(503, ""));
    assert!(agent.say(&bob, "and you?").await.status.is_success());
    fails(&receiver).await;
    silent_for(&server, 310).await;
    assert_eq!(agent.held().await, [""; 0], "nothing says that either of them can be reached");
}

#[tokio::test]
async fn a_customer_whose_own_messages_fail_is_not_there_although_others_are() {
    let receiver = WebHook::start().await;
    let server = patient_server(&receiver).await;
    let agent = server.online("101").await;
    let (_, poison) = listener(&server, &agent, &receiver, "poison").await;
    let (_, held) = listener(&server, &agent, &receiver, "ann").await;
    receiver.answers(|call| if call.user() == "poison" { Reply::of(500, "") } else { Reply::ok() });
    assert!(agent.say(&poison, "take this").await.status.is_success());
    fails(&receiver).await;
    server.clock.advance(Duration::from_secs(290));
    assert!(agent.say(&held, "all is well").await.status.is_success());
    receiver
        .wait("ann's", |receiver| receiver.calls().iter().any(|call| call.body.contains("is well")))
        .await;
    silent_for(&server, 20).await;
    assert_eq!(agent.held().await, [held]);
}

#[tokio::test]
async fn silence_counts_from_a_pause_and_from_the_end_of_push() {
    let receiver = WebHook::start().await;
    let server = patient_server(&receiver).await;
    let agent = server.online("101").await;
    listener(&server, &agent, &receiver, "ann").await;
    silent_for(&server, 1_000).await;
    administer(&server, "pause", Some(json!({}))).await;
    silent_for(&server, 200).await;
    assert_eq!(agent.held().await.len(), 1);
    administer(&server, "resume", Some(json!({}))).await;
    silent_for(&server, 200).await;
    assert_eq!(agent.held().await.len(), 1, "it was paused for 200 s and goes on");
    administer(&server, "pause", Some(json!({}))).await;
    silent_for(&server, 310).await;
    assert_eq!(agent.held().await, [""; 0]);

    administer(&server, "resume", Some(json!({}))).await;
    listener(&server, &agent, &receiver, "bob").await;
    silent_for(&server, 1_000).await;
    server.change_channel(|channel| channel.push = None).await;
    silent_for(&server, 200).await;
    assert_eq!(agent.held().await.len(), 1);
    silent_for(&server, 110).await;
    assert_eq!(agent.held().await, [""; 0]);
}

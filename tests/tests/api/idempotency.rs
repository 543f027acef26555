//! The same message sent twice.

use std::time::Duration;

use frontdesk_tests::kit::{Agent, Answer, Customer, Server, merge};
use serde_json::{Value, json};

async fn talking(server: &Server) -> (Customer, Agent, String) {
    let agent = server.online("101").await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    let conversation = agent.only_conversation().await;
    (customer, agent, conversation)
}

async fn send_as(customer: &Customer, id: &str, fields: Value) -> Answer {
    let mut message = customer.message("CHAT", "hello");
    merge(&mut message, json!({ "messageId": id }));
    merge(&mut message, fields);
    customer.call("send", message).await
}

async fn customers_words(agent: &Agent, conversation: &str) -> Vec<String> {
    let heard = agent.heard(conversation).await;
    heard.into_iter().filter(|(kind, _)| kind == "customer").map(|(_, text)| text).collect()
}

#[tokio::test]
async fn the_same_id_gives_the_same_answer_and_no_second_message() {
    let server = Server::start().await;
    let (customer, agent, conversation) = talking(&server).await;
    let first = send_as(&customer, "m-1", json!({ "timestamp": "1" })).await;
    // What differs when a client tries again does not count.
    let again =
        json!({ "timestamp": 2, "senderNickname": "Ann", "senderAvatar": "a.png", "userAgent": "curl" });
    let second = send_as(&customer, "m-1", again).await;
    assert_eq!((first.shown(), second.code()), (second.shown(), "0"));
    assert_eq!(customers_words(&agent, &conversation).await, ["hello"]);
    send_as(&customer, "m-2", json!({})).await;
    assert_eq!(customers_words(&agent, &conversation).await, ["hello", "hello"]);
}

#[tokio::test]
async fn the_same_id_for_something_else_is_refused() {
    let server = Server::start().await;
    let (customer, agent, conversation) = talking(&server).await;
    send_as(&customer, "m-1", json!({})).await;
    for other in [
        json!({ "content": "hello!" }),
        json!({ "controlType": "INPUT" }),
        json!({ "controlType": "DISCONNECT" }),
        json!({ "mediaType": "LOCATE" }),
    ] {
        let answer = send_as(&customer, "m-1", other.clone()).await;
        let (status, code, _) = answer.failure();
        assert_eq!((status, code), (400, "IDEMPOTENCY_MISMATCH"), "{other}");
    }
    assert_eq!(customers_words(&agent, &conversation).await, ["hello"]);
}

#[tokio::test]
async fn a_header_does_as_well() {
    let server = Server::start().await;
    let (customer, agent, conversation) = talking(&server).await;
    let keyed = customer.http.with("idempotency-key", "k-1");
    let send = async |content: &str| {
        keyed.post("/apiaccess/ccmessaging/send", customer.message("CHAT", content)).await
    };
    assert_eq!(send("hello").await.code(), "0");
    assert_eq!(send("hello").await.code(), "0");
    assert_eq!(send("good bye").await.failure().1, "IDEMPOTENCY_MISMATCH");
    assert_eq!(customers_words(&agent, &conversation).await, ["hello"]);
    for key in [String::new(), "k".repeat(129)] {
        let http = customer.http.with("idempotency-key", key);
        let answer = http.post("/apiaccess/ccmessaging/send", customer.message("CHAT", "x")).await;
        let (status, _, sentence) = answer.failure();
        assert_eq!((status, sentence.contains("`Idempotency-Key`")), (400, true), "{sentence}");
    }
}

#[tokio::test]
async fn many_at_once_are_one() {
    let server = Server::start().await;
    let (customer, agent, conversation) = talking(&server).await;
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let customer = customer.clone();
        tries.spawn(async move { send_as(&customer, "m-1", json!({})).await.shown() });
    }
    for answer in tries.join_all().await {
        assert_eq!(answer.1["resultCode"], "0");
    }
    assert_eq!(customers_words(&agent, &conversation).await, ["hello"]);
}

#[tokio::test]
async fn it_holds_for_a_day_after_the_end_and_for_each_sender_alone() {
    let server = Server::start().await;
    let (customer, agent, conversation) = talking(&server).await;
    let first = send_as(&customer, "m-1", json!({})).await;
    let other = server.customer("u-78").await;
    other.sends("CONNECT", "").await;
    other.sends("TRANS2AGENT", "").await;
    assert_eq!(send_as(&other, "m-1", json!({ "content": "another's" })).await.code(), "0");

    agent.act(&conversation, "end", json!({})).await;
    assert_eq!(customer.send("CHAT", "hello").await.code(), "5");
    assert_eq!(send_as(&customer, "m-1", json!({})).await.shown(), first.shown());
    server.clock.advance(Duration::from_hours(23));
    let customer = server.customer("u-77").await;
    assert_eq!(send_as(&customer, "m-1", json!({})).await.shown(), first.shown());
    let server = server.restart().await;
    let customer = server.customer("u-77").await;
    assert_eq!(send_as(&customer, "m-1", json!({})).await.shown(), first.shown(), "also after a restart");
}

#[tokio::test]
async fn what_was_refused_may_be_tried_again() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    assert_eq!(send_as(&customer, "m-1", json!({})).await.code(), "5");
    customer.sends("CONNECT", "").await;
    let answer = send_as(&customer, "m-1", json!({})).await;
    assert_eq!(answer.json["resultDesc"], "Send message to robot successfully");
}

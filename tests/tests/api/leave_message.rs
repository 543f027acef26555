//! doLeaveMessage.

use frontdesk_core::entry::EntryBody;
use frontdesk_tests::kit::Server;
use serde_json::{Value, json};

fn left() -> Value {
    json!({ "callId": "u-77", "caller": "13800000000", "leaveMessage": "call me back", "channel": "WEB" })
}

#[tokio::test]
async fn a_message_is_left_where_nobody_could_be_had() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    let saved = (200, json!({ "resultCode": "0", "resultDesc": "Save leaveMessage success!" }));
    assert_eq!(customer.call("doLeaveMessage", left()).await.shown(), saved);
    customer.sends("CONNECT", "").await;
    assert_eq!(customer.send("TRANS2AGENT", "").await.code(), "13");
    assert_eq!(customer.call("doLeaveMessage", left()).await.shown(), saved);
    assert_eq!(customer.send("CHAT", "still there?").await.code(), "5", "with it the flow ends");
    assert_eq!(customer.drain_texts().await, ["Welcome,welcome"]);
    let stored = server.stored("u-77").await;
    let left = EntryBody::LeftMessage { caller: "13800000000".into(), text: "call me back".into() };
    assert_eq!(stored.iter().filter(|body| **body == left).count(), 2);
}

#[tokio::test]
async fn a_message_left_with_an_agent_on_the_line_ends_nothing() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    assert_eq!(customer.call("doLeaveMessage", left()).await.code(), "0");
    assert_eq!(agent.held().await.len(), 1);
    customer.sends("CHAT", "still there").await;
}

#[tokio::test]
async fn what_is_empty_missing_or_somebody_elses_is_refused() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    for field in ["callId", "caller", "leaveMessage", "channel"] {
        let mut body = left();
        body[field] = json!("");
        let answer = customer.call("doLeaveMessage", body.clone()).await;
        assert_eq!(
            answer.shown(),
            (200, json!({ "resultCode": "2", "resultDesc": "Param is null" })),
            "{field}"
        );
        body.as_object_mut().unwrap().remove(field);
        let answer = customer.call("doLeaveMessage", body).await;
        let (status, _, sentence) = answer.failure();
        assert_eq!((status, sentence.contains(&format!("`{field}`"))), (400, true), "{sentence}");
    }
    let mut body = left();
    body["leaveMessage"] = json!("x".repeat(4_097));
    let answer = customer.call("doLeaveMessage", body).await;
    assert_eq!(answer.failure().2, "`leaveMessage` is longer than 4096 bytes");
    let mut body = left();
    body["callId"] = json!("u-78");
    let answer = customer.call("doLeaveMessage", body).await;
    let (status, code, sentence) = answer.failure();
    assert_eq!((status, code, sentence.contains("`callId`")), (400, "RECEIVER_MISMATCH", true));
}

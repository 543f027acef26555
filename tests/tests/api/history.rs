//! queryHistoryChatMessage.

use std::time::Duration;

use frontdesk_core::port::Clock as _;
use frontdesk_tests::kit::{CHANNEL, Customer, Server, hide, merge};
use serde_json::{Value, json};

/// A request for some of a customer's history, with the texts for numbers of the documented sample.
pub(super) fn wanted(customer: &Customer, limit: u32, offset: u32) -> Value {
    json!({
        "channelId": CHANNEL, "userId": customer.user, "limit": limit.to_string(), "offset": offset.to_string(),
        "channel": "WEB",
    })
}

fn item(fields: Value) -> Value {
    let mut item = json!({
        "id": "[id]", "channel": "WEB", "senderNickname": null, "senderAvatar": null, "sendTime": "[sendTime]",
        "receiveTime": "[receiveTime]", "controlType": "CHAT", "sourceType": "USER", "mediaType": "TEXT",
        "content": null, "callId": "[callId]", "messageCode": "[messageCode]", "associationContentId": null,
        "sendStatus": null, "errorMsg": null, "isForwarded": false, "forwardTime": null, "contentDealType": null,
    });
    merge(&mut item, fields);
    item
}

/// A customer who has said ten things to an agent.
async fn talkative(server: &Server) -> Customer {
    server.online("101").await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    for number in 1..=10 {
        customer.sends("CHAT", &format!("message {number}")).await;
    }
    customer
}

fn contents(answer: &Value) -> Vec<&str> {
    let list = answer["messageList"].as_array().expect("a list");
    list.iter().map(|item| item["content"].as_str().unwrap_or("null")).collect()
}

#[tokio::test]
async fn everybody_is_in_it_newest_first() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    let mut message = customer.message("CHAT", "agent");
    merge(
        &mut message,
        json!({ "senderNickname": "Ann of Kent", "senderAvatar": "../u1.png", "messageId": "m-1" }),
    );
    assert_eq!(customer.call("send", message).await.code(), "0");
    let conversation = agent.only_conversation().await;
    agent.say(&conversation, "hello").await;
    agent.act(&conversation, "end", json!({})).await;

    let answer = customer.call("queryHistoryChatMessage", wanted(&customer, 20, 0)).await;
    let shown = hide(&answer.json, &["id", "sendTime", "receiveTime", "callId", "messageCode"]);
    let robot = json!({ "senderNickname": "test", "senderAvatar": "1", "sourceType": "ROBOT" });
    let said = |mut who: Value, content: &str| {
        merge(&mut who, json!({ "content": content }));
        item(who)
    };
    assert_eq!(
        shown,
        json!({
            "messageList": [
                said(json!({ "senderNickname": "Alex", "sourceType": "AGENT" }), "hello"),
                said(json!({ "senderNickname": "System", "sourceType": "SYSTEM" }), "Connected Agent"),
                said(robot.clone(), "Transfer to manual labor"),
                said(json!({ "senderNickname": "Ann of Kent", "senderAvatar": "../u1.png" }), "agent"),
                said(robot, "Welcome,welcome"),
            ],
            "resultCode": "0", "resultDesc": "success",
        })
    );
    let list = answer.json["messageList"].as_array().unwrap();
    let times: Vec<i64> = list.iter().map(|item| item["sendTime"].as_i64().expect("a number")).collect();
    assert!(times.is_sorted_by(|a, b| a > b), "{times:?}");
    let call = list[0]["callId"].as_str().unwrap();
    let (seconds, number) = call.split_once('-').expect("seconds and a number");
    assert!((server.clock.now().as_seconds() - seconds.parse::<i64>().unwrap()).abs() < 60, "{call}");
    assert!(number.bytes().all(|byte| byte.is_ascii_digit()) && !number.is_empty(), "{call}");
    assert!(list.iter().all(|item| item["callId"] == call), "it was one conversation");
    // The codes are those that poll gave.
    let mut polled: Vec<Value> =
        customer.drain().await.iter().map(|message| message["messageCode"].clone()).collect();
    polled.pop();
    polled.reverse();
    let codes: Vec<Value> = list
        .iter()
        .filter(|item| item["sourceType"] != "USER")
        .map(|item| item["messageCode"].clone())
        .collect();
    assert_eq!(codes, polled);
}

#[tokio::test]
async fn it_comes_in_pages() {
    let server = Server::start().await;
    let customer = talkative(&server).await;
    let page = async |limit: u32, offset: u32| {
        customer.call("queryHistoryChatMessage", wanted(&customer, limit, offset)).await.json
    };
    assert_eq!(contents(&page(3, 0).await), ["message 10", "message 9", "message 8"]);
    assert_eq!(contents(&page(3, 3).await), ["message 7", "message 6", "message 5"]);
    assert_eq!(contents(&page(5, 11).await), ["Transfer to manual labor", "Welcome,welcome"]);
    assert_eq!(contents(&page(5, 100).await), [""; 0]);
    assert_eq!(contents(&page(0, 0).await), [""; 0]);
    assert_eq!(contents(&page(4_000_000_000, 0).await).len(), 13);
}

#[tokio::test]
async fn a_span_of_time_may_be_asked_for() {
    let server = Server::start().await;
    let customer = talkative(&server).await;
    let whole = customer.call("queryHistoryChatMessage", wanted(&customer, 20, 0)).await.json;
    let time = |content: &str| {
        let list = whole["messageList"].as_array().unwrap();
        let item = list.iter().find(|item| item["content"] == content).unwrap();
        item["sendTime"].as_i64().unwrap()
    };
    let span = async |fields: Value| {
        let mut body = wanted(&customer, 20, 0);
        merge(&mut body, fields);
        customer.call("queryHistoryChatMessage", body).await.json
    };
    let (from, to) = (time("message 4"), time("message 6"));
    let inside = span(json!({ "startTime": from.to_string(), "endTime": to.to_string() })).await;
    assert_eq!(contents(&inside), ["message 6", "message 5", "message 4"], "both ends are in it");
    assert_eq!(contents(&span(json!({ "startTime": time("message 9") })).await), ["message 10", "message 9"]);
    assert_eq!(contents(&span(json!({ "endTime": time("Welcome,welcome") })).await), ["Welcome,welcome"]);
    assert_eq!(contents(&span(json!({ "startTime": "", "endTime": null })).await).len(), 13);
    assert_eq!(contents(&span(json!({ "startTime": to, "endTime": from })).await), [""; 0]);
    server.clock.advance(Duration::from_mins(1));
    let later = server.clock.now().as_millis().to_string();
    assert_eq!(contents(&span(json!({ "startTime": later })).await), [""; 0]);
}

#[tokio::test]
async fn it_is_the_callers_own() {
    let server = Server::start().await;
    let (ann, bob) = (talkative(&server).await, server.customer("u-78").await);
    let own = bob.call("queryHistoryChatMessage", wanted(&bob, 20, 0)).await;
    assert_eq!(own.shown(), (200, json!({ "messageList": [], "resultCode": "0", "resultDesc": "success" })));
    let theirs = bob.call("queryHistoryChatMessage", wanted(&ann, 20, 0)).await;
    let (status, code, sentence) = theirs.failure();
    assert_eq!((status, code), (400, "RECEIVER_MISMATCH"));
    assert!(sentence.contains("`userId`"), "{sentence}");
    for (field, bad) in [("limit", json!("-1")), ("offset", json!("x")), ("startTime", json!("soon"))] {
        let mut body = wanted(&bob, 20, 0);
        body[field] = bad;
        let answer = bob.call("queryHistoryChatMessage", body).await;
        let (status, _, sentence) = answer.failure();
        assert_eq!((status, sentence.contains(&format!("`{field}`"))), (400, true), "{sentence}");
    }
}

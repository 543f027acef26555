//! feedbacksatisfaction: the customer's opinion of the robot's answers.

use frontdesk_core::entry::EntryBody;
use frontdesk_tests::kit::{Customer, Server, merge};
use serde_json::{Value, json};

async fn rate(customer: &Customer, fields: Value) -> (u16, Value) {
    let mut body = json!({ "feedback": 1, "feedbackContent": "", "from": "u-77", "interIdx": "1" });
    merge(&mut body, fields);
    customer.call("v1/robot/feedbacksatisfaction", body).await.shown()
}

fn result(code: &str, text: &str) -> (u16, Value) {
    (200, json!({ "resultCode": code, "resultDesc": text }))
}

#[tokio::test]
async fn an_answer_of_the_robot_is_rated_by_its_turn() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("CHAT", "Where is my order?").await;
    let turn = customer.drain().await[1]["interIdx"].clone();
    let saved = result("0", "success");
    assert_eq!(rate(&customer, json!({ "interIdx": turn })).await, saved);
    assert_eq!(rate(&customer, json!({ "feedback": 0, "feedbackContent": "wrong shop" })).await, saved);
    assert_eq!(rate(&customer, json!({ "feedback": "1", "interIdx": 1 })).await, saved);
    let stored: Vec<_> = server
        .stored("u-77")
        .await
        .into_iter()
        .filter_map(|body| match body {
            EntryBody::RatedRobot { turn, satisfied, comment } => Some((turn, satisfied, comment)),
            _ => None,
        })
        .collect();
    let turn = || "1".to_owned();
    let complaint = Some("wrong shop".to_owned());
    assert_eq!(stored, [(turn(), true, None), (turn(), false, complaint), (turn(), true, None)]);
    assert_eq!(
        rate(&customer, json!({ "feedback": 0 })).await,
        result("30000000008", "feedbackContent must not be empty when dissatisfied")
    );
}

#[tokio::test]
async fn what_the_robot_did_not_say_cannot_be_rated() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    let none = result("30000000019", "the current session is not a robot session");
    assert_eq!(rate(&customer, json!({})).await, none, "no session");
    customer.sends("CONNECT", "").await;
    for turn in ["0", "1", "2", "-1", "first"] {
        assert_eq!(rate(&customer, json!({ "interIdx": turn })).await, none, "{turn}");
    }
    customer.sends("CHAT", "Where is my order?").await;
    assert_eq!(rate(&customer, json!({ "interIdx": "1" })).await, result("0", "success"));
    assert_eq!(rate(&customer, json!({ "interIdx": "2" })).await, none);
}

#[tokio::test]
async fn bad_feedback_names_its_field() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    let bad = [
        ("feedback", json!(2)),
        ("feedback", json!("yes")),
        ("feedback", json!(null)),
        ("feedbackContent", json!("x".repeat(65))),
        ("from", json!(null)),
        ("from", json!("u-78")),
        ("interIdx", json!("")),
    ];
    for (field, value) in bad {
        let (status, body) = rate(&customer, json!({ field: value })).await;
        let sentence = body["exceptionInfo"].as_str().unwrap_or_default();
        assert_eq!((status, sentence.contains(&format!("`{field}`"))), (400, true), "{body}");
    }
}

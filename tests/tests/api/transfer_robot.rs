//! Passing a customer back to the robot.

use frontdesk_tests::kit::{Server, robot_says, shown};
use serde_json::{Value, json};

use super::desk::{Desk, asking, released, told};

#[tokio::test]
async fn the_robot_gets_the_customer_back_and_answers() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    customer.drain().await;
    customer.polled("cursor=latest&events=session&wait=0&deviceId=events").await;
    let conversation = alex.only_conversation().await;
    let (mut desk, _) = Desk::open(&alex).await;
    let passed = alex.act(&conversation, "transfer", json!({ "robot": true })).await;
    assert_eq!((passed.status.as_u16(), passed.text.as_str()), (204, ""));
    assert_eq!(told(&desk.next(5).await).last(), Some(&released("robot", "transferred")));
    assert_eq!(shown(&customer.drain().await), [robot_says("u-77", "You are talking to the robot again.")]);
    let answer = customer.polled("cursor=&events=session&wait=0&deviceId=events").await;
    let states: Vec<&Value> =
        answer.json["events"].as_array().unwrap().iter().map(|event| &event["data"]["state"]).collect();
    assert_eq!(states, ["robot"]);
    assert_eq!(
        (alex.held().await.len(), alex.say(&conversation, "wait").await.problem().1),
        (0, "NOT_YOURS")
    );
    let sent = customer.send("CHAT", "What are your opening hours?").await;
    assert_eq!(sent.code(), "0", "{}", sent.text);
    let messages = customer.drain().await;
    assert_eq!((messages.len(), &messages[0]["sourceType"]), (1, &json!("ROBOT")));
    // The same conversation goes on, and may come to an agent again.
    customer.sends("TRANS2AGENT", "").await;
    assert_eq!(alex.only_conversation().await, conversation);
}

#[tokio::test]
async fn a_channel_without_a_robot_has_none_to_pass_to() {
    let server = Server::start().await;
    server.change_channel(|channel| channel.robot = None).await;
    let alex = server.online("101").await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.drain().await;
    let conversation = alex.only_conversation().await;
    let transfer = async |body: Value| alex.act(&conversation, "transfer", body).await;
    assert_eq!(transfer(json!({ "robot": true })).await.problem(), (409, "NO_ROBOT", None));
    assert_eq!(transfer(json!({ "robot": false })).await.problem(), (400, "FIELD_INVALID", Some("queue")));
    let both = json!({ "robot": true, "queue": "support" });
    assert_eq!(transfer(both).await.problem(), (400, "FIELD_INVALID", Some("robot")));
    assert_eq!(transfer(json!({ "robot": "yes" })).await.problem(), (400, "BODY_INVALID", Some("robot")));
    assert_eq!(alex.only_conversation().await, conversation);
    assert_eq!(customer.drain_texts().await, [""; 0]);
}

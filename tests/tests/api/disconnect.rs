//! DISCONNECT, by the customer and by the agent.

use frontdesk_tests::kit::{Server, downlink, shown};
use serde_json::json;

#[tokio::test]
async fn a_customer_leaves_the_robot_the_queue_or_the_agent() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    let customer = server.customer("u-77").await;
    let leave = async |text: &str| {
        let answer = customer.send("DISCONNECT", "").await;
        assert_eq!(answer.shown(), (200, json!({ "resultCode": "0", "resultDesc": text })));
        assert_eq!(customer.send("DISCONNECT", "").await.code(), "5");
        let told = customer.drain().await;
        assert!(told.iter().all(|message| message["controlType"] == "CHAT"), "who leaves knows it");
    };
    customer.sends("CONNECT", "").await;
    leave("Disconnect robot successfully").await;

    agent.declare("busy").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    assert_eq!(agent.conversations("waiting").await.len(), 1);
    leave("disconnect successfully").await;
    assert_eq!(agent.conversations("waiting").await.len(), 0);
    agent.declare("online").await;
    assert_eq!(agent.held().await.len(), 0, "who left the queue is not served");

    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    let conversation = agent.only_conversation().await;
    leave("disconnect successfully").await;
    assert_eq!(agent.held().await.len(), 0);
    assert_eq!(agent.say(&conversation, "hello?").await.problem().0, 409);
}

#[tokio::test]
async fn the_customer_is_told_when_the_agent_ends() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    customer.drain().await;
    let conversation = agent.only_conversation().await;
    let ended = agent.act(&conversation, "end", json!({})).await;
    assert_eq!((ended.status.as_u16(), ended.text.as_str()), (204, ""));
    let told = json!({ "controlType": "DISCONNECT", "mediaType": null, "sourceType": "AGENT" });
    assert_eq!(shown(&customer.drain().await), [downlink("u-77", told)]);
    assert_eq!(customer.send("CHAT", "one more thing").await.code(), "5");
    customer.sends("CONNECT", "").await;
    assert_eq!(customer.drain_texts().await, ["Welcome,welcome"]);
}

//! A restart: everything that was acknowledged is still there.

use frontdesk_tests::kit::{Server, eventually};
use serde_json::json;

#[tokio::test]
async fn positions_conversations_tokens_and_sign_ins_survive() {
    let server = Server::start().await;
    let mut agent = server.online("101").await;
    let mut customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    let received = customer.drain_texts().await;
    assert_eq!(received, ["Welcome,welcome", "Transfer to manual labor", "Connected Agent"]);
    let conversation = agent.only_conversation().await;
    let cursor = agent.feed("", 0).await.json["cursor"].as_str().unwrap().to_owned();
    agent.say(&conversation, "before").await;

    let server = server.restart().await;
    agent.http = agent.http.at(&server.url);
    customer.http = customer.http.at(&server.url);
    assert_eq!(customer.drain_texts().await, ["before"], "what was received does not come again");
    assert_eq!(agent.only_conversation().await, conversation);
    assert_eq!(agent.say(&conversation, "after").await.status, 201);
    customer.sends("CHAT", "still here").await;
    assert_eq!(customer.drain_texts().await, ["after"]);
    let events = agent.feed(&cursor, 5).await.json["events"].clone();
    let said: Vec<&str> =
        events.as_array().unwrap().iter().filter_map(|event| event["message"]["content"].as_str()).collect();
    assert_eq!(said, ["before", "after", "still here"], "the feed goes on from its cursor");
    let history = customer.call("queryHistoryChatMessage", super::history::wanted(&customer, 100, 0)).await;
    assert_eq!(history.json["messageList"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn who_waits_goes_on_waiting_at_their_place() {
    let server = Server::start().await;
    let mut agent = server.agent("101").await;
    agent.declare("busy").await;
    for user in ["u-1", "u-2"] {
        let customer = server.customer(user).await;
        customer.sends("CONNECT", "").await;
        customer.sends("TRANS2AGENT", "").await;
    }
    let server = server.restart().await;
    agent.http = agent.http.at(&server.url);
    let waiting = agent.conversations("waiting").await;
    let users: Vec<_> = waiting.iter().map(|item| item["customer"]["userId"].clone()).collect();
    assert_eq!(users, ["u-1", "u-2"]);
    agent.declare("online").await;
    eventually("both are served", async || (agent.held().await.len() == 2).then_some(())).await;
    let customer = server.customer("u-1").await;
    assert_eq!(customer.drain_texts().await.last().unwrap(), "Connected Agent");
}

#[tokio::test]
async fn a_file_and_a_rating_survive() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let mut customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    let call = agent.conversations("mine").await[0]["callId"].clone();
    let body = json!({ "fileType": "txt", "channel": "WEB", "fileStream": "aGVsbG8=" });
    let key = customer.call("uploadFileStream", body).await.json["objectKey"].clone();
    let rating = json!({
        "channel": "WEB", "userId": "u-77", "evaluation": "4", "comment": "",
        "channelConfigId": frontdesk_tests::kit::CHANNEL,
    });
    assert_eq!(customer.call("saveSatisfaction", rating).await.code(), "0");
    let server = server.restart().await;
    customer.http = customer.http.at(&server.url);
    let found = customer
        .call("downloadFileStream", json!({ "fileId": key, "channel": "WEB", "fileType": "txt" }))
        .await;
    assert_eq!(found.json["fileStream"], "aGVsbG8=");
    let query = json!({ "callId": call, "beginTime": 0, "endTime": 9_000_000_000_000_i64 });
    let path = "/apiaccess/rest/cc-management/v1/satisfaction/query";
    let found = server.app().await.http.post(path, query).await;
    assert_eq!(found.json["satisfactionEvaluations"]["evaluationValue"], "4");
}

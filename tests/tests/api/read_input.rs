//! INPUT and READ, both ways.

use frontdesk_tests::kit::{Agent, Customer, Server, downlink, shown};
use serde_json::{Value, json};

async fn talking(server: &Server) -> (Customer, Agent, String) {
    let agent = server.online("101").await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    customer.drain().await;
    let conversation = agent.only_conversation().await;
    (customer, agent, conversation)
}

async fn sends_as(customer: &Customer, id: &str, content: &str) {
    let mut message = customer.message("CHAT", content);
    message["messageId"] = json!(id);
    let answer = customer.call("send", message).await;
    assert_eq!(answer.code(), "0", "{}", answer.text);
}

fn read_notices(messages: &[Value]) -> Vec<&Value> {
    messages.iter().filter(|message| message["controlType"] == "READ").collect()
}

#[tokio::test]
async fn typing_is_taken_and_says_nothing_to_the_customer() {
    let server = Server::start().await;
    let (customer, agent, conversation) = talking(&server).await;
    let answer = customer.send("INPUT", "").await;
    assert_eq!(
        answer.shown(),
        (200, json!({ "resultCode": "0", "resultDesc": "send input state successfully." }))
    );
    assert_eq!(customer.drain_texts().await, [""; 0]);
    assert_eq!(agent.heard(&conversation).await.last().unwrap().1, "Connected Agent");
}

#[tokio::test]
async fn what_the_agent_has_read_is_told_to_who_asks() {
    let server = Server::start().await;
    let (customer, agent, conversation) = talking(&server).await;
    sends_as(&customer, "m-1", "one").await;
    sends_as(&customer, "m-2", "two").await;
    let read = agent.act(&conversation, "read", json!({})).await;
    assert_eq!((read.status.as_u16(), read.text.as_str()), (204, ""));
    for query in ["wait=0", "wait=0&isNeedRead=false", "wait=0&isNeedRead=TRUE", "wait=0&isNeedRead=1"] {
        assert!(customer.poll_with(query).await.messages().is_empty(), "{query}");
    }
    let told = customer.poll_with("wait=0&isNeedRead=true").await.messages();
    let notice = json!({
        "controlType": "READ", "mediaType": null, "content": "m-1,m-2", "sourceType": "AGENT",
    });
    assert_eq!(shown(&told), [downlink("u-77", notice)]);

    // Only what is new is told the next time; reading nothing new tells nothing.
    agent.act(&conversation, "read", json!({})).await;
    sends_as(&customer, "m-3", "three").await;
    agent.act(&conversation, "read", json!({})).await;
    let told = customer.poll_with("wait=0&isNeedRead=true").await.messages();
    assert_eq!(read_notices(&told).iter().map(|notice| &notice["content"]).collect::<Vec<_>>(), ["m-3"]);
}

#[tokio::test]
async fn a_message_without_an_id_is_named_by_its_code() {
    let server = Server::start().await;
    let (customer, agent, conversation) = talking(&server).await;
    customer.sends("CHAT", "no id").await;
    agent.act(&conversation, "read", json!({})).await;
    let told = customer.poll_with("wait=0&isNeedRead=true").await.messages();
    let history = customer.call("queryHistoryChatMessage", super::history::wanted(&customer, 1, 0)).await;
    assert_eq!(history.json["messageList"][0]["content"], "no id");
    assert_eq!(told[0]["content"], history.json["messageList"][0]["messageCode"]);
}

#[tokio::test]
async fn what_the_customer_has_read_is_told_to_the_agent() {
    let server = Server::start().await;
    let (customer, agent, conversation) = talking(&server).await;
    let cursor = agent.feed("", 0).await.json["cursor"].as_str().unwrap().to_owned();
    agent.say(&conversation, "one").await;
    agent.say(&conversation, "two").await;
    let codes: Vec<String> = customer
        .drain()
        .await
        .iter()
        .map(|message| message["messageCode"].as_str().unwrap().to_owned())
        .collect();
    let answer = customer.send("READ", &codes.join(",")).await;
    assert_eq!(
        answer.shown(),
        (200, json!({ "resultCode": "0", "resultDesc": "send read state successfully." }))
    );
    let events = agent.feed(&cursor, 5).await.json["events"].clone();
    let read = events.as_array().unwrap().iter().find(|event| event["type"] == "read").expect("a notice");
    assert_eq!((&read["messageIds"], &read["conversationId"]), (&json!(codes), &json!(conversation)));
    assert!(customer.poll_with("wait=0&isNeedRead=true").await.messages().is_empty());
}

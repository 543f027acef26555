//! After-call work: what an agent still has to do, and how they end it.

use frontdesk_tests::kit::{Agent, Server, eventually};
use serde_json::{Value, json};

use super::routing::{asking, customers_of};

async fn with_wrap_up() -> (Server, Agent) {
    let server = Server::start().await;
    server.change_queue("support", |queue| queue.wrap_up = 3_600).await;
    server.change_agent("101", |agent| agent.capacity = 1).await;
    let alex = server.online("101").await;
    (server, alex)
}

async fn work_of(agent: &Agent) -> Vec<Value> {
    let status = agent.http.get("/api/v1/agent/status").await.json;
    status["afterCallWork"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_desk_is_told_of_after_call_work_and_can_end_it() {
    let (server, alex) = with_wrap_up().await;
    let bob = asking(&server, "bob", "en").await;
    let conversation = alex.only_conversation().await;
    let mut cursor = alex.feed("", 0).await.json["cursor"].as_str().unwrap().to_owned();
    bob.sends("DISCONNECT", "").await;
    let told = eventually("a state", async || {
        let answer = alex.feed(&cursor, 1).await.json;
        answer["events"].as_array().unwrap().iter().find(|event| event["type"] == "state").cloned()
    })
    .await;
    let work = told["afterCallWork"].as_array().unwrap();
    assert_eq!((work.len(), &work[0]["conversationId"], &told["held"]), (1, &json!(conversation), &json!(1)));
    assert!(work[0]["until"].as_i64().unwrap() > told["at"].as_i64().unwrap());
    assert_eq!(&work_of(&alex).await, work);
    asking(&server, "carol", "en").await;
    assert_eq!(alex.held().await, Vec::<String>::new(), "Alex has something to do");

    cursor = alex.feed("", 0).await.json["cursor"].as_str().unwrap().to_owned();
    let end = async || alex.act(&conversation, "wrap-up/end", json!({})).await.status;
    assert_eq!(end().await, 204);
    assert_eq!(customers_of(&alex).await, ["carol"]);
    assert_eq!(work_of(&alex).await, Vec::<Value>::new());
    assert_eq!(end().await, 204, "again, it changes nothing");
    let events = alex.feed(&cursor, 1).await.json["events"].as_array().unwrap().clone();
    assert!(events.iter().any(|event| event["type"] == "state" && event.get("afterCallWork").is_none()));
}

#[tokio::test]
async fn whom_an_agent_passes_on_leaves_nothing_to_do() {
    let (server, alex) = with_wrap_up().await;
    asking(&server, "bob", "en").await;
    let kim = server.online("102").await;
    let conversation = alex.only_conversation().await;
    let answer = alex.act(&conversation, "transfer", json!({ "queue": "support" })).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
    assert_eq!(customers_of(&kim).await, ["bob"]);
    assert_eq!(work_of(&alex).await, Vec::<Value>::new());
    asking(&server, "carol", "en").await;
    assert_eq!(customers_of(&alex).await, ["carol"], "there is room at once");
}

#[tokio::test]
async fn nobody_ends_the_work_of_others() {
    let (server, alex) = with_wrap_up().await;
    let bob = asking(&server, "bob", "en").await;
    let conversation = alex.only_conversation().await;
    bob.sends("DISCONNECT", "").await;
    eventually("after-call work", async || (work_of(&alex).await.len() == 1).then_some(())).await;
    let kim = server.agent("102").await;
    assert_eq!(kim.act(&conversation, "wrap-up/end", json!({})).await.status, 204);
    assert_eq!(work_of(&alex).await.len(), 1);
}

//! Canned replies.

use frontdesk_core::directory::{CannedReply, Item};
use frontdesk_core::id::{CannedReplyId, QueueId, TenantId};
use frontdesk_tests::kit::{Agent, Server};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/agent/canned-replies";

fn reply(id: &str, shortcut: &str, title: &str, text: &str) -> CannedReply {
    CannedReply {
        id: CannedReplyId::new(id).unwrap(),
        shortcut: shortcut.to_owned(),
        title: title.to_owned(),
        text: text.to_owned(),
        language: None,
        queues: Vec::new(),
    }
}

async fn configure(server: &Server, replies: Vec<CannedReply>) {
    let tenant = TenantId::new("demo").unwrap();
    let items = replies.into_iter().map(|reply| (tenant.clone(), Item::CannedReply(reply)));
    server.parts.store.put_items(items.collect(), Vec::new()).await.unwrap();
    server.parts.reload().await.unwrap();
}

async fn found(agent: &Agent, query: &str) -> Vec<Value> {
    let answer = agent.http.get(&format!("{PATH}?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["cannedReplies"].as_array().expect("a list").clone()
}

fn ids(replies: &[Value]) -> Vec<&str> {
    replies.iter().map(|reply| reply["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_demonstration_has_some_in_two_languages() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    let answer = agent.http.get(&format!("{PATH}?language=en_US&q=he")).await;
    assert_eq!(
        answer.shown(),
        (
            200,
            json!({ "cannedReplies": [{
                "id": "hello-en", "shortcut": "hello", "title": "Greeting", "language": "en",
                "text": "Hello {{customer.name|there}}, {{agent.nickname}} here. How can I help?",
            }] })
        )
    );
    assert_eq!(ids(&found(&agent, "language=zh").await), ["hello-zh", "order-zh"]);
    assert_eq!(found(&agent, "").await.len(), 4);
    assert_eq!(found(&agent, "language=fr").await.len(), 0);
}

#[tokio::test]
async fn shortcuts_come_before_titles() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    configure(
        &server,
        vec![
            reply("1", "zz-in", "Say no kindly", "No."),
            reply("2", "no-2", "Refusal", "No."),
            reply("3", "no", "Plain refusal", "No."),
            reply("4", "aa", "Nobody is there", "No."),
            reply("5", "NO-1", "Refusal", "No."),
            reply("6", "yes", "Agreement", "Not searched in texts"),
        ],
    )
    .await;
    assert_eq!(ids(&found(&agent, "q=No").await), ["3", "5", "2", "4", "1"]);
    assert_eq!(ids(&found(&agent, "q=%20no-1%20").await), ["5"]);
    assert_eq!(found(&agent, "q=%25").await.len(), 0, "nothing in it is a pattern");
}

#[tokio::test]
async fn agents_get_those_of_their_queues() {
    let server = Server::start().await;
    let (alex, boss) = (server.agent("101").await, server.agent("201").await);
    let of_queues = |id: &str, queues: &[&str]| CannedReply {
        queues: queues.iter().map(|queue| QueueId::new(queue).unwrap()).collect(),
        ..reply(id, "q-all", "x", "x")
    };
    configure(
        &server,
        vec![of_queues("a", &[]), of_queues("b", &["sales", "support"]), of_queues("c", &["sales"])],
    )
    .await;
    assert_eq!(ids(&found(&alex, "q=q-all").await), ["a", "b"]);
    assert_eq!(ids(&found(&boss, "q=q-all").await), ["a", "b", "c"]);
}

#[tokio::test]
async fn texts_are_filled_in_for_a_conversation() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    let customer = server.app().await.customer("{{agent.nickname}}", "en").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    let id = alex.only_conversation().await;
    let text = "{{customer.name|x}}; {{agent.nickname}}; {{queue.name}}; {{conversation.id}}; {{attributes.order}}; \
                {{attributes.size|no size}}; [{{attributes.none}}]";
    configure(&server, vec![reply("all", "q-all", "All", text)]).await;
    let path = format!("/api/v1/agent/conversations/{id}");
    let call = alex.http.get(&path).await.json["callId"].as_str().unwrap().to_owned();
    alex.http.patch(&path, json!({ "attributes": { "order": "{{x}} & <b>" } })).await;
    let rendered = found(&alex, &format!("q=q-all&conversation={id}")).await;
    let expected = format!("{{{{agent.nickname}}}}; Alex; Support; {call}; {{{{x}}}} & <b>; no size; []");
    assert_eq!((&rendered[0]["rendered"], &rendered[0]["text"]), (&json!(expected), &json!(text)));
    // What was filled in can be sent as it is.
    assert_eq!(alex.say(&id, &expected).await.status, 201);
    assert_eq!(found(&alex, "q=q-all").await[0].get("rendered"), None);
}

#[tokio::test]
async fn a_query_that_does_not_fit_says_which_field() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    for (field, query) in [
        ("q", format!("q={}", "x".repeat(101))),
        ("language", format!("language={}", "x".repeat(65))),
        ("conversation", "conversation=made-up".to_owned()),
    ] {
        let answer = agent.http.get(&format!("{PATH}?{query}")).await;
        assert_eq!(answer.problem(), (400, "FIELD_INVALID", Some(field)), "{query}");
    }
}

//! What customers asked in vain, what they rated badly, and what agents answered instead.

use frontdesk_tests::kit::{Agent, Customer, Server, eventually, hide};
use serde_json::{Value, json};

const SHOP: &str = "/api/v1/knowledge/shop";
const IN_VAIN: &str = "My zeppelin is stuck in a tree";

async fn list(editor: &Agent, path: &str, name: &str) -> Vec<Value> {
    let answer = editor.http.get(&format!("{SHOP}/{path}")).await;
    answer.json[name].as_array().unwrap_or_else(|| panic!("{}", answer.text)).clone()
}

/// The open questions, once there are so many.
async fn unanswered(editor: &Agent, count: usize) -> Vec<Value> {
    eventually("questions", async || {
        Some(list(editor, "unanswered", "questions").await).filter(|found| found.len() == count)
    })
    .await
}

async fn suggestions(editor: &Agent, count: usize) -> Vec<Value> {
    eventually("suggestions", async || {
        Some(list(editor, "suggestions", "suggestions").await).filter(|found| found.len() == count)
    })
    .await
}

async fn asks(server: &Server, user: &str, questions: &[&str]) -> Customer {
    let customer = server.customer(user).await;
    customer.sends("CONNECT", "").await;
    for question in questions {
        customer.sends("CHAT", question).await;
    }
    customer
}

/// A customer asks in vain, and an agent answers.
async fn helped(server: &Server, agent: &Agent, user: &str, question: &str, replies: &[&str]) {
    let customer = asks(server, user, &[question]).await;
    customer.sends("TRANS2AGENT", "").await;
    let conversation = eventually("a conversation", async || agent.held().await.pop()).await;
    for reply in replies {
        assert!(agent.say(&conversation, reply).await.status.is_success());
        customer.sends("CHAT", "I see").await;
    }
    agent.acts(&conversation, "end", json!({})).await;
}

const VARIES: [&str; 5] = ["id", "firstAt", "lastAt", "conversationId", "candidates"];

#[tokio::test]
async fn what_robots_cannot_answer_is_counted_and_taken_into_the_draft() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    asks(&server, "u-1", &["Where is my order?", IN_VAIN]).await;
    asks(&server, "u-2", &["my ZEPPELIN is stuck in a tree!!"]).await;
    let found = unanswered(&editor, 1).await;
    let found = match found[0]["count"].as_u64() {
        Some(2) => found[0].clone(),
        _ => {
            eventually("both", async || {
                unanswered(&editor, 1).await.pop().filter(|question| question["count"] == 2)
            })
            .await
        }
    };
    let expected = json!({
        "id": "[id]", "text": "my ZEPPELIN is stuck in a tree!!", "language": "en", "count": 2, "wantedAgent": 0,
        "firstAt": "[firstAt]", "lastAt": "[lastAt]", "conversationId": "[conversationId]", "hit": found["hit"],
        "candidates": "[candidates]", "state": "open",
    });
    assert_eq!(hide(&found, &VARIES), expected);
    // The reference leads to the conversation.
    let conversation = found["conversationId"].as_str().unwrap();
    let read = editor.http.get(&format!("/api/v1/agent/conversations/{conversation}")).await;
    assert_eq!(read.json["customer"]["userId"], "u-2", "{}", read.text);

    let id = found["id"].as_str().unwrap();
    let refused = editor.http.post(&format!("{SHOP}/unanswered/{id}/take"), json!({})).await;
    assert_eq!(refused.problem(), (400, "BODY_INVALID", Some("answer")));
    let body = json!({ "group": "stuck", "question": IN_VAIN, "answer": "Shake the tree." });
    let taken = editor.http.post(&format!("{SHOP}/unanswered/{id}/take"), body).await;
    let group = json!({
        "id": "stuck", "version": 2, "enabled": true, "tags": [],
        "texts": [{ "language": "en", "questions": [IN_VAIN], "answer": "Shake the tree." }],
    });
    assert_eq!(taken.shown(), (200, group));
    assert_eq!(list(&editor, "unanswered", "questions").await.len(), 0);
    let settled = &list(&editor, "unanswered?state=taken", "questions").await[0];
    assert_eq!((&settled["group"], &settled["decidedBy"]), (&json!("stuck"), &json!("201")));
    let publish = server.agent("901").await.http.post(&format!("{SHOP}/publish"), json!({})).await;
    assert_eq!(publish.status, 200);
    let customer = asks(&server, "u-3", &["my zeppelin is stuck in a tree"]).await;
    assert_eq!(customer.drain_texts().await.pop().as_deref(), Some("Shake the tree."));
}

#[tokio::test]
async fn a_question_that_is_dismissed_stays_away_until_it_is_opened_again() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    asks(&server, "u-1", &[IN_VAIN]).await;
    let found = unanswered(&editor, 1).await;
    let id = found[0]["id"].as_str().unwrap();
    let act = async |verb: &str| {
        editor.http.post(&format!("{SHOP}/unanswered/{id}/{verb}"), json!({})).await.status
    };
    assert_eq!(act("dismiss").await, 204);
    asks(&server, "u-2", &[IN_VAIN]).await;
    eventually("the second", async || {
        let dismissed = list(&editor, "unanswered?state=dismissed", "questions").await;
        dismissed.first().filter(|question| question["count"] == 2).map(|_| ())
    })
    .await;
    assert_eq!(list(&editor, "unanswered", "questions").await.len(), 0);
    assert_eq!(act("reopen").await, 204);
    assert_eq!(list(&editor, "unanswered?least=2&language=en", "questions").await.len(), 1);
    assert_eq!(list(&editor, "unanswered?least=3", "questions").await.len(), 0);
    assert_eq!(list(&editor, "unanswered?language=zh", "questions").await.len(), 0);
    let none = editor.http.post(&format!("{SHOP}/unanswered/made-up/dismiss"), json!({})).await;
    assert_eq!(none.problem(), (404, "NOT_FOUND", None));
}

#[tokio::test]
async fn an_answer_after_which_the_customer_wants_an_agent_counts_as_none() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    let customer = asks(&server, "u-1", &["Where is my order?"]).await;
    customer.sends("CHAT", "agent").await;
    let found = unanswered(&editor, 1).await;
    assert_eq!(found[0]["text"], "Where is my order?");
    assert_eq!((&found[0]["hit"], &found[0]["wantedAgent"]), (&json!("clear"), &json!(1)));
    assert_eq!(found[0]["candidates"][0]["group"], "order-tracking");
}

#[tokio::test]
async fn what_was_rated_badly_is_listed_until_the_customer_changes_their_mind() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    let customer = asks(&server, "u-1", &["Where is my order?", "Can I change my order?"]).await;
    let rate = async |turn: &str, feedback: u8, why: &str| {
        let body = json!({ "feedback": feedback, "feedbackContent": why, "from": "u-1", "interIdx": turn });
        assert_eq!(customer.call("v1/robot/feedbacksatisfaction", body).await.code(), "0");
    };
    rate("1", 0, "wrong shop").await;
    let rated = eventually("a rating", async || list(&editor, "badly-rated", "answers").await.pop()).await;
    let expected = json!({
        "question": "Where is my order?", "group": "order-tracking", "hit": "clear", "version": 1,
        "candidates": "[candidates]", "comment": "wrong shop", "language": "en", "at": "[at]",
        "conversationId": "[conversationId]", "wantedAgent": false,
    });
    assert_eq!(hide(&rated, &["candidates", "at", "conversationId"]), expected);
    rate("2", 1, "").await;
    rate("1", 1, "").await;
    eventually("another mind", async || {
        list(&editor, "badly-rated", "answers").await.is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_an_agent_answers_instead_is_suggested() {
    let server = Server::start().await;
    let (editor, agent) = (server.agent("201").await, server.online("101").await);
    let replies = ["Hello!", "Shake the tree, gently.", "Bye."];
    helped(&server, &agent, "u-1", IN_VAIN, &replies).await;
    helped(&server, &agent, "u-2", "MY zeppelin is stuck in a tree", &["Shake the tree, hard."]).await;
    let found =
        eventually("both", async || suggestions(&editor, 1).await.pop().filter(|found| found["count"] == 2))
            .await;
    let expected = json!({
        "id": "[id]", "question": "MY zeppelin is stuck in a tree", "answer": "Shake the tree, hard.",
        "language": "en", "agentId": "101", "count": 2, "lastAt": "[lastAt]",
        "conversationId": "[conversationId]", "state": "open",
    });
    assert_eq!(hide(&found, &VARIES), expected);
    let id = found["id"].as_str().unwrap();
    let approve =
        async |body: Value| editor.http.post(&format!("{SHOP}/suggestions/{id}/approve"), body).await;
    let approved = approve(json!({ "answer": "Shake the tree.", "question": IN_VAIN })).await;
    let group = json!({
        "id": "my-zeppelin-is-stuck-in-a-tree", "version": 2, "enabled": true, "tags": [],
        "texts": [{ "language": "en", "questions": [IN_VAIN], "answer": "Shake the tree." }],
    });
    assert_eq!(approved.shown(), (200, group));
    assert_eq!(approve(json!({})).await.problem(), (409, "DECIDED", None));
    let reject = editor.http.post(&format!("{SHOP}/suggestions/{id}/reject"), json!({})).await;
    assert_eq!(reject.problem(), (409, "DECIDED", None));
    assert_eq!(editor.http.get(SHOP).await.json["changes"], 1);
    let approved = list(&editor, "suggestions?state=approved", "suggestions").await;
    assert_eq!((approved.len(), &approved[0]["decidedBy"]), (1, &json!("201")));
}

#[tokio::test]
async fn a_suggestion_that_was_rejected_is_not_made_again() {
    let server = Server::start().await;
    let (editor, agent) = (server.agent("201").await, server.online("101").await);
    helped(&server, &agent, "u-1", IN_VAIN, &["No idea."]).await;
    let id = suggestions(&editor, 1).await[0]["id"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        let rejected = editor.http.post(&format!("{SHOP}/suggestions/{id}/reject"), json!({})).await;
        assert_eq!(rejected.status, 204, "{}", rejected.text);
    }
    helped(&server, &agent, "u-2", IN_VAIN, &["Still no idea."]).await;
    eventually("the second", async || {
        let rejected = list(&editor, "suggestions?state=rejected", "suggestions").await;
        rejected.first().filter(|found| found["count"] == 2).map(|_| ())
    })
    .await;
    assert_eq!(list(&editor, "suggestions", "suggestions").await.len(), 0);
}

#[tokio::test]
async fn what_a_crash_left_undone_is_learned_later() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    server.store.fail("learn", 1);
    asks(&server, "u-1", &[IN_VAIN]).await;
    server.clock.advance(std::time::Duration::from_secs(3));
    assert_eq!(unanswered(&editor, 1).await[0]["count"], 1);
}

//! Two agents answer at once (pain 32): who has not seen what a colleague wrote is asked first.

use frontdesk_tests::kit::{Agent, Answer, Customer, Server, soon};
use serde_json::{Value, json};

async fn asking(server: &Server, user: &str) -> Customer {
    let customer = server.customer(user).await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    customer.sends("CHAT", "hello?").await;
    customer
}

async fn answer(agent: &Agent, conversation: &str, text: &str, more: Value) -> Answer {
    let mut body = json!({ "mediaType": "TEXT", "content": text });
    frontdesk_tests::kit::merge(&mut body, more);
    agent.act(conversation, "messages", body).await
}

async fn messages(agent: &Agent, conversation: &str) -> Vec<Value> {
    let answer = agent.http.get(&format!("/api/v1/agent/conversations/{conversation}/messages")).await;
    answer.json["messages"].as_array().expect("a list").clone()
}

/// The number of the last message.
async fn last_seen(agent: &Agent, conversation: &str) -> u64 {
    messages(agent, conversation).await.last().unwrap()["seq"].as_u64().unwrap()
}

#[tokio::test]
async fn a_colleagues_newer_message_asks_first() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    let kim = server.online("102").await;
    let conversation = alex.only_conversation().await;
    customer.drain().await;
    // Both look at the customer's question. One answers and hands over before the other has sent theirs.
    let seen = last_seen(&kim, &conversation).await;
    let first = answer(&alex, &conversation, "It arrives today.", json!({ "lastSeen": seen })).await;
    assert_eq!(first.status, 201, "{}", first.text);
    assert_eq!(alex.act(&conversation, "transfer", json!({ "agentId": "102" })).await.status, 204);

    let refused = answer(&kim, &conversation, "It is lost.", json!({ "lastSeen": seen })).await;
    let now = refused.json["lastSeen"].clone();
    assert_eq!(
        refused.shown(),
        (
            409,
            json!({
                "type": "about:blank", "title": "Not possible now", "status": 409, "code": "NEWER_MESSAGE",
                "detail": "A colleague wrote, or the conversation was handed over, after what you have seen.",
                "messageIds": [first.json["id"]], "lastSeen": now,
            })
        )
    );
    assert_eq!(customer.drain_texts().await, ["It arrives today.", "Connected Agent"], "nothing was sent");
    let sent = answer(&kim, &conversation, "As my colleague says.", json!({ "lastSeen": now })).await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    assert_eq!(customer.drain_texts().await, ["As my colleague says."]);
    let forced = answer(&kim, &conversation, "Really.", json!({ "lastSeen": seen, "force": true })).await;
    assert_eq!(forced.status, 201, "{}", forced.text);
    let unasked = answer(&kim, &conversation, "Good day.", json!({})).await;
    assert_eq!(unasked.status, 201, "who does not say what they have seen is not asked");
}

#[tokio::test]
async fn customers_and_ones_own_messages_ask_nothing() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    let conversation = alex.only_conversation().await;
    let seen = last_seen(&alex, &conversation).await;
    for text in ["one", "two"] {
        customer.sends("CHAT", "and?").await;
        let sent = answer(&alex, &conversation, text, json!({ "lastSeen": seen })).await;
        assert_eq!(sent.status, 201, "{}", sent.text);
    }
    // The other desk of the same agent, whose place in the list is older.
    let other = server.agent("101").await;
    assert_eq!(answer(&other, &conversation, "three", json!({ "lastSeen": seen })).await.status, 201);
}

#[tokio::test]
async fn a_hand_over_asks_first_also_when_it_came_back() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    asking(&server, "u-77").await;
    let conversation = alex.only_conversation().await;
    let seen = last_seen(&alex, &conversation).await;
    assert_eq!(alex.act(&conversation, "transfer", json!({ "queue": "support" })).await.status, 204);
    assert_eq!(alex.only_conversation().await, conversation, "nobody else is there");
    let refused = answer(&alex, &conversation, "hello", json!({ "lastSeen": seen })).await;
    assert_eq!(refused.problem(), (409, "NEWER_MESSAGE", None));
    assert_eq!(refused.json.get("messageIds"), None, "no colleague wrote");
    let seen = refused.json["lastSeen"].clone();
    assert_eq!(answer(&alex, &conversation, "hello", json!({ "lastSeen": seen })).await.status, 201);
}

#[tokio::test]
async fn what_comes_between_looking_and_writing_is_looked_at_again() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    let conversation = alex.only_conversation().await;
    let seen = last_seen(&alex, &conversation).await;
    let gate = server.store.hold_back("read");
    let sending = {
        let (alex, conversation) = (alex.clone(), conversation.clone());
        tokio::task::spawn(async move {
            answer(&alex, &conversation, "an answer", json!({ "lastSeen": seen })).await
        })
    };
    // The log was read and nothing was newer; now it is handed over and comes back.
    soon("the read", gate.reached()).await;
    customer.sends("CHAT", "one more thing").await;
    assert_eq!(alex.act(&conversation, "transfer", json!({ "queue": "support" })).await.status, 204);
    gate.open();
    let refused = soon("an answer", sending).await.unwrap();
    assert_eq!(refused.problem(), (409, "NEWER_MESSAGE", None));

    // A customer's message in between only makes it look again.
    let seen = refused.json["lastSeen"].clone();
    let gate = server.store.hold_back("read");
    let sending = {
        let (alex, conversation) = (alex.clone(), conversation.clone());
        tokio::task::spawn(async move {
            answer(&alex, &conversation, "an answer", json!({ "lastSeen": seen })).await
        })
    };
    soon("the read", gate.reached()).await;
    customer.sends("CHAT", "and another").await;
    gate.open();
    assert_eq!(soon("an answer", sending).await.unwrap().status, 201);
    let texts: Vec<Value> =
        messages(&alex, &conversation).await.iter().map(|one| one["content"].clone()).collect();
    assert_eq!(texts[texts.len() - 2..], ["and another", "an answer"]);
}

#[tokio::test]
async fn an_answer_sent_again_is_sent_once() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    customer.drain().await;
    let conversation = alex.only_conversation().await;
    let seen = last_seen(&alex, &conversation).await;
    let named = || json!({ "messageId": "a-1", "lastSeen": seen });
    let first = answer(&alex, &conversation, "once", named()).await;
    let again = answer(&alex, &conversation, "once", named()).await;
    assert_eq!((first.status.as_u16(), &first.json), (201, &again.json));
    let other = answer(&alex, &conversation, "twice", named()).await;
    assert_eq!(other.problem(), (400, "IDEMPOTENCY_MISMATCH", Some("messageId")));
    customer.sends("DISCONNECT", "").await;
    let late = answer(&alex, &conversation, "once", named()).await;
    assert_eq!((late.status.as_u16(), &late.json), (201, &first.json), "it was said, whatever came since");
    assert_eq!(customer.drain_texts().await, ["once"]);
}

#[tokio::test]
async fn a_number_that_cannot_be_is_refused() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    asking(&server, "u-77").await;
    let conversation = alex.only_conversation().await;
    let seen = last_seen(&alex, &conversation).await;
    for bad in [json!(-1), json!(seen + 1), json!(i64::MAX)] {
        let refused = answer(&alex, &conversation, "hello", json!({ "lastSeen": bad })).await;
        assert_eq!(refused.problem(), (400, "FIELD_INVALID", Some("lastSeen")), "{bad}");
    }
    assert_eq!(
        answer(&alex, &conversation, "hello", json!({ "lastSeen": seen.to_string() })).await.status,
        201
    );
    let zero = answer(&alex, &conversation, "hello", json!({ "lastSeen": 0 })).await;
    assert_eq!(zero.problem(), (409, "NEWER_MESSAGE", None), "who saw nothing has not seen the hand-over");
}

//! Notes between agents, and mentions.

use frontdesk_tests::kit::receivers::{Inbox, Transport, Wish, receive_until};
use frontdesk_tests::kit::{Agent, Answer, CHANNEL, Customer, Server, hide};
use serde_json::{Value, json};

const SECRET: &str = "between us: zebra-4711";

async fn asking(server: &Server, user: &str) -> Customer {
    let customer = server.customer(user).await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    customer
}

async fn note(agent: &Agent, conversation: &str, body: Value) -> Answer {
    agent.act(conversation, "notes", body).await
}

async fn notes(agent: &Agent, conversation: &str) -> Vec<String> {
    let answer = agent.http.get(&format!("/api/v1/agent/conversations/{conversation}/notes")).await;
    let list = answer.json["notes"].as_array().expect("a list of notes").clone();
    list.iter().map(|note| note["text"].as_str().unwrap().to_owned()).collect()
}

/// An agent who serves no queue, so sees nothing of the shop's customers.
async fn outsider(server: &Server, id: &str) -> Agent {
    server
        .change_agent(id, |agent| {
            "Noor".clone_into(&mut agent.nickname);
            agent.queues.clear();
        })
        .await;
    Agent::sign_in(&server.anybody(), "demo", id, "demo-101").await
}

async fn events(agent: &Agent, cursor: &mut String, wait: u32) -> Vec<Value> {
    let answer = agent.feed(cursor, wait).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["cursor"].as_str().unwrap().clone_into(cursor);
    answer.json["events"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_note_is_answered_whole_and_read_by_whoever_may_see_the_conversation() {
    let server = Server::start().await;
    let (alex, kim, boss) =
        (server.online("101").await, server.agent("102").await, server.agent("201").await);
    asking(&server, "u-77").await;
    let conversation = alex.only_conversation().await;
    let written =
        note(&kim, &conversation, json!({ "text": "Her third lost parcel.", "mentions": [] })).await;
    let shown = json!({
        "id": written.json["id"], "seq": "[seq]", "at": "[at]",
        "author": { "kind": "agent", "id": "102", "name": "Kim" }, "text": "Her third lost parcel.",
    });
    assert_eq!((written.status.as_u16(), hide(&written.json, &["seq", "at"])), (201, shown.clone()));
    for agent in [&alex, &kim, &boss] {
        let listed = agent.http.get(&format!("/api/v1/agent/conversations/{conversation}/notes")).await;
        assert_eq!(
            (listed.status.as_u16(), hide(&listed.json, &["seq", "at"])),
            (200, json!({ "notes": [shown.clone()] }))
        );
    }
    let heard = alex.heard(&conversation).await;
    assert!(heard.iter().all(|(_, text)| !text.contains("parcel")), "a note is no message: {heard:?}");
    let made_up = note(&alex, "made-up", json!({ "text": "x" })).await;
    assert_eq!(made_up.problem(), (404, "NOT_FOUND", None));
    let recall = format!("messages/{}/recall", written.json["id"].as_str().unwrap());
    assert_eq!(
        kim.act(&conversation, &recall, json!({})).await.problem().0,
        404,
        "nor can it be recalled as one"
    );
}

#[tokio::test]
async fn customers_never_see_a_note() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    let conversation = alex.only_conversation().await;
    let start =
        customer.poll_with("wait=0&cursor=earliest&deviceId=witness&limit=1").await.json["nextCursor"]
            .clone();
    for mentions in [json!([]), json!(["102"])] {
        let written = note(&alex, &conversation, json!({ "text": SECRET, "mentions": mentions })).await;
        assert_eq!(written.status, 201, "{}", written.text);
    }
    alex.http
        .patch(&format!("/api/v1/agent/conversations/{conversation}"), json!({ "tags": [SECRET] }))
        .await;
    alex.say(&conversation, "the last word").await;
    for transport in Transport::ALL {
        let wish = Wish { need_read: true, ..Wish::of_device(&format!("{transport:?}")) };
        let wish = wish.at(start.as_str().unwrap()).with_events("read,typing,queue,session,self");
        let mut receiver = transport.open(&customer, &wish).await;
        let mut inbox = Inbox::default();
        receive_until(&mut *receiver, &mut inbox, "the last word", |inbox| {
            inbox.texts().contains(&"the last word")
        })
        .await;
        assert!(!format!("{inbox:?}").contains("zebra"), "{transport:?}: {inbox:?}");
    }
    let history = json!({
        "userId": "u-77", "channelId": CHANNEL, "limit": "100", "offset": "0", "channel": "WEB",
    });
    let history = customer.call("queryHistoryChatMessage", history).await;
    assert!(history.text.contains("the last word") && !history.text.contains("zebra"), "{}", history.text);
    // A held poll is not even woken by it: it ends with nothing.
    customer.drain().await;
    let (held, _) = tokio::join!(customer.poll(), note(&alex, &conversation, json!({ "text": SECRET })));
    assert_eq!(held.texts(), [""; 0]);
}

#[tokio::test]
async fn a_note_can_still_be_written_when_the_conversation_is_over() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    let first = alex.only_conversation().await;
    note(&alex, &first, json!({ "text": "before" })).await;
    customer.sends("DISCONNECT", "").await;
    assert_eq!(note(&alex, &first, json!({ "text": "after" })).await.status, 201);
    asking(&server, "u-77").await;
    let second = alex.only_conversation().await;
    note(&alex, &second, json!({ "text": "of the second" })).await;
    assert_eq!(note(&alex, &first, json!({ "text": "much later" })).await.status, 201);
    assert_eq!(notes(&alex, &first).await, ["before", "after", "much later"]);
    assert_eq!(notes(&alex, &second).await, ["of the second"]);
    let heard = alex.heard(&first).await;
    assert_eq!(heard.last().unwrap().1, "Connected Agent", "messages stay those of the conversation");
}

#[tokio::test]
async fn a_note_sent_again_is_written_once() {
    let server = Server::start().await;
    let (alex, kim) = (server.online("101").await, server.agent("102").await);
    let customer = asking(&server, "u-77").await;
    let conversation = alex.only_conversation().await;
    let body = json!({ "text": "once", "mentions": ["102"], "messageId": "n-1" });
    let first = note(&alex, &conversation, body.clone()).await;
    customer.sends("DISCONNECT", "").await;
    let again = note(&alex, &conversation, body).await;
    assert_eq!((first.status, &first.json), (again.status, &again.json));
    let other = note(&alex, &conversation, json!({ "text": "other", "messageId": "n-1" })).await;
    assert_eq!(other.problem(), (400, "IDEMPOTENCY_MISMATCH", Some("messageId")));
    let hers = note(&kim, &conversation, json!({ "text": "Kim's own", "messageId": "n-1" })).await;
    assert_eq!(hers.status, 201, "another agent's ids are their own");
    assert_eq!(notes(&alex, &conversation).await, ["once", "Kim's own"]);
}

#[tokio::test]
async fn who_is_mentioned_is_told_once_and_may_see_the_conversation() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    let noor = outsider(&server, "104").await;
    asking(&server, "u-77").await;
    let conversation = alex.only_conversation().await;
    let (mut hers, mut his) = (String::new(), String::new());
    assert_eq!(events(&noor, &mut hers, 0).await, [] as [Value; 0]);
    events(&alex, &mut his, 0).await;
    let path = format!("/api/v1/agent/conversations/{conversation}");
    for hidden in [path.clone(), format!("{path}/notes"), format!("{path}/messages")] {
        assert_eq!(noor.http.get(&hidden).await.problem(), (404, "NOT_FOUND", None), "{hidden}");
    }
    let body = json!({ "text": "Noor, you know this.", "mentions": ["104", "104"], "messageId": "n-1" });
    let written = note(&alex, &conversation, body.clone()).await;
    note(&alex, &conversation, body).await;
    assert_eq!(written.json["mentions"], json!(["104"]));
    let told = events(&noor, &mut hers, 5).await;
    let names = ["at", "opened", "openedAt", "callId"];
    assert_eq!(
        hide(&json!(told), &names),
        json!([{
            "type": "mentioned", "at": "[at]", "conversationId": conversation,
            "conversation": hide(&noor.http.get(&path).await.json, &names),
            "note": hide(&written.json, &names),
        }])
    );
    assert_eq!(notes(&noor, &conversation).await, ["Noor, you know this."]);
    assert_eq!(note(&noor, &conversation, json!({ "text": "I do." })).await.status, 201);
    assert_eq!(events(&noor, &mut hers, 0).await, [] as [Value; 0], "once");
    assert_eq!(
        noor.say(&conversation, "hello").await.problem(),
        (409, "NOT_YOURS", None),
        "seeing is not holding"
    );
    let at_his = events(&alex, &mut his, 0).await;
    let of_notes: Vec<&Value> =
        at_his.iter().filter(|event| event["type"] == "note").map(|event| &event["note"]["text"]).collect();
    assert_eq!(of_notes, ["Noor, you know this.", "I do."], "who holds it is told of every note: {at_his:?}");
}

#[tokio::test]
async fn a_note_that_does_not_fit_says_which_field() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    asking(&server, "u-77").await;
    let conversation = alex.only_conversation().await;
    for (field, body) in [
        ("text", json!({})),
        ("text", json!({ "text": "" })),
        ("text", json!({ "text": "三".repeat(4_001) })),
        ("mentions", json!({ "text": "x", "mentions": ["102", "999"] })),
        ("mentions", json!({ "text": "x", "mentions": [""] })),
        ("messageId", json!({ "text": "x", "messageId": "x".repeat(33) })),
    ] {
        let answer = note(&alex, &conversation, body.clone()).await;
        assert_eq!(answer.problem(), (400, "FIELD_INVALID", Some(field)), "{body}");
    }
    let unknown = note(&alex, &conversation, json!({ "text": "x", "mentions": ["999"] })).await;
    assert_eq!(unknown.json["detail"], "`mentions` names no agent with \"999\"");
    assert_eq!(notes(&alex, &conversation).await, [""; 0]);
}

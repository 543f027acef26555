//! Tags, priority, attributes and disposition of a conversation.

use frontdesk_tests::kit::{Agent, Answer, Customer, Server, hide};
use serde_json::{Value, json};

async fn asking(server: &Server, user: &str) -> Customer {
    let customer = server.customer(user).await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    customer
}

fn path(conversation: &str) -> String {
    format!("/api/v1/agent/conversations/{conversation}")
}

async fn label(agent: &Agent, conversation: &str, patch: Value) -> Answer {
    agent.http.patch(&path(conversation), patch).await
}

/// What is on a conversation.
fn labels(conversation: &Value) -> Value {
    let fields = ["tags", "priority", "attributes", "disposition"];
    let fields = fields.iter().filter_map(|name| Some((*name, conversation.get(name)?.clone())));
    fields.map(|(name, value)| (name.to_owned(), value)).collect::<serde_json::Map<_, _>>().into()
}

#[tokio::test]
async fn a_conversation_is_changed_field_by_field_and_answered_whole() {
    let server = Server::start().await;
    let (alex, kim) = (server.online("101").await, server.agent("102").await);
    asking(&server, "u-77").await;
    let id = alex.only_conversation().await;
    let all = json!({
        "tags": ["vip", " refund ", "vip"], "priority": "urgent",
        "attributes": { "order": "4711", "size": "L" }, "disposition": "follow-up",
    });
    let answer = label(&alex, &id, all).await;
    let whole = json!({
        "id": id, "callId": "[callId]", "channel": "WEB", "channelId": "1011577355744904195",
        "customer": { "userId": "u-77", "name": "u-77", "locale": "en" }, "control": "agent", "agentId": "101",
        "state": "open", "openedAt": "[openedAt]", "tags": ["refund", "vip"], "priority": "urgent",
        "attributes": { "order": "4711", "size": "L" }, "disposition": "follow-up", "role": "holder",
    });
    let mut shown = hide(&answer.json, &["callId", "openedAt"]);
    let last = shown.as_object_mut().unwrap().remove("lastMessage").unwrap();
    assert_eq!((answer.status.as_u16(), shown, &last["content"]), (200, whole, &json!("Connected Agent")));
    let mut of_nobody = answer.json.clone();
    of_nobody.as_object_mut().unwrap().remove("role");
    assert_eq!(kim.http.get(&path(&id)).await.json, of_nobody, "and so it is read");
    let listed = alex.conversations("mine").await;
    assert_eq!(listed, std::slice::from_ref(&answer.json));

    // What is absent stays, what is null goes, also by somebody who does not hold it.
    let patch = json!({ "attributes": { "size": null, "colour": "red" }, "disposition": null });
    assert_eq!(
        labels(&label(&kim, &id, patch).await.json),
        json!({
            "tags": ["refund", "vip"], "priority": "urgent", "attributes": { "order": "4711", "colour": "red" },
        })
    );
    let patch = json!({ "tags": null, "priority": null, "attributes": null });
    assert_eq!(labels(&label(&alex, &id, patch).await.json), json!({}));
    assert_eq!(labels(&label(&alex, &id, json!({})).await.json), json!({}));
    let nothing = label(&alex, "made-up", json!({ "tags": ["x"] })).await;
    assert_eq!(nothing.problem(), (404, "NOT_FOUND", None));
}

#[tokio::test]
async fn who_holds_a_conversation_is_told_what_became_different() {
    let server = Server::start().await;
    let (alex, kim) = (server.online("101").await, server.agent("102").await);
    asking(&server, "u-77").await;
    let id = alex.only_conversation().await;
    label(&alex, &id, json!({ "tags": ["vip"], "attributes": { "size": "L" } })).await;
    let cursor = alex.feed("", 0).await.json["cursor"].as_str().unwrap().to_owned();
    let cursor = alex.feed(&cursor, 0).await.json["cursor"].as_str().unwrap().to_owned();
    let patch = json!({
        "tags": ["vip"], "priority": "high", "attributes": { "size": null, "order": "1" }, "disposition": null,
    });
    label(&kim, &id, patch.clone()).await;
    label(&kim, &id, patch).await;
    let told = alex.feed(&cursor, 5).await;
    assert_eq!(
        hide(&told.json["events"], &["at"]),
        json!([{
            "type": "labelled", "at": "[at]", "conversationId": id, "agentId": "102",
            "changes": { "priority": "high", "attributes": { "size": null, "order": "1" } },
        }]),
        "what was so before is no news, and the second time nothing changed"
    );
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_field_and_changes_nothing() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    asking(&server, "u-77").await;
    let id = alex.only_conversation().await;
    let attributes = |count: usize| -> Value {
        let all =
            (0..count).map(|number| (format!("key {number}"), json!("x"))).collect::<serde_json::Map<_, _>>();
        json!({ "attributes": all })
    };
    assert_eq!(label(&alex, &id, attributes(50)).await.status, 200);
    for (field, patch) in [
        ("priority", json!({ "priority": "asap" })),
        ("priority", json!({ "priority": 7 })),
        ("tags", json!({ "tags": [""] })),
        ("tags", json!({ "tags": ["x".repeat(65)] })),
        ("tags", json!({ "tags": (0..21).map(|number| number.to_string()).collect::<Vec<_>>() })),
        ("disposition", json!({ "disposition": "sold" })),
        ("attributes", json!({ "attributes": { "": "x" } })),
        ("attributes", json!({ "attributes": { "x".repeat(65): "x" } })),
        ("attributes", json!({ "attributes": { "key": "x".repeat(1_001) } })),
        ("attributes", json!({ "attributes": { "one more": "x" } })),
    ] {
        let answer = label(&alex, &id, patch.clone()).await;
        assert_eq!(answer.problem(), (400, "FIELD_INVALID", Some(field)), "{patch}");
    }
    for patch in [json!({ "tags": "vip" }), json!({ "attributes": { "key": {} } })] {
        let answer = label(&alex, &id, patch.clone()).await;
        assert_eq!((answer.problem().0, answer.problem().1), (400, "BODY_INVALID"), "{patch}");
    }
    let whole = alex.http.get(&path(&id)).await.json;
    assert_eq!(whole["attributes"].as_object().unwrap().len(), 50);
    assert_eq!(
        (&whole["tags"], &whole["priority"], &whole["disposition"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn changes_at_the_same_time_are_all_kept() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    let id = alex.only_conversation().await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..8 {
        let (alex, id) = (alex.clone(), id.clone());
        tasks.spawn(async move {
            let patch = json!({ "attributes": { format!("key {number}"): "x" } });
            assert_eq!(label(&alex, &id, patch).await.status, 200);
        });
    }
    customer.sends("CHAT", "hello").await;
    tasks.join_all().await;
    let whole = alex.http.get(&path(&id)).await.json;
    assert_eq!(whole["attributes"].as_object().unwrap().len(), 8, "{whole}");
}

#[tokio::test]
async fn lists_are_filtered_by_what_is_on_conversations() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    let mut ids = Vec::new();
    for (user, patch) in [
        ("u-1", json!({ "tags": ["refund"], "disposition": "solved" })),
        ("u-2", json!({ "tags": ["refund", "vip"], "priority": "high" })),
        ("u-3", json!({ "disposition": "solved" })),
    ] {
        let customer = asking(&server, user).await;
        let held = alex.conversations("mine").await;
        let id = held.iter().find(|held| held["customer"]["userId"] == user).unwrap()["id"].clone();
        ids.push((customer, id.as_str().unwrap().to_owned()));
        assert_eq!(label(&alex, id.as_str().unwrap(), patch).await.status, 200);
    }
    let users = async |query: &str| {
        let answer = alex.http.get(&format!("/api/v1/agent/conversations?{query}")).await;
        let list = answer.json["conversations"].as_array().expect("a list").clone();
        list.iter().map(|one| one["customer"]["userId"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(users("tag=refund").await, ["u-1", "u-2"]);
    assert_eq!(users("tag=refund&priority=high").await, ["u-2"]);
    assert_eq!(users("priority=normal").await, ["u-1", "u-3"]);
    assert_eq!(users("scope=all&disposition=solved").await, ["u-1", "u-3"]);
    assert_eq!(users("scope=waiting&tag=refund").await, [""; 0]);
    assert_eq!(users("scope=ended").await, [""; 0]);
    for (customer, _) in &ids {
        customer.sends("DISCONNECT", "").await;
    }
    assert_eq!(users("scope=ended").await, ["u-3", "u-2", "u-1"], "the one opened last first");
    assert_eq!(users("scope=ended&tag=refund").await, ["u-2", "u-1"]);
    assert_eq!(users("scope=ended&disposition=solved").await, ["u-3", "u-1"]);
    // What comes of it is often said when it is over.
    assert_eq!(label(&alex, &ids[1].1, json!({ "disposition": "solved" })).await.json["state"], "ended");
    assert_eq!(users("scope=ended&disposition=solved&tag=vip").await, ["u-2"]);
    for (field, query) in
        [("tag", "tag=%20"), ("priority", "priority=asap"), ("disposition", "disposition=%0A")]
    {
        let answer = alex.http.get(&format!("/api/v1/agent/conversations?{query}")).await;
        assert_eq!(answer.problem(), (400, "FIELD_INVALID", Some(field)));
    }
}

#[tokio::test]
async fn an_ended_conversation_shows_its_own_last_message() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    let first = alex.only_conversation().await;
    customer.sends("CHAT", "of the first").await;
    customer.sends("DISCONNECT", "").await;
    server.clock.advance(std::time::Duration::from_secs(1));
    let customer = asking(&server, "u-77").await;
    customer.sends("CHAT", "of the second").await;
    assert_eq!(alex.http.get(&path(&first)).await.json["lastMessage"]["content"], "of the first");
}

#[tokio::test]
async fn where_it_is_wanted_a_conversation_ends_with_a_disposition() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    server.change_channel(|channel| channel.disposition_required = true).await;
    let customer = asking(&server, "u-77").await;
    let id = alex.only_conversation().await;
    let refused = alex.act(&id, "end", json!({})).await;
    assert_eq!(refused.problem(), (409, "DISPOSITION_REQUIRED", None));
    label(&alex, &id, json!({ "disposition": "solved" })).await;
    assert_eq!(alex.act(&id, "end", json!({})).await.status, 204);
    // Who leaves is not held up.
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    customer.sends("DISCONNECT", "").await;
    assert_eq!(alex.held().await, [""; 0]);
}

#[tokio::test]
async fn labels_survive_a_restart() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    asking(&server, "u-77").await;
    let id = alex.only_conversation().await;
    let before = label(&alex, &id, json!({ "tags": ["vip"], "priority": "low" })).await;
    let server = server.restart().await;
    let alex = server.agent("101").await;
    assert_eq!(alex.http.get(&path(&id)).await.json, before.json);
}

#[tokio::test]
async fn the_most_urgent_is_served_first_and_of_equals_the_one_who_came_first() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    server.change_agent("101", |agent| agent.capacity = 1).await;
    let mut waiting = Vec::new();
    for user in ["first", "early", "late", "later"] {
        let customer = asking(&server, user).await;
        server.clock.advance(std::time::Duration::from_secs(1));
        waiting.push(customer);
    }
    let of = async |user: &str| {
        let listed = alex.conversations("all").await;
        let found = listed.iter().find(|conversation| conversation["customer"]["userId"] == user);
        found.unwrap()["id"].as_str().unwrap().to_owned()
    };
    label(&alex, &of("late").await, json!({ "priority": "urgent" })).await;
    label(&alex, &of("early").await, json!({ "priority": "low" })).await;
    let place = async |place: usize, user: &str| {
        let question =
            json!({ "userId": user, "channelConfigId": frontdesk_tests::kit::CHANNEL, "channel": "WEB" });
        waiting[place].call("queryQueueInfo", question).await.json["position"].clone()
    };
    assert_eq!(
        (place(2, "late").await, place(3, "later").await, place(1, "early").await),
        (json!(1), json!(2), json!(3))
    );
    for user in ["first", "late", "later", "early"] {
        let held = alex.only_conversation().await;
        assert_eq!(held, of(user).await, "{user}");
        assert_eq!(alex.act(&held, "end", json!({})).await.status, 204);
    }
}

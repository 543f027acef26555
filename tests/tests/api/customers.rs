//! Customers over all their channels: profiles, lists, what was said with them, and keeping them out.

use std::time::Duration;

use frontdesk_tests::kit::{Agent, CHANNEL, Customer, Server, eventually, hide};
use serde_json::{Value, json};

/// A customer who was passed on to an agent, and has said something.
pub(super) async fn asking(server: &Server, user: &str, text: &str) -> Customer {
    let customer = server.customer(user).await;
    for (control, content) in [("CONNECT", ""), ("TRANS2AGENT", ""), ("CHAT", text)] {
        customer.sends(control, content).await;
    }
    customer
}

/// The profile of a customer, once there is one.
pub(super) async fn profile(agent: &Agent, user: &str) -> Value {
    let path = format!("/api/v1/customers?userId={user}");
    eventually("a profile", async || {
        let list = agent.http.get(&path).await.json;
        let found = list["customers"]
            .as_array()?
            .iter()
            .find(|found| found["lastSeenAt"].is_i64() && found["identities"][0]["userId"] == user);
        found.cloned()
    })
    .await
}

pub(super) fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

async fn ids(agent: &Agent, query: &str) -> Vec<String> {
    let list = agent.http.get(&format!("/api/v1/customers?{query}")).await;
    let list = list.json["customers"].as_array().unwrap_or_else(|| panic!("{}", list.text)).clone();
    list.iter().map(|found| found["identities"][0]["userId"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_customer_has_a_profile_that_agents_complete() {
    let server = Server::start().await;
    let (alex, sam) = (server.online("101").await, server.agent("201").await);
    asking(&server, "u-77", "hello").await;
    let known = profile(&sam, "u-77").await;
    let varies = ["id", "firstSeenAt", "lastSeenAt"];
    let seen = json!({ "firstSeenAt": "[firstSeenAt]", "lastSeenAt": "[lastSeenAt]" });
    let mut expected = json!({
        "id": "[id]", "name": "u-77", "locale": "en", "trust": "vouched", "tags": [], "attributes": {},
        "firstSeenAt": "[firstSeenAt]", "lastSeenAt": "[lastSeenAt]",
        "identities": [{
            "channelId": CHANNEL, "userId": "u-77", "name": "u-77", "locale": "en", "trust": "vouched",
            "firstSeenAt": seen["firstSeenAt"], "lastSeenAt": seen["lastSeenAt"],
        }],
    });
    assert_eq!(hide(&known, &varies), expected);
    let path = format!("/api/v1/customers/{}", id(&known));
    let change = json!({
        "name": "Ann Chen", "note": "prefers mail", "tags": ["vip"],
        "attributes": { "size": "L", "orders": 7, "newsletter": true },
    });
    let changed = alex.http.patch(&path, change.clone()).await;
    for (field, value) in change.as_object().unwrap() {
        expected[field] = value.clone();
    }
    assert_eq!((changed.status.as_u16(), hide(&changed.json, &varies)), (200, expected.clone()));
    let change = json!({ "note": null, "tags": null, "attributes": { "size": null, "orders": 8 } });
    alex.http.patch(&path, change).await;
    expected.as_object_mut().unwrap().remove("note");
    expected["tags"] = json!([]);
    expected["attributes"] = json!({ "orders": 8, "newsletter": true });
    assert_eq!(hide(&sam.http.get(&path).await.json, &varies), expected);

    let many: serde_json::Map<_, _> = (0..51).map(|number| (number.to_string(), json!("x"))).collect();
    for (patch, field) in [
        (json!({ "name": " " }), "name"),
        (json!({ "tags": ["x".repeat(65)] }), "tags"),
        (json!({ "attributes": many }), "attributes"),
        (json!({ "attributes": { "size": "x".repeat(1_001) } }), "attributes"),
        (json!({ "note": "x".repeat(4_001) }), "note"),
    ] {
        let refused = alex.http.patch(&path, patch).await;
        assert_eq!(refused.problem(), (400, "FIELD_INVALID", Some(field)));
    }
    assert_eq!(hide(&sam.http.get(&path).await.json, &varies), expected);
}

#[tokio::test]
async fn customers_are_listed_filtered_and_paged() {
    let server = Server::start().await;
    let (alex, sam) = (server.online("101").await, server.agent("201").await);
    for user in ["ann", "bob", "bo"] {
        asking(&server, user, "hello").await;
        profile(&sam, user).await;
    }
    assert_eq!(ids(&sam, "").await, ["bo", "bob", "ann"]);
    let first = sam.http.get("/api/v1/customers?limit=2").await.json;
    let cursor = first["next"].as_str().unwrap();
    assert_eq!(ids(&sam, &format!("limit=2&cursor={cursor}")).await, ["ann"]);
    let bob = id(&profile(&sam, "bob").await);
    let patch = json!({ "name": "王小明", "tags": ["vip"], "attributes": { "size": "L", "orders": 7 } });
    sam.http.patch(&format!("/api/v1/customers/{bob}"), patch).await;
    for (query, found) in [
        ("q=小明", vec!["bob"]),
        ("q=BO", vec!["bo", "bob"]),
        ("userId=bo", vec!["bo", "bob"]),
        ("userId=ob", vec![]),
        ("tag=vip", vec!["bob"]),
        ("attribute=size:L", vec!["bob"]),
        ("attribute=orders:7", vec!["bob"]),
        ("attribute=orders:\"7\"", vec![]),
        ("blocked=true", vec![]),
        ("seenBefore=1", vec![]),
        ("channelId=nowhere", vec![]),
    ] {
        assert_eq!(ids(&sam, query).await, found, "{query}");
        assert_eq!(ids(&alex, query).await, found, "{query}: alex serves them all");
    }
    for (query, field) in [
        ("cursor=x", "cursor"),
        ("blocked=maybe", "blocked"),
        ("attribute=size", "attribute"),
        ("limit=x", "limit"),
    ] {
        let refused = sam.http.get(&format!("/api/v1/customers?{query}")).await;
        assert_eq!(refused.problem(), (400, "FIELD_INVALID", Some(field)), "{query}");
    }
    let conversation = alex.held().await.remove(0);
    assert_eq!(ids(&alex, &format!("conversation={conversation}")).await.len(), 1);
    let unknown = alex.http.get("/api/v1/customers?conversation=made-up").await;
    assert_eq!(unknown.problem(), (404, "NOT_FOUND", None));
}

#[tokio::test]
async fn earlier_conversations_and_all_that_was_said_are_there() {
    let server = Server::start().await;
    let (alex, sam) = (server.online("101").await, server.agent("201").await);
    let customer = asking(&server, "u-77", "the first time").await;
    let first = alex.only_conversation().await;
    alex.http.patch(&format!("/api/v1/agent/conversations/{first}"), json!({ "tags": ["refund"] })).await;
    alex.say(&first, "here you are").await;
    alex.acts(&first, "end", Value::Null).await;
    let rate = json!({
        "channel": "WEB", "userId": "u-77", "evaluation": "5", "comment": "fine", "channelConfigId": CHANNEL,
    });
    assert_eq!(customer.call("saveSatisfaction", rate).await.json["resultCode"], "0");
    alex.declare("online").await;
    asking(&server, "u-77", "the second time").await;
    let path = format!("/api/v1/customers/{}", id(&profile(&sam, "u-77").await));
    let list = alex.http.get(&format!("{path}/conversations")).await.json;
    let list = list["conversations"].as_array().unwrap();
    assert_eq!((list.len(), &list[0]["state"], &list[1]["state"]), (2, &json!("open"), &json!("ended")));
    assert_eq!(
        (&list[1]["id"], &list[1]["tags"], &list[1]["agentId"]),
        (&json!(first), &json!(["refund"]), &json!("101"))
    );
    assert_eq!((&list[1]["ratings"][0]["csat"], &list[0]["ratings"]), (&json!(5), &json!([])));
    let newest = alex.http.get(&format!("{path}/conversations?limit=1")).await.json;
    let cursor = newest["next"].as_str().unwrap();
    let older = alex.http.get(&format!("{path}/conversations?limit=1&cursor={cursor}")).await.json;
    assert_eq!((&older["conversations"][0]["id"], &older["next"]), (&json!(first), &Value::Null));

    let mut said = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = sam.http.get(&format!("{path}/messages?limit=3&cursor={cursor}")).await.json;
        for message in page["messages"].as_array().unwrap() {
            assert_eq!(message["channelId"], CHANNEL);
            let first = message["conversationId"] == first.as_str();
            said.push((message["content"].as_str().unwrap().to_owned(), first));
        }
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    let place = |text: &str| said.iter().position(|(content, _)| content == text).unwrap();
    assert!(
        place("the second time") < place("here you are") && place("here you are") < place("the first time")
    );
    assert!(said[place("the first time")].1 && !said[place("the second time")].1);
    assert_eq!(said.iter().filter(|(content, _)| content == "the first time").count(), 1);
}

#[tokio::test]
async fn who_is_kept_out_is_told_so_and_receives_nothing() {
    let server = Server::start().await;
    let (alex, sam) = (server.online("101").await, server.agent("201").await);
    let customer = asking(&server, "u-77", "hello").await;
    let conversation = alex.only_conversation().await;
    customer.drain().await;
    let path = format!("/api/v1/customers/{}", id(&profile(&sam, "u-77").await));
    for (body, field) in [
        (json!({}), "reason"),
        (json!({ "reason": "spam", "until": 1 }), "until"),
        (json!({ "reason": "x".repeat(501) }), "reason"),
    ] {
        assert_eq!(
            sam.http.post(&format!("{path}/block"), body).await.problem(),
            (400, "FIELD_INVALID", Some(field))
        );
    }
    let until = server.parts.clock.now().as_millis() + 3_600_000;
    let blocked = sam.http.post(&format!("{path}/block"), json!({ "reason": "spam", "until": until })).await;
    let expected = json!({ "reason": "spam", "until": until, "at": "[at]", "by": "201" });
    assert_eq!(hide(&blocked.json["blocked"], &["at"]), expected);
    assert_eq!(hide(&alex.http.get(&path).await.json["blocked"], &["at"]), expected, "agents see it");
    let before = server.stored("u-77").await.len();
    for control in ["CONNECT", "CHAT", "TRANS2AGENT", "INPUT"] {
        let refused = customer.send(control, "spam").await;
        assert_eq!(
            refused.shown(),
            (200, json!({ "resultCode": "13", "resultDesc": "sendUserMessage failed" })),
            "{control}"
        );
    }
    let left = json!({ "callId": "u-77", "caller": "1", "leaveMessage": "spam", "channel": "WEB" });
    assert_eq!(customer.call("doLeaveMessage", left).await.code(), "13");
    assert_eq!(server.stored("u-77").await.len(), before, "nothing of it is stored");
    alex.say(&conversation, "please calm down").await;
    assert_eq!(customer.poll().await.texts(), [] as [&str; 0]);
    let polled = customer.polled("wait=0&cursor=").await;
    assert_eq!((polled.texts().len(), &polled.json["hasMore"]), (0, &json!(false)));
    let other = server.customer("u-78").await;
    assert_eq!(other.send("CONNECT", "").await.code(), "0", "nobody else is kept out");

    let free = sam.http.post(&format!("{path}/unblock"), Value::Null).await;
    assert_eq!(free.json["blocked"], Value::Null);
    assert_eq!(customer.send("CHAT", "sorry").await.code(), "0");
    assert_eq!(customer.drain_texts().await, ["please calm down"], "what was said meanwhile is not lost");

    let brief = server.parts.clock.now().as_millis() + 60_000;
    sam.http.post(&format!("{path}/block"), json!({ "reason": "spam", "until": brief })).await;
    assert_eq!(customer.send("CHAT", "again").await.code(), "13");
    assert_eq!(ids(&sam, "blocked=true").await, ["u-77"]);
    server.clock.advance(Duration::from_secs(61));
    assert_eq!(customer.send("CHAT", "again").await.code(), "0", "and it runs out by itself");
    assert_eq!(sam.http.get(&path).await.json["blocked"], Value::Null);
}

#[tokio::test]
async fn who_is_kept_out_stays_so_after_a_restart() {
    let server = Server::start().await;
    let (_alex, sam) = (server.online("101").await, server.agent("201").await);
    let customer = asking(&server, "u-77", "hello").await;
    let path = format!("/api/v1/customers/{}/block", id(&profile(&sam, "u-77").await));
    sam.http.post(&path, json!({ "reason": "spam" })).await;
    let server = server.restart().await;
    assert_eq!(customer.at(&server.url).send("CHAT", "spam").await.code(), "13");
}

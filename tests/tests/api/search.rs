//! Searching what was said.

use frontdesk_core::access::BuiltInRole;
use frontdesk_server::admin::AdminCommand;
use frontdesk_tests::kit::{Agent, CHANNEL, Server, eventually, hide};
use reqwest::Method;
use serde_json::{Value, json};

use super::customers::asking;

async fn answer(agent: &Agent, q: &str, more: &[(&str, &str)]) -> frontdesk_tests::kit::Answer {
    let request = agent.http.request(Method::GET, "/api/v1/search").query(&[("q", q)]).query(more);
    agent.http.send(request).await
}

/// The snippets of what is found.
async fn find(agent: &Agent, q: &str) -> Vec<String> {
    let found = answer(agent, q, &[]).await;
    let results = found.json["results"].as_array().unwrap_or_else(|| panic!("{q}: {}", found.text)).clone();
    results.iter().map(|result| result["snippet"].as_str().unwrap().to_owned()).collect()
}

async fn finds(agent: &Agent, q: &str, expected: &[&str]) {
    let last = std::cell::RefCell::new(Vec::new());
    let matches = async || {
        let found = find(agent, q).await;
        let is_it = found == expected;
        *last.borrow_mut() = found;
        is_it.then_some(())
    };
    let what = format!("{q} finds {expected:?}");
    eventually(&what, matches).await;
}

#[tokio::test]
async fn what_was_said_is_found_with_its_place() {
    let server = Server::start().await;
    let (alex, sam) = (server.online("101").await, server.agent("201").await);
    asking(&server, "u-77", "我的订单A-10023在哪里？ Where is my PARCEL?").await;
    let conversation = alex.only_conversation().await;
    alex.say(&conversation, "Your parcel is on its way").await;
    alex.acts(&conversation, "notes", json!({ "text": "asked for the parcel twice" })).await;
    finds(
        &sam,
        "parcel",
        &[
            "asked for the parcel twice",
            "Your parcel is on its way",
            "我的订单A-10023在哪里？ Where is my PARCEL?",
        ],
    )
    .await;
    for (q, count) in [
        ("订单", 1),
        ("单A-10023", 1),
        ("10023", 1),
        ("\"on its way\"", 1),
        ("\"way on\"", 0),
        ("parc*", 3),
        ("parcel from:customer", 1),
        ("parcel from:agent", 2),
        ("parcel agent:101", 3),
        ("parcel agent:102", 0),
        ("parcel queue:support", 3),
        (&format!("parcel channel:{CHANNEL}"), 3),
        ("parcel channel:other", 0),
        (&format!("parcel in:{conversation}"), 3),
        ("parcel before:2020-01-01", 0),
        ("parcel after:2020-01-01", 3),
        ("parcel where", 1),
        ("unicorn", 0),
    ] {
        assert_eq!(find(&sam, q).await.len(), count, "{q}");
    }
    let found = answer(&sam, "parcel from:customer", &[]).await.json;
    let result = hide(&found["results"][0], &["customerId", "seq", "at", "message"]);
    let expected = json!({
        "conversationId": conversation, "customerId": "[customerId]", "channelId": CHANNEL, "kind": "message",
        "customer": { "userId": "u-77", "name": "u-77", "locale": "en" }, "message": "[message]", "seq": "[seq]",
        "at": "[at]", "snippet": "我的订单A-10023在哪里？ Where is my PARCEL?", "highlights": [[28, 34]],
    });
    assert_eq!((result, &found["hasMore"]), (expected, &json!(false)));
    let customer = found["results"][0]["customerId"].as_str().unwrap();
    let profile = sam.http.get(&format!("/api/v1/customers/{customer}")).await.json;
    assert_eq!(profile["identities"][0]["userId"], "u-77");
    let theirs = answer(&sam, "parcel", &[("customer", customer)]).await.json;
    assert_eq!(theirs["results"].as_array().unwrap().len(), 3);
    assert_eq!(
        answer(&sam, "x", &[("customer", "y")]).await.problem(),
        (400, "FIELD_INVALID", Some("customer"))
    );
}

#[tokio::test]
async fn pages_go_on_where_the_last_ended() {
    let server = Server::start().await;
    let (_alex, sam) = (server.online("101").await, server.agent("201").await);
    let customer = asking(&server, "u-77", "word 0").await;
    for number in 1..5 {
        customer.sends("CHAT", &format!("word {number}")).await;
    }
    finds(&sam, "word", &["word 4", "word 3", "word 2", "word 1", "word 0"]).await;
    let mut snippets = Vec::new();
    let mut cursor = String::new();
    for more in [true, true, false] {
        let page = answer(&sam, "word", &[("limit", "2"), ("cursor", &cursor)]).await.json;
        snippets.extend(page["results"].as_array().unwrap().iter().map(|found| found["snippet"].clone()));
        assert_eq!((&page["hasMore"], page["next"].is_string()), (&json!(more), more));
        cursor = page["next"].as_str().unwrap_or_default().to_owned();
    }
    assert_eq!(snippets, ["word 4", "word 3", "word 2", "word 1", "word 0"]);
}

#[tokio::test]
async fn a_question_that_is_not_understood_is_answered_with_what_is_wrong() {
    let server = Server::start().await;
    let sam = server.agent("201").await;
    for q in ["", "?!", "\"open", "x from:bob", "x before:soon", "x in:made-up", "from:agent", "d*"] {
        assert_eq!(answer(&sam, q, &[]).await.problem(), (400, "FIELD_INVALID", Some("q")), "{q}");
    }
    let said = answer(&sam, "x before:soon", &[]).await.json["detail"].as_str().unwrap().to_owned();
    assert!(said.contains("before:") && said.contains("2026-11-30"), "{said}");
    assert_eq!(answer(&sam, "x", &[("cursor", "y")]).await.problem(), (400, "FIELD_INVALID", Some("cursor")));
}

#[tokio::test]
async fn agents_find_what_they_may_read_and_supervisors_everything() {
    let server = Server::start().await;
    server.change_queue("vip", |_| {}).await;
    server.add_channel("vip-web", "vip").await;
    server.change_agent("300", |agent| agent.queues = vec!["vip".parse().unwrap()]).await;
    server.change_agent("301", |agent| agent.queues = Vec::new()).await;
    server
        .change_agent("302", |agent| (agent.queues, agent.role) = (Vec::new(), BuiltInRole::Supervisor.id()))
        .await;
    let (alex, sam) = (server.online("101").await, server.agent("201").await);
    asking(&server, "u-77", "zebra of support").await;
    finds(&sam, "zebra", &["zebra of support"]).await;
    finds(&alex, "zebra", &["zebra of support"]).await;
    let (vip, lone, second) =
        (server.hired("300").await, server.hired("301").await, server.hired("302").await);
    for stranger in [&vip, &lone] {
        assert_eq!(find(stranger, "zebra").await, [] as [&str; 0]);
    }
    assert_eq!(find(&second, "zebra").await.len(), 1);
    // Whoever is asked in finds what was said before; who gets the conversation likewise.
    let conversation = alex.only_conversation().await;
    let mention = json!({ "text": "please look", "mentions": ["301"] });
    alex.acts(&conversation, "notes", mention).await;
    finds(&lone, "zebra", &["zebra of support"]).await;
    alex.acts(&conversation, "transfer", json!({ "agentId": "300" })).await;
    finds(&vip, "zebra", &["zebra of support"]).await;
    assert_eq!(find(&alex, "zebra").await.len(), 1, "it is of a channel of theirs");
    // Nothing tells what others said to each other.
    assert_eq!(find(&lone, &format!("zebra in:{conversation}")).await.len(), 1);
}

#[tokio::test]
async fn what_was_taken_back_is_found_no_more() {
    let server = Server::start().await;
    let (alex, sam) = (server.online("101").await, server.agent("201").await);
    asking(&server, "u-77", "hello").await;
    let conversation = alex.only_conversation().await;
    let said = alex.say(&conversation, "a terrible slip").await;
    finds(&sam, "slip", &["a terrible slip"]).await;
    let message = said.json["id"].as_str().unwrap();
    alex.acts(&conversation, &format!("messages/{message}/recall"), Value::Null).await;
    assert_eq!(find(&sam, "slip").await, [] as [&str; 0], "at once");
    alex.say(&conversation, "anything after it").await;
    finds(&sam, "anything", &["anything after it"]).await;
    assert_eq!(find(&sam, "slip").await, [] as [&str; 0]);
}

#[tokio::test]
async fn the_index_is_made_anew_when_asked() {
    let server = Server::start().await;
    let (_alex, sam) = (server.online("101").await, server.agent("201").await);
    asking(&server, "u-77", "hello zebra").await;
    finds(&sam, "zebra", &["hello zebra"]).await;
    server.admin(AdminCommand::RebuildSearch).await.unwrap();
    finds(&sam, "zebra", &["hello zebra"]).await;
    let server = server.restart().await;
    finds(&server.agent("201").await, "zebra", &["hello zebra"]).await;
}

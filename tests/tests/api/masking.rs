//! What must not be kept of what people write, and is then nowhere.

use frontdesk_tests::kit::{Agent, Server, eventually};
use serde_json::{Value, json};

use super::desk::asking;

const TENANT: &str = "/api/v1/config/tenants/demo";
const CARD: &str = "4111 1111 1111 1111";
const MASKED: &str = "**** **** **** 1111";

async fn masks(server: &Server, masking: Value) {
    let admin = server.agent("901").await;
    let answer = admin.http.patch(TENANT, json!({ "masking": masking })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// What was said in a conversation, oldest first.
async fn said(agent: &Agent, conversation: &str) -> Vec<Value> {
    let path = format!("/api/v1/agent/conversations/{conversation}/messages");
    agent.http.get(&path).await.json["messages"].as_array().cloned().unwrap()
}

#[tokio::test]
async fn masking_is_configured_checked_and_stands_in_the_file() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    assert_eq!(admin.get(TENANT).await.json["item"].get("masking"), None, "nothing is masked");
    let masking = json!({
        "rules": ["payment_card", "iban"],
        "patterns": [{ "name": "customer number", "pattern": "K-[0-9]{6}" }],
        "agents": true,
    });
    let set = admin.patch(TENANT, json!({ "masking": masking })).await;
    assert_eq!((set.status.as_u16(), &set.json["item"]["masking"]), (200, &masking), "{}", set.text);
    let file = admin.get("/api/v1/config-file").await.text;
    assert!(file.contains("payment_card") && file.contains("K-[0-9]{6}"), "{file}");
    let pattern = |pattern: &str| json!({ "patterns": [{ "name": "own", "pattern": pattern }] });
    for (wrong, field) in [
        (json!({ "rules": ["iban", "iban"] }), "masking.rules[1]"),
        (pattern("("), "masking.patterns[0].pattern"),
        (pattern("a*"), "masking.patterns[0].pattern"),
        (pattern("(\\w{300}){300}"), "masking.patterns[0].pattern"),
        (pattern(&"a".repeat(513)), "masking.patterns[0].pattern"),
        (json!({ "patterns": [{ "name": " ", "pattern": "a" }] }), "masking.patterns[0].name"),
        (json!({ "patterns": vec![json!({ "name": "a", "pattern": "a" }); 33] }), "masking.patterns"),
    ] {
        let refused = admin.patch(TENANT, json!({ "masking": wrong })).await;
        assert_eq!(refused.problem(), (400, "BODY_INVALID", Some(field)), "{}", refused.text);
    }
    for wrong in [json!({ "rules": ["passport"] }), json!({ "unknown": 1 })] {
        let refused = admin.patch(TENANT, json!({ "masking": wrong })).await;
        assert_eq!(refused.status, 400, "{wrong}: {}", refused.text);
    }
    assert_eq!(admin.get(TENANT).await.json["item"]["masking"], masking, "nothing was changed");
}

#[tokio::test]
async fn a_card_number_is_masked_before_it_is_kept_shown_found_or_delivered() {
    let server = Server::start().await;
    masks(&server, json!({ "rules": ["payment_card"] })).await;
    let (alex, sam) = (server.online("101").await, server.agent("201").await);
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    // The robot is asked without it as well, and learns nothing of it.
    customer.sends("CHAT", &format!("can I pay with {CARD}")).await;
    customer.sends("TRANS2AGENT", "").await;
    let mut keyed = customer.message("CHAT", &format!("zebra: {CARD}"));
    keyed["messageId"] = "m-1".into();
    assert_eq!(customer.call("send", keyed.clone()).await.code(), "0");
    assert_eq!(customer.call("send", keyed.clone()).await.code(), "0", "the same again is the same");
    keyed["content"] = "something else".into();
    assert_ne!(customer.call("send", keyed).await.code(), "0", "another is not");
    let card = format!(r#"{{"title":"{}"}}"#, CARD.replace(' ', ""));
    let mut message = customer.message("CHAT", &card);
    message["mediaType"] = "WEBCARD".into();
    assert_eq!(customer.call("send", message).await.code(), "0");
    let left = json!({ "callId": "u-77", "caller": CARD, "leaveMessage": CARD, "channel": "WEB" });
    customer.call("doLeaveMessage", left).await;

    let conversation = alex.only_conversation().await;
    let messages = said(&alex, &conversation).await;
    let of_customer: Vec<(&str, bool)> = messages
        .iter()
        .filter(|message| message["author"]["kind"] == "customer")
        .map(|message| (message["content"].as_str().unwrap(), message["masked"] == json!(true)))
        .collect();
    assert_eq!(
        of_customer,
        [
            (format!("can I pay with {MASKED}").as_str(), true),
            (format!("zebra: {MASKED}").as_str(), true),
            (r#"{"title":"************1111"}"#, true),
        ]
    );
    let copies = customer.polled("cursor=earliest&events=self&wait=0&limit=100").await;
    let copy = copies.json["events"].as_array().unwrap().iter().find(|event| event["data"]["masked"] == true);
    assert!(copy.is_some() && !copies.text.contains(CARD), "{}", copies.text);
    eventually("it is in the index", async || {
        let found = sam.http.get("/api/v1/search?q=zebra").await;
        assert!(!found.text.contains(CARD), "{}", found.text);
        (!found.json["results"].as_array().unwrap().is_empty()).then_some(())
    })
    .await;
    assert!(!server.is_embedded() || !server.files_with("zebra: ****").is_empty());
    for number in [CARD, &CARD.replace(' ', "")] {
        assert_eq!(server.files_with(number), Vec::<String>::new(), "{number}");
    }

    // Agents write what they want until it is wanted otherwise.
    let alone = alex.say(&conversation, CARD).await;
    assert_eq!((&alone.json["content"], alone.json.get("masked")), (&json!(CARD), None), "{}", alone.text);
    let told = customer.drain_texts().await;
    assert!(told.iter().any(|text| text == CARD), "{told:?}");
}

#[tokio::test]
async fn what_agents_write_is_masked_where_it_is_wanted() {
    let server = Server::start().await;
    masks(&server, json!({ "rules": ["payment_card"], "agents": true })).await;
    let alex = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    let conversation = alex.only_conversation().await;
    let spoken = alex.say(&conversation, CARD).await;
    assert_eq!((&spoken.json["content"], &spoken.json["masked"]), (&json!(MASKED), &json!(true)));
    let path = format!("/api/v1/agent/conversations/{conversation}");
    let note = alex.http.post(&format!("{path}/notes"), json!({ "text": CARD })).await;
    assert_eq!(note.json["text"], MASKED, "{}", note.text);
    let whisper = alex.http.post(&format!("{path}/whisper"), json!({ "text": CARD })).await;
    assert_eq!(
        (whisper.status.as_u16(), &whisper.json["content"]),
        (201, &json!(MASKED)),
        "{}",
        whisper.text
    );
    assert!(customer.drain_texts().await.contains(&MASKED.to_owned()));
    assert_eq!(server.files_with(CARD), Vec::<String>::new());
}

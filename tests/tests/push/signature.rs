//! What is sent, and that others accept our signatures.

use std::time::Duration;

use frontdesk_core::secret::KeptSecret;
use frontdesk_tests::kit::{CHANNEL, Call, Reply, Server, WebHook};
use serde_json::{Value, json};

use super::auth_v2::{Received, verify};
use super::set_up::{KEY, administer, say, server, signed, with_token};

const NEW_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OLD_SECRET: &str = "whsec_b2xkIHNlY3JldCBvZiBlbm91Z2ggYnl0ZXMh";
const OTHER_SECRET: &str = "whsec_b3RoZXIgc2VjcmV0IG9mIGVub3VnaCBieXRlcw==";

fn check(call: &Call, key: &str) -> Result<(String, String), String> {
    let request =
        Received { method: &call.method, path: &call.path, host: call.header("host"), body: &call.body };
    verify(call.header("authorization"), key, &request)
}

#[tokio::test]
async fn a_second_verifier_accepts_the_documented_signature() {
    let receiver = WebHook::start().await;
    let server = server(signed(&format!("{}/shop/", receiver.url()))).await;
    let customer = server.customer("顾客 1").await;
    customer.send("CONNECT", "").await;
    say(&customer, "¿dónde está mi pedido? 100% & \"more\"").await;
    receiver.wait("two messages", |receiver| receiver.codes("顾客 1").len() >= 2).await;
    for call in receiver.calls() {
        assert_eq!((call.method.as_str(), call.path.as_str()), ("POST", "/shop/webhooks/v1/messages"));
        let (access_key, time) = check(&call, KEY).unwrap();
        assert_eq!(access_key, CHANNEL);
        assert!(time.starts_with("2027-") && time.ends_with('Z') && time.len() == 20, "{time}");
        assert_eq!(call.header("content-type"), "application/json");
        assert!(call.json["timestamp"].is_i64());
        check(&call, &KEY.replace('a', "b")).unwrap_err();
        let forged = Call { body: call.body.replace("WEB", "APP"), ..call };
        check(&forged, KEY).unwrap_err();
    }
}

/// The published library compares with the present, so the server must live in it.
fn set_clock_to_the_present(server: &Server) {
    use frontdesk_core::port::Clock as _;
    let present = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let shown = Duration::from_millis(u64::try_from(server.clock.now().as_millis()).unwrap());
    match shown.checked_sub(present) {
        Some(ahead) => server.clock.set_back(ahead),
        None => server.clock.advance(present.saturating_sub(shown)),
    }
}

#[tokio::test]
async fn the_published_library_accepts_both_secrets_while_one_replaces_the_other() {
    let receiver = WebHook::start().await;
    let mut push = signed(&receiver.url());
    push.webhook_secrets = [NEW_SECRET, OLD_SECRET].map(|secret| KeptSecret::new(secret.to_owned())).to_vec();
    let server = server(push).await;
    set_clock_to_the_present(&server);
    server.customer("ann").await.send("CONNECT", "").await;
    receiver.wait("a message", |receiver| !receiver.calls().is_empty()).await;
    let call = &receiver.calls()[0];
    let verify = |secret: &str, body: &str| {
        standardwebhooks::Webhook::new(secret).unwrap().verify(body.as_bytes(), &call.headers)
    };
    verify(NEW_SECRET, &call.body).unwrap();
    verify(OLD_SECRET, &call.body).unwrap();
    assert!(verify(OTHER_SECRET, &call.body).is_err());
    assert!(verify(NEW_SECRET, &call.body.replace("WEB", "APP")).is_err());
    assert!(call.header("webhook-id").starts_with("msg_"));
    check(call, KEY).unwrap();
}

#[tokio::test]
async fn an_app_gets_a_token_uses_it_and_gets_another_when_it_is_refused() {
    let receiver = WebHook::start().await;
    let mut tokens = 0;
    let mut pushes = 0;
    receiver.answers(move |call| {
        if call.path == "/apigovernance/api/oauth/tokenByAkSk" {
            tokens += 1;
            assert_eq!(call.json, json!({ "app_key": "shop", "app_secret": "shop-secret" }));
            return Reply::of(200, &format!(r#"{{"AccessToken":"token-{tokens}","Expires":"600"}}"#));
        }
        pushes += 1;
        // The third is refused, as if the token had been revoked.
        if pushes == 3 { Reply::of(401, "") } else { Reply::ok() }
    });
    let server = server(with_token(&receiver.url())).await;
    let customer = server.customer("ann").await;
    customer.send("CONNECT", "").await;
    for count in 2..=4 {
        say(&customer, "hello").await;
        receiver.wait("the message", |receiver| receiver.codes("ann").len() >= count).await;
    }
    let calls = receiver.calls();
    let tokens: Vec<&str> = calls
        .iter()
        .filter(|call| call.path == "/apiaccess/ccmessaging/pushMsg")
        .map(|call| {
            assert_eq!(call.header("x-app-key"), "shop");
            call.header("authorization")
        })
        .collect();
    assert_eq!(tokens[..3], ["Bearer token-1"; 3]);
    assert!(tokens.len() >= 5 && tokens[3..].iter().all(|token| *token == "Bearer token-2"), "{tokens:?}");
}

#[tokio::test]
async fn messages_have_the_fields_of_the_documented_samples() {
    let receiver = WebHook::start().await;
    let server = server(signed(&receiver.url())).await;
    let agent = server.agent("101").await;
    agent.declare("online").await;
    let customer = server.customer("ann").await;
    customer.send("CONNECT", "").await;
    customer.send("TRANS2AGENT", "").await;
    let mut message = customer.message("CHAT", "my question");
    message["messageId"] = json!("question-1");
    customer.http.post("/apiaccess/ccmessaging/send", message).await;
    let held = agent.held().await.remove(0);
    assert!(agent.say(&held, "Hello, I am Alex.").await.status.is_success());
    let read = agent.http.post(&format!("/api/v1/agent/conversations/{held}/read"), json!({})).await;
    assert!(read.status.is_success(), "{}", read.text);
    agent.http.post(&format!("/api/v1/agent/conversations/{held}/end"), json!({})).await;
    receiver.wait("the end", |receiver| receiver.codes("ann").len() >= 6).await;

    let mut messages = receiver.accepted().remove("ann").unwrap();
    let times: Vec<i64> = messages.iter().map(|message| message["timestamp"].as_i64().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
    for message in &mut messages {
        let fields = message.as_object_mut().unwrap();
        fields.remove("timestamp");
        assert!(fields.remove("messageCode").unwrap().as_str().unwrap().len() <= 64);
    }
    let told = |control: &str, media: Value, content: Value, nickname: Value, source: &str| {
        json!({
            "from": CHANNEL, "channel": "WEB", "to": "ann", "controlType": control, "mediaType": media,
            "content": content, "simQuestions": null, "senderNickname": nickname, "sourceType": source,
            "callId": null,
        })
    };
    let chat = |content: &str, nickname: &str, source: &str| {
        told("CHAT", json!("TEXT"), json!(content), json!(nickname), source)
    };
    assert_eq!(
        messages,
        [
            chat("Welcome,welcome", "test", "ROBOT"),
            chat("Transfer to manual labor", "test", "ROBOT"),
            chat("Connected Agent", "System", "SYSTEM"),
            chat("Hello, I am Alex.", "Alex", "AGENT"),
            told("READ", Value::Null, json!("question-1"), Value::Null, "AGENT"),
            told("DISCONNECT", Value::Null, Value::Null, Value::Null, "AGENT"),
        ]
    );
}

#[tokio::test]
async fn the_end_by_the_system_says_whether_the_customer_may_write_on() {
    let receiver = WebHook::start().await;
    for (async_replies, user) in [(false, "off"), (true, "on")] {
        let server = server(signed(&receiver.url())).await;
        server.change_channel(|channel| channel.async_replies = async_replies).await;
        server.customer(user).await.send("CONNECT", "").await;
        server.clock.advance(Duration::from_hours(2));
        receiver.wait("the end", |receiver| receiver.codes(user).len() >= 2).await;
    }
    let accepted = receiver.accepted();
    let end = |user: &str| accepted[user].last().unwrap().clone();
    assert_eq!((&end("off")["isOfflineStatus"], &end("off")["mediaType"]), (&json!(false), &Value::Null));
    assert_eq!((&end("on")["isOfflineStatus"], &end("on")["mediaType"]), (&json!(true), &json!("TEXT")));
    assert!(end("on")["content"].as_str().is_some_and(|tip| !tip.is_empty()));
    assert!(accepted.values().flatten().all(|message| message["sourceType"] != "CUSTOMER"));
}

#[tokio::test]
async fn a_test_call_is_signed_and_has_no_messages() {
    let receiver = WebHook::start().await;
    let server = server(signed(&receiver.url())).await;
    let answer = administer(&server, "test", None).await;
    assert_eq!((&answer.json["delivered"], &answer.json["status"]), (&json!(true), &json!(200)));
    let call = &receiver.calls()[0];
    check(call, KEY).unwrap();
    assert_eq!(call.json["messages"], json!([]));

    receiver.answers(|_| Reply::of(200, r#"{"resultCode":"7"}"#));
    let answer = administer(&server, "test", None).await;
    assert_eq!(answer.json["delivered"], json!(false));
    assert_eq!(answer.json["error"], json!("resultCode is \"7\", not \"0\""));
}

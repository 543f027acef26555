//! What counts as failure, and what follows from it.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::port::Clock as _;
use frontdesk_core::push::Verification;
use frontdesk_tests::kit::{Reply, Server, WebHook};
use serde_json::{Value, json};

use super::set_up::{codes_by_poll, deliveries, say, server, signed, with_token};

#[tokio::test]
async fn only_status_200_with_result_code_0_is_success() {
    let elsewhere = WebHook::start().await;
    let receiver = WebHook::start().await;
    let target = format!("{}/webhooks/v1/messages", elsewhere.url());
    let long = format!(r#"{{"resultCode":"0","resultDesc":"{}"}}"#, "x".repeat(70_000));
    let mut replies = vec![
        Reply::of(500, r#"{"resultCode":"0"}"#),
        Reply::of(201, r#"{"resultCode":"0"}"#),
        Reply::of(204, ""),
        Reply { headers: vec![("location", target)], ..Reply::of(307, "") },
        Reply::of(200, r#"{"resultCode":"12","resultDesc":"busy"}"#),
        Reply::of(200, r#"{"resultDesc":"success"}"#),
        Reply::of(200, "OK"),
        Reply::of(200, ""),
        Reply::of(200, &long),
        Reply::ok(),
    ];
    let count = replies.len();
    replies.reverse();
    receiver.answers(move |_| replies.pop().unwrap_or_else(Reply::ok));
    let server = server(signed(&receiver.url())).await;
    server.customer("ann").await.send("CONNECT", "").await;
    receiver.wait("all attempts", |receiver| receiver.calls().len() >= count).await;

    let attempts = settled(&server, count).await;
    let shown: Vec<(Value, Value, Value)> = attempts
        .iter()
        .rev()
        .map(|attempt| (attempt["attempt"].clone(), attempt["status"].clone(), attempt["error"].clone()))
        .collect();
    let expected = [
        (1, 500, json!("not status 200")),
        (2, 201, json!("not status 200")),
        (3, 204, json!("not status 200")),
        (4, 307, json!("a redirect is not followed")),
        (5, 200, json!("resultCode is \"12\", not \"0\"")),
        (6, 200, json!("resultCode is \"\", not \"0\"")),
        (7, 200, json!("the answer has no resultCode")),
        (8, 200, json!("the answer has no resultCode")),
        (9, 200, json!("the answer is longer than 65536 bytes")),
        (10, 200, Value::Null),
    ];
    assert_eq!(shown, expected.map(|(attempt, status, error)| (json!(attempt), json!(status), error)));
    assert!(elsewhere.calls().is_empty(), "a redirect is not followed");
    assert!(!attempts.iter().any(|attempt| attempt.to_string().contains("Welcome")), "contents are not kept");
    assert!(attempts.iter().all(|attempt| attempt["userId"] == "ann"));
}

/// The attempts, once so many are written.
async fn settled(server: &Server, count: usize) -> Vec<Value> {
    for _ in 0..200 {
        let attempts = deliveries(server).await;
        if attempts.len() >= count {
            return attempts;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{count} attempts were not written");
}

#[tokio::test]
async fn an_attempt_that_is_repeated_keeps_its_id_although_more_has_come() {
    let receiver = WebHook::start().await;
    receiver.answers(|_| Reply::of(500, ""));
    let mut push = signed(&receiver.url());
    push.webhook_secrets =
        vec![frontdesk_core::secret::KeptSecret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned())];
    let server = server(push).await;
    let customer = server.customer("ann").await;
    customer.send("CONNECT", "").await;
    receiver.wait("an attempt", |receiver| !receiver.calls().is_empty()).await;
    say(&customer, "more").await;
    receiver.wait("more attempts", |receiver| receiver.calls().len() >= 4).await;
    receiver.answers(|_| Reply::ok());
    receiver.wait("both", |receiver| receiver.codes("ann").len() >= 2).await;
    let calls = receiver.calls();
    let ids: Vec<&str> = calls.iter().map(|call| call.header("webhook-id")).collect();
    let (last, repeated) = ids.split_last().unwrap();
    assert!(repeated.iter().all(|id| *id == repeated[0]), "{ids:?}");
    assert_ne!(*last, repeated[0]);
    let times: Vec<&str> = calls.iter().map(|call| call.header("webhook-timestamp")).collect();
    assert!(times.is_sorted(), "each attempt is signed anew: {times:?}");
}

/// How long the next attempt comes after one that asked for a pause.
async fn pause_made(
    server: &Server,
    receiver: &WebHook,
    asked: impl Fn() -> String + Send + 'static,
) -> Duration {
    let mut count = 0;
    receiver.answers(move |_| {
        count += 1;
        if count == 1 {
            Reply { headers: vec![("retry-after", asked())], ..Reply::of(503, "") }
        } else {
            Reply::ok()
        }
    });
    server.customer("ann").await.send("CONNECT", "").await;
    receiver.wait("the message", |receiver| !receiver.codes("ann").is_empty()).await;
    let calls = receiver.calls();
    assert_eq!(calls.len(), 2);
    calls[1].at - calls[0].at
}

#[tokio::test]
async fn a_pause_that_the_receiver_asks_for_is_made() {
    let receiver = WebHook::start().await;
    let server = server(signed(&receiver.url())).await;
    let pause = pause_made(&server, &receiver, || "2".to_owned()).await;
    assert!(pause >= Duration::from_millis(1_900), "{pause:?}");
}

#[tokio::test]
async fn a_pause_that_the_receiver_asks_for_by_a_date_is_made() {
    let receiver = WebHook::start().await;
    let server = server(signed(&receiver.url())).await;
    let clock = Arc::clone(&server.clock);
    let in_three_seconds = move || {
        let until = jiff::Timestamp::from_millisecond(clock.now().as_millis() + 3_000).unwrap();
        until.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    };
    let pause = pause_made(&server, &receiver, in_three_seconds).await;
    // A date has whole seconds; without it, the next attempt would have come after 20 ms.
    assert!(pause >= Duration::from_millis(1_900), "{pause:?}");
}

#[tokio::test]
async fn a_customer_whose_messages_are_refused_delays_nobody_else() {
    let receiver = WebHook::start().await;
    receiver.answers(|call| if call.user() == "poison" { Reply::of(500, "") } else { Reply::ok() });
    let server = server(signed(&receiver.url())).await;
    let poison = server.customer("poison").await;
    poison.send("CONNECT", "").await;
    receiver.wait("the failure", |receiver| !receiver.calls().is_empty()).await;
    for index in 0..20 {
        let customer = server.customer(&format!("customer-{index}")).await;
        customer.send("CONNECT", "").await;
        say(&customer, "hello").await;
        let expected = codes_by_poll(&customer).await;
        receiver.wait("both", |receiver| receiver.codes(&customer.user).len() >= 2).await;
        assert_eq!(receiver.codes(&customer.user), expected);
    }
    assert!(receiver.codes("poison").is_empty());
    receiver.answers(|_| Reply::ok());
    receiver.wait("the refused one", |receiver| receiver.codes("poison").len() == 1).await;
}

#[tokio::test]
async fn a_private_address_is_refused_unless_it_is_allowed() {
    let receiver = WebHook::start().await;
    let port = receiver.address.port();
    for host in [
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "10.0.0.1",
        "169.254.169.254",
        "0x7f000001",
        "2130706433",
        "127.1",
    ] {
        refuses(&format!("https://{host}:{port}"), None).await;
    }
    assert!(receiver.calls().is_empty());
}

#[tokio::test]
async fn a_name_that_is_resolved_to_a_private_address_is_refused_unless_that_is_allowed() {
    let receiver = WebHook::start().await;
    let port = receiver.address.port();
    for name in ["localhost", "LocalHost"] {
        refuses(&format!("https://{name}:{port}"), None).await;
    }
    // So is a name that gives the token, whoever gets the messages.
    refuses("https://shop.example", Some(&format!("https://localhost:{port}/token"))).await;
    assert!(receiver.calls().is_empty());

    let server = server(signed(&format!("http://localhost:{port}"))).await;
    server.customer("ann").await.send("CONNECT", "").await;
    receiver.wait("the message", |receiver| receiver.codes("ann").len() == 1).await;
}

/// Push to an address fails because an address is private, before anything is sent.
async fn refuses(base_url: &str, token_url: Option<&str>) {
    let mut push = if token_url.is_some() { with_token(base_url) } else { signed(base_url) };
    if let Verification::OAuth(app) = &mut push.verification {
        app.token_url = token_url.map(str::to_owned);
    }
    push.allow_private = false;
    let server = server(push).await;
    server.customer("ann").await.send("CONNECT", "").await;
    let attempts = settled(&server, 1).await;
    let error = attempts[0]["error"].as_str().unwrap();
    assert!(
        error.contains("is not a public address") && error.contains("allow_private"),
        "{base_url} {token_url:?}: {error}"
    );
    assert!(attempts[0]["status"].is_null());
}

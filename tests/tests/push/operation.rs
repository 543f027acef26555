//! Looking after push: pause, resume, replay, and what is shown of the configuration.

use std::time::Duration;

use frontdesk_core::audit::Actor;
use frontdesk_core::port::Clock as _;
use frontdesk_server::admin::{AdminAnswer, AdminCommand, Means, NewChannel, run};
use frontdesk_server::audit::Act;
use frontdesk_tests::kit::{CHANNEL, Reply, Server, WebHook, quiet as unwatched};
use http::StatusCode;
use serde_json::json;

use super::set_up::{KEY, administer, codes_by_poll, deliveries, say, server, signed};

#[tokio::test]
async fn what_comes_during_a_pause_waits_for_its_end() {
    let receiver = WebHook::start().await;
    let server = server(signed(&receiver.url())).await;
    assert_eq!(administer(&server, "pause", None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(administer(&server, "deliveries", None).await.json["paused"], json!(true));
    let customer = server.customer("ann").await;
    customer.send("CONNECT", "").await;
    say(&customer, "hello").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(receiver.calls().is_empty());
    assert_eq!(administer(&server, "resume", None).await.status, StatusCode::NO_CONTENT);
    receiver.wait("both", |receiver| receiver.codes("ann").len() >= 2).await;
    assert_eq!(receiver.codes("ann"), codes_by_poll(&customer).await);
}

#[tokio::test]
async fn a_replay_sends_again_from_an_entry_or_a_moment() {
    let receiver = WebHook::start().await;
    let server = server(signed(&receiver.url())).await;
    let (ann, bob) = (server.customer("ann").await, server.customer("bob").await);
    for customer in [&ann, &bob] {
        customer.send("CONNECT", "").await;
        say(customer, "early").await;
    }
    server.clock.advance(Duration::from_mins(1));
    let moment = server.clock.now().as_millis();
    say(&ann, "late").await;
    receiver.wait("all", |receiver| receiver.codes("ann").len() + receiver.codes("bob").len() == 5).await;
    let all = codes_by_poll(&ann).await;
    quiet(&server).await;

    let answer = administer(&server, "replay", Some(json!({ "since": moment }))).await;
    assert_eq!(answer.json, json!({ "customers": 1 }), "bob has nothing so late");
    receiver.wait("the late one", |receiver| receiver.codes("ann").len() >= 4).await;
    assert_eq!(receiver.codes("ann")[3..], all[2..]);
    quiet(&server).await;

    let answer = administer(&server, "replay", Some(json!({ "userId": "ann", "after": 0 }))).await;
    assert_eq!(answer.json, json!({ "customers": 1 }));
    receiver.wait("everything", |receiver| receiver.codes("ann").len() >= 7).await;
    assert_eq!(receiver.codes("ann")[4..], all);
    quiet(&server).await;

    let answer = administer(&server, "replay", Some(json!({ "since": 0 }))).await;
    assert_eq!(answer.json, json!({ "customers": 2 }));
    receiver
        .wait("everybody's", |receiver| receiver.codes("ann").len() >= 10 && receiver.codes("bob").len() >= 4)
        .await;

    let answer = administer(&server, "replay", Some(json!({ "userId": "nobody", "after": 0 }))).await;
    assert_eq!(answer.json, json!({ "customers": 0 }));
    let answer = administer(&server, "replay", Some(json!({ "after": 3 }))).await;
    assert_eq!((answer.status, &answer.json["field"]), (StatusCode::BAD_REQUEST, &json!("after")));
}

/// Waits until nothing is left to be sent.
async fn quiet(server: &Server) {
    let (tenant, channel) = ("demo".parse().unwrap(), CHANNEL.parse().unwrap());
    for _ in 0..200 {
        let purpose = frontdesk_core::port::Purpose::Push;
        let left = server.parts.store.pending_logs(purpose, (&tenant, &channel), None, 1).await.unwrap();
        if left.is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("something is still to be sent");
}

#[tokio::test]
async fn only_administrators_look_after_push_and_only_where_there_is_one() {
    let receiver = WebHook::start().await;
    let server = server(signed(&receiver.url())).await;
    for what in ["pause", "resume", "replay", "test"] {
        let path = format!("/api/v1/push/{CHANNEL}/{what}");
        assert_eq!(server.anybody().post(&path, json!({})).await.status, StatusCode::UNAUTHORIZED);
        for agent in ["101", "201"] {
            let answer = server.agent(agent).await.http.post(&path, json!({})).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what} by {agent}");
        }
    }
    let administrator = server.agent("901").await;
    let unknown = administrator.http.post("/api/v1/push/unknown/test", json!({})).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    server.change_channel(|channel| channel.push = None).await;
    assert_eq!(administer(&server, "test", None).await.status, StatusCode::NOT_FOUND);
    assert!(receiver.calls().is_empty());
}

#[tokio::test]
async fn the_configuration_is_checked_and_its_secrets_are_shown_to_nobody() {
    let server = Server::start().await;
    let act = Act::by(Actor::system());
    let means = Means::in_server(&server.parts, &act);
    let put = async |toml: &str| {
        let channel =
            NewChannel { id: CHANNEL.to_owned(), push: Some(toml.to_owned()), ..NewChannel::default() };
        run(means, AdminCommand::PutChannel { tenant: "demo".to_owned(), channel }, unwatched()).await
    };
    let good = format!(
        "base_url = \"https://shop.example\"\nwebhook_secrets = [\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"]\n\
         [verification.signature]\npush_key = \"{KEY}\"\n"
    );
    put(&good).await.unwrap();
    let listed =
        run(means, AdminCommand::List { tenant: Some("demo".to_owned()) }, unwatched()).await.unwrap();
    let AdminAnswer::Items(items) = listed else { panic!("{listed:?}") };
    let shown = serde_json::to_string(&items).unwrap();
    assert!(shown.contains("https://shop.example"), "{shown}");
    assert!(!shown.contains(KEY) && !shown.contains("whsec_"), "{shown}");
    let oauth =
        "base_url = \"https://shop.example\"\n[verification.oauth]\napp_key = \"a\"\napp_secret = \"hush\"\n";
    put(oauth).await.unwrap();
    let listed =
        run(means, AdminCommand::List { tenant: Some("demo".to_owned()) }, unwatched()).await.unwrap();
    assert!(!format!("{listed:?}").contains("hush"));

    for (from, to) in [
        (KEY, "too-short"),
        ("https://shop.example", "http://shop.example"),
        ("https://shop.example", "https://shop.example/?a=b"),
        ("whsec_", "secret_"),
        ("base_url", "base"),
        ("webhook_secrets =", "trusted_certificates = \"none\"\nwebhook_secrets ="),
    ] {
        let refused = put(&good.replace(from, to)).await;
        assert!(refused.is_err(), "{to}");
    }
    put("").await.unwrap();
}

#[tokio::test]
async fn a_receiver_that_does_not_answer_is_given_up_in_time() {
    let receiver = WebHook::start().await;
    receiver.answers(|_| Reply { after: Duration::from_hours(1), ..Reply::ok() });
    let settings = frontdesk_server::config::Settings { push_timeout_ms: 200, ..Default::default() };
    let options = frontdesk_tests::kit::ServerOptions { settings: Some(settings), ..Default::default() };
    let server = Server::start_with(options).await;
    server.change_channel(|channel| channel.push = Some(Box::new(signed(&receiver.url())))).await;
    server.customer("ann").await.send("CONNECT", "").await;
    for _ in 0..200 {
        if let Some(attempt) = deliveries(&server).await.first() {
            assert_eq!(attempt["error"], json!("no answer within 200 ms"));
            assert!(attempt["status"].is_null());
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the attempt did not end");
}

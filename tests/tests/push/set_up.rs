//! Servers whose channel is pushed.

use frontdesk_core::push::{OAuth, Push, Verification};
use frontdesk_core::secret::KeptSecret;
use frontdesk_server::config::Settings;
use frontdesk_tests::kit::{Answer, CHANNEL, Customer, Server, ServerOptions};
use serde_json::{Value, json};

pub(crate) use frontdesk_tests::kit::{PUSH_KEY as KEY, signed_push as signed};

/// Push with an access token, to this machine.
pub(crate) fn with_token(url: &str) -> Push {
    let app = OAuth {
        token_url: None,
        app_key: "shop".to_owned(),
        app_secret: KeptSecret::new("shop-secret".to_owned()),
    };
    Push { verification: Verification::OAuth(app), ..signed(url) }
}

/// A server that tries again soon.
pub(crate) async fn server(push: Push) -> Server {
    let settings = Settings {
        poll_hold_ms: 300,
        push_retry_first_ms: 20,
        push_retry_longest_ms: 200,
        ..Settings::default()
    };
    let server =
        Server::start_with(ServerOptions { settings: Some(settings), ..ServerOptions::default() }).await;
    server.change_channel(|channel| channel.push = Some(Box::new(push))).await;
    server
}

/// Says something and makes sure that it was taken.
pub(crate) async fn say(customer: &Customer, text: &str) {
    let answer = customer.send("CHAT", text).await;
    assert_eq!(answer.code(), "0", "{}", answer.text);
}

/// Everything that the customer was ever told, by its message codes, as another reader sees it.
pub(crate) async fn codes_by_poll(customer: &Customer) -> Vec<Value> {
    let mut codes = Vec::new();
    let mut cursor = "earliest".to_owned();
    loop {
        let answer = customer
            .http
            .get(&format!(
                "/apiaccess/ccmessaging/poll?deviceId=witness&wait=0&cursor={cursor}&isNeedRead=true"
            ))
            .await;
        let messages = answer.json["downlinkMessages"].as_array().expect("a list").clone();
        if messages.is_empty() {
            return codes;
        }
        codes.extend(messages.iter().map(|message| message["messageCode"].clone()));
        answer.json["nextCursor"].as_str().expect("a cursor").clone_into(&mut cursor);
    }
}

/// Asks the administrator's interface of the demonstration's channel.
pub(crate) async fn administer(server: &Server, what: &str, body: Option<Value>) -> Answer {
    let administrator = server.agent("901").await;
    let path = format!("/api/v1/push/{CHANNEL}/{what}");
    match body {
        Some(body) => administrator.http.post(&path, body).await,
        None if what.starts_with("deliveries") => administrator.http.get(&path).await,
        None => administrator.http.post(&path, json!({})).await,
    }
}

/// The last attempts, newest first.
pub(crate) async fn deliveries(server: &Server) -> Vec<Value> {
    let answer = administer(server, "deliveries", None).await;
    assert!(answer.status.is_success(), "{}", answer.text);
    answer.json["deliveries"].as_array().expect("a list").clone()
}

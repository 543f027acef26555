//! Failures to sign in: slowed, alike, and no way to lock others out.

use std::time::Duration;

use frontdesk_tests::kit::{Answer, Http, Server};
use reqwest::StatusCode;
use serde_json::{Value, json};

fn login(agent: &str, password: &str) -> Value {
    json!({ "tenant": "demo", "agentId": agent, "password": password })
}

async fn sign_in(http: &Http, body: Value) -> Answer {
    http.post("/api/v1/agent/login", body).await
}

/// Guesses until it is slowed, and gives the answer that said so. Hashing takes its time, in which more failures are borne,
/// so it is only known how many there are at least.
async fn guess(http: &Http, body: impl Fn(u32) -> Value, at_least: u32) -> Answer {
    for number in 0..at_least * 4 {
        let answer = sign_in(http, body(number)).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(number >= at_least, "after {number} failures");
            return answer;
        }
        assert_eq!(answer.problem(), (401, "UNAUTHORIZED", None));
    }
    panic!("it goes on for ever");
}

#[tokio::test]
async fn who_guesses_is_slowed_and_told_when_to_come_back() {
    let server = Server::start().await;
    let anybody = server.anybody();
    // Names that nobody has are slowed in the same way.
    for name in ["999", "101"] {
        let slowed = guess(&anybody, |_| login(name, "a guess"), 5).await;
        assert_eq!(slowed.problem(), (429, "TOO_MANY_ATTEMPTS", None));
        let after: u64 = slowed.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=30).contains(&after), "{after}");
    }
    // Also with the right password: the answer says nothing of it.
    assert_eq!(sign_in(&anybody, login("101", "demo-101")).await.problem(), (429, "TOO_MANY_ATTEMPTS", None));
    // Others are not kept out, and after a while nobody is.
    assert_eq!(sign_in(&anybody, login("102", "demo-102")).await.status, StatusCode::OK);
    server.clock.advance(Duration::from_secs(31));
    assert_eq!(sign_in(&anybody, login("101", "demo-101")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn nobody_is_locked_out_of_a_device_that_they_use() {
    let server = Server::start().await;
    let anybody = server.anybody();
    let first = sign_in(&anybody, login("101", "demo-101")).await;
    let device = first.json["device"].as_str().unwrap().to_owned();
    guess(&anybody, |_| login("101", "a guess"), 5).await;
    assert_eq!(sign_in(&anybody, login("101", "demo-101")).await.problem().0, 429);
    let known = |agent: &str, password: &str| {
        let mut body = login(agent, password);
        body["device"] = device.clone().into();
        body
    };
    let again = sign_in(&anybody, known("101", "demo-101")).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.text);
    assert_eq!(again.json["device"], device.as_str(), "it stays known by the same");
    // It has an end of its own, and is good for its account alone.
    guess(&anybody, |_| known("101", "a guess"), 10).await;
    guess(&anybody, |_| login("102", "a guess"), 5).await;
    assert_eq!(sign_in(&anybody, known("102", "demo-102")).await.problem().0, 429);
}

#[tokio::test]
async fn an_address_cannot_go_through_all_names() {
    let server = Server::start().await;
    let anybody = server.anybody();
    guess(&anybody, |number| login(&format!("nobody-{number}"), "a guess"), 50).await;
    assert_eq!(sign_in(&anybody, login("101", "demo-101")).await.problem().0, 429);
}

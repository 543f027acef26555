//! SIGTERM under load.

use std::time::Duration;

use frontdesk_tests::kit::Agent;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::lives::Lives;
use super::load::Load;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_in_the_middle_of_the_load_loses_and_repeats_nothing() {
    let mut lives = Lives::begin().await;
    let load = Load::start(&lives, 8).await;
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(700)).await;
        lives.terminate().await;
        // The checker allows what comes twice only across a kill, and this is none.
        lives.resume().await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let found = load.finish(&lives).await;
    found.must_be_fine();
    assert!(found.acknowledged(false) > 20 && found.acknowledged(true) > 0);
    lives.terminate().await;
    found.must_not_be_in(&lives.logs);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn held_polls_are_answered_when_the_server_stops() {
    let mut lives = Lives::begin().await;
    // First, so that it is there long before the server stops.
    let agent = Agent::sign_in(&lives.anybody(), "demo", "101", "demo-101").await;
    let mut desk = lives.line(agent.http.clone());
    let feed = "/api/v1/agent/feed?wait=55";
    let mut desks = JoinSet::new();
    desks.spawn(async move { desk.ask(Method::GET, feed, &Value::Null).await });
    let app = lives.app().await;
    let mut held = JoinSet::new();
    for number in 0..10 {
        let customer = app.customer(&format!("customer-{number}"), "en").await;
        let mut line = lives.app_line(customer.http.clone());
        let path = "/apiaccess/ccmessaging/poll?wait=55";
        held.spawn(async move { line.ask(Method::GET, path, &Value::Null).await });
    }
    lives.has_logged("poll held", 10).await;
    assert!(held.try_join_next().is_none() && desks.try_join_next().is_none(), "a poll was not held");
    lives.terminate().await;
    while let Some(poll) = held.join_next().await {
        let (_, answer) = poll.unwrap().expect("a held poll is answered");
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let empty = json!({
            "resultCode": "0", "resultDesc": "query user messages success.", "downlinkMessages": [],
        });
        assert_eq!(answer.json, empty);
    }
    let (_, answer) = desks.join_next().await.unwrap().unwrap().expect("a held feed is answered");
    assert_eq!((answer.status, &answer.json["events"]), (StatusCode::OK, &json!([])));
}

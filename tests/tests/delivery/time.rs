//! Tokens that end, clocks that are set, and servers that are restarted.

use std::time::Duration;

use frontdesk_server::config::Settings;
use frontdesk_tests::kit::receivers::{Inbox, NEVER, Receiver, Transport, Wish, receive_until};
use frontdesk_tests::kit::{Customer, POLL, Plan, Proxy};
use reqwest::Method;

use super::scene::{Scene, cursor_of, redelivered_of, settings, texts_of};

const HOUR: Duration = Duration::from_hours(1);

/// The customer with a fresh AccessToken, which lives shorter than what is looked at here.
async fn signed_in(scene: &Scene, messaging_token: &str) -> Customer {
    let app = scene.server.app().await;
    Customer { http: app.http.with("ccmessaging-token", messaging_token), user: scene.customer.user.clone() }
}

fn renewed(answer: &frontdesk_tests::kit::Answer) -> Option<String> {
    answer.headers.get("ccmessaging-token").map(|token| token.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_token_is_renewed_while_a_poll_is_held_and_that_answer_may_be_lost() {
    let scene = Scene::start().await;
    let old = scene.customer.http.header("ccmessaging-token").unwrap().to_owned();
    assert_eq!(renewed(&scene.customer.polled("wait=0").await), None, "not before half-life");
    scene.server.clock.advance(Duration::from_secs(3_570));
    let customer = signed_in(&scene, &old).await;
    // The answer with the new token is lost.
    let mut proxy = Proxy::start(&scene.server.url).await;
    proxy.plan(Plan::CutAfter(40));
    let http = customer.http.at(&proxy.url).without_reuse();
    let lost = http.try_send(http.request(Method::GET, &format!("{POLL}?cursor=&wait=0"))).await;
    assert!(lost.is_err());
    proxy.cut().await;
    // Past its hour the old one is honoured for 120 seconds, and renewed.
    scene.server.clock.advance(Duration::from_mins(2));
    let new = renewed(&customer.polled("cursor=&wait=0").await).expect("a new token");
    scene.server.clock.advance(Duration::from_mins(1));
    let answer = customer.http.get(&format!("{POLL}?wait=0")).await;
    assert_eq!(answer.status, 401, "{}", answer.text);
    let customer = signed_in(&scene, &new).await;
    assert_eq!(renewed(&customer.polled("wait=0").await), None);
}

/// A hold ends before the token does.
#[tokio::test]
async fn a_hold_never_outlives_its_token() {
    let scene = Scene::start().await;
    let old = scene.customer.http.header("ccmessaging-token").unwrap().to_owned();
    // Two seconds before the end of what is honoured.
    scene.server.clock.advance(HOUR + Duration::from_secs(118));
    let customer = signed_in(&scene, &old).await;
    for query in ["wait=55", "cursor=latest&wait=55"] {
        let path = format!("{POLL}?{query}");
        let poll = customer.http.get(&path);
        let answer = tokio::time::timeout(NEVER, poll).await.expect("it was held beyond its token");
        if query == "wait=55" {
            assert_eq!(answer.status, 200, "{}", answer.text);
            assert!(renewed(&answer).is_some());
        }
    }
}

#[tokio::test]
async fn a_stream_ends_with_its_credentials_also_if_the_clock_is_set() {
    let scene = Scene::with(Settings { stream_heartbeat_ms: 100, ..settings() }).await;
    let old = scene.customer.http.header("ccmessaging-token").unwrap().to_owned();
    let mut open = Vec::new();
    for transport in Transport::STREAMS {
        let mut receiver = transport.open(&scene.customer, &Wish::default()).await;
        let mut inbox = Inbox::default();
        let alive = |inbox: &Inbox| !inbox.heads.is_empty();
        receive_until(&mut *receiver, &mut inbox, "a sign of life", alive).await;
        open.push((transport, receiver));
    }
    scene.server.clock.advance(HOUR + Duration::from_secs(121));
    for (transport, receiver) in &mut open {
        let why = tokio::time::timeout(NEVER, end(&mut **receiver)).await.expect("it ends");
        if *transport == Transport::WebSocket {
            assert_eq!(why.as_deref(), Some("1008 the credentials have ended"));
        }
    }
    let answer = signed_in(&scene, &old).await.http.get(&format!("{POLL}?wait=0")).await;
    assert_eq!(answer.status, 401);
}

async fn end(receiver: &mut dyn Receiver) -> Option<String> {
    let mut inbox = Inbox::default();
    loop {
        if let Err(ended) = receiver.step(&mut inbox).await {
            return ended.why;
        }
    }
}

#[tokio::test]
async fn streams_end_when_the_node_stops() {
    let mut scene = Scene::start().await;
    let mut open = Vec::new();
    for transport in Transport::STREAMS {
        open.push((transport, transport.open(&scene.customer, &Wish::default()).await));
        // Something came, so the stream is there.
        let (_, receiver) = open.last_mut().unwrap();
        scene.say("hello").await;
        let some = |inbox: &Inbox| !inbox.messages.is_empty();
        receive_until(&mut **receiver, &mut Inbox::default(), "a message", some).await;
    }
    scene.server.begin_stop();
    for (transport, receiver) in &mut open {
        let why = tokio::time::timeout(NEVER, end(&mut **receiver)).await.expect("it ends");
        match transport {
            Transport::WebSocket => assert_eq!(why.as_deref(), Some("1012 the server restarts")),
            _ => assert_eq!(why, None, "the answer ends in order"),
        }
    }
    tokio::time::timeout(NEVER, scene.server.stop()).await.expect("the server stops");
}

#[tokio::test]
async fn a_clock_that_is_set_back_an_hour_changes_nothing() {
    let scene = Scene::start().await;
    let wish = Wish::of_device("x").at(&scene.head().await);
    let mut open = Vec::new();
    for transport in Transport::ALL {
        let wish = Wish { device: Some(format!("{transport:?}")), ..wish.clone() };
        open.push((transport, transport.open(&scene.customer, &wish).await, Inbox::default()));
    }
    for round in 0..6 {
        if round == 2 {
            scene.server.clock.set_back(HOUR);
        }
        scene.say(&round.to_string()).await;
        for (transport, receiver, inbox) in &mut open {
            let enough = |inbox: &Inbox| inbox.messages.len() > round;
            receive_until(&mut **receiver, inbox, &format!("it over {transport:?}"), enough).await;
        }
    }
    for (transport, _, inbox) in &open {
        inbox.assert_in_order();
        assert_eq!(inbox.texts(), ["0", "1", "2", "3", "4", "5"], "{transport:?}");
        let numbers: Vec<_> = inbox.messages.iter().filter_map(|message| message["seq"].as_u64()).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    }
    // Polls that begin now find everything as well.
    assert_eq!(texts_of(&scene.customer.polled("cursor=&wait=0&deviceId=new").await).last(), Some(&"5"));
}

#[tokio::test]
async fn a_restart_keeps_cursors_and_positions() {
    let scene = Scene::start().await;
    scene.say("classic has it").await;
    assert_eq!(scene.customer.drain_texts().await, ["classic has it"]);
    scene.say("sent and not acknowledged").await;
    let sent = scene.customer.polled("cursor=").await;
    let before = scene.customer.polled("cursor=latest&deviceId=b&wait=0").await;
    let Scene { server, agent, customer, conversation } = scene;
    let server = server.restart().await;
    let (customer, agent) = (customer.at(&server.url), agent.http.at(&server.url));
    let again = customer.polled("cursor=").await;
    assert_eq!((texts_of(&again), redelivered_of(&again)), (vec!["sent and not acknowledged"], vec![true]));
    let path = format!("/api/v1/agent/conversations/{conversation}/messages");
    let said = agent.post(&path, serde_json::json!({ "mediaType": "TEXT", "content": "after" })).await;
    assert_eq!(said.status, 201, "{}", said.text);
    let next = customer.polled(&format!("cursor={}", cursor_of(&sent))).await;
    assert_eq!((texts_of(&next), redelivered_of(&next)), (vec!["after"], vec![false]));
    let other = customer.polled(&format!("cursor={}&deviceId=b", cursor_of(&before))).await;
    assert_eq!(texts_of(&other), ["after"]);
    assert!(next.json.get("gap").is_none() && other.json.get("gap").is_none());
    assert_eq!(customer.drain_texts().await, ["after"]);
}

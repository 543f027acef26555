//! How much a connection may cost, and how long it may dawdle.

use std::time::Duration;

use frontdesk_server::listen::{Limits, Outcome};

use crate::kit::{NEVER, Server, request, soon};

const SHORT: Duration = Duration::from_millis(200);

#[tokio::test]
async fn requests_know_their_peer() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.connect().await;
    let own_address = client.0.local_addr().expect("local address").to_string();
    assert_eq!(client.get("/peer").await.body, own_address.as_bytes());
}

#[tokio::test]
async fn a_connection_too_many_is_told_so() {
    let server = Server::start(Limits { max_connections: 1, ..Limits::default() }).await;
    let mut first = server.connect().await;
    assert_eq!(first.get("/plain").await.status, 200);

    let mut second = server.connect().await;
    second.send(request("/plain")).await;
    let answer = second.answer().await;
    assert_eq!(answer.status, 503);
    assert!(answer.head.contains("retry-after: ") && answer.closes(), "{}", answer.head);
    let body: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
    for field in ["errorCode", "exceptionInfo", "resultCode", "resultDesc"] {
        assert!(body[field].is_string(), "{field} in {body}");
    }
    assert!(second.until_closed().await.is_empty());

    assert_eq!(first.get("/plain").await.status, 200);
    drop(first);
    soon("there is room again", async { while server.connect().await.get("/plain").await.status != 200 {} })
        .await;
}

#[tokio::test]
async fn a_head_that_does_not_come_is_not_awaited() {
    let server =
        Server::start(Limits { header_read: SHORT, keep_alive_idle: NEVER, ..Limits::default() }).await;

    let mut silent = server.connect().await;
    assert!(silent.until_closed().await.is_empty());

    let mut slow = server.connect().await;
    slow.get("/plain").await;
    slow.send("GET /plain HTTP/1.1\r\n").await;
    assert!(slow.until_closed().await.is_empty());
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.connect().await;
    client.send(format!("GET /plain HTTP/1.1\r\nHost: {}\r\n\r\n", "x".repeat(1024 * 1024))).await;
    assert_eq!(client.answer().await.status, 431);
    assert!(client.until_closed().await.is_empty());
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let server =
        Server::start(Limits { keep_alive_idle: SHORT, header_read: NEVER, ..Limits::default() }).await;
    let mut client = server.connect().await;
    assert_eq!(client.get("/plain").await.status, 200);
    assert!(client.until_closed().await.is_empty());
}

#[tokio::test]
async fn a_held_request_is_not_idle() {
    let server =
        Server::start(Limits { keep_alive_idle: SHORT, header_read: SHORT, ..Limits::default() }).await;
    let mut client = server.connect().await;
    client.send(request("/held?size=300")).await;
    tokio::time::sleep(3 * SHORT).await;
    server.release();
    assert_eq!(client.answer().await.status, 200);
}

#[tokio::test]
async fn a_peer_that_takes_nothing_is_dropped() {
    let limits = Limits { write_stall: SHORT, settle_silence: Duration::ZERO, ..Limits::default() };
    let server = Server::start(limits).await;
    let mut client = server.connect_narrow().await;
    client.send(request("/poll?size=67108864")).await;
    let settlement = server.settlement().await;
    assert_eq!(soon("it settles", settlement).await, Outcome::Lost);
    assert!(client.until_closed().await.len() < 67_108_864);
}

#[tokio::test]
async fn a_panic_is_answered_and_harms_nobody() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.connect().await;
    let answer = client.get("/panic").await;
    assert_eq!(answer.status, 500);
    assert!(!String::from_utf8_lossy(&answer.body).contains("purpose"), "it tells what went wrong inside");
    assert_eq!(client.get("/plain").await.status, 200);
}

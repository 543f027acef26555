//! Stopping: in order where that is possible, in bounded time always.

use std::time::Duration;

use frontdesk_server::listen::{Limits, Outcome};
use tokio::net::TcpStream;

use crate::kit::{NEVER, Server, request, soon};

#[tokio::test]
async fn requests_under_way_are_finished_and_idle_connections_closed() {
    let server = Server::start(Limits { shutdown_grace: NEVER, ..Limits::default() }).await;
    let mut idle = server.connect().await;
    idle.get("/plain").await;
    let mut fresh = server.connect().await;
    let mut busy = server.connect().await;
    busy.send(request("/held?size=300")).await;
    // Accepted in order: once this one is answered, the others are being served.
    server.connect().await.get("/plain").await;

    server.shutdown.cancel();
    assert!(idle.until_closed().await.is_empty());
    assert!(fresh.until_closed().await.is_empty());
    assert!(TcpStream::connect(server.address).await.is_err(), "it still accepts connections");

    server.release();
    let answer = busy.answer().await;
    assert_eq!((answer.status, answer.body.len()), (200, 300));
    assert!(answer.closes(), "{}", answer.head);
    assert!(busy.until_closed().await.is_empty());
    drop(busy);
    assert_eq!(soon("it settles", server.settlement().await).await, Outcome::Delivered);
    soon("the server ends", server.tracker.wait()).await;
}

#[tokio::test]
async fn a_request_that_does_not_end_is_dropped() {
    let server =
        Server::start(Limits { shutdown_grace: Duration::from_millis(100), ..Limits::default() }).await;
    let mut endless = server.connect().await;
    endless.send(request("/endless")).await;
    let mut partial = server.connect().await;
    partial.send("GET /plain HTTP/1.1\r\n").await;
    server.connect().await.get("/plain").await;

    server.shutdown.cancel();
    assert!(endless.until_closed().await.is_empty());
    assert!(partial.until_closed().await.is_empty());
    soon("the server ends", server.tracker.wait()).await;
}

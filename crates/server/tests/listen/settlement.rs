//! When an answer counts as delivered, and when as lost.

use std::time::{Duration, Instant};

use frontdesk_server::listen::{Limits, Outcome, Settlement};
use futures_util::FutureExt as _;
use tokio::io::AsyncReadExt as _;

use crate::kit::{NEVER, Server, request, soon};

/// More than any socket buffer takes.
const HUGE: &str = "/poll?size=67108864";
const HUGE_BYTES: usize = 67_108_864;

async fn outcome(settlement: &mut Settlement) -> Outcome {
    soon("it settles", settlement).await
}

#[tokio::test]
async fn delivered_by_the_next_request() {
    let server = Server::without_silence().await;
    let mut client = server.connect().await;
    let answer = client.get("/poll?size=300").await;
    assert_eq!((answer.status, answer.body.len()), (200, 300));
    let mut settlement = server.settlement().await;
    assert_eq!((&mut settlement).now_or_never(), None);
    // The first byte will do.
    client.send("G").await;
    assert_eq!(outcome(&mut settlement).await, Outcome::Delivered);
}

#[tokio::test]
async fn delivered_by_an_orderly_close() {
    let server = Server::without_silence().await;
    let mut client = server.connect().await;
    client.get("/poll?size=300").await;
    let mut settlement = server.settlement().await;
    assert_eq!((&mut settlement).now_or_never(), None);
    drop(client);
    assert_eq!(outcome(&mut settlement).await, Outcome::Delivered);
}

#[tokio::test]
async fn delivered_by_silence() {
    let silence = Duration::from_millis(200);
    let server = Server::start(Limits { settle_silence: silence, ..Limits::default() }).await;
    let mut client = server.connect().await;
    let begin = Instant::now();
    client.get("/poll?size=300").await;
    assert_eq!(outcome(&mut server.settlement().await).await, Outcome::Delivered);
    assert!(begin.elapsed() >= silence, "it settled before the silence was over");
}

#[tokio::test]
async fn an_answer_larger_than_all_buffers_is_sent_when_its_last_byte_is_taken() {
    let server = Server::start(Limits { settle_silence: Duration::ZERO, ..Limits::default() }).await;
    let mut client = server.connect().await;
    client.send(request(HUGE)).await;
    let mut settlement = server.settlement().await;
    let mut early = [0; 1000];
    soon("its first bytes", client.0.read_exact(&mut early)).await.expect("read");
    assert_eq!((&mut settlement).now_or_never(), None);
    let mut rest = vec![0; HUGE_BYTES];
    soon("the rest", client.0.read_exact(&mut rest[early.len()..])).await.expect("read");
    assert_eq!(outcome(&mut settlement).await, Outcome::Delivered);
}

#[tokio::test]
async fn lost_by_a_reset_in_mid_answer() {
    let server = Server::start(Limits { settle_silence: Duration::ZERO, ..Limits::default() }).await;
    let mut client = server.connect_narrow().await;
    client.send(request(HUGE)).await;
    let mut settlement = server.settlement().await;
    let mut early = [0; 1000];
    soon("its first bytes", client.0.read_exact(&mut early)).await.expect("read");
    client.reset();
    assert_eq!(outcome(&mut settlement).await, Outcome::Lost);
}

#[tokio::test]
async fn lost_by_a_reset_right_after_the_answer() {
    let server = Server::without_silence().await;
    let mut client = server.connect().await;
    client.get("/poll?size=300").await;
    let mut settlement = server.settlement().await;
    client.reset();
    assert_eq!(outcome(&mut settlement).await, Outcome::Lost);
}

#[tokio::test]
async fn lost_by_a_reset_while_a_further_request_keeps_the_server_from_reading() {
    let server =
        Server::start(Limits { settle_silence: Duration::from_millis(500), ..Limits::default() }).await;
    let mut client = server.connect().await;
    client.send(request("/poll?size=300") + &request("/endless") + "GET /one-more").await;
    client.answer().await;
    let mut settlement = server.settlement().await;
    client.reset();
    assert_eq!(outcome(&mut settlement).await, Outcome::Lost);
}

#[tokio::test]
async fn lost_when_the_client_leaves_before_the_answer() {
    let server = Server::without_silence().await;
    let mut client = server.connect().await;
    client.send(request("/abandoned")).await;
    let mut settlement = server.settlement().await;
    assert_eq!((&mut settlement).now_or_never(), None);
    drop(client);
    assert_eq!(outcome(&mut settlement).await, Outcome::Lost);
}

#[tokio::test]
async fn lost_when_there_is_no_body_to_send() {
    let server = Server::without_silence().await;
    let mut client = server.connect().await;
    client.send("HEAD /poll?size=300 HTTP/1.1\r\nHost: test\r\n\r\n").await;
    assert_eq!(outcome(&mut server.settlement().await).await, Outcome::Lost);

    let mut client = server.connect().await;
    assert_eq!(client.get("/poll?size=0").await.status, 200);
    assert_eq!(outcome(&mut server.settlement().await).await, Outcome::Lost);
}

#[tokio::test]
async fn lost_when_the_server_drops_the_connection() {
    let limits =
        Limits { settle_silence: NEVER, shutdown_grace: Duration::from_millis(100), ..Limits::default() };
    let server = Server::start(limits).await;
    let mut client = server.connect().await;
    client.send(request("/poll?size=300") + &request("/endless")).await;
    client.answer().await;
    let mut settlement = server.settlement().await;
    assert_eq!((&mut settlement).now_or_never(), None);
    server.shutdown.cancel();
    assert_eq!(outcome(&mut settlement).await, Outcome::Lost);
}

#[tokio::test]
async fn a_pipelined_request_proves_nothing() {
    let server = Server::without_silence().await;
    let mut client = server.connect().await;
    client.send(request("/poll?size=300") + &request("/plain")).await;
    client.answer().await;
    let mut settlement = server.settlement().await;
    client.answer().await;
    assert_eq!((&mut settlement).now_or_never(), None);
    // This one was sent with knowledge of the answer.
    client.send("G").await;
    assert_eq!(outcome(&mut settlement).await, Outcome::Delivered);
}

#[tokio::test]
async fn a_pipelined_request_that_waits_in_the_kernel_proves_nothing() {
    let server = Server::without_silence().await;
    let mut client = server.connect().await;
    let (begin, end) = ("GET /plain HTTP/1.1\r\n", "Host: test\r\n\r\n");
    // With the begin of a request in its buffer the server reads no further until it has answered.
    client.send(request("/held?size=300") + begin).await;
    let mut witness = server.connect().await;
    witness.get("/plain").await;
    client.send(end).await;
    server.release();
    client.answer().await;
    let mut settlement = server.settlement().await;
    assert_eq!(client.answer().await.body, b"plain");
    assert_eq!((&mut settlement).now_or_never(), None);
    client.reset();
    assert_eq!(outcome(&mut settlement).await, Outcome::Lost);
}

#[tokio::test]
async fn a_last_answer_settles_after_the_server_has_closed() {
    let server = Server::without_silence().await;
    let last = "GET /poll?size=300 HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";

    let mut client = server.connect().await;
    client.send(last).await;
    assert!(client.answer().await.closes());
    assert!(client.until_closed().await.is_empty());
    let mut settlement = server.settlement().await;
    assert_eq!((&mut settlement).now_or_never(), None);
    drop(client);
    assert_eq!(outcome(&mut settlement).await, Outcome::Delivered);

    let mut client = server.connect().await;
    client.send(last).await;
    client.answer().await;
    client.until_closed().await;
    let mut settlement = server.settlement().await;
    client.reset();
    assert_eq!(outcome(&mut settlement).await, Outcome::Lost);
}

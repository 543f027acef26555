//! When an answer that went out encrypted counts as delivered, and when as lost.

use std::time::Duration;

use frontdesk_server::listen::{Limits, Outcome, Settlement};
use futures_util::FutureExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::kit::{NEVER, request, soon};
use crate::tls::Secure;

/// More than any socket buffer takes.
const HUGE: &str = "/poll?size=16777216";
const HUGE_BYTES: usize = 16_777_216;

async fn outcome(settlement: &mut Settlement) -> Outcome {
    soon("it settles", settlement).await
}

async fn start(settle_silence: Duration) -> Secure {
    Secure::start(Limits { settle_silence, ..Limits::default() }).await
}

#[tokio::test]
async fn delivered_by_the_next_request() {
    let secure = start(NEVER).await;
    let mut client = secure.connect().await;
    assert_eq!(client.get("/poll?size=300").await.1.len(), 300);
    let mut settlement = secure.server.settlement().await;
    assert_eq!((&mut settlement).now_or_never(), None);
    client.send("G").await;
    assert_eq!(outcome(&mut settlement).await, Outcome::Delivered);
}

#[tokio::test]
async fn delivered_by_an_orderly_close_with_or_without_a_farewell() {
    let secure = start(NEVER).await;
    for says_farewell in [false, true] {
        let mut client = secure.connect().await;
        client.get("/poll?size=300").await;
        let mut settlement = secure.server.settlement().await;
        assert_eq!((&mut settlement).now_or_never(), None);
        if says_farewell {
            client.0.shutdown().await.unwrap();
            drop(client);
        } else {
            client.close();
        }
        assert_eq!(outcome(&mut settlement).await, Outcome::Delivered, "{says_farewell}");
    }
}

#[tokio::test]
async fn delivered_by_silence() {
    let secure = start(Duration::from_millis(200)).await;
    let mut client = secure.connect().await;
    client.get("/poll?size=300").await;
    assert_eq!(outcome(&mut secure.server.settlement().await).await, Outcome::Delivered);
}

/// A client that gives up says farewell before its kernel resets the connection because of what it has not read.
#[tokio::test]
async fn a_farewell_before_a_reset_proves_nothing() {
    let secure = start(NEVER).await;
    let mut client = secure.connect().await;
    client.send(request("/poll?size=300")).await;
    let mut settlement = secure.server.settlement().await;
    // The answer lies in the kernel and is not read.
    let (socket, session) = client.0.get_mut();
    soon("the answer", socket.readable()).await.unwrap();
    session.send_close_notify();
    let mut farewell = Vec::new();
    session.write_tls(&mut farewell).unwrap();
    soon("the farewell", socket.write_all(&farewell)).await.unwrap();
    // The server's own farewell comes back: it has read the client's.
    let mut witness = secure.connect().await;
    witness.get("/plain").await;
    assert_eq!((&mut settlement).now_or_never(), None);
    client.reset();
    assert_eq!(outcome(&mut settlement).await, Outcome::Lost);
}

#[tokio::test]
async fn an_answer_larger_than_all_buffers_is_sent_when_its_last_byte_is_taken() {
    let secure = start(Duration::ZERO).await;
    let mut client = secure.connect_narrow().await;
    client.send(request(HUGE)).await;
    let mut settlement = secure.server.settlement().await;
    let mut early = [0; 1000];
    soon("its first bytes", client.0.read_exact(&mut early)).await.unwrap();
    assert_eq!((&mut settlement).now_or_never(), None);
    let mut rest = vec![0; HUGE_BYTES - early.len()];
    soon("the rest", client.0.read_exact(&mut rest)).await.unwrap();
    assert_eq!(outcome(&mut settlement).await, Outcome::Delivered);
}

#[tokio::test]
async fn lost_by_a_reset_in_mid_answer() {
    let secure = start(Duration::ZERO).await;
    let mut client = secure.connect_narrow().await;
    client.send(request(HUGE)).await;
    let mut settlement = secure.server.settlement().await;
    let mut early = [0; 1000];
    soon("its first bytes", client.0.read_exact(&mut early)).await.unwrap();
    client.reset();
    assert_eq!(outcome(&mut settlement).await, Outcome::Lost);
}

/// Encryption takes an answer of this size whole, before the socket does: what it holds back must count.
#[tokio::test]
async fn what_encryption_holds_back_has_not_been_sent() {
    let secure = start(Duration::ZERO).await;
    let mut client = secure.connect_narrow().await;
    // As many as it takes until the kernel takes no more; each is smaller than what encryption holds.
    let mut held_back = loop {
        client.send(request("/poll?size=40000")).await;
        let mut settlement = secure.server.settlement().await;
        let Ok(outcome) = tokio::time::timeout(Duration::from_secs(5), &mut settlement).await else {
            break settlement;
        };
        assert_eq!(outcome, Outcome::Delivered);
    };
    client.reset();
    assert_eq!(outcome(&mut held_back).await, Outcome::Lost);
}

#[tokio::test]
async fn lost_by_a_reset_right_after_the_answer() {
    let secure = start(NEVER).await;
    let mut client = secure.connect().await;
    client.get("/poll?size=300").await;
    let mut settlement = secure.server.settlement().await;
    client.reset();
    assert_eq!(outcome(&mut settlement).await, Outcome::Lost);
}

#[tokio::test]
async fn a_peer_that_takes_nothing_is_cut() {
    let limits =
        Limits { settle_silence: NEVER, write_stall: Duration::from_millis(300), ..Limits::default() };
    let secure = Secure::start(limits).await;
    let mut client = secure.connect_narrow().await;
    client.send(request(HUGE)).await;
    assert_eq!(outcome(&mut secure.server.settlement().await).await, Outcome::Lost);
}

#[tokio::test]
async fn a_pipelined_request_proves_nothing() {
    let secure = start(NEVER).await;
    let mut client = secure.connect().await;
    client.send(request("/poll?size=300") + &request("/plain")).await;
    client.answer().await;
    let mut settlement = secure.server.settlement().await;
    client.answer().await;
    assert_eq!((&mut settlement).now_or_never(), None);
    client.send("G").await;
    assert_eq!(outcome(&mut settlement).await, Outcome::Delivered);
}

#[tokio::test]
async fn a_last_answer_settles_after_the_server_has_closed() {
    let secure = start(NEVER).await;
    for is_reset in [false, true] {
        let mut client = secure.connect().await;
        client.send("GET /poll?size=300 HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n").await;
        client.answer().await;
        let mut rest = Vec::new();
        soon("the server's farewell", client.0.read_to_end(&mut rest)).await.unwrap();
        let mut settlement = secure.server.settlement().await;
        assert_eq!((&mut settlement).now_or_never(), None);
        if is_reset {
            client.reset();
            assert_eq!(outcome(&mut settlement).await, Outcome::Lost);
        } else {
            client.close();
            assert_eq!(outcome(&mut settlement).await, Outcome::Delivered);
        }
    }
}

//! Bodies larger than allowed, from clients that send everything before they read.

use frontdesk_server::listen::Limits;

use crate::kit::{Server, UPLOAD_LIMIT};

fn upload(length: usize) -> Vec<u8> {
    let head = format!("POST /upload HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n");
    [head.into_bytes(), vec![b'x'; length]].concat()
}

#[tokio::test]
async fn what_is_allowed_is_read() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.connect().await;
    client.send(upload(UPLOAD_LIMIT)).await;
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.body), (200, UPLOAD_LIMIT.to_string().into_bytes()));
}

#[tokio::test]
async fn a_client_that_is_still_sending_reads_its_refusal() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.connect().await;
    client.send(upload(10 * 1024 * 1024)).await;
    let answer = client.answer().await;
    assert_eq!(answer.status, 413);
    // The body was read whole, so the connection goes on.
    assert!(!answer.closes(), "{}", answer.head);
    assert_eq!(client.get("/plain").await.status, 200);
}

#[tokio::test]
async fn a_body_in_chunks_is_refused_as_well() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.connect().await;
    client.send("POST /upload HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for _ in 0..80 {
        client.send(&chunk).await;
    }
    client.send("0\r\n\r\n").await;
    assert_eq!(client.answer().await.status, 413);
    assert_eq!(client.get("/plain").await.status, 200);
}

#[tokio::test]
async fn beyond_what_is_dropped_the_connection_ends() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.connect().await;
    client.send(upload(24 * 1024 * 1024)).await;
    let answer = client.answer().await;
    assert_eq!(answer.status, 413);
    assert!(answer.closes(), "{}", answer.head);
    assert!(client.until_closed().await.is_empty());
}

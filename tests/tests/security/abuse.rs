//! Requests that are cheap to send and meant to be dear to answer.

use frontdesk_tests::kit::receivers::Socket;
use frontdesk_tests::kit::{Answer, Customer, Raw, Server};
use reqwest::{Method, StatusCode};

async fn connected(server: &Server) -> Customer {
    let customer = server.customer("ann").await;
    assert_eq!(customer.send("CONNECT", "").await.code(), "0");
    customer
}

async fn send(customer: &Customer, body: impl Into<reqwest::Body>, encoding: Option<&str>) -> Answer {
    let request = customer.http.request(Method::POST, "/apiaccess/ccmessaging/send");
    let request = request.header("content-type", "application/json").body(body);
    let request =
        encoding.into_iter().fold(request, |request, encoding| request.header("content-encoding", encoding));
    customer.http.send(request).await
}

#[tokio::test]
async fn depth_is_bounded() {
    let server = Server::start().await;
    let customer = connected(&server).await;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [200, 100_000] {
            let value = open.repeat(depth) + "1" + &close.repeat(depth);
            let answer = send(&customer, format!("{{\"content\":{value}}}"), None).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{depth} {}", answer.text);
            let answer = send(&customer, value, None).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{depth} {}", answer.text);
        }
    }
    assert_eq!(customer.send("CHAT", "hello").await.code(), "0");
}

/// Nothing that comes in is ever unpacked, so that nothing small becomes large.
#[tokio::test]
async fn nothing_is_unpacked() {
    let server = Server::start().await;
    let customer = connected(&server).await;
    // Begins as gzip does; where bodies are unpacked, this is an error of another kind.
    let packed = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00";
    let answer = send(&customer, packed.to_vec(), Some("gzip")).await;
    assert!(answer.status.is_client_error(), "{} {}", answer.status, answer.text);

    let mut raw = Raw::connect(&customer.http).await;
    let head = customer.http.head("GET", "/apiaccess/ccmessaging/ws")
        + "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
           sec-websocket-extensions: permessage-deflate\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
           content-length: 0\r\n\r\n";
    raw.write(head.as_bytes()).await;
    let answer = raw.finish().await.to_lowercase();
    assert!(answer.starts_with("http/1.1 101") && !answer.contains("sec-websocket-extensions"), "{answer}");
}

#[tokio::test]
async fn sizes_are_bounded() {
    let server = Server::start().await;
    let customer = connected(&server).await;
    let http = &customer.http;
    let answer = send(&customer, vec![b' '; 5 << 20], None).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let cases = [
        ("GET / HTTP/1.1\r\nhost: x\r\nx: ".to_owned() + &"x".repeat(20_000) + "\r\n\r\n", "431"),
        ("GET / HTTP/1.1\r\nhost: x\r\n".to_owned() + &"x: y\r\n".repeat(200) + "\r\n", "431"),
        (format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(20_000)), "4"),
    ];
    for (request, status) in cases {
        let mut raw = Raw::connect(http).await;
        raw.write(request.as_bytes()).await;
        let answer = raw.answer().await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{}: {answer}", &request[..40]);
    }
    let mut socket =
        Socket::open(&customer, &frontdesk_tests::kit::receivers::Wish::default()).await.unwrap();
    // A frame that says that it is as large as can be said.
    let huge = [&[0x81, 0xff][..], &[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], &[0; 4]].concat();
    socket.write_raw(&huge).await.unwrap();
    assert_eq!(customer.send("CHAT", "hello").await.code(), "0");
}

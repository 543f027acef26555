//! Requests, uploads and WebSocket frames that are almost right, through the front door.

use std::time::Duration;

use frontdesk_tests::fuzz::{Draws, mutate};
use frontdesk_tests::kit::{Customer, Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

const INPUTS: usize = 400;
/// What is waited for an answer. Nothing is concluded from there being none: the input may ask to wait.
const WAIT: Duration = Duration::from_millis(500);
const WORDS: [&str; 12] = [
    "\r\n",
    "\r\n\r\n",
    "content-length: 5\r\n",
    "transfer-encoding: chunked\r\n",
    "expect: 100-continue\r\n",
    "--b\r\n",
    "0\r\n\r\n",
    "%00",
    "..",
    "\0",
    "HTTP/1.0",
    "connection: upgrade\r\n",
];

/// A frame from a client, with a mask of zeroes.
fn frame(kind: u8, payload: &str) -> String {
    let length = char::from(0x80 | u8::try_from(payload.len()).unwrap());
    [char::from(kind), length, '\0', '\0', '\0', '\0'].iter().collect::<String>() + payload
}

/// One byte for each character, which frames need.
fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect()
}

fn examples(customer: &Customer) -> Vec<Vec<u8>> {
    let http = &customer.http;
    let path = |name: &str| format!("/apiaccess/ccmessaging/{name}");
    let post = |name: &str, media: &str, body: &str| {
        let head = http.head("POST", &path(name));
        format!("{head}content-type: {media}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    };
    let message = customer.message("CHAT", "hello").to_string();
    let chunked = http.head("POST", &path("send"))
        + &format!("transfer-encoding: chunked\r\n\r\n{:x}\r\n{message}\r\n0\r\n\r\n", message.len());
    let multipart = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\
                     content-type: text/plain\r\n\r\nhello\r\n--b--\r\n";
    let upgrade = http.head("GET", &path("ws"))
        + "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
           sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let frames =
        frame(0x81, r#"{"type":"resume","cursor":""}"#) + &frame(0x89, "ping") + &frame(0x88, "\u{3}\u{e8}");
    let texts = [
        post("send", "application/json", &message),
        chunked,
        post("uploadFileStream", "multipart/form-data; boundary=b", multipart),
        post("queryHistoryChatMessage", "application/json", "{}"),
        http.head("GET", &path("poll?wait=0&cursor=&deviceId=a&events=read")) + "\r\n",
        http.head("GET", &path("stream?cursor=earliest")) + "\r\n",
        http.head("GET", "/api/v1/openapi.json")
            + "accept-encoding: br, gzip;q=0\r\nif-none-match: \"x\"\r\n\r\n",
        http.head("OPTIONS", &path("send"))
            + "origin: http://x\r\naccess-control-request-method: POST\r\n\r\n",
        upgrade + &frames,
    ];
    texts.iter().map(|text| bytes(text)).collect()
}

#[tokio::test]
async fn almost_right_requests_are_refused_in_order_and_break_nothing() {
    let server = Server::start().await;
    let customer = server.customer("ann").await;
    customer.send("CONNECT", "").await;
    let examples = examples(&customer);
    let mut draws = Draws::new(1);
    let mutated = std::iter::from_fn(|| Some(mutate(&mut draws, &examples, &WORDS)));
    for (number, input) in examples.clone().into_iter().chain(mutated.take(INPUTS)).enumerate() {
        let mut stream = TcpStream::connect(customer.http.authority()).await.unwrap();
        let mut answer = Vec::new();
        let exchange = async {
            // A server that refuses may close before it has read everything.
            let _ = stream.write_all(&input).await;
            let _ = stream.shutdown().await;
            let _ = stream.read_to_end(&mut answer).await;
        };
        let _ = timeout(WAIT, exchange).await;
        let what = format!("input {number}: {}\nanswer: {}", input.escape_ascii(), answer.escape_ascii());
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."), "{what}");
        assert!(!answer.windows(11).any(|at| at == b"HTTP/1.1 500"), "{what}");
    }
    // Whoever behaves is served as before.
    assert_eq!(server.customer("bob").await.send("CONNECT", "").await.code(), "0");
    assert_eq!(customer.poll_with("cursor=&wait=0").await.status, 200);
}

//! A proxy in front of a server that changes its answers: a server that keeps the contract but for one thing.

use std::sync::Arc;

use reqwest::Method;
use reqwest::header::{
    CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// An answer on its way, with what it answers.
pub(super) struct Passing {
    pub(super) target: String,
    pub(super) status: u16,
    pub(super) text: String,
}

/// What is changed.
pub(super) type Change = Arc<dyn Fn(&mut Passing) + Send + Sync>;

/// A running proxy. It stops when it is dropped.
pub(super) struct AlteringProxy {
    pub(super) url: String,
    _running: JoinSet<()>,
}

impl AlteringProxy {
    pub(super) async fn start(upstream: &str, change: Change) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (upstream, client) = (upstream.to_owned(), reqwest::Client::new());
        let mut running = JoinSet::new();
        running.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, client.clone(), upstream.clone(), Arc::clone(&change)));
            }
        });
        Self { url, _running: running }
    }
}

/// One request and its answer; the connection is closed then.
async fn serve(mut stream: TcpStream, client: reqwest::Client, upstream: String, change: Change) {
    // Whoever goes away in the middle is not waited for.
    let Some(request) = Request::read(&mut stream).await else { return };
    let forwarded = client
        .request(request.method.clone(), format!("{upstream}{}", request.target))
        .headers(request.headers)
        .body(request.body);
    let Ok(mut answer) = forwarded.send().await else { return };
    let status = answer.status().as_u16();
    let mut headers = answer.headers().clone();
    for name in [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
        headers.remove(name);
    }
    if headers.get("content-type").is_some_and(|kind| kind == "text/event-stream") {
        let mut open = stream.write_all(&head(status, &headers)).await.is_ok();
        while let (true, Ok(Some(bytes))) = (open, answer.chunk().await) {
            open = stream.write_all(&bytes).await.is_ok();
        }
        return;
    }
    let Ok(text) = answer.text().await else { return };
    let mut passing = Passing { target: request.target, status, text };
    change(&mut passing);
    headers.insert(CONTENT_LENGTH, HeaderValue::from(passing.text.len()));
    let whole = [head(passing.status, &headers), passing.text.into_bytes()].concat();
    let _gone = stream.write_all(&whole).await;
    let _gone = stream.shutdown().await;
}

fn head(status: u16, headers: &HeaderMap) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} Altered\r\nconnection: close\r\n").into_bytes();
    for (name, value) in headers {
        head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    head.extend(b"\r\n");
    head
}

struct Request {
    method: Method,
    target: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Request {
    async fn read(stream: &mut TcpStream) -> Option<Self> {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            if stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        };
        let mut body = bytes.split_off(end + 4);
        let head = String::from_utf8(bytes).ok()?;
        let mut lines = head.lines();
        let mut first = lines.next()?.split(' ');
        let (method, target) = (first.next()?.parse().ok()?, first.next()?.to_owned());
        let mut headers: HeaderMap = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| Some((name.parse::<HeaderName>().ok()?, value.parse().ok()?)))
            .collect::<Option<_>>()?;
        let length = headers.remove(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let missing = length.unwrap_or(0_usize).saturating_sub(body.len());
        let begun = body.len();
        body.resize(begun + missing, 0);
        stream.read_exact(&mut body[begun..]).await.ok()?;
        headers.remove(HOST);
        headers.remove(CONNECTION);
        Some(Self { method, target, headers, body })
    }
}

//! What the tests of this crate share: messages, credentials, and a small HTTP server written by hand.

use std::sync::{Arc, Mutex};

use frontdesk_api::messaging::poll::DownlinkMessage;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::credentials::CustomerCredentials;
use crate::endpoint::Endpoint;

/// A message with this code.
pub(crate) fn message(code: &str) -> DownlinkMessage {
    DownlinkMessage { message_code: Some(code.to_owned()), ..DownlinkMessage::default() }
}

/// Credentials of user `u-77` on channel `c-1`.
pub(crate) fn credentials(access_token: &str, messaging_token: &str) -> CustomerCredentials {
    CustomerCredentials {
        app_key: "app".to_owned(),
        access_token: access_token.into(),
        messaging_token: messaging_token.into(),
        user_id: "u-77".to_owned(),
        channel_id: "c-1".to_owned(),
    }
}

/// A request as it arrived.
pub(crate) struct Received {
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Received {
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub(crate) fn target(&self) -> &str {
        &self.target
    }

    /// The value of a header, empty if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// What the server does with a request.
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    breaks_off: bool,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &str) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { status, headers, body: body.to_owned(), breaks_off: false }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new(), breaks_off: false }
    }

    /// Ends the connection in the middle of the answer.
    pub(crate) fn broken_off(self) -> Self {
        Self { breaks_off: true, ..self }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Told\r\n", self.status);
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        if self.status != 204 {
            head.extend(["content-length: ", &self.body.len().to_string(), "\r\n"]);
        }
        [&head, "\r\n", &self.body].concat().into_bytes()
    }
}

type Handler = Arc<dyn Fn(&Received) -> Reply + Send + Sync>;

/// An HTTP/1.1 server on a loopback port, until it is dropped.
pub(crate) struct TestServer {
    address: String,
    targets: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl TestServer {
    pub(crate) async fn start(handler: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let targets = Arc::new(Mutex::new(Vec::new()));
        let (handler, noted): (Handler, _) = (Arc::new(handler), Arc::clone(&targets));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&handler), Arc::clone(&noted)));
            }
        });
        Self { address, targets, _tasks: tasks }
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint::new(&self.address).unwrap()
    }

    /// The path and query of every request so far.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.targets.lock().unwrap().clone()
    }
}

async fn serve(stream: TcpStream, handler: Handler, targets: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    while let Some(received) = receive(&mut stream).await {
        targets.lock().unwrap().push(received.target().to_owned());
        let reply = handler(&received);
        let mut bytes = reply.bytes();
        if reply.breaks_off {
            bytes.pop();
        }
        if stream.write_all(&bytes).await.is_err() || reply.breaks_off {
            return;
        }
    }
}

async fn receive(stream: &mut BufReader<TcpStream>) -> Option<Received> {
    let first = line(stream).await?;
    let target = first.split(' ').nth(1)?.to_owned();
    let mut headers = Vec::new();
    loop {
        let line = line(stream).await?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut received = Received { target, headers, body: Vec::new() };
    received.body = vec![0; received.header("content-length").parse().unwrap_or_default()];
    stream.read_exact(&mut received.body).await.ok()?;
    Some(received)
}

async fn line(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    let length = stream.read_line(&mut line).await.ok()?;
    (length > 0).then(|| line.trim_end().to_owned())
}

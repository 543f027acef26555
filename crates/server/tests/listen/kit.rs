//! A server on a free port, and a client that sees every byte.

use std::future::{Future, pending};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Extension, Query, State};
use axum::routing::{get, post};
use bytes::Bytes;
use frontdesk_server::listen::body::{ReadError, read_limited};
use frontdesk_server::listen::room::{BodyRoom, Sender};
use frontdesk_server::listen::tls::Tls;
use frontdesk_server::listen::{ConnectionHandle, Limits, Listener, Settlement, serve};
use http::{HeaderMap, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Mutex, Notify, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Long enough for anything that happens at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// For a silence that must not be what settles.
pub(crate) const NEVER: Duration = Duration::from_hours(1);

/// The largest body that `/upload` takes.
pub(crate) const UPLOAD_LIMIT: usize = 1024 * 1024;

/// Waits for something that has to happen.
pub(crate) async fn soon<F: Future>(what: &str, future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("did not happen: {what}"))
}

/// What the handlers share with the test.
struct Backstage {
    settlements: mpsc::UnboundedSender<Settlement>,
    /// Lets one answer of `/held` go.
    release: Notify,
}

/// A running server.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) shutdown: CancellationToken,
    pub(crate) tracker: TaskTracker,
    settlements: Mutex<mpsc::UnboundedReceiver<Settlement>>,
    backstage: Arc<Backstage>,
}

impl Server {
    pub(crate) async fn start(limits: Limits) -> Self {
        Self::start_with(limits, None).await
    }

    pub(crate) async fn start_with(limits: Limits, tls: Option<Arc<Tls>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bind");
        let address = listener.local_addr().expect("local address");
        let listener = Listener { tcp: listener, tls };
        let (sender, settlements) = mpsc::unbounded_channel();
        let backstage = Arc::new(Backstage { settlements: sender, release: Notify::new() });
        let shutdown = CancellationToken::new();
        let tracker = TaskTracker::new();
        let router = router(Arc::clone(&backstage));
        tracker.spawn(serve(listener, router, limits, shutdown.clone(), tracker.clone()));
        tracker.close();
        Self { address, shutdown, tracker, settlements: Mutex::new(settlements), backstage }
    }

    /// A server whose answers never settle by silence.
    pub(crate) async fn without_silence() -> Self {
        Self::start(Limits { settle_silence: NEVER, ..Limits::default() }).await
    }

    pub(crate) async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.address).await.expect("connect"))
    }

    /// A client whose kernel takes little before the client reads.
    pub(crate) async fn connect_narrow(&self) -> Client {
        let socket = TcpSocket::new_v4().expect("socket");
        socket.set_recv_buffer_size(4096).expect("receive buffer");
        Client(socket.connect(self.address).await.expect("connect"))
    }

    /// The settlement of the next answer that was handed out.
    pub(crate) async fn settlement(&self) -> Settlement {
        soon("a settlement", async { self.settlements.lock().await.recv().await }).await.expect("server runs")
    }

    /// Lets one answer of `/held` go.
    pub(crate) fn release(&self) {
        self.backstage.release.notify_one();
    }
}

fn router(backstage: Arc<Backstage>) -> Router {
    Router::new()
        .route("/plain", get(|| async { "plain" }))
        .route("/peer", get(peer))
        .route("/scheme", get(scheme))
        .route("/panic", get(panics))
        .route("/endless", get(|| async { pending::<()>().await }))
        .route("/poll", get(poll))
        .route("/held", get(held))
        .route("/abandoned", get(abandoned))
        .route("/upload", post(upload))
        .with_state(backstage)
}

async fn peer(ConnectInfo(peer): ConnectInfo<SocketAddr>, handle: Extension<ConnectionHandle>) -> String {
    assert_eq!(handle.peer_address(), peer);
    peer.to_string()
}

async fn scheme(headers: HeaderMap) -> String {
    let values: Vec<_> =
        headers.get_all("x-forwarded-proto").iter().filter_map(|value| value.to_str().ok()).collect();
    values.join(",")
}

async fn panics() {
    panic!("on purpose");
}

#[derive(serde::Deserialize)]
struct Size {
    size: usize,
}

/// Answers `size` bytes and settles.
async fn poll(
    State(backstage): State<Arc<Backstage>>,
    handle: Extension<ConnectionHandle>,
    Query(Size { size }): Query<Size>,
) -> Body {
    let (body, settlement) = handle.settle_after(Bytes::from(vec![b'm'; size]));
    backstage.settlements.send(settlement).expect("test runs");
    Body::new(body)
}

/// The same, once the test releases it.
async fn held(
    State(backstage): State<Arc<Backstage>>,
    handle: Extension<ConnectionHandle>,
    size: Query<Size>,
) -> Body {
    backstage.release.notified().await;
    poll(State(backstage), handle, size).await
}

/// Prepares an answer and never gives it.
async fn abandoned(State(backstage): State<Arc<Backstage>>, handle: Extension<ConnectionHandle>) -> Body {
    let (body, settlement) = handle.settle_after(Bytes::from_static(b"never sent"));
    backstage.settlements.send(settlement).expect("test runs");
    pending::<()>().await;
    Body::new(body)
}

async fn upload(body: Body) -> (StatusCode, HeaderMap, String) {
    match read_limited(body, UPLOAD_LIMIT, (&BodyRoom::default(), &Sender::Nobody)).await {
        Ok(bytes) => (StatusCode::OK, HeaderMap::new(), bytes.len().to_string()),
        Err(error @ ReadError::TooLarge { must_close, .. }) => {
            let mut headers = HeaderMap::new();
            if must_close {
                headers.insert("connection", "close".parse().expect("header"));
            }
            (StatusCode::PAYLOAD_TOO_LARGE, headers, error.to_string())
        }
        Err(error) => (StatusCode::BAD_REQUEST, HeaderMap::new(), error.to_string()),
    }
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn closes(&self) -> bool {
        self.head.contains("connection: close")
    }
}

/// A connection, byte by byte.
pub(crate) struct Client(pub(crate) TcpStream);

impl Client {
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        soon("sending", self.0.write_all(bytes.as_ref())).await.expect("send");
    }

    pub(crate) async fn get(&mut self, target: &str) -> Answer {
        self.send(request(target)).await;
        self.answer().await
    }

    /// Reads one answer, not a byte further.
    pub(crate) async fn answer(&mut self) -> Answer {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(soon("an answer's head", self.0.read_u8()).await.expect("head"));
        }
        let head = String::from_utf8(head).expect("UTF-8").to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("length");
        let mut body = vec![0; length.parse().expect("number")];
        soon("an answer's body", self.0.read_exact(&mut body)).await.expect("body");
        let status = head[9..12].parse().expect("status");
        Answer { status, head, body }
    }

    /// Waits until the server closes, in whatever way, and returns what it still sent.
    pub(crate) async fn until_closed(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // A reset is as good an end as any.
        let _ = soon("the server closes", self.0.read_to_end(&mut rest)).await;
        rest
    }

    /// Breaks the connection, so that the server sees a reset.
    pub(crate) fn reset(self) {
        self.0.set_zero_linger().expect("linger");
    }
}

pub(crate) fn request(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: test\r\n\r\n")
}

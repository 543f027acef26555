//! A company's own server, which answers as it is told and remembers what it was sent.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use frontdesk_core::push::{Push, Verification};
use frontdesk_core::secret::KeptSecret;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// The message push key of all tests.
pub const PUSH_KEY: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";

/// Push with a signature, to this machine.
pub fn signed_push(url: &str) -> Push {
    Push {
        base_url: url.to_owned(),
        verification: Verification::Signature { push_key: KeptSecret::new(PUSH_KEY.to_owned()) },
        webhook_secrets: Vec::new(),
        allow_private: true,
        paused: false,
        trusted_certificates: None,
        client_identity: None,
    }
}

/// What is answered.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
    /// How long the answer takes.
    pub after: Duration,
}

impl Reply {
    /// Received.
    pub fn ok() -> Self {
        Self::of(200, r#"{"resultCode":"0","resultDesc":"success"}"#)
    }

    /// An answer at once.
    pub fn of(status: u16, body: &str) -> Self {
        Self { status, headers: Vec::new(), body: body.to_owned(), after: Duration::ZERO }
    }

    fn is_success(&self) -> bool {
        self.status == 200 && self.body.contains(r#""resultCode":"0""#)
    }
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its method.
    pub method: String,
    /// Its path.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
    /// Its body as JSON.
    pub json: Value,
    /// When it came.
    pub at: Instant,
    /// Whether it was answered as taken.
    pub accepted: bool,
}

impl Call {
    /// A header; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// The messages in it.
    pub fn messages(&self) -> Vec<Value> {
        self.json["messages"].as_array().cloned().unwrap_or_default()
    }

    /// Whose messages it has; empty if it has none.
    pub fn user(&self) -> String {
        self.messages()
            .first()
            .map(|message| message["to"].as_str().expect("a customer").to_owned())
            .unwrap_or_default()
    }
}

type Answering = Box<dyn FnMut(&Call) -> Reply + Send>;

struct Shared {
    calls: Mutex<Vec<Call>>,
    answer: Mutex<Answering>,
    news: Notify,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panicked with it")
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("calls", &lock(&self.calls).len()).finish_non_exhaustive()
    }
}

/// A company's own server, on a free port of this machine. It stops when it is dropped.
#[derive(Debug)]
pub struct WebHook {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl WebHook {
    /// A server that takes everything.
    pub async fn start() -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// A server at an address.
    pub async fn start_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.expect("the address is free");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            calls: Mutex::default(),
            answer: Mutex::new(Box::new(|_| Reply::ok())),
            news: Notify::new(),
        });
        let router = Router::new().fallback(receive).with_state(Arc::clone(&shared));
        let task = tokio::task::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self { address, shared, task }
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on requests are answered so.
    pub fn answers(&self, answer: impl FnMut(&Call) -> Reply + Send + 'static) {
        *lock(&self.shared.answer) = Box::new(answer);
    }

    /// The requests that came, in the order in which they were answered.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.shared.calls).clone()
    }

    /// The messages of all requests that were taken, by customer.
    pub fn accepted(&self) -> BTreeMap<String, Vec<Value>> {
        let mut accepted: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for call in self.calls().iter().filter(|call| call.accepted) {
            for message in call.messages() {
                accepted
                    .entry(message["to"].as_str().expect("a customer").to_owned())
                    .or_default()
                    .push(message);
            }
        }
        accepted
    }

    /// The message codes of what was taken for a customer, in order.
    pub fn codes(&self, user: &str) -> Vec<Value> {
        let accepted = self.accepted();
        accepted.get(user).into_iter().flatten().map(|message| message["messageCode"].clone()).collect()
    }

    /// Waits until the requests that came are so.
    pub async fn wait(&self, what: &str, mut are_so: impl FnMut(&Self) -> bool) {
        let wait = async { while !self.wait_a_while(&mut are_so).await {} };
        let came = tokio::time::timeout(PATIENCE, wait).await.is_ok();
        assert!(came, "{what} did not come: {:#?}", self.calls());
    }
}

impl WebHook {
    /// Waits a moment for the requests that came to be so; tells whether they are.
    pub async fn wait_a_while(&self, mut are_so: impl FnMut(&Self) -> bool) -> bool {
        let news = self.shared.news.notified();
        if are_so(self) {
            return true;
        }
        // What changes elsewhere is looked at now and then.
        let _ = tokio::time::timeout(Duration::from_millis(100), news).await;
        are_so(self)
    }
}

impl Drop for WebHook {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = String::from_utf8(body.to_vec()).expect("UTF-8");
    let mut call = Call {
        method: method.to_string(),
        path: uri.path().to_owned(),
        headers,
        json: serde_json::from_str(&body).unwrap_or_default(),
        body,
        at: Instant::now(),
        accepted: false,
    };
    let reply = (lock(&shared.answer))(&call);
    tokio::time::sleep(reply.after).await;
    call.accepted = reply.is_success();
    lock(&shared.calls).push(call);
    shared.news.notify_waiters();
    let mut response = (StatusCode::from_u16(reply.status).expect("a status"), reply.body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, "application/json".parse().expect("a header"));
    for (name, value) in reply.headers {
        response.headers_mut().insert(name, value.parse().expect("a header"));
    }
    response
}

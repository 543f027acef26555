//! A company's own server, which answers as it is told and remembers what it was sent.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    pub(crate) after: Duration,
}

impl Reply {
    /// Received.
    pub(crate) fn ok() -> Self {
        Self::of(200, r#"{"resultCode":"0","resultDesc":"success"}"#)
    }

    pub(crate) fn of(status: u16, body: &str) -> Self {
        Self { status, headers: Vec::new(), body: body.to_owned(), after: Duration::ZERO }
    }

    fn is_success(&self) -> bool {
        self.status == 200 && self.body.contains(r#""resultCode":"0""#)
    }
}

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) json: Value,
    pub(crate) at: Instant,
    pub(crate) accepted: bool,
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn messages(&self) -> Vec<Value> {
        self.json["messages"].as_array().cloned().unwrap_or_default()
    }

    /// Whose messages it has; empty if it has none.
    pub(crate) fn user(&self) -> String {
        self.messages().first().map(|message| message["to"].as_str().unwrap().to_owned()).unwrap_or_default()
    }
}

type Answer = Box<dyn FnMut(&Call) -> Reply + Send>;

struct Shared {
    calls: Mutex<Vec<Call>>,
    answer: Mutex<Answer>,
    news: Notify,
}

/// The server. It stops when it is dropped.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Receiver {
    /// A server that takes everything.
    pub(crate) async fn start() -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    pub(crate) async fn start_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.expect("the address is free");
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            calls: Mutex::default(),
            answer: Mutex::new(Box::new(|_| Reply::ok())),
            news: Notify::new(),
        });
        let router = Router::new().fallback(receive).with_state(Arc::clone(&shared));
        let task = tokio::task::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self { address, shared, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on requests are answered so.
    pub(crate) fn answers(&self, answer: impl FnMut(&Call) -> Reply + Send + 'static) {
        *self.shared.answer.lock().unwrap() = Box::new(answer);
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.shared.calls.lock().unwrap().clone()
    }

    /// The messages of all requests that were taken, by customer.
    pub(crate) fn accepted(&self) -> BTreeMap<String, Vec<Value>> {
        let mut accepted: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for call in self.calls().iter().filter(|call| call.accepted) {
            for message in call.messages() {
                accepted.entry(message["to"].as_str().unwrap().to_owned()).or_default().push(message);
            }
        }
        accepted
    }

    /// The message codes of what was taken for a customer, in order.
    pub(crate) fn codes(&self, user: &str) -> Vec<Value> {
        let accepted = self.accepted();
        accepted.get(user).into_iter().flatten().map(|message| message["messageCode"].clone()).collect()
    }

    /// Waits until the requests that came are so.
    pub(crate) async fn wait(&self, what: &str, mut are_so: impl FnMut(&Self) -> bool) {
        let wait = async {
            loop {
                let news = self.shared.news.notified();
                if are_so(self) {
                    return;
                }
                // What changes elsewhere is looked at now and then.
                let _ = tokio::time::timeout(Duration::from_millis(100), news).await;
            }
        };
        let came = tokio::time::timeout(PATIENCE, wait).await.is_ok();
        assert!(came, "{what} did not come: {:#?}", self.calls());
    }
}

impl Drop for Receiver {
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
    let body = String::from_utf8(body.to_vec()).unwrap();
    let mut call = Call {
        method: method.to_string(),
        path: uri.path().to_owned(),
        headers,
        json: serde_json::from_str(&body).unwrap_or_default(),
        body,
        at: Instant::now(),
        accepted: false,
    };
    let reply = (shared.answer.lock().unwrap())(&call);
    tokio::time::sleep(reply.after).await;
    call.accepted = reply.is_success();
    shared.calls.lock().unwrap().push(call);
    shared.news.notify_waiters();
    let mut response = (StatusCode::from_u16(reply.status).unwrap(), reply.body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    for (name, value) in reply.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

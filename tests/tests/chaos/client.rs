//! What every client's library does: it asks a server, goes on to the next if that fails, and waits a little if all do.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use frontdesk_tests::kit::{Answer, Http, Ledger};
use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::cluster::{Addresses, PATIENCE};
use super::watch::Watch;

/// How long a client waits for an answer, beyond what it asks the server to hold it, before it goes to the next.
const GIVES_UP: Duration = Duration::from_secs(5);
/// How long it waits once it has asked all of them.
const PAUSE: Duration = Duration::from_millis(200);

/// A client of all servers.
#[derive(Clone)]
pub(super) struct Client {
    pub(super) http: Http,
    name: String,
    addresses: Addresses,
    at: usize,
    pub(super) watch: Arc<Watch>,
    pub(super) ledger: Arc<Ledger>,
}

/// A request that may be made again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask<'a> {
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    /// Null for none.
    pub(super) body: &'a Value,
    /// How long the server is asked to hold it.
    pub(super) hold: Duration,
}

impl<'a> Ask<'a> {
    pub(super) const fn get(path: &'a str) -> Self {
        Self { method: &Method::GET, path, body: &Value::Null, hold: Duration::ZERO }
    }

    pub(super) const fn post(path: &'a str, body: &'a Value) -> Self {
        Self { method: &Method::POST, path, body, hold: Duration::ZERO }
    }

    pub(super) const fn held(self, hold: Duration) -> Self {
        Self { hold, ..self }
    }
}

impl Client {
    /// A client that asks the server with this number first.
    pub(super) fn new(
        name: &str,
        http: &Http,
        (addresses, first): (&Addresses, usize),
        (watch, ledger): (&Arc<Watch>, &Arc<Ledger>),
    ) -> Self {
        Self {
            http: http.clone(),
            name: name.to_owned(),
            addresses: addresses.clone(),
            at: first,
            watch: Arc::clone(watch),
            ledger: Arc::clone(ledger),
        }
    }

    /// Asks until some server says something about it.
    pub(super) async fn ask(&mut self, ask: Ask<'_>) -> Answer {
        let begun = Instant::now();
        let mut tries = 0;
        loop {
            let asked = Instant::now();
            if let Some(answer) = self.attempt(ask).await {
                if ask.hold.is_zero() {
                    self.watch.served(&self.name, asked);
                    self.watch.waited("an answer", begun);
                } else {
                    // Who waited for something all the while is served when they are told.
                    self.watch.served(&self.name, Instant::now());
                }
                return answer;
            }
            assert!(begun.elapsed() < 2 * PATIENCE, "{}: nobody answers {}", self.name, ask.path);
            self.at += 1;
            tries += 1;
            if tries % self.addresses.count() == 0 {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    async fn attempt(&self, ask: Ask<'_>) -> Option<Answer> {
        let http = self.http.at(&self.addresses.of(self.at));
        let request = http.request(ask.method.clone(), ask.path).timeout(ask.hold + GIVES_UP);
        let request = if ask.body.is_null() { request } else { request.json(ask.body) };
        match http.try_send(request).await {
            Ok(answer) if answer.status.is_server_error() => {
                self.watch.refused.fetch_add(1, Ordering::Relaxed);
                if !is_orderly(&answer) {
                    self.ledger.protest(ask.path, &answer);
                }
                None
            }
            Ok(answer) => Some(answer),
            Err(error) => {
                if error.is_timeout() {
                    self.watch.given_up.fetch_add(1, Ordering::Relaxed);
                }
                None
            }
        }
    }
}

/// Whether a server said in the documented way that it cannot do it now.
pub(super) fn is_orderly(answer: &Answer) -> bool {
    answer.status == StatusCode::SERVICE_UNAVAILABLE && answer.headers.contains_key("retry-after")
}

//! Requests of clients: late, twice, lost, and their answers as well.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use frontdesk_core::token::{AccessClaims, MessagingClaims, Scope};
use http::{Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt as _;

use super::node::Node;
use super::setting;
use super::streams::Stream;
use super::world::World;

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(9);
/// Largest answer that is read.
const MOST_BYTES: usize = 1 << 22;

/// What a client asks for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
    pub(crate) by: Client,
}

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) enum Client {
    /// A customer's client, by the customer's number.
    Customer(usize),
    /// An agent's desk, by its token.
    Desk(String),
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) json: Value,
}

/// What happens to one client's requests.
pub(crate) struct Network {
    world: Arc<World>,
    fates: Stream,
}

impl Network {
    pub(crate) fn of(world: &Arc<World>, client: &str) -> Self {
        Self { fates: world.stream(&format!("network of {client}")), world: Arc::clone(world) }
    }

    /// Sends a request to a node. `None` if there was no answer, or none that arrived. `then` sees every answer that
    /// arrives, also of a copy of the request that came much later.
    pub(crate) async fn ask(
        &self,
        node: &Arc<Node>,
        asked: &Asked,
        then: impl Fn(&Answer) + Clone + Send + 'static,
    ) -> Option<Answer> {
        let climate = &self.world.climate;
        let (is_lost, comes_twice, answer_is_lost) = (
            self.fates.chance(climate.request_lost),
            self.fates.chance(climate.request_twice),
            self.fates.chance(climate.answer_lost),
        );
        let (takes, copy_takes) = (self.fates.millis(0, 6), self.fates.millis(1, 6_000));
        let (storms, copy_goes_to) = (self.world.storms(), self.world.some_node(&self.fates));
        if storms
            && comes_twice
            && let Some(node) = copy_goes_to
        {
            let (world, asked, then) = (Arc::clone(&self.world), asked.clone(), then.clone());
            drop(tokio::spawn(async move {
                tokio::time::sleep(copy_takes).await;
                if let Some(answer) = call(&world, &node, &asked).await {
                    then(&answer);
                }
            }));
        }
        if storms && is_lost {
            tokio::time::sleep(PATIENCE / 3).await;
            return None;
        }
        tokio::time::sleep(takes).await;
        let answer = call(&self.world, node, asked).await.filter(|_| !(storms && answer_is_lost))?;
        then(&answer);
        Some(answer)
    }

    /// Whether the answer to a poll gets lost.
    pub(crate) fn loses_answer(&self) -> bool {
        self.fates.chance(self.world.climate.answer_lost) && self.world.storms()
    }
}

/// Has a node answer, unless it dies or takes too long.
async fn call(world: &World, node: &Node, asked: &Asked) -> Option<Answer> {
    let request = request(node, asked);
    world.step("request", format_args!("node {}: {} {}", node.number, asked.method, asked.path));
    let answered = async {
        let response = node.router.clone().oneshot(request).await.ok()?;
        let status = response.status();
        let body = to_bytes(response.into_body(), MOST_BYTES).await.ok()?;
        Some(Answer { status, json: serde_json::from_slice(&body).unwrap_or_default() })
    };
    tokio::select! {
        biased;
        () = node.life.cancelled() => None,
        answer = answered => answer,
        () = tokio::time::sleep(PATIENCE) => None,
    }
}

fn request(node: &Node, asked: &Asked) -> Request<Body> {
    let request = Request::builder().method(asked.method.clone()).uri(&asked.path);
    let request = match &asked.by {
        Client::Desk(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        Client::Customer(number) => {
            let (customer, now) = (setting::customer(*number), node.parts.clock.now());
            let signer = node.parts.signer.load();
            let access = AccessClaims {
                tenant: customer.tenant.clone(),
                app: setting::app(),
                scope: Scope::Server,
                iat: now.as_seconds(),
                exp: now.as_seconds() + 600,
            };
            let messaging = MessagingClaims::new(customer.tenant, customer.channel, customer.user, now);
            request
                .header("x-app-key", setting::app().as_str())
                .header(header::AUTHORIZATION, format!("Bearer {}", signer.access_token(&access)))
                .header("ccmessaging-token", signer.messaging_token(&messaging))
        }
    };
    let body = asked.body.as_ref().map_or_else(Body::empty, |body| Body::from(body.to_string()));
    request.header(header::CONTENT_TYPE, "application/json").body(body).unwrap()
}

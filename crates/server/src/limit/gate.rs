//! What stands in front of every route, once it is known who calls.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use frontdesk_core::directory::TenantDirectory;
use frontdesk_core::log::LogId;
use http::{Method, StatusCode};

use super::address::ClientAddress;
use super::keep::Act;
use crate::error::ApiError;
use crate::extract::{AgentCaller, AppCaller, CustomerCaller};
use crate::parts::Parts;
use crate::router::Access;

const POLL: &str = "/apiaccess/ccmessaging/poll";
const APPLY_TOKEN: &str = "/apiaccess/ccmessaging/applyToken";
/// What customers post to be told something. Everything else that they post is a send.
const READING: [&str; 6] = [
    "/apiaccess/ccmessaging/ack",
    "/apiaccess/ccmessaging/downloadFileStream",
    "/apiaccess/ccmessaging/queryQueueInfo",
    "/apiaccess/ccmessaging/queryHistoryChatMessage",
    "/apiaccess/ccmessaging/getsatisfactionsurveymode",
    "/apiaccess/ccmessaging/queryPhraseByKeyword",
];
/// What comes before an agent's messages.
const AGENTS: &str = "/api/v1/agent/conversations/";
const AGENTS_FILES: &str = "/api/v1/files";
/// What comes before the answer to a message that was left.
const TICKETS: &str = "/api/v1/agent/tickets/";

/// A poll that came too soon. It is held for at least so long, if there is nothing; what there is goes out at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slowed(pub Duration);

/// What must be known of a request after it was answered.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Where credentials were given to be exchanged for a token, and from where.
    tries: Option<ClientAddress>,
}

/// What came of looking at a request.
#[derive(Default)]
struct Looked {
    slowed: Duration,
    /// Whose storage grows by it.
    stores_for: Option<Arc<TenantDirectory>>,
    tries: Option<ClientAddress>,
}

/// Counts a request whose caller is known, and refuses what is too much.
pub async fn before(parts: &Parts, access: Access, request: &mut Request) -> Result<Asked, ApiError> {
    if !parts.limits.config().enabled {
        return Ok(Asked { tries: None });
    }
    let Looked { slowed, stores_for, tries } = look(parts, access, request)?;
    if !slowed.is_zero() {
        request.extensions_mut().insert(Slowed(slowed));
    }
    if let Some(tenant) = stores_for {
        parts.has_storage(&tenant).await?;
    }
    Ok(Asked { tries })
}

fn look(parts: &Parts, access: Access, request: &Request) -> Result<Looked, ApiError> {
    let extensions = request.extensions();
    if let Some(caller) = extensions.get::<CustomerCaller>() {
        return customer(parts, caller, request.method(), request.uri().path());
    }
    if let Some(caller) = extensions.get::<AppCaller>() {
        let act = if request.uri().path() == APPLY_TOKEN { Act::Token } else { Act::Poll };
        parts.limits.app(act, &caller.app, parts.clock.now(), Duration::ZERO)?;
    } else if let Some(caller) = extensions.get::<AgentCaller>() {
        return agent(parts, caller, request);
    } else if access.is_open() && request.method() == Method::POST {
        return anybody(parts, access, request);
    }
    Ok(Looked::default())
}

/// Looks at the answer: refused credentials count.
pub fn after(parts: &Parts, asked: Asked, response: &Response) -> Result<(), ApiError> {
    match asked.tries {
        Some(address) if response.status() == StatusCode::UNAUTHORIZED => {
            Ok(parts.limits.failure(address.household(), parts.clock.now())?)
        }
        _ => Ok(()),
    }
}

/// Counts a request of a customer's, for those who know the caller without the router. Says by how much it is slowed.
pub async fn customer_may(
    parts: &Parts,
    caller: &CustomerCaller,
    method: &Method,
    path: &str,
) -> Result<Slowed, ApiError> {
    if !parts.limits.config().enabled {
        return Ok(Slowed::default());
    }
    let Looked { slowed, stores_for, .. } = customer(parts, caller, method, path)?;
    if let Some(tenant) = stores_for {
        parts.has_storage(&tenant).await?;
    }
    Ok(Slowed(slowed))
}

fn customer(parts: &Parts, caller: &CustomerCaller, method: &Method, path: &str) -> Result<Looked, ApiError> {
    if method == Method::POST && !READING.contains(&path) {
        count_send(parts, caller)?;
        return Ok(Looked { stores_for: Some(Arc::clone(&caller.tenant)), ..Looked::default() });
    }
    let patience = if path == POLL { parts.limits.config().poll_slow_ms } else { 0 };
    let slowed = poll(parts, caller, Duration::from_millis(patience))?;
    Ok(Looked { slowed, ..Looked::default() })
}

/// A customer reads. Returns for how long they should wait.
pub fn poll(parts: &Parts, caller: &CustomerCaller, patience: Duration) -> Result<Duration, ApiError> {
    let now = parts.clock.now();
    let own = parts.limits.customer(Act::Poll, caller.log, now, patience)?;
    let of_app = parts.limits.app(Act::Poll, &caller.app, now, patience)?;
    Ok(own.max(of_app))
}

/// A customer sends.
pub async fn send(parts: &Parts, caller: &CustomerCaller) -> Result<(), ApiError> {
    count_send(parts, caller)?;
    parts.has_storage(&caller.tenant).await
}

fn count_send(parts: &Parts, caller: &CustomerCaller) -> Result<(), ApiError> {
    let now = parts.clock.now();
    parts.limits.customer(Act::Send, caller.log, now, Duration::ZERO)?;
    parts.limits.app(Act::Send, &caller.app, now, Duration::ZERO)?;
    Ok(parts.limits.message(&caller.tenant, now)?)
}

/// An agent says something, where the address alone does not tell that.
pub async fn agent_says(parts: &Parts, tenant: &TenantDirectory) -> Result<(), ApiError> {
    parts.limits.message(tenant, parts.clock.now())?;
    parts.has_storage(tenant).await
}

/// An app asks for a token for a customer, who may be new.
pub async fn token(parts: &Parts, tenant: &TenantDirectory, customer: LogId) -> Result<(), ApiError> {
    parts.limits.customer(Act::Token, customer, parts.clock.now(), Duration::ZERO)?;
    parts.admit_customer(tenant, customer).await
}

fn agent(parts: &Parts, caller: &AgentCaller, request: &Request) -> Result<Looked, ApiError> {
    let path = request.uri().path();
    let behind_id =
        |prefix: &str| path.strip_prefix(prefix).and_then(|rest| rest.split_once('/')).map(|(_, what)| what);
    let writes = matches!(behind_id(AGENTS), Some("messages" | "whisper" | "notes"))
        || behind_id(TICKETS) == Some("answer")
        || path == AGENTS_FILES;
    if request.method() != Method::POST || !writes {
        return Ok(Looked::default());
    }
    parts.limits.message(&caller.tenant, parts.clock.now())?;
    Ok(Looked { stores_for: Some(Arc::clone(&caller.tenant)), ..Looked::default() })
}

fn anybody(parts: &Parts, access: Access, request: &Request) -> Result<Looked, ApiError> {
    let address = ClientAddress::of_request(parts, request.extensions(), request.headers());
    let Some(address) = address else { return Ok(Looked::default()) };
    let now = parts.clock.now();
    match access {
        Access::Visitor => parts.limits.visitor(address.household(), now)?,
        // Passwords can be guessed, and take long to compare. An app's secret neither, and a whole shop's customers depend
        // on it: the right one is never refused.
        Access::NativePublic => parts.limits.may_try(address.household(), now)?,
        _ => {}
    }
    Ok(Looked { tries: Some(address), ..Looked::default() })
}

//! The event poll: `agentevent`.

use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use frontdesk_api::Secret;
use frontdesk_api::agentgateway::event::{Event, EventAnswer, EventQuery};
use http::{HeaderValue, Method, header};

use super::sign_in::set_guid;
use crate::error::ApiError;
use crate::extract::AgentCaller;
use crate::gateway::{self, GatewayError};
use crate::listen::ConnectionHandle;
use crate::parts::Parts;
use crate::presence::HeldFeed;
use crate::route::openapi::segment::AgentNumber;

/// Gives the next event; held for up to 10 seconds if nothing has happened.
///
/// With Guids that are renewed, a new one stands in the header `Set-GUID` when it is time.
#[utoipa::path(
    get,
    path = "/agentgateway/resource/agentevent/{agentid}",
    operation_id = "gatewayEvents",
    tag = "Agent gateway",
    params(
        AgentNumber,
        EventQuery,
    ),
    responses((status = 200, description = "The event, or none.", body = EventAnswer)),
)]
pub async fn poll(
    State(parts): State<Parts>,
    method: Method,
    caller: AgentCaller,
    Extension(connection): Extension<ConnectionHandle>,
) -> Result<Response, GatewayError> {
    if method == Method::HEAD {
        // A HEAD request takes nothing away.
        return json(Body::from(render(None)?), None);
    }
    let _place = parts.limits.hold_of_agent(&caller.tenant)?;
    let _held = HeldFeed::of(&parts, &caller);
    let renewed = renewed(&parts, &caller).await?;
    let hold = Duration::from_millis(parts.settings.agent_gateway_poll_hold_ms);
    let Some(ready) = parts.gateway.of(&caller).poll(&parts, &caller, hold).await? else {
        return json(Body::from(render(None)?), renewed);
    };
    let (body, settlement) = connection.settle_after(render(Some(ready.event.clone()))?);
    ready.settle(&parts, settlement);
    json(Body::new(body), renewed)
}

/// A new Guid, if they are renewed and it is time.
async fn renewed(parts: &Parts, caller: &AgentCaller) -> Result<Option<Secret>, GatewayError> {
    gateway::settle_guid(parts, caller).await?;
    let after = parts.settings.agent_gateway_guid_seconds;
    if after == 0 {
        return Ok(None);
    }
    let session = parts.store.session(caller.session).await?.ok_or(ApiError::Unauthorized)?;
    let is_due = parts.clock.now() >= session.created.plus(Duration::from_secs(after));
    Ok(if is_due { Some(gateway::renew(parts, caller).await?) } else { None })
}

fn render(event: Option<Event>) -> Result<Bytes, ApiError> {
    serde_json::to_vec(&EventAnswer::of(event)).map(Bytes::from).map_err(|_| ApiError::Internal)
}

fn json(body: Body, guid: Option<Secret>) -> Result<Response, GatewayError> {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(guid) = guid {
        set_guid(&mut response, &guid)?;
    }
    Ok(response)
}

//! Sign-ins: seeing them, and ending them.

use axum::Json;
use axum::extract::{Path, State};
use frontdesk_api::native::people::{Session, SessionList};
use frontdesk_core::access::{On, Permission};
use frontdesk_core::directory::Agent;
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::port::AgentSession;
use frontdesk_core::secret::SecretHash;
use http::StatusCode;

use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, Principal};
use crate::parts::Parts;
use crate::route::openapi::native::NotFound;

/// The caller's sign-ins.
#[utoipa::path(
    get,
    path = "/api/v1/sessions",
    operation_id = "listSessions",
    tag = "Agents",
    responses((status = 200, description = "Those that still count.", body = SessionList)),
)]
pub async fn list(State(parts): State<Parts>, caller: AgentCaller) -> Result<Json<SessionList>, NativeError> {
    Ok(Json(of(&parts, &caller.tenant.tenant.id, &caller.agent, Some(caller.session)).await?))
}

/// Ends all of the caller's sign-ins but this one.
#[utoipa::path(
    delete,
    path = "/api/v1/sessions",
    operation_id = "endOtherSessions",
    tag = "Agents",
    responses((status = 204, description = "The others have ended.")),
)]
pub async fn end_others(State(parts): State<Parts>, caller: AgentCaller) -> Result<StatusCode, NativeError> {
    let (tenant, agent) = (&caller.tenant.tenant.id, &caller.agent.id);
    parts.store.close_sessions_of(tenant, agent, Some(caller.session)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one of the caller's sign-ins.
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/{session}",
    operation_id = "endSession",
    tag = "Agents",
    params(("session" = String, Path, description = "The sign-in, by its id.")),
    responses((status = 204, description = "It has ended."), NotFound),
)]
pub async fn end(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path(session): Path<String>,
) -> Result<StatusCode, NativeError> {
    Ok(close(&parts, (&caller.tenant.tenant.id, &caller.agent.id), &session).await?)
}

/// Somebody's sign-ins.
#[utoipa::path(
    get,
    path = "/api/v1/agents/{agent}/sessions",
    operation_id = "listSessionsOf",
    tag = "Agents",
    params(("agent" = String, Path, description = "The agent.")),
    responses((status = 200, description = "Those that still count.", body = SessionList), NotFound),
)]
pub async fn list_of(
    State(parts): State<Parts>,
    caller: Principal,
    Path(agent): Path<String>,
) -> Result<Json<SessionList>, NativeError> {
    let agent = known(&caller, &agent)?;
    let own = caller.person().map(|person| person.session);
    Ok(Json(of(&parts, &caller.tenant.tenant.id, agent, own).await?))
}

/// Ends all of somebody's sign-ins.
#[utoipa::path(
    delete,
    path = "/api/v1/agents/{agent}/sessions",
    operation_id = "endSessionsOf",
    tag = "Agents",
    params(("agent" = String, Path, description = "The agent.")),
    responses((status = 204, description = "They have ended."), NotFound),
)]
pub async fn end_all_of(
    State(parts): State<Parts>,
    caller: Principal,
    Path(agent): Path<String>,
) -> Result<StatusCode, NativeError> {
    let agent = known(&caller, &agent)?;
    parts.store.close_sessions_of(&caller.tenant.tenant.id, &agent.id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one of somebody's sign-ins.
#[utoipa::path(
    delete,
    path = "/api/v1/agents/{agent}/sessions/{session}",
    operation_id = "endSessionOf",
    tag = "Agents",
    params(
        ("agent" = String, Path, description = "The agent."),
        ("session" = String, Path, description = "The sign-in, by its id."),
    ),
    responses((status = 204, description = "It has ended."), NotFound),
)]
pub async fn end_of(
    State(parts): State<Parts>,
    caller: Principal,
    Path((agent, session)): Path<(String, String)>,
) -> Result<StatusCode, NativeError> {
    let agent = known(&caller, &agent)?;
    Ok(close(&parts, (&caller.tenant.tenant.id, &agent.id), &session).await?)
}

/// Somebody in the caller's scope.
fn known<'a>(caller: &'a Principal, agent: &str) -> Result<&'a Agent, ApiError> {
    let agent = AgentId::new(agent).ok().and_then(|agent| caller.tenant.agents.get(&agent));
    let within = agent.filter(|agent| caller.may(Permission::SessionsManage, On::Person(&agent.queues)));
    within.map(AsRef::as_ref).ok_or(ApiError::NotFound)
}

async fn of(
    parts: &Parts,
    tenant: &TenantId,
    agent: &Agent,
    own: Option<SecretHash>,
) -> Result<SessionList, ApiError> {
    let now = parts.clock.now();
    let sessions = parts.store.sessions_of(tenant, &agent.id).await?.into_iter();
    let counting =
        sessions.filter(|(_, session)| now < session.expires && agent.keeps_sign_in(session.created));
    Ok(SessionList { sessions: counting.map(|(token, session)| wire(token, session, own)).collect() })
}

fn wire(token: SecretHash, session: AgentSession, own: Option<SecretHash>) -> Session {
    Session {
        id: token.public_id(),
        current: own == Some(token),
        created_at: session.created.as_millis(),
        seen_at: session.seen.as_millis(),
        expires_at: session.expires.as_millis(),
        address: session.address,
        user_agent: session.user_agent,
        provider: session.provider.map(|provider| provider.to_string()),
        second_factor: session.second_factor,
    }
}

async fn close(
    parts: &Parts,
    (tenant, agent): (&TenantId, &AgentId),
    id: &str,
) -> Result<StatusCode, ApiError> {
    if !SecretHash::is_public_id(id) {
        return Err(ApiError::NotFound);
    }
    let sessions = parts.store.sessions_of(tenant, agent).await?;
    let found = sessions.into_iter().map(|(token, _)| token).find(|token| token.public_id() == id);
    // Ended before, and the answer was lost.
    if let Some(token) = found {
        parts.store.close_session(token).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

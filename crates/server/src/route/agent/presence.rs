//! How it stands with the caller, and, for supervisors, with everybody.

use axum::Json;
use axum::extract::{Path, State};
use frontdesk_api::native::agent::StatusRequest;
use frontdesk_api::native::presence::{AgentList, AgentOverview, OwnStatus, Reason};
use frontdesk_core::access::{On, Permission};
use frontdesk_core::directory::Agent;
use frontdesk_core::id::AgentId;
use frontdesk_core::port::AgentState;
use frontdesk_core::time::Timestamp;
use http::StatusCode;

use super::status::wanted;
use crate::deliver::agent_state::{after_call_work, tell_state, wire_status};
use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, NativeJson, Principal};
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, NotFound};
use crate::work::match_agent;

/// How it stands with the caller.
#[utoipa::path(
    get,
    path = "/api/v1/agent/status",
    operation_id = "getStatus",
    tag = "Agents",
    responses((status = 200, description = "What is declared, and what the caller has to do.", body = OwnStatus)),
)]
pub async fn own(State(parts): State<Parts>, caller: AgentCaller) -> Result<Json<OwnStatus>, NativeError> {
    let (tenant, agent) = (&caller.tenant.tenant, &caller.agent);
    let states = parts.store.agent_states(&tenant.id, std::slice::from_ref(&agent.id)).await;
    let state = states?.pop().ok_or(ApiError::Internal)?;
    let after_call_work = after_call_work(&parts, &tenant.id, &agent.id).await?;
    let reasons = tenant.away_reasons.iter();
    Ok(Json(OwnStatus {
        status: wire_status(state.status),
        since: state.since.map(Timestamp::as_millis),
        // The request itself is a sign of life, which may still be on its way to the store.
        reachable: true,
        held: state.held.into(),
        capacity: agent.capacity.into(),
        after_call_work,
        reasons: reasons.map(|known| Reason { id: known.id.clone(), name: known.name.clone() }).collect(),
        reason: state.reason,
    }))
}

/// How it stands with everybody of the tenant.
#[utoipa::path(
    get,
    path = "/api/v1/agents",
    operation_id = "listAgents",
    tag = "Agents",
    responses((status = 200, description = "Everybody who can sign in, by their ids.", body = AgentList)),
)]
pub async fn list(State(parts): State<Parts>, caller: Principal) -> Result<Json<AgentList>, NativeError> {
    let agents = caller.tenant.agents.values();
    let seen = agents.filter(|agent| caller.may(Permission::AgentsRead, On::Person(&agent.queues)));
    let mut ids: Vec<AgentId> = seen.map(|agent| agent.id.clone()).collect();
    ids.sort();
    let states = parts.store.agent_states(&caller.tenant.tenant.id, &ids).await?;
    let agents = states
        .into_iter()
        .filter_map(|state| Some(overview(caller.tenant.agents.get(&state.agent)?, state)))
        .collect();
    Ok(Json(AgentList { agents }))
}

fn overview(agent: &Agent, state: AgentState) -> AgentOverview {
    AgentOverview {
        id: agent.id.to_string(),
        nickname: agent.nickname.clone(),
        status: wire_status(state.status),
        since: state.since.map(Timestamp::as_millis),
        // Somebody who was never heard of is not there.
        reachable: state.reachable && state.seen.is_some(),
        held: state.held.into(),
        capacity: agent.capacity.into(),
        queues: agent.queues.iter().map(ToString::to_string).collect(),
        reason: state.reason,
    }
}

/// Declares another agent's status; their desks are told.
#[utoipa::path(
    put,
    path = "/api/v1/agents/{agent}/status",
    operation_id = "setStatusOf",
    tag = "Agents",
    params(("agent" = String, Path, description = "The agent.")),
    request_body = StatusRequest,
    responses((status = 204, description = "The status is declared."), BadBody, NotFound),
)]
pub async fn declare_for(
    State(parts): State<Parts>,
    caller: Principal,
    Path(agent): Path<String>,
    NativeJson(request): NativeJson<StatusRequest>,
) -> Result<StatusCode, NativeError> {
    let agent = AgentId::new(&agent).ok().and_then(|agent| caller.tenant.agents.get(&agent));
    let within = agent.filter(|agent| caller.may(Permission::AgentsSupervise, On::Person(&agent.queues)));
    let agent = within.ok_or(ApiError::NotFound)?.id.clone();
    let is_own = caller.agent().is_some_and(|own| own.id == agent);
    let declaration = wanted(&caller.tenant.tenant, &request, is_own.then(|| parts.clock.now()))?;
    let tenant = &caller.tenant.tenant.id;
    parts.store.declare(tenant, &agent, declaration).await?;
    tell_state(&parts, tenant, &agent).await?;
    // Whoever always counts as reachable while signed in may be signed in only now.
    parts.presence.reconsider();
    match_agent(&parts, tenant, &agent).await?;
    Ok(StatusCode::NO_CONTENT)
}

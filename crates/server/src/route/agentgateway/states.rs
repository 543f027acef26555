//! What agents declare: the states of `onlineagent`.

use axum::extract::{Path, State};
use frontdesk_api::agentgateway::event::{Event, EventContent, EventType};
use frontdesk_api::agentgateway::sign_in::{AgentState, BusyQuery, rest_of};
use frontdesk_api::agentgateway::{Answer, Nothing, Retcode};
use frontdesk_core::port::{Declaration, DeskChange, GatewayDesk};
use frontdesk_core::routing::AgentStatus;

use super::{Answered, done, told};
use crate::error::ApiError;
use crate::extract::{AgentCaller, GatewayQuery};
use crate::gateway::{self as desks, GatewayError, is_talking, state_of, wire_number};
use crate::parts::Parts;
use crate::route::openapi::segment::AgentNumber;
use crate::work::match_agent;

/// How it stands with the agent.
#[utoipa::path(
    get,
    path = "/agentgateway/resource/onlineagent/{agentid}/agentstatus",
    operation_id = "gatewayAgentStatus",
    tag = "Agent gateway",
    params(AgentNumber),
    responses((status = 200, description = "How it stands.", body = Answer<AgentState>)),
)]
pub async fn status(State(parts): State<Parts>, caller: AgentCaller) -> Answered<AgentState> {
    let (state, desk) = state(&parts, &caller).await?;
    let is_working = state == desks::State::Talking;
    drop(desk);
    Ok(told(AgentState { agent_state: wire_number(state), is_working }))
}

/// Sets whether customers who are offered are taken at once.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/onlineagent/{agentid}/autoanswer/{flag}",
    operation_id = "gatewayAutoAnswer",
    tag = "Agent gateway",
    params(
        AgentNumber,
        ("flag" = String, Path, description = "`true`; anything else for no."),
    ),
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn auto_answer(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path((_, flag)): Path<(String, String)>,
) -> Answered<Nothing> {
    change(&parts, &caller, DeskChange::AutoAnswer(is_true(&flag)?)).await?;
    Ok(done())
}

/// Sets whether the agent is free at once after a conversation, rather than in wrap-up.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/onlineagent/{agentid}/autoenteridle/{flag}",
    operation_id = "gatewayAutoEnterIdle",
    tag = "Agent gateway",
    params(
        AgentNumber,
        ("flag" = String, Path, description = "`true`; anything else for no."),
    ),
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn auto_enter_idle(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path((_, flag)): Path<(String, String)>,
) -> Answered<Nothing> {
    change(&parts, &caller, DeskChange::AutoIdle(is_true(&flag)?)).await?;
    Ok(done())
}

/// The agent takes customers.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/onlineagent/{agentid}/sayfree",
    operation_id = "gatewaySayFree",
    tag = "Agent gateway",
    params(AgentNumber),
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn say_free(State(parts): State<Parts>, caller: AgentCaller) -> Answered<Nothing> {
    become_free(&parts, &caller, EventType::Ready).await
}

/// The agent takes no more customers.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/onlineagent/{agentid}/saybusy",
    operation_id = "gatewaySayBusy",
    tag = "Agent gateway",
    params(
        AgentNumber,
        BusyQuery,
    ),
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn say_busy(
    State(parts): State<Parts>,
    caller: AgentCaller,
    GatewayQuery(query): GatewayQuery<BusyQuery>,
) -> Answered<Nothing> {
    let reason = reason_of(&caller, query.check()?);
    let wish = Wish { status: AgentStatus::Busy, reason, in_wrap_up: false };
    declare(&parts, &caller, wish, (desks::State::Busy, EventType::SetNotReady, EventContent::Nothing)).await
}

/// The agent, who is busy, takes customers again.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/onlineagent/{agentid}/cancelbusy",
    operation_id = "gatewayCancelBusy",
    tag = "Agent gateway",
    params(AgentNumber),
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn cancel_busy(State(parts): State<Parts>, caller: AgentCaller) -> Answered<Nothing> {
    let is_busy = |status, desk: &GatewayDesk| status == AgentStatus::Busy && !desk.in_wrap_up;
    must_be(&parts, &caller, is_busy, "The agent is not busy.").await?;
    become_free(&parts, &caller, EventType::CancelNotReady).await
}

/// The agent rests: they are not at their desk.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/onlineagent/{agentid}/rest/{time}/{restcause}",
    operation_id = "gatewayRest",
    tag = "Agent gateway",
    params(
        AgentNumber,
        ("time" = String, Path, description = "For how long, 1 to 86399 seconds. The agent comes back by themselves."),
        ("restcause" = String, Path, description = "Why, 0 to 255; 0 for no reason."),
    ),
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn rest(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path((_, time, cause)): Path<(String, String, String)>,
) -> Answered<Nothing> {
    let cause = rest_of(&time, &cause)?;
    let wish = Wish { status: AgentStatus::Away, reason: reason_of(&caller, cause), in_wrap_up: false };
    let content = desks::rest(Some(cause.unwrap_or_default().to_string()));
    declare(&parts, &caller, wish, (desks::State::Rest, EventType::SetRest, content)).await
}

/// The agent, who rests, takes customers again.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/onlineagent/{agentid}/cancelrest",
    operation_id = "gatewayCancelRest",
    tag = "Agent gateway",
    params(AgentNumber),
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn cancel_rest(State(parts): State<Parts>, caller: AgentCaller) -> Answered<Nothing> {
    must_be(&parts, &caller, |status, _| status == AgentStatus::Away, "The agent does not rest.").await?;
    become_free(&parts, &caller, EventType::CancelRest).await
}

/// The agent finishes something, and takes no customers.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/onlineagent/{agentid}/work",
    operation_id = "gatewayWork",
    tag = "Agent gateway",
    params(AgentNumber),
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn work(State(parts): State<Parts>, caller: AgentCaller) -> Answered<Nothing> {
    let wish = Wish { status: AgentStatus::Busy, reason: None, in_wrap_up: true };
    declare(&parts, &caller, wish, (desks::State::WrapUp, EventType::SetWork, EventContent::Nothing)).await
}

/// The agent, who finishes something, takes customers again.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/onlineagent/{agentid}/cancelwork",
    operation_id = "gatewayCancelWork",
    tag = "Agent gateway",
    params(AgentNumber),
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn cancel_work(State(parts): State<Parts>, caller: AgentCaller) -> Answered<Nothing> {
    let (state, desk) = state(&parts, &caller).await?;
    if state != desks::State::WrapUp && !desk.in_wrap_up {
        return Err(GatewayError::new(Retcode::StateError, "The agent is not in wrap-up."));
    }
    become_free(&parts, &caller, EventType::CancelWork).await
}

/// What an agent declares.
struct Wish {
    status: AgentStatus,
    reason: Option<String>,
    in_wrap_up: bool,
}

async fn become_free(parts: &Parts, caller: &AgentCaller, event: EventType) -> Answered<Nothing> {
    let (tenant, agent) = (&caller.tenant.tenant.id, &caller.agent.id);
    parts.store.end_wrap_up(tenant, agent, None, parts.clock.now()).await?;
    let wish = Wish { status: AgentStatus::Online, reason: None, in_wrap_up: false };
    declare(parts, caller, wish, (desks::State::Free, event, EventContent::Nothing)).await
}

/// Declares it. While the agent talks, the desk is told once they no longer do: that is when it comes about for them.
async fn declare(
    parts: &Parts,
    caller: &AgentCaller,
    wish: Wish,
    (state, event, content): (desks::State, EventType, EventContent),
) -> Answered<Nothing> {
    let (tenant, agent, now) = (&caller.tenant.tenant.id, &caller.agent.id, parts.clock.now());
    change(parts, caller, DeskChange::InWrapUp(wish.in_wrap_up)).await?;
    let declaration = Declaration { status: wish.status, reason: wish.reason, heard: Some(now) };
    parts.store.declare(tenant, agent, declaration).await?;
    if !is_talking(parts, tenant, agent).await? {
        let desk = parts.gateway.of(caller);
        desk.knows(Some(state));
        let event: Event = desk.event(event, content, now);
        desk.tell([event]);
    }
    match_agent(parts, tenant, agent).await?;
    Ok(done())
}

/// Refuses what is done in another state than this.
async fn must_be(
    parts: &Parts,
    caller: &AgentCaller,
    fits: impl FnOnce(AgentStatus, &GatewayDesk) -> bool,
    otherwise: &'static str,
) -> Result<(), GatewayError> {
    let (tenant, agent) = (&caller.tenant.tenant.id, &caller.agent.id);
    let desk = parts.store.gateway_desk(tenant, agent).await?.ok_or(ApiError::Unauthorized)?;
    let declared = parts.store.agent_states(tenant, std::slice::from_ref(agent)).await?.pop();
    let status = declared.map_or(AgentStatus::Offline, |state| state.status);
    if fits(status, &desk) { Ok(()) } else { Err(GatewayError::new(Retcode::StateError, otherwise)) }
}

async fn state(parts: &Parts, caller: &AgentCaller) -> Result<(desks::State, GatewayDesk), GatewayError> {
    let (tenant, agent) = (&caller.tenant.tenant.id, &caller.agent.id);
    let desk = parts.store.gateway_desk(tenant, agent).await?.ok_or(ApiError::Unauthorized)?;
    let (state, _) = state_of(parts, tenant, agent, &desk).await?;
    Ok((state, desk))
}

async fn change(parts: &Parts, caller: &AgentCaller, change: DeskChange) -> Result<(), GatewayError> {
    let (tenant, agent) = (&caller.tenant.tenant.id, &caller.agent.id);
    let is_there = parts.store.change_gateway_desk(tenant, agent, change).await?;
    if is_there { Ok(()) } else { Err(ApiError::Unauthorized.into()) }
}

/// The reason with this number, if the tenant knows it or takes any: desks have numbers of their own making.
fn reason_of(caller: &AgentCaller, number: Option<u64>) -> Option<String> {
    let reason = number?.to_string();
    caller.tenant.tenant.takes_reason(&reason).then_some(reason)
}

/// `true`, or something else of at most five characters (`cec_07_1208`).
fn is_true(flag: &str) -> Result<bool, ApiError> {
    if flag.len() > 5 {
        return Err(ApiError::field_invalid("flag", "must be `true` or something of at most 5 characters"));
    }
    Ok(flag == "true")
}

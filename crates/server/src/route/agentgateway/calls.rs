//! Taking and ending conversations, which the gateway knows as calls: `voicecall` and `calldata`.

use axum::extract::{Path, State};
use frontdesk_api::agentgateway::call_data::{AnswerQuery, CallInfo, CallInfoQuery};
use frontdesk_api::agentgateway::{Answer, Nothing, Retcode};
use frontdesk_core::conversation::Command;
use frontdesk_core::port::ConversationRow;

use super::{Answered, call, done, told};
use crate::error::ApiError;
use crate::extract::{AgentCaller, GatewayQuery};
use crate::gateway::GatewayError;
use crate::parts::Parts;
use crate::route::openapi::segment::AgentNumber;
use crate::work;

/// Takes a conversation that is offered to the agent.
///
/// Done again, or for a conversation that the agent has, it changes nothing.
#[utoipa::path(
    put,
    path = "/agentgateway/resource/voicecall/{agentid}/answer",
    operation_id = "gatewayAnswer",
    tag = "Agent gateway",
    params(
        AgentNumber,
        AnswerQuery,
    ),
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn answer(
    State(parts): State<Parts>,
    caller: AgentCaller,
    GatewayQuery(query): GatewayQuery<AnswerQuery>,
) -> Answered<Nothing> {
    let no_call = || GatewayError::new(Retcode::NoCallToAnswer, "There is no such call to answer.");
    let log = match query.callid.as_deref().filter(|call| !call.is_empty()) {
        Some(name) => {
            let row = call::visible(&parts, &caller, name).await;
            let row = row.map_err(|error| GatewayError::from(error).or(Retcode::NoCallToAnswer))?;
            if call::is_held(&caller, &row) {
                return Ok(done());
            }
            row.log
        }
        None => match call::offers(&parts, &caller).await?.as_slice() {
            [only] => only.item.log,
            _ => return Err(no_call()),
        },
    };
    match work::accept(&parts, log, &caller.agent.id).await? {
        work::Answered::Done => Ok(done()),
        work::Answered::NotOffered => Err(no_call()),
        work::Answered::Refused(refused) => Err(refused.into()),
    }
}

/// Ends a conversation that the agent has, or does not take one that is offered.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/voicecall/{agentid}/dropcall/{callid}",
    operation_id = "gatewayDropCall",
    tag = "Agent gateway",
    params(
        AgentNumber,
        ("callid" = String, Path, description = "The conversation's `callId`."),
    ),
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn drop_call(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path((_, name)): Path<(String, String)>,
) -> Answered<Nothing> {
    let row = call::visible(&parts, &caller, &name).await?;
    if call::is_held(&caller, &row) {
        return end(&parts, &caller, &row).await;
    }
    match work::decline(&parts, row.log, &caller.agent.id).await? {
        work::Answered::Done => Ok(done()),
        work::Answered::NotOffered => Err(ApiError::NotFound.into()),
        work::Answered::Refused(refused) => Err(refused.into()),
    }
}

/// Ends the conversation that the agent has, if it is the only one.
#[utoipa::path(
    delete,
    path = "/agentgateway/resource/voicecall/{agentid}/release",
    operation_id = "gatewayRelease",
    tag = "Agent gateway",
    params(AgentNumber),
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn release(State(parts): State<Parts>, caller: AgentCaller) -> Answered<Nothing> {
    match call::all_held(&parts, &caller).await?.as_slice() {
        [only] => end(&parts, &caller, only).await,
        [] => Err(GatewayError::new(Retcode::InvalidParameter, "The agent has no call.")),
        _ => {
            let why = "The agent has several calls: drop one by its callid.";
            Err(GatewayError::new(Retcode::InvalidParameter, why))
        }
    }
}

async fn end(parts: &Parts, caller: &AgentCaller, row: &ConversationRow) -> Answered<Nothing> {
    let (tenant, agent) = (&caller.tenant.tenant.id, &caller.agent.id);
    let desk = parts.store.gateway_desk(tenant, agent).await?.ok_or(ApiError::Unauthorized)?;
    let is_last = call::all_held(parts, caller).await?.len() == 1;
    if is_last && !desk.auto_idle {
        // Before it ends: the next customer would come with its end.
        parts.gateway.of(caller).begin_wrap_up(parts).await?;
    }
    parts.run(row.log, Command::AgentEnds { agent: agent.clone() }).await?;
    Ok(done())
}

/// What is known of the agent's conversation; of the one begun last, if there are several.
#[utoipa::path(
    get,
    path = "/agentgateway/resource/calldata/{agentid}/callinfo",
    operation_id = "gatewayCallInfo",
    tag = "Agent gateway",
    params(
        AgentNumber,
        CallInfoQuery,
    ),
    responses((status = 200, description = "What is known, or null.", body = Answer<Option<CallInfo>>)),
)]
pub async fn info(State(parts): State<Parts>, caller: AgentCaller) -> Answered<Option<CallInfo>> {
    let held = call::all_held(&parts, &caller).await?;
    Ok(told(held.iter().max_by_key(|row| row.opened).map(|row| call::info(&caller, row))))
}

/// What is known of a conversation that the agent may see.
#[utoipa::path(
    get,
    path = "/agentgateway/resource/calldata/{agentid}/callinfobycallid/{callid}",
    operation_id = "gatewayCallInfoById",
    tag = "Agent gateway",
    params(
        AgentNumber,
        ("callid" = String, Path, description = "The conversation's `callId`."),
    ),
    responses((status = 200, description = "What is known.", body = Answer<CallInfo>)),
)]
pub async fn info_by_id(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path((_, name)): Path<(String, String)>,
) -> Answered<CallInfo> {
    let row = call::visible(&parts, &caller, &name).await?;
    Ok(told(call::info(&caller, &row)))
}

/// What is known of the conversation that is offered to the agent, whose answer is awaited.
#[utoipa::path(
    get,
    path = "/agentgateway/resource/calldata/{agentid}/callinfobeforeanswer",
    operation_id = "gatewayCallInfoBeforeAnswer",
    tag = "Agent gateway",
    params(AgentNumber),
    responses((status = 200, description = "What is known, or null.", body = Answer<Option<CallInfo>>)),
)]
pub async fn info_before_answer(
    State(parts): State<Parts>,
    caller: AgentCaller,
) -> Answered<Option<CallInfo>> {
    let Some(offer) = call::offers(&parts, &caller).await?.into_iter().next() else { return Ok(told(None)) };
    let row = parts.store.conversation(offer.item.log, offer.item.conversation).await?;
    Ok(told(row.map(|row| call::info(&caller, &row))))
}

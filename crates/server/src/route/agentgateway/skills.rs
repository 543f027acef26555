//! Skill queues, and who serves them.

use axum::extract::{Path, State};
use frontdesk_api::agentgateway::sign_in::SkillQuery;
use frontdesk_api::agentgateway::skill::{IdleAgent, Skill};
use frontdesk_api::agentgateway::{Answer, Nothing};
use frontdesk_core::directory::{Agent, Queue};
use frontdesk_core::id::AgentId;
use frontdesk_core::routing::AgentStatus;

use super::{Answered, done, told};
use crate::error::ApiError;
use crate::extract::{AgentCaller, GatewayQuery};
use crate::gateway::skills::{named, skill};
use crate::parts::Parts;
use crate::route::openapi::segment::AgentNumber;

/// The skill queues that the agent serves.
#[utoipa::path(
    get,
    path = "/agentgateway/resource/onlineagent/{agentid}/agentskills",
    operation_id = "gatewayAgentSkills",
    tag = "Agent gateway",
    params(AgentNumber),
    responses((status = 200, description = "The skill queues.", body = Answer<Vec<Skill>>)),
)]
pub async fn own(caller: AgentCaller) -> Answered<Vec<Skill>> {
    Ok(told(skills_of(&caller, &caller.agent)))
}

/// The skill queues that another agent of the tenant serves.
#[utoipa::path(
    get,
    path = "/agentgateway/resource/onlineagent/{agentid}/agentskillsbyworkno/{workno}",
    operation_id = "gatewayAgentSkillsByWorkNo",
    tag = "Agent gateway",
    params(
        AgentNumber,
        ("workno" = String, Path, description = "The other agent."),
    ),
    responses((status = 200, description = "The skill queues.", body = Answer<Vec<Skill>>)),
)]
pub async fn of_agent(caller: AgentCaller, Path((_, other)): Path<(String, String)>) -> Answered<Vec<Skill>> {
    let other = AgentId::new(&other).ok().and_then(|other| caller.tenant.agents.get(&other));
    let other = other.ok_or_else(|| ApiError::field_invalid("workno", "names no agent"))?;
    Ok(told(skills_of(&caller, other)))
}

/// All skill queues of the tenant.
#[utoipa::path(
    get,
    path = "/agentgateway/resource/queuedevice/{agentid}/agentvdnskill",
    operation_id = "gatewayAllSkills",
    tag = "Agent gateway",
    params(AgentNumber),
    responses((status = 200, description = "The skill queues.", body = Answer<Vec<Skill>>)),
)]
pub async fn all(caller: AgentCaller) -> Answered<Vec<Skill>> {
    let mut queues: Vec<&Queue> = caller.tenant.queues.values().map(|queue| &**queue).collect();
    queues.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(told(queues.into_iter().map(skill).collect()))
}

/// Agents of the tenant who take customers and have none.
#[utoipa::path(
    get,
    path = "/agentgateway/resource/agentgroup/{agentid}/idleagent",
    operation_id = "gatewayIdleAgents",
    tag = "Agent gateway",
    params(AgentNumber),
    responses((status = 200, description = "The agents.", body = Answer<Vec<IdleAgent>>)),
)]
pub async fn idle_agents(State(parts): State<Parts>, caller: AgentCaller) -> Answered<Vec<IdleAgent>> {
    let mut ids: Vec<AgentId> = caller.tenant.agents.keys().cloned().collect();
    ids.sort();
    let states = parts.store.agent_states(&caller.tenant.tenant.id, &ids).await?;
    let idle = states
        .into_iter()
        .filter(|state| state.status == AgentStatus::Online && state.reachable && state.held == 0);
    let idle = idle.filter_map(|state| {
        let agent = caller.tenant.agents.get(&state.agent)?;
        Some(IdleAgent { workno: agent.id.to_string(), name: agent.nickname.clone() })
    });
    Ok(told(idle.collect()))
}

/// Says which skill queues the agent serves: always all that they are configured for.
#[utoipa::path(
    post,
    path = "/agentgateway/resource/onlineagent/{agentid}/resetskill/{autoflag}",
    operation_id = "gatewayResetSkill",
    tag = "Agent gateway",
    params(
        AgentNumber,
        ("autoflag" = String, Path, description = "`true` for all; anything else for those of `skillid`."),
        SkillQuery,
    ),
    responses((status = 200, description = "Done; or why not, by its `retcode`.", body = Answer<Nothing>)),
)]
pub async fn reset(
    caller: AgentCaller,
    Path((_, all)): Path<(String, String)>,
    GatewayQuery(query): GatewayQuery<SkillQuery>,
) -> Answered<Nothing> {
    if all == "true" {
        return Ok(done());
    }
    let wanted = query.skillid.as_deref().unwrap_or_default();
    let wanted: Vec<_> = wanted
        .split(';')
        .filter_map(|name| named(&caller.tenant, name.trim()))
        .map(|queue| &queue.id)
        .collect();
    if caller.agent.queues.iter().all(|queue| wanted.contains(&queue)) {
        Ok(done())
    } else {
        let why = "must name all queues that the agent is configured for: an agent serves them all";
        Err(ApiError::field_invalid("skillid", why).into())
    }
}

fn skills_of(caller: &AgentCaller, agent: &Agent) -> Vec<Skill> {
    agent
        .queues
        .iter()
        .filter_map(|queue| caller.tenant.queues.get(queue))
        .map(|queue| skill(queue))
        .collect()
}

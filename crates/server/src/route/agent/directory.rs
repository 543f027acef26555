//! What a desk calls things by.

use axum::Json;
use axum::extract::State;
use frontdesk_api::native::directory::{Colleague, Directory, Named};
use frontdesk_core::access::{On, Permission, Rights};
use frontdesk_core::directory::Agent;
use frontdesk_core::id::AgentId;
use frontdesk_core::port::AgentState;
use frontdesk_core::routing::AgentStatus;

use crate::deliver::agent_state::wire_status;
use crate::error::NativeError;
use crate::extract::Principal;
use crate::parts::Parts;

/// Colleagues, queues, channels and dispositions: what a desk calls them by, and who is free.
///
/// Whoever answers customers may know, because they may pass conversations on and mention colleagues.
#[utoipa::path(
    get,
    path = "/api/v1/agent/directory",
    operation_id = "getDirectory",
    tag = "Agents",
    responses((status = 200, description = "What there is, by ids.", body = Directory)),
)]
pub async fn directory(
    State(parts): State<Parts>,
    caller: Principal,
) -> Result<Json<Directory>, NativeError> {
    let tenant = &caller.tenant;
    let answers =
        |agent: &Agent| Rights::of_agent(tenant, agent).may(Permission::ConversationsAnswer, On::Anything);
    let mut ids: Vec<AgentId> =
        tenant.agents.values().filter(|agent| answers(agent)).map(|agent| agent.id.clone()).collect();
    ids.sort();
    let states = parts.store.agent_states(&tenant.tenant.id, &ids).await?;
    let colleagues =
        states.iter().filter_map(|state| Some(colleague(tenant.agents.get(&state.agent)?, state)));
    let mut queues: Vec<Named> = tenant.queues.values().map(|queue| named(&queue.id, &queue.name)).collect();
    let mut channels: Vec<Named> =
        tenant.channels.values().map(|channel| named(&channel.id, &channel.name)).collect();
    queues.sort_by(|a, b| a.id.cmp(&b.id));
    channels.sort_by(|a, b| a.id.cmp(&b.id));
    let dispositions = tenant.tenant.dispositions.iter();
    Ok(Json(Directory {
        colleagues: colleagues.collect(),
        queues,
        channels,
        dispositions: dispositions.map(|known| named(&known.id, &known.name)).collect(),
    }))
}

fn named(id: &impl ToString, name: &str) -> Named {
    Named { id: id.to_string(), name: name.to_owned() }
}

fn colleague(agent: &Agent, state: &AgentState) -> Colleague {
    let has_room = state.held < agent.capacity;
    let is_there = state.reachable && state.seen.is_some();
    Colleague {
        id: agent.id.to_string(),
        nickname: agent.nickname.clone(),
        status: wire_status(state.status),
        is_free: has_room && is_there && state.status == AgentStatus::Online,
    }
}

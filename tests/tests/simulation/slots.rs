//! What agents' slots must be like.

use frontdesk_core::id::AgentId;
use frontdesk_core::port::AgentState;

use super::lockstep::lockstep;
use super::setting;
use super::world::World;

/// What the store says of all agents.
pub(crate) fn states(world: &World) -> Vec<AgentState> {
    let agents: Vec<AgentId> = setting::agents().into_iter().map(|agent| agent.id).collect();
    lockstep(world.store.agent_states(&setting::tenant(), &agents)).unwrap_or_default()
}

/// No agent has more slots taken than they can hold.
pub(crate) fn check_capacity(world: &World) -> Result<(), String> {
    let states = states(world);
    let model = world.model();
    let over = states
        .iter()
        .find(|state| model.capacities().get(&state.agent).is_some_and(|capacity| state.held > *capacity));
    over.map_or(Ok(()), |over| {
        Err(format!(
            "agent {} has {} slots taken, of {}",
            over.agent,
            over.held,
            model.capacities()[&over.agent]
        ))
    })
}

//! How it stands with an agent, as the gateway numbers it (`cec_07_0581`).

use frontdesk_api::agentgateway::event::EventType;
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::port::{ConversationFilter, GatewayDesk, StoreError};
use frontdesk_core::routing::AgentStatus;

use crate::parts::Parts;

/// A state of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not signed in.
    SignedOut,
    /// Takes no customers.
    Busy,
    /// Takes customers, and has none.
    Free,
    /// Finishes something.
    WrapUp,
    /// Has customers.
    Talking,
    /// Not at the desk.
    Rest,
}

/// The documented number of a state.
pub const fn wire_number(state: State) -> u8 {
    match state {
        State::SignedOut => 2,
        State::Busy => 3,
        State::Free => 4,
        State::WrapUp => 5,
        State::Talking => 7,
        State::Rest => 8,
    }
}

/// Whether the agent has a customer.
pub async fn is_talking(parts: &Parts, tenant: &TenantId, agent: &AgentId) -> Result<bool, StoreError> {
    let held = ConversationFilter::HeldBy(agent.clone());
    Ok(!parts.store.conversations(tenant, held, 1).await?.is_empty())
}

/// How it stands with an agent, and why, if the agent said so.
pub async fn state_of(
    parts: &Parts,
    tenant: &TenantId,
    agent: &AgentId,
    desk: &GatewayDesk,
) -> Result<(State, Option<String>), StoreError> {
    if is_talking(parts, tenant, agent).await? {
        return Ok((State::Talking, None));
    }
    let declared = parts.store.agent_states(tenant, std::slice::from_ref(agent)).await?.pop();
    let (status, reason) =
        declared.map_or((AgentStatus::Offline, None), |state| (state.status, state.reason));
    let state = match status {
        AgentStatus::Offline => State::SignedOut,
        AgentStatus::Away => State::Rest,
        AgentStatus::Busy if desk.in_wrap_up => State::WrapUp,
        AgentStatus::Busy => State::Busy,
        AgentStatus::Online if parts.store.after_call_work(tenant, agent).await?.is_empty() => State::Free,
        AgentStatus::Online => State::WrapUp,
    };
    Ok((state, reason))
}

/// What a desk is told when its agent's state became another one, which it did not ask for just then. That the agent
/// talks is told with the conversation.
pub(super) fn event_of(before: Option<State>, after: State) -> Option<EventType> {
    if before == Some(after) {
        return None;
    }
    let from_talking = matches!(before, None | Some(State::Talking));
    Some(match after {
        State::Free => match before {
            Some(State::WrapUp) => EventType::CancelWork,
            Some(State::Busy | State::Rest | State::SignedOut) => EventType::ForceReady,
            _ => EventType::Ready,
        },
        // What was asked for while talking comes about after it.
        State::Busy if from_talking => EventType::SetNotReady,
        State::Busy | State::SignedOut => EventType::ForceSetNotReady,
        State::WrapUp => EventType::Work,
        State::Rest => EventType::SetRest,
        State::Talking => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_told_when_it_becomes_another() {
        assert_eq!(event_of(Some(State::Free), State::Free), None);
        assert_eq!(event_of(Some(State::Talking), State::Free), Some(EventType::Ready));
        assert_eq!(event_of(Some(State::Talking), State::Busy), Some(EventType::SetNotReady));
        assert_eq!(event_of(Some(State::Free), State::Busy), Some(EventType::ForceSetNotReady));
        assert_eq!(event_of(Some(State::WrapUp), State::Free), Some(EventType::CancelWork));
        assert_eq!(event_of(Some(State::Free), State::Talking), None);
    }
}

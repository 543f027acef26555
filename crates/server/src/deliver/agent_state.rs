//! How it stands with agents, as clients of the native API see it.

use frontdesk_api::native::agent::AgentStatus as WireStatus;
use frontdesk_api::native::presence::AfterCallWork;
use frontdesk_core::entry::{Audience, EntryBody};
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::StoreError;
use frontdesk_core::routing::AgentStatus;

use crate::deliver::native;
use crate::parts::Parts;

/// What an agent declares.
pub const fn wire_status(status: AgentStatus) -> WireStatus {
    match status {
        AgentStatus::Online => WireStatus::Online,
        AgentStatus::Busy => WireStatus::Busy,
        AgentStatus::Away => WireStatus::Away,
        AgentStatus::Offline => WireStatus::Offline,
    }
}

/// An agent's after-call work, earliest end first.
pub async fn after_call_work(
    parts: &Parts,
    tenant: &TenantId,
    agent: &AgentId,
) -> Result<Vec<AfterCallWork>, StoreError> {
    let mut found = Vec::new();
    for (log, until) in parts.store.after_call_work(tenant, agent).await? {
        if let Some(conversation) = last_served(parts, log, agent).await? {
            let conversation_id = native::conversation_id(parts, log, conversation);
            found.push(AfterCallWork { conversation_id, until: until.as_millis() });
        }
    }
    Ok(found)
}

/// The last of a customer's conversations that the agent had.
async fn last_served(parts: &Parts, log: LogId, agent: &AgentId) -> Result<Option<u64>, StoreError> {
    let Some(view) = parts.store.load(log).await? else { return Ok(None) };
    // Nearly always the last one; the customer may have come back since, to somebody else.
    if let Some(served) = view.state.last_served.as_ref().filter(|served| served.agent == *agent) {
        return Ok(Some(served.conversation));
    }
    for conversation in (1..=view.state.conversations).rev() {
        let row = parts.store.conversation(log, conversation).await?;
        if row.is_some_and(|row| row.served_by.as_ref() == Some(agent)) {
            return Ok(Some(conversation));
        }
    }
    Ok(None)
}

/// Tells all of an agent's desks to look at how it stands with them.
pub async fn tell_state(parts: &Parts, tenant: &TenantId, agent: &AgentId) -> Result<(), StoreError> {
    // Each time is another one: nothing is told twice, because nobody tells it again.
    let mut source = [0; 16];
    parts.random.fill(&mut source);
    let source = (LogId::from_bytes(source), EntryNumber(1));
    let written = parts.store.append_to_agent(tenant, agent, source, EntryBody::StateChanged).await?;
    if let Some(number) = written {
        let own = LogId::of_agent(tenant, agent);
        parts.hub.committed(own, std::iter::once((number, Audience::AGENT)));
    }
    Ok(())
}

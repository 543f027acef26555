//! Which conversations an agent may see, and the conversation that a path names.

use axum::extract::{FromRequestParts, RawPathParams};
use frontdesk_core::conversation::{LogState, Refusal};
use frontdesk_core::directory::Role;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{ConversationRow, ConversationStatus};
use frontdesk_core::seal::Sealed;
use http::request::Parts as RequestParts;

use crate::error::{ApiError, NativeError};
use crate::extract::AgentCaller;
use crate::parts::Parts;

/// The part of a path that names a conversation.
const ID: &str = "id";

/// A conversation that the caller may see, by the `{id}` of the path. One that they may not see looks like none.
#[derive(Debug)]
pub struct VisibleConversation {
    /// The caller.
    pub caller: AgentCaller,
    /// The conversation.
    pub row: ConversationRow,
}

/// A conversation that the caller may see and that is still the customer's open one: an older one must not stand for a
/// newer.
#[derive(Debug)]
pub struct OpenConversation {
    /// The caller.
    pub caller: AgentCaller,
    /// The conversation.
    pub row: ConversationRow,
    /// The state of the customer's log.
    pub state: LogState,
}

impl VisibleConversation {
    /// The conversation, if it is still the customer's open one.
    pub async fn open(self, parts: &Parts) -> Result<OpenConversation, ApiError> {
        let Self { caller, row } = self;
        let state = parts.store.load(row.log).await?.ok_or(ApiError::NotFound)?.state;
        if state.is_open(row.conversation) {
            Ok(OpenConversation { caller, row, state })
        } else {
            Err(Refusal::NoSession.into())
        }
    }
}

impl FromRequestParts<Parts> for VisibleConversation {
    type Rejection = NativeError;

    async fn from_request_parts(request: &mut RequestParts, parts: &Parts) -> Result<Self, NativeError> {
        // Either is missing only if router.rs declares another access or path than the handler needs.
        let caller = request.extensions.get::<AgentCaller>().cloned().ok_or(ApiError::Internal)?;
        let names =
            RawPathParams::from_request_parts(request, parts).await.map_err(|_| ApiError::NotFound)?;
        let id = names.iter().find_map(|(name, value)| (name == ID).then_some(value));
        let row = visible(parts, &caller, id.ok_or(ApiError::Internal)?).await?;
        Ok(Self { caller, row })
    }
}

impl FromRequestParts<Parts> for OpenConversation {
    type Rejection = NativeError;

    async fn from_request_parts(request: &mut RequestParts, parts: &Parts) -> Result<Self, NativeError> {
        let visible = VisibleConversation::from_request_parts(request, parts).await?;
        Ok(visible.open(parts).await?)
    }
}

/// The conversation with this id. One that the caller may not see looks like none.
pub(super) async fn visible(
    parts: &Parts,
    caller: &AgentCaller,
    id: &str,
) -> Result<ConversationRow, ApiError> {
    let (log, number) = parts.sealer.open(Sealed::Conversation, id).ok_or(ApiError::NotFound)?;
    let row = parts.store.conversation(log, number).await?.ok_or(ApiError::NotFound)?;
    if may_see(caller, &row) { Ok(row) } else { Err(ApiError::NotFound) }
}

/// Supervisors see everything of their tenant, agents what they serve, served, take part in, might be given, or are
/// mentioned in.
pub(super) fn may_see(caller: &AgentCaller, row: &ConversationRow) -> bool {
    if row.customer.tenant != caller.tenant.tenant.id {
        return false;
    }
    let agent = &caller.agent;
    let serves = |queue| agent.queues.contains(queue);
    let channel_queue =
        caller.tenant.channels.get(&row.customer.channel).and_then(|channel| channel.queue.as_ref());
    agent.role >= Role::Supervisor
        || row.served_by.as_ref() == Some(&agent.id)
        || row.mentioned.contains(&agent.id)
        || row.participants.iter().any(|participant| participant.agent == agent.id)
        || matches!(&row.status, ConversationStatus::Agent(holder) if *holder == agent.id)
        || matches!(&row.status, ConversationStatus::Queue { queue, .. } if serves(queue))
        || channel_queue.is_some_and(serves)
}

/// Whether a log is one of the caller's tenant: an agent's own, or a customer's.
pub(super) async fn is_tenants(parts: &Parts, caller: &AgentCaller, log: LogId) -> Result<bool, ApiError> {
    let tenant = &caller.tenant.tenant.id;
    if caller.tenant.agents.keys().any(|agent| LogId::of_agent(tenant, agent) == log) {
        return Ok(true);
    }
    Ok(parts.store.load(log).await?.is_some_and(|view| view.customer.tenant == *tenant))
}

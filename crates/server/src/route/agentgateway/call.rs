//! The conversation that a `callId` names, as far as it is the caller's.

use frontdesk_api::agentgateway::call_data::CallInfo;
use frontdesk_api::agentgateway::skill::skill_number;
use frontdesk_core::id::CallId;
use frontdesk_core::port::{ConversationFilter, ConversationRow, ConversationStatus, Offer};
use frontdesk_core::time::Timestamp;

use crate::error::ApiError;
use crate::extract::AgentCaller;
use crate::parts::Parts;
use crate::route::agent::access::{OpenConversation, VisibleConversation, may_see};

/// The key of the attribute in which a transfer's call data is kept.
pub(super) const CALL_DATA: &str = "calldata";
/// Most conversations that are told of at once.
const MAX_LISTED: usize = 100;

/// The conversation with this `callId`; one that the caller may not see looks like none.
pub(super) async fn visible(
    parts: &Parts,
    caller: &AgentCaller,
    call: &str,
) -> Result<ConversationRow, ApiError> {
    let call = CallId::new(call).map_err(|_| ApiError::NotFound)?;
    let row = parts.store.conversation_by_call(&caller.tenant.tenant.id, &call).await?;
    let row = row.ok_or(ApiError::NotFound)?;
    let is_offered = offers(parts, caller).await?.iter().any(|offer| is_of(offer, &row));
    if is_offered || may_see(caller, &row) { Ok(row) } else { Err(ApiError::NotFound) }
}

/// The conversation with this `callId`, which the caller has.
pub(super) async fn held(
    parts: &Parts,
    caller: &AgentCaller,
    call: &str,
) -> Result<OpenConversation, ApiError> {
    let row = visible(parts, caller, call).await?;
    if !is_held(caller, &row) {
        return Err(ApiError::NotFound);
    }
    VisibleConversation { caller: caller.clone(), row }.open(parts).await
}

/// Every conversation that the caller has.
pub(super) async fn all_held(parts: &Parts, caller: &AgentCaller) -> Result<Vec<ConversationRow>, ApiError> {
    let held = ConversationFilter::HeldBy(caller.agent.id.clone());
    Ok(parts.store.conversations(&caller.tenant.tenant.id, held, MAX_LISTED).await?)
}

/// What is offered to the caller.
pub(super) async fn offers(parts: &Parts, caller: &AgentCaller) -> Result<Vec<Offer>, ApiError> {
    Ok(parts.store.offers(&caller.tenant.tenant.id, &caller.agent.id).await?)
}

/// Whether an offer is of this conversation.
pub(super) fn is_of(offer: &Offer, row: &ConversationRow) -> bool {
    (offer.item.log, offer.item.conversation) == (row.log, row.conversation)
}

/// Whether the caller has the conversation.
pub(super) fn is_held(caller: &AgentCaller, row: &ConversationRow) -> bool {
    matches!(&row.status, ConversationStatus::Agent(holder) if *holder == caller.agent.id)
}

/// What a desk is told of a conversation.
pub(super) fn info(caller: &AgentCaller, row: &ConversationRow) -> CallInfo {
    let channel = caller.tenant.channels.get(&row.customer.channel);
    let queue = channel.and_then(|channel| channel.queue.as_ref());
    let queue = queue.and_then(|queue| caller.tenant.queues.get(queue));
    CallInfo {
        callfeature: 0,
        callid: row.call.to_string(),
        caller: row.customer.user.to_string(),
        called: row.customer.channel.to_string(),
        callskill: queue.map(|queue| queue.name.clone()).unwrap_or_default(),
        callskillid: queue.map(|queue| skill_number(queue.id.as_str())).unwrap_or_default(),
        orgicallednum: row.customer.channel.to_string(),
        calldata: row.labels.attributes.get(CALL_DATA).map(|data| data.as_str().into()).unwrap_or_default(),
        begintime: row.opened.as_millis(),
        endtime: row.ended.map(Timestamp::as_millis),
    }
}

//! Canned replies.

use axum::Json;
use axum::extract::State;
use frontdesk_api::FieldError;
use frontdesk_api::native::canned::{CannedReply as WireReply, CannedReplyList, CannedReplyQuery};
use frontdesk_core::canned::{Values, render};
use frontdesk_core::directory::{CannedReply, Queue};
use frontdesk_core::port::{ConversationRow, ConversationStatus};

use super::access::visible;
use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, NativeQuery};
use crate::parts::Parts;
use crate::route::openapi::native::BadQuery;

/// Most replies of one answer.
const MAX_LISTED: usize = 100;

/// The canned replies of the caller's queues, those that fit best first.
///
/// If a conversation is named, their texts are also given as they can be sent in it.
#[utoipa::path(
    get,
    path = "/api/v1/agent/canned-replies",
    operation_id = "listCannedReplies",
    tag = "Conversations",
    params(CannedReplyQuery),
    responses((status = 200, description = "The replies.", body = CannedReplyList), BadQuery),
)]
pub async fn list(
    State(parts): State<Parts>,
    caller: AgentCaller,
    NativeQuery(query): NativeQuery<CannedReplyQuery>,
) -> Result<Json<CannedReplyList>, NativeError> {
    let wish = query.check()?;
    let row = match wish.conversation {
        Some(id) => Some(visible(&parts, &caller, id).await.map_err(|error| match error {
            ApiError::NotFound => FieldError::invalid("conversation", "names no conversation").into(),
            other => other,
        })?),
        None => None,
    };
    let fits = |reply: &&CannedReply| {
        reply.is_for(&caller.agent, caller.rights.permissions)
            && wish.language.is_none_or(|language| reply.fits_language(language))
    };
    let all = caller.tenant.canned_replies.values().map(AsRef::as_ref).filter(fits);
    let mut ranked: Vec<(u8, &CannedReply)> =
        all.filter_map(|reply| Some((reply.rank(wish.typed)?, reply))).collect();
    ranked.sort_by_key(|(rank, reply)| (*rank, &reply.shortcut, &reply.title, &reply.id));
    let shown = ranked.into_iter().take(MAX_LISTED);
    let canned_replies = shown.map(|(_, reply)| wire(&caller, reply, row.as_ref())).collect();
    Ok(Json(CannedReplyList { canned_replies }))
}

fn wire(caller: &AgentCaller, reply: &CannedReply, row: Option<&ConversationRow>) -> WireReply {
    WireReply {
        id: reply.id.to_string(),
        shortcut: reply.shortcut.clone(),
        title: reply.title.clone(),
        text: reply.text.clone(),
        language: reply.language.clone(),
        rendered: row.map(|row| filled_in(caller, reply, row).into()),
    }
}

fn filled_in(caller: &AgentCaller, reply: &CannedReply, row: &ConversationRow) -> String {
    let values = Values {
        customer_name: &row.customer.name,
        agent_nickname: &caller.agent.nickname,
        queue_name: queue_of(caller, row).map_or("", |queue| &queue.name),
        conversation_id: row.call.as_str(),
        attributes: Some(&row.labels.attributes),
    };
    render(&reply.text, &values)
}

/// The queue that the conversation waits in, otherwise its channel's.
fn queue_of<'a>(caller: &'a AgentCaller, row: &ConversationRow) -> Option<&'a Queue> {
    let tenant = &caller.tenant;
    let id = match &row.status {
        ConversationStatus::Queue { queue, .. } => queue,
        ConversationStatus::Robot | ConversationStatus::Agent(_) | ConversationStatus::Closed => {
            tenant.channels.get(&row.customer.channel)?.queue.as_ref()?
        }
    };
    tenant.queues.get(id).map(AsRef::as_ref)
}

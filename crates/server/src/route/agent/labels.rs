//! One conversation whole, and what agents put on it.

use axum::Json;
use axum::extract::State;
use frontdesk_api::FieldError;
use frontdesk_api::native::conversation::Conversation;
use frontdesk_api::native::label::{ConversationPatch, Patched, Relabelling};
use frontdesk_core::conversation::{Command, Labelling};
use frontdesk_core::id::DispositionId;
use frontdesk_core::labels::{LabelPatch, Patch};

use super::access::{ReadableConversation, VisibleConversation};
use crate::deliver::native::{conversation_with_last, core_priority};
use crate::error::{ApiError, NativeError};
use crate::extract::NativeJson;
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, NotFound};
use crate::route::openapi::segment::OfConversation;

/// One conversation.
#[utoipa::path(
    get,
    path = "/api/v1/agent/conversations/{id}",
    operation_id = "getConversation",
    tag = "Conversations",
    params(OfConversation),
    responses((status = 200, description = "The conversation.", body = Conversation), NotFound),
)]
pub async fn get(
    State(parts): State<Parts>,
    ReadableConversation { caller, row }: ReadableConversation,
) -> Result<Json<Conversation>, NativeError> {
    let viewer = caller.agent().map(|agent| &agent.id);
    Ok(Json(conversation_with_last(&parts, &row, viewer).await?))
}

/// Changes what is on a conversation, which may be over: tags, priority, attributes, disposition.
///
/// The body is a JSON merge patch (RFC 7396): what is absent stays, what is `null` goes.
#[utoipa::path(
    patch,
    path = "/api/v1/agent/conversations/{id}",
    operation_id = "labelConversation",
    tag = "Conversations",
    params(OfConversation),
    request_body = ConversationPatch,
    responses(
        (status = 200, description = "The conversation as it is then.", body = Conversation),
        BadBody,
        NotFound,
    ),
)]
pub async fn change(
    State(parts): State<Parts>,
    VisibleConversation { caller, row }: VisibleConversation,
    NativeJson(request): NativeJson<ConversationPatch>,
) -> Result<Json<Conversation>, NativeError> {
    let labelling = Labelling {
        agent: caller.agent.id.clone(),
        conversation: row.conversation,
        patch: patch_of(request.check()?)?,
        before: row.labels.clone(),
    };
    parts.run(row.log, Command::Label(Box::new(labelling))).await?;
    let row = parts.store.conversation(row.log, row.conversation).await?.ok_or(ApiError::Internal)?;
    Ok(Json(conversation_with_last(&parts, &row, &caller.agent.id).await?))
}

fn patch_of(asked: Relabelling<'_>) -> Result<LabelPatch, FieldError> {
    let disposition =
        |id| DispositionId::new(id).map_err(|error| FieldError::invalid("disposition", error.to_string()));
    Ok(LabelPatch {
        tags: core_patch(asked.tags, |tags| tags.into_iter().map(str::to_owned).collect()),
        priority: core_patch(asked.priority, core_priority),
        attributes: core_patch(asked.attributes, |attributes| {
            let owned = |value: &frontdesk_api::Redacted| value.as_str().to_owned();
            attributes.iter().map(|(key, value)| (key.clone(), value.as_ref().map(owned))).collect()
        }),
        disposition: match asked.disposition {
            Patched::Value(id) => Patch::Set(disposition(id)?),
            Patched::Null => Patch::Clear,
            Patched::Absent => Patch::Keep,
        },
    })
}

fn core_patch<W, C>(patched: Patched<W>, core: impl FnOnce(W) -> C) -> Patch<C> {
    match patched {
        Patched::Absent => Patch::Keep,
        Patched::Null => Patch::Clear,
        Patched::Value(value) => Patch::Set(core(value)),
    }
}

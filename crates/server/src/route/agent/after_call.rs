//! After-call work.

use axum::extract::State;
use http::StatusCode;

use super::access::VisibleConversation;
use crate::deliver::agent_state::tell_state;
use crate::error::NativeError;
use crate::parts::Parts;
use crate::route::openapi::native::NotFound;
use crate::route::openapi::segment::OfConversation;
use crate::work::match_agent;

/// Ends the after-call work of a conversation before its time.
///
/// Done again, or without any such work, it changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/wrap-up/end",
    operation_id = "endWrapUp",
    tag = "Conversations",
    params(OfConversation),
    responses((status = 204, description = "The caller has room for another one."), NotFound),
)]
pub async fn end(
    State(parts): State<Parts>,
    VisibleConversation { caller, row }: VisibleConversation,
) -> Result<StatusCode, NativeError> {
    let (tenant, agent) = (&caller.tenant.tenant.id, &caller.agent.id);
    if parts.store.end_wrap_up(tenant, agent, Some(row.log), parts.clock.now()).await? {
        tell_state(&parts, tenant, agent).await?;
        match_agent(&parts, tenant, agent).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

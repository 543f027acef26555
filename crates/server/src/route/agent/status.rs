//! What an agent declares.

use axum::extract::State;
use frontdesk_api::named::Named as _;
use frontdesk_api::native::agent::StatusRequest;
use frontdesk_core::routing::AgentStatus;
use http::StatusCode;

use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, NativeJson};
use crate::parts::Parts;
use crate::route::openapi::native::BadBody;
use crate::work::match_agent;

/// Declares the caller's status.
///
/// Who comes online gets those who wait.
#[utoipa::path(
    put,
    path = "/api/v1/agent/status",
    operation_id = "setStatus",
    tag = "Agents",
    request_body = StatusRequest,
    responses((status = 204, description = "The status is declared."), BadBody),
)]
pub async fn set_status(
    State(parts): State<Parts>,
    caller: AgentCaller,
    NativeJson(request): NativeJson<StatusRequest>,
) -> Result<StatusCode, NativeError> {
    let status = AgentStatus::parse(request.check()?.as_str()).ok_or(ApiError::Internal)?;
    let tenant = &caller.tenant.tenant.id;
    parts.store.set_status(tenant, &caller.agent.id, status).await?;
    // Whoever comes online gets customers; whoever goes may have been waited for.
    match_agent(&parts, tenant, &caller.agent.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

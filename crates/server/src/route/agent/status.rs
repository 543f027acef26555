//! What an agent declares.

use axum::extract::State;
use frontdesk_api::FieldError;
use frontdesk_api::named::Named as _;
use frontdesk_api::native::agent::StatusRequest;
use frontdesk_core::directory::Tenant;
use frontdesk_core::port::Declaration;
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::time::Timestamp;
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
    let declaration = wanted(&caller.tenant.tenant, &request, Some(parts.clock.now()))?;
    let tenant = &caller.tenant.tenant.id;
    parts.store.declare(tenant, &caller.agent.id, declaration).await?;
    // Whoever comes online gets customers; whoever goes may have been waited for.
    match_agent(&parts, tenant, &caller.agent.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is to be declared, with a reason that the tenant knows.
pub(super) fn wanted(
    tenant: &Tenant,
    request: &StatusRequest,
    heard: Option<Timestamp>,
) -> Result<Declaration, ApiError> {
    let wish = request.check()?;
    let status = AgentStatus::parse(wish.status.as_str()).ok_or(ApiError::Internal)?;
    if wish.reason.is_some_and(|reason| !tenant.takes_reason(reason)) {
        let known: Vec<&str> = tenant.away_reasons.iter().map(|known| known.id.as_str()).collect();
        return Err(FieldError::invalid("reason", format!("must be one of {}", known.join(", "))).into());
    }
    Ok(Declaration { status, reason: wish.reason.map(str::to_owned), heard })
}

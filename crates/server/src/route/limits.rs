//! What a tenant may have, and what it has.

use axum::Json;
use axum::extract::State;
use frontdesk_api::native::limits::{CallerLimitValues, LimitsAnswer};

use crate::error::{ApiError, NativeError};
use crate::extract::Principal;
use crate::limit::config::CallerLimits;
use crate::parts::Parts;

/// Each limit, what it allows, and where it stands. Only the operator changes them.
#[utoipa::path(
    get,
    path = "/api/v1/limits",
    operation_id = "readLimits",
    tag = "Configuration",
    responses((status = 200, description = "The limits.", body = LimitsAnswer)),
)]
pub async fn limits(
    State(parts): State<Parts>,
    caller: Principal,
) -> Result<Json<LimitsAnswer>, NativeError> {
    let config = parts.limits.config();
    // As it is configured at this moment, not as it was when the caller was let in.
    let tenant =
        parts.directory.load().tenant(&caller.tenant.tenant.id).cloned().ok_or(ApiError::NotFound)?;
    Ok(Json(LimitsAnswer {
        enabled: config.enabled,
        tenant: parts.tenant_limits(&tenant).await?,
        customer: values(&config.customer),
        app: values(&config.app),
        burst_seconds: config.burst_seconds,
    }))
}

const fn values(limits: &CallerLimits) -> CallerLimitValues {
    CallerLimitValues {
        polls_per_second: limits.polls_per_second,
        sends_per_second: limits.sends_per_second,
        tokens_per_second: limits.tokens_per_second,
        connections: limits.connections,
    }
}

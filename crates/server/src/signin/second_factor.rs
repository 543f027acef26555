//! Second factors: codes of an app, and recovery codes.

use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::port::SecondFactor;
use frontdesk_core::signin::{RecoveryCode, TotpSecret};
use frontdesk_core::time::Timestamp;

use crate::error::ApiError;
use crate::parts::Parts;

/// Whether a code is one of somebody's second factor and was not used before. It is used up by this.
pub async fn present(
    parts: &Parts,
    (tenant, agent): (&TenantId, &AgentId),
    factor: &SecondFactor,
    code: &str,
    now: Timestamp,
) -> Result<bool, ApiError> {
    let secret = open(parts, (tenant, agent), factor)?;
    if let Some(step) = secret.step_of(code, now) {
        return Ok(parts.store.use_step(tenant, agent, step).await?);
    }
    match RecoveryCode::hash_of(code) {
        Some(hash) => Ok(parts.store.use_recovery_code(tenant, agent, hash).await?),
        None => Ok(false),
    }
}

/// The secret of a second factor.
pub fn open(
    parts: &Parts,
    (tenant, agent): (&TenantId, &AgentId),
    factor: &SecondFactor,
) -> Result<TotpSecret, ApiError> {
    let owner = (tenant.as_str(), agent.as_str());
    TotpSecret::open(&parts.sealer, owner, &factor.sealed).ok_or_else(|| {
        tracing::error!(%tenant, %agent, "a second factor cannot be opened");
        ApiError::Internal
    })
}

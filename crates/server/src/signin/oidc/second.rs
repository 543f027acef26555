//! The second factor of somebody whom a provider has signed in.

use std::sync::Arc;

use frontdesk_core::directory::{Agent, IdentityProvider};
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::secret::SecretHash;
use frontdesk_core::signin::Attempt;
use frontdesk_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::flow::PATIENCE;
use super::person::Admitted;
use super::place::ReturnTo;
use super::refusal::Refusal;
use crate::error::ApiError;
use crate::parts::Parts;
use crate::signin::{SignInFrom, second_factor};

const PURPOSE: &[u8] = b"second factor after a provider";

/// What has to be remembered of somebody who still has to give a code.
#[derive(Debug, Serialize, Deserialize)]
pub struct Waiting {
    tenant: String,
    provider: String,
    agent: String,
    since: i64,
    return_to: String,
}

impl Waiting {
    /// Somebody who was signed in by a provider, sealed for their browser.
    pub fn seal(
        parts: &Parts,
        (tenant, provider): (&TenantId, &IdentityProvider),
        admitted: &Admitted,
        return_to: &ReturnTo,
    ) -> Result<String, ApiError> {
        let waiting = Self {
            tenant: tenant.to_string(),
            provider: provider.id.to_string(),
            agent: admitted.agent.id.to_string(),
            since: admitted.at.as_millis(),
            return_to: return_to.as_str().to_owned(),
        };
        let plain = serde_json::to_vec(&waiting).map_err(|_| ApiError::Internal)?;
        Ok(parts.sealer.seal_bytes(PURPOSE, &plain))
    }
}

/// Takes the code of somebody who was signed in by a provider: who they are, and where they wanted to go.
pub async fn present(
    parts: &Parts,
    (tenant, provider): (&TenantId, &Arc<IdentityProvider>),
    (kept, code): (Option<&str>, &str),
    from: &SignInFrom,
    now: Timestamp,
) -> Result<(Arc<Agent>, ReturnTo), ApiError> {
    let waiting = kept.and_then(|kept| parts.sealer.open_bytes(PURPOSE, kept));
    let waiting: Option<Waiting> = waiting.and_then(|plain| serde_json::from_slice(&plain).ok());
    let is_theirs = |of: &Waiting| of.tenant == tenant.as_str() && of.provider == provider.id.as_str();
    let waiting = waiting.filter(is_theirs).ok_or(Refusal::StateInvalid)?;
    let since = Timestamp::from_millis(waiting.since);
    let id = AgentId::new(&waiting.agent).map_err(|_| Refusal::StateInvalid)?;
    let agent = parts.directory.load().agent(tenant, &id).cloned();
    let agent = agent.filter(|agent| agent.keeps_sign_in(since)).ok_or(Refusal::StateInvalid)?;
    if now.since(since) >= PATIENCE {
        return Err(Refusal::StateInvalid.into());
    }
    let factor = parts.store.second_factor(tenant, &id).await?;
    let factor = factor.filter(|factor| factor.confirmed).ok_or(Refusal::StateInvalid)?;
    // A budget of their own: whoever gets here was signed in by the provider, and takes nothing from passwords.
    let own = SecretHash::of(&format!("provider\n{tenant}\n{id}"));
    let account = (tenant.as_str(), id.as_str());
    let attempt = Attempt { account, address: from.address, device: Some(own) };
    parts.failures.take(&attempt, now)?;
    if !second_factor::present(parts, (tenant, &id), &factor, code, now).await? {
        return Err(Refusal::CodeWrong.into());
    }
    parts.failures.give_back(&attempt);
    Ok((agent, ReturnTo::read(Some(&waiting.return_to))?))
}

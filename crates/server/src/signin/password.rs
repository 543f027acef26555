//! Passwords: compared slowly, stored slowly, and hashed anew when hashing gets slower.

use std::sync::Arc;

use argon2::password_hash::PasswordVerifier;
use argon2::{Algorithm, Argon2, Params, PasswordHash};
use frontdesk_core::directory::{Agent, Item, TenantDirectory};
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::port::ItemChanges;
use frontdesk_core::signin::{Attempt, check_password};
use frontdesk_core::time::Timestamp;

use crate::admin::hash_password;
use crate::error::ApiError;
use crate::extract::AgentCaller;
use crate::parts::Parts;
use crate::signin::SignInFrom;

/// How often a change is decided anew because something else was changed meanwhile.
const TRIES: usize = 16;

/// Whether a password is the one of a hash. Hashing is slow on purpose: it runs beside the async workers, and only so many
/// at a time.
pub async fn verify(parts: &Parts, password: String, hash: String) -> Result<bool, ApiError> {
    beside(parts, move || {
        PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
}

/// Refuses somebody who is signed in and does not know their password: they may only have found the desk open. Each
/// sign-in has a budget of its own, so that nobody else is kept from it.
pub async fn prove(
    parts: &Parts,
    caller: &AgentCaller,
    password: &str,
    from: &SignInFrom,
) -> Result<(), ApiError> {
    let attempt = own_budget(caller, from);
    parts.failures.take(&attempt, parts.clock.now())?;
    if !verify(parts, password.to_owned(), caller.agent.password_hash.clone()).await? {
        return Err(ApiError::WrongPassword);
    }
    parts.failures.give_back(&attempt);
    Ok(())
}

/// Counts another proof that was wrong, such as a code, with the passwords that were.
pub fn note_wrong(parts: &Parts, caller: &AgentCaller, from: &SignInFrom) -> Result<(), ApiError> {
    parts.failures.take(&own_budget(caller, from), parts.clock.now())
}

fn own_budget<'a>(caller: &'a AgentCaller, from: &SignInFrom) -> Attempt<'a> {
    let account = (caller.tenant.tenant.id.as_str(), caller.agent.id.as_str());
    Attempt { account, address: from.address, device: Some(caller.session) }
}

/// Gives somebody another password, which ends their sign-ins of up to now. Their item is read anew, so that nothing
/// else that was changed meanwhile is lost.
pub async fn set_password(
    parts: &Parts,
    (tenant, agent): (&TenantDirectory, &Agent),
    password: &str,
    now: Timestamp,
) -> Result<(), ApiError> {
    let names = [agent.id.as_str(), agent.nickname.as_str(), tenant.tenant.id.as_str()];
    check_password(password, tenant.tenant.password_characters, &names)
        .map_err(|fault| ApiError::field_invalid("newPassword", fault))?;
    let hash = hashed(parts, password.to_owned()).await?;
    change(parts, (&tenant.tenant.id, &agent.id), &agent.password_hash, |agent| {
        agent.password_hash.clone_from(&hash);
        agent.sign_ins_after = Some(now);
    })
    .await?;
    parts.store.close_sessions_of(&tenant.tenant.id, &agent.id, None).await?;
    Ok(())
}

/// Hashes a password that was just verified anew if its hash is weaker than those made today. Nothing else changes.
pub async fn strengthen(
    parts: &Parts,
    tenant: &TenantId,
    agent: &Arc<Agent>,
    password: &str,
) -> Result<Option<Arc<Agent>>, ApiError> {
    if !is_weak(&agent.password_hash) {
        return Ok(None);
    }
    let hash = hashed(parts, password.to_owned()).await?;
    change(parts, (tenant, &agent.id), &agent.password_hash, |agent| agent.password_hash.clone_from(&hash))
        .await?;
    Ok(parts.directory.load().agent(tenant, &agent.id).cloned())
}

/// Whether a hash took less to make than one of today.
fn is_weak(hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    let today = Params::default();
    let is_same = hash.algorithm == Algorithm::default().ident();
    let params = Params::try_from(&hash);
    !is_same
        || params.is_ok_and(|params| {
            params.m_cost() < today.m_cost()
                || params.t_cost() < today.t_cost()
                || params.p_cost() < today.p_cost()
        })
}

/// The hash of a password, as it is stored. Made beside the async workers as well.
pub async fn hashed(parts: &Parts, password: String) -> Result<String, ApiError> {
    let random = Arc::clone(&parts.random);
    Ok(beside(parts, move || hash_password(&*random, &password)).await??)
}

async fn beside<T: Send + 'static>(
    parts: &Parts,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    let permit = Arc::clone(&parts.hashing).acquire_owned().await.map_err(|_| ApiError::Busy)?;
    let done = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        work()
    });
    done.await.map_err(|_| ApiError::Internal)
}

/// Changes somebody whose password is still the one of this hash.
async fn change(
    parts: &Parts,
    (tenant, id): (&TenantId, &AgentId),
    hash: &str,
    change: impl Fn(&mut Agent),
) -> Result<(), ApiError> {
    for _ in 0..TRIES {
        let seen = parts.store.configured().await?;
        let found = seen.items.into_iter().find_map(|(owner, item)| match item {
            Item::Agent(agent) if owner == *tenant && agent.id == *id => Some(agent),
            _ => None,
        });
        let mut agent = found.filter(|agent| agent.password_hash == hash).ok_or(ApiError::Unauthorized)?;
        change(&mut agent);
        let put = vec![(tenant.clone(), Item::Agent(agent))];
        let changes = ItemChanges { put, version: Some(seen.version), ..ItemChanges::default() };
        if parts.store.change_items(changes).await? {
            return Ok(parts.reload().await?);
        }
    }
    Err(ApiError::Busy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_of_before_is_weak() {
        let tail = "$c2FsdHNhbHRzYWx0$N2Y0ZjE5YjQyZjE5YjQyZjE5YjQyZjE5YjQyZjE5YjQ";
        assert!(is_weak(&format!("$argon2id$v=19$m=4096,t=2,p=1{tail}")));
        assert!(is_weak(&format!("$argon2i$v=19$m=19456,t=2,p=1{tail}")));
        assert!(!is_weak(&format!("$argon2id$v=19$m=19456,t=2,p=1{tail}")));
        assert!(!is_weak(&format!("$argon2id$v=19$m=65536,t=3,p=1{tail}")), "stronger ones stay");
    }
}

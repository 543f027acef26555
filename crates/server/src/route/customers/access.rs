//! Which customers somebody may read, and the customer that a path names.

use axum::extract::{FromRequestParts, RawPathParams};
use frontdesk_core::access::{On, Permission};
use frontdesk_core::customer::Profile;
use frontdesk_core::log::LogId;
use frontdesk_core::seal::Sealed;
use http::request::Parts as RequestParts;

use crate::error::{ApiError, NativeError};
use crate::extract::AgentCaller;
use crate::parts::Parts;
use crate::route::agent::may_see;

/// The part of a path that names a customer.
const CUSTOMER: &str = "customer";
/// How many of a customer's conversations are looked at to find one that the caller may see.
const LOOKED_AT: usize = 100;

/// A customer that the caller may read, by the `{customer}` of the path. One that they may not looks like none.
#[derive(Debug)]
pub struct VisibleCustomer {
    /// The caller.
    pub caller: AgentCaller,
    /// The log that the path names.
    pub named: LogId,
    /// The profile that it is part of.
    pub profile: Profile,
}

impl FromRequestParts<Parts> for VisibleCustomer {
    type Rejection = NativeError;

    async fn from_request_parts(request: &mut RequestParts, parts: &Parts) -> Result<Self, NativeError> {
        // Either is missing only if router.rs declares another access or path than the handler needs.
        let caller = request.extensions.get::<AgentCaller>().cloned().ok_or(ApiError::Internal)?;
        let path = RawPathParams::from_request_parts(request, parts).await.map_err(|_| ApiError::NotFound)?;
        let id = path.iter().find_map(|(name, value)| (name == CUSTOMER).then_some(value));
        let (named, profile) = visible(parts, &caller, id.ok_or(ApiError::Internal)?).await?;
        Ok(Self { caller, named, profile })
    }
}

impl VisibleCustomer {
    /// Refuses callers whose rights do not hold on every channel that the customer has come by: what is to be done reaches
    /// all of them.
    pub(super) fn reached_whole(&self, permission: Permission) -> Result<(), ApiError> {
        let mut identities = self.profile.identities.iter();
        let is_reached =
            identities.all(|identity| self.caller.may(permission, On::Channel(&identity.channel, None)));
        if is_reached { Ok(()) } else { Err(ApiError::Forbidden) }
    }
}

/// The customer with this id, and the log that it names.
pub(super) async fn visible(
    parts: &Parts,
    caller: &AgentCaller,
    id: &str,
) -> Result<(LogId, Profile), ApiError> {
    let (log, _) = parts.sealer.open(Sealed::Customer, id).ok_or(ApiError::NotFound)?;
    let profile = parts.store.customer(log).await?.ok_or(ApiError::NotFound)?;
    let is_tenants = profile.tenant == caller.tenant.tenant.id;
    if is_tenants && may_read(parts, caller, log).await? {
        Ok((log, profile))
    } else {
        Err(ApiError::NotFound)
    }
}

/// Whoever may read everything reads every customer; others, and those with a scope, those of whose conversations they
/// may see one.
async fn may_read(parts: &Parts, caller: &AgentCaller, log: LogId) -> Result<bool, ApiError> {
    if caller.may(Permission::ConversationsReadAll, On::Tenant) {
        return Ok(true);
    }
    let rows = parts.store.conversations_of(log, None, LOOKED_AT).await?;
    Ok(rows.iter().any(|row| may_see(caller, row)))
}

/// The logs of the customer with this id.
pub(in crate::route) async fn visible_logs(
    parts: &Parts,
    caller: &AgentCaller,
    id: &str,
) -> Result<Vec<LogId>, ApiError> {
    let (_, profile) = visible(parts, caller, id).await?;
    Ok(profile.identities.into_iter().map(|identity| identity.log).collect())
}

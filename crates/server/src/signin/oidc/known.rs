//! What is known of the providers: their discovery documents and their keys, for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use frontdesk_core::directory::IdentityProvider;
use frontdesk_core::id::{IdentityProviderId, TenantId};
use frontdesk_core::secret::SecretHash;
use frontdesk_core::time::Timestamp;
use openidconnect::core::{CoreJsonWebKeySet, CoreProviderMetadata};
use openidconnect::{DiscoveryError, IssuerUrl};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::calls::{Calls, NoAnswer};
use super::refusal::Refusal;
use crate::error::ApiError;

/// How long a discovery document counts.
const DOCUMENT_LIFE: Duration = Duration::from_hours(1);
/// Most sign-ins that call one provider at the same time: a slow one is not a reason to keep more waiting.
const AT_A_TIME: usize = 16;
/// How many sign-ins are remembered as used.
const MOST_USED: usize = 100_000;

/// The providers of all tenants, as this node knows them.
#[derive(Debug, Default)]
pub struct Providers {
    known: Mutex<HashMap<(TenantId, IdentityProviderId), Arc<Known>>>,
    used: Mutex<HashMap<SecretHash, Timestamp>>,
}

/// A provider as it was configured at one moment.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) provider: Arc<IdentityProvider>,
    pub(super) calls: Calls,
    at_a_time: Semaphore,
    document: Mutex<Option<(Arc<CoreProviderMetadata>, Timestamp)>>,
}

/// Whether a provider can be meant, by what only this crate can tell: the field at fault, and why.
pub fn check(provider: &IdentityProvider) -> Result<(), (&'static str, String)> {
    IssuerUrl::new(provider.issuer.clone()).map_err(|error| ("issuer", error.to_string()))?;
    Calls::new(provider).map(drop).map_err(|why| ("trusted_certificates", why))
}

impl Providers {
    /// What is known of a provider. A change of it begins anew.
    pub(super) fn get(
        &self,
        tenant: &TenantId,
        provider: &Arc<IdentityProvider>,
    ) -> Result<Arc<Known>, Refusal> {
        let key = (tenant.clone(), provider.id.clone());
        if let Some(known) = lock(&self.known).get(&key).filter(|known| known.provider == *provider) {
            return Ok(Arc::clone(known));
        }
        // Reading certificates takes a while, which nobody else is to wait for.
        let calls = Calls::new(provider).map_err(|why| {
            tracing::warn!(%tenant, provider = %provider.id, why, "an identity provider cannot be called");
            Refusal::ProviderInvalid
        })?;
        let known = Arc::new(Known {
            provider: Arc::clone(provider),
            calls,
            at_a_time: Semaphore::new(AT_A_TIME),
            document: Mutex::default(),
        });
        lock(&self.known).insert(key, Arc::clone(&known));
        Ok(known)
    }

    /// Forgets the providers that are no longer configured.
    pub fn retain(&self, is_configured: impl Fn(&TenantId, &IdentityProviderId) -> bool) {
        lock(&self.known).retain(|(tenant, provider), _| is_configured(tenant, provider));
    }

    /// Notes that a sign-in comes back, which it may do once.
    pub(super) fn use_up(&self, state: SecretHash, until: Timestamp, now: Timestamp) -> bool {
        let mut used = lock(&self.used);
        if used.len() >= MOST_USED {
            used.retain(|_, until| now < *until);
        }
        if used.len() >= MOST_USED {
            // Somebody floods this. The provider's codes count once all the same.
            used.clear();
        }
        used.insert(state, until).is_none()
    }
}

impl Known {
    /// Waits for nobody: refuses if too many call the provider already.
    pub(super) fn enter(&self) -> Result<SemaphorePermit<'_>, ApiError> {
        self.at_a_time.try_acquire().map_err(|_| ApiError::Busy)
    }

    /// The provider's document with its keys, at most an hour old.
    pub(super) async fn document(&self, now: Timestamp) -> Result<Arc<CoreProviderMetadata>, Refusal> {
        if let Some((document, at)) = &*lock(&self.document)
            && now.since(*at) < DOCUMENT_LIFE
        {
            return Ok(Arc::clone(document));
        }
        let issuer = IssuerUrl::new(self.provider.issuer.clone()).map_err(|_| Refusal::ProviderInvalid)?;
        let found = CoreProviderMetadata::discover_async(issuer, &self.calls).await;
        let found = found.map_err(|error| self.failed("discovery", &error))?;
        Ok(self.keep(found, now))
    }

    /// The same with the keys of this moment: the provider has signed with one that was not known.
    pub(super) async fn with_new_keys(
        &self,
        document: &CoreProviderMetadata,
        now: Timestamp,
    ) -> Result<Arc<CoreProviderMetadata>, Refusal> {
        let keys = CoreJsonWebKeySet::fetch_async(document.jwks_uri(), &self.calls).await;
        let keys = keys.map_err(|error| self.failed("keys", &error))?;
        Ok(self.keep(document.clone().set_jwks(keys), now))
    }

    fn keep(&self, document: CoreProviderMetadata, now: Timestamp) -> Arc<CoreProviderMetadata> {
        let document = Arc::new(document);
        *lock(&self.document) = Some((Arc::clone(&document), now));
        document
    }

    fn failed(&self, what: &'static str, error: &DiscoveryError<NoAnswer>) -> Refusal {
        let refusal = match error {
            DiscoveryError::Request(_) => Refusal::Unreachable,
            _ => Refusal::ProviderInvalid,
        };
        self.note(what, error, refusal)
    }

    /// Notes what operators need to know of a failure, and says what the person is told.
    pub(super) fn note(
        &self,
        what: &'static str,
        error: &dyn std::error::Error,
        refusal: Refusal,
    ) -> Refusal {
        let reason = error.source().map(ToString::to_string);
        let provider = &self.provider;
        tracing::warn!(issuer = provider.issuer, what, %error, reason, "an identity provider failed");
        refusal
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

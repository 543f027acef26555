//! The first set-up: while the store has no tenant, whoever has the code that the server shows its operator makes one.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use frontdesk_core::access::BuiltInRole;
use frontdesk_core::directory::{Agent, Item, Tenant};
use frontdesk_core::port::{Clock, ItemChanges, Random, Store, StoreError};
use frontdesk_core::secret::{GeneratedSecret, SecretHash};
use frontdesk_core::time::Timestamp;

use crate::error::ApiError;
use crate::parts::Parts;
use crate::signin::hashed;

/// What a code begins with, so that people and scanners of files know what it is.
const PREFIX: &str = "setup_";
/// How long a code is good.
const LIFE: Duration = Duration::from_hours(24);

/// The code that is good now, if there is one. It is kept in memory alone.
#[derive(Debug, Default)]
pub struct FirstSetUp(Mutex<Option<Offer>>);

#[derive(Clone, Copy, Debug)]
struct Offer {
    code: SecretHash,
    until: Timestamp,
}

impl FirstSetUp {
    /// Makes a code if the store has no tenant; one that was made before is void. It is good once, for 24 hours.
    pub async fn offer(
        &self,
        store: &dyn Store,
        clock: &dyn Clock,
        random: &dyn Random,
    ) -> Result<Option<GeneratedSecret>, StoreError> {
        let made = store.items().await?.is_empty().then(|| GeneratedSecret::generate(random, PREFIX));
        let offer = made.as_ref().map(|code| Offer { code: code.hash(), until: clock.now().plus(LIFE) });
        self.replace(offer);
        Ok(made)
    }

    /// Whether there is a code that is still good.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.current().is_some_and(|offer| now < offer.until)
    }

    /// Whether this is the code, and still good. The time that it takes tells nothing about the code.
    pub fn is_code(&self, given: &str, now: Timestamp) -> bool {
        self.current()
            .is_some_and(|offer| now < offer.until && SecretHash::of(given).matches_hex(&offer.code.to_hex()))
    }

    fn close(&self) {
        self.replace(None);
    }

    fn current(&self) -> Option<Offer> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn replace(&self, offer: Option<Offer>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = offer;
    }
}

/// Makes the first tenant and its administrator together, and ends the code. Nothing is made if there is a tenant by now.
pub async fn set_up(parts: &Parts, tenant: Tenant, agent: Agent, password: String) -> Result<(), ApiError> {
    let password_hash = hashed(parts, password).await?;
    let seen = parts.store.configured().await?;
    if !seen.items.is_empty() {
        parts.setup.close();
        return Err(ApiError::NotFound);
    }
    let owner = tenant.id.clone();
    let administrator = Agent { role: BuiltInRole::Administrator.id(), password_hash, ..agent };
    let put = vec![(owner.clone(), Item::Tenant(tenant)), (owner, Item::Agent(administrator))];
    let changes = ItemChanges { put, version: Some(seen.version), ..ItemChanges::default() };
    if !parts.store.change_items(changes).await? {
        return Err(ApiError::NotFound);
    }
    parts.setup.close();
    parts.reload().await?;
    Ok(())
}

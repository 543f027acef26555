//! The indexes of what is live.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use frontdesk_core::id::{BaseId, TenantId};
use frontdesk_core::knowledge::index_of;
use frontdesk_core::port::StoreError;
use frontdesk_core::robot::RobotIndex;
use frontdesk_core::time::Timestamp;

use crate::parts::Parts;

/// What robots answer from.
#[derive(Debug)]
pub(super) struct Live {
    /// The version of the base.
    pub version: u64,
    published: Timestamp,
    /// Its groups.
    pub index: RobotIndex,
}

type BaseName = (TenantId, BaseId);

/// What is live of each base that was asked, by its name. An index is built when its base is first asked, and built anew
/// beside the old one when something is published.
#[derive(Debug, Default)]
pub(super) struct LiveIndexes {
    indexes: Mutex<HashMap<BaseName, Arc<Live>>>,
}

impl LiveIndexes {
    pub(super) async fn get(
        &self,
        parts: &Parts,
        tenant: &TenantId,
        base: &BaseId,
    ) -> Result<Arc<Live>, StoreError> {
        let name = (tenant.clone(), base.clone());
        if let Some(live) = self.lock().get(&name) {
            return Ok(Arc::clone(live));
        }
        self.build(parts, name).await
    }

    pub(super) async fn refresh(&self, parts: &Parts) -> Result<(), StoreError> {
        let known: Vec<(BaseName, Timestamp)> =
            self.lock().iter().map(|(name, live)| (name.clone(), live.published)).collect();
        if known.is_empty() {
            return Ok(());
        }
        let stored: HashMap<BaseName, Timestamp> = parts
            .store
            .live_since()
            .await?
            .into_iter()
            .map(|(tenant, base, at)| ((tenant, base), at))
            .collect();
        for (name, published) in known {
            match stored.get(&name) {
                Some(at) if *at == published => {}
                Some(_) => {
                    self.build(parts, name).await?;
                }
                None => {
                    self.lock().remove(&name);
                }
            }
        }
        Ok(())
    }

    /// Builds an index and puts it in the place of an older one.
    async fn build(&self, parts: &Parts, name: BaseName) -> Result<Arc<Live>, StoreError> {
        let stored = parts.store.live(&name.0, &name.1).await?;
        let (version, published) = (stored.version, stored.published);
        // Thousands of groups take too long for an async worker.
        let built = tokio::task::spawn_blocking(move || index_of(&stored.groups)).await;
        let index = built.map_err(|error| StoreError::Failed(error.to_string()))?;
        let built = Arc::new(Live { version, published, index });
        let mut indexes = self.lock();
        // Of two that were built at once the newer one stays.
        let kept = indexes.entry(name).or_insert_with(|| Arc::clone(&built));
        if kept.published < built.published {
            *kept = Arc::clone(&built);
        }
        Ok(Arc::clone(kept))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<BaseName, Arc<Live>>> {
        self.indexes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

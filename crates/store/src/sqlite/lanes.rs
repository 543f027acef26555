//! On whose behalf the store is asked.

use frontdesk_core::id::TenantId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::StoreError;
use rusqlite::Connection;

use crate::error::Worked;
use crate::sqlite::SqliteStore;
use crate::sqlite::fair::Lane;
use crate::sqlite::writer::Tx;

/// The store, asked on somebody's behalf: what is to be done waits in their lane and takes its turn with the others'.
pub(super) struct OnBehalf<'a> {
    store: &'a SqliteStore,
    lane: Lane,
}

impl SqliteStore {
    /// On behalf of a tenant.
    pub(super) fn of_tenant(&self, tenant: &TenantId) -> OnBehalf<'_> {
        OnBehalf { store: self, lane: Lane::of_tenant(tenant) }
    }

    /// On behalf of the tenant whose log it is, which is known of logs in memory; else in one of a few lanes for strangers.
    pub(super) fn of_log(&self, log: LogId) -> OnBehalf<'_> {
        let known = self.cached(log).and_then(|snapshot| snapshot.owner.clone());
        let lane = known.map_or_else(|| Lane::of_stranger(log), |owner| Lane::of_tenant(&owner.tenant));
        OnBehalf { store: self, lane }
    }
}

impl OnBehalf<'_> {
    /// Has something written that costs no more than a row or two.
    pub(super) async fn writing<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Worked<T> + Send + 'static,
    {
        self.writing_much(1, work).await
    }

    /// Has something written that costs so many times as much as a row.
    pub(super) async fn writing_much<T, F>(&self, cost: u32, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Worked<T> + Send + 'static,
    {
        self.store.write_in(self.lane, cost, work).await
    }

    /// Has something read.
    pub(super) async fn reading<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Worked<T> + Send + 'static,
    {
        self.store.read_in(self.lane, work).await
    }
}

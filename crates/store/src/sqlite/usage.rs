//! How much of the store each tenant uses: counted as it is written, in memory, and written down now and then.
//!
//! A chat message is one inserted row and shall stay so: what was counted goes into the database with the first group
//! after every second, and when the store closes. A crash can lose what was counted in its last second.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use frontdesk_core::id::TenantId;
use frontdesk_core::port::{StoreError, Usage, UsageStore};
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, params};

use crate::error::Worked;
use crate::sqlite::SqliteStore;
use crate::sqlite::value::{id, number, stored};
use crate::sqlite::writer::Tx;

/// How often what was counted is written down, while there is something to write.
const WRITTEN_EVERY: Duration = Duration::from_secs(1);

/// What is known of every tenant, for whoever asks.
#[derive(Clone, Debug, Default)]
pub(super) struct Usages(Arc<RwLock<HashMap<TenantId, Usage>>>);

impl Usages {
    /// What was written down.
    pub(super) fn read(connection: &Connection) -> Worked<Self> {
        let mut statement =
            connection.prepare("SELECT tenant, customers, entry_bytes, file_bytes FROM tenant_usage")?;
        let mut rows = statement.query([])?;
        let mut known = HashMap::new();
        while let Some(row) = rows.next()? {
            let usage = Usage {
                customers: number(row, "customers")?,
                entry_bytes: number(row, "entry_bytes")?,
                file_bytes: number(row, "file_bytes")?,
            };
            known.insert(id(row, "tenant")?, usage);
        }
        drop(rows);
        drop(statement);
        Ok(Self(Arc::new(RwLock::new(known))))
    }

    fn of(&self, tenant: &TenantId) -> Usage {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(tenant).copied().unwrap_or_default()
    }
}

/// By how much a tenant's use changed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Change {
    pub(super) customers: i64,
    pub(super) entry_bytes: i64,
    pub(super) file_bytes: i64,
}

impl Change {
    pub(super) const CUSTOMER: Self = Self { customers: 1, entry_bytes: 0, file_bytes: 0 };

    /// Entries became longer, or shorter.
    pub(super) fn entries(before: u64, after: u64) -> Self {
        Self { entry_bytes: difference(before, after), ..Self::default() }
    }

    /// Files became larger, or smaller.
    pub(super) fn files(before: u64, after: u64) -> Self {
        Self { file_bytes: difference(before, after), ..Self::default() }
    }

    const fn add(&mut self, other: Self) {
        self.customers += other.customers;
        self.entry_bytes += other.entry_bytes;
        self.file_bytes += other.file_bytes;
    }
}

fn difference(before: u64, after: u64) -> i64 {
    let signed = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    signed(after) - signed(before)
}

/// What the group that is being written counts.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// By the request that is being run.
    request: Vec<(TenantId, Change)>,
    /// By the requests before it.
    group: Vec<(TenantId, Change)>,
}

fn count(changes: &mut Vec<(TenantId, Change)>, tenant: &TenantId, change: Change) {
    match changes.iter_mut().find(|(known, _)| known == tenant) {
        Some((_, sum)) => sum.add(change),
        None => changes.push((tenant.clone(), change)),
    }
}

impl Tally {
    pub(super) fn note(&mut self, tenant: &TenantId, change: Change) {
        count(&mut self.request, tenant, change);
    }

    /// A request ended; what it counted is forgotten if what it wrote was taken back.
    pub(super) fn end_request(&mut self, kept: bool) {
        for (tenant, change) in self.request.drain(..) {
            if kept {
                count(&mut self.group, &tenant, change);
            }
        }
    }

    /// Nothing of the group was written.
    pub(super) fn forget(&mut self) {
        self.request.clear();
        self.group.clear();
    }
}

/// What was counted, and how much of it is written down.
#[derive(Debug)]
pub(super) struct Ledger {
    usages: Usages,
    /// Tenants whose use is not written down as it is.
    unwritten: Vec<TenantId>,
    next: Timestamp,
}

impl Ledger {
    pub(super) fn new(usages: Usages) -> Self {
        Self { usages, unwritten: Vec::new(), next: Timestamp::ZERO }
    }

    /// A group was committed: whoever asks is told of it from now on.
    pub(super) fn publish(&mut self, tally: &mut Tally, now: Timestamp) {
        if tally.group.is_empty() {
            return;
        }
        if self.unwritten.is_empty() {
            self.next = now.plus(WRITTEN_EVERY);
        }
        let mut known = self.usages.0.write().unwrap_or_else(PoisonError::into_inner);
        for (tenant, change) in tally.group.drain(..) {
            let usage = known.entry(tenant.clone()).or_default();
            usage.customers = usage.customers.saturating_add_signed(change.customers);
            usage.entry_bytes = usage.entry_bytes.saturating_add_signed(change.entry_bytes);
            usage.file_bytes = usage.file_bytes.saturating_add_signed(change.file_bytes);
            if !self.unwritten.contains(&tenant) {
                self.unwritten.push(tenant);
            }
        }
    }

    /// Writes down what earlier groups counted, if it is time; `false` if that failed, which only puts it off.
    pub(super) fn write(&mut self, tx: &mut Tx<'_>) -> bool {
        let now = tx.now();
        // A clock that was set back must not put it off for long.
        let is_time = now >= self.next || self.next > now.plus(WRITTEN_EVERY);
        if self.unwritten.is_empty() || !is_time {
            return true;
        }
        match tx.begin().and_then(|()| self.write_all(tx.connection())) {
            // Should the commit fail after this, they are written with whatever is counted for them next.
            Ok(()) => {
                self.unwritten.clear();
                true
            }
            Err(fault) => {
                tracing::warn!(error = %fault.0, "what tenants use could not be written down");
                false
            }
        }
    }

    /// Writes down the last of it.
    pub(super) fn finish(&self, connection: &Connection) {
        if let Err(fault) = self.write_all(connection) {
            tracing::warn!(error = %fault.0, "what tenants use could not be written down");
        }
    }

    fn write_all(&self, connection: &Connection) -> Worked<()> {
        for tenant in &self.unwritten {
            let usage = self.usages.of(tenant);
            connection
                .prepare_cached(
                    "INSERT INTO tenant_usage (tenant, customers, entry_bytes, file_bytes) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (tenant) DO UPDATE SET customers = excluded.customers,
                         entry_bytes = excluded.entry_bytes, file_bytes = excluded.file_bytes",
                )?
                .execute(params![
                    tenant.as_str(),
                    stored(usage.customers),
                    stored(usage.entry_bytes),
                    stored(usage.file_bytes)
                ])?;
        }
        Ok(())
    }
}

#[async_trait]
impl UsageStore for SqliteStore {
    async fn usage(&self, tenant: &TenantId) -> Result<Usage, StoreError> {
        Ok(self.usages().of(tenant))
    }
}

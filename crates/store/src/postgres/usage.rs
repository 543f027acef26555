//! How much of the store each tenant uses: counted in memory by each node, and added to the tenant's row now and then,
//! so that no two messages of a tenant wait for one another because of it. A node that dies loses what it counted in its
//! last second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use frontdesk_core::id::TenantId;
use frontdesk_core::port::{StoreError, Usage, UsageStore};

use crate::postgres::PostgresStore;
use crate::postgres::connection::Connection;
use crate::postgres::fault::Worked;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{id, number, params};

/// By how much a tenant's use changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

/// What one transaction counts.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<Vec<(TenantId, Change)>>);

impl Tally {
    pub(super) fn note(&self, tenant: &TenantId, change: Change) {
        let mut changes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match changes.iter_mut().find(|(known, _)| known == tenant) {
            Some((_, sum)) => sum.add(change),
            None => changes.push((tenant.clone(), change)),
        }
    }

    pub(super) fn take(&self) -> Vec<(TenantId, Change)> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What is known of every tenant, and what of it is not written down.
#[derive(Clone, Debug, Default)]
pub(super) struct Usages(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    written: HashMap<TenantId, Usage>,
    unwritten: HashMap<TenantId, Change>,
}

impl Usages {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A transaction was committed.
    pub(super) fn add(&self, changes: Vec<(TenantId, Change)>) {
        if changes.is_empty() {
            return;
        }
        let mut known = self.lock();
        for (tenant, change) in changes {
            known.unwritten.entry(tenant).or_default().add(change);
        }
    }

    fn of(&self, tenant: &TenantId) -> Usage {
        let known = self.lock();
        let mut usage = known.written.get(tenant).copied().unwrap_or_default();
        if let Some(change) = known.unwritten.get(tenant) {
            usage.customers = usage.customers.saturating_add_signed(change.customers);
            usage.entry_bytes = usage.entry_bytes.saturating_add_signed(change.entry_bytes);
            usage.file_bytes = usage.file_bytes.saturating_add_signed(change.file_bytes);
        }
        usage
    }

    /// What is to be written down, in the order in which every node writes it.
    pub(super) fn unwritten(&self) -> Vec<(TenantId, Change)> {
        let mut changes: Vec<_> =
            self.lock().unwritten.iter().map(|(tenant, change)| (tenant.clone(), *change)).collect();
        changes.retain(|(_, change)| *change != Change::default());
        changes.sort_by(|(one, _), (other, _)| one.cmp(other));
        changes
    }

    /// It was written down, and this is what every node has written so far.
    pub(super) fn settle(&self, written: &[(TenantId, Change)], all: HashMap<TenantId, Usage>) {
        let mut known = self.lock();
        for (tenant, change) in written {
            let left = known.unwritten.entry(tenant.clone()).or_default();
            left.add(Change {
                customers: -change.customers,
                entry_bytes: -change.entry_bytes,
                file_bytes: -change.file_bytes,
            });
        }
        known.unwritten.retain(|_, left| *left != Change::default());
        known.written = all;
    }
}

/// Adds what this node has counted to what all have.
pub(super) async fn write(tx: &Tx, changes: &[(TenantId, Change)]) -> Worked<()> {
    for (tenant, change) in changes {
        tx.execute(
            "INSERT INTO tenant_usage (tenant, customers, entry_bytes, file_bytes)
             VALUES ($1, greatest($2::bigint, 0), greatest($3::bigint, 0), greatest($4::bigint, 0))
             ON CONFLICT (tenant) DO UPDATE SET customers = greatest(tenant_usage.customers + $2::bigint, 0),
                 entry_bytes = greatest(tenant_usage.entry_bytes + $3::bigint, 0),
                 file_bytes = greatest(tenant_usage.file_bytes + $4::bigint, 0)",
            params![tenant.as_str(), change.customers, change.entry_bytes, change.file_bytes],
        )
        .await?;
    }
    Ok(())
}

/// What every node has written down.
pub(super) async fn read(connection: &Connection) -> Worked<HashMap<TenantId, Usage>> {
    let sql = "SELECT tenant, customers, entry_bytes, file_bytes FROM tenant_usage";
    let mut known = HashMap::new();
    for row in connection.query(sql, &[]).await? {
        let usage = Usage {
            customers: number(&row, "customers")?,
            entry_bytes: number(&row, "entry_bytes")?,
            file_bytes: number(&row, "file_bytes")?,
        };
        known.insert(id(&row, "tenant")?, usage);
    }
    Ok(known)
}

#[async_trait]
impl UsageStore for PostgresStore {
    async fn usage(&self, tenant: &TenantId) -> Result<Usage, StoreError> {
        Ok(self.usages().of(tenant))
    }
}

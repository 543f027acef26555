//! The audit log as stored.

use async_trait::async_trait;

use crate::audit::{ActorKind, Draft, Head, Row};
use crate::id::TenantId;
use crate::port::StoreError;
use crate::time::Timestamp;

/// Which records to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Those of this actor, by id.
    pub actor: Option<String>,
    /// Those of this kind of actor.
    pub actor_kind: Option<ActorKind>,
    /// Those whose action begins with this.
    pub action: Option<String>,
    /// Those about this kind of thing.
    pub target_kind: Option<String>,
    /// Those about the thing with this id.
    pub target: Option<String>,
    /// Those at this time or later.
    pub from: Option<Timestamp>,
    /// Those before this time.
    pub to: Option<Timestamp>,
    /// Those with a smaller number.
    pub before: Option<u64>,
    /// At most this many.
    pub limit: usize,
}

/// A part of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditSpan {
    /// The epoch of the store in which the chain began.
    pub epoch: u64,
    /// The record before the first of the part; where the front is gone, the last one of that.
    pub after: Head,
    /// Its last record; `after` if there is none.
    pub last: Head,
}

/// The audit log as stored: one chain of records for each tenant ([`crate::audit`]). Records are added and never changed;
/// they are removed from the front alone, by [`crate::port::RetentionStore`]. What changes configuration takes its records along and commits both or neither: see
/// [`crate::port::DirectoryStore`].
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// Adds records to the ends of their tenants' chains, all or none. They get their numbers and times here; a time is
    /// never before that of the record before it.
    async fn append_audit(&self, records: Vec<Draft>) -> Result<(), StoreError>;

    /// Records of a tenant, newest first.
    async fn audit_records(&self, tenant: &TenantId, query: AuditQuery) -> Result<Vec<Row>, StoreError>;

    /// The part of a tenant's chain that was written from one moment until before another.
    async fn audit_span(
        &self,
        tenant: &TenantId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<AuditSpan, StoreError>;

    /// Records of a tenant after a number and up to another, in their order, at most `limit`.
    async fn audit_range(
        &self,
        tenant: &TenantId,
        after: u64,
        through: u64,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError>;

    /// The heads of all chains that have a record.
    async fn audit_heads(&self) -> Result<Vec<(TenantId, Head)>, StoreError>;
}

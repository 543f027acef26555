//! The audit log through its port.

use async_trait::async_trait;
use frontdesk_core::audit::{Draft, Head, Row};
use frontdesk_core::id::TenantId;
use frontdesk_core::port::{AuditQuery, AuditSpan, AuditStore, StoreError};
use frontdesk_core::time::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::append::append;
use super::{cut, heads};
use crate::error::Worked;
use crate::sqlite::SqliteStore;
use crate::sqlite::fair::Lane;
use crate::sqlite::value::{limit, number, stored, words};

/// A record as stored.
pub(super) fn row(row: &rusqlite::Row<'_>) -> Worked<Row> {
    Ok(Row { number: number(row, "number")?, body: row.get("body")?, hash: heads::hash(row, "hash")? })
}

/// The number of the first record at a moment or later; of the one that comes next, if there is none.
fn first_at(connection: &Connection, tenant: &TenantId, moment: Timestamp) -> Worked<u64> {
    let mut statement = connection.prepare_cached(
        "SELECT number FROM audit WHERE tenant = ?1 AND at >= ?2 ORDER BY at, number LIMIT 1",
    )?;
    let mut rows = statement.query(params![tenant.as_str(), moment.as_millis()])?;
    if let Some(row) = rows.next()? {
        return number(row, "number");
    }
    Ok(heads::last(connection, tenant)?.map_or(0, |(head, _)| head.number) + 1)
}

fn records(connection: &Connection, tenant: &TenantId, query: &AuditQuery) -> Worked<Vec<Row>> {
    let mut sql = "SELECT number, body, hash FROM audit WHERE tenant = ?".to_owned();
    let mut values: Vec<Value> = vec![tenant.as_str().to_owned().into()];
    let mut also = |condition: &str, value: Value| {
        sql.push_str(condition);
        values.push(value);
    };
    for (condition, text) in [
        (" AND actor = ?", &query.actor),
        (" AND target_kind = ?", &query.target_kind),
        (" AND target = ?", &query.target),
    ] {
        if let Some(text) = text {
            also(condition, text.clone().into());
        }
    }
    if let Some(kind) = &query.actor_kind {
        let kind = words(kind)?;
        also(" AND actor_kind = ?", kind.trim_matches('"').to_owned().into());
    }
    if let Some(prefix) = &query.action {
        also(" AND action >= ?", prefix.clone().into());
        also(" AND action < ?", format!("{prefix}\u{10ffff}").into());
    }
    if let Some(from) = query.from {
        also(" AND number >= ?", stored(first_at(connection, tenant, from)?).into());
    }
    if let Some(to) = query.to {
        also(" AND number < ?", stored(first_at(connection, tenant, to)?).into());
    }
    if let Some(before) = query.before {
        also(" AND number < ?", stored(before).into());
    }
    also(" ORDER BY number DESC LIMIT ?", limit(query.limit).into());
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut found = Vec::new();
    while let Some(next) = rows.next()? {
        found.push(row(next)?);
    }
    Ok(found)
}

fn span(
    connection: &Connection,
    tenant: &TenantId,
    (from, to): (Option<Timestamp>, Option<Timestamp>),
) -> Worked<AuditSpan> {
    let epoch = match heads::noted(connection, tenant)? {
        Some(anchor) => anchor.epoch,
        None => heads::epoch(connection)?,
    };
    let head_at = |number: u64| -> Worked<Head> {
        Ok(match heads::hash_of(connection, tenant, number)? {
            Some(hash) => Head { number, hash },
            None => cut::start(connection, tenant, epoch)?,
        })
    };
    let first = from.map(|from| first_at(connection, tenant, from)).transpose()?.unwrap_or(1);
    let after = head_at(first.saturating_sub(1))?;
    let last = match to {
        Some(to) => head_at(first_at(connection, tenant, to)?.saturating_sub(1))?,
        None => heads::last(connection, tenant)?.map_or(after, |(head, _)| head),
    };
    Ok(AuditSpan { epoch, after, last: if last.number < after.number { after } else { last } })
}

#[async_trait]
impl AuditStore for SqliteStore {
    async fn append_audit(&self, records: Vec<Draft>) -> Result<(), StoreError> {
        self.writing(move |tx| append(tx, &records)).await
    }

    async fn audit_records(&self, tenant: &TenantId, query: AuditQuery) -> Result<Vec<Row>, StoreError> {
        let (lane, tenant) = (Lane::of_tenant(tenant), tenant.clone());
        self.searching(lane, move |connection| records(connection, &tenant, &query)).await
    }

    async fn audit_span(
        &self,
        tenant: &TenantId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<AuditSpan, StoreError> {
        let tenant = tenant.clone();
        self.of_tenant(&tenant).reading(move |connection| span(connection, &tenant, (from, to))).await
    }

    async fn audit_range(
        &self,
        tenant: &TenantId,
        after: u64,
        through: u64,
        most: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let tenant = tenant.clone();
        self.reading(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT number, body, hash FROM audit
                 WHERE tenant = ?1 AND number > ?2 AND number <= ?3 ORDER BY number LIMIT ?4",
            )?;
            let wanted = params![tenant.as_str(), stored(after), stored(through), limit(most)];
            let mut rows = statement.query(wanted)?;
            let mut found = Vec::new();
            while let Some(next) = rows.next()? {
                found.push(row(next)?);
            }
            Ok(found)
        })
        .await
    }

    async fn audit_heads(&self) -> Result<Vec<(TenantId, Head)>, StoreError> {
        self.reading(|connection| {
            let tenants = heads::tenants(connection)?.into_iter();
            let found = tenants.filter_map(|tenant| {
                let head = heads::last(connection, &tenant).transpose()?;
                Some(head.map(|(head, _)| (tenant, head)))
            });
            found.collect()
        })
        .await
    }
}

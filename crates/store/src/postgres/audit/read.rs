//! The audit log through its port.

use async_trait::async_trait;
use frontdesk_core::audit::{Draft, Head, Row};
use frontdesk_core::id::TenantId;
use frontdesk_core::port::{AuditQuery, AuditSpan, AuditStore, StoreError};
use frontdesk_core::time::Timestamp;

use super::append::{append, tell};
use super::{cut, heads};
use crate::postgres::PostgresStore;
use crate::postgres::conditions::Conditions;
use crate::postgres::connection::Connection;
use crate::postgres::fault::Worked;
use crate::postgres::value::{limit, number, params, stored, words};

/// A record as stored.
pub(super) fn row(row: &tokio_postgres::Row) -> Worked<Row> {
    Ok(Row { number: number(row, "number")?, body: row.try_get("body")?, hash: heads::hash(row, "hash")? })
}

/// The number of the first record at a moment or later; of the one that comes next, if there is none.
async fn first_at(connection: &Connection, tenant: &TenantId, moment: Timestamp) -> Worked<u64> {
    let sql = "SELECT number FROM audit WHERE tenant = $1 AND at >= $2 ORDER BY at, number LIMIT 1";
    if let Some(row) = connection.first(sql, params![tenant.as_str(), moment.as_millis()]).await? {
        return number(&row, "number");
    }
    Ok(heads::last(connection, tenant).await?.map_or(0, |(head, _)| head.number) + 1)
}

async fn records(connection: &Connection, tenant: &TenantId, query: &AuditQuery) -> Worked<Vec<Row>> {
    let mut wanted = Conditions::new("SELECT number, body, hash FROM audit WHERE tenant = ?");
    wanted.value(tenant.to_string());
    for (condition, text) in
        [("actor = ?", &query.actor), ("target_kind = ?", &query.target_kind), ("target = ?", &query.target)]
    {
        if let Some(text) = text {
            wanted.and(condition).value(text.clone());
        }
    }
    if let Some(kind) = &query.actor_kind {
        wanted.and("actor_kind = ?").value(words(kind)?.trim_matches('"').to_owned());
    }
    if let Some(prefix) = &query.action {
        wanted.and("action >= ?").value(prefix.clone());
        wanted.and("action < ?").value(format!("{prefix}\u{10ffff}"));
    }
    if let Some(from) = query.from {
        wanted.and("number >= ?").value(stored(first_at(connection, tenant, from).await?));
    }
    if let Some(to) = query.to {
        wanted.and("number < ?").value(stored(first_at(connection, tenant, to).await?));
    }
    if let Some(before) = query.before {
        wanted.and("number < ?").value(stored(before));
    }
    wanted.then(" ORDER BY number DESC LIMIT ?").value(limit(query.limit));
    wanted.query(connection).await?.iter().map(row).collect()
}

async fn head_at(connection: &Connection, tenant: &TenantId, epoch: u64, number: u64) -> Worked<Head> {
    Ok(match heads::hash_of(connection, tenant, number).await? {
        Some(hash) => Head { number, hash },
        None => cut::start(connection, tenant, epoch).await?,
    })
}

async fn span(
    connection: &Connection,
    tenant: &TenantId,
    (from, to): (Option<Timestamp>, Option<Timestamp>),
) -> Worked<AuditSpan> {
    let epoch = match heads::noted(connection, tenant).await? {
        Some(anchor) => anchor.epoch,
        None => heads::epoch(connection).await?,
    };
    let first = match from {
        Some(from) => first_at(connection, tenant, from).await?,
        None => 1,
    };
    let after = head_at(connection, tenant, epoch, first.saturating_sub(1)).await?;
    let last = match to {
        Some(to) => {
            let next = first_at(connection, tenant, to).await?;
            head_at(connection, tenant, epoch, next.saturating_sub(1)).await?
        }
        None => heads::last(connection, tenant).await?.map_or(after, |(head, _)| head),
    };
    Ok(AuditSpan { epoch, after, last: if last.number < after.number { after } else { last } })
}

async fn all_heads(connection: &Connection) -> Worked<Vec<(TenantId, Head)>> {
    let mut found = Vec::new();
    for tenant in heads::tenants(connection).await? {
        if let Some((head, _)) = heads::last(connection, &tenant).await? {
            found.push((tenant, head));
        }
    }
    Ok(found)
}

#[async_trait]
impl AuditStore for PostgresStore {
    async fn append_audit(&self, records: Vec<Draft>) -> Result<(), StoreError> {
        let records = &records;
        let heads = self.transaction(|tx| async move { append(&tx, records).await }).await?;
        tell(&heads);
        Ok(())
    }

    async fn audit_records(&self, tenant: &TenantId, query: AuditQuery) -> Result<Vec<Row>, StoreError> {
        let query = &query;
        self.slow_snapshot(|view| async move { records(&view, tenant, query).await }).await
    }

    async fn audit_span(
        &self,
        tenant: &TenantId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<AuditSpan, StoreError> {
        self.slow_snapshot(|view| async move { span(&view, tenant, (from, to)).await }).await
    }

    async fn audit_range(
        &self,
        tenant: &TenantId,
        after: u64,
        through: u64,
        most: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let sql = "SELECT number, body, hash FROM audit
             WHERE tenant = $1 AND number > $2 AND number <= $3 ORDER BY number LIMIT $4";
        let rows = self
            .select_all(sql, params![tenant.as_str(), stored(after), stored(through), limit(most)])
            .await?;
        Ok(rows.iter().map(row).collect::<Worked<_>>()?)
    }

    async fn audit_heads(&self) -> Result<Vec<(TenantId, Head)>, StoreError> {
        self.slow_snapshot(|view| async move { all_heads(&view).await }).await
    }
}

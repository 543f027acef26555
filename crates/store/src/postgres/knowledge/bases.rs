use frontdesk_core::id::{BaseId, TenantId};
use frontdesk_core::knowledge::TestQuestion;
use frontdesk_core::port::Base;
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use crate::postgres::connection::Connection;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{id, json, number, params, timestamp};

/// A base with what is counted of it.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT b.base, b.name, b.draft, b.live, b.published,
                 (SELECT count(*) FROM knowledge_draft AS d WHERE d.tenant = b.tenant AND d.base = b.base)
                     AS groups,
                 (SELECT count(*) FROM knowledge_draft AS d WHERE d.tenant = b.tenant AND d.base = b.base
                     AND NOT EXISTS (SELECT 1 FROM knowledge_published AS p
                         WHERE p.tenant = d.tenant AND p.base = d.base AND p.id = d.id
                             AND p.until IS NULL AND p.body = d.body))
                 + (SELECT count(*) FROM knowledge_published AS p
                     WHERE p.tenant = b.tenant AND p.base = b.base AND p.until IS NULL
                     AND NOT EXISTS (SELECT 1 FROM knowledge_draft AS d
                         WHERE d.tenant = p.tenant AND d.base = p.base AND d.id = p.id))
                     AS changes
             FROM knowledge_base AS b WHERE b.tenant = $1 ",
            $rest
        )
    };
}

fn from_row(row: &Row) -> Worked<Base> {
    let count = |column: &str| usize::try_from(number(row, column)?).map_err(Fault::damaged);
    let live = Some(number(row, "live")?).filter(|live| *live > 0);
    let published = timestamp(row, "published")?;
    Ok(Base {
        id: id(row, "base")?,
        name: row.try_get("name")?,
        draft: number(row, "draft")?,
        groups: count("groups")?,
        changes: count("changes")?,
        live,
        published: live.map(|_| published),
    })
}

pub(super) async fn all(connection: &Connection, tenant: &TenantId) -> Worked<Vec<Base>> {
    let rows = connection.query(select!("ORDER BY b.base"), params![tenant.as_str()]).await?;
    rows.iter().map(from_row).collect()
}

pub(super) async fn one(connection: &Connection, tenant: &TenantId, base: &BaseId) -> Worked<Option<Base>> {
    let row = connection.first(select!("AND b.base = $2"), params![tenant.as_str(), base.as_str()]).await?;
    row.map(|row| from_row(&row)).transpose()
}

/// How often a base was changed and published.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counts {
    /// The draft's count.
    pub(super) draft: u64,
    /// The live version.
    pub(super) live: u64,
    pub(super) published: Timestamp,
}

fn counts_of(row: &Row) -> Worked<Counts> {
    Ok(Counts {
        draft: number(row, "draft")?,
        live: number(row, "live")?,
        published: timestamp(row, "published")?,
    })
}

pub(super) async fn counts(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
) -> Worked<Option<Counts>> {
    let sql = "SELECT draft, live, published FROM knowledge_base WHERE tenant = $1 AND base = $2";
    let row = connection.first(sql, params![tenant.as_str(), base.as_str()]).await?;
    row.map(|row| counts_of(&row)).transpose()
}

/// The same, and nobody else changes the base until the transaction is over.
pub(super) async fn lock(tx: &Tx, tenant: &TenantId, base: &BaseId) -> Worked<Option<Counts>> {
    let sql = "SELECT draft, live, published FROM knowledge_base WHERE tenant = $1 AND base = $2 FOR UPDATE";
    let row = tx.first(sql, params![tenant.as_str(), base.as_str()]).await?;
    row.map(|row| counts_of(&row)).transpose()
}

pub(super) async fn put(tx: &Tx, tenant: &TenantId, base: &BaseId, name: Option<&str>) -> Worked<bool> {
    let named = name.unwrap_or(base.as_str());
    let made = tx
        .execute(
            "INSERT INTO knowledge_base (tenant, base, name, draft, live, published, tests)
             SELECT $1, $2, $3, 0, 0, coalesce(max(published), 0), '[]' FROM knowledge_removed
             WHERE tenant = $1 AND base = $2
             ON CONFLICT (tenant, base) DO NOTHING",
            params![tenant.as_str(), base.as_str(), named],
        )
        .await?;
    if let (0, Some(name)) = (made, name) {
        tx.execute(
            "UPDATE knowledge_base SET name = $3 WHERE tenant = $1 AND base = $2",
            params![tenant.as_str(), base.as_str(), name],
        )
        .await?;
    }
    Ok(made > 0)
}

pub(super) async fn remove(tx: &Tx, tenant: &TenantId, base: &BaseId) -> Worked<bool> {
    if lock(tx, tenant, base).await?.is_none() {
        return Ok(false);
    }
    for sql in [
        "INSERT INTO knowledge_removed (tenant, base, published)
         SELECT tenant, base, published FROM knowledge_base WHERE tenant = $1 AND base = $2
         ON CONFLICT (tenant, base) DO UPDATE SET published = excluded.published",
        "DELETE FROM knowledge_draft WHERE tenant = $1 AND base = $2",
        "DELETE FROM knowledge_published WHERE tenant = $1 AND base = $2",
        "DELETE FROM knowledge_version WHERE tenant = $1 AND base = $2",
        "DELETE FROM knowledge_question WHERE tenant = $1 AND base = $2",
        "DELETE FROM knowledge_verdict WHERE tenant = $1 AND base = $2",
        "DELETE FROM knowledge_answer WHERE tenant = $1 AND base = $2",
        "DELETE FROM knowledge_decision WHERE tenant = $1 AND base = $2",
        "DELETE FROM knowledge_base WHERE tenant = $1 AND base = $2",
    ] {
        tx.execute(sql, params![tenant.as_str(), base.as_str()]).await?;
    }
    Ok(true)
}

pub(super) async fn live_since(connection: &Connection) -> Worked<Vec<(TenantId, BaseId, Timestamp)>> {
    let sql = "SELECT tenant, base, published FROM knowledge_base WHERE live > 0";
    let rows = connection.query(sql, &[]).await?;
    rows.iter().map(|row| Ok((id(row, "tenant")?, id(row, "base")?, timestamp(row, "published")?))).collect()
}

pub(super) async fn tests(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
) -> Worked<Vec<TestQuestion>> {
    let sql = "SELECT tests FROM knowledge_base WHERE tenant = $1 AND base = $2";
    let row = connection.first(sql, params![tenant.as_str(), base.as_str()]).await?;
    row.map_or(Ok(Vec::new()), |row| json(&row, "tests"))
}

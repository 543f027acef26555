use frontdesk_core::id::{BaseId, TenantId};
use frontdesk_core::knowledge::TestQuestion;
use frontdesk_core::port::Base;
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::error::{Fault, Worked};
use crate::sqlite::value::{id, number, timestamp};
use crate::sqlite::writer::Tx;

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
             FROM knowledge_base AS b WHERE b.tenant = ?1 ",
            $rest
        )
    };
}

fn from_row(row: &Row<'_>) -> Worked<Base> {
    let count = |column: &str| usize::try_from(number(row, column)?).map_err(Fault::damaged);
    let live = Some(number(row, "live")?).filter(|live| *live > 0);
    let published = timestamp(row, "published")?;
    Ok(Base {
        id: id(row, "base")?,
        name: row.get("name")?,
        draft: number(row, "draft")?,
        groups: count("groups")?,
        changes: count("changes")?,
        live,
        published: live.map(|_| published),
    })
}

pub(super) fn all(connection: &Connection, tenant: &TenantId) -> Worked<Vec<Base>> {
    let mut statement = connection.prepare_cached(select!("ORDER BY b.base"))?;
    statement.query_and_then(params![tenant.as_str()], from_row)?.collect()
}

pub(super) fn one(connection: &Connection, tenant: &TenantId, base: &BaseId) -> Worked<Option<Base>> {
    let mut statement = connection.prepare_cached(select!("AND b.base = ?2"))?;
    let mut rows = statement.query(params![tenant.as_str(), base.as_str()])?;
    rows.next()?.map(from_row).transpose()
}

/// The draft's count and the live version.
pub(super) fn counts(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
) -> Worked<Option<(u64, u64, Timestamp)>> {
    let mut statement = connection.prepare_cached(
        "SELECT draft, live, published FROM knowledge_base WHERE tenant = ?1 AND base = ?2",
    )?;
    let mut rows = statement.query(params![tenant.as_str(), base.as_str()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some((number(row, "draft")?, number(row, "live")?, timestamp(row, "published")?)))
}

pub(super) fn put(tx: &mut Tx<'_>, tenant: &TenantId, base: &BaseId, name: Option<&str>) -> Worked<bool> {
    let named = name.unwrap_or(base.as_str());
    let made = tx.execute(
        "INSERT INTO knowledge_base (tenant, base, name, draft, live, published, tests)
         VALUES (?1, ?2, ?3, 0, 0,
             coalesce((SELECT published FROM knowledge_removed WHERE tenant = ?1 AND base = ?2), 0), '[]')
         ON CONFLICT (tenant, base) DO NOTHING",
        params![tenant.as_str(), base.as_str(), named],
    )?;
    if let (0, Some(name)) = (made, name) {
        tx.execute(
            "UPDATE knowledge_base SET name = ?3 WHERE tenant = ?1 AND base = ?2",
            params![tenant.as_str(), base.as_str(), name],
        )?;
    }
    Ok(made > 0)
}

pub(super) fn remove(tx: &mut Tx<'_>, tenant: &TenantId, base: &BaseId) -> Worked<bool> {
    tx.begin()?;
    let of_base = params![tenant.as_str(), base.as_str()];
    tx.execute(
        "INSERT INTO knowledge_removed (tenant, base, published)
         SELECT tenant, base, published FROM knowledge_base WHERE tenant = ?1 AND base = ?2
         ON CONFLICT (tenant, base) DO UPDATE SET published = excluded.published",
        of_base,
    )?;
    for table in [
        "DELETE FROM knowledge_draft WHERE tenant = ?1 AND base = ?2",
        "DELETE FROM knowledge_published WHERE tenant = ?1 AND base = ?2",
        "DELETE FROM knowledge_version WHERE tenant = ?1 AND base = ?2",
        "DELETE FROM knowledge_question WHERE tenant = ?1 AND base = ?2",
        "DELETE FROM knowledge_verdict WHERE tenant = ?1 AND base = ?2",
        "DELETE FROM knowledge_answer WHERE tenant = ?1 AND base = ?2",
        "DELETE FROM knowledge_decision WHERE tenant = ?1 AND base = ?2",
    ] {
        tx.execute(table, of_base)?;
    }
    Ok(tx.execute("DELETE FROM knowledge_base WHERE tenant = ?1 AND base = ?2", of_base)? > 0)
}

pub(super) fn live_since(connection: &Connection) -> Worked<Vec<(TenantId, BaseId, Timestamp)>> {
    let mut statement =
        connection.prepare_cached("SELECT tenant, base, published FROM knowledge_base WHERE live > 0")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((id(row, "tenant")?, id(row, "base")?, timestamp(row, "published")?));
    }
    Ok(found)
}

pub(super) fn tests(connection: &Connection, tenant: &TenantId, base: &BaseId) -> Worked<Vec<TestQuestion>> {
    let mut statement =
        connection.prepare_cached("SELECT tests FROM knowledge_base WHERE tenant = ?1 AND base = ?2")?;
    let of_base = params![tenant.as_str(), base.as_str()];
    let text: Option<String> = statement.query_row(of_base, |row| row.get(0)).optional()?;
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default())
}

pub(super) fn put_tests(tx: &Tx<'_>, tenant: &TenantId, base: &BaseId, tests: &str) -> Worked<bool> {
    let changed = tx.execute(
        "UPDATE knowledge_base SET tests = ?3 WHERE tenant = ?1 AND base = ?2",
        params![tenant.as_str(), base.as_str(), tests],
    )?;
    Ok(changed > 0)
}

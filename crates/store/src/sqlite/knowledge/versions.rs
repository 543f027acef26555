use frontdesk_core::id::{BaseId, TenantId};
use frontdesk_core::port::{BaseVersion, DraftGroup, KEPT_VERSIONS, KnowledgeError, Live, Publication};
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, params};

use super::{bases, drafts};
use crate::error::{Fault, Worked};
use crate::sqlite::directory;
use crate::sqlite::value::{number, stored, timestamp};
use crate::sqlite::writer::Tx;

pub(super) fn all(connection: &Connection, tenant: &TenantId, base: &BaseId) -> Worked<Vec<BaseVersion>> {
    let mut statement = connection.prepare_cached(
        "SELECT version, at, author, note, groups_, repeats FROM knowledge_version
         WHERE tenant = ?1 AND base = ?2 ORDER BY version DESC",
    )?;
    let mut rows = statement.query(params![tenant.as_str(), base.as_str()])?;
    let mut versions = Vec::new();
    while let Some(row) = rows.next()? {
        let repeats = row.get::<_, Option<i64>>("repeats")?.map(|_| number(row, "repeats")).transpose()?;
        versions.push(BaseVersion {
            version: number(row, "version")?,
            at: timestamp(row, "at")?,
            by: row.get("author")?,
            note: row.get("note")?,
            groups: usize::try_from(number(row, "groups_")?).map_err(Fault::damaged)?,
            repeats,
        });
    }
    Ok(versions)
}

fn is_kept(connection: &Connection, tenant: &TenantId, base: &BaseId, version: u64) -> Worked<bool> {
    let mut statement = connection
        .prepare_cached("SELECT 1 FROM knowledge_version WHERE tenant = ?1 AND base = ?2 AND version = ?3")?;
    Ok(statement.exists(params![tenant.as_str(), base.as_str(), stored(version)])?)
}

/// The groups of a version; `None` if it is not kept.
pub(super) fn groups(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
    version: u64,
) -> Worked<Option<Vec<DraftGroup>>> {
    if !is_kept(connection, tenant, base, version)? {
        return Ok(None);
    }
    let mut statement = connection.prepare_cached(
        "SELECT body FROM knowledge_published WHERE tenant = ?1 AND base = ?2
             AND since <= ?3 AND (until IS NULL OR until > ?3) ORDER BY id",
    )?;
    let mut rows = statement.query(params![tenant.as_str(), base.as_str(), stored(version)])?;
    let mut groups = Vec::new();
    while let Some(row) = rows.next()? {
        groups.push(drafts::group_of(row, 0)?);
    }
    Ok(Some(groups))
}

pub(super) fn live(connection: &Connection, tenant: &TenantId, base: &BaseId) -> Worked<Live> {
    let Some((_, version, published)) = bases::counts(connection, tenant, base)? else {
        return Ok(Live::default());
    };
    let groups = groups(connection, tenant, base, version)?.unwrap_or_default();
    Ok(Live { version, published, groups: groups.into_iter().map(|draft| draft.group).collect() })
}

pub(super) fn publish(
    tx: &mut Tx<'_>,
    tenant: &TenantId,
    base: &BaseId,
    publication: &Publication,
) -> Worked<Result<u64, KnowledgeError>> {
    let Some((draft, live, published)) = bases::counts(tx.connection(), tenant, base)? else {
        return Ok(Err(KnowledgeError::NoBase));
    };
    if publication.draft.is_some_and(|seen| seen != draft) {
        return Ok(Err(KnowledgeError::DraftChanged));
    }
    if live > 0 && drafts::is_live(tx.connection(), tenant, base)? {
        return Ok(Ok(live));
    }
    tx.begin()?;
    let version = live + 1;
    let of_base = params![tenant.as_str(), base.as_str(), stored(version)];
    tx.execute(
        "UPDATE knowledge_published AS p SET until = ?3
         WHERE p.tenant = ?1 AND p.base = ?2 AND p.until IS NULL
             AND NOT EXISTS (SELECT 1 FROM knowledge_draft AS d
                 WHERE d.tenant = ?1 AND d.base = ?2 AND d.id = p.id AND d.body = p.body)",
        of_base,
    )?;
    tx.execute(
        "INSERT INTO knowledge_published (tenant, base, id, since, until, body)
         SELECT d.tenant, d.base, d.id, ?3, NULL, d.body FROM knowledge_draft AS d
         WHERE d.tenant = ?1 AND d.base = ?2
             AND NOT EXISTS (SELECT 1 FROM knowledge_published AS p
                 WHERE p.tenant = ?1 AND p.base = ?2 AND p.id = d.id AND p.until IS NULL)",
        of_base,
    )?;
    note(tx, (tenant, base), (version, published), publication, None)?;
    Ok(Ok(version))
}

pub(super) fn roll_back(
    tx: &mut Tx<'_>,
    tenant: &TenantId,
    base: &BaseId,
    wanted: u64,
    publication: &Publication,
) -> Worked<Result<u64, KnowledgeError>> {
    let Some((draft, live, published)) = bases::counts(tx.connection(), tenant, base)? else {
        return Ok(Err(KnowledgeError::NoBase));
    };
    if publication.draft.is_some_and(|seen| seen != draft) {
        return Ok(Err(KnowledgeError::DraftChanged));
    }
    if !is_kept(tx.connection(), tenant, base, wanted)? {
        return Ok(Err(KnowledgeError::NoVersion));
    }
    if wanted == live {
        return Ok(Ok(live));
    }
    let follows = drafts::is_live(tx.connection(), tenant, base)?;
    tx.begin()?;
    let version = live + 1;
    let of_base = params![tenant.as_str(), base.as_str(), stored(version), stored(wanted)];
    tx.execute(
        "UPDATE knowledge_published AS p SET until = ?3
         WHERE p.tenant = ?1 AND p.base = ?2 AND p.until IS NULL
             AND NOT EXISTS (SELECT 1 FROM knowledge_published AS o
                 WHERE o.tenant = ?1 AND o.base = ?2 AND o.id = p.id AND o.since <= ?4
                     AND (o.until IS NULL OR o.until > ?4) AND o.body = p.body)",
        of_base,
    )?;
    tx.execute(
        "INSERT INTO knowledge_published (tenant, base, id, since, until, body)
         SELECT o.tenant, o.base, o.id, ?3, NULL, o.body FROM knowledge_published AS o
         WHERE o.tenant = ?1 AND o.base = ?2 AND o.since <= ?4 AND (o.until IS NULL OR o.until > ?4)
             AND NOT EXISTS (SELECT 1 FROM knowledge_published AS p
                 WHERE p.tenant = ?1 AND p.base = ?2 AND p.id = o.id AND p.until IS NULL)",
        of_base,
    )?;
    note(tx, (tenant, base), (version, published), publication, Some(wanted))?;
    if follows {
        drafts::follow_live(tx, tenant, base)?;
    }
    Ok(Ok(version))
}

/// Makes a version the live one, and forgets those that are too old.
fn note(
    tx: &Tx<'_>,
    (tenant, base): (&TenantId, &BaseId),
    (version, published): (u64, Timestamp),
    publication: &Publication,
    repeats: Option<u64>,
) -> Worked<()> {
    let at = tx.now().max(published.next());
    tx.execute(
        "INSERT INTO knowledge_version (tenant, base, version, at, author, note, groups_, repeats)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, count(*), ?7 FROM knowledge_published
         WHERE tenant = ?1 AND base = ?2 AND until IS NULL",
        params![
            tenant.as_str(),
            base.as_str(),
            stored(version),
            at.as_millis(),
            publication.by,
            publication.note,
            repeats.map(stored)
        ],
    )?;
    tx.execute(
        "UPDATE knowledge_base SET live = ?3, published = ?4 WHERE tenant = ?1 AND base = ?2",
        params![tenant.as_str(), base.as_str(), stored(version), at.as_millis()],
    )?;
    // Every node keeps what is live in memory.
    directory::raise_version(tx)?;
    let oldest = (version + 1).saturating_sub(KEPT_VERSIONS);
    tx.execute(
        "DELETE FROM knowledge_version WHERE tenant = ?1 AND base = ?2 AND version < ?3",
        params![tenant.as_str(), base.as_str(), stored(oldest)],
    )?;
    tx.execute(
        "DELETE FROM knowledge_published WHERE tenant = ?1 AND base = ?2 AND until <= ?3",
        params![tenant.as_str(), base.as_str(), stored(oldest)],
    )?;
    Ok(())
}

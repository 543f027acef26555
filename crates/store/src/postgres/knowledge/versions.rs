use frontdesk_core::id::{BaseId, TenantId};
use frontdesk_core::port::{
    BaseVersion, DraftGroup, Edition, KEPT_VERSIONS, KnowledgeError, Live, Publication,
};
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use super::{bases, drafts};
use crate::postgres::connection::Connection;
use crate::postgres::directory;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::nodes;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{number, params, stored, timestamp};

pub(super) async fn all(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
) -> Worked<Vec<BaseVersion>> {
    let sql = "SELECT version, at, author, note, groups_, repeats FROM knowledge_version
         WHERE tenant = $1 AND base = $2 ORDER BY version DESC";
    let rows = connection.query(sql, params![tenant.as_str(), base.as_str()]).await?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Worked<BaseVersion> {
    let repeats = row.try_get::<_, Option<i64>>("repeats")?.map(|_| number(row, "repeats")).transpose()?;
    Ok(BaseVersion {
        version: number(row, "version")?,
        at: timestamp(row, "at")?,
        by: row.try_get("author")?,
        note: row.try_get("note")?,
        groups: usize::try_from(number(row, "groups_")?).map_err(Fault::damaged)?,
        repeats,
    })
}

async fn is_kept(connection: &Connection, tenant: &TenantId, base: &BaseId, version: u64) -> Worked<bool> {
    let sql = "SELECT 1 FROM knowledge_version WHERE tenant = $1 AND base = $2 AND version = $3";
    let row = connection.first(sql, params![tenant.as_str(), base.as_str(), stored(version)]).await?;
    Ok(row.is_some())
}

/// The groups of a version; `None` if it is not kept.
pub(super) async fn groups(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
    version: u64,
) -> Worked<Option<Vec<DraftGroup>>> {
    if !is_kept(connection, tenant, base, version).await? {
        return Ok(None);
    }
    let sql = "SELECT body FROM knowledge_published WHERE tenant = $1 AND base = $2
             AND since <= $3 AND (until IS NULL OR until > $3) ORDER BY id";
    let rows = connection.query(sql, params![tenant.as_str(), base.as_str(), stored(version)]).await?;
    rows.iter().map(|row| drafts::group_of(row, 0)).collect::<Worked<_>>().map(Some)
}

/// The groups of a base in one of its states; `None` if there is no such one.
pub(super) async fn edition(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
    edition: Edition,
) -> Worked<Option<Vec<DraftGroup>>> {
    let Some(counts) = bases::counts(connection, tenant, base).await? else { return Ok(None) };
    match edition {
        Edition::Draft => drafts::all(connection, tenant, base).await.map(Some),
        Edition::Live if counts.live == 0 => Ok(Some(Vec::new())),
        Edition::Live => groups(connection, tenant, base, counts.live).await,
        Edition::Version(version) => groups(connection, tenant, base, version).await,
    }
}

pub(super) async fn live(connection: &Connection, tenant: &TenantId, base: &BaseId) -> Worked<Live> {
    let Some(counts) = bases::counts(connection, tenant, base).await? else {
        return Ok(Live::default());
    };
    let groups = groups(connection, tenant, base, counts.live).await?.unwrap_or_default();
    let groups = groups.into_iter().map(|draft| draft.group).collect();
    Ok(Live { version: counts.live, published: counts.published, groups })
}

pub(super) async fn publish(
    tx: &Tx,
    tenant: &TenantId,
    base: &BaseId,
    publication: &Publication,
) -> Worked<Result<u64, KnowledgeError>> {
    let Some(bases::Counts { draft, live, published }) = bases::lock(tx, tenant, base).await? else {
        return Ok(Err(KnowledgeError::NoBase));
    };
    if publication.draft.is_some_and(|seen| seen != draft) {
        return Ok(Err(KnowledgeError::DraftChanged));
    }
    if live > 0 && drafts::is_live(tx, tenant, base).await? {
        return Ok(Ok(live));
    }
    let version = live + 1;
    for sql in [
        "UPDATE knowledge_published AS p SET until = $3
         WHERE p.tenant = $1 AND p.base = $2 AND p.until IS NULL
             AND NOT EXISTS (SELECT 1 FROM knowledge_draft AS d
                 WHERE d.tenant = $1 AND d.base = $2 AND d.id = p.id AND d.body = p.body)",
        "INSERT INTO knowledge_published (tenant, base, id, since, until, body)
         SELECT d.tenant, d.base, d.id, $3, NULL, d.body FROM knowledge_draft AS d
         WHERE d.tenant = $1 AND d.base = $2
             AND NOT EXISTS (SELECT 1 FROM knowledge_published AS p
                 WHERE p.tenant = $1 AND p.base = $2 AND p.id = d.id AND p.until IS NULL)",
    ] {
        tx.execute(sql, params![tenant.as_str(), base.as_str(), stored(version)]).await?;
    }
    nodes::tell_configured(tx).await?;
    note(tx, (tenant, base), (version, published), publication, None).await?;
    Ok(Ok(version))
}

pub(super) async fn roll_back(
    tx: &Tx,
    tenant: &TenantId,
    base: &BaseId,
    wanted: u64,
    publication: &Publication,
) -> Worked<Result<u64, KnowledgeError>> {
    let Some(bases::Counts { draft, live, published }) = bases::lock(tx, tenant, base).await? else {
        return Ok(Err(KnowledgeError::NoBase));
    };
    if publication.draft.is_some_and(|seen| seen != draft) {
        return Ok(Err(KnowledgeError::DraftChanged));
    }
    if !is_kept(tx, tenant, base, wanted).await? {
        return Ok(Err(KnowledgeError::NoVersion));
    }
    if wanted == live {
        return Ok(Ok(live));
    }
    let follows = drafts::is_live(tx, tenant, base).await?;
    let version = live + 1;
    for sql in [
        "UPDATE knowledge_published AS p SET until = $3
         WHERE p.tenant = $1 AND p.base = $2 AND p.until IS NULL
             AND NOT EXISTS (SELECT 1 FROM knowledge_published AS o
                 WHERE o.tenant = $1 AND o.base = $2 AND o.id = p.id AND o.since <= $4
                     AND (o.until IS NULL OR o.until > $4) AND o.body = p.body)",
        "INSERT INTO knowledge_published (tenant, base, id, since, until, body)
         SELECT o.tenant, o.base, o.id, $3, NULL, o.body FROM knowledge_published AS o
         WHERE o.tenant = $1 AND o.base = $2 AND o.since <= $4 AND (o.until IS NULL OR o.until > $4)
             AND NOT EXISTS (SELECT 1 FROM knowledge_published AS p
                 WHERE p.tenant = $1 AND p.base = $2 AND p.id = o.id AND p.until IS NULL)",
    ] {
        tx.execute(sql, params![tenant.as_str(), base.as_str(), stored(version), stored(wanted)]).await?;
    }
    nodes::tell_configured(tx).await?;
    note(tx, (tenant, base), (version, published), publication, Some(wanted)).await?;
    if follows {
        drafts::follow_live(tx, tenant, base).await?;
    }
    Ok(Ok(version))
}

/// Makes a version the live one, and forgets those that are too old.
async fn note(
    tx: &Tx,
    (tenant, base): (&TenantId, &BaseId),
    (version, published): (u64, Timestamp),
    publication: &Publication,
    repeats: Option<u64>,
) -> Worked<()> {
    let at = tx.now().await?.max(published.next());
    tx.execute(
        "INSERT INTO knowledge_version (tenant, base, version, at, author, note, groups_, repeats)
         SELECT $1, $2, $3, $4, $5, $6, count(*), $7 FROM knowledge_published
         WHERE tenant = $1 AND base = $2 AND until IS NULL",
        params![
            tenant.as_str(),
            base.as_str(),
            stored(version),
            at.as_millis(),
            publication.by,
            publication.note,
            repeats.map(stored),
        ],
    )
    .await?;
    tx.execute(
        "UPDATE knowledge_base SET live = $3, published = $4 WHERE tenant = $1 AND base = $2",
        params![tenant.as_str(), base.as_str(), stored(version), at.as_millis()],
    )
    .await?;
    let oldest = (version + 1).saturating_sub(KEPT_VERSIONS);
    for sql in [
        "DELETE FROM knowledge_version WHERE tenant = $1 AND base = $2 AND version < $3",
        "DELETE FROM knowledge_published WHERE tenant = $1 AND base = $2 AND until <= $3",
    ] {
        tx.execute(sql, params![tenant.as_str(), base.as_str(), stored(oldest)]).await?;
    }
    // Every node keeps what is live in memory.
    directory::raise_version(tx).await
}

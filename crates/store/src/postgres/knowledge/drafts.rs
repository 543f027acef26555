use std::collections::HashMap;

use frontdesk_core::id::{BaseId, GroupId, TenantId};
use frontdesk_core::knowledge::MAX_GROUPS;
use frontdesk_core::port::{
    DraftGroup, Edit, Expected, Judged, KnowledgeError, Settled, StoreError, SuggestionState, Verdict,
};
use tokio_postgres::Row;

use super::{bases, questions, suggestions};
use crate::postgres::connection::Connection;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{json, limit, number, params, stored, words};

/// A change with its groups already put into words.
pub(super) struct Prepared {
    groups: Vec<(GroupId, Expected, Option<String>)>,
    draft: Option<u64>,
    settles: Option<Settled>,
}

impl Prepared {
    pub(super) fn new(edit: Edit) -> Result<Self, StoreError> {
        let mut groups = Vec::with_capacity(edit.groups.len());
        for edit in edit.groups {
            groups.push((edit.id, edit.expected, edit.group.as_ref().map(words).transpose()?));
        }
        Ok(Self { groups, draft: edit.draft, settles: edit.settles })
    }
}

pub(super) fn group_of(row: &Row, version: u64) -> Worked<DraftGroup> {
    Ok(DraftGroup { version, group: json(row, "body")? })
}

pub(super) async fn all(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
) -> Worked<Vec<DraftGroup>> {
    let sql = "SELECT version, body FROM knowledge_draft WHERE tenant = $1 AND base = $2 ORDER BY id";
    let rows = connection.query(sql, params![tenant.as_str(), base.as_str()]).await?;
    rows.iter().map(|row| group_of(row, number(row, "version")?)).collect()
}

pub(super) async fn one(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
    group: &GroupId,
) -> Worked<Option<DraftGroup>> {
    let sql = "SELECT version, body FROM knowledge_draft WHERE tenant = $1 AND base = $2 AND id = $3";
    let row = connection.first(sql, params![tenant.as_str(), base.as_str(), group.as_str()]).await?;
    row.map(|row| group_of(&row, number(&row, "version")?)).transpose()
}

/// The version and the body of each group of the draft that a change names.
async fn before(
    tx: &Tx,
    tenant: &TenantId,
    base: &BaseId,
    edit: &Prepared,
) -> Worked<HashMap<String, (u64, String)>> {
    let ids: Vec<&str> = edit.groups.iter().map(|(id, ..)| id.as_str()).collect();
    let sql =
        "SELECT id, version, body FROM knowledge_draft WHERE tenant = $1 AND base = $2 AND id = ANY ($3)";
    let rows = tx.query(sql, params![tenant.as_str(), base.as_str(), ids]).await?;
    rows.iter().map(|row| Ok((row.try_get("id")?, (number(row, "version")?, row.try_get("body")?)))).collect()
}

/// A refusal leaves nothing behind, although it is no failure of the store.
pub(super) async fn edit(
    tx: &Tx,
    tenant: &TenantId,
    base: &BaseId,
    edit: &Prepared,
) -> Worked<Result<u64, KnowledgeError>> {
    let Some(bases::Counts { draft, .. }) = bases::lock(tx, tenant, base).await? else {
        return Ok(Err(KnowledgeError::NoBase));
    };
    if edit.draft.is_some_and(|seen| seen != draft) {
        return Ok(Err(KnowledgeError::DraftChanged));
    }
    // Everything is looked at before anything is written.
    let known = before(tx, tenant, base, edit).await?;
    let mut changes = Vec::with_capacity(edit.groups.len());
    let mut more = 0_i64;
    for (id, expected, body) in &edit.groups {
        let before = known.get(id.as_str());
        let is_as_expected = match (expected, before) {
            (Expected::Any, _) | (Expected::Absent, None) => true,
            (Expected::Version(seen), Some((version, _))) => seen == version,
            (Expected::Absent, Some(_)) | (Expected::Version(_), None) => false,
        };
        if !is_as_expected {
            return Ok(Err(KnowledgeError::GroupChanged(id.clone())));
        }
        if before.map(|(_, body)| body) == body.as_ref() {
            continue;
        }
        more += i64::from(body.is_some()) - i64::from(before.is_some());
        changes.push((id, body.as_deref()));
    }
    if more > 0 && count(tx, tenant, base).await? + more > limit(MAX_GROUPS) {
        return Ok(Err(KnowledgeError::TooManyGroups));
    }
    if let Some(settled) = &edit.settles
        && !settle(tx, tenant, base, settled).await?
    {
        return Ok(Err(KnowledgeError::Decided));
    }
    if changes.is_empty() {
        return Ok(Ok(draft));
    }
    let draft = step(tx, tenant, base).await?;
    for (id, body) in changes {
        write(tx, (tenant, base, id), draft, body).await?;
    }
    Ok(Ok(draft))
}

async fn write(
    tx: &Tx,
    (tenant, base, id): (&TenantId, &BaseId, &GroupId),
    draft: u64,
    body: Option<&str>,
) -> Worked<()> {
    match body {
        Some(body) => {
            tx.execute(
                "INSERT INTO knowledge_draft (tenant, base, id, version, body) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (tenant, base, id) DO UPDATE SET version = excluded.version, body = excluded.body",
                params![tenant.as_str(), base.as_str(), id.as_str(), stored(draft), body],
            )
            .await?
        }
        None => {
            tx.execute(
                "DELETE FROM knowledge_draft WHERE tenant = $1 AND base = $2 AND id = $3",
                params![tenant.as_str(), base.as_str(), id.as_str()],
            )
            .await?
        }
    };
    Ok(())
}

/// `false` if it was decided before, and nothing was written.
async fn settle(tx: &Tx, tenant: &TenantId, base: &BaseId, settled: &Settled) -> Worked<bool> {
    let Settled { key, is_suggestion, by, group } = settled;
    let group = Some(group.clone());
    if *is_suggestion {
        let to = (SuggestionState::Approved, by.clone(), group);
        return suggestions::judge(tx, (tenant, base, key), SuggestionState::Open, &to).await;
    }
    let judged = Judged { verdict: Verdict::Taken, by: by.clone(), group };
    questions::judge(tx, tenant, base, key, Some(&judged)).await?;
    Ok(true)
}

async fn count(tx: &Tx, tenant: &TenantId, base: &BaseId) -> Worked<i64> {
    let sql = "SELECT count(*) AS count FROM knowledge_draft WHERE tenant = $1 AND base = $2";
    let row = tx.first(sql, params![tenant.as_str(), base.as_str()]).await?;
    row.map_or(Ok(0), |row| Ok(row.try_get("count")?))
}

/// Counts a change of the draft.
async fn step(tx: &Tx, tenant: &TenantId, base: &BaseId) -> Worked<u64> {
    let sql = "UPDATE knowledge_base SET draft = draft + 1 WHERE tenant = $1 AND base = $2 RETURNING draft";
    let row = tx.first(sql, params![tenant.as_str(), base.as_str()]).await?;
    row.map_or_else(|| Err(Fault::damaged("a knowledge base went away")), |row| number(&row, "draft"))
}

/// Whether draft and live are the same.
pub(super) async fn is_live(connection: &Connection, tenant: &TenantId, base: &BaseId) -> Worked<bool> {
    Ok(bases::one(connection, tenant, base).await?.is_some_and(|base| base.changes == 0))
}

/// Makes the draft what is live. Groups that are so already keep their version.
pub(super) async fn follow_live(tx: &Tx, tenant: &TenantId, base: &BaseId) -> Worked<u64> {
    let draft = step(tx, tenant, base).await?;
    tx.execute(
        "DELETE FROM knowledge_draft AS d WHERE d.tenant = $1 AND d.base = $2
             AND NOT EXISTS (SELECT 1 FROM knowledge_published AS p
                 WHERE p.tenant = $1 AND p.base = $2 AND p.id = d.id AND p.until IS NULL AND p.body = d.body)",
        params![tenant.as_str(), base.as_str()],
    )
    .await?;
    tx.execute(
        "INSERT INTO knowledge_draft (tenant, base, id, version, body)
         SELECT p.tenant, p.base, p.id, $3, p.body FROM knowledge_published AS p
         WHERE p.tenant = $1 AND p.base = $2 AND p.until IS NULL
             AND NOT EXISTS (SELECT 1 FROM knowledge_draft AS d
                 WHERE d.tenant = $1 AND d.base = $2 AND d.id = p.id)",
        params![tenant.as_str(), base.as_str(), stored(draft)],
    )
    .await?;
    Ok(draft)
}

pub(super) async fn discard(
    tx: &Tx,
    tenant: &TenantId,
    base: &BaseId,
) -> Worked<Result<u64, KnowledgeError>> {
    let Some(bases::Counts { draft, .. }) = bases::lock(tx, tenant, base).await? else {
        return Ok(Err(KnowledgeError::NoBase));
    };
    if is_live(tx, tenant, base).await? {
        return Ok(Ok(draft));
    }
    follow_live(tx, tenant, base).await.map(Ok)
}

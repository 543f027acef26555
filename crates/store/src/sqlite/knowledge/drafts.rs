use frontdesk_core::id::{BaseId, GroupId, TenantId};
use frontdesk_core::knowledge::MAX_GROUPS;
use frontdesk_core::port::{
    DraftGroup, Edit, Expected, Judged, KnowledgeError, Settled, StoreError, SuggestionState, Verdict,
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{bases, questions, suggestions};
use crate::error::{Fault, Worked};
use crate::sqlite::value::{limit, number, stored, words};
use crate::sqlite::writer::Tx;

/// A change with its groups already put into words.
pub(super) struct Prepared {
    groups: Vec<(GroupId, Expected, Option<String>)>,
    draft: Option<u64>,
    settles: Option<Settled>,
}

impl Prepared {
    pub(super) fn new(edit: &Edit) -> Result<Self, StoreError> {
        let mut groups = Vec::with_capacity(edit.groups.len());
        for edit in &edit.groups {
            groups.push((edit.id.clone(), edit.expected, edit.group.as_ref().map(words).transpose()?));
        }
        Ok(Self { groups, draft: edit.draft, settles: edit.settles.clone() })
    }
}

pub(super) fn group_of(row: &Row<'_>, version: u64) -> Worked<DraftGroup> {
    let body = row.get_ref("body")?.as_str().map_err(Fault::damaged)?;
    Ok(DraftGroup { version, group: serde_json::from_str(body)? })
}

pub(super) fn all(connection: &Connection, tenant: &TenantId, base: &BaseId) -> Worked<Vec<DraftGroup>> {
    let mut statement = connection.prepare_cached(
        "SELECT version, body FROM knowledge_draft WHERE tenant = ?1 AND base = ?2 ORDER BY id",
    )?;
    let mut rows = statement.query(params![tenant.as_str(), base.as_str()])?;
    let mut groups = Vec::new();
    while let Some(row) = rows.next()? {
        groups.push(group_of(row, number(row, "version")?)?);
    }
    Ok(groups)
}

pub(super) fn one(
    connection: &Connection,
    tenant: &TenantId,
    base: &BaseId,
    group: &GroupId,
) -> Worked<Option<DraftGroup>> {
    let mut statement = connection.prepare_cached(
        "SELECT version, body FROM knowledge_draft WHERE tenant = ?1 AND base = ?2 AND id = ?3",
    )?;
    let mut rows = statement.query(params![tenant.as_str(), base.as_str(), group.as_str()])?;
    rows.next()?.map(|row| group_of(row, number(row, "version")?)).transpose()
}

/// A refusal leaves nothing behind, although it is no failure of the store.
pub(super) fn edit(
    tx: &mut Tx<'_>,
    tenant: &TenantId,
    base: &BaseId,
    edit: &Prepared,
) -> Worked<Result<u64, KnowledgeError>> {
    let Some((draft, ..)) = bases::counts(tx.connection(), tenant, base)? else {
        return Ok(Err(KnowledgeError::NoBase));
    };
    if edit.draft.is_some_and(|seen| seen != draft) {
        return Ok(Err(KnowledgeError::DraftChanged));
    }
    // Everything is looked at before anything is written.
    let mut changes = Vec::with_capacity(edit.groups.len());
    let mut more = 0_i64;
    for (id, expected, body) in &edit.groups {
        let before = tx
            .connection()
            .prepare_cached(
                "SELECT version, body FROM knowledge_draft WHERE tenant = ?1 AND base = ?2 AND id = ?3",
            )?
            .query_row(params![tenant.as_str(), base.as_str(), id.as_str()], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
            })
            .optional()?;
        let is_as_expected = match (expected, &before) {
            (Expected::Any, _) | (Expected::Absent, None) => true,
            (Expected::Version(seen), Some((version, _))) => stored(*seen) == *version,
            (Expected::Absent, Some(_)) | (Expected::Version(_), None) => false,
        };
        if !is_as_expected {
            return Ok(Err(KnowledgeError::GroupChanged(id.clone())));
        }
        if before.as_ref().map(|(_, body)| body) == body.as_ref() {
            continue;
        }
        more += i64::from(body.is_some()) - i64::from(before.is_some());
        changes.push((id, body));
    }
    if more > 0 && count(tx, tenant, base)? + more > limit(MAX_GROUPS) {
        return Ok(Err(KnowledgeError::TooManyGroups));
    }
    tx.begin()?;
    if let Some(settled) = &edit.settles
        && !settle(tx, tenant, base, settled)?
    {
        return Ok(Err(KnowledgeError::Decided));
    }
    if changes.is_empty() {
        return Ok(Ok(draft));
    }
    let draft = step(tx, tenant, base)?;
    for (id, body) in changes {
        match body {
            Some(body) => tx.execute(
                "INSERT INTO knowledge_draft (tenant, base, id, version, body) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (tenant, base, id) DO UPDATE SET version = excluded.version, body = excluded.body",
                params![tenant.as_str(), base.as_str(), id.as_str(), stored(draft), body],
            )?,
            None => tx.execute(
                "DELETE FROM knowledge_draft WHERE tenant = ?1 AND base = ?2 AND id = ?3",
                params![tenant.as_str(), base.as_str(), id.as_str()],
            )?,
        };
    }
    Ok(Ok(draft))
}

/// `false` if it was decided before.
fn settle(tx: &mut Tx<'_>, tenant: &TenantId, base: &BaseId, settled: &Settled) -> Worked<bool> {
    let Settled { key, is_suggestion, by, group } = settled;
    let group = Some(group.clone());
    if *is_suggestion {
        let to = (SuggestionState::Approved, by.clone(), group);
        return suggestions::judge(tx, (tenant, base, key), SuggestionState::Open, &to);
    }
    let judged = Judged { verdict: Verdict::Taken, by: by.clone(), group };
    questions::judge(tx, tenant, base, key, Some(&judged))?;
    Ok(true)
}

fn count(tx: &Tx<'_>, tenant: &TenantId, base: &BaseId) -> Worked<i64> {
    let count = tx.first(
        "SELECT count(*) FROM knowledge_draft WHERE tenant = ?1 AND base = ?2",
        params![tenant.as_str(), base.as_str()],
        |row| Ok(row.get(0)?),
    )?;
    Ok(count.unwrap_or(0))
}

/// Counts a change of the draft.
fn step(tx: &Tx<'_>, tenant: &TenantId, base: &BaseId) -> Worked<u64> {
    let draft = tx.first(
        "UPDATE knowledge_base SET draft = draft + 1 WHERE tenant = ?1 AND base = ?2 RETURNING draft",
        params![tenant.as_str(), base.as_str()],
        |row| number(row, "draft"),
    )?;
    draft.ok_or_else(|| Fault::damaged("a knowledge base went away"))
}

/// Whether draft and live are the same.
pub(super) fn is_live(connection: &Connection, tenant: &TenantId, base: &BaseId) -> Worked<bool> {
    Ok(bases::one(connection, tenant, base)?.is_some_and(|base| base.changes == 0))
}

/// Makes the draft what is live. Groups that are so already keep their version.
pub(super) fn follow_live(tx: &mut Tx<'_>, tenant: &TenantId, base: &BaseId) -> Worked<u64> {
    tx.begin()?;
    let draft = step(tx, tenant, base)?;
    tx.execute(
        "DELETE FROM knowledge_draft AS d WHERE d.tenant = ?1 AND d.base = ?2
             AND NOT EXISTS (SELECT 1 FROM knowledge_published AS p
                 WHERE p.tenant = ?1 AND p.base = ?2 AND p.id = d.id AND p.until IS NULL AND p.body = d.body)",
        params![tenant.as_str(), base.as_str()],
    )?;
    tx.execute(
        "INSERT INTO knowledge_draft (tenant, base, id, version, body)
         SELECT p.tenant, p.base, p.id, ?3, p.body FROM knowledge_published AS p
         WHERE p.tenant = ?1 AND p.base = ?2 AND p.until IS NULL
             AND NOT EXISTS (SELECT 1 FROM knowledge_draft AS d
                 WHERE d.tenant = ?1 AND d.base = ?2 AND d.id = p.id)",
        params![tenant.as_str(), base.as_str(), stored(draft)],
    )?;
    Ok(draft)
}

pub(super) fn discard(
    tx: &mut Tx<'_>,
    tenant: &TenantId,
    base: &BaseId,
) -> Worked<Result<u64, KnowledgeError>> {
    let Some((draft, ..)) = bases::counts(tx.connection(), tenant, base)? else {
        return Ok(Err(KnowledgeError::NoBase));
    };
    if is_live(tx.connection(), tenant, base)? {
        return Ok(Ok(draft));
    }
    follow_live(tx, tenant, base).map(Ok)
}

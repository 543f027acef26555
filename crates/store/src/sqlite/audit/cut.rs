//! Removing records from the front of a chain that were kept for long enough.

use frontdesk_core::audit::{Cut, Draft, Head, Row, Verdict, action, verify};
use frontdesk_core::id::TenantId;
use frontdesk_core::port::Removal;
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, params};

use super::append::append;
use super::{heads, read};
use crate::error::{Fault, Worked};
use crate::sqlite::value::{limit, number, stored};
use crate::sqlite::writer::Tx;

/// Up to where a chain was removed, as noted.
pub(super) fn noted(connection: &Connection, tenant: &TenantId) -> Worked<Option<Cut>> {
    let mut statement =
        connection.prepare_cached("SELECT epoch, number, hash, mac FROM audit_cut WHERE tenant = ?1")?;
    let mut rows = statement.query(params![tenant.as_str()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let head = Head { number: number(row, "number")?, hash: heads::hash(row, "hash")? };
    let code = *heads::hash(row, "mac")?.as_bytes();
    Ok(Some(Cut::stored(tenant.clone(), number(row, "epoch")?, head, code)))
}

/// The head before the first record that there should be.
pub(super) fn start(connection: &Connection, tenant: &TenantId, epoch: u64) -> Worked<Head> {
    Ok(noted(connection, tenant)?.map_or_else(|| Head::genesis(tenant, epoch), |cut| cut.head))
}

/// Removes old records from the front; how many. A chain that is not intact is evidence, and so stays.
pub(in crate::sqlite) fn cut(tx: &mut Tx<'_>, removal: &Removal) -> Worked<usize> {
    let tenant = &removal.tenant;
    let Some(anchor) = heads::noted(tx.connection(), tenant)? else { return Ok(0) };
    let old = old(tx.connection(), removal)?;
    let count = old.len();
    if old.is_empty() {
        return Ok(0);
    }
    let key = heads::key(tx.connection())?;
    let is_genuine = noted(tx.connection(), tenant)?.is_none_or(|cut| cut.is_genuine(&key));
    let before = start(tx.connection(), tenant, anchor.epoch)?;
    let verdict = verify(tenant, before, old.into_iter().map(Ok::<_, Fault>), &[])?;
    let Verdict::Intact(head) = verdict else {
        tracing::warn!(%tenant, ?verdict, "the audit log is not shortened: it is not intact");
        return Ok(0);
    };
    if !is_genuine {
        tracing::warn!(%tenant, "the audit log is not shortened: the note of where it begins is not genuine");
        return Ok(0);
    }
    let cut = Cut::sign(&key, tenant.clone(), anchor.epoch, head);
    tx.execute(
        "INSERT INTO audit_cut (tenant, epoch, number, hash, mac) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (tenant) DO UPDATE
         SET epoch = excluded.epoch, number = excluded.number, hash = excluded.hash, mac = excluded.mac",
        params![tenant.as_str(), stored(cut.epoch), stored(head.number), head.hash.as_bytes(), cut.code()],
    )?;
    tx.execute(
        "DELETE FROM audit WHERE tenant = ?1 AND number <= ?2",
        params![tenant.as_str(), stored(head.number)],
    )?;
    let draft = Draft::by_system(tenant.clone(), action::CUT)
        .with("through", head.number)
        .with("hash", head.hash.to_string())
        .with("records", count);
    append(tx, &[draft])?;
    Ok(count)
}

/// Records at the front from before the moment, without the chain's last one.
fn old(connection: &Connection, removal: &Removal) -> Worked<Vec<Row>> {
    let tenant = &removal.tenant;
    let Some((last, _)) = heads::last(connection, tenant)? else { return Ok(Vec::new()) };
    let mut statement = connection.prepare_cached(
        "SELECT number, body, hash, at FROM audit WHERE tenant = ?1 AND number < ?2 ORDER BY number LIMIT ?3",
    )?;
    let mut rows = statement.query(params![tenant.as_str(), stored(last.number), limit(removal.limit)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let at = row.get::<_, Option<i64>>("at")?.map(Timestamp::from_millis);
        if at.is_none_or(|at| at >= removal.before) {
            break;
        }
        found.push(read::row(row)?);
    }
    Ok(found)
}

//! Removing records from the front of a chain that were kept for long enough.

use frontdesk_core::audit::{Cut, Draft, Head, Row, Verdict, action, verify};
use frontdesk_core::id::TenantId;
use frontdesk_core::port::Removal;

use super::append::{Heads, append, lock};
use super::{heads, read};
use crate::postgres::connection::Connection;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{limit, number, optional_timestamp, params, stored};

/// Up to where a chain was removed, as noted.
pub(super) async fn noted(connection: &Connection, tenant: &TenantId) -> Worked<Option<Cut>> {
    let sql = "SELECT epoch, number, hash, mac FROM audit_cut WHERE tenant = $1";
    let Some(row) = connection.first(sql, params![tenant.as_str()]).await? else { return Ok(None) };
    let head = Head { number: number(&row, "number")?, hash: heads::hash(&row, "hash")? };
    let code = *heads::hash(&row, "mac")?.as_bytes();
    Ok(Some(Cut::stored(tenant.clone(), number(&row, "epoch")?, head, code)))
}

/// The head before the first record that there should be.
pub(super) async fn start(connection: &Connection, tenant: &TenantId, epoch: u64) -> Worked<Head> {
    Ok(noted(connection, tenant).await?.map_or_else(|| Head::genesis(tenant, epoch), |cut| cut.head))
}

/// Removes old records from the front; how many, and where the chain ends then. A chain that is not intact is evidence,
/// and so stays.
pub(in crate::postgres) async fn cut(tx: &Tx, removal: &Removal) -> Worked<(u64, Heads)> {
    let tenant = &removal.tenant;
    if heads::noted(tx, tenant).await?.is_none() {
        return Ok((0, Heads::new()));
    }
    lock(tx, tenant).await?;
    let Some(anchor) = heads::noted(tx, tenant).await? else { return Ok((0, Heads::new())) };
    let old = old(tx, removal).await?;
    let count = old.len() as u64;
    if old.is_empty() {
        return Ok((0, Heads::new()));
    }
    let key = heads::key(tx).await?;
    let cut_before = noted(tx, tenant).await?;
    if cut_before.as_ref().is_some_and(|cut| !cut.is_genuine(&key)) {
        tracing::warn!(%tenant, "the audit log is not shortened: the note of where it begins is not genuine");
        return Ok((0, Heads::new()));
    }
    let before = cut_before.map_or_else(|| Head::genesis(tenant, anchor.epoch), |cut| cut.head);
    let verdict = verify(tenant, before, old.into_iter().map(Ok::<_, Fault>), &[])?;
    let Verdict::Intact(head) = verdict else {
        tracing::warn!(%tenant, ?verdict, "the audit log is not shortened: it is not intact");
        return Ok((0, Heads::new()));
    };
    note(tx, &Cut::sign(&key, tenant.clone(), anchor.epoch, head)).await?;
    tx.execute(
        "DELETE FROM audit WHERE tenant = $1 AND number <= $2",
        params![tenant.as_str(), stored(head.number)],
    )
    .await?;
    let draft = Draft::by_system(tenant.clone(), action::CUT)
        .with("through", head.number)
        .with("hash", head.hash.to_string())
        .with("records", count);
    Ok((count, append(tx, &[draft]).await?))
}

async fn note(tx: &Tx, cut: &Cut) -> Worked<()> {
    tx.execute(
        "INSERT INTO audit_cut (tenant, epoch, number, hash, mac) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant) DO UPDATE
         SET epoch = excluded.epoch, number = excluded.number, hash = excluded.hash, mac = excluded.mac",
        params![
            cut.tenant.as_str(),
            stored(cut.epoch),
            stored(cut.head.number),
            cut.head.hash.as_bytes(),
            cut.code(),
        ],
    )
    .await?;
    Ok(())
}

/// Records at the front from before the moment, without the chain's last one.
async fn old(connection: &Connection, removal: &Removal) -> Worked<Vec<Row>> {
    let tenant = &removal.tenant;
    let Some((last, _)) = heads::last(connection, tenant).await? else { return Ok(Vec::new()) };
    let rows = connection
        .query(
            "SELECT number, body, hash, at FROM audit WHERE tenant = $1 AND number < $2
             ORDER BY number LIMIT $3",
            params![tenant.as_str(), stored(last.number), limit(removal.limit)],
        )
        .await?;
    let mut found = Vec::new();
    for row in &rows {
        if optional_timestamp(row, "at")?.is_none_or(|at| at >= removal.before) {
            break;
        }
        found.push(read::row(row)?);
    }
    Ok(found)
}

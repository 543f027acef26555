//! Making all numbers anew: step by step, so that nobody who writes has to wait for long. Nothing is kept of what
//! readers fold meanwhile; they begin again when every log is marked from its beginning.

use frontdesk_core::id::TenantId;
use frontdesk_core::port::{Purpose, ReportLag};
use rusqlite::{Connection, params};

use crate::error::{Fault, Worked};
use crate::sqlite::reports::kept;
use crate::sqlite::value::{id, limit};
use crate::sqlite::writer::Tx;

/// How many logs that are behind are counted.
const BEHIND_MOST: i64 = 1_000;

pub(in crate::sqlite) fn is_going_on(tx: &Tx<'_>, tenant: &TenantId) -> Worked<bool> {
    let row =
        tx.first("SELECT 1 FROM report_rebuild WHERE tenant = ?1", params![tenant.as_str()], |_| Ok(()))?;
    Ok(row.is_some())
}

pub(super) fn lag(connection: &Connection, tenant: &TenantId) -> Worked<ReportLag> {
    let mut statement = connection.prepare_cached(
        "SELECT (SELECT count(*) FROM (SELECT 1 FROM pending WHERE purpose = ?1 AND tenant = ?2 LIMIT ?3)) AS logs,
             EXISTS (SELECT 1 FROM report_rebuild WHERE tenant = ?2) AS rebuilding",
    )?;
    Ok(statement.query_row(params![Purpose::Reports.as_str(), tenant.as_str(), BEHIND_MOST], |row| {
        Ok(ReportLag { logs: row.get("logs")?, is_rebuilding: row.get("rebuilding")? })
    })?)
}

/// Begins, or begins again.
pub(super) fn begin(tx: &mut Tx<'_>, tenant: Option<&TenantId>) -> Worked<()> {
    tx.execute(
        "INSERT INTO report_rebuild (tenant)
         SELECT DISTINCT tenant FROM log WHERE tenant IS NOT NULL AND tenant = coalesce(?1, tenant)
         ON CONFLICT DO UPDATE SET channel = NULL, log = NULL, kept = 0",
        params![tenant.map(TenantId::as_str)],
    )?;
    Ok(())
}

/// Whether these definitions are in use.
pub(super) fn uses(connection: &Connection, version: u32) -> Worked<bool> {
    let mut statement = connection
        .prepare_cached("SELECT 1 FROM store_value WHERE name = 'report_definitions' AND value = ?1")?;
    Ok(statement.exists(params![version.to_be_bytes()])?)
}

/// Whether anything is to be made anew.
pub(super) fn is_asked_for(connection: &Connection) -> Worked<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM report_rebuild")?.exists([])?)
}

/// Begins if other definitions are in use.
pub(super) fn use_definitions(tx: &mut Tx<'_>, version: u32) -> Worked<()> {
    let version = version.to_be_bytes();
    let before: Option<Vec<u8>> =
        tx.first("SELECT value FROM store_value WHERE name = 'report_definitions'", params![], |row| {
            Ok(row.get("value")?)
        })?;
    if before.as_deref() == Some(&version[..]) {
        return Ok(());
    }
    tx.begin()?;
    // Where there were none, every log is marked from its beginning as it is.
    if before.is_some() {
        begin(tx, None)?;
    }
    tx.execute(
        "INSERT INTO store_value (name, value) VALUES ('report_definitions', ?1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        params![version],
    )?;
    Ok(())
}

/// Does one step; `false` if there is none left.
pub(super) fn go_on(tx: &mut Tx<'_>, most: usize) -> Worked<bool> {
    let next =
        tx.first("SELECT tenant, channel, log, kept FROM report_rebuild LIMIT 1", params![], |row| {
            let channel: Option<String> = row.get("channel")?;
            let log: Option<Vec<u8>> = row.get("log")?;
            Ok((id::<TenantId>(row, "tenant")?, channel.zip(log), row.get::<_, i64>("kept")?))
        })?;
    let Some((tenant, marked, kept)) = next else { return Ok(false) };
    tx.begin()?;
    match marked {
        None if kept == 0 && clear(tx, &tenant, most)? > 0 => {}
        None => match kept::restore(tx, &tenant, kept, most)? {
            Some(last) => {
                tx.execute(
                    "UPDATE report_rebuild SET kept = ?2 WHERE tenant = ?1",
                    params![tenant.as_str(), last],
                )?;
            }
            None => set_marked(tx, &tenant, ("", &[]))?,
        },
        Some((channel, log)) => match mark(tx, &tenant, (&channel, &log), most)? {
            Some((channel, log)) => set_marked(tx, &tenant, (&channel, &log))?,
            None => {
                tx.execute("DELETE FROM report_rebuild WHERE tenant = ?1", params![tenant.as_str()])?;
            }
        },
    }
    Ok(true)
}

fn set_marked(tx: &Tx<'_>, tenant: &TenantId, (channel, log): (&str, &[u8])) -> Worked<()> {
    tx.execute(
        "UPDATE report_rebuild SET channel = ?2, log = ?3 WHERE tenant = ?1",
        params![tenant.as_str(), channel, log],
    )?;
    Ok(())
}

fn clear(tx: &Tx<'_>, tenant: &TenantId, most: usize) -> Worked<usize> {
    const PIECES: [&str; 3] = [
        "DELETE FROM report_sum WHERE (tenant, subject, piece, start, channel, name, agent) IN (
             SELECT tenant, subject, piece, start, channel, name, agent FROM report_sum
             WHERE tenant = ?1 LIMIT ?2)",
        "DELETE FROM episode_fact WHERE (log, conversation, episode) IN (
             SELECT log, conversation, episode FROM episode_fact WHERE tenant = ?1 AND kept = 0 LIMIT ?2)",
        "DELETE FROM conversation_fact WHERE (log, conversation) IN (
             SELECT log, conversation FROM conversation_fact WHERE tenant = ?1 AND kept = 0 LIMIT ?2)",
    ];
    for sql in PIECES {
        let gone = tx.execute(sql, params![tenant.as_str(), limit(most)])?;
        if gone > 0 {
            return Ok(gone);
        }
    }
    Ok(0)
}

/// Marks the logs after one from the beginning of what is left of them, and tells which was the last.
fn mark(
    tx: &Tx<'_>,
    tenant: &TenantId,
    (channel, log): (&str, &[u8]),
    most: usize,
) -> Worked<Option<(String, Vec<u8>)>> {
    let mut statement = tx.connection().prepare_cached(
        "SELECT channel, id, removed_through FROM log WHERE tenant = ?1 AND (channel, id) > (?2, ?3) ORDER BY channel, id LIMIT ?4",
    )?;
    let mut rows = statement.query(params![tenant.as_str(), channel, log, limit(most)])?;
    let mut last = None;
    while let Some(row) = rows.next()? {
        let channel = row.get_ref("channel")?.as_str().map_err(Fault::damaged)?.to_owned();
        let log: Vec<u8> = row.get("id")?;
        // Facts of what was removed are kept.
        let removed: i64 = row.get("removed_through")?;
        tx.execute(
            "INSERT INTO pending (purpose, tenant, channel, log, after) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET after = excluded.after",
            params![Purpose::Reports.as_str(), tenant.as_str(), channel, log, removed],
        )?;
        last = Some((channel, log));
    }
    Ok(last)
}

//! Making all numbers anew: step by step, so that nobody who writes has to wait for long. Nothing is kept of what
//! readers fold meanwhile; they begin again when every log is marked from its beginning.

use frontdesk_core::id::TenantId;
use frontdesk_core::port::{Purpose, ReportLag};

use super::{kept, lock};
use crate::postgres::connection::Connection;
use crate::postgres::epoch;
use crate::postgres::fault::Worked;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{id, limit, params, small};

/// How many logs that are behind are counted.
const BEHIND_MOST: i64 = 1_000;
/// The name of the number of the definitions that are in use.
const DEFINITIONS: &str = "report_definitions";

pub(in crate::postgres) async fn is_going_on(connection: &Connection, tenant: &TenantId) -> Worked<bool> {
    let sql = "SELECT 1 FROM report_rebuild WHERE tenant = $1";
    Ok(connection.first(sql, params![tenant.as_str()]).await?.is_some())
}

pub(super) async fn lag(connection: &Connection, tenant: &TenantId) -> Worked<ReportLag> {
    let behind = "SELECT count(*) AS logs FROM (
             SELECT 1 FROM pending WHERE purpose = $1 AND tenant = $2 LIMIT $3) AS behind";
    let row =
        connection.first(behind, params![Purpose::Reports.as_str(), tenant.as_str(), BEHIND_MOST]).await?;
    let is_rebuilding = is_going_on(connection, tenant).await?;
    let logs = row.map_or(Ok(0), |row| small(&row, "logs"))?;
    Ok(ReportLag { logs, is_rebuilding })
}

/// Begins, or begins again.
pub(super) async fn begin(tx: &Tx, tenant: Option<&TenantId>) -> Worked<()> {
    let sql = "SELECT DISTINCT tenant FROM log_owner
         WHERE tenant = coalesce($1, tenant) ORDER BY tenant";
    for row in tx.query(sql, params![tenant.map(TenantId::as_str)]).await? {
        let tenant: TenantId = id(&row, "tenant")?;
        lock(tx, &tenant).await?;
        tx.execute(
            "INSERT INTO report_rebuild (tenant) VALUES ($1)
             ON CONFLICT (tenant) DO UPDATE SET channel = NULL, log = NULL, kept = 0",
            params![tenant.as_str()],
        )
        .await?;
    }
    Ok(())
}

/// Whether these definitions are in use.
pub(super) async fn uses(connection: &Connection, version: u32) -> Worked<bool> {
    let used = epoch::value(connection, DEFINITIONS).await?;
    Ok(used.as_deref() == Some(&version.to_be_bytes()[..]))
}

/// Whether anything is to be made anew.
pub(super) async fn is_asked_for(connection: &Connection) -> Worked<bool> {
    Ok(connection.first("SELECT 1 FROM report_rebuild LIMIT 1", &[]).await?.is_some())
}

/// Begins if other definitions are in use.
pub(super) async fn use_definitions(tx: &Tx, version: u32) -> Worked<()> {
    const LOCK: i64 = 1_178_891_118;
    tx.query("SELECT pg_advisory_xact_lock($1)", params![LOCK]).await?;
    if uses(tx, version).await? {
        return Ok(());
    }
    // Where there were none, every log is marked from its beginning as it is.
    if epoch::value(tx, DEFINITIONS).await?.is_some() {
        begin(tx, None).await?;
    }
    epoch::set(tx, DEFINITIONS, &version.to_be_bytes()).await
}

/// Does one step; `false` if there is none left.
pub(super) async fn go_on(tx: &Tx, most: usize) -> Worked<bool> {
    let next = tx.first("SELECT tenant FROM report_rebuild ORDER BY tenant LIMIT 1", &[]).await?;
    let Some(next) = next else { return Ok(false) };
    let tenant: TenantId = id(&next, "tenant")?;
    lock(tx, &tenant).await?;
    // Another node may have been here meanwhile.
    let sql = "SELECT channel, log, kept FROM report_rebuild WHERE tenant = $1";
    let Some(row) = tx.first(sql, params![tenant.as_str()]).await? else { return Ok(true) };
    let channel: Option<String> = row.try_get("channel")?;
    let log: Option<Vec<u8>> = row.try_get("log")?;
    let kept: i64 = row.try_get("kept")?;
    match channel.zip(log) {
        None if kept == 0 && clear(tx, &tenant, most).await? > 0 => {}
        None => match kept::restore(tx, &tenant, kept, most).await? {
            Some(last) => {
                let sql = "UPDATE report_rebuild SET kept = $2 WHERE tenant = $1";
                tx.execute(sql, params![tenant.as_str(), last]).await?;
            }
            None => set_marked(tx, &tenant, ("", &[])).await?,
        },
        Some((channel, log)) => match mark(tx, &tenant, (&channel, &log), most).await? {
            Some((channel, log)) => set_marked(tx, &tenant, (&channel, &log)).await?,
            None => {
                tx.execute("DELETE FROM report_rebuild WHERE tenant = $1", params![tenant.as_str()]).await?;
            }
        },
    }
    Ok(true)
}

async fn set_marked(tx: &Tx, tenant: &TenantId, (channel, log): (&str, &[u8])) -> Worked<()> {
    tx.execute(
        "UPDATE report_rebuild SET channel = $2, log = $3 WHERE tenant = $1",
        params![tenant.as_str(), channel, log],
    )
    .await?;
    Ok(())
}

async fn clear(tx: &Tx, tenant: &TenantId, most: usize) -> Worked<u64> {
    const PIECES: [&str; 3] = [
        "DELETE FROM report_sum WHERE (tenant, subject, piece, start, channel, name, agent) IN (
             SELECT tenant, subject, piece, start, channel, name, agent FROM report_sum
             WHERE tenant = $1 LIMIT $2)",
        "DELETE FROM episode_fact WHERE (log, conversation, episode) IN (
             SELECT log, conversation, episode FROM episode_fact WHERE tenant = $1 AND NOT kept LIMIT $2)",
        "DELETE FROM conversation_fact WHERE (log, conversation) IN (
             SELECT log, conversation FROM conversation_fact WHERE tenant = $1 AND NOT kept LIMIT $2)",
    ];
    for sql in PIECES {
        let gone = tx.execute(sql, params![tenant.as_str(), limit(most)]).await?;
        if gone > 0 {
            return Ok(gone);
        }
    }
    Ok(0)
}

/// Marks the logs after one from the beginning of what is left of them, and tells which was the last. Facts of what was
/// removed are kept.
async fn mark(
    tx: &Tx,
    tenant: &TenantId,
    (channel, log): (&str, &[u8]),
    most: usize,
) -> Worked<Option<(String, Vec<u8>)>> {
    let next = tx
        .query(
            "SELECT channel, id, removed_through FROM log WHERE tenant = $1 AND (channel, id) > ($2, $3)
             ORDER BY channel, id LIMIT $4",
            params![tenant.as_str(), channel, log, limit(most)],
        )
        .await?;
    let Some(last) = next.last() else { return Ok(None) };
    let last = (last.try_get("channel")?, last.try_get("id")?);
    let (mut logs, mut channels, mut after) = (Vec::new(), Vec::new(), Vec::new());
    for row in &next {
        logs.push(row.try_get::<_, &[u8]>("id")?);
        channels.push(row.try_get::<_, &str>("channel")?);
        after.push(row.try_get::<_, i64>("removed_through")?);
    }
    tx.execute(
        "INSERT INTO pending (log, purpose, tenant, channel, after)
         SELECT marked.log, $4, $5, marked.channel, marked.after
         FROM unnest($1::bytea[], $2::text[], $3::bigint[]) AS marked (log, channel, after)
         ON CONFLICT (log, purpose) DO UPDATE SET after = excluded.after",
        params![logs, channels, after, Purpose::Reports.as_str(), tenant.as_str()],
    )
    .await?;
    Ok(Some(last))
}

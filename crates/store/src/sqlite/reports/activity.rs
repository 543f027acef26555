//! What agents do, written down in the transactions that change it.

use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::report::{Activity, ActivityKind};
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, params};

use crate::error::{Fault, Worked};
use crate::sqlite::value::{id, optional_timestamp, timestamp};
use crate::sqlite::writer::Tx;

/// Whose log an activity is about that is about nobody's.
const NOBODY: &[u8] = &[];

/// Notes what an agent does from now on by their status, if that is something else than before. Whoever was never heard
/// of is not there.
pub(in crate::sqlite) fn follow_status(tx: &Tx<'_>, tenant: &TenantId, agent: &AgentId) -> Worked<()> {
    let declared = tx.first(
        "SELECT status, reason, reachable FROM agent_state WHERE tenant = ?1 AND agent = ?2",
        params![tenant.as_str(), agent.as_str()],
        |row| {
            let status = AgentStatus::parse(row.get_ref("status")?.as_str().map_err(Fault::damaged)?)
                .ok_or_else(|| Fault::damaged("status of an agent"))?;
            let reason: Option<String> = row.get("reason")?;
            Ok((ActivityKind::of_status(status, row.get("reachable")?), reason))
        },
    )?;
    let (kind, reason) = declared.unwrap_or_default();
    let reason = reason.filter(|_| kind != Some(ActivityKind::Unreachable));
    let now = tx.now().as_millis();
    let kept = tx.first(
        "SELECT 1 FROM agent_activity
         WHERE tenant = ?1 AND agent = ?2 AND until IS NULL AND kind = ?3 AND reason IS ?4 AND log = ?5",
        params![tenant.as_str(), agent.as_str(), kind.map(ActivityKind::as_str), reason, NOBODY],
        |_| Ok(()),
    )?;
    if kept.is_some() {
        return Ok(());
    }
    tx.execute(
        "UPDATE agent_activity SET until = max(since, ?3)
         WHERE tenant = ?1 AND agent = ?2 AND until IS NULL
             AND kind IN ('online', 'busy', 'away', 'unreachable')",
        params![tenant.as_str(), agent.as_str(), now],
    )?;
    match kind {
        Some(kind) => begin(tx, (tenant, agent), kind, NOBODY, (now, reason.as_deref())),
        None => Ok(()),
    }
}

/// Notes whether an agent has somebody from now on, if that is otherwise than before.
pub(in crate::sqlite) fn follow_slots(
    tx: &Tx<'_>,
    tenant: &TenantId,
    agent: &AgentId,
    now: Timestamp,
) -> Worked<()> {
    let is = tx.first(
        "SELECT EXISTS (SELECT 1 FROM slot WHERE tenant = ?1 AND agent = ?2) AS engaged,
             EXISTS (SELECT 1 FROM agent_activity
                     WHERE tenant = ?1 AND agent = ?2 AND kind = 'engaged' AND until IS NULL) AS noted",
        params![tenant.as_str(), agent.as_str()],
        |row| Ok((row.get::<_, bool>("engaged")?, row.get::<_, bool>("noted")?)),
    )?;
    match is {
        Some((true, false)) => {
            begin(tx, (tenant, agent), ActivityKind::Engaged, NOBODY, (now.as_millis(), None))
        }
        Some((false, true)) => end(tx, (tenant, agent), ActivityKind::Engaged, NOBODY, now),
        _ => Ok(()),
    }
}

/// Notes that after-call work begins.
pub(in crate::sqlite) fn begin_wrap_up(
    tx: &Tx<'_>,
    tenant: &TenantId,
    agent: &AgentId,
    log: LogId,
    now: Timestamp,
) -> Worked<()> {
    begin(tx, (tenant, agent), ActivityKind::WrapUp, log.as_bytes(), (now.as_millis(), None))
}

/// Notes that after-call work is over, if there was any.
pub(in crate::sqlite) fn end_wrap_up(
    tx: &Tx<'_>,
    tenant: &TenantId,
    agent: &AgentId,
    log: LogId,
    now: Timestamp,
) -> Worked<()> {
    end(tx, (tenant, agent), ActivityKind::WrapUp, log.as_bytes(), now)
}

fn begin(
    tx: &Tx<'_>,
    (tenant, agent): (&TenantId, &AgentId),
    kind: ActivityKind,
    log: &[u8],
    (since, reason): (i64, Option<&str>),
) -> Worked<()> {
    // What ended in the same millisecond goes on.
    tx.execute(
        "INSERT INTO agent_activity (tenant, agent, kind, since, log, until, reason)
         VALUES (?1, ?2, ?3, ?4, ?5, NULL, ?6)
         ON CONFLICT DO UPDATE SET until = NULL, reason = excluded.reason",
        params![tenant.as_str(), agent.as_str(), kind.as_str(), since, log, reason],
    )?;
    Ok(())
}

fn end(
    tx: &Tx<'_>,
    (tenant, agent): (&TenantId, &AgentId),
    kind: ActivityKind,
    log: &[u8],
    now: Timestamp,
) -> Worked<()> {
    tx.execute(
        "UPDATE agent_activity SET until = max(since, ?5)
         WHERE tenant = ?1 AND agent = ?2 AND kind = ?3 AND log = ?4 AND until IS NULL",
        params![tenant.as_str(), agent.as_str(), kind.as_str(), log, now.as_millis()],
    )?;
    Ok(())
}

pub(super) fn list(
    connection: &Connection,
    tenant: &TenantId,
    agent: Option<&AgentId>,
    (from, to): (Timestamp, Timestamp),
) -> Worked<Vec<Activity>> {
    let mut statement = connection.prepare_cached(
        "SELECT agent, kind, since, until, reason FROM agent_activity
         WHERE tenant = ?1 AND agent = coalesce(?2, agent) AND since < ?4 AND (until IS NULL OR until > ?3)
         ORDER BY agent, since, kind",
    )?;
    let mut rows = statement.query(params![
        tenant.as_str(),
        agent.map(AgentId::as_str),
        from.as_millis(),
        to.as_millis()
    ])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let kind = row.get_ref("kind")?.as_str().map_err(Fault::damaged)?;
        found.push(Activity {
            agent: id(row, "agent")?,
            kind: ActivityKind::parse(kind).ok_or_else(|| Fault::damaged("what an agent did"))?,
            since: timestamp(row, "since")?,
            until: optional_timestamp(row, "until")?,
            reason: row.get("reason")?,
        });
    }
    Ok(found)
}

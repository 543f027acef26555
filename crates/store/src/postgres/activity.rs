//! What agents do, written down in the transactions that change it. Whoever calls has the agent's lock
//! ([`super::routing::lock_agents`]).

use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::report::{Activity, ActivityKind};
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::time::Timestamp;

use crate::postgres::connection::Connection;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{id, optional_timestamp, params, timestamp};

/// Whose log an activity is about that is about nobody's.
const NOBODY: &[u8] = &[];

/// Notes what an agent does from now on by their status, if that is something else than before. Whoever was never heard
/// of is not there.
pub(super) async fn follow_status(tx: &Tx, tenant: &TenantId, agent: &AgentId) -> Worked<()> {
    let declared = tx
        .first(
            "SELECT status, reason, reachable FROM agent_state WHERE tenant = $1 AND agent = $2",
            params![tenant.as_str(), agent.as_str()],
        )
        .await?;
    let (mut kind, mut reason) = (None, None);
    if let Some(row) = declared {
        let status =
            AgentStatus::parse(row.try_get("status")?).ok_or_else(|| Fault::damaged("status of an agent"))?;
        kind = ActivityKind::of_status(status, row.try_get("reachable")?);
        reason = row.try_get::<_, Option<String>>("reason")?;
    }
    let reason = reason.filter(|_| kind != Some(ActivityKind::Unreachable));
    let now = tx.now().await?.as_millis();
    let kept = tx
        .first(
            "SELECT 1 FROM agent_activity WHERE tenant = $1 AND agent = $2 AND until IS NULL AND kind = $3
                 AND reason IS NOT DISTINCT FROM $4 AND log = $5",
            params![tenant.as_str(), agent.as_str(), kind.map(ActivityKind::as_str), reason, NOBODY],
        )
        .await?;
    if kept.is_some() {
        return Ok(());
    }
    tx.execute(
        "UPDATE agent_activity SET until = greatest(since, $3)
         WHERE tenant = $1 AND agent = $2 AND until IS NULL
             AND kind IN ('online', 'busy', 'away', 'unreachable')",
        params![tenant.as_str(), agent.as_str(), now],
    )
    .await?;
    match kind {
        Some(kind) => begin(tx, (tenant, agent), kind, NOBODY, (now, reason.as_deref())).await,
        None => Ok(()),
    }
}

/// Notes whether an agent has somebody from now on, if that is otherwise than before.
pub(super) async fn follow_slots(tx: &Tx, tenant: &TenantId, agent: &AgentId, now: Timestamp) -> Worked<()> {
    let row = tx
        .first(
            "SELECT EXISTS (SELECT 1 FROM slot WHERE tenant = $1 AND agent = $2) AS engaged,
                 EXISTS (SELECT 1 FROM agent_activity
                         WHERE tenant = $1 AND agent = $2 AND kind = 'engaged' AND until IS NULL) AS noted",
            params![tenant.as_str(), agent.as_str()],
        )
        .await?;
    let Some(row) = row else { return Ok(()) };
    let whose = (tenant, agent);
    match (row.try_get("engaged")?, row.try_get("noted")?) {
        (true, false) => begin(tx, whose, ActivityKind::Engaged, NOBODY, (now.as_millis(), None)).await,
        (false, true) => end(tx, whose, ActivityKind::Engaged, NOBODY, now).await,
        _ => Ok(()),
    }
}

/// Notes that after-call work begins.
pub(super) async fn begin_wrap_up(
    tx: &Tx,
    tenant: &TenantId,
    agent: &AgentId,
    log: LogId,
    now: Timestamp,
) -> Worked<()> {
    begin(tx, (tenant, agent), ActivityKind::WrapUp, log.as_bytes(), (now.as_millis(), None)).await
}

/// Notes that after-call work is over, if there was any.
pub(super) async fn end_wrap_up(
    tx: &Tx,
    tenant: &TenantId,
    agent: &AgentId,
    log: LogId,
    now: Timestamp,
) -> Worked<()> {
    end(tx, (tenant, agent), ActivityKind::WrapUp, log.as_bytes(), now).await
}

async fn begin(
    tx: &Tx,
    (tenant, agent): (&TenantId, &AgentId),
    kind: ActivityKind,
    log: &[u8],
    (since, reason): (i64, Option<&str>),
) -> Worked<()> {
    // What ended in the same millisecond goes on.
    tx.execute(
        "INSERT INTO agent_activity (tenant, agent, kind, since, log, until, reason)
         VALUES ($1, $2, $3, $4, $5, NULL, $6)
         ON CONFLICT (tenant, agent, kind, since, log) DO UPDATE SET until = NULL, reason = excluded.reason",
        params![tenant.as_str(), agent.as_str(), kind.as_str(), since, log, reason],
    )
    .await?;
    Ok(())
}

async fn end(
    tx: &Tx,
    (tenant, agent): (&TenantId, &AgentId),
    kind: ActivityKind,
    log: &[u8],
    now: Timestamp,
) -> Worked<()> {
    tx.execute(
        "UPDATE agent_activity SET until = greatest(since, $5)
         WHERE tenant = $1 AND agent = $2 AND kind = $3 AND log = $4 AND until IS NULL",
        params![tenant.as_str(), agent.as_str(), kind.as_str(), log, now.as_millis()],
    )
    .await?;
    Ok(())
}

pub(super) async fn list(
    connection: &Connection,
    tenant: &TenantId,
    agent: Option<&AgentId>,
    (from, to): (Timestamp, Timestamp),
) -> Worked<Vec<Activity>> {
    let rows = connection
        .query(
            "SELECT agent, kind, since, until, reason FROM agent_activity
             WHERE tenant = $1 AND agent = coalesce($2, agent) AND since < $4 AND (until IS NULL OR until > $3)
             ORDER BY agent, since, kind",
            params![tenant.as_str(), agent.map(AgentId::as_str), from.as_millis(), to.as_millis()],
        )
        .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        found.push(Activity {
            agent: id(row, "agent")?,
            kind: ActivityKind::parse(row.try_get("kind")?)
                .ok_or_else(|| Fault::damaged("what an agent did"))?,
            since: timestamp(row, "since")?,
            until: optional_timestamp(row, "until")?,
            reason: row.try_get("reason")?,
        });
    }
    Ok(found)
}

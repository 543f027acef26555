//! Agents' locks, which last as long as the transaction.

use frontdesk_core::id::{AgentId, TenantId};

use crate::postgres::fault::Worked;
use crate::postgres::transaction::Tx;
use crate::postgres::value::params;

/// Tells these locks from others on the same numbers.
const SEED: i64 = 0x4644_736b_6167;

/// Takes the locks of agents, who need not be known yet. A transaction must do so once only, for all it will need.
pub(in crate::postgres) async fn lock_agents<'a>(
    tx: &Tx,
    agents: impl IntoIterator<Item = (&'a TenantId, &'a AgentId)>,
) -> Worked<()> {
    // No id contains a line feed.
    let mut names: Vec<String> =
        agents.into_iter().map(|(tenant, agent)| format!("{tenant}\n{agent}")).collect();
    if names.is_empty() {
        return Ok(());
    }
    names.sort_unstable();
    names.dedup();
    tx.execute(
        "SELECT pg_advisory_xact_lock(key) FROM (
             SELECT DISTINCT hashtextextended(name, $2) AS key FROM unnest($1::text[]) AS agent (name)
             ORDER BY key OFFSET 0) AS keys",
        params![names, SEED],
    )
    .await?;
    Ok(())
}

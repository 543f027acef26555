//! What agents are still to be told of offers: written along with what happened, and removed once it was told.

use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{OfferChange, OfferNews};
use frontdesk_core::time::Timestamp;

use crate::postgres::connection::Connection;
use crate::postgres::fault::Worked;
use crate::postgres::transaction::Tx;
use crate::postgres::value::{self, id, json, params, stored};

pub(super) async fn note(
    tx: &Tx,
    (tenant, agent): (&TenantId, &AgentId),
    (log, conversation): (LogId, u64),
    what: OfferChange,
) -> Worked<()> {
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO offer_news (tenant, agent, log, conversation, made, stored, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            tenant.as_str(),
            agent.as_str(),
            log.as_bytes(),
            stored(conversation),
            i64::from(matches!(what, OfferChange::Made { .. })),
            now.as_millis(),
            value::words(&what)?,
        ],
    )
    .await?;
    Ok(())
}

/// Whether the agent knows that they are asked for the customer.
pub(super) async fn was_told(tx: &Tx, tenant: &TenantId, agent: &AgentId, log: LogId) -> Worked<bool> {
    let untold = tx
        .first(
            "SELECT 1 FROM offer_news WHERE tenant = $1 AND agent = $2 AND log = $3 AND made = 1",
            params![tenant.as_str(), agent.as_str(), log.as_bytes()],
        )
        .await?;
    Ok(untold.is_none())
}

pub(super) async fn before(
    connection: &Connection,
    before: Timestamp,
    limit: usize,
) -> Worked<Vec<OfferNews>> {
    let rows = connection
        .query(
            "SELECT * FROM offer_news WHERE stored < $1 ORDER BY id LIMIT $2",
            params![before.as_millis(), value::limit(limit)],
        )
        .await?;
    let mut news = Vec::with_capacity(rows.len());
    for row in &rows {
        news.push(OfferNews {
            id: value::number(row, "id")?,
            tenant: id(row, "tenant")?,
            agent: id(row, "agent")?,
            log: value::log(row, "log")?,
            conversation: value::number(row, "conversation")?,
            what: json(row, "body")?,
        });
    }
    Ok(news)
}

pub(super) async fn finish(connection: &Connection, id: u64) -> Worked<()> {
    connection.execute("DELETE FROM offer_news WHERE id = $1", params![stored(id)]).await?;
    Ok(())
}

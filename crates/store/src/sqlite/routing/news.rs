//! What agents are still to be told of offers: written along with what happened, and removed once it was told.

use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{OfferChange, OfferNews};
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, params};

use crate::error::{Fault, Worked};
use crate::sqlite::value::{self, id, stored};
use crate::sqlite::writer::Tx;

pub(super) fn note(
    tx: &Tx<'_>,
    (tenant, agent): (&TenantId, &AgentId),
    (log, conversation): (LogId, u64),
    what: OfferChange,
) -> Worked<()> {
    tx.execute(
        "INSERT INTO offer_news (tenant, agent, log, conversation, made, stored, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            tenant.as_str(),
            agent.as_str(),
            log.as_bytes(),
            stored(conversation),
            matches!(what, OfferChange::Made { .. }),
            tx.now().as_millis(),
            value::words(&what)?
        ],
    )?;
    Ok(())
}

/// Whether the agent knows that they are asked for the customer.
pub(super) fn was_told(tx: &Tx<'_>, tenant: &TenantId, agent: &AgentId, log: LogId) -> Worked<bool> {
    let untold = tx.first(
        "SELECT 1 FROM offer_news WHERE tenant = ?1 AND agent = ?2 AND log = ?3 AND made",
        params![tenant.as_str(), agent.as_str(), log.as_bytes()],
        |_| Ok(()),
    )?;
    Ok(untold.is_none())
}

pub(super) fn before(connection: &Connection, before: Timestamp, limit: usize) -> Worked<Vec<OfferNews>> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM offer_news WHERE stored < ?1 ORDER BY id LIMIT ?2")?;
    let mut rows = statement.query(params![before.as_millis(), value::limit(limit)])?;
    let mut news = Vec::new();
    while let Some(row) = rows.next()? {
        let body: String = row.get("body")?;
        news.push(OfferNews {
            id: value::number(row, "id")?,
            tenant: id(row, "tenant")?,
            agent: id(row, "agent")?,
            log: value::log(row, "log")?,
            conversation: value::number(row, "conversation")?,
            what: serde_json::from_str(&body).map_err(Fault::damaged)?,
        });
    }
    Ok(news)
}

pub(super) fn finish(tx: &Tx<'_>, id: u64) -> Worked<()> {
    tx.execute("DELETE FROM offer_news WHERE id = ?1", params![stored(id)])?;
    Ok(())
}

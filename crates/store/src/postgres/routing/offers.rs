//! Offers: an agent is asked, and answers or does not.

use frontdesk_core::entry::OfferEnd;
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Claim, Declined, Offer, OfferChange, QueueItem};
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use crate::postgres::activity;
use crate::postgres::connection::Connection;
use crate::postgres::fault::Worked;
use crate::postgres::routing::items::{lock_found, read_declined, read_item};
use crate::postgres::routing::{agents, dues, news};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{self, optional_id, optional_timestamp, params, stored, timestamp};

/// A customer, and who is asked or was found for them.
struct Asked {
    item: QueueItem,
    agent: Option<AgentId>,
    offer_until: Option<Timestamp>,
    declined: Vec<(AgentId, Timestamp)>,
}

impl Asked {
    fn read(row: &Row) -> Worked<Self> {
        Ok(Self {
            item: read_item(row)?,
            agent: optional_id(row, "agent")?,
            offer_until: optional_timestamp(row, "offer_until")?,
            declined: read_declined(row)?,
        })
    }

    /// Nobody else changes it until the transaction is over.
    async fn lock(tx: &Tx, log: LogId) -> Worked<Option<Self>> {
        lock_found(tx, log).await?;
        let row = tx.first("SELECT * FROM queue_item WHERE log = $1", params![log.as_bytes()]).await?;
        row.map(|row| Self::read(&row)).transpose()
    }
}

pub(super) async fn accept(tx: &Tx, log: LogId, agent: &AgentId, now: Timestamp) -> Worked<Option<Claim>> {
    let asked = Asked::lock(tx, log).await?.filter(|asked| asked.agent.as_ref() == Some(agent));
    let Some(asked) = asked else { return Ok(None) };
    if asked.offer_until.is_some() {
        tx.execute(
            "UPDATE queue_item SET offer_until = NULL, claimed = $2 WHERE log = $1",
            params![log.as_bytes(), now.as_millis()],
        )
        .await?;
        let ended = OfferChange::Ended { why: OfferEnd::AcceptedElsewhere, away: false };
        news::note(tx, (&asked.item.tenant, agent), (log, asked.item.conversation), ended).await?;
    }
    Ok(Some(Claim { item: asked.item, agent: agent.clone(), offered_until: None }))
}

pub(super) async fn decline(
    tx: &Tx,
    log: LogId,
    agent: &AgentId,
    now: Timestamp,
    again: Timestamp,
) -> Worked<Declined> {
    let Some(asked) = Asked::lock(tx, log).await? else { return Ok(Declined::NotOffered) };
    if asked.offer_until.is_none() || asked.agent.as_ref() != Some(agent) {
        let before = asked.declined.iter().any(|(who, until)| who == agent && *until > now);
        return Ok(if before { Declined::Before } else { Declined::NotOffered });
    }
    let item = take_back(tx, asked, agent, now, again).await?;
    let ended = OfferChange::Ended { why: OfferEnd::Declined, away: false };
    news::note(tx, (&item.tenant, agent), (log, item.conversation), ended).await?;
    Ok(Declined::Now(item))
}

/// Customers whose offers are over.
pub(super) async fn over(connection: &Connection, now: Timestamp, limit: usize) -> Worked<Vec<LogId>> {
    let rows = connection
        .query(
            "SELECT log FROM queue_item WHERE offer_until <= $1 ORDER BY offer_until, log LIMIT $2",
            params![now.as_millis(), value::limit(limit)],
        )
        .await?;
    rows.iter().map(|row| value::log(row, "log")).collect()
}

/// Takes an offer back if it is still over.
pub(super) async fn expire(tx: &Tx, log: LogId, now: Timestamp, again: Timestamp) -> Worked<Option<Offer>> {
    let Some(asked) = Asked::lock(tx, log).await? else { return Ok(None) };
    let (Some(agent), Some(until)) = (asked.agent.clone(), asked.offer_until.filter(|until| *until <= now))
    else {
        return Ok(None);
    };
    let item = take_back(tx, asked, &agent, now, again).await?;
    let was_told = news::was_told(tx, &item.tenant, &agent, item.log).await?;
    let away = was_told && agents::set_away(tx, &item.tenant, &agent).await?;
    let ended = OfferChange::Ended { why: OfferEnd::TimedOut, away };
    news::note(tx, (&item.tenant, &agent), (item.log, item.conversation), ended).await?;
    Ok(Some(Offer { item, agent, until }))
}

/// The slot is given back, and the customer waits for somebody else.
async fn take_back(
    tx: &Tx,
    asked: Asked,
    agent: &AgentId,
    now: Timestamp,
    again: Timestamp,
) -> Worked<QueueItem> {
    let Asked { item, mut declined, .. } = asked;
    tx.execute(
        "DELETE FROM slot WHERE tenant = $1 AND agent = $2 AND log = $3 AND fence <= $4",
        params![item.tenant.as_str(), agent.as_str(), item.log.as_bytes(), stored(item.fence)],
    )
    .await?;
    activity::follow_slots(tx, &item.tenant, agent, now).await?;
    declined.retain(|(who, until)| who != agent && *until > now);
    declined.push((agent.clone(), again));
    tx.execute(
        "UPDATE queue_item SET agent = NULL, offer_until = NULL, declined = $2, look_again = $3 WHERE log = $1",
        params![
            item.log.as_bytes(),
            value::words(&declined)?,
            dues::look_again(&item, &declined, now).map(Timestamp::as_millis),
        ],
    )
    .await?;
    Ok(item)
}

pub(super) async fn of_agent(
    connection: &Connection,
    tenant: &TenantId,
    agent: &AgentId,
) -> Worked<Vec<Offer>> {
    let rows = connection
        .query(
            "SELECT * FROM queue_item WHERE offer_until IS NOT NULL AND tenant = $1 AND agent = $2
             ORDER BY offer_until, log",
            params![tenant.as_str(), agent.as_str()],
        )
        .await?;
    let offer = |row| {
        Ok(Offer { item: read_item(row)?, agent: agent.clone(), until: timestamp(row, "offer_until")? })
    };
    rows.iter().map(offer).collect()
}

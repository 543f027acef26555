//! Offers: an agent is asked, and answers or does not.

use frontdesk_core::entry::OfferEnd;
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Claim, Declined, Offer, OfferChange, QueueItem};
use frontdesk_core::time::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::error::Worked;
use crate::sqlite::reports;
use crate::sqlite::routing::items::{read_declined, read_item};
use crate::sqlite::routing::{agents, dues, news};
use crate::sqlite::value::{self, id, optional_id, optional_timestamp, stored, timestamp};
use crate::sqlite::writer::Tx;

/// A customer, and who is asked or was found for them.
struct Asked {
    item: QueueItem,
    agent: Option<AgentId>,
    offer_until: Option<Timestamp>,
    declined: Vec<(AgentId, Timestamp)>,
}

impl Asked {
    fn read(row: &Row<'_>) -> Worked<Self> {
        Ok(Self {
            item: read_item(row)?,
            agent: optional_id(row, "agent")?,
            offer_until: optional_timestamp(row, "offer_until")?,
            declined: read_declined(row)?,
        })
    }

    fn find(tx: &Tx<'_>, log: LogId) -> Worked<Option<Self>> {
        tx.first("SELECT * FROM queue_item WHERE log = ?1", params![log.as_bytes()], Self::read)
    }
}

pub(super) fn accept(tx: &mut Tx<'_>, log: LogId, agent: &AgentId, now: Timestamp) -> Worked<Option<Claim>> {
    let Some(asked) = Asked::find(tx, log)?.filter(|asked| asked.agent.as_ref() == Some(agent)) else {
        return Ok(None);
    };
    if asked.offer_until.is_some() {
        tx.begin()?;
        tx.execute(
            "UPDATE queue_item SET offer_until = NULL, claimed = ?2 WHERE log = ?1",
            params![log.as_bytes(), now.as_millis()],
        )?;
        let ended = OfferChange::Ended { why: OfferEnd::AcceptedElsewhere, away: false };
        news::note(tx, (&asked.item.tenant, agent), (log, asked.item.conversation), ended)?;
    }
    Ok(Some(Claim { item: asked.item, agent: agent.clone(), offered_until: None }))
}

pub(super) fn decline(
    tx: &mut Tx<'_>,
    log: LogId,
    agent: &AgentId,
    now: Timestamp,
    again: Timestamp,
) -> Worked<Declined> {
    let Some(asked) = Asked::find(tx, log)? else { return Ok(Declined::NotOffered) };
    if asked.offer_until.is_none() || asked.agent.as_ref() != Some(agent) {
        let before = asked.declined.iter().any(|(who, until)| who == agent && *until > now);
        return Ok(if before { Declined::Before } else { Declined::NotOffered });
    }
    tx.begin()?;
    let item = take_back(tx, asked, agent, now, again)?;
    let ended = OfferChange::Ended { why: OfferEnd::Declined, away: false };
    news::note(tx, (&item.tenant, agent), (log, item.conversation), ended)?;
    Ok(Declined::Now(item))
}

pub(super) fn expire(tx: &mut Tx<'_>, now: Timestamp, again: Timestamp, limit: usize) -> Worked<Vec<Offer>> {
    let mut over = Vec::new();
    {
        let mut statement = tx.connection().prepare_cached(
            "SELECT * FROM queue_item WHERE offer_until <= ?1 ORDER BY offer_until, log LIMIT ?2",
        )?;
        let mut rows = statement.query(params![now.as_millis(), value::limit(limit)])?;
        while let Some(row) = rows.next()? {
            over.push((Asked::read(row)?, id::<AgentId>(row, "agent")?, timestamp(row, "offer_until")?));
        }
    }
    tx.begin()?;
    let mut offers = Vec::with_capacity(over.len());
    for (asked, agent, until) in over {
        let item = take_back(tx, asked, &agent, now, again)?;
        let was_told = news::was_told(tx, &item.tenant, &agent, item.log)?;
        let away = was_told && agents::set_away(tx, &item.tenant, &agent)?;
        let ended = OfferChange::Ended { why: OfferEnd::TimedOut, away };
        news::note(tx, (&item.tenant, &agent), (item.log, item.conversation), ended)?;
        offers.push(Offer { item, agent, until });
    }
    Ok(offers)
}

/// The slot is given back, and the customer waits for somebody else.
fn take_back(
    tx: &Tx<'_>,
    asked: Asked,
    agent: &AgentId,
    now: Timestamp,
    again: Timestamp,
) -> Worked<QueueItem> {
    let Asked { item, mut declined, .. } = asked;
    tx.execute(
        "DELETE FROM slot WHERE tenant = ?1 AND agent = ?2 AND log = ?3 AND fence <= ?4",
        params![item.tenant.as_str(), agent.as_str(), item.log.as_bytes(), stored(item.fence)],
    )?;
    reports::follow_slots(tx, &item.tenant, agent, now)?;
    declined.retain(|(who, until)| who != agent && *until > now);
    declined.push((agent.clone(), again));
    tx.execute(
        "UPDATE queue_item SET agent = NULL, offer_until = NULL, declined = ?2, look_again = ?3 WHERE log = ?1",
        params![
            item.log.as_bytes(),
            value::words(&declined)?,
            dues::look_again(&item, &declined, now).map(Timestamp::as_millis)
        ],
    )?;
    Ok(item)
}

pub(super) fn of_agent(connection: &Connection, tenant: &TenantId, agent: &AgentId) -> Worked<Vec<Offer>> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM queue_item WHERE offer_until IS NOT NULL AND tenant = ?1 AND agent = ?2
         ORDER BY offer_until, log",
    )?;
    let mut rows = statement.query(params![tenant.as_str(), agent.as_str()])?;
    let mut offers = Vec::new();
    while let Some(row) = rows.next()? {
        offers.push(Offer {
            item: read_item(row)?,
            agent: agent.clone(),
            until: timestamp(row, "offer_until")?,
        });
    }
    Ok(offers)
}

//! Bringing those who wait and those who are free together, in one transaction.

use std::cmp::Reverse;

use frontdesk_core::id::AgentId;
use frontdesk_core::port::{Claim, ClaimRequest, Claimed, OfferChange, QueueItem};
use frontdesk_core::routing::{Candidate, Demand, Matcher};
use frontdesk_core::time::Timestamp;
use rusqlite::{CachedStatement, Connection, Rows, params};

use crate::error::Worked;
use crate::sqlite::routing::items::{read_declined, read_item};
use crate::sqlite::routing::slots::{self, Taken};
use crate::sqlite::routing::{agents, news};
use crate::sqlite::writer::Tx;

pub(super) fn claim(tx: &mut Tx<'_>, request: &ClaimRequest) -> Worked<Claimed> {
    let found = find(tx.connection(), request)?;
    if found.matches.is_empty() {
        return Ok(Claimed { again: found.again, ..Claimed::default() });
    }
    tx.begin()?;
    let is_more = found.matches.len() >= request.limit;
    let mut claims = Vec::with_capacity(found.matches.len());
    for found in found.matches {
        claims.push(take(tx, request, found)?);
    }
    Ok(Claimed { claims, again: found.again, is_more })
}

/// A customer and the agent who was found for them.
struct Match {
    item: QueueItem,
    /// The place of the queue in the request.
    queue: usize,
    agent: AgentId,
    assigned: Timestamp,
}

#[derive(Default)]
struct Found {
    matches: Vec<Match>,
    again: Option<Timestamp>,
}

/// Reads customers one by one, in the order over all queues, for as long as somebody who serves theirs has room.
fn find(connection: &Connection, request: &ClaimRequest) -> Worked<Found> {
    let mut statements = Vec::with_capacity(request.queues.len());
    for _ in &request.queues {
        statements.push(connection.prepare_cached(
            "SELECT * FROM queue_item WHERE tenant = ?1 AND queue = ?2 AND agent IS NULL
             ORDER BY priority DESC, since, log",
        )?);
    }
    let mut lines = Vec::with_capacity(request.queues.len());
    for (statement, queue) in statements.iter_mut().zip(&request.queues) {
        lines.push(Line::open(statement, request, queue.queue.as_str())?);
    }
    if lines.iter().all(|line| line.first.is_none()) {
        return Ok(Found::default());
    }
    let mut candidates = candidates(connection, request)?;
    let queues = request.queues.iter().map(|queue| (queue.rules, queue.staff.clone())).collect();
    let mut look = Matcher::new(&mut candidates, queues, request.now);
    let mut matches = Vec::new();
    while matches.len() < request.limit {
        let with_room = lines.iter().enumerate().filter(|(place, _)| look.has_room(*place));
        let ranked = with_room.filter_map(|(place, line)| {
            let first = line.first.as_ref()?;
            let priority = request.queues.get(place)?.priority;
            Some(((Reverse(priority), Reverse(first.item.priority), first.item.since, first.item.log), place))
        });
        let Some((_, queue)) = ranked.min() else { break };
        let Some(waiting) = lines.get_mut(queue).map(Line::next).transpose()?.flatten() else { break };
        let (item, demand) = waiting.into_demand();
        if let Some(candidate) = look.find(queue, &demand) {
            let assigned = candidate.last_assigned.unwrap_or(request.now);
            matches.push(Match { item, queue, agent: candidate.agent.clone(), assigned });
        }
    }
    Ok(Found { matches, again: look.again() })
}

fn candidates(connection: &Connection, request: &ClaimRequest) -> Worked<Vec<Candidate>> {
    let names: Vec<AgentId> = request.staff.iter().map(|staff| staff.agent.clone()).collect();
    let states = agents::present(connection, &request.tenant, &names)?;
    let candidate =
        |(state, staff): (frontdesk_core::port::AgentState, &frontdesk_core::port::Staff)| Candidate {
            agent: state.agent,
            status: state.status,
            reachable: state.reachable,
            held: state.held,
            capacity: staff.capacity,
            last_assigned: state.last_assigned,
            idle_since: state.idle_since,
            languages: staff.languages.clone(),
        };
    Ok(states.into_iter().zip(&request.staff).map(candidate).collect())
}

/// Those who wait in one queue, in their order. Rows are read only as they are needed.
struct Line<'s> {
    rows: Rows<'s>,
    first: Option<Waiting>,
}

impl<'s> Line<'s> {
    fn open(statement: &'s mut CachedStatement<'_>, request: &ClaimRequest, queue: &str) -> Worked<Self> {
        let rows = statement.query(params![request.tenant.as_str(), queue])?;
        let mut line = Self { rows, first: None };
        line.next()?;
        Ok(line)
    }

    /// Takes the first; the next one moves up.
    fn next(&mut self) -> Worked<Option<Waiting>> {
        let next = match self.rows.next()? {
            Some(row) => Some(Waiting { item: read_item(row)?, declined: read_declined(row)? }),
            None => None,
        };
        Ok(std::mem::replace(&mut self.first, next))
    }
}

struct Waiting {
    item: QueueItem,
    declined: Vec<(AgentId, Timestamp)>,
}

impl Waiting {
    fn into_demand(self) -> (QueueItem, Demand) {
        let demand = Demand {
            weight: self.item.weight,
            locale: self.item.locale.clone(),
            avoid: self.item.avoid.clone(),
            prefer: self.item.prefer.clone(),
            declined: self.declined,
        };
        (self.item, demand)
    }
}

fn take(tx: &Tx<'_>, request: &ClaimRequest, found: Match) -> Worked<Claim> {
    let Match { item, queue, agent, assigned } = found;
    let rules = request.queues.get(queue);
    let wrap_up = rules.map(|rules| rules.wrap_up).unwrap_or_default();
    let offered_until = rules.and_then(|rules| rules.accept_within).map(|span| request.now.plus(span));
    let taken = Taken {
        customer: (item.log, item.fence),
        weight: item.weight,
        queue: Some((&item.queue, wrap_up)),
        now: request.now,
        assigned,
        is_reserved: false,
    };
    slots::take(tx, &request.tenant, &agent, &taken)?;
    tx.execute(
        "UPDATE queue_item SET agent = ?2, claimed = ?3, offer_until = ?4 WHERE log = ?1",
        params![
            item.log.as_bytes(),
            agent.as_str(),
            offered_until.is_none().then_some(request.now.as_millis()),
            offered_until.map(Timestamp::as_millis)
        ],
    )?;
    if let Some(until) = offered_until {
        let made = OfferChange::Made { until };
        news::note(tx, (&request.tenant, &agent), (item.log, item.conversation), made)?;
    }
    Ok(Claim { item, agent, offered_until })
}

//! Bringing those who wait and those who are free together, in one transaction.

use std::cmp::Reverse;
use std::collections::VecDeque;

use frontdesk_core::id::AgentId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Claim, ClaimRequest, Claimed, OfferChange, QueueItem};
use frontdesk_core::routing::{Candidate, Demand, Matcher};
use frontdesk_core::time::Timestamp;

use crate::postgres::fault::Worked;
use crate::postgres::routing::items::{read_declined, read_item};
use crate::postgres::routing::slots::{self, Taken};
use crate::postgres::routing::{agents, lock_agents, news};
use crate::postgres::transaction::Tx;
use crate::postgres::value::{params, stored};

/// How many customers of a queue are read at once.
const PORTION: i64 = 128;

pub(super) async fn claim(tx: &Tx, request: &ClaimRequest) -> Worked<Claimed> {
    if !is_anybody_waiting(tx, request).await? {
        return Ok(Claimed::default());
    }
    lock_agents(tx, request.staff.iter().map(|staff| (&request.tenant, &staff.agent))).await?;
    let found = find(tx, request).await?;
    let is_more = found.matches.len() >= request.limit;
    let mut claims = Vec::with_capacity(found.matches.len());
    for found in found.matches {
        claims.push(take(tx, request, found).await?);
    }
    Ok(Claimed { claims, again: found.again, is_more })
}

async fn is_anybody_waiting(tx: &Tx, request: &ClaimRequest) -> Worked<bool> {
    let queues: Vec<&str> = request.queues.iter().map(|queue| queue.queue.as_str()).collect();
    let row = tx
        .first(
            "SELECT 1 FROM queue_item WHERE tenant = $1 AND queue = ANY ($2) AND agent IS NULL LIMIT 1",
            params![request.tenant.as_str(), queues],
        )
        .await?;
    Ok(row.is_some())
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

/// Reads customers in portions, in the order over all queues, for as long as somebody who serves theirs has room.
async fn find(tx: &Tx, request: &ClaimRequest) -> Worked<Found> {
    let mut lines = Vec::with_capacity(request.queues.len());
    for queue in &request.queues {
        let mut line = Line::new(queue.queue.as_str());
        line.fill(tx, request).await?;
        lines.push(line);
    }
    let mut candidates = candidates(tx, request).await?;
    let queues = request.queues.iter().map(|queue| (queue.rules, queue.staff.clone())).collect();
    let mut look = Matcher::new(&mut candidates, queues, request.now);
    let mut matches = Vec::new();
    while matches.len() < request.limit {
        let with_room = lines.iter().enumerate().filter(|(place, _)| look.has_room(*place));
        let ranked = with_room.filter_map(|(place, line)| {
            let first = line.waiting.front()?;
            let priority = request.queues.get(place)?.priority;
            Some(((Reverse(priority), Reverse(first.item.priority), first.item.since, first.item.log), place))
        });
        let Some((_, queue)) = ranked.min() else { break };
        let Some(line) = lines.get_mut(queue) else { break };
        let Some(waiting) = line.waiting.pop_front() else { break };
        line.fill(tx, request).await?;
        let (item, demand) = waiting.into_demand();
        if let Some(candidate) = look.find(queue, &demand) {
            let assigned = candidate.last_assigned.unwrap_or(request.now);
            matches.push(Match { item, queue, agent: candidate.agent.clone(), assigned });
        }
    }
    Ok(Found { matches, again: look.again() })
}

async fn candidates(tx: &Tx, request: &ClaimRequest) -> Worked<Vec<Candidate>> {
    let names: Vec<AgentId> = request.staff.iter().map(|staff| staff.agent.clone()).collect();
    let states = agents::present(tx, &request.tenant, &names).await?;
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

/// Those who wait in one queue, in their order.
struct Line<'a> {
    queue: &'a str,
    waiting: VecDeque<Waiting>,
    /// Where the last portion ended: priority, since, log.
    last: Option<(i64, i64, LogId)>,
    is_read: bool,
}

struct Waiting {
    item: QueueItem,
    declined: Vec<(AgentId, Timestamp)>,
}

impl<'a> Line<'a> {
    const fn new(queue: &'a str) -> Self {
        Self { queue, waiting: VecDeque::new(), last: None, is_read: false }
    }

    /// Reads on if nobody is left of those who were read. Whom another transaction has just now is left to it.
    async fn fill(&mut self, tx: &Tx, request: &ClaimRequest) -> Worked<()> {
        if self.is_read || !self.waiting.is_empty() {
            return Ok(());
        }
        let (priority, since, log) = self.last.unwrap_or((i64::MAX, i64::MIN, LogId::from_bytes([0; 16])));
        let rows = tx
            .query(
                "SELECT * FROM queue_item WHERE tenant = $1 AND queue = $2 AND agent IS NULL
                     AND (priority < $3 OR priority = $3 AND (since, log) > ($4, $5))
                 ORDER BY priority DESC, since, log LIMIT $6 FOR UPDATE SKIP LOCKED",
                params![request.tenant.as_str(), self.queue, priority, since, log.as_bytes(), PORTION],
            )
            .await?;
        self.is_read = rows.len() < usize::try_from(PORTION).unwrap_or(usize::MAX);
        for row in &rows {
            let waiting = Waiting { item: read_item(row)?, declined: read_declined(row)? };
            let item = &waiting.item;
            self.last = Some((i64::from(item.priority), item.since.as_millis(), item.log));
            self.waiting.push_back(waiting);
        }
        Ok(())
    }
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

async fn take(tx: &Tx, request: &ClaimRequest, found: Match) -> Worked<Claim> {
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
    slots::take(tx, &request.tenant, &agent, &taken).await?;
    tx.execute(
        "UPDATE queue_item SET agent = $2, claimed = $3, offer_until = $4 WHERE log = $1 AND fence = $5",
        params![
            item.log.as_bytes(),
            agent.as_str(),
            offered_until.is_none().then_some(request.now.as_millis()),
            offered_until.map(Timestamp::as_millis),
            stored(item.fence),
        ],
    )
    .await?;
    if let Some(until) = offered_until {
        let made = OfferChange::Made { until };
        news::note(tx, (&request.tenant, &agent), (item.log, item.conversation), made).await?;
    }
    Ok(Claim { item, agent, offered_until })
}

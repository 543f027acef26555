//! What is asked for, and what is told, when waiting customers and free agents are brought together.

use std::collections::HashMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::directory::{Queue, TenantDirectory};
use crate::entry::OfferEnd;
use crate::id::{AgentId, QueueId, TenantId};
use crate::log::LogId;
use crate::port::QueueItem;
use crate::routing::MatchRules;
use crate::time::Timestamp;

/// Queues to be looked at, with everybody who serves them.
#[derive(Clone, Debug)]
pub struct ClaimRequest {
    /// The tenant.
    pub tenant: TenantId,
    /// Everybody who serves one of the queues.
    pub staff: Vec<Staff>,
    /// The queues.
    pub queues: Vec<StaffedQueue>,
    /// The time.
    pub now: Timestamp,
    /// At most so many customers are claimed.
    pub limit: usize,
}

/// Somebody who serves a queue, as configured.
#[derive(Clone, Debug)]
pub struct Staff {
    /// The agent.
    pub agent: AgentId,
    /// How much the agent can hold.
    pub capacity: u32,
    /// The languages that the agent writes; empty for any.
    pub languages: Vec<String>,
}

/// A queue, and how its customers get to agents.
#[derive(Clone, Debug)]
pub struct StaffedQueue {
    /// The queue.
    pub queue: QueueId,
    /// Customers of the queue with the highest come first.
    pub priority: u8,
    /// How an agent is found.
    pub rules: MatchRules,
    /// How long an agent has to accept; without it, customers are given to agents unasked.
    pub accept_within: Option<Duration>,
    /// How long an agent has for after-call work.
    pub wrap_up: Duration,
    /// Who serves it, as places in [`ClaimRequest::staff`].
    pub staff: Vec<usize>,
}

impl ClaimRequest {
    /// Most customers that are claimed in one go.
    pub const BATCH: usize = 64;

    /// A look at these queues as they are configured. An agent serves a queue if it is one of theirs and they know all
    /// that it needs.
    pub fn of(directory: &TenantDirectory, queues: &[QueueId], now: Timestamp) -> Self {
        let mut staff = Vec::new();
        let mut places = HashMap::new();
        let mut looked_at: Vec<StaffedQueue> = Vec::with_capacity(queues.len());
        for id in queues {
            // Named twice, its customers would be found twice.
            if looked_at.iter().any(|known| known.queue == *id) {
                continue;
            }
            // A queue that was removed still has its customers, and perhaps agents.
            let queue = directory
                .queues
                .get(id)
                .map_or_else(|| Queue::new(id.clone(), ""), |queue| (**queue).clone());
            let mut serving: Vec<_> =
                directory.agents_of(id).filter(|agent| agent.knows(&queue.needs)).collect();
            serving.sort_by(|a, b| a.id.cmp(&b.id));
            let serving = serving.into_iter().map(|agent| {
                *places.entry(agent.id.clone()).or_insert_with(|| {
                    staff.push(Staff {
                        agent: agent.id.clone(),
                        capacity: agent.capacity,
                        languages: agent.languages.clone(),
                    });
                    staff.len() - 1
                })
            });
            looked_at.push(StaffedQueue {
                queue: id.clone(),
                priority: queue.priority,
                rules: MatchRules { strategy: queue.strategy, match_language: queue.match_language },
                accept_within: queue.accept_within(),
                wrap_up: queue.wrap_up(),
                staff: serving.collect(),
            });
        }
        Self { tenant: directory.tenant.id.clone(), staff, queues: looked_at, now, limit: Self::BATCH }
    }
}

/// A customer for whom an agent was found: the agent's slot is taken, the log does not know yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The customer.
    pub item: QueueItem,
    /// The agent.
    pub agent: AgentId,
    /// Until when the agent is asked; `None` if the customer is the agent's.
    pub offered_until: Option<Timestamp>,
}

/// What one look found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claimed {
    /// Who goes to whom, or is offered to whom, in the order in which they were found.
    pub claims: Vec<Claim>,
    /// When to look again although nothing else happens; `None` if only an event can change anything.
    pub again: Option<Timestamp>,
    /// The limit was reached: there may be more to be found.
    pub is_more: bool,
}

/// A customer who is offered to an agent: the agent's slot is taken until they answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The customer.
    pub item: QueueItem,
    /// The agent.
    pub agent: AgentId,
    /// Until when.
    pub until: Timestamp,
}

/// What became of an agent's wish not to take a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Declined {
    /// The customer waits for somebody else.
    Now(QueueItem),
    /// The agent had declined before.
    Before,
    /// The customer is not offered to the agent.
    NotOffered,
}

/// Something that an agent is still to be told of an offer. It is stored in the transaction that changes the offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferNews {
    /// Names it; grows with time.
    pub id: u64,
    /// The tenant.
    pub tenant: TenantId,
    /// The agent to be told.
    pub agent: AgentId,
    /// The customer's log.
    pub log: LogId,
    /// Which of the customer's conversations.
    pub conversation: u64,
    /// What to tell.
    pub what: OfferChange,
}

/// What happened to an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum OfferChange {
    /// It was made.
    Made {
        /// Until when it stands.
        until: Timestamp,
    },
    /// It is no longer open.
    Ended {
        /// Why.
        why: OfferEnd,
        /// The agent is taken to be away from the desk, and was set so.
        away: bool,
    },
}

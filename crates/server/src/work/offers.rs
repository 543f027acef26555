//! Offers: telling agents of them, and carrying out what agents answer.

use std::collections::HashSet;
use std::time::Duration;

use frontdesk_core::entry::{Audience, EntryBody, LogRef};
use frontdesk_core::id::AgentId;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Declined, OfferChange, OfferNews, StoreError};
use frontdesk_core::time::Timestamp;

use crate::engine::RunError;
use crate::parts::Parts;
use crate::work::matching::{match_agent, match_queue, settle};

/// How long an agent who did not take a customer is not asked for the same customer again.
pub(super) const NOT_ASKED_FOR: Duration = Duration::from_mins(1);
/// How much news is told in one go.
const BATCH: usize = 256;

/// What became of an agent's answer.
#[derive(Debug)]
pub enum Answered {
    /// It is done.
    Done,
    /// The customer is not offered to the agent.
    NotOffered,
    /// The agent wanted the customer, but the customer's log refuses.
    Refused(RunError),
}

/// The agent takes the customer who is offered to them.
pub async fn accept(parts: &Parts, log: LogId, agent: &AgentId) -> Result<Answered, StoreError> {
    let Some(claim) = parts.store.accept_offer(log, agent, parts.clock.now()).await? else {
        return Ok(Answered::NotOffered);
    };
    let tenant = claim.item.tenant.clone();
    let settled = settle(parts, claim).await?;
    tell(parts).await?;
    match settled {
        Ok(()) => Ok(Answered::Done),
        Err(refused) => {
            match_agent(parts, &tenant, agent).await?;
            Ok(Answered::Refused(refused))
        }
    }
}

/// The agent does not take the customer who is offered to them: somebody else is asked at once.
pub async fn decline(parts: &Parts, log: LogId, agent: &AgentId) -> Result<Answered, StoreError> {
    let now = parts.clock.now();
    match parts.store.decline_offer(log, agent, now, now.plus(NOT_ASKED_FOR)).await? {
        Declined::Now(item) => {
            tell(parts).await?;
            match_queue(parts, &item.tenant, &item.queue).await?;
            // The agent has room for others, of this queue or another.
            match_agent(parts, &item.tenant, agent).await?;
            parts.dues.wake();
            Ok(Answered::Done)
        }
        Declined::Before => Ok(Answered::Done),
        Declined::NotOffered => Ok(Answered::NotOffered),
    }
}

/// Takes back the offers whose time is over: each customer is offered to somebody else at once.
pub(super) async fn expire(parts: &Parts, now: Timestamp) -> Result<(), StoreError> {
    loop {
        let over = parts.store.expire_offers(now, now.plus(NOT_ASKED_FOR), BATCH).await?;
        if over.is_empty() {
            return Ok(());
        }
        tell(parts).await?;
        for offer in over {
            match_queue(parts, &offer.item.tenant, &offer.item.queue).await?;
            // Whoever is away now may have been waited for in other queues.
            match_agent(parts, &offer.item.tenant, &offer.agent).await?;
        }
    }
}

/// Writes to agents' own logs what they have not been told yet.
pub(super) async fn tell(parts: &Parts) -> Result<(), StoreError> {
    tell_older(parts, Timestamp::from_millis(i64::MAX)).await
}

/// The same, for what happened before `before`. Where one agent's log fails, the others are told all the same, and that
/// agent later, from there on: news stay in their order. The first failure is told at the end.
pub(super) async fn tell_older(parts: &Parts, before: Timestamp) -> Result<(), StoreError> {
    loop {
        let news = parts.store.offer_news(before, BATCH).await?;
        let is_last = news.len() < BATCH;
        let (mut told, mut behind) = (Ok(()), HashSet::new());
        for news in news {
            let whose = (news.tenant.clone(), news.agent.clone());
            if behind.contains(&whose) {
                continue;
            }
            if let Err(error) = tell_one(parts, news).await {
                behind.insert(whose);
                told = told.and(Err(error));
            }
        }
        if is_last || told.is_err() {
            return told;
        }
    }
}

async fn tell_one(parts: &Parts, news: OfferNews) -> Result<(), StoreError> {
    let OfferNews { id, tenant, agent, log, conversation, what } = news;
    let log = LogRef(log);
    let body = match what {
        OfferChange::Made { until } => EntryBody::Offered { log, conversation, until },
        OfferChange::Ended { why, away } => EntryBody::OfferEnded { log, conversation, why, away },
    };
    let own = LogId::of_agent(&tenant, &agent);
    // News have numbers of their own. Nothing else is written to an agent's log with that log as its source.
    let source = (own, EntryNumber(id));
    let written = parts.store.append_to_agent(&tenant, &agent, source, body).await?;
    // Who wrote it before this may not have come to telling anybody.
    let number = written.unwrap_or(EntryNumber::START);
    parts.hub.committed(own, std::iter::once((number, Audience::AGENT)));
    parts.store.finish_offer_news(id).await
}

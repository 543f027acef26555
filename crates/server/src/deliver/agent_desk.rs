//! What an agent's desk is told of the agent rather than of a conversation held: offers, and their own state.

use frontdesk_api::native::feed::{FeedEvent, OfferEnd as WireOfferEnd, OfferEnded, Offered, StateChange};
use frontdesk_core::entry::OfferEnd;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Offer, StoreError};
use frontdesk_core::time::Timestamp;

use crate::deliver::agent_state::{after_call_work, wire_status};
use crate::deliver::native;
use crate::extract::AgentCaller;
use crate::parts::Parts;

/// One agent's desk.
#[derive(Debug)]
pub(super) struct Desk<'a> {
    parts: &'a Parts,
    caller: &'a AgentCaller,
}

impl<'a> Desk<'a> {
    pub(super) const fn new(parts: &'a Parts, caller: &'a AgentCaller) -> Self {
        Self { parts, caller }
    }

    /// What is offered to the agent at this moment.
    pub(super) async fn open_offers(&self) -> Result<Vec<FeedEvent>, StoreError> {
        let now = self.parts.clock.now();
        let mut events = Vec::new();
        for offer in self.offers().await? {
            events.extend(self.offer(&offer, now).await?);
        }
        Ok(events)
    }

    /// An offer, if it is still open: an answer to one that is not would only be refused.
    pub(super) async fn offered(&self, log: LogId, at: Timestamp) -> Result<Option<FeedEvent>, StoreError> {
        match self.offers().await?.iter().find(|offer| offer.item.log == log) {
            Some(offer) => self.offer(offer, at).await,
            None => Ok(None),
        }
    }

    /// The end of an offer, and what it made of the agent.
    pub(super) async fn offer_ended(
        &self,
        (log, conversation): (LogId, u64),
        why: OfferEnd,
        away: bool,
        at: Timestamp,
    ) -> Result<Vec<FeedEvent>, StoreError> {
        let reason = match why {
            OfferEnd::AcceptedElsewhere => WireOfferEnd::AcceptedElsewhere,
            OfferEnd::Declined => WireOfferEnd::Declined,
            OfferEnd::TimedOut => WireOfferEnd::TimedOut,
            OfferEnd::Withdrawn => WireOfferEnd::Withdrawn,
        };
        let conversation_id = native::conversation_id(self.parts, log, conversation);
        let at = at.as_millis();
        let mut events = vec![FeedEvent::OfferEnded(OfferEnded { at, conversation_id, reason })];
        if away {
            events.extend(self.state(at).await?);
        }
        Ok(events)
    }

    async fn offers(&self) -> Result<Vec<Offer>, StoreError> {
        self.parts.store.offers(&self.caller.tenant.tenant.id, &self.caller.agent.id).await
    }

    async fn offer(&self, offer: &Offer, at: Timestamp) -> Result<Option<FeedEvent>, StoreError> {
        let item = &offer.item;
        let Some(row) = self.parts.store.conversation(item.log, item.conversation).await? else {
            return Ok(None);
        };
        let conversation = native::conversation_with_last(self.parts, &row, &self.caller.agent.id).await?;
        let conversation_id = conversation.id.clone();
        let (at, until) = (at.as_millis(), offer.until.as_millis());
        Ok(Some(FeedEvent::Offered(Box::new(Offered { at, conversation_id, conversation, until }))))
    }

    /// How it stands with the agent now.
    pub(super) async fn state(&self, at: i64) -> Result<Option<FeedEvent>, StoreError> {
        let (tenant, agent) = (&self.caller.tenant.tenant.id, &self.caller.agent);
        let asked = self.parts.store.agent_states(tenant, std::slice::from_ref(&agent.id));
        let Some(state) = asked.await?.pop() else { return Ok(None) };
        let after_call_work = after_call_work(self.parts, tenant, &agent.id).await?;
        let (held, capacity) = (state.held.into(), agent.capacity.into());
        let (status, reason) = (wire_status(state.status), state.reason);
        Ok(Some(FeedEvent::State(StateChange { at, status, reason, held, capacity, after_call_work })))
    }

    /// The same after a conversation has ended, if there is still something to do.
    pub(super) async fn after_call(&self, log: LogId, at: i64) -> Result<Option<FeedEvent>, StoreError> {
        let (tenant, agent) = (&self.caller.tenant.tenant.id, &self.caller.agent.id);
        let work = self.parts.store.after_call_work(tenant, agent).await?;
        if work.iter().any(|(of, _)| *of == log) { self.state(at).await } else { Ok(None) }
    }
}

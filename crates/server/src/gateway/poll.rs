//! The event poll: one event at a time, and none is lost with its answer.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_api::agentgateway::event::{Event, EventContent, EventType};
use frontdesk_core::port::DeskChange;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::Desk;
use super::desk::{Told, Turn};
use super::events::rest;
use super::state::{event_of, state_of};
use crate::deliver::{AgentFeed, HeldPoll};
use crate::error::ApiError;
use crate::extract::AgentCaller;
use crate::listen::{Outcome, Settlement};
use crate::parts::Parts;

/// An event for a poll, and the right to take it away from the desk.
#[derive(Debug)]
pub struct Ready {
    /// The event.
    pub event: Event,
    desk: Arc<Desk>,
    turn: Turn,
}

impl Ready {
    /// Takes the event away from the desk once the answer with it has gone out; leaves it where it is if the answer was
    /// lost, so that the next poll gets it.
    pub fn settle(self, parts: &Parts, settlement: Settlement) {
        let Self { desk, mut turn, .. } = self;
        let worker = parts.clone();
        parts.tasks.spawn(async move {
            if settlement.await == Outcome::Lost {
                metrics::counter!("frontdesk_poll_answers_lost_total").increment(1);
                return;
            }
            turn.pending.pop_front();
            if let Err(error) = desk.store(&worker, &mut turn).await {
                // What was not written comes again after a start.
                tracing::warn!(%error, agent = %desk.agent, "how far a desk was told could not be written");
            }
        });
    }
}

impl Desk {
    /// Waits for an event; `None` if none came in time, a newer poll took over, or the node stops.
    pub async fn poll(
        self: &Arc<Self>,
        parts: &Parts,
        caller: &AgentCaller,
        hold: Duration,
    ) -> Result<Option<Ready>, ApiError> {
        self.polled(parts.clock.now());
        let wake = Arc::new(Notify::new());
        let poll = HeldPoll::new(Arc::clone(&wake));
        self.reader.hold(&poll);
        let outcome = self.wait(parts, caller, (&poll, &wake), Instant::now() + hold).await;
        self.reader.release(&poll);
        self.polled(parts.clock.now());
        if poll.is_superseded() && matches!(outcome, Ok(None)) {
            poll.dampen(&parts.shutdown).await;
        }
        outcome
    }

    async fn wait(
        self: &Arc<Self>,
        parts: &Parts,
        caller: &AgentCaller,
        (held, wake): (&HeldPoll, &Notify),
        deadline: Instant,
    ) -> Result<Option<Ready>, ApiError> {
        let mut turn = tokio::select! {
            turn = self.turn() => turn,
            // What became of the answer before is still unknown, or a newer poll waits for it too.
            () = tokio::time::sleep_until(deadline) => return Ok(None),
            () = wake.notified() => return Ok(None),
        };
        self.attach(parts, &mut turn).await?;
        loop {
            if held.is_superseded() {
                return Ok(None);
            }
            turn.pending.extend(self.take_own());
            if let Some(event) = turn.pending.front().cloned() {
                return Ok(Some(Ready { event, desk: Arc::clone(self), turn }));
            }
            self.store(parts, &mut turn).await?;
            if Instant::now() >= deadline || parts.shutdown.is_cancelled() {
                return Ok(None);
            }
            let cursor = turn.cursor.clone();
            let feed = match AgentFeed::resume(parts, caller, cursor.as_deref()).await {
                // It was made for another life of the store.
                Err(ApiError::CursorInvalid) => AgentFeed::resume(parts, caller, None).await?,
                feed => feed?,
            };
            let feed = feed.without_queues();
            let left = deadline.saturating_duration_since(Instant::now());
            tokio::select! {
                answer = feed.next(left) => {
                    let answer = answer?;
                    let mut events = self.translate(parts, answer.events).await?;
                    if events.is_empty() {
                        // After-call work ends by itself, and nothing tells of it.
                        events.extend(self.changed_state(parts).await?);
                    }
                    turn.pending.extend(events);
                    turn.is_ahead |= turn.cursor.as_ref() != Some(&answer.cursor);
                    turn.cursor = Some(answer.cursor);
                }
                () = self.news.notified() => {}
                () = wake.notified() => {}
            }
        }
    }

    /// Reads what the store knows of the desk, if this node has not heard of it before.
    async fn attach(&self, parts: &Parts, told: &mut Told) -> Result<(), ApiError> {
        if told.is_attached {
            return Ok(());
        }
        let row = parts.store.gateway_desk(&self.tenant, &self.agent).await?.ok_or(ApiError::Unauthorized)?;
        self.wants(row.most_calls);
        told.cursor.clone_from(&row.cursor);
        // What was told of the state just before is not known.
        told.pending.extend(self.changed_state(parts).await?);
        told.is_attached = true;
        Ok(())
    }

    /// Writes down how far the desk was told, once it has received everything up to there.
    async fn store(&self, parts: &Parts, told: &mut Told) -> Result<(), ApiError> {
        if !told.is_ahead || !told.pending.is_empty() {
            return Ok(());
        }
        if let Some(cursor) = told.cursor.clone() {
            parts.store.change_gateway_desk(&self.tenant, &self.agent, DeskChange::Cursor(cursor)).await?;
        }
        told.is_ahead = false;
        Ok(())
    }

    /// What there is to tell of the agent's state, if it became another one.
    pub(super) async fn changed_state(&self, parts: &Parts) -> Result<Option<Event>, ApiError> {
        let row = parts.store.gateway_desk(&self.tenant, &self.agent).await?;
        let Some(row) = row else { return Ok(None) };
        let (state, reason) = state_of(parts, &self.tenant, &self.agent, &row).await?;
        let event = event_of(self.knows(Some(state)), state);
        let is_rest = event == Some(EventType::SetRest);
        let content = if is_rest { rest(reason) } else { EventContent::Nothing };
        Ok(event.map(|event| self.event(event, content, parts.clock.now())))
    }
}

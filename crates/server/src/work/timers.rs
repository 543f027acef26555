//! Does what it is time for in conversations: ends those whose time is up, moves on who waits for long, tells and warns.

use std::time::Duration;

use frontdesk_core::conversation::{Clocks, Command, TimerRules, next_deadline};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Customer, LogView, Rearm, StoreError};
use frontdesk_core::time::Timestamp;
use futures_util::StreamExt as _;

use crate::engine::RunError;
use crate::parts::Parts;

/// How many logs are looked at in one go.
const BATCH: usize = 512;
/// How old the note of another node that a customer is there may be: it is written every 30 s, of a poll when it begins and
/// when it ends.
const NOTED_ELSEWHERE: Duration = Duration::from_secs(90);
/// How many of them at a time.
const AT_A_TIME: usize = 32;

/// Looks at the logs whose timer has run out, and sets their timers anew. One that fails is left for the next time; it
/// keeps nobody else waiting.
pub(super) async fn run_due(parts: Parts) -> Result<(), StoreError> {
    loop {
        let due = parts.store.due(parts.clock.now(), BATCH).await?;
        let full = due.len() == BATCH;
        // Several at a time, so that their commits share one sync of the disk.
        let checked: Vec<Result<Rearm, StoreError>> = futures_util::stream::iter(due)
            .map(|(log, was)| {
                let parts = &parts;
                async move { Ok::<_, StoreError>(Rearm { log, was, next: check(parts, log).await? }) }
            })
            .buffer_unordered(AT_A_TIME)
            .collect()
            .await;
        let (mut again, mut first) = (Vec::with_capacity(checked.len()), None);
        for rearm in checked {
            match rearm {
                Ok(rearm) => again.push(rearm),
                Err(error) => {
                    first.get_or_insert(error);
                }
            }
        }
        if !again.is_empty() {
            parts.store.rearm(again).await?;
        }
        if let Some(error) = first {
            return Err(error);
        }
        if !full || parts.shutdown.is_cancelled() {
            return Ok(());
        }
    }
}

/// Does what it is time for, and says when to look again. What was written has set the timer, but perhaps to the very
/// moment that ran out: an agent who gets the conversation in the next commit sets it by when this node last saw the customer,
/// as the commit before may have done. So it is not taken away for being what it was.
async fn check(parts: &Parts, log: LogId) -> Result<Option<Timestamp>, StoreError> {
    let Some(view) = parts.store.load(log).await? else { return Ok(None) };
    if view.state.open().is_none() {
        return Ok(None);
    }
    let clocks = clocks(parts, log, &view.customer).await?;
    // What becomes due from here on has not been looked at.
    let now = parts.clock.now();
    match parts.run(log, Command::CheckTimers(clocks)).await {
        Ok(done) => {
            let view = if done.written.is_some() { parts.store.load(log).await? } else { Some(view) };
            Ok(view.and_then(|view| deadline(parts, &view, clocks, now)))
        }
        Err(RunError::Refused(_) | RunError::NoCustomer | RunError::KeyReused) => Ok(None),
        Err(RunError::Store(error)) => Err(error),
    }
}

fn deadline(parts: &Parts, view: &LogView, clocks: Clocks, now: Timestamp) -> Option<Timestamp> {
    let directory = parts.directory.load();
    let channel = directory.channel(&view.customer.tenant, &view.customer.channel)?;
    let queues = &directory.tenant(&view.customer.tenant)?.queues;
    next_deadline(&view.state, clocks, TimerRules { channel, queues, now })
}

/// Since this node started nobody can have been silent for longer than it runs.
async fn clocks(parts: &Parts, log: LogId, customer: &Customer) -> Result<Clocks, StoreError> {
    let now = parts.clock.now();
    // A customer whose poll is held is there all the while, and so is one who can be pushed to.
    let in_memory = parts
        .hub
        .known(log)
        .and_then(|watched| if watched.held_polls() > 0 { Some(now) } else { watched.last_seen() });
    let reached = parts.push.reached(&customer.tenant, &customer.channel, log, now);
    let seen = match in_memory {
        Some(seen) if !parts.nodes.has_others() => seen,
        // Another node may have held a poll of theirs ever since it last noted that they are there.
        Some(seen) => {
            let noted = parts.store.last_seen(log).await?.unwrap_or_default();
            seen.max(noted.plus(NOTED_ELSEWHERE).min(now))
        }
        None if parts.nodes.has_others() => {
            let noted = parts.store.last_seen(log).await?.unwrap_or_default();
            noted.plus(NOTED_ELSEWHERE).min(now).max(parts.started)
        }
        None => parts.store.last_seen(log).await?.unwrap_or_default().max(parts.started),
    };
    let said = parts.store.last_said(log).await?.unwrap_or_default();
    let answered = parts.store.last_answered(log).await?.unwrap_or_default();
    Ok(Clocks { seen: seen.max(reached.unwrap_or_default()), said, answered })
}

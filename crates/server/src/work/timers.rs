//! Ends conversations whose time is up.

use frontdesk_core::conversation::{Clocks, Command, next_deadline};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Customer, LogView, Rearm, StoreError};
use frontdesk_core::time::Timestamp;

use crate::engine::RunError;
use crate::parts::Parts;

/// How many logs are looked at in one go.
const BATCH: usize = 512;

/// Looks at the logs whose timer has run out: either the conversation ends, or the timer is set anew.
pub(super) async fn run_due(parts: Parts) -> Result<(), StoreError> {
    loop {
        let due = parts.store.due(parts.clock.now(), BATCH).await?;
        let full = due.len() == BATCH;
        let mut again = Vec::with_capacity(due.len());
        for (log, was) in due {
            let next = check(&parts, log).await?;
            again.push(Rearm { log, was, next });
        }
        if !again.is_empty() {
            parts.store.rearm(again).await?;
        }
        if !full || parts.shutdown.is_cancelled() {
            return Ok(());
        }
    }
}

/// Ends the conversation if its time is up; otherwise says when to look again.
async fn check(parts: &Parts, log: LogId) -> Result<Option<Timestamp>, StoreError> {
    let Some(view) = parts.store.load(log).await? else { return Ok(None) };
    if view.state.open().is_none() {
        return Ok(None);
    }
    let clocks = clocks(parts, log, &view.customer).await?;
    match parts.run(log, Command::CheckTimers(clocks)).await {
        Ok(done) if done.written.is_some() => Ok(None),
        Ok(_) => Ok(deadline(parts, &view, clocks)),
        Err(RunError::Refused(_) | RunError::NoCustomer | RunError::KeyReused) => Ok(None),
        Err(RunError::Store(error)) => Err(error),
    }
}

fn deadline(parts: &Parts, view: &LogView, clocks: Clocks) -> Option<Timestamp> {
    let directory = parts.directory.load();
    let channel = directory.channel(&view.customer.tenant, &view.customer.channel)?;
    next_deadline(&view.state, clocks, channel)
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
        Some(seen) => seen,
        None => parts.store.last_seen(log).await?.unwrap_or_default().max(parts.started),
    };
    let said = parts.store.last_said(log).await?.unwrap_or_default();
    Ok(Clocks { seen: seen.max(reached.unwrap_or_default()), said })
}

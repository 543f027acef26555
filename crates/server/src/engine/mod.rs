//! Carries commands out: loads a log, lets the rules decide, commits, and sees to what follows.

mod context;
mod overtaken;
mod uncertain;

use std::sync::Arc;

use frontdesk_core::conversation::{
    Clocks, Command, Decision, Outcome, Refusal, Seen, decide, next_deadline,
};
use frontdesk_core::entry::{Audience, EntryBody};
use frontdesk_core::id::AgentId;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{
    Commit, CommitError, Committed, Hint, Idempotency, LogView, Repeated, StoreError,
};
use frontdesk_core::time::Timestamp;
use sha2::{Digest, Sha256};

use crate::parts::Parts;
use crate::waiting_lists::Moves;
use crate::work;

use context::Context;

/// How often a command is decided anew when others keep changing the same log. Each conflict means that somebody else
/// got ahead, so running out of attempts is a sign of abuse.
const ATTEMPTS: usize = 32;

/// A command that was carried out.
#[derive(Debug)]
pub struct Done {
    /// What the one who asked is told.
    pub outcome: Outcome,
    /// What was written; `None` if nothing had to be.
    pub written: Option<Committed>,
    /// The first entry that was written, now or when the same was asked for before.
    pub first: Option<EntryNumber>,
    /// The log's owner and its state before.
    pub view: Arc<LogView>,
}

/// Why a command was not carried out. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The rules refuse it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Nobody registered the log, or its channel is gone.
    #[error("no such customer")]
    NoCustomer,
    /// A request with the same key asked for something else.
    #[error("the key was used for another request")]
    KeyReused,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a sender can repeat a request by.
#[derive(Clone, Debug)]
pub struct RepeatKey {
    /// The sender's key.
    pub key: String,
    /// Hash of what must be the same when it is repeated.
    pub fingerprint: [u8; 32],
}

impl RepeatKey {
    /// A key, and what must be the same when it is repeated.
    pub fn new(key: String, compared: &[&str]) -> Self {
        let mut hasher = Sha256::new();
        for part in compared {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        Self { key, fingerprint: hasher.finalize().into() }
    }

    /// The key of something that an agent writes. No agent's id has a line break, so no two agents share one.
    pub fn of_agent(agent: &AgentId, what: &str, id: &str, compared: &[&str]) -> Self {
        Self::new(format!("{what}\n{agent}\n{id}"), compared)
    }
}

impl Parts {
    /// Carries a command out on a customer's log.
    pub async fn run(&self, log: LogId, command: Command) -> Result<Done, RunError> {
        self.run_once(log, command, None).await
    }

    /// Carries a command out, once for each key: repeated, it gives the same answer and does nothing.
    pub async fn run_once(
        &self,
        log: LogId,
        command: Command,
        repeat: Option<RepeatKey>,
    ) -> Result<Done, RunError> {
        self.run_seen(log, command, repeat, None).await
    }

    /// What became of a command when it was carried out before.
    pub async fn done_before(
        &self,
        log: LogId,
        repeat: Option<&RepeatKey>,
    ) -> Result<Option<Done>, RunError> {
        let Some(repeat) = repeat else { return Ok(None) };
        let Some(before) = self.store.repeated(log, &repeat.key).await? else { return Ok(None) };
        let view = self.store.load(log).await?.ok_or(RunError::NoCustomer)?;
        answer_again(view, &before, repeat).map(Some)
    }

    /// Carries a command out, once for each key, unless a colleague was faster than the agent who had seen so much.
    pub async fn run_seen(
        &self,
        log: LogId,
        command: Command,
        repeat: Option<RepeatKey>,
        seen: Option<Seen>,
    ) -> Result<Done, RunError> {
        if let Some(done) = self.done_before(log, repeat.as_ref()).await? {
            return Ok(done);
        }
        let mut command = command;
        for attempt in 0..ATTEMPTS {
            let view = self.store.load(log).await?.ok_or(RunError::NoCustomer)?;
            if attempt == 0 {
                let directory = self.directory.load();
                let tenant = directory.tenant(&view.customer.tenant).ok_or(RunError::NoCustomer)?;
                command = tenant.masker.command(command);
            }
            let context = Context::gather(self, log, &view, &command).await?;
            let completed = context.complete(self, &view, command.clone()).await?;
            let decided = decide(&view.state, completed, &context.facts())?;
            let Some(mut decision) = decided.decision else {
                return Ok(Done {
                    outcome: decided.outcome,
                    written: None,
                    first: None,
                    view: Arc::new(view),
                });
            };
            if let Some(seen) = &seen {
                decision.unless_newer = Some(self.not_overtaken(log, seen).await?);
            }
            let mark = context.mark(&decision);
            let commit = Commit {
                log,
                version: view.state.version,
                timer: self.timer_after(log, &view, &command, &decision, &context),
                idempotency: repeat.as_ref().map(|repeat| Idempotency {
                    key: repeat.key.clone(),
                    fingerprint: repeat.fingerprint,
                    outcome: decided.outcome,
                }),
                decision,
                mark,
            };
            match self.carry_out(commit, &view).await {
                Ok(committed) => {
                    let (first, written) = (Some(committed.first), Some(committed));
                    return Ok(Done { outcome: decided.outcome, written, first, view: Arc::new(view) });
                }
                Err(CommitError::Conflict) => {}
                Err(CommitError::NoLog) => return Err(RunError::NoCustomer),
                Err(CommitError::Repeated(before)) => {
                    return repeat
                        .map_or(Err(RunError::KeyReused), |repeat| answer_again(view, &before, &repeat));
                }
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(StoreError::Busy.into())
    }

    /// Commits, tells those who wait, and sees to what follows. It is a task of its own: whoever asked may go away in
    /// the middle, and what was written and not announced would be seen by nobody until the next entry.
    async fn carry_out(&self, commit: Commit, view: &LogView) -> Result<Committed, CommitError> {
        let (parts, customer) = (self.clone(), view.customer.clone());
        let moves = commit.decision.state.as_ref().map(|after| Moves::between(&view.state, after));
        let task = self.tasks.spawn(async move {
            let log = commit.log;
            let audiences: Vec<Audience> = commit.decision.entries.iter().map(EntryBody::audience).collect();
            let is_pushed = commit.mark.is_some();
            let committed = match parts.store.commit(commit).await {
                Ok(committed) => committed,
                Err(error) => {
                    if let Some(within) = uncertain::may_be_written(&error) {
                        parts.tasks.spawn(uncertain::tell(parts.clone(), log, customer, is_pushed, within));
                    }
                    return Err(error);
                }
            };
            let numbers = (committed.first.0..).map(EntryNumber);
            parts.hub.committed(log, numbers.zip(audiences));
            if is_pushed {
                let (tenant, channel) = (customer.tenant.clone(), customer.channel.clone());
                parts.push.wake(&tenant, &channel, log);
                parts.nodes.tell(Hint::Push { tenant, channel, log });
            }
            work::follow(&parts, &customer, committed.intents.clone()).await;
            parts.waiting_lists.moved(&customer.tenant, log, moves.unwrap_or_default());
            Ok(committed)
        });
        task.await.unwrap_or_else(|error| Err(StoreError::Failed(error.to_string()).into()))
    }

    /// When a log must be looked at again after a change of its state, or after a word that an agent is to answer in
    /// time. Unless the clocks are at hand, the customer is taken to have spoken just now, and nobody to have answered:
    /// the check itself asks the log, and comes often enough because silence runs out first.
    fn timer_after(
        &self,
        log: LogId,
        view: &LogView,
        command: &Command,
        decision: &Decision,
        context: &Context,
    ) -> Option<Timestamp> {
        let is_to_be_answered = || {
            matches!(command, Command::Chat { .. })
                && context.channel.patience.agent_inactivity().is_some()
                && view.state.agent().is_some()
        };
        let state = match &decision.state {
            // A survey and its answer are no sign of either side: what ran out before runs out as before.
            Some(_) if matches!(command, Command::RateAgent(_) | Command::AskSurvey { .. }) => return None,
            Some(state) => state,
            None if is_to_be_answered() => &view.state,
            None => return None,
        };
        let clocks = if let Command::CheckTimers(clocks) = command {
            *clocks
        } else {
            let seen = self.hub.known(log).and_then(|watched| watched.last_seen());
            Clocks { seen: seen.unwrap_or(context.now), said: context.now, answered: Timestamp::ZERO }
        };
        next_deadline(state, clocks, context.timer_rules())
    }
}

fn answer_again(view: LogView, before: &Repeated, repeat: &RepeatKey) -> Result<Done, RunError> {
    if before.fingerprint != repeat.fingerprint {
        return Err(RunError::KeyReused);
    }
    let first = Some(before.first).filter(|first| *first > EntryNumber::START);
    Ok(Done { outcome: before.outcome, written: None, first, view: Arc::new(view) })
}

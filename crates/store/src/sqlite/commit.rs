//! Writing a decision.

use std::sync::Arc;

use frontdesk_core::conversation::{Intent, LogState};
use frontdesk_core::id::AgentId;
use frontdesk_core::labels::Labels;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{
    Commit, CommitError, Committed, Idempotency, PendingIntent, Purpose, Repeated, StoreError,
};
use frontdesk_core::time::Timestamp;
use rusqlite::params;

use crate::error::Worked;
use crate::sqlite::conversations::{self, Change};
use crate::sqlite::entries::{self, NewEntry};
use crate::sqlite::snapshot::{Snapshot, Tail};
use crate::sqlite::value::{stored, words};
use crate::sqlite::writer::Tx;
use crate::sqlite::{intents, labels, logs, pending, repeats, timers};

/// A commit with everything already put into words, so that the writer thread does not have to.
pub(super) struct Prepared {
    log: LogId,
    version: u64,
    conversation: u64,
    entries: Vec<NewEntry>,
    amend: Option<(EntryNumber, String)>,
    unless_newer: Option<EntryNumber>,
    label: Option<(Labels, String)>,
    mentioned: Vec<AgentId>,
    is_afterthought: bool,
    state: Option<(LogState, String)>,
    intents: Vec<(Intent, String)>,
    timer: Option<Timestamp>,
    idempotency: Option<(Idempotency, String)>,
    mark: Option<Purpose>,
}

/// Why nothing was written, other than failure.
pub(super) enum Refused {
    Conflict,
    NoLog,
    Repeated(Repeated),
}

impl From<Refused> for CommitError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Conflict => Self::Conflict,
            Refused::NoLog => Self::NoLog,
            Refused::Repeated(repeated) => Self::Repeated(repeated),
        }
    }
}

fn with_words<T: serde::Serialize>(value: T) -> Result<(T, String), StoreError> {
    let text = words(&value)?;
    Ok((value, text))
}

impl Prepared {
    pub(super) fn new(commit: Commit) -> Result<Self, StoreError> {
        let Commit { log, version, decision, timer, idempotency, mark } = commit;
        let entries = decision.entries.into_iter().map(NewEntry::new).collect::<Result<_, _>>()?;
        let amend = match decision.amend {
            Some((number, body)) => Some((number, words(&body)?)),
            None => None,
        };
        let state = match decision.state {
            Some(state) => Some(with_words(state)?),
            None => None,
        };
        let intents = decision.intents.into_iter().map(with_words).collect::<Result<_, _>>()?;
        let idempotency = match idempotency {
            Some(key) => {
                let outcome = words(&key.outcome)?;
                Some((key, outcome))
            }
            None => None,
        };
        let label = match decision.labels {
            Some(labels) => Some(with_words(labels)?),
            None => None,
        };
        Ok(Self {
            log,
            version,
            conversation: decision.conversation,
            entries,
            amend,
            unless_newer: decision.unless_newer,
            label,
            mentioned: decision.mentioned,
            is_afterthought: decision.is_afterthought,
            state,
            intents,
            timer,
            idempotency,
            mark,
        })
    }

    /// A chat message is one row. Whatever writes more needs a savepoint.
    fn is_single_row(&self, tail: &Tail) -> bool {
        self.entries.len() == 1
            && self.amend.is_none()
            && self.label.is_none()
            && self.mentioned.is_empty()
            && !self.is_afterthought
            && self.state.is_none()
            && self.intents.is_empty()
            && self.timer.is_none()
            && self.idempotency.is_none()
            && self.mark.is_none()
            && !tail.wants_summary()
    }
}

/// Writes a decision if the log is still in the state that it was made for.
pub(super) fn commit(tx: &mut Tx<'_>, commit: Prepared) -> Worked<Result<Committed, Refused>> {
    let Some(before) = tx.log(commit.log)? else { return Ok(Err(Refused::NoLog)) };
    if before.owner.is_none() {
        return Ok(Err(Refused::NoLog));
    }
    let now = tx.now();
    if let Some((key, _)) = &commit.idempotency {
        let day = repeats::day_of(now, &before.tail);
        if let Some(repeated) = repeats::find(tx.connection(), before.key, day, &key.key)? {
            return Ok(Err(Refused::Repeated(repeated)));
        }
    }
    let is_overtaken = commit.unless_newer.is_some_and(|seen| before.tail.number > seen);
    if before.state.version != commit.version || is_overtaken {
        return Ok(Err(Refused::Conflict));
    }
    if !commit.is_single_row(&before.tail) {
        tx.begin()?;
    }
    let (committed, after) = write(tx, commit, &before, now)?;
    if let Some((log, after)) = after {
        tx.stage(log, after);
    }
    Ok(Ok(committed))
}

type After = Option<(LogId, Snapshot)>;

fn write(
    tx: &mut Tx<'_>,
    commit: Prepared,
    before: &Arc<Snapshot>,
    now: Timestamp,
) -> Worked<(Committed, After)> {
    let first = EntryNumber(before.tail.number.0 + 1);
    let mut after = Snapshot::clone(before);
    let mut times = Vec::with_capacity(commit.entries.len());
    for entry in commit.entries {
        times.push(entries::append(tx, &mut after, now, commit.conversation, entry)?);
    }
    if let Some((number, text)) = &commit.amend {
        entries::amend(tx, &mut after, *number, text)?;
    }
    if let Some((key, outcome)) = &commit.idempotency {
        repeats::remember(tx, before.key, repeats::day_of(now, &before.tail), key, (outcome, first))?;
    }
    match commit.state {
        Some((state, text)) => {
            let state = Arc::new(state);
            conversations::follow(
                tx,
                &Change { before, state: &state, first, last: after.tail.number, at: after.tail.at },
            )?;
            if state.open().is_none() {
                timers::clear(tx, before.key)?;
            }
            after.state = state;
            logs::write_state(tx, &mut after, &text)?;
        }
        None if after.tail.wants_summary() => logs::write_summary(tx, &mut after)?,
        None => {}
    }
    let labelled = (&**before, commit.conversation);
    if let Some((what, text)) = &commit.label {
        labels::put(tx, labelled, what, text)?;
    }
    labels::mention(tx, labelled, &commit.mentioned)?;
    if commit.is_afterthought {
        conversations::extend(tx, labelled, after.tail.number)?;
    }
    if let Some(purpose) = commit.mark {
        pending::mark(tx, commit.log, before, purpose)?;
    }
    if let Some(due) = commit.timer.filter(|_| after.state.open().is_some()) {
        timers::set(tx, before.key, due)?;
    }
    let mut promised = Vec::with_capacity(commit.intents.len());
    for (intent, text) in commit.intents {
        let id = intents::store(tx, before.key, first, now, &text)?;
        promised.push(PendingIntent { id, log: commit.log, number: first, intent });
    }
    let committed = Committed { first, life: tx.life(), times, intents: promised };
    Ok((committed, Some((commit.log, after))))
}

/// Writes to an agent's own log, unless that was done before.
pub(super) fn append_to_agent(
    tx: &mut Tx<'_>,
    log: LogId,
    source: (LogId, EntryNumber),
    entry: NewEntry,
) -> Worked<Option<EntryNumber>> {
    tx.begin()?;
    let mut after = match tx.log(log)? {
        Some(before) => Snapshot::clone(&before),
        None => logs::insert_agent_log(tx, log)?,
    };
    let number = EntryNumber(after.tail.number.0 + 1);
    let is_new = tx.execute(
        "INSERT INTO agent_source (log_key, source_log, source_number, number) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO NOTHING",
        params![after.key, source.0.as_bytes(), stored(source.1.0), stored(number.0)],
    )?;
    if is_new == 0 {
        return Ok(None);
    }
    let now = tx.now();
    entries::append(tx, &mut after, now, 0, entry)?;
    logs::write_summary(tx, &mut after)?;
    tx.stage(log, after);
    Ok(Some(number))
}

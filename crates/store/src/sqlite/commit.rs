//! Writing a decision.

use std::sync::Arc;

use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Committed, PendingIntent};
use frontdesk_core::time::Timestamp;
use rusqlite::params;

use crate::error::Worked;
pub(super) use crate::prepared::{Prepared, Refused};
use crate::sqlite::conversations::{self, Change};
use crate::sqlite::entries::{self, NewEntry};
use crate::sqlite::snapshot::Snapshot;
use crate::sqlite::value::stored;
use crate::sqlite::writer::Tx;
use crate::sqlite::{intents, labels, logs, pending, repeats, timers};

/// A chat message is one row. Whatever writes more needs a savepoint.
fn is_single_row(commit: &Prepared, before: &Snapshot) -> bool {
    commit.entries.len() == 1
        && commit.amend.is_none()
        && commit.label.is_none()
        && commit.mentioned.is_empty()
        && !commit.is_afterthought
        && commit.state.is_none()
        && commit.intents.is_empty()
        && commit.timer.is_none()
        && commit.idempotency.is_none()
        && commit.mark.is_none()
        && before.marks.are_all()
        && !before.tail.wants_summary()
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
    if !is_single_row(&commit, &before) {
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
    let is_news = !commit.entries.is_empty();
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
    if is_news {
        pending::mark_standing(tx, commit.log, before, &mut after)?;
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

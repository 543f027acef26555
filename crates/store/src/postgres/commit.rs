//! Writing a decision.

use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Committed, PendingIntent, Purpose, Repeated};
use frontdesk_core::time::Timestamp;
use futures_util::future::join;
use futures_util::try_join;

use crate::new_entry::{NewEntry, Said};
use crate::postgres::conversations::{self, Step};
use crate::postgres::fault::Worked;
use crate::postgres::log_row::{self, LogRow};
use crate::postgres::transaction::Tx;
use crate::postgres::usage::Change;
use crate::postgres::value::{params, stored};
use crate::postgres::{intents, labels, pending, repeats, timers};
use crate::prepared::{Prepared, Refused};

/// Writes a decision if the log is still in the state that it was made for.
pub(super) async fn commit(tx: &Tx, commit: &Prepared) -> Worked<Result<Committed, Refused>> {
    // Together, in this order: what is looked for is looked for once the log is locked.
    tx.ready(log_row::LOCK).await?;
    let (before, last) = join(log_row::lock(tx, commit.log), last_answer(tx, commit)).await;
    let Some(before) = before?.filter(|before| before.owner.is_some()) else {
        return Ok(Err(Refused::NoLog));
    };
    let now = tx.now().await?;
    if let Some(repeated) = repeats::on(repeats::day_of(now, before.tail.at), last?) {
        return Ok(Err(Refused::Repeated(repeated)));
    }
    let is_overtaken = commit.unless_newer.is_some_and(|seen| before.tail.number > seen);
    if before.state.version != commit.version || is_overtaken {
        return Ok(Err(Refused::Conflict));
    }
    write(tx, commit, &before, now).await.map(Ok)
}

async fn last_answer(tx: &Tx, commit: &Prepared) -> Worked<Option<(i64, Repeated)>> {
    match &commit.idempotency {
        Some((key, _)) => repeats::last(tx, commit.log, &key.key).await,
        None => Ok(None),
    }
}

async fn write(tx: &Tx, commit: &Prepared, before: &LogRow, now: Timestamp) -> Worked<Committed> {
    let first = EntryNumber(before.tail.number.0 + 1);
    let mut after = before.clone();
    let times = grow(&mut after, now, &commit.entries);
    // Statements on different tables, sent together.
    let ((), (), (), (), ids) = try_join!(
        append(tx, &after, first, (commit.conversation, &commit.entries), &times),
        amend(tx, before, commit.amend.as_ref()),
        mark(tx, commit, before),
        remember(tx, commit, before, (first, now)),
        intents::store(tx, before, (first, now), &commit.intents),
    )?;
    // These build on one another.
    if let Some((state, text)) = &commit.state {
        let step = Step { before, state, first, last: after.tail.number, at: after.tail.at };
        follow(tx, &step, text).await?;
    }
    let labelled = (commit.log, commit.conversation);
    if let Some((what, text)) = &commit.label {
        labels::put(tx, labelled, what, text).await?;
    }
    labels::mention(tx, labelled, &commit.mentioned).await?;
    if commit.is_afterthought {
        conversations::extend(tx, labelled, after.tail.number).await?;
    }
    let is_open = commit.state.as_ref().map_or(&before.state, |(state, _)| state).open().is_some();
    if let (Some(owner), Some(due)) = (&before.owner, commit.timer.filter(|_| is_open)) {
        timers::set(tx, commit.log, &owner.tenant, due).await?;
    }
    let intents = ids.into_iter().zip(&commit.intents).map(|(id, (intent, _))| PendingIntent {
        id,
        log: commit.log,
        number: first,
        intent: intent.clone(),
    });
    Ok(Committed { first, life: tx.life(), times, intents: intents.collect() })
}

/// Writes a log's new state, and what follows from it.
async fn follow(tx: &Tx, step: &Step<'_>, text: &str) -> Worked<()> {
    let log = step.before.id;
    let state = async {
        tx.execute(
            "UPDATE log SET version = $2, state = $3 WHERE id = $1",
            params![log.as_bytes(), stored(step.state.version), text],
        )
        .await
    };
    let timer = async { if step.state.open().is_none() { timers::clear(tx, log).await } else { Ok(()) } };
    try_join!(state, timer, conversations::follow(tx, step)).map(|_| ())
}

async fn remember(
    tx: &Tx,
    commit: &Prepared,
    before: &LogRow,
    (first, now): (EntryNumber, Timestamp),
) -> Worked<()> {
    let Some((key, outcome)) = &commit.idempotency else { return Ok(()) };
    let day = repeats::day_of(now, before.tail.at);
    repeats::remember(tx, commit.log, day, key, (outcome, first)).await
}

/// Marks the log for those who read on in the background.
async fn mark(tx: &Tx, commit: &Prepared, before: &LogRow) -> Worked<()> {
    let mut purposes = Vec::new();
    if !commit.entries.is_empty() {
        purposes.extend(Purpose::STANDING);
    }
    purposes.extend(commit.mark);
    pending::mark(tx, before, &purposes).await
}

/// Makes a log as long as it will be; tells when each entry is written.
pub(super) fn grow(log: &mut LogRow, now: Timestamp, entries: &[NewEntry]) -> Vec<Timestamp> {
    let note = |entry: &NewEntry| log.tail.append(now, entry.audience, Said::of(&entry.body, entry.audience));
    entries.iter().map(note).collect()
}

const APPEND: &str = "INSERT INTO entry (log, number, at, conversation, audience, said, life, body)
     SELECT $1, $2 + nth - 1, at, $3, audience, said, $4, body
     FROM unnest($5::bigint[], $6::bigint[], $7::bigint[], $8::text[])
         WITH ORDINALITY AS new (at, audience, said, body, nth)";

/// The same on the node of the log, without fetching anything from there.
const APPEND_THERE: &str = "INSERT INTO entry (log, number, at, conversation, audience, said, life, body)
     SELECT log.id, $2 + new.nth - 1, new.at, $3, new.audience, new.said, $4, new.body
     FROM unnest($5::bigint[], $6::bigint[], $7::bigint[], $8::text[])
         WITH ORDINALITY AS new (at, audience, said, body, nth) JOIN log ON log.id = $1";

/// Writes entries at the end of a log that is locked, and where it ends with them.
async fn append(
    tx: &Tx,
    after: &LogRow,
    first: EntryNumber,
    (conversation, entries): (u64, &[NewEntry]),
    times: &[Timestamp],
) -> Worked<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let at: Vec<i64> = times.iter().map(|time| time.as_millis()).collect();
    let audiences: Vec<i64> = entries.iter().map(|entry| i64::from(entry.audience.bits())).collect();
    let said: Vec<i64> = entries.iter().map(|entry| Said::of(&entry.body, entry.audience).stored()).collect();
    let bodies: Vec<&str> = entries.iter().map(|entry| entry.text.as_str()).collect();
    let insert = async {
        tx.execute(
            tx.either(APPEND, APPEND_THERE),
            params![
                after.id.as_bytes(),
                stored(first.0),
                stored(conversation),
                stored(tx.life().0),
                at,
                audiences,
                said,
                bodies,
            ],
        )
        .await
    };
    try_join!(insert, log_row::write_tail(tx, after))?;
    if let Some(owner) = &after.owner {
        let bytes = entries.iter().map(NewEntry::len).sum::<usize>() as u64;
        tx.count(&owner.tenant, Change::entries(0, bytes));
    }
    Ok(())
}

/// Writes another body in the place of an entry's.
pub(super) async fn amend(tx: &Tx, log: &LogRow, amended: Option<&(EntryNumber, String)>) -> Worked<()> {
    let Some((number, text)) = amended else { return Ok(()) };
    let amended = tx
        .first(
            "WITH before AS (
                 SELECT CAST(octet_length(body) AS BIGINT) AS length FROM entry WHERE log = $1 AND number = $2)
             UPDATE entry SET body = $3 FROM before WHERE log = $1 AND number = $2 RETURNING before.length",
            params![log.id.as_bytes(), stored(number.0), text],
        )
        .await?;
    if let (Some(row), Some(owner)) = (amended, &log.owner) {
        let before = crate::postgres::value::number(&row, "length")?;
        tx.count(&owner.tenant, Change::entries(before, text.len() as u64));
    }
    Ok(())
}

/// Writes to an agent's own log, unless that was done before.
pub(super) async fn append_to_agent(
    tx: &Tx,
    log: LogId,
    source: (LogId, EntryNumber),
    entry: &NewEntry,
) -> Worked<Option<EntryNumber>> {
    let mut locked = log_row::lock(tx, log).await?;
    if locked.is_none() {
        let sql = "INSERT INTO log (id) VALUES ($1) ON CONFLICT DO NOTHING";
        tx.execute(sql, params![log.as_bytes()]).await?;
        locked = log_row::lock(tx, log).await?;
    }
    let Some(mut locked) = locked else { return Ok(None) };
    let number = EntryNumber(locked.tail.number.0 + 1);
    let is_new = tx
        .execute(
            "INSERT INTO agent_source (log, source_log, source_number, number) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
            params![log.as_bytes(), source.0.as_bytes(), stored(source.1.0), stored(number.0)],
        )
        .await?;
    if is_new == 0 {
        return Ok(None);
    }
    let now = tx.now().await?;
    let entries = std::slice::from_ref(entry);
    let times = grow(&mut locked, now, entries);
    append(tx, &locked, number, (0, entries), &times).await?;
    Ok(Some(number))
}

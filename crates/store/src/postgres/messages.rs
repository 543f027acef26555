//! Writing messages that change no state, of many logs at once.

use std::collections::{BTreeMap, HashMap};

use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Committed, Purpose, Repeated};
use frontdesk_core::time::Timestamp;
use futures_util::future::join;
use futures_util::try_join;

use crate::new_entry::Said;
use crate::postgres::commit::grow;
use crate::postgres::fault::Worked;
use crate::postgres::log_row::{self, LogRow};
use crate::postgres::repeats;
use crate::postgres::transaction::Tx;
use crate::postgres::usage::Change;
use crate::postgres::value::{params, stored};
use crate::prepared::{Prepared, Refused};

const MARK: &str = "INSERT INTO pending (log, purpose, tenant, channel, after)
     SELECT log.id, new.purpose, log.tenant, log.channel, new.after
     FROM unnest($1::bytea[], $2::text[], $3::bigint[]) AS new (log, purpose, after)
     JOIN log ON log.id = new.log
     ON CONFLICT DO NOTHING";
const WRITE: &str = "INSERT INTO entry (log, number, at, conversation, audience, said, life, body)
     SELECT log, number, at, conversation, audience, said, $8, body
     FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[])
         AS new (log, number, at, conversation, audience, said, body)";
const REMEMBER: &str = "INSERT INTO idempotency (log, key, day, fingerprint, outcome, first)
     SELECT * FROM unnest($1::bytea[], $2::text[], $3::bigint[], $4::bytea[], $5::text[], $6::bigint[])";

/// The same for logs that lie together, on their node and without fetching anything from there.
const MARK_THERE: &str = "INSERT INTO pending (log, purpose, tenant, channel, after)
     SELECT log.id, new.purpose, log.tenant, log.channel, new.after
     FROM unnest($1::bytea[], $2::text[], $3::bigint[]) AS new (log, purpose, after)
     JOIN log ON log.id = new.log WHERE log.id = ANY ($1)
     ON CONFLICT DO NOTHING";
const WRITE_THERE: &str = "INSERT INTO entry (log, number, at, conversation, audience, said, life, body)
     SELECT log.id, new.number, new.at, new.conversation, new.audience, new.said, $8, new.body
     FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[])
         AS new (log, number, at, conversation, audience, said, body)
     JOIN log ON log.id = new.log WHERE log.id = ANY ($1)";
const REMEMBER_THERE: &str = "INSERT INTO idempotency (log, key, day, fingerprint, outcome, first)
     SELECT log.id, new.key, new.day, new.fingerprint, new.outcome, new.first
     FROM unnest($1::bytea[], $2::text[], $3::bigint[], $4::bytea[], $5::text[], $6::bigint[])
         AS new (log, key, day, fingerprint, outcome, first)
     JOIN log ON log.id = new.log WHERE log.id = ANY ($1)";

/// By log and key.
type Answers = HashMap<(LogId, String), (i64, Repeated)>;

/// Writes those of the messages that may be written, as if one came after the other. Tells nothing of those whose log
/// somebody else has, or nobody.
pub(super) async fn commit_all(
    tx: &Tx,
    commits: &[Prepared],
) -> Worked<Vec<Option<Result<Committed, Refused>>>> {
    let mut logs: Vec<LogId> = commits.iter().map(|commit| commit.log).collect();
    logs.sort_unstable();
    logs.dedup();
    let keys: Vec<(LogId, &str)> = commits
        .iter()
        .filter_map(|commit| commit.idempotency.as_ref().map(|(key, _)| (commit.log, key.key.as_str())))
        .collect();
    // In this order: what is looked for is looked for once the logs are locked.
    tx.ready(log_row::LOCK_FREE).await?;
    let (rows, answers) = join(log_row::lock_free(tx, &logs), repeats::last_of(tx, &keys)).await;
    let rows = rows?;
    let now = tx.now().await?;
    let mut group = Group { life: stored(tx.life().0), now, rows, answers: answers?, ..Group::default() };
    let answers = commits.iter().map(|commit| group.decide(tx, commit)).collect();
    group.write(tx).await?;
    Ok(answers)
}

/// The logs as the messages before leave them, and what is to be written, column by column.
#[derive(Default)]
struct Group<'a> {
    now: Timestamp,
    life: i64,
    rows: BTreeMap<LogId, LogRow>,
    answers: Answers,
    /// Where the logs that are written to ended before.
    before: BTreeMap<LogId, EntryNumber>,
    entries: Entries<'a>,
    marks: Vec<(LogId, Purpose)>,
    keys: Keys<'a>,
}

#[derive(Default)]
struct Entries<'a> {
    logs: Vec<&'a [u8]>,
    numbers: Vec<i64>,
    at: Vec<i64>,
    conversations: Vec<i64>,
    audiences: Vec<i64>,
    said: Vec<i64>,
    bodies: Vec<&'a str>,
}

#[derive(Default)]
struct Keys<'a> {
    logs: Vec<&'a [u8]>,
    names: Vec<&'a str>,
    days: Vec<i64>,
    fingerprints: Vec<&'a [u8]>,
    outcomes: Vec<&'a str>,
    first: Vec<i64>,
}

impl<'a> Group<'a> {
    fn decide(&mut self, tx: &Tx, commit: &'a Prepared) -> Option<Result<Committed, Refused>> {
        let row = self.rows.get_mut(&commit.log).filter(|row| row.owner.is_some())?;
        let day = repeats::day_of(self.now, row.tail.at);
        let key = commit.idempotency.as_ref().map(|(key, _)| (commit.log, key.key.clone()));
        if let Some(key) = &key
            && let Some(repeated) = repeats::on(day, self.answers.get(key).cloned())
        {
            return Some(Err(Refused::Repeated(repeated)));
        }
        let is_overtaken = commit.unless_newer.is_some_and(|seen| row.tail.number > seen);
        if row.state.version != commit.version || is_overtaken {
            return Some(Err(Refused::Conflict));
        }
        self.before.entry(commit.log).or_insert(row.tail.number);
        let first = EntryNumber(row.tail.number.0 + 1);
        let times = grow(row, self.now, &commit.entries);
        if let Some(owner) = &row.owner {
            let bytes = commit.entries.iter().map(|entry| entry.text.len() as u64).sum();
            tx.count(&owner.tenant, Change::entries(0, bytes));
        }
        self.entries.push(commit, first, &times);
        if !commit.entries.is_empty() {
            self.marks.extend(Purpose::STANDING.map(|purpose| (commit.log, purpose)));
        }
        self.marks.extend(commit.mark.map(|purpose| (commit.log, purpose)));
        if let (Some((idempotency, outcome)), Some(key)) = (&commit.idempotency, key) {
            self.keys.push(commit, (day, first), outcome);
            let repeated =
                Repeated { fingerprint: idempotency.fingerprint, outcome: idempotency.outcome, first };
            self.answers.insert(key, (day, repeated));
        }
        Some(Ok(Committed { first, life: tx.life(), times, intents: Vec::new() }))
    }

    async fn write(&self, tx: &Tx) -> Worked<()> {
        if self.before.is_empty() {
            return Ok(());
        }
        let changed = self.rows.values().filter(|row| self.before.contains_key(&row.id));
        let changed: Vec<&LogRow> = changed.collect();
        try_join!(
            self.entries.write(tx, self.life),
            log_row::write_tails(tx, &changed),
            self.write_marks(tx),
            self.keys.write(tx),
        )
        .map(|_| ())
    }

    async fn write_marks(&self, tx: &Tx) -> Worked<()> {
        let mut marks = self.marks.clone();
        marks.sort_unstable_by_key(|(log, purpose)| (*log, purpose.as_str()));
        marks.dedup();
        let (mut logs, mut purposes, mut after) = (Vec::new(), Vec::new(), Vec::new());
        for (log, purpose) in &marks {
            logs.push(log.as_bytes().as_slice());
            purposes.push(purpose.as_str());
            after.push(self.before.get(log).map_or(0, |number| stored(number.0)));
        }
        tx.execute(tx.either(MARK, MARK_THERE), params![logs, purposes, after]).await?;
        Ok(())
    }
}

impl<'a> Entries<'a> {
    fn push(&mut self, commit: &'a Prepared, first: EntryNumber, times: &[Timestamp]) {
        for ((entry, at), number) in commit.entries.iter().zip(times).zip(first.0..) {
            self.logs.push(commit.log.as_bytes());
            self.numbers.push(stored(number));
            self.at.push(at.as_millis());
            self.conversations.push(stored(commit.conversation));
            self.audiences.push(i64::from(entry.audience.bits()));
            self.said.push(Said::of(&entry.body, entry.audience).stored());
            self.bodies.push(&entry.text);
        }
    }

    async fn write(&self, tx: &Tx, life: i64) -> Worked<()> {
        tx.execute(
            tx.either(WRITE, WRITE_THERE),
            params![
                self.logs,
                self.numbers,
                self.at,
                self.conversations,
                self.audiences,
                self.said,
                self.bodies,
                life,
            ],
        )
        .await?;
        Ok(())
    }
}

impl<'a> Keys<'a> {
    fn push(&mut self, commit: &'a Prepared, (day, first): (i64, EntryNumber), outcome: &'a str) {
        let Some((key, _)) = &commit.idempotency else { return };
        self.logs.push(commit.log.as_bytes());
        self.names.push(&key.key);
        self.days.push(day);
        self.fingerprints.push(&key.fingerprint);
        self.outcomes.push(outcome);
        self.first.push(stored(first.0));
    }

    async fn write(&self, tx: &Tx) -> Worked<()> {
        if self.logs.is_empty() {
            return Ok(());
        }
        tx.execute(
            tx.either(REMEMBER, REMEMBER_THERE),
            params![self.logs, self.names, self.days, self.fingerprints, self.outcomes, self.first],
        )
        .await?;
        Ok(())
    }
}

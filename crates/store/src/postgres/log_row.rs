//! The row of a log: its owner, its state and its end.

use std::collections::{BTreeMap, BTreeSet};

use frontdesk_core::conversation::LogState;
use frontdesk_core::entry::{Audience, Heads};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Customer, LogView};
use frontdesk_core::time::Timestamp;
use tokio_postgres::Row;

use crate::new_entry::Said;
use crate::postgres::connection::Connection;
use crate::postgres::fault::{Fault, Worked};
use crate::postgres::transaction::{Tx, database_now};
use crate::postgres::value::{
    entry_number, id, log, optional_json, optional_timestamp, params, stored, timestamp,
};

/// A log at one moment.
#[derive(Clone, Debug)]
pub(super) struct LogRow {
    pub(super) id: LogId,
    /// Whose it is; `None` for an agent's own log.
    pub(super) owner: Option<Customer>,
    pub(super) state: LogState,
    pub(super) tail: Tail,
}

/// The end of a log.
#[derive(Clone, Debug, Default)]
pub(super) struct Tail {
    /// The last entry.
    pub(super) number: EntryNumber,
    /// When it was written.
    pub(super) at: Timestamp,
    pub(super) heads: Heads,
    /// When the customer last said something.
    pub(super) said: Option<Timestamp>,
    /// When an agent last said something to the customer.
    pub(super) answered: Option<Timestamp>,
}

impl Tail {
    /// Takes note of the next entry; tells when it is written: after the last one whatever the clock says.
    pub(super) fn append(&mut self, now: Timestamp, audience: Audience, said: Said) -> Timestamp {
        self.number = EntryNumber(self.number.0 + 1);
        self.at = now.max(self.at.next());
        self.heads.note(self.number, audience);
        // That class is the customer's words and nothing else.
        if audience.meets(Audience::OWN) {
            self.said = Some(self.at);
        }
        if said == Said::ByAgent {
            self.answered = Some(self.at);
        }
        self.at
    }

    pub(super) fn stored_heads(&self) -> Vec<i64> {
        Audience::CLASSES.iter().map(|class| stored(self.heads.of(*class).0)).collect()
    }
}

impl LogRow {
    /// As the rules see it; `None` for an agent's own log.
    pub(super) fn into_view(self) -> Option<LogView> {
        Some(LogView { customer: self.owner?, state: self.state })
    }
}

/// A log as it is now.
pub(super) async fn read(connection: &Connection, log: LogId) -> Worked<Option<LogRow>> {
    let row = connection
        .first(
            "SELECT tenant, channel, user_id, name, locale, state, number, at, heads, said, answered
             FROM log WHERE id = $1",
            params![log.as_bytes()],
        )
        .await?;
    row.map(|row| from_row(log, &row)).transpose()
}

/// What [`lock`] runs.
pub(super) const LOCK: &str = concat!(
    "SELECT tenant, channel, user_id, name, locale, state, number, at, heads, said, answered, ",
    database_now!(),
    " AS now FROM log WHERE id = $1 FOR NO KEY UPDATE"
);

/// Many logs in one order, so that nobody waits for each other.
macro_rules! select_many {
    ($lock:literal) => {
        concat!(
            "SELECT id, tenant, channel, user_id, name, locale, state, number, at, heads, said, answered, ",
            database_now!(),
            " AS now FROM log WHERE id = ANY ($1) ORDER BY id ",
            $lock
        )
    };
}

/// What [`lock_free`] runs.
pub(super) const LOCK_FREE: &str = select_many!("FOR NO KEY UPDATE SKIP LOCKED");

/// A log as the transactions before this one left it; those that come after this one wait for it.
pub(super) async fn lock(tx: &Tx, log: LogId) -> Worked<Option<LogRow>> {
    let row = tx.first(LOCK, params![log.as_bytes()]).await?;
    let Some(row) = row else { return Ok(None) };
    tx.noted(timestamp(&row, "now")?);
    from_row(log, &row).map(Some)
}

/// The same for many logs at once. There are none for logs that are not known, or that somebody else has.
pub(super) async fn lock_free(tx: &Tx, logs: &[LogId]) -> Worked<BTreeMap<LogId, LogRow>> {
    lock_many(tx, LOCK_FREE, logs).await
}

/// The same, and those that somebody else has are waited for.
pub(super) async fn lock_all(tx: &Tx, logs: &[LogId]) -> Worked<BTreeMap<LogId, LogRow>> {
    if tx.is_distributed() {
        // No statement locks rows on several nodes.
        let mut found = BTreeMap::new();
        for log in logs.iter().collect::<BTreeSet<_>>() {
            found.extend(lock(tx, *log).await?.map(|row| (*log, row)));
        }
        return Ok(found);
    }
    lock_many(tx, select_many!("FOR NO KEY UPDATE"), logs).await
}

async fn lock_many(tx: &Tx, sql: &str, logs: &[LogId]) -> Worked<BTreeMap<LogId, LogRow>> {
    let ids: Vec<&[u8]> = logs.iter().map(|log| log.as_bytes().as_slice()).collect();
    let rows = tx.query(sql, params![ids]).await?;
    let mut found = BTreeMap::new();
    for row in &rows {
        let log = log(row, "id")?;
        found.insert(log, from_row(log, row)?);
    }
    if let Some(last) = rows.last() {
        tx.noted(timestamp(last, "now")?);
    }
    Ok(found)
}

/// The heads of all logs are one long array.
const WRITE_TAILS: &str =
    "UPDATE log SET number = new.number, at = new.at, said = new.said, answered = new.answered,
         heads = ($4::bigint[])[CAST(6 * new.nth - 5 AS INTEGER) : CAST(6 * new.nth AS INTEGER)]
     FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $5::bigint[], $6::bigint[])
         WITH ORDINALITY AS new (id, number, at, said, answered, nth)
     WHERE log.id = new.id";

/// The same for logs that lie together.
const WRITE_TAILS_THERE: &str =
    "UPDATE log SET number = new.number, at = new.at, said = new.said, answered = new.answered,
         heads = ($4::bigint[])[CAST(6 * new.nth - 5 AS INTEGER) : CAST(6 * new.nth AS INTEGER)]
     FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $5::bigint[], $6::bigint[])
         WITH ORDINALITY AS new (id, number, at, said, answered, nth)
     WHERE log.id = new.id AND log.id = ANY ($1)";

/// Writes where logs end from now on. Where they lie on several nodes, they lie together.
pub(super) async fn write_tails(tx: &Tx, logs: &[&LogRow]) -> Worked<()> {
    let ids: Vec<&[u8]> = logs.iter().map(|log| log.id.as_bytes().as_slice()).collect();
    let numbers: Vec<i64> = logs.iter().map(|log| stored(log.tail.number.0)).collect();
    let at: Vec<i64> = logs.iter().map(|log| log.tail.at.as_millis()).collect();
    let heads: Vec<i64> = logs.iter().flat_map(|log| log.tail.stored_heads()).collect();
    let said: Vec<Option<i64>> = logs.iter().map(|log| log.tail.said.map(Timestamp::as_millis)).collect();
    let answered: Vec<Option<i64>> =
        logs.iter().map(|log| log.tail.answered.map(Timestamp::as_millis)).collect();
    tx.execute(tx.either(WRITE_TAILS, WRITE_TAILS_THERE), params![ids, numbers, at, heads, said, answered])
        .await?;
    Ok(())
}

/// Writes where the log ends from now on.
pub(super) async fn write_tail(tx: &Tx, log: &LogRow) -> Worked<()> {
    tx.execute(
        "UPDATE log SET number = $2, at = $3, heads = $4, said = $5, answered = $6 WHERE id = $1",
        params![
            log.id.as_bytes(),
            stored(log.tail.number.0),
            log.tail.at.as_millis(),
            log.tail.stored_heads(),
            log.tail.said.map(Timestamp::as_millis),
            log.tail.answered.map(Timestamp::as_millis),
        ],
    )
    .await?;
    Ok(())
}

fn from_row(log: LogId, row: &Row) -> Worked<LogRow> {
    let owner = match row.try_get::<_, Option<&str>>("tenant")? {
        None => None,
        Some(_) => Some(owner(row)?),
    };
    let tail = Tail {
        number: entry_number(row, "number")?,
        at: timestamp(row, "at")?,
        heads: heads(row)?,
        said: optional_timestamp(row, "said")?,
        answered: optional_timestamp(row, "answered")?,
    };
    Ok(LogRow { id: log, owner, state: optional_json(row, "state")?.unwrap_or_default(), tail })
}

/// The last entry of each class, from a log's row.
pub(super) fn heads(row: &Row) -> Worked<Heads> {
    let stored: Vec<i64> = row.try_get("heads")?;
    let mut heads = Heads::default();
    for (number, class) in stored.into_iter().zip(Audience::CLASSES) {
        heads.note(EntryNumber(u64::try_from(number).map_err(Fault::damaged)?), class);
    }
    Ok(heads)
}

/// The owner of a log from the columns of its row.
pub(super) fn owner(row: &Row) -> Worked<Customer> {
    Ok(Customer {
        tenant: id(row, "tenant")?,
        channel: id(row, "channel")?,
        user: id(row, "user_id")?,
        name: row.try_get("name")?,
        locale: row.try_get("locale")?,
    })
}

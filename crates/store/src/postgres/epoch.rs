//! The store's own values: its epoch, its life and its first keys.
//!
//! A database that was put back to an earlier state gives out again what it had given out: its epoch must be another. It
//! is known by where it is: a dump that was loaded is another database, and a server that was restored from a backup or
//! took over from another has another timeline.

use std::time::Duration;

use frontdesk_core::log::Life;
use frontdesk_core::port::{Clock, Random};

use crate::OpenError;
use crate::postgres::connection::Connection;
use crate::postgres::fault::{Fault, Worked, in_full};
use crate::postgres::transaction::Tx;
use crate::postgres::value::params;
use crate::postgres::{connect, examine};

/// How often it is asked whether nobody is connected any more, and how long it is waited in between.
const CLOSING: u32 = 25;
const PAUSE: Duration = Duration::from_millis(200);

/// Which life of the store this is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Epoch {
    pub(super) number: u64,
    pub(super) life: Life,
}

/// Gives a new store its epoch and its first keys, and one that was put back another epoch.
pub(super) async fn open(tx: &Tx, random: &dyn Random) -> Worked<Epoch> {
    let here = place(tx).await?;
    let (epoch, seen) = (number(tx, "epoch").await?, value(tx, "place").await?);
    match epoch {
        None => {
            found(tx, random).await?;
        }
        Some(_) if seen.as_deref() == Some(here.as_bytes()) => {}
        Some(_) => {
            tracing::warn!(
                "the database was put back to an earlier state, or a standby took over. Messages written since may not be \
                 in it. The store has a new epoch: every client is told once that there may be a gap"
            );
            let epoch = new_epoch(random);
            set_number(tx, "epoch", epoch).await?;
            set_number(tx, "life", epoch).await?;
        }
    }
    set(tx, "place", here.as_bytes()).await?;
    let epoch = number(tx, "epoch").await?.ok_or_else(|| Fault::damaged("the store has no epoch"))?;
    let life = number(tx, "life").await?.unwrap_or(Life::FIRST.0);
    Ok(Epoch { number: epoch, life: Life(life) })
}

/// What tells this database from a copy of it: the cluster, the database in it, and its timeline.
pub(super) const PLACE: &str = "SELECT (SELECT system_identifier FROM pg_control_system())::text || '/' ||
         (SELECT oid FROM pg_database WHERE datname = current_database())::text || '/' ||
         (SELECT timeline_id FROM pg_control_checkpoint())::text AS place";

async fn place(connection: &Connection) -> Worked<String> {
    let rows = connection.query(PLACE, &[]).await?;
    let row = rows.first().ok_or_else(|| Fault::damaged("the database does not say where it is"))?;
    Ok(row.try_get("place")?)
}

async fn found(tx: &Tx, random: &dyn Random) -> Worked<()> {
    set_number(tx, "epoch", new_epoch(random)).await?;
    set(tx, "sealing_key", &draw::<32>(random)).await?;
    let id = format!("{:016x}", u64::from_be_bytes(draw(random)));
    tx.execute("INSERT INTO signing_key (id, key) VALUES ($1, $2)", params![id, draw::<32>(random)]).await?;
    Ok(())
}

fn draw<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    bytes
}

/// Any number but 0 that fits every database's integers.
fn new_epoch(random: &dyn Random) -> u64 {
    (u64::from_be_bytes(draw(random)) >> 1).max(1)
}

/// A value of the store's own.
pub(super) async fn value(connection: &Connection, name: &str) -> Worked<Option<Vec<u8>>> {
    let row = connection.first("SELECT value FROM store_value WHERE name = $1", params![name]).await?;
    Ok(row.map(|row| row.try_get("value")).transpose()?)
}

/// A number of the store's own.
pub(super) async fn number(connection: &Connection, name: &str) -> Worked<Option<u64>> {
    let Some(value) = value(connection, name).await? else { return Ok(None) };
    let bytes = value.try_into().map_err(|_| Fault::damaged(format_args!("{name} is no number")))?;
    Ok(Some(u64::from_be_bytes(bytes)))
}

pub(super) async fn set(tx: &Connection, name: &str, value: &[u8]) -> Worked<()> {
    tx.execute(
        "INSERT INTO store_value (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE store_value.value <> excluded.value",
        params![name, value],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_number(tx: &Connection, name: &str, number: u64) -> Worked<()> {
    set(tx, name, &number.to_be_bytes()).await
}

/// Has the store of a database begin a new epoch when it is opened next, as if it had been put back to an earlier state: for
/// those who put it back so that the database does not show it. Fails while a server is connected to it.
pub async fn forget_place(url: &str, clock: &dyn Clock) -> Result<(), OpenError> {
    let place = connect::Place::parse(url)?;
    let mut facts = examine::examine_database(url, clock).await?;
    // Those of a server that has just stopped may still be closing.
    for _ in 0..CLOSING {
        if facts.ours == 0 {
            break;
        }
        tokio::time::sleep(PAUSE).await;
        facts = examine::examine_database(url, clock).await?;
    }
    if facts.ours > 0 {
        return Err(place.failed("servers are connected to it: stop all of them first"));
    }
    if facts.schema.is_none() {
        return Err(place.failed("there is no store in it"));
    }
    let client = place.connect().await?;
    let forgotten = client.batch_execute("DELETE FROM store_value WHERE name = 'place'").await;
    forgotten.map_err(|error| place.failed(in_full(&error)))
}

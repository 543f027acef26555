//! Bringing the tables to where they lie in a cluster.
//!
//! All of it is one transaction over all nodes: after a crash the tables lie where they lay, or where they should.

use tokio_postgres::{Client, Error};

use super::state::elsewhere;
use super::tables::{FIRST, Lies, TABLES};
use crate::OpenError;
use crate::postgres::connect::Place;
use crate::postgres::connection::Connection;
use crate::postgres::fault::{Worked, in_full};
use crate::postgres::nodes::LEADER;
use crate::postgres::schema::{self, Alone};

/// The migration that a program must know to work with tables that are distributed.
const KNOWS: i64 = 202_611_240_500;

/// Tables are brought to the nodes one after the other: what one of them did, the next one may see.
const BEGIN: &str = "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '30s';
     SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL citus.multi_shard_modify_mode = 'sequential'";

/// What lists need of a log, where no list has to ask for it elsewhere, and the table that transactions over two sides touch.
const MAKE: &str = "DROP VIEW log_owner;
     CREATE TABLE log_owner (
         id      BYTEA PRIMARY KEY,
         tenant  TEXT COLLATE \"C\" NOT NULL,
         channel TEXT COLLATE \"C\" NOT NULL,
         user_id TEXT COLLATE \"C\" NOT NULL,
         name    TEXT COLLATE \"C\" NOT NULL,
         locale  TEXT COLLATE \"C\" NOT NULL,
         signed  BOOLEAN NOT NULL DEFAULT FALSE
     ) WITH (fillfactor = 90);
     CREATE INDEX log_owner_channel ON log_owner (tenant, channel, id);
     INSERT INTO log_owner (id, tenant, channel, user_id, name, locale, signed)
         SELECT id, tenant, channel, user_id, coalesce(name, ''), coalesce(locale, ''), signed FROM log
         WHERE tenant IS NOT NULL;
     CREATE TABLE two_sides (nothing BIGINT);
     SELECT citus_add_local_table_to_metadata('two_sides')";

const IS_DISTRIBUTED: &str = "SELECT to_regclass('two_sides') IS NOT NULL AS is_distributed";

/// How the tables lie, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::postgres) enum Settled {
    /// In one database: there is no cluster.
    Together,
    /// In one database: a server works on them.
    InUse,
    /// On several nodes, since just now.
    Now,
    /// On several nodes, as they did before.
    Before,
}

impl Settled {
    /// Whether they lie on several nodes.
    pub(in crate::postgres) const fn is_distributed(self) -> bool {
        matches!(self, Self::Now | Self::Before)
    }
}

/// Whether the extension is there.
async fn is_wanted(client: &Client) -> Result<bool, Error> {
    let there = "SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus')";
    client.query_typed_one(there, &[]).await?.try_get(0)
}

/// Whether the tables lie on several nodes.
pub(in crate::postgres) async fn is_distributed(client: &Client) -> Result<bool, Error> {
    client.query_typed_one(IS_DISTRIBUTED, &[]).await?.try_get(0)
}

/// The same, asked by a node that runs.
pub(in crate::postgres) async fn is_distributed_now(connection: &Connection) -> Worked<bool> {
    let row = connection.first(IS_DISTRIBUTED, &[]).await?;
    Ok(row.map(|row| row.try_get("is_distributed")).transpose()?.unwrap_or(false))
}

/// Brings the tables to where they lie, if there is a cluster and nobody works on them.
pub(in crate::postgres) async fn settle(place: &Place, _alone: &Alone) -> Result<Settled, OpenError> {
    let client = place.connect().await?;
    let failed =
        |error: Error| place.failed(format!("its tables cannot be distributed: {}", in_full(&error)));
    if is_distributed(&client).await.map_err(failed)? {
        // Those that a migration has made since are new to everybody.
        return complete(&client).await.map(|()| Settled::Before).map_err(failed);
    }
    if !is_wanted(&client).await.map_err(failed)? {
        return Ok(Settled::Together);
    }
    let settled = distribute(&client).await.map_err(failed)?;
    if settled == Settled::InUse {
        tracing::warn!(
            "the tables are not distributed, as a server works on the database: stop all servers, and run \
             `frontdesk migrate`"
        );
    }
    Ok(settled)
}

async fn complete(client: &Client) -> Result<(), Error> {
    let missing = elsewhere(client).await?;
    if missing.is_empty() {
        return Ok(());
    }
    client.batch_execute(BEGIN).await?;
    bring(client, |table| missing.iter().any(|one| one == table)).await?;
    client.batch_execute("COMMIT").await
}

async fn distribute(client: &Client) -> Result<Settled, Error> {
    client.batch_execute(BEGIN).await?;
    // Servers that run have one that leads, and none begins to while this goes on.
    let asked = format!("SELECT pg_try_advisory_xact_lock({LEADER})");
    if !client.query_typed_one(&asked, &[]).await?.try_get::<_, bool>(0)? {
        client.batch_execute("ROLLBACK").await?;
        return Ok(Settled::InUse);
    }
    client.batch_execute(MAKE).await?;
    bring(client, |_| true).await?;
    let last = format!("{}; COMMIT", schema::requires(KNOWS));
    client.batch_execute(&last).await?;
    Ok(Settled::Now)
}

async fn bring(client: &Client, is_meant: impl Fn(&str) -> bool) -> Result<(), Error> {
    for (table, lies) in TABLES.iter().filter(|(table, _)| is_meant(table)) {
        let Some(sql) = bringing(table, *lies) else { continue };
        tracing::info!(table, "a table is distributed");
        client.batch_execute(&sql).await?;
    }
    Ok(())
}

/// What brings a table to the nodes, and takes away the rows that it had on the coordinator.
fn bringing(table: &str, lies: Lies) -> Option<String> {
    let brought = match lies {
        Lies::WithItsLog(column) if table == FIRST => {
            format!("create_distributed_table('{table}', '{column}')")
        }
        Lies::WithItsLog(column) => {
            format!("create_distributed_table('{table}', '{column}', colocate_with => '{FIRST}')")
        }
        Lies::Everywhere => format!("create_reference_table('{table}')"),
        Lies::Together => return None,
    };
    Some(format!("SELECT {brought}; SELECT truncate_local_data_after_distributing_table('{table}')"))
}

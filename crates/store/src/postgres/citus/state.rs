//! Looking at how the tables of a database lie.

use std::collections::BTreeMap;

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error};

use super::distribute::is_distributed;
use super::tables::{FIRST, Lies, TABLES};

/// What Citus has made of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// The version of the extension, such as `13.0-1`.
    pub version: String,
    /// How many nodes there are beside the coordinator.
    pub workers: i64,
    /// Whether the coordinator is known to the cluster by its address.
    pub has_coordinator: bool,
    /// How many transactions may be prepared at a time, where it is the fewest; 0 does not do.
    pub most_prepared: i64,
    /// Whether the tables were distributed.
    pub is_distributed: bool,
    /// Tables that do not lie where they should.
    pub elsewhere: Vec<String>,
}

/// The nodes that are in use, and how many transactions each lets be prepared.
const NODES: &str = "SELECT
         (SELECT count(*) FROM pg_dist_node WHERE isactive AND noderole = 'primary' AND groupid <> 0) AS workers,
         EXISTS (SELECT 1 FROM pg_dist_node WHERE groupid = 0) AS has_coordinator,
         least(CAST(current_setting('max_prepared_transactions') AS BIGINT),
             (SELECT min(CAST(result AS BIGINT)) FROM run_command_on_workers('SHOW max_prepared_transactions')
                  WHERE success)) AS most_prepared";

/// How each table lies: by its hash with others, or on every node.
const PLACED: &str = "SELECT c.relname::text AS name, p.partmethod::text AS how,
         p.colocationid = (SELECT f.colocationid FROM pg_dist_partition AS f WHERE f.logicalrelid = to_regclass($1))
             AS is_with_first
     FROM pg_dist_partition AS p JOIN pg_class AS c ON c.oid = p.logicalrelid
     WHERE c.relnamespace = CAST(current_schema() AS regnamespace)";

/// What Citus has made of a database; `None` if it is not there.
pub(in crate::postgres) async fn look(client: &Client) -> Result<Option<Cluster>, Error> {
    let version = "SELECT extversion FROM pg_extension WHERE extname = 'citus'";
    let Some(row) = client.query_typed_opt(version, &[]).await? else { return Ok(None) };
    let version = row.try_get(0)?;
    let nodes = client.query_typed_one(NODES, &[]).await?;
    let is_distributed = is_distributed(client).await?;
    Ok(Some(Cluster {
        version,
        workers: nodes.try_get("workers")?,
        has_coordinator: nodes.try_get("has_coordinator")?,
        most_prepared: nodes.try_get("most_prepared")?,
        is_distributed,
        elsewhere: if is_distributed { elsewhere(client).await? } else { Vec::new() },
    }))
}

/// The tables that do not lie where they should.
pub(super) async fn elsewhere(client: &Client) -> Result<Vec<String>, Error> {
    let rows = client.query_typed(PLACED, &[(&FIRST, Type::TEXT)]).await?;
    let mut placed: BTreeMap<String, (String, bool)> = BTreeMap::new();
    for row in &rows {
        let is_with_first: Option<bool> = row.try_get("is_with_first")?;
        placed.insert(row.try_get("name")?, (row.try_get("how")?, is_with_first.unwrap_or(false)));
    }
    let lies_there = |table: &str, lies: Lies| match (lies, placed.get(table)) {
        (Lies::WithItsLog(_), Some((how, is_with_first))) => how == "h" && *is_with_first,
        (Lies::Everywhere, Some((how, _))) => how == "n",
        (Lies::Together, placed) => placed.is_none(),
        (Lies::WithItsLog(_) | Lies::Everywhere, None) => false,
    };
    let wrong = TABLES.iter().filter(|(table, lies)| !lies_there(table, *lies));
    Ok(wrong.map(|(table, _)| (*table).to_owned()).collect())
}

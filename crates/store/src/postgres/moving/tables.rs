//! What is in the database before, and whether all its tables are known.

use tokio_postgres::{Client, Error};

use super::values::type_of;
use crate::moving::{NOT_COPIED, TABLES};

/// Some of what is in the database, but for what extensions brought along; `None` if there is nothing.
pub(super) async fn some(client: &Client) -> Result<Option<String>, Error> {
    let row = client
        .query_one(
            "SELECT string_agg(kept.name, ', ') AS names FROM (
                 SELECT c.relname::text AS name FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                 WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
                     AND NOT EXISTS (SELECT 1 FROM pg_depend AS d
                         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
                 ORDER BY 1 LIMIT 4) AS kept",
            &[],
        )
        .await?;
    row.try_get("names")
}

/// A table or column that the plan does not have, has as something else, or that it has and the database does not.
pub(super) async fn unknown(client: &Client) -> Result<Option<String>, Error> {
    let rows = client
        .query(
            "SELECT c.relname::text AS place, a.attname::text AS part, a.atttypid AS kind,
                 a.attgenerated <> '' AS is_computed
             FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
             JOIN pg_attribute AS a ON a.attrelid = c.oid
             WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
                 AND NOT EXISTS (SELECT 1 FROM pg_depend AS d
                     WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
             ORDER BY 1, 2",
            &[],
        )
        .await?;
    let columns = TABLES.iter().flat_map(|table| {
        table.columns.iter().map(|column| (table.name, column.name, type_of(column.kind).oid()))
    });
    let mut known: Vec<(&str, &str, u32)> = columns.collect();
    for row in &rows {
        let (table, column): (&str, &str) = (row.try_get("place")?, row.try_get("part")?);
        if row.try_get("is_computed")? || NOT_COPIED.contains(&table) {
            continue;
        }
        let found = (table, column, row.try_get::<_, u32>("kind")?);
        match known.iter().position(|known| *known == found) {
            Some(place) => drop(known.swap_remove(place)),
            None => return Ok(Some(format!("{column} of the database's table {table}"))),
        }
    }
    Ok(known.first().map(|(table, column, _)| format!("{column} of the database's former table {table}")))
}

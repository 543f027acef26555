//! Taking in everything that another store has, into a file that is made for it.

use std::path::Path;

use frontdesk_core::port::Purpose;
use rusqlite::{Connection, params, params_from_iter};

use crate::OpenError;
use crate::error::Worked;
use crate::moving::{Origin, Row, Table, Value};
use crate::sqlite::backup::{self, Contents};
use crate::sqlite::schema;

/// A database that is being filled. One that is not filled to the end is thrown away.
pub(crate) struct Sink(Connection);

impl Sink {
    /// Makes the file and its tables.
    pub(crate) fn create(path: &Path) -> Result<Self, OpenError> {
        let connection = schema::open_writer(path)?;
        let failed = OpenError::sqlite(path);
        connection.pragma_update_and_check(None, "journal_mode", "OFF", |_| Ok(())).map_err(&failed)?;
        connection.pragma_update(None, "synchronous", "OFF").map_err(&failed)?;
        Ok(Self(connection))
    }

    pub(crate) fn put(&self, table: &Table, rows: &[Row]) -> Worked<()> {
        let transaction = self.0.unchecked_transaction()?;
        {
            let mut statement = transaction.prepare_cached(&insert(table))?;
            for row in rows {
                statement.execute(params_from_iter(stored(table, row)))?;
            }
        }
        transaction.commit()?;
        Ok(())
    }

    /// The last number that a table's counter gave out.
    pub(crate) fn count_on(&self, table: &Table, number: i64) -> Worked<()> {
        let is_counted: bool = self.0.query_row(
            "SELECT sql LIKE '%AUTOINCREMENT%' FROM sqlite_schema WHERE type = 'table' AND name = ?1",
            params![table.embedded],
            |row| row.get(0),
        )?;
        if is_counted {
            self.0.execute("DELETE FROM sqlite_sequence WHERE name = ?1", params![table.embedded])?;
            self.0.execute(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)",
                params![table.embedded, number],
            )?;
        }
        Ok(())
    }

    /// Everything is in it; the file stands alone from then on.
    pub(crate) fn finish(self) -> Worked<Contents> {
        self.0.execute(
            "INSERT INTO pending (purpose, tenant, channel, log, after)
             SELECT ?1, tenant, channel, id, 0 FROM log WHERE tenant IS NOT NULL",
            params![Purpose::Search.as_str()],
        )?;
        let contents = backup::contents(&self.0)?;
        self.0.close().map_err(|(_, error)| error)?;
        Ok(contents)
    }
}

/// The values that the embedded store has.
fn stored<'a>(table: &'a Table, row: &'a Row) -> impl Iterator<Item = &'a Value> {
    table.columns.iter().zip(row).filter(|(column, _)| column.embedded().is_some()).map(|(_, value)| value)
}

fn insert(table: &Table) -> String {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    let key_of = |place: usize| format!("(SELECT log_key FROM log WHERE id = ?{place})");
    let columns = table.columns.iter().filter_map(|column| Some((column, column.embedded()?)));
    for (place, (column, name)) in (1..).zip(columns) {
        names.push(name);
        values.push(if column.from == Origin::LogId { key_of(place) } else { format!("?{place}") });
        if table.has_log_key && column.name == "log" {
            names.push("log_key");
            values.push(key_of(place));
        }
    }
    format!("INSERT INTO {} ({}) VALUES ({})", table.embedded, names.join(", "), values.join(", "))
}

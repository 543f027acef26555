//! The embedded store's side of a move: reading everything that is in it, table by table.

use std::path::Path;

use frontdesk_core::entry::Audience;
use frontdesk_core::log::LogId;
use frontdesk_core::time::Timestamp;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, ToSql, params, params_from_iter};

use crate::OpenError;
use crate::error::{Fault, Worked};
use crate::moving::{Column, End, Kind, NOT_COPIED, Origin, Row, TABLES, Table, Value};
use crate::sqlite::value::{self, stored};
use crate::sqlite::{backup, directory, schema, snapshot};

/// How many rows are read at once at most.
const ROWS: i64 = 4_000;
/// After how many bytes no more are read at once.
const BYTES: usize = 4 << 20;

/// An embedded store that nobody writes to.
pub(crate) struct Source(Connection);

/// Some rows of a table.
pub(crate) struct Batch {
    pub(crate) rows: Vec<Row>,
    /// The key of the last one.
    pub(crate) last: Option<Row>,
    /// Whether nothing comes after them.
    pub(crate) is_last: bool,
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Integer(integer) => ToSqlOutput::Borrowed(ValueRef::Integer(*integer)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Self::Truth(truth) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*truth))),
            Self::Integers(integers) => {
                let bytes = integers.iter().flat_map(|integer| integer.to_be_bytes()).collect();
                ToSqlOutput::Owned(rusqlite::types::Value::Blob(bytes))
            }
        })
    }
}

impl Source {
    pub(crate) fn open(database: &Path) -> Result<Self, OpenError> {
        Ok(Self(schema::open_reader(database)?))
    }

    /// Its epoch and generation.
    pub(crate) fn life(&self) -> Worked<(u64, u64)> {
        let number = |name| {
            let number = directory::number(&self.0, name)?;
            number.ok_or_else(|| Fault::damaged(format_args!("the store has no {name}")))
        };
        Ok((number("epoch")?, number("generation")?))
    }

    pub(crate) fn schema(&self) -> Worked<i64> {
        Ok(schema::newest_applied(&self.0)?.unwrap_or_default())
    }

    /// A table or column that the plan does not have.
    pub(crate) fn unknown(&self) -> Worked<Option<String>> {
        unknown(&self.0)
    }

    pub(crate) fn count(&self, table: &Table) -> Worked<u64> {
        let sql = format!("SELECT count(*) AS rows FROM {} AS t WHERE {}", table.embedded, table.only);
        self.0.query_row_and_then(&sql, [], |row| value::number(row, "rows"))
    }

    /// The last number that a table's counter gave out.
    pub(crate) fn counted(&self, table: &Table, column: &str) -> Worked<i64> {
        let given = "SELECT seq FROM sqlite_sequence WHERE name = ?1";
        let given: Option<i64> =
            self.0.query_row(given, params![table.embedded], |row| row.get(0)).optional()?;
        let sql = format!("SELECT max({column}) FROM {}", table.embedded);
        let last: Option<i64> = self.0.query_row(&sql, [], |row| row.get(0))?;
        Ok(given.max(last).unwrap_or_default())
    }

    /// The names under which the bytes of files are kept.
    pub(crate) fn files(&self) -> Worked<Vec<String>> {
        backup::files(&self.0)
    }

    /// The next rows of a table, from after a key on.
    pub(crate) fn read(&self, table: &Table, after: Option<&Row>) -> Worked<Batch> {
        let mut statement = self.0.prepare_cached(&select(table, after.is_some()))?;
        let key = after.into_iter().flatten().map(|value| value as &dyn ToSql);
        let mut rows = statement.query(params_from_iter(key.chain([&ROWS as &dyn ToSql])))?;
        let mut batch = Batch { rows: Vec::new(), last: None, is_last: true };
        let mut bytes = 0;
        while let Some(row) = rows.next()? {
            if bytes >= BYTES {
                batch.is_last = false;
                return Ok(batch);
            }
            let mut values = Vec::with_capacity(table.columns.len());
            for (place, column) in table.columns.iter().enumerate() {
                values.push(read_value(row.get_ref(place + table.key.len())?, column)?);
            }
            if table.columns.iter().any(|column| matches!(column.from, Origin::End(..))) {
                self.complete(table, &mut values)?;
            }
            bytes += values.iter().map(Value::size).sum::<usize>();
            batch.last = Some(read_key(row, table)?);
            batch.rows.push(values);
        }
        batch.is_last = stored(batch.rows.len() as u64) < ROWS;
        Ok(batch)
    }

    /// What is known of a log once its last entries were read.
    fn complete(&self, table: &Table, values: &mut Row) -> Worked<()> {
        let missing = || Fault::damaged("a log has no id");
        let Some(Value::Bytes(id)) = values.first() else { return Err(missing()) };
        let id = LogId::from_bytes(id.as_slice().try_into().map_err(Fault::damaged)?);
        let snapshot::Snapshot { state, tail, .. } = snapshot::read(&self.0, id)?.ok_or_else(missing)?;
        let time =
            |time: Option<Timestamp>| time.map_or(Value::Null, |time| Value::Integer(time.as_millis()));
        for (value, column) in values.iter_mut().zip(table.columns) {
            let Origin::End(end, _) = column.from else { continue };
            *value = match end {
                End::Version => Value::Integer(stored(state.version)),
                End::Number => Value::Integer(stored(tail.number.0)),
                End::At => Value::Integer(tail.at.as_millis()),
                End::Heads => Value::Integers(
                    Audience::CLASSES.iter().map(|class| stored(tail.heads.of(*class).0)).collect(),
                ),
                End::Said => time(tail.said),
                End::Answered => time(tail.answered),
            };
        }
        Ok(())
    }
}

/// From the key on, so that rows come in its order and a batch begins where the last one ended.
fn select(table: &Table, is_after: bool) -> String {
    let key: Vec<String> = table.key.iter().map(|column| format!("t.{column}")).collect();
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|column| match column.from {
            Origin::Column(name) => format!("t.{name}"),
            Origin::Or(name, otherwise) => format!("coalesce(t.{name}, {otherwise})"),
            Origin::LogId => "l.id".to_owned(),
            Origin::LogTenant => "l.tenant".to_owned(),
            Origin::End(..) => "NULL".to_owned(),
        })
        .collect();
    // From the left, so that a row whose log is not there is not passed over.
    let of_log = if table.is_of_log_keys() { "LEFT JOIN log AS l ON l.log_key = t.log_key" } else { "" };
    let marks = vec!["?"; key.len()].join(", ");
    let key = key.join(", ");
    let after = if is_after { format!("AND ({key}) > ({marks})") } else { String::new() };
    format!(
        "SELECT {key}, {} FROM {} AS t {of_log} WHERE {} {after} ORDER BY {key} LIMIT ?",
        columns.join(", "),
        table.embedded,
        table.only,
    )
}

fn read_value(found: ValueRef<'_>, column: &Column) -> Worked<Value> {
    let wrong = || Fault::damaged(format_args!("{} is {}", column.name, found.data_type()));
    Ok(match (column.kind, found) {
        (_, ValueRef::Null) => Value::Null,
        (Kind::Integer, ValueRef::Integer(integer)) => Value::Integer(integer),
        (Kind::Truth, ValueRef::Integer(integer)) => Value::Truth(integer != 0),
        (Kind::Bytes, ValueRef::Blob(bytes)) => Value::Bytes(bytes.to_vec()),
        // PostgreSQL's texts have every character but this one.
        (Kind::Text, ValueRef::Text(_)) => {
            Value::Text(found.as_str().map_err(Fault::damaged)?.replace('\0', "\u{fffd}"))
        }
        _ => return Err(wrong()),
    })
}

/// As it is, whatever PostgreSQL makes of it.
fn read_key(row: &rusqlite::Row<'_>, table: &Table) -> Worked<Row> {
    let read = |place: usize| -> Worked<Value> {
        Ok(match row.get_ref(place)? {
            ValueRef::Integer(integer) => Value::Integer(integer),
            ValueRef::Text(text) => {
                Value::Text(std::str::from_utf8(text).map_err(Fault::damaged)?.to_owned())
            }
            ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
            ValueRef::Null | ValueRef::Real(_) => return Err(Fault::damaged("a key is none")),
        })
    };
    (0..table.key.len()).map(read).collect()
}

/// A table or column that the plan does not have, or that the plan has and the store does not.
fn unknown(connection: &Connection) -> Worked<Option<String>> {
    let mut statement = connection.prepare(
        "SELECT t.name AS place, c.name AS part, c.hidden FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS c
         WHERE t.type = 'table' ORDER BY 1, 2",
    )?;
    let mut rows = statement.query([])?;
    let mut known: Vec<(&str, &str)> = Vec::new();
    for table in TABLES {
        known.extend(table.embedded_columns().into_iter().map(|column| (table.embedded, column)));
    }
    while let Some(row) = rows.next()? {
        let (table, column): (String, String) = (row.get("place")?, row.get("part")?);
        let is_computed = row.get::<_, i64>("hidden")? > 1;
        if is_computed || NOT_COPIED.contains(&table.as_str()) {
            continue;
        }
        let place = known.iter().position(|known| *known == (table.as_str(), column.as_str()));
        match place {
            Some(place) => drop(known.swap_remove(place)),
            None => return Ok(Some(format!("{column} of the embedded store's table {table}"))),
        }
    }
    Ok(known.first().map(|(table, column)| format!("{column} of the embedded store's former table {table}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty() -> (Connection, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        (schema::open_writer(&folder.path().join("frontdesk.db")).unwrap(), folder)
    }

    #[test]
    fn every_table_and_column_of_the_embedded_store_is_known() {
        let (connection, _folder) = empty();
        assert_eq!(unknown(&connection).unwrap(), None);
        connection.execute_batch("ALTER TABLE seen ADD COLUMN by_whom TEXT").unwrap();
        let found = unknown(&connection).unwrap().unwrap();
        assert!(found.contains("by_whom") && found.contains("seen"), "{found}");
        let (connection, _folder) = empty();
        connection.execute_batch("CREATE TABLE letter (id INTEGER PRIMARY KEY) STRICT").unwrap();
        assert!(unknown(&connection).unwrap().unwrap().contains("letter"));
        let (connection, _folder) = empty();
        connection.execute_batch("ALTER TABLE seen RENAME COLUMN at TO moment").unwrap();
        assert!(unknown(&connection).unwrap().is_some());
    }

    #[test]
    fn each_table_is_read_by_its_key() {
        let (connection, _folder) = empty();
        for table in TABLES {
            let mut statement = connection
                .prepare("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk")
                .unwrap();
            let key = statement.query_map([table.embedded], |row| row.get::<_, String>(0)).unwrap();
            let key: Vec<String> = key.collect::<Result<_, _>>().unwrap();
            assert_eq!(table.key, key, "of {}", table.name);
            let plan = format!("EXPLAIN QUERY PLAN {}", select(table, true));
            let mut statement = connection.prepare(&plan).unwrap();
            let nulls = vec![rusqlite::types::Value::Null; table.key.len() + 1];
            let steps = statement.query_map(params_from_iter(nulls), |row| row.get::<_, String>(3)).unwrap();
            let steps: Vec<String> = steps.collect::<Result<_, _>>().unwrap();
            assert!(steps.iter().all(|step| !step.contains("TEMP B-TREE")), "{}: {steps:?}", table.name);
        }
    }

    #[test]
    fn every_row_is_read_once_in_batches() {
        let (connection, folder) = empty();
        connection
            .execute_batch("INSERT INTO log (log_key, id) VALUES (1, x'00112233445566778899aabbccddeeff')")
            .unwrap();
        let body = "x".repeat(3_000);
        connection.execute_batch("BEGIN").unwrap();
        for number in 1..=5_000 {
            connection
                .execute("INSERT INTO entry VALUES (1, ?1, ?1, 0, 4, 0, ?2, 0)", params![number, body])
                .unwrap();
        }
        connection.execute_batch("COMMIT").unwrap();
        let source = Source::open(&folder.path().join("frontdesk.db")).unwrap();
        let table = TABLES.iter().find(|table| table.name == "entry").unwrap();
        let (mut seen, mut last, mut batches) = (Vec::new(), None, 0);
        loop {
            let batch = source.read(table, last.as_ref()).unwrap();
            seen.extend(batch.rows.iter().map(|row| row[1].clone()));
            last = batch.last;
            batches += 1;
            if batch.is_last {
                break;
            }
        }
        assert_eq!(seen, (1..=5_000).map(Value::Integer).collect::<Vec<_>>());
        assert!(batches > 2, "{batches}");
        let logs = TABLES.iter().find(|table| table.name == "log").unwrap();
        let read = source.read(logs, None).unwrap();
        let number = logs.columns.iter().position(|column| column.name == "number").unwrap();
        assert_eq!(read.rows[0][number], Value::Integer(5_000));
        assert_eq!(source.count(table).unwrap(), 5_000);
    }
}

//! Every table and every column arrives, moved into a database and backed up out of it, with values and without.

use std::path::Path;
use std::sync::Arc;

use frontdesk_core::audit::Actor;
use frontdesk_core::port::{Clock, Store as _};
use frontdesk_core::vault::Vault;
use frontdesk_store::{
    DataDir, MoveOptions, Options, PostgresOptions, PostgresStore, SqliteStore, move_store,
};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use tempfile::TempDir;

use super::nodes::database;
use crate::contract::{FixedRandom, TestClock, register};
use crate::kit::quiet;

const NOON: i64 = 1_700_000_000_000;

/// Tables whose rows mean something to whoever opens a store, and those that are made anew. What is in the first is looked
/// at where whole installations are moved.
const OWN: &[&str] = &[
    "store_value",
    "signing_key",
    "item",
    "log",
    "audit",
    "audit_cut",
    "audit_head",
    "search_entry",
    "search_landmark",
    "refinery_schema_history",
];

/// Columns of whole numbers that are true or false.
const TRUTHS: &[&str] = &[
    "reachable",
    "second_factor",
    "confirmed",
    "kept",
    "auto_answer",
    "auto_idle",
    "in_wrap_up",
    "wanted_agent",
    "rated_badly",
];

struct Column {
    name: String,
    kind: String,
    may_be_null: bool,
}

/// The tables with their columns, but for what is computed.
fn tables(connection: &Connection) -> Vec<(String, Vec<Column>)> {
    let mut statement = connection
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
        )
        .unwrap();
    let names = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let names = names
        .map(Result::unwrap)
        .filter(|name| !OWN.contains(&name.as_str()) && !name.starts_with("search_text"));
    let columns = |table: &str| {
        let sql = "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1)";
        let mut statement = connection.prepare(sql).unwrap();
        let columns = statement.query_map([table], |row| {
            let (is_never_null, key): (bool, i64) = (row.get(2)?, row.get(3)?);
            Ok(Column { name: row.get(0)?, kind: row.get(1)?, may_be_null: !is_never_null && key == 0 })
        });
        columns.unwrap().map(Result::unwrap).collect::<Vec<_>>()
    };
    names.map(|name| (name.clone(), columns(&name))).collect()
}

/// A row in which every value is another one, and in which those that may be missing are.
fn rows(table: &str, columns: &[Column], (log_key, log): (i64, &[u8])) -> [Vec<Value>; 2] {
    let value = |nth: i64, place: i64, column: &Column| match (column.name.as_str(), column.kind.as_str()) {
        ("log_key", _) => Value::Integer(log_key),
        // Which names its log both ways.
        ("log", _) if table == "profile" => Value::Blob(log.to_vec()),
        ("audience", _) => Value::Integer(4),
        ("purpose", _) => Value::Text("push".to_owned()),
        (name, _) if TRUTHS.contains(&name) => Value::Integer(nth),
        (_, "INTEGER") => Value::Integer(NOON + 100 * nth + place),
        (_, "TEXT") => Value::Text(format!("{table}-{nth}-{place}")),
        (_, "BLOB") => Value::Blob(vec![u8::try_from(10 * nth + place % 10).unwrap(); 16]),
        (_, other) => panic!("{table} has a {other}"),
    };
    let row = |nth: i64| {
        let values = (0..).zip(columns).map(|(place, column)| {
            if nth == 0 && column.may_be_null { Value::Null } else { value(nth, place, column) }
        });
        values.collect()
    };
    // There is one log, so tables that have one row for each have one.
    if ["profile", "seen", "timer"].contains(&table) {
        return [row(1), Vec::new()];
    }
    [row(1), row(0)]
}

/// What is in a table, as it is to be on both sides.
fn contents(connection: &Connection, table: &str, columns: &[Column]) -> Vec<Vec<Value>> {
    let names: Vec<String> = columns
        .iter()
        .map(|column| match (table, column.name.as_str()) {
            // The database wants to have something there.
            ("file", "tenant") => "coalesce(tenant, '')".to_owned(),
            ("agent_session", "seen") => "coalesce(seen, created)".to_owned(),
            // The keys of logs are each file's own; there is one log.
            (_, "log_key") => "(SELECT hex(id) FROM log WHERE log.log_key = t.log_key)".to_owned(),
            (_, name) => name.to_owned(),
        })
        .collect();
    let only = if table == "pending" { "purpose <> 'search'" } else { "TRUE" };
    let sql = format!("SELECT {} FROM {table} AS t WHERE {only}", names.join(", "));
    let mut statement = connection.prepare(&sql).unwrap();
    let rows = statement.query_map([], |row| (0..names.len()).map(|place| row.get(place)).collect());
    let mut rows: Vec<Vec<Value>> = rows.unwrap().map(Result::unwrap).collect();
    rows.sort_by_key(|row| format!("{row:?}"));
    rows
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(TestClock::at(NOON))
}

async fn filled(data: &Path) -> Connection {
    let directory = DataDir::open(data).unwrap();
    let store = SqliteStore::open(directory, clock(), &FixedRandom::new(1), Options::default()).unwrap();
    register(&store, "ann").await;
    store.close().await;
    drop(store);
    let connection = Connection::open(data.join("frontdesk.db")).unwrap();
    let (log_key, id): (i64, Vec<u8>) = connection
        .query_row("SELECT log_key, id FROM log", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    for (table, columns) in tables(&connection) {
        for row in rows(&table, &columns, (log_key, &id)).into_iter().filter(|row| !row.is_empty()) {
            let marks = vec!["?"; row.len()].join(", ");
            let sql = format!("INSERT OR REPLACE INTO {table} VALUES ({marks})");
            connection
                .execute(&sql, params_from_iter(&row))
                .unwrap_or_else(|error| panic!("{table}: {error}"));
        }
    }
    connection
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_and_every_column_arrives_and_comes_back() {
    let (folder, url) = (TempDir::new().unwrap(), database().await);
    let data = folder.path().join("data");
    let before = filled(&data).await;
    let options = MoveOptions { from: data, to: url.clone(), files: None, vault: Vault::default() };
    move_store(&options, &clock(), &FixedRandom::new(2), &Actor::system(), &|_| ()).await.unwrap();

    let files = folder.path().join("files");
    let options = PostgresOptions {
        connections: 2,
        clock: Some(clock()),
        files: Some(files),
        ..PostgresOptions::default()
    };
    let store = PostgresStore::open(&url, &FixedRandom::new(3), options).await.unwrap();
    let backup = folder.path().join("backup");
    store.backup(&backup, quiet()).await.unwrap();
    store.close().await;

    let after = Connection::open(backup.join("frontdesk.db")).unwrap();
    let tables = tables(&before);
    assert!(tables.len() > 40, "{}", tables.len());
    for (table, columns) in tables {
        let expected = contents(&before, &table, &columns);
        assert!(!expected.is_empty(), "{table} is empty");
        assert_eq!(contents(&after, &table, &columns), expected, "{table}");
    }
}

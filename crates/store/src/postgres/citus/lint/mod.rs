//! That every statement on a table that lies with its logs names the log, over all SQL of this store.
//!
//! The statements are the texts of the source. Those that name no log stand in a list, each with why nobody waits for it
//! who talks to somebody.

mod reviewed;
mod source;
mod sql;

use std::collections::BTreeSet;

use super::tables::{Lies, TABLES};
use reviewed::{REVIEWED, TWO_SIDES};
use source::Text;
use sql::Statement;

/// The column that names the log in a table that lies with its logs.
fn log_column(table: &str) -> Option<&'static str> {
    TABLES.iter().find(|(name, _)| *name == table).and_then(|(_, lies)| match lies {
        Lies::WithItsLog(column) => Some(*column),
        Lies::Everywhere | Lies::Together => None,
    })
}

fn lies_together(table: &str) -> bool {
    table == "log_owner" || TABLES.iter().any(|(name, lies)| *name == table && *lies == Lies::Together)
}

/// The tables of a statement that lie with their logs and are touched without naming a log.
fn unnamed(sql: &str) -> Vec<String> {
    Statement::parse(sql).unanchored(log_column)
}

fn is_on_two_sides(sql: &str) -> bool {
    let statement = Statement::parse(sql);
    let tables = statement.tables();
    tables.iter().any(|table| log_column(table).is_some()) && tables.iter().any(|table| lies_together(table))
}

/// The statements for which something holds and that are not in a list of reviewed ones, and what is in the list for nothing.
fn strays(list: &[(&str, &str, &str)], holds: impl Fn(&str) -> bool) -> (Vec<String>, Vec<String>) {
    let mut used = BTreeSet::new();
    let mut strays = Vec::new();
    for Text { file, line, words } in source::texts() {
        if !holds(&words) {
            continue;
        }
        let known = list.iter().position(|(place, begins, _)| *place == file && words.starts_with(begins));
        match known {
            Some(known) => drop(used.insert(known)),
            None => strays.push(format!("{file}:{line}: {words}")),
        }
    }
    let stale = (0..list.len()).filter(|one| !used.contains(one)).map(|one| list[one].1.to_owned());
    (strays, stale.collect())
}

#[test]
fn every_statement_on_a_log_names_it_or_was_reviewed() {
    let list: Vec<_> = REVIEWED.iter().map(|one| (one.file, one.begins, one.why)).collect();
    let (strays, stale) = strays(&list, |sql| !unnamed(sql).is_empty());
    assert!(
        strays.is_empty(),
        "these name no log, and would ask every node of a cluster:\n{}",
        strays.join("\n")
    );
    assert!(stale.is_empty(), "these are in the list of reviewed statements for nothing: {stale:#?}");
}

#[test]
fn no_statement_needs_rows_of_a_node_and_of_the_coordinator() {
    let (strays, stale) = strays(TWO_SIDES, is_on_two_sides);
    assert!(strays.is_empty(), "these are on both sides:\n{}", strays.join("\n"));
    assert!(stale.is_empty(), "these are in the list for nothing: {stale:#?}");
}

#[test]
fn statements_that_only_run_where_tables_lie_together_have_another_one_beside_them() {
    for one in REVIEWED.iter().filter(|one| one.kind == reviewed::Kind::Together) {
        let path = source::folder().join(one.file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.contains("either(") || text.contains("is_distributed()"),
            "{} has no other one",
            one.begins
        );
    }
}

#[test]
fn all_statements_are_found() {
    let texts = source::texts();
    let named = |table: &str| texts.iter().any(|one| Statement::parse(&one.words).tables().contains(table));
    for (table, _) in TABLES.iter().filter(|(table, _)| *table != "refinery_schema_history") {
        assert!(named(table), "no statement on {table} was found");
    }
}

#[test]
fn a_log_that_is_not_named_is_noticed() {
    for (sql, tables) in [
        ("SELECT body FROM entry WHERE number = $1", "entry"),
        ("SELECT body FROM entry AS e WHERE log = other AND e.number = $1", "entry"),
        ("SELECT 1 FROM log WHERE tenant = $1", "log"),
        ("UPDATE log SET said = $2 FROM unnest($1::bytea[]) AS new (id) WHERE log.id = new.id", "log"),
        ("DELETE FROM timer WHERE due < $1", "timer"),
        ("INSERT INTO pending (purpose, after) VALUES ($1, $2)", "pending"),
        ("SELECT * FROM intent", "intent"),
        ("SELECT 1 FROM entry WHERE log = $1 AND EXISTS (SELECT 1 FROM timer WHERE due = $2)", "timer"),
        ("SELECT 1 FROM entry WHERE log = $1 UNION ALL SELECT 1 FROM timer WHERE due = $2", "timer"),
        ("SELECT 1 FROM entry JOIN seen ON seen.log = entry.log WHERE entry.number = $1", "entry seen"),
        ("SELECT 1 FROM conversation AS c JOIN log ON log.id = c.log WHERE c.log = $1", "log"),
        ("SELECT 1 FROM idempotency WHERE log = ANY (SELECT log FROM slot)", "idempotency"),
        ("SELECT 1 FROM entry WHERE log = $1 OR number = $2", "entry"),
    ] {
        assert_eq!(unnamed(sql).join(" "), tables, "{sql}");
    }
    for sql in [
        "SELECT body FROM entry WHERE log = $1 AND number = $2",
        "SELECT e.body FROM entry AS e WHERE e.log = $1",
        "SELECT 1 FROM log WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE",
        "SELECT 1 FROM entry JOIN seen ON seen.log = entry.log WHERE entry.log = $1",
        "SELECT 1 FROM entry WHERE log = $1 AND EXISTS (SELECT 1 FROM timer WHERE timer.log = $1)",
        "INSERT INTO timer (log, due) VALUES ($1, $2) ON CONFLICT (log) DO UPDATE SET due = excluded.due",
        "SELECT log FROM slot WHERE agent = $1",
        "SELECT 1 FROM entry WHERE log = $1 AND (number = $2 OR number = $3)",
    ] {
        assert_eq!(unnamed(sql), Vec::<String>::new(), "{sql}");
    }
    assert!(is_on_two_sides("SELECT 1 FROM log JOIN slot ON slot.log = log.id WHERE log.id = $1"));
    assert!(!is_on_two_sides("SELECT 1 FROM slot WHERE log = $1"));
}

//! That migrations keep the promise that nodes of different versions rest on.

use std::collections::BTreeSet;

use super::*;

/// What a program of before cannot live with, in the statements of a migration, as far as it concerns tables that were there
/// before.
fn takes_away(sql: &str) -> Vec<String> {
    let lines: Vec<&str> = sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    let words = |statement: &str| statement.to_uppercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let statements: Vec<String> = lines.join(" ").split(';').map(words).collect();
    let new: BTreeSet<&str> = statements.iter().filter_map(|one| made(one)).collect();
    let concerns_old = |one: &&String| !table(one).is_some_and(|table| new.contains(table));
    statements.iter().filter(concerns_old).filter(|one| is_taking(one)).cloned().collect()
}

/// The table that a statement makes.
fn made(statement: &str) -> Option<&str> {
    let rest = statement.strip_prefix("CREATE TABLE ")?;
    rest.strip_prefix("IF NOT EXISTS ").unwrap_or(rest).split([' ', '(']).next()
}

/// The table that a statement changes.
fn table(statement: &str) -> Option<&str> {
    let of_table =
        ["CREATE UNIQUE INDEX ", "CREATE TRIGGER "].iter().any(|begin| statement.starts_with(begin));
    let rest =
        if of_table { statement.split_once(" ON ")?.1 } else { statement.strip_prefix("ALTER TABLE ")? };
    let rest = rest.strip_prefix("IF EXISTS ").unwrap_or(rest);
    rest.strip_prefix("ONLY ").unwrap_or(rest).split([' ', '(']).next()
}

fn is_taking(statement: &str) -> bool {
    let begins =
        ["DROP ", "TRUNCATE", "DELETE ", "CREATE UNIQUE INDEX", "CREATE TRIGGER", "CREATE RULE", "REVOKE"];
    let has =
        [" RENAME ", " DROP ", " TYPE ", " SET NOT NULL", " ADD CONSTRAINT ", " ADD CHECK", " ADD UNIQUE"];
    let needs_a_value = |clause: &str| clause.contains(" NOT NULL") && !clause.contains(" DEFAULT ");
    begins.iter().any(|begin| statement.starts_with(begin))
        || (statement.starts_with("ALTER ")
            && (has.iter().any(|word| statement.contains(word))
                || statement.split(" ADD COLUMN ").skip(1).any(needs_a_value)))
}

#[test]
fn what_programs_of_before_cannot_live_with_is_noticed() {
    for taking in [
        "DROP TABLE entry;",
        "ALTER TABLE entry DROP COLUMN body;",
        "ALTER TABLE entry\n    RENAME COLUMN body TO text;",
        "alter table entry alter column at type TEXT",
        "ALTER TABLE entry ADD COLUMN weight BIGINT NOT NULL;",
        "ALTER TABLE entry ADD COLUMN a TEXT DEFAULT '', ADD COLUMN b TEXT NOT NULL",
        "ALTER TABLE entry ALTER COLUMN body SET NOT NULL",
        "ALTER TABLE entry ADD CONSTRAINT short CHECK (length(body) < 9)",
        "CREATE UNIQUE INDEX one ON entry (at);",
        "CREATE TABLE new (id BIGINT); DROP INDEX log_channel;",
        "CREATE TRIGGER no BEFORE DELETE ON entry FOR EACH ROW EXECUTE FUNCTION no();",
    ] {
        assert_eq!(takes_away(taking).len(), 1, "{taking}");
    }
    for adding in [
        "CREATE TABLE new (id BIGINT NOT NULL); CREATE UNIQUE INDEX one ON new (id);",
        "ALTER TABLE entry ADD COLUMN weight BIGINT NOT NULL DEFAULT 1, ADD COLUMN kind TEXT;",
        "CREATE INDEX some ON entry (at);",
        "CREATE TABLE new (); CREATE TRIGGER no BEFORE DELETE ON new FOR EACH ROW EXECUTE FUNCTION no();",
        "-- DROP TABLE entry;\nUPDATE entry SET said = 0 WHERE said < 0",
        "CREATE TABLE type (a TEXT); ALTER TABLE type ALTER COLUMN a SET NOT NULL",
    ] {
        assert_eq!(takes_away(adding), Vec::<String>::new(), "{adding}");
    }
}

#[test]
fn migrations_add_or_say_what_programs_must_know() {
    let versions: Vec<i64> = migrations().iter().map(Migration::version).collect();
    for migration in migrations() {
        let sql = migration.sql().unwrap();
        let (taken, oldest) = (takes_away(sql), oldest_after(sql));
        assert!(
            taken.is_empty() || oldest.is_some(),
            "{migration} needs a line `{OLDEST_LINE}VERSION`, as programs of before cannot live with {taken:#?}"
        );
        assert_eq!(sql.contains("oldest:"), oldest.is_some(), "{migration}: the line is not understood");
        // The programs that know it are those that have done without what goes.
        let is_known = |oldest: i64| oldest <= migration.version() && versions.contains(&oldest);
        assert!(oldest.is_none_or(is_known), "{migration}: there is no migration {oldest:?} before it");
    }
}

fn migration(version: i64, sql: &str) -> Migration {
    Migration::unapplied(&format!("V{version}__m{version}"), sql).unwrap()
}

fn applied(migration: &Migration) -> Applied {
    let checksum = migration.checksum().to_string();
    Applied { version: migration.version(), name: migration.name().to_owned(), checksum }
}

#[test]
fn what_is_missing_is_applied_and_what_is_newer_is_left_alone() {
    let known = [migration(1, "a"), migration(3, "c"), migration(5, "e")];
    let (one, three, five) = (|| applied(&known[0]), || applied(&known[1]), || applied(&known[2]));
    let newer = || applied(&migration(7, "g"));
    let missing = |applied: Vec<Applied>| {
        let missing = missing(&applied, &known)?;
        Ok::<_, String>(missing.into_iter().map(Migration::version).collect::<Vec<_>>())
    };
    assert_eq!(missing(vec![]).unwrap(), [1, 3, 5]);
    assert_eq!(missing(vec![one(), three()]).unwrap(), [5]);
    assert_eq!(missing(vec![one(), three(), five()]).unwrap(), [0; 0]);
    assert_eq!(missing(vec![one(), three(), five(), newer()]).unwrap(), [0; 0]);
    assert!(missing(vec![one(), five()]).unwrap_err().contains("m3"));
    assert!(missing(vec![one(), three(), newer()]).unwrap_err().contains("m5"));
    assert!(missing(vec![one(), applied(&migration(2, "b"))]).unwrap_err().contains("m2"));
    assert!(missing(vec![applied(&migration(1, "another"))]).unwrap_err().contains("m1"));
}

#[test]
fn a_migration_that_takes_something_away_leaves_word_of_it() {
    let (adds, takes) = (migration(1, "CREATE TABLE a ()"), migration(3, "-- oldest: 1\nDROP TABLE a"));
    assert!(!script(&[&adds]).contains(OLDEST));
    let script = script(&[&adds, &takes]);
    assert!(script.contains("('oldest_program', int8send(1))"), "{script}");
    assert!(script.starts_with("CREATE TABLE IF NOT EXISTS") && script.ends_with("COMMIT"), "{script}");
}

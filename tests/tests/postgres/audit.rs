//! `frontdesk audit` on a database.

use crate::kit::{Database, Finished, Frontdesk, Postgres};

/// A command on a database, from a machine without a server.
fn run(database: &Database, arguments: &[&str]) -> Finished {
    let elsewhere = tempfile::tempdir().unwrap();
    let command = Frontdesk::new(arguments).argument("--data-dir").argument(elsewhere.path());
    command.variable("FRONTDESK_STORE_URL", &database.url).run()
}

/// A database with two tenants; the shop's chain has five records.
fn kept() -> Database {
    let database = Database::empty();
    let admin = |arguments: &[&str]| run(&database, &[&["admin"], arguments].concat()).succeeded();
    admin(&["tenant", "shop"]);
    admin(&["tenant", "rival"]);
    for name in ["one", "two", "three", "four"] {
        admin(&["queue", "--tenant", "shop", "q", "--name", name]);
    }
    database
}

/// The exit code of `frontdesk audit verify` after SQL by somebody who has a hand in the database, and what it printed.
fn found_after(database: &Database, sql: &str) -> (i32, String) {
    let copy = database.copy();
    let fence = "ALTER TABLE audit DISABLE TRIGGER ALL;";
    Postgres::shared().sql(&copy.url, &format!("{fence} {sql}"));
    let finished = run(&copy, &["audit", "verify", "--tenant", "shop"]);
    (finished.status.code().unwrap(), finished.stdout)
}

#[test]
fn a_chain_is_examined_in_the_database_and_exported_from_it() {
    let database = kept();
    let head = run(&database, &["audit", "head", "--tenant", "shop"]).succeeded();
    assert!(head.starts_with("shop 5:"), "{head}");
    let told = run(&database, &["audit", "verify"]).succeeded();
    assert!(told.contains("rival intact 1:") && told.contains("shop intact 5:"), "{told}");
    let noted = head.trim().strip_prefix("shop ").unwrap();
    let told = run(&database, &["audit", "verify", "--tenant", "shop", "--head", noted]).succeeded();
    assert_eq!(told, format!("shop intact {noted}\n"));

    let broken = |what: &str| (1, format!("shop broken {what}\n"));
    let changed = "UPDATE audit SET body = replace(body, 'two', 'six') WHERE tenant = 'shop' AND number = 3";
    assert_eq!(found_after(&database, changed), broken("changed: record 3 is not what was written"));
    let missing = "DELETE FROM audit WHERE tenant = 'shop' AND number = 3";
    assert_eq!(found_after(&database, missing), broken("missing: record 3"));
    let cut = "DELETE FROM audit WHERE tenant = 'shop' AND number >= 4";
    assert_eq!(found_after(&database, cut), broken("truncated: records 4 to 5 at least are gone"));
    let without_note = "DELETE FROM audit_head WHERE tenant = 'shop'";
    let anchor = "anchor: the store's note of the head, record 5, is gone or not genuine";
    assert_eq!(found_after(&database, without_note), broken(anchor));

    let export = run(&database, &["audit", "export", "--tenant", "shop"]).succeeded();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.jsonl");
    std::fs::write(&file, &export).unwrap();
    let verified = Frontdesk::new(["audit", "verify", "--file"]).argument(&file).run().succeeded();
    // That it was exported is recorded in it.
    let head = run(&database, &["audit", "head", "--tenant", "shop"]).succeeded();
    assert_eq!(verified, format!("shop intact {}", head.strip_prefix("shop ").unwrap()));
    assert!(head.starts_with("shop 6:"), "{head}");
}

#[test]
fn what_cannot_be_examined_is_said() {
    let database = Database::empty();
    let nothing = run(&database, &["audit", "verify"]);
    assert_eq!(nothing.status.code(), Some(2), "{nothing:?}");
    assert!(nothing.stderr.contains("there are no tables of Frontdesk in it"), "{nothing:?}");
    let unknown = run(&kept(), &["audit", "verify", "--tenant", "nobody"]);
    assert_eq!(unknown.status.code(), Some(2), "{unknown:?}");
    assert!(unknown.stderr.contains("nobody"), "{unknown:?}");
}

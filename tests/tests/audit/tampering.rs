//! Each kind of tampering is found and named.

use frontdesk_core::audit::AnchorKey;
use frontdesk_tests::kit::Frontdesk;

use super::place::{LENGTH, Place};

fn broken(what: &str) -> (i32, String) {
    (1, format!("shop broken {what}\n"))
}

#[test]
fn each_kind_of_tampering_is_found_and_named() {
    let place = Place::new();
    let changed = place
        .tampered("UPDATE audit SET body = replace(body, 'two', 'six') WHERE tenant = 'shop' AND number = 3");
    assert_eq!(changed.found(), broken("changed: record 3 is not what was written"));
    let missing = place.tampered("DELETE FROM audit WHERE tenant = 'shop' AND number = 3");
    assert_eq!(missing.found(), broken("missing: record 3"));
    let all = missing.verify(&[]);
    assert_eq!((all.0, all.1.contains("rival intact"), all.1.contains("shop broken")), (1, true, true));
    let cut = "DELETE FROM audit WHERE tenant = 'shop' AND number >= 4;";
    let truncated = "truncated: records 4 to 5 at least are gone";
    assert_eq!(place.tampered(cut).found(), broken(truncated));
    let without_row = format!("{cut} DELETE FROM audit_head WHERE tenant = 'shop'");
    assert_eq!(place.tampered(&without_row).found(), broken(truncated), "the file knows");
    let gone = place.tampered("DELETE FROM audit WHERE tenant = 'shop'");
    assert_eq!(gone.found(), broken("truncated: records 1 to 5 at least are gone"));
    let swapped = place.tampered(
        "UPDATE audit SET number = 99 WHERE tenant = 'shop' AND number = 2;
         UPDATE audit SET number = 2 WHERE tenant = 'shop' AND number = 4;
         UPDATE audit SET number = 4 WHERE tenant = 'shop' AND number = 99",
    );
    assert_eq!(swapped.found(), broken("reordered: record 2 stands in another place"));
    let moved_up = place.tampered(
        "UPDATE audit SET number = number + 100 WHERE tenant = 'shop' AND number >= 3;
         INSERT INTO audit (tenant, number, body, hash)
         SELECT tenant, 3, replace(body, '\"number\":2', '\"number\":3'), hash FROM audit
         WHERE tenant = 'shop' AND number = 2;
         UPDATE audit SET number = number - 99 WHERE tenant = 'shop' AND number > 100",
    );
    assert_eq!(moved_up.found(), broken("inserted: what stands in place 3 was not written there"));
    let foreign = place.tampered(
        "UPDATE audit SET body = (SELECT body FROM audit WHERE tenant = 'rival' AND number = 2),
                          hash = (SELECT hash FROM audit WHERE tenant = 'rival' AND number = 2)
         WHERE tenant = 'shop' AND number = 2",
    );
    assert_eq!(foreign.found(), broken("foreign: a record of another tenant stands in place 2"));
}

#[test]
fn a_record_put_at_the_end_is_found() {
    let place = Place::new();
    let longer = place.copy();
    longer.admin(&["queue", "--tenant", "shop", "q", "--name", "five"]);
    let (body, hash): (String, [u8; 32]) = longer
        .database()
        .query_row("SELECT body, hash FROM audit WHERE tenant = 'shop' AND number = 6", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    // A true successor, but one that the store did not write.
    place
        .database()
        .execute("INSERT INTO audit (tenant, number, body, hash) VALUES ('shop', 6, ?1, ?2)", (body, hash))
        .unwrap();
    assert_eq!(place.found(), broken("inserted: what stands in place 6 was not written there"));
}

#[test]
fn a_chain_that_was_written_anew_is_found() {
    let place = Place::new();
    let noted = place.head("shop");
    let (forged, head) = place.rewritten(3);
    let other = format!("rewritten: record {LENGTH} has another hash than was noted elsewhere");
    assert_eq!(forged.found(), broken(&other));
    forged.note(head, AnchorKey::from_bytes([1; 32]), false);
    assert_eq!(forged.found(), broken(&other), "the file knows");
    forged.note(head, AnchorKey::from_bytes([1; 32]), true);
    let anchor = format!("anchor: the store's note of the head, record {LENGTH}, is gone or not genuine");
    assert_eq!(forged.found(), broken(&anchor));
    // Whoever can write everything and read the store's key is found out only by what was noted elsewhere.
    forged.note(head, forged.key(), true);
    assert_eq!(forged.found(), (0, format!("shop intact {head}\n")));
    assert_eq!(forged.verify(&["--tenant", "shop", "--head", &noted]), broken(&other));
    assert_eq!(place.verify(&["--tenant", "shop", "--head", &noted]).0, 0);
}

#[test]
fn a_front_that_was_removed_without_the_stores_note_is_found() {
    let place = Place::new();
    let gone = "DELETE FROM audit WHERE tenant = 'shop' AND number <= 2";
    assert_eq!(place.tampered(gone).found(), broken("missing: records 1 to 2"));
    // A head that the store signed is no note of a cut.
    let noted = "INSERT INTO audit_cut (tenant, epoch, number, hash, mac)
         SELECT tenant, epoch, 2, (SELECT hash FROM audit WHERE tenant = 'shop' AND number = 2), mac
         FROM audit_head WHERE tenant = 'shop';";
    let forged = place.tampered(&format!("{noted} {gone}"));
    assert_eq!(
        forged.found(),
        broken("cut: the store's note that records up to 2 were removed is not genuine")
    );
}

#[test]
fn what_was_done_while_no_server_ran_is_noticed_at_the_next_start() {
    let place = Place::new();
    let cut = place.tampered("DELETE FROM audit WHERE tenant = 'shop' AND number = 5");
    cut.admin(&["list"]);
    assert_eq!(cut.found(), broken("missing: record 5"), "what shows it is not written over");
    let hidden = place.tampered(
        "DELETE FROM audit WHERE tenant = 'shop' AND number = 5; DELETE FROM audit_head WHERE tenant = 'shop'",
    );
    hidden.admin(&["list"]);
    let noticed = "noticed: record 5 says that at a start the chain was not the one that had been written";
    assert_eq!(hidden.found(), broken(noticed));
    hidden.admin(&["list"]);
    hidden.admin(&["queue", "--tenant", "shop", "q", "--name", "later"]);
    assert_eq!(hidden.found(), broken(noticed), "it is noticed once, and stays");
    let older = place.copy();
    place.admin(&["queue", "--tenant", "shop", "q", "--name", "five"]);
    for name in ["frontdesk.db", "frontdesk.db-wal"] {
        let _ = std::fs::remove_file(place.path().join(name));
    }
    std::fs::copy(older.path().join("frontdesk.db"), place.path().join("frontdesk.db")).unwrap();
    assert_eq!(place.found(), broken("truncated: records 6 to 6 at least are gone"), "put back");
    place.admin(&["list"]);
    assert_eq!(place.found().0, 1);
}

#[test]
fn a_file_that_is_gone_is_told_and_recorded() {
    let place = Place::new();
    std::fs::remove_file(place.path().join("frontdesk.audit")).unwrap();
    let finished = Frontdesk::new(["audit", "verify", "--data-dir"]).argument(place.path()).run();
    assert!(finished.status.success(), "{finished:?}");
    assert!(finished.stderr.contains("is gone"), "{finished:?}");
    place.admin(&["list"]);
    assert!(export(&place).contains("\"audit.unwitnessed\""));
    assert_eq!(place.found().0, 0);
}

#[test]
fn the_database_refuses_to_change_records() {
    let place = Place::new();
    let database = place.database();
    for sql in [
        "UPDATE audit SET body = body",
        "DELETE FROM audit WHERE number = 1",
        "INSERT OR REPLACE INTO audit (tenant, number, body, hash) SELECT tenant, number, body, hash FROM audit",
    ] {
        let refused = database.execute_batch(sql).unwrap_err().to_string();
        assert!(refused.contains("only appended to"), "{sql}: {refused}");
    }
    assert_eq!(place.found().0, 0);
}

fn export(place: &Place) -> String {
    Frontdesk::new(["audit", "export", "--tenant", "shop", "--data-dir"])
        .argument(place.path())
        .run()
        .succeeded()
}

#[test]
fn an_export_is_recorded_and_examined_by_itself() {
    let place = Place::new();
    let text = export(&place);
    let file = place.path().join("export.jsonl");
    let examine = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let finished = Frontdesk::new(["audit", "verify", "--file"]).argument(&file).run();
        (finished.status.code().unwrap(), finished.stdout)
    };
    assert_eq!(examine(&text), (0, format!("shop intact {}\n", place.head("shop"))));
    let last = text.lines().rev().nth(1).unwrap();
    assert!(last.contains("\"audit.export\"") && last.contains("\"operator\""), "{last}");
    let lied = examine(&text.replace("\"two\"", "\"six\""));
    assert_eq!(lied, broken("changed: record 3 is not what was written"));
    let cut = text.lines().take(4).collect::<Vec<_>>().join("\n");
    assert_eq!(examine(&cut).0, 1);
    assert_eq!(examine("hello").0, 2);
}

#[test]
fn what_cannot_be_told_is_an_error() {
    let place = Place::new();
    let head = place.head("shop");
    assert_eq!(place.verify(&["--tenant", "nobody"]).0, 2);
    assert_eq!(place.verify(&["--head", &head]).0, 2, "whose head is it?");
    assert_eq!(place.verify(&["--head", "5:xyz"]).0, 2);
    std::fs::write(place.path().join("frontdesk.db"), "no database").unwrap();
    assert_eq!(place.verify(&[]).0, 2);
    let nothing = Frontdesk::new(["audit", "verify", "--data-dir", "/no/such/folder"]).run();
    assert_eq!(nothing.status.code(), Some(2));
}

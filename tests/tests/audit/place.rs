//! A data directory with an audit log, and the binary that looks at it.

use std::path::Path;

use frontdesk_core::audit::{Anchor, AnchorKey, ChainHash, Head};
use frontdesk_core::id::TenantId;
use frontdesk_tests::kit::Frontdesk;
use rusqlite::{Connection, params};
use tempfile::TempDir;

/// How many records the tenant has.
pub(super) const LENGTH: u64 = 5;

pub(super) fn shop() -> TenantId {
    TenantId::new("shop").unwrap()
}

/// A data directory.
pub(super) struct Place(pub(super) TempDir);

impl Place {
    /// With two tenants; one of them has [`LENGTH`] records.
    pub(super) fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.admin(&["tenant", "shop"]);
        place.admin(&["tenant", "rival"]);
        place.admin(&["queue", "--tenant", "rival", "q"]);
        for name in ["one", "two", "three", "four"] {
            place.admin(&["queue", "--tenant", "shop", "q", "--name", name]);
        }
        assert_eq!(
            place.verify(&[]),
            (0, format!("rival intact {}\nshop intact {}\n", place.head("rival"), place.head("shop")))
        );
        assert!(place.head("shop").starts_with(&format!("{LENGTH}:")));
        place
    }

    /// The same again, to be spoilt.
    pub(super) fn copy(&self) -> Self {
        let copy = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(self.path()).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
            }
        }
        Self(copy)
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn admin(&self, arguments: &[&str]) -> String {
        Frontdesk::new(["admin", "--data-dir"]).argument(self.path()).arguments(arguments).run().succeeded()
    }

    /// The exit code of `frontdesk audit verify`, and what it printed.
    pub(super) fn verify(&self, more: &[&str]) -> (i32, String) {
        let finished =
            Frontdesk::new(["audit", "verify", "--data-dir"]).argument(self.path()).arguments(more).run();
        assert!(!finished.stderr.contains("panicked"), "{finished:?}");
        (finished.status.code().unwrap(), finished.stdout)
    }

    /// What is found of the shop's chain.
    pub(super) fn found(&self) -> (i32, String) {
        self.verify(&["--tenant", "shop"])
    }

    pub(super) fn head(&self, tenant: &str) -> String {
        let told = Frontdesk::new(["audit", "head", "--tenant", tenant, "--data-dir"])
            .argument(self.path())
            .run()
            .succeeded();
        told.trim().strip_prefix(tenant).unwrap().trim().to_owned()
    }

    pub(super) fn database(&self) -> Connection {
        Connection::open(self.path().join("frontdesk.db")).unwrap()
    }

    /// The database without its fence.
    pub(super) fn opened_up(&self) -> Connection {
        let database = self.database();
        for trigger in ["audit_is_not_changed", "audit_is_not_removed", "audit_is_not_replaced"] {
            database.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
        }
        database
    }

    /// Changes the database with SQL.
    pub(super) fn tampered(&self, sql: &str) -> Self {
        let copy = self.copy();
        copy.opened_up().execute_batch(sql).unwrap();
        copy
    }

    /// Writes a record otherwise and computes every hash anew. Gives the new head.
    pub(super) fn rewritten(&self, number: u64) -> (Self, Head) {
        let copy = self.copy();
        let database = copy.opened_up();
        let mut statement = database
            .prepare("SELECT number, body, hash FROM audit WHERE tenant = 'shop' ORDER BY number")
            .unwrap();
        let rows: Vec<(i64, String, [u8; 32])> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let before = rows.iter().find(|row| row.0.cast_unsigned() == number - 1).unwrap();
        let mut head = Head { number: number - 1, hash: ChainHash::from_bytes(before.2) };
        for (place, body, _) in rows.into_iter().filter(|row| row.0.cast_unsigned() >= number) {
            let body =
                if place.cast_unsigned() == number { body.replace("operator", "person") } else { body };
            head = Head { number: place.cast_unsigned(), hash: head.hash.then(&body) };
            database
                .execute(
                    "UPDATE audit SET body = ?2, hash = ?3 WHERE tenant = 'shop' AND number = ?1",
                    params![place, body, head.hash.as_bytes()],
                )
                .unwrap();
        }
        drop(statement);
        (copy, head)
    }

    /// Replaces the store's notes of the shop's head: the row and, if wanted, the file.
    pub(super) fn note(&self, head: Head, key: AnchorKey, in_file: bool) {
        let database = self.database();
        let epoch: i64 = database
            .query_row("SELECT epoch FROM audit_head WHERE tenant = 'shop'", [], |row| row.get(0))
            .unwrap();
        let anchor = Anchor::sign(&key, shop(), epoch.cast_unsigned(), head);
        database
            .execute(
                "UPDATE audit_head SET number = ?1, hash = ?2, mac = ?3 WHERE tenant = 'shop'",
                params![head.number.cast_signed(), head.hash.as_bytes(), anchor.mac()],
            )
            .unwrap();
        if in_file {
            let path = self.path().join("frontdesk.audit");
            let mut anchors: Vec<Anchor> = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            anchors.retain(|known| known.tenant != shop());
            anchors.push(anchor);
            std::fs::write(path, serde_json::to_vec(&anchors).unwrap()).unwrap();
        }
    }

    /// The key of the store, which whoever can read the whole database has.
    pub(super) fn key(&self) -> AnchorKey {
        let key = "SELECT value FROM store_value WHERE name = 'audit_key'";
        AnchorKey::from_bytes(self.database().query_row(key, [], |row| row.get(0)).unwrap())
    }
}

//! `frontdesk doctor`: what is well, what is not, and that looking changes nothing.

use std::net::TcpListener;
use std::path::Path;

use frontdesk_tests::kit::{Certificate, Finished, Frontdesk, Postgres};
use serde_json::Value;
use tempfile::TempDir;

/// `frontdesk doctor --json` on a data directory, with any ports unless others are given.
fn doctor(data: &Path) -> Frontdesk {
    Frontdesk::new(["doctor", "--json", "--internal-listen", "off", "--data-dir"]).argument(data)
}

fn on_any_port(data: &Path) -> Frontdesk {
    doctor(data).arguments(["--listen", "127.0.0.1:0"])
}

/// What was found, and whether the exit code agrees.
struct Told {
    findings: Vec<Value>,
}

fn told(finished: &Finished) -> Told {
    let report: Value = serde_json::from_str(&finished.stdout).unwrap_or_else(|_| panic!("{finished:?}"));
    assert_eq!(report["well"].as_bool(), Some(finished.status.success()), "{finished:?}");
    assert!(finished.status.code().is_some_and(|code| code <= 1), "{finished:?}");
    let findings = report["findings"].as_array().unwrap().clone();
    for finding in &findings {
        assert_eq!(finding["advice"].is_null(), finding["state"] == "well", "{finding}");
    }
    Told { findings }
}

impl Told {
    fn find(&self, check: &str) -> &Value {
        let found = self.findings.iter().find(|finding| finding["check"] == check);
        found.unwrap_or_else(|| panic!("nothing of {check}: {:?}", self.findings))
    }

    fn state(&self, check: &str) -> &str {
        self.find(check)["state"].as_str().unwrap()
    }

    fn found(&self, check: &str) -> &str {
        self.find(check)["found"].as_str().unwrap()
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn before_the_first_start_nothing_is_made() {
    let folder = folder();
    let data = folder.path().join("new").join("data");
    let told = told(&on_any_port(&data).run());
    assert!(told.found("server").starts_with("none runs"), "{}", told.found("server"));
    for check in ["configuration", "data directory", "store", "certificate", "listen"] {
        assert_eq!(told.state(check), "well", "{:?}", told.findings);
    }
    assert!(told.findings.iter().any(|finding| finding["check"] == "disk"));
    assert!(told.findings.iter().any(|finding| finding["check"] == "open files"));
    assert!(!folder.path().join("new").exists(), "it was only looked at");

    // A folder cannot be made in a file.
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let told = self::told(&on_any_port(&file.join("data")).run());
    assert_eq!(told.state("data directory"), "wrong", "{:?}", told.findings);
}

#[test]
fn a_server_that_runs_is_not_disturbed() {
    let folder = folder();
    let server = Frontdesk::serve(folder.path()).start();
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    let told = self::told(&doctor(folder.path()).arguments(["--listen", &address]).run());
    assert!(told.found("server").contains(&server.id().to_string()), "{}", told.found("server"));
    assert_eq!((told.state("store"), told.state("listen")), ("well", "well"), "{:?}", told.findings);

    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let told = self::told(&doctor(folder.path()).arguments(["--listen", &free.to_string()]).run());
    assert_eq!(told.state("listen"), "warning", "the server listens elsewhere");

    let finished = server.terminate();
    assert!(finished.status.success(), "{finished:?}");
    assert!(!finished.stderr.contains("WARN"), "it was noticed: {}", finished.stderr);
    let told = self::told(&on_any_port(folder.path()).run());
    assert!(told.found("server").starts_with("none runs"), "{}", told.found("server"));
    assert_eq!(told.state("store"), "well");
    // What was only looked at has not been put back or moved.
    let finished = Frontdesk::serve(folder.path()).start().terminate();
    assert!(!finished.stderr.contains("WARN"), "{}", finished.stderr);
}

#[test]
fn what_is_wrong_is_told_with_what_to_do() {
    let folder = folder();
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = holder.local_addr().unwrap();
    let finished = Frontdesk::new(["doctor", "--internal-listen", "off", "--listen", &taken.to_string()])
        .argument("--data-dir")
        .argument(folder.path())
        .run();
    let line = finished.stdout.lines().position(|line| line.starts_with("wrong") && line.contains("listen"));
    let lines: Vec<&str> = finished.stdout.lines().collect();
    assert!(lines[line.unwrap()].contains(&taken.to_string()), "{}", finished.stdout);
    assert!(lines[line.unwrap() + 1].contains("→ "), "{}", finished.stdout);
    assert_eq!(finished.status.code(), Some(1));
    assert!(finished.failed().contains("not everything is well: listen"));

    let told = self::told(&on_any_port(folder.path()).arguments(["--config", "/no/such/file.toml"]).run());
    assert_eq!(told.state("configuration"), "wrong");
    let told = self::told(&on_any_port(folder.path()).variable("FRONTDESK_LOG_FILTER", "=loud=").run());
    assert_eq!(told.state("configuration"), "wrong");
}

#[test]
fn a_store_of_another_kind_or_version_is_told_apart() {
    let folder = folder();
    Frontdesk::serve(folder.path()).start().terminate();
    let database = folder.path().join("frontdesk.db");
    let connection = rusqlite::Connection::open(&database).unwrap();
    let later = "INSERT INTO refinery_schema_history SELECT 999912312359, name, applied_on, checksum
                 FROM refinery_schema_history LIMIT 1";
    connection.execute(later, []).unwrap();
    drop(connection);
    let told = self::told(&on_any_port(folder.path()).run());
    assert_eq!(told.state("store"), "wrong");
    assert!(told.found("store").contains("999912312359"), "{}", told.found("store"));

    std::fs::write(&database, "a letter, and not a database, however long it may go on").unwrap();
    assert_eq!(self::told(&on_any_port(folder.path()).run()).state("store"), "wrong");
}

#[test]
fn a_certificate_is_examined() {
    let folder = folder();
    let (one, other) = (Certificate::new(), Certificate::new());
    let with = |certificate: &Path, key: &Path| {
        let flags = on_any_port(folder.path()).argument("--tls-certificate").argument(certificate);
        told(&flags.argument("--tls-key").argument(key).run())
    };
    let told = with(&one.file(), &one.key());
    assert_eq!(told.state("certificate"), "well", "{:?}", told.findings);
    assert!(told.found("certificate").contains("is good until 4096-01-01"), "{}", told.found("certificate"));
    assert_eq!(with(&one.file(), &other.key()).state("certificate"), "wrong", "not its key");
    assert_eq!(with(&one.key(), &one.key()).state("certificate"), "wrong", "no certificate");

    let key = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    parameters.not_before = rcgen::date_time_ymd(2020, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(2020, 4, 1);
    let (file, key_file) = (folder.path().join("old.pem"), folder.path().join("old-key.pem"));
    std::fs::write(&file, parameters.self_signed(&key).unwrap().pem()).unwrap();
    std::fs::write(&key_file, key.serialize_pem()).unwrap();
    let told = with(&file, &key_file);
    assert_eq!(told.state("certificate"), "wrong");
    assert!(told.found("certificate").contains("2020-04-01"), "{}", told.found("certificate"));
}

#[test]
fn a_database_is_examined() {
    let folder = folder();
    let url = Postgres::shared().database().replace("frontdesk@", "frontdesk:very-secret@");
    let on = |url: &str| on_any_port(folder.path()).variable("FRONTDESK_STORE_URL", url);
    let checks = ["database", "tables", "clock", "pool", "listener"];
    let finished = on(&url).run();
    let told = self::told(&finished);
    for check in checks {
        assert_eq!(told.state(check), "well", "{:?}", told.findings);
    }
    assert!(told.found("tables").contains("the next start"), "none are there: {}", told.found("tables"));
    assert!(!finished.stdout.contains("very-secret"), "{}", finished.stdout);

    let server = Frontdesk::serve(folder.path()).variable("FRONTDESK_STORE_URL", &url).start();
    let told = self::told(&on(&url).run());
    for check in checks {
        assert_eq!(told.state(check), "well", "{:?}", told.findings);
    }
    assert!(!told.found("tables").contains("the next start"), "{}", told.found("tables"));
    assert!(server.terminate().status.success());

    let told = self::told(&on(&url).variable("FRONTDESK_STORE_CONNECTIONS", "10000").run());
    assert_eq!(told.state("pool"), "wrong", "{:?}", told.findings);
    // Another database hears nothing of this one.
    let elsewhere = Postgres::shared().database();
    let told = self::told(&on(&url).variable("FRONTDESK_STORE_LISTEN_URL", &elsewhere).run());
    assert_eq!(told.state("listener"), "wrong", "{:?}", told.findings);

    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let finished = on(&format!("postgres://frontdesk:very-secret@{nobody}/desk")).run();
    let told = self::told(&finished);
    assert_eq!(told.state("database"), "wrong", "{:?}", told.findings);
    assert!(!format!("{finished:?}").contains("very-secret"), "{finished:?}");
}

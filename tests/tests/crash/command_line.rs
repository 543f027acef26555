//! The binary as somebody who installs it meets it.

use std::net::TcpListener;

use frontdesk_tests::kit::{Frontdesk, Http};
use reqwest::StatusCode;
use serde_json::json;

#[test]
fn help_names_every_command() {
    let help = Frontdesk::new(["--help"]).run().succeeded();
    for command in ["serve", "admin", "config", "doctor"] {
        assert!(help.contains(command), "{help}");
        let about = Frontdesk::new([command, "--help"]).run().succeeded();
        assert!(about.contains("Usage: frontdesk"), "{about}");
    }
    let serve = Frontdesk::new(["serve", "--help"]).run().succeeded();
    for flag in ["--config", "--listen", "--internal-listen", "--data-dir", "--demo"] {
        assert!(serve.contains(flag), "{serve}");
    }
    let version = Frontdesk::new(["--version"]).run().succeeded();
    assert_eq!(version, concat!("frontdesk ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn what_is_not_understood_is_named() {
    let refusal = |arguments: &[&str], named: &str| {
        let told = Frontdesk::new(arguments).run().failed();
        assert!(told.contains(named), "{arguments:?}: {told}");
    };
    refusal(&["serve", "--lisen", "127.0.0.1:0"], "--lisen");
    refusal(&["serve", "--listen", "here"], "here");
    refusal(&["serve", "--internal-listen", "maybe"], "neither an address nor `off`");
    refusal(&["sreve"], "sreve");
    refusal(&["admin", "agent", "101"], "--tenant");
    refusal(&["serve", "--config", "/no/such/file.toml"], "/no/such/file.toml");
}

#[tokio::test]
async fn a_hang_up_does_not_end_a_server_without_a_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let server = Frontdesk::serve(folder.path()).start();
    server.hang_up();
    let said = async || (server.logged("SIGHUP") > 0).then_some(());
    frontdesk_tests::kit::eventually("a line about it", said).await;
    let answer = Http::new(&server.url).get("/api/v1/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let finished = tokio::task::spawn_blocking(move || server.terminate()).await.unwrap();
    assert!(finished.status.success(), "{finished:?}");
}

#[test]
fn the_demonstration_stays_on_loopback() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let told = Frontdesk::new(["serve", "--demo", "--listen", "0.0.0.0:0", "--data-dir"])
        .argument(&data)
        .run()
        .failed();
    assert!(told.contains("loopback") && told.contains("0.0.0.0:0"), "{told}");
    assert!(!data.exists(), "it was refused, but made a data directory");
}

#[test]
fn a_port_in_use_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let _holder = TcpListener::bind(taken).unwrap();
    for (public, internal) in
        [(taken.to_string(), "off".to_owned()), ("127.0.0.1:0".to_owned(), taken.to_string())]
    {
        let finished = Frontdesk::new(["serve", "--listen", &public, "--internal-listen", &internal])
            .argument("--data-dir")
            .argument(folder.path())
            .run();
        assert_eq!(finished.stdout, "", "it says that it listens");
        let told = finished.failed();
        assert!(told.contains(&format!("cannot listen on {taken}")), "{told}");
    }
}

#[test]
fn a_data_directory_has_one_server() {
    let folder = tempfile::tempdir().unwrap();
    let first = Frontdesk::serve(folder.path()).start();
    let told = Frontdesk::serve(folder.path()).run().failed();
    assert!(told.contains(&first.id().to_string()), "the other's process id is not in {told}");
    assert!(told.contains(&folder.path().display().to_string()), "{told}");
    assert!(first.terminate().status.success());
    // After a stop, and after a kill, it is free.
    drop(Frontdesk::serve(folder.path()).start().kill());
    drop(Frontdesk::serve(folder.path()).start());
}

#[test]
fn the_first_line_says_where_it_listens_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let server = Frontdesk::serve(folder.path()).start();
    let port = server.url.strip_prefix("http://127.0.0.1:").expect("an address on loopback").to_owned();
    assert!(port.parse::<u16>().is_ok_and(|port| port != 0), "{port}");
    assert_eq!(server.first_line, format!("frontdesk listening on http://127.0.0.1:{port}\n"));
    let finished = server.terminate();
    assert!(finished.status.success(), "{finished:?}");
    // Log lines go elsewhere.
    assert!(finished.stderr.contains("stopped") && !finished.stdout.contains("stopped"), "{finished:?}");
}

#[test]
fn a_configuration_is_checked_and_printed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("frontdesk.toml");
    let config = |action: &str| Frontdesk::new(["config", action, "--config"]).argument(&file);
    let example = Frontdesk::new(["config", "print", "--example"]).run().succeeded();
    std::fs::write(&file, &example).unwrap();
    config("check").run().succeeded();
    // The example is what is in force without a file.
    let without = Frontdesk::new(["config", "print"]).run().succeeded();
    assert_eq!(config("print").run().succeeded(), without);

    std::fs::write(&file, "[messaging]\npoll_hold_ms = 1000\npoll_hodl_ms = 1\n").unwrap();
    for told in
        [config("check").run().failed(), Frontdesk::new(["serve", "--config"]).argument(&file).run().failed()]
    {
        assert!(told.contains("poll_hodl_ms") && told.contains(&file.display().to_string()), "{told}");
    }
    std::fs::write(&file, "listen = \"127.0.0.1:1\"\n[messaging]\npoll_hold_ms = 1000\n").unwrap();
    let printed = config("print").variable("FRONTDESK_LISTEN", "127.0.0.1:2").run().succeeded();
    assert!(
        printed.contains("listen = \"127.0.0.1:2\"") && printed.contains("poll_hold_ms = 1000"),
        "{printed}"
    );
    let told = config("check").variable("FRONTDESK_MESSAGING_POLL_HOLD_MS", "soon").run().failed();
    assert!(told.contains("FRONTDESK_MESSAGING_POLL_HOLD_MS"), "{told}");
}

#[tokio::test]
async fn everything_can_be_given_by_variables() {
    let folder = tempfile::tempdir().unwrap();
    let server = Frontdesk::new(["serve"])
        .variable("FRONTDESK_LISTEN", "127.0.0.1:0")
        .variable("FRONTDESK_INTERNAL_LISTEN", "127.0.0.1:0")
        .variable("FRONTDESK_DATA_DIR", folder.path())
        .variable("FRONTDESK_DEMO", "true")
        .variable("FRONTDESK_LOG_FORMAT", "json")
        .start();
    let body = json!({ "app_key": "demo-app", "app_secret": "demo-secret" });
    let answer = Http::new(&server.url).post("/apigovernance/api/oauth/tokenByAkSk", body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let finished = server.terminate();
    let internal = finished.stdout.lines().find(|line| line.contains("/healthz"));
    assert!(internal.is_some_and(|line| line.contains("http://127.0.0.1:")), "{}", finished.stdout);
    for line in finished.stderr.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "not JSON: {line}");
    }
}

#[tokio::test]
async fn without_the_demonstration_there_is_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let server = Frontdesk::serve(folder.path()).start();
    let body = json!({ "app_key": "demo-app", "app_secret": "demo-secret" });
    let answer = Http::new(&server.url).post("/apigovernance/api/oauth/tokenByAkSk", body).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

//! `frontdesk backup` and `frontdesk restore` as an operator uses them.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use frontdesk_tests::kit::{Customer, Http};

fn binary() -> PathBuf {
    // target/<profile>/deps/<test>
    let test = std::env::current_exe().unwrap();
    let binary = test.ancestors().nth(2).unwrap().join("frontdesk");
    assert!(binary.exists(), "build the binary first: cargo build -p frontdesk");
    binary
}

fn frontdesk(arguments: &[&str], data: &Path) -> Output {
    let mut command = Command::new(binary());
    command.env_clear().args(arguments).arg("--data-dir").arg(data);
    command.output().unwrap()
}

/// A running server, killed at the latest when it is dropped.
struct Serving {
    child: Child,
    url: String,
    /// A server whose output nobody takes any more ends.
    _output: BufReader<ChildStdout>,
}

impl Serving {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(binary())
            .env_clear()
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--internal-listen", "off", "--data-dir"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("frontdesk listening on ").unwrap().to_owned();
        Self { child, url, _output: output }
    }

    /// The hard way, as a power cut.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn customer(url: &str) -> Customer {
    let app = frontdesk_tests::kit::App::sign_in(&Http::new(url), "demo-app", "demo-secret").await;
    app.customer("ann", "en").await
}

async fn poll(customer: &Customer, cursor: &str) -> serde_json::Value {
    customer.http.get(&format!("/apiaccess/ccmessaging/poll?wait=0&cursor={cursor}")).await.json
}

fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn refused(output: &Output) -> String {
    assert!(!output.status.success(), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[tokio::test]
async fn a_store_is_backed_up_with_and_without_a_server_and_restored() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let text = |name: &str| at(name).to_str().unwrap().to_owned();
    let nothing = refused(&frontdesk(&["backup", "--to", &text("none")], &at("data")));
    assert!(nothing.contains("there is no store"), "{nothing}");
    assert!(!at("data").exists(), "and none was made");

    let server = Serving::start(&at("data"));
    let ann = customer(&server.url).await;
    assert_eq!(ann.send("CONNECT", "").await.code(), "0");
    let cursor = poll(&ann, "").await["nextCursor"].as_str().unwrap().to_owned();
    let told = succeeded(&frontdesk(&["backup", "--to", &text("online")], &at("data")));
    assert!(told.contains("backup written to") && told.contains("entries in"), "{told}");
    let again = refused(&frontdesk(&["backup", "--to", &text("online")], &at("data")));
    assert!(again.contains("exists already"), "{again}");
    let busy = refused(&frontdesk(&["restore", "--force", "--from", &text("online")], &at("data")));
    assert!(busy.contains("in use by process"), "{busy}");
    server.kill();

    // Killed and started again: the same epoch.
    let server = Serving::start(&at("data"));
    let ann = Customer { http: ann.http.at(&server.url), user: ann.user };
    let answer = poll(&ann, &cursor).await;
    assert!(answer["nextCursor"].is_string() && answer.get("gap").is_none(), "{answer}");
    server.kill();
    succeeded(&frontdesk(&["backup", "--to", &text("offline")], &at("data")));

    let not_empty = refused(&frontdesk(&["restore", "--from", &text("offline")], &at("data")));
    assert!(not_empty.contains("--force"), "{not_empty}");
    for (number, (backup, data, flags)) in
        [("online", "new", &[][..]), ("offline", "data", &["--force"][..])].into_iter().enumerate()
    {
        let from = text(backup);
        let arguments: Vec<&str> =
            ["restore", "--from", &from].into_iter().chain(flags.iter().copied()).collect();
        let told = succeeded(&frontdesk(&arguments, &at(data)));
        assert!(told.contains("new epoch"), "{told}");
        assert_eq!(told.contains("what was there before"), number == 1, "{told}");
        let server = Serving::start(&at(data));
        let ann = Customer { http: ann.http.at(&server.url), user: ann.user.clone() };
        let answer = poll(&ann, &cursor).await;
        assert_eq!(answer["gap"]["reason"], "EPOCH", "{answer}");
        assert_eq!(answer["downlinkMessages"].as_array().map(Vec::len), Some(1), "{answer}");
        let next = answer["nextCursor"].as_str().unwrap();
        assert!(poll(&ann, next).await.get("gap").is_none());
    }
}

//! A real identity provider in a process of its own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};

/// What the provider knows the server as.
pub(super) const CLIENT: &str = "frontdesk";
/// What the server proves that with.
pub(super) const SECRET: &str = "a secret of the tests";

/// The process. It ends when this is dropped.
pub(super) struct IdentityProvider {
    /// Where it is, as it calls itself.
    pub(super) issuer: String,
    /// The time when it started, in milliseconds since 1970.
    pub(super) started: i64,
    process: Child,
}

impl IdentityProvider {
    /// Starts one that sends people back to these addresses. `more` is what is special of it.
    pub(super) fn start(redirects: &[String], more: &Value) -> Self {
        install();
        let mut setup = json!({ "client": { "id": CLIENT, "secret": SECRET }, "redirects": redirects });
        for (name, value) in more.as_object().into_iter().flatten() {
            setup[name] = value.clone();
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("oidc");
        let mut process = Command::new("node")
            .arg("provider.mjs")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node runs");
        writeln!(process.stdin.as_mut().unwrap(), "{setup}").unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).expect("the provider says where it is");
        let issuer = told["issuer"].as_str().unwrap().to_owned();
        Self { issuer, started: told["now"].as_i64().unwrap(), process }
    }

    /// It signs with another key from now on, and no longer knows the one of before.
    pub(super) async fn rotate(&self) {
        let rotated = reqwest::Client::new().post(format!("{}/control/rotate", self.issuer)).send().await;
        assert!(rotated.unwrap().status().is_success());
    }

    /// It is gone, and nothing listens where it was.
    pub(super) fn stop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        self.stop();
    }
}

fn install() {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/identity-provider.sh");
        let status = Command::new(script).stdout(Stdio::null()).status().expect("the script runs");
        assert!(status.success(), "the identity provider could not be installed");
    });
}

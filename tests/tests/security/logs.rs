//! Secrets of people, programs and tenants never stand in a log line, not even at the finest level. What customers'
//! credentials do is looked at by the delivery suite, and every suite looks at what processes that it starts have logged.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use frontdesk_tests::kit::{CHANNEL, Server};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

/// Everything that is logged on this thread.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Generated secrets that stand in an answer.
fn secrets_in(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != '-');
    let prefixes = ["fds_", "fda_", "fdd_", "fdk_", "whsec_"];
    words.filter(|word| prefixes.iter().any(|prefix| word.starts_with(prefix))).map(str::to_owned).collect()
}

#[tokio::test]
async fn secrets_are_never_logged() {
    let lines = Lines::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(lines.clone()).finish();
    let _on_this_thread = tracing::subscriber::set_default(subscriber);
    let mut server = Server::start().await;
    let anybody = server.anybody();
    let mut answers = Vec::new();

    let login = async |agent: &str, password: &str| {
        anybody
            .post("/api/v1/agent/login", json!({ "tenant": "demo", "agentId": agent, "password": password }))
            .await
    };
    let refused = login("901", "canary-of-a-wrong-password").await;
    assert_eq!(refused.status, 401, "{}", refused.text);
    let answer = login("901", "demo-901").await;
    let token = answer.json["token"].as_str().unwrap().to_owned();
    answers.push(answer);
    let admin = anybody.with("authorization", format!("Bearer {token}"));
    answers.push(admin.put("/api/v1/config/apps/canary", json!({ "name": "Canary" })).await);
    let agent = json!({ "nickname": "C", "password": "canary-of-a-new-password" });
    answers.push(admin.put("/api/v1/config/agents/canary", agent).await);
    let kept = json!({ "identity_key": "canary-of-an-identity-key-0123456789abcdefghij" });
    answers.push(admin.patch(&format!("/api/v1/config/channels/{CHANNEL}"), kept).await);
    answers
        .push(admin.post("/api/v1/keys", json!({ "name": "canary", "permissions": ["config.read"] })).await);
    answers.push(admin.post("/api/v1/agent/totp", json!({ "password": "demo-901" })).await);
    let change = json!({ "current": "canary-of-a-wrong-password", "new": "canary-of-a-new-password" });
    answers.push(admin.post("/api/v1/agent/password", change).await);
    answers
        .push(anybody.with("cookie", format!("fd_session={token}")).get("/api/v1/agent/conversations").await);
    for secret in ["demo-secret", "canary-of-a-wrong-secret"] {
        let body = json!({ "app_key": "demo-app", "app_secret": secret });
        answers.push(anybody.post("/apigovernance/api/oauth/tokenByAkSk", body).await);
    }
    // What goes wrong says more.
    server.store.fail("configured", 1);
    answers.push(admin.put("/api/v1/config/apps/canary2", json!({ "name": "Canary" })).await);
    server.stop().await;

    let mut secrets: Vec<String> = answers.iter().flat_map(|answer| secrets_in(&answer.text)).collect();
    assert!(secrets.len() >= 2, "{:?}", answers.iter().map(|answer| &answer.text).collect::<Vec<_>>());
    secrets.extend(["canary-of", "demo-secret", "demo-901"].map(str::to_owned));
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("frontdesk"), "the server logged nothing");
    for secret in secrets {
        // The client is on this thread too; what it says of itself is not the server's.
        let leak = text.lines().find(|line| line.contains(&secret) && line.contains("frontdesk"));
        assert_eq!(leak, None);
    }
}

//! `frontdesk admin`, with and without a running server.

use std::path::Path;

use frontdesk_tests::kit::{Agent, App, CHANNEL, Frontdesk, Http};
use reqwest::StatusCode;
use serde_json::json;

const KNOWLEDGE: &str = r#"
locale = "en"
[[group]]
id = "lanterns"
answer = "Our lanterns burn for forty hours."
questions = ["How long do your lanterns burn?", "What is the burning time of a lantern?"]
"#;

fn admin(data: &Path, arguments: &[&str]) -> Frontdesk {
    Frontdesk::new(["admin", "--data-dir"]).argument(data).arguments(arguments)
}

/// A whole shop; the secret of its app.
fn set_up(data: &Path) -> String {
    let knowledge = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(knowledge.path(), KNOWLEDGE).unwrap();
    let done = |arguments: &[&str]| assert_eq!(admin(data, arguments).run().succeeded(), "done\n");
    done(&["tenant", "lamps", "--name", "Lamp shop"]);
    let shown = admin(data, &["app", "--tenant", "lamps", "lamps-app"]).run().succeeded();
    let (key, secret) = shown.trim_end().split_once('\n').expect("a key and a secret");
    assert_eq!(key, "lamps-app");
    done(&["queue", "--tenant", "lamps", "sales"]);
    done(&["robot", "--tenant", "lamps", "lamp-robot", "--welcome", "Let there be light"]);
    let file = knowledge.path().to_str().unwrap();
    done(&["knowledge", "--tenant", "lamps", "lamp-robot", file]);
    done(&["channel", "--tenant", "lamps", CHANNEL, "--robot", "lamp-robot", "--queue", "sales"]);
    let agent = ["agent", "--tenant", "lamps", "7", "--queue", "sales", "--password-stdin"];
    assert_eq!(admin(data, &agent).run_with("open sesame\n").succeeded(), "done\n");
    secret.to_owned()
}

/// A customer is greeted, answered from the knowledge, and served by the agent.
async fn serves(url: &str, secret: &str) {
    let anybody = Http::new(url);
    let agent = Agent::sign_in(&anybody, "lamps", "7", "open sesame").await;
    agent.declare("online").await;
    let customer = App::sign_in(&anybody, "lamps-app", secret).await.customer("ann", "en").await;
    assert_eq!(customer.send("CONNECT", "").await.code(), "0");
    assert_eq!(customer.send("CHAT", "how long do your lanterns burn").await.code(), "0");
    assert_eq!(customer.send("TRANS2AGENT", "").await.code(), "0");
    let told = customer.drain_texts().await;
    let expected = [
        "Let there be light",
        "Our lanterns burn for forty hours.",
        "Transfer to manual labor",
        "Connected Agent",
    ];
    assert_eq!(told, expected);
    assert_eq!(agent.held().await.len(), 1);
}

#[tokio::test]
async fn a_running_server_serves_what_is_set_up_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = Frontdesk::serve(folder.path()).start();
    let secret = set_up(folder.path());
    serves(&server.url, &secret).await;

    let list = admin(folder.path(), &["list", "--tenant", "lamps"]).run().succeeded();
    for known in ["lamps-app", "sales", "lamp-robot", CHANNEL, "Let there be light"] {
        assert!(list.contains(known), "{known} is not in {list}");
    }
    assert!(!list.contains("hash") && !list.contains(&secret) && !list.contains("argon2"), "{list}");

    // Whoever is taken away is gone at once.
    admin(folder.path(), &["remove", "--tenant", "lamps", "app", "lamps-app"]).run().succeeded();
    let body = json!({ "app_key": "lamps-app", "app_secret": secret });
    let answer = Http::new(&server.url).post("/apigovernance/api/oauth/tokenByAkSk", body).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);

    let finished = server.terminate();
    for secret in [secret.as_str(), "open sesame", "forty hours"] {
        assert!(!finished.stderr.contains(secret), "{}", finished.stderr);
    }
}

#[tokio::test]
async fn a_store_is_set_up_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let secret = set_up(&data);
    let server = Frontdesk::serve(&data).start();
    serves(&server.url, &secret).await;
    // A server that was killed leaves its socket behind; nobody is confused by it.
    drop(server.kill());
    let list = admin(&data, &["list"]).run().succeeded();
    assert!(list.contains("lamps"), "{list}");
    let server = Frontdesk::serve(&data).start();
    let list = admin(&data, &["list"]).run().succeeded();
    assert!(list.contains("lamps"), "{list}");
    assert!(server.terminate().status.success());
}

#[test]
fn secrets_that_are_not_given_are_made_up_and_shown_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    set_up(data);
    let first = admin(data, &["app", "--tenant", "lamps"]).run().succeeded();
    let second = admin(data, &["app", "--tenant", "lamps"]).run().succeeded();
    assert_ne!(first, second);
    let shown = admin(data, &["agent", "--tenant", "lamps", "8"]).run().succeeded();
    let (agent, password) = shown.trim_end().split_once('\n').expect("a name and a password");
    assert!(agent == "8" && password.len() >= 43, "{shown}");
    // A change of something else leaves the password and shows none.
    let changed = admin(data, &["agent", "--tenant", "lamps", "8", "--capacity", "3"]).run().succeeded();
    assert_eq!(changed, "done\n");
}

#[test]
fn what_cannot_be_done_is_said_and_changes_nothing() {
    for with_server in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        let _server = with_server.then(|| Frontdesk::serve(data).start());
        set_up(data);
        let before = admin(data, &["list", "--tenant", "lamps"]).run().succeeded();
        let refusals: [(&[&str], &str); 6] = [
            (&["queue", "--tenant", "nowhere", "sales"], "there is no tenant \"nowhere\""),
            (&["app", "--tenant", "lamps", "lamps-app"], "is taken"),
            (&["channel", "--tenant", "lamps", CHANNEL, "--robot", "none"], "there is no robot \"none\""),
            (&["agent", "--tenant", "lamps", "7", "--capacity", "0"], "1 to 100000"),
            (&["remove", "--tenant", "lamps", "queue", "none"], "there is no queue \"none\""),
            (&["channel", "--tenant", "lamps", CHANNEL, "--hours", "noon"], "hours"),
        ];
        for (arguments, why) in refusals {
            let finished = admin(data, arguments).run();
            assert_eq!(finished.stdout, "", "{arguments:?}");
            let told = finished.failed();
            assert!(told.contains(why), "{arguments:?}: {told}");
        }
        assert_eq!(admin(data, &["list", "--tenant", "lamps"]).run().succeeded(), before);
    }
}

//! A server that is killed while it writes leaves its chains intact.

use frontdesk_tests::kit::{Frontdesk, Http, Process};
use serde_json::json;
use tempfile::TempDir;

fn start(data: &TempDir) -> Process {
    Frontdesk::serve(data.path()).argument("--demo").start()
}

fn verify(data: &TempDir) -> (i32, String) {
    let finished = Frontdesk::new(["audit", "verify", "--data-dir"]).argument(data.path()).run();
    (finished.status.code().unwrap(), finished.stdout)
}

/// Signs in again and again until the server is gone; gives how often it was let in.
async fn sign_in_until_it_ends(url: String, agent: &'static str) -> usize {
    let http = Http::new(&url);
    let body = json!({ "tenant": "demo", "agentId": agent, "password": format!("demo-{agent}") });
    let mut times = 0;
    loop {
        let request = http.request(reqwest::Method::POST, "/api/v1/agent/login").json(&body);
        match http.try_send(request).await {
            Ok(answer) if answer.status.is_success() => times += 1,
            Ok(_) | Err(_) => return times,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_leaves_an_intact_chain() {
    let data = tempfile::tempdir().unwrap();
    let mut known = 0;
    for round in 0..3 {
        let server = start(&data);
        let one = tokio::spawn(sign_in_until_it_ends(server.url.clone(), "101"));
        let two = tokio::spawn(sign_in_until_it_ends(server.url.clone(), "102"));
        let until = known + 6;
        // With the server running.
        loop {
            let (code, told) = verify(&data);
            assert_eq!(code, 0, "{told}");
            let number: usize =
                told.split_whitespace().nth(2).and_then(|head| head.split(':').next()?.parse().ok()).unwrap();
            if number >= until {
                break;
            }
        }
        server.kill();
        let acknowledged = one.await.unwrap() + two.await.unwrap();
        // And without.
        let (code, told) = verify(&data);
        assert_eq!(code, 0, "round {round}: {told}");
        let export = Frontdesk::new(["audit", "export", "--tenant", "demo", "--data-dir"]);
        let text = export.argument(data.path()).run().succeeded();
        let signed_in = text.lines().filter(|line| line.contains("\"agent.sign_in\"")).count();
        assert!(
            signed_in >= known_sign_ins(known) + acknowledged,
            "a sign-in that was answered is not there"
        );
        known = text.lines().count() - 2;
    }
}

/// Of what was there before a round, at most this many are not sign-ins: the seed, and an export for each round.
const fn known_sign_ins(known: usize) -> usize {
    known.saturating_sub(4)
}

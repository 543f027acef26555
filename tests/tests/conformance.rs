//! The conformance checks: this server passes all of them, and a server that is wrong in one thing fails for it.

use frontdesk_client::conformance::{self, Outcome, Report, Target};
use frontdesk_tests::kit::{CHANNEL, Server};

async fn report_on(url: &str) -> Report {
    let target = Target {
        url: url.to_owned(),
        app_key: "demo-app".to_owned(),
        app_secret: "demo-secret".into(),
        channel: CHANNEL.to_owned(),
        agent: Some("demo:101:demo-101".parse().unwrap()),
    };
    conformance::run(target).await.unwrap()
}

#[tokio::test]
async fn this_server_keeps_the_whole_contract() {
    let server = Server::start().await;
    let report = report_on(&server.url).await;
    assert!(report.checks.iter().all(|check| check.outcome == Outcome::Passed), "{report}");
    assert!(report.checks.len() > 30);
}

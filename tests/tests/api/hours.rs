//! Working hours.

use frontdesk_server::admin::{AdminCommand, NewChannel};
use frontdesk_tests::kit::{CHANNEL, Server, robot_says, shown};
use serde_json::json;

async fn set_hours(server: &Server, hours: &str) -> Result<(), String> {
    let channel = NewChannel { id: CHANNEL.into(), hours: Some(hours.to_owned()), ..NewChannel::default() };
    let put = AdminCommand::PutChannel { tenant: "demo".into(), channel };
    server.admin(put).await.map(drop).map_err(|error| error.to_string())
}

#[tokio::test]
async fn outside_working_hours_nobody_is_disturbed() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    set_hours(&server, r#"{"zone":"Asia/Shanghai","week":[]}"#).await.unwrap();
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    let answer = customer.send("TRANS2AGENT", "").await;
    let text = "The current time is not within the working time of the service agents.";
    assert_eq!(answer.shown(), (200, json!({ "resultCode": "12", "resultDesc": text })));
    customer.sends("CHAT", "agent").await;
    let said = shown(&customer.drain().await);
    assert_eq!(said, [robot_says("u-77", "Welcome,welcome"), robot_says("u-77", text)], "the robot goes on");
    assert_eq!(agent.held().await.len(), 0);

    server.change_channel(|channel| channel.robot = None).await;
    let other = server.customer("u-78").await;
    let answer = other.send("CONNECT", "").await;
    // The pages end this text with a dot for TRANS2AGENT, and without one for CONNECT.
    assert_eq!(
        answer.shown(),
        (200, json!({ "resultCode": "12", "resultDesc": text.trim_end_matches('.') }))
    );
}

#[tokio::test]
async fn inside_working_hours_everything_goes() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let all_day: Vec<_> =
        (1..=7).map(|day| json!({ "day": day, "from": "00:00:00", "to": "00:00:00" })).collect();
    let hours = json!({ "zone": "Europe/Berlin", "week": all_day }).to_string();
    set_hours(&server, &hours).await.unwrap();
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    assert_eq!(agent.held().await.len(), 1);
    // No hours at all mean always.
    set_hours(&server, "").await.unwrap();
    customer.sends("CHAT", "hello").await;
    for bad in [
        r#"{"zone":"Mars/Olympus","week":[]}"#,
        r#"{"zone":"UTC","week":[{"day":8,"from":"09:00","to":"17:00"}]}"#,
        "always",
    ] {
        let error = set_hours(&server, bad).await.unwrap_err();
        assert!(error.starts_with("hours: "), "{error}");
    }
}

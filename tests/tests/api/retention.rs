//! What a tenant keeps, and for how long: nothing grows for ever unless it is wanted.

use std::time::Duration;

use frontdesk_core::audit::{Verdict, verify_export};
use frontdesk_tests::kit::{Agent, CHANNEL, Customer, Server, eventually};
use serde_json::{Value, json};

use super::desk::asking;

const TENANT: &str = "/api/v1/config/tenants/demo";
/// One black pixel.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";

fn days(count: u64) -> Duration {
    Duration::from_hours(24 * count)
}

async fn keeps(server: &Server, retention: Value) {
    let admin = server.agent("901").await;
    let answer = admin.http.patch(TENANT, json!({ "retention": retention })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// Served by an agent, and over.
async fn served(server: &Server, agent: &Agent, user: &str, text: &str) -> Customer {
    let customer = asking(server, user).await;
    customer.sends("CHAT", text).await;
    let conversation = agent.only_conversation().await;
    agent.say(&conversation, "I see").await;
    customer.drain().await;
    customer.sends("DISCONNECT", "").await;
    customer
}

async fn ended(supervisor: &Agent) -> usize {
    supervisor.conversations("ended").await.len()
}

async fn found(supervisor: &Agent, word: &str) -> usize {
    let found = supervisor.http.get(&format!("/api/v1/search?q={word}")).await;
    found.json["results"].as_array().unwrap_or_else(|| panic!("{}", found.text)).len()
}

/// What the report says of the time in which both customers came, and how many rows there are of it.
async fn reported(supervisor: &Agent) -> (Value, usize) {
    let range = "from=2027-01-10&to=2027-02-10";
    let report = supervisor.http.get(&format!("/api/v1/reports/summary?{range}")).await;
    let rows = supervisor.http.get(&format!("/api/v1/reports/conversations?{range}")).await;
    let count = rows.json["rows"].as_array().unwrap_or_else(|| panic!("{}", rows.text)).len();
    (report.json["rows"].clone(), count)
}

#[tokio::test]
async fn retention_is_configured_checked_and_stands_in_the_file() {
    let server = Server::start().await;
    let admin = server.agent("901").await.http;
    let shown = admin.get(TENANT).await;
    assert_eq!(shown.json["item"].get("retention"), None, "everything is kept for ever");
    let kept =
        json!({ "conversations": 365, "files": 90, "audit_log": 400, "report_rows": 730, "deliveries": 7 });
    let set = admin.patch(TENANT, json!({ "retention": kept })).await;
    assert_eq!((set.status.as_u16(), &set.json["item"]["retention"]), (200, &kept));
    let file = admin.get("/api/v1/config-file").await.text;
    for line in ["conversations = 365", "audit_log = 400"] {
        assert!(file.contains(line), "{line} in {file}");
    }
    let less = admin.patch(TENANT, json!({ "retention": { "files": null } })).await;
    assert_eq!(less.json["item"]["retention"].get("files"), None, "{}", less.text);
    for (wrong, field) in [
        (json!({ "conversations": 0 }), "retention.conversations"),
        (json!({ "files": 36_501 }), "retention.files"),
        (json!({ "audit_log": 29 }), "retention.audit_log"),
    ] {
        let refused = admin.patch(TENANT, json!({ "retention": wrong })).await;
        assert_eq!(refused.problem(), (400, "BODY_INVALID", Some(field)), "{}", refused.text);
    }
    for wrong in [json!({ "messages": 3 }), json!({ "files": "long" }), json!({ "files": -1 })] {
        let refused = admin.patch(TENANT, json!({ "retention": wrong })).await;
        assert_eq!(refused.status, 400, "{wrong}: {}", refused.text);
    }
    let supervisor = server.agent("201").await.http;
    assert_eq!(supervisor.patch(TENANT, json!({ "retention": {} })).await.status, 403);
}

#[tokio::test]
async fn conversations_go_when_their_time_is_over_and_numbers_stay() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    let customer = served(&server, &alex, "u-1", "my zebra is lost").await;
    let begun = customer.polled("cursor=earliest&limit=1&wait=0&deviceId=tablet").await;
    let begun = begun.json["nextCursor"].as_str().unwrap().to_owned();
    let sam = server.agent("201").await;
    eventually("it is found", async || (found(&sam, "zebra").await == 1).then_some(())).await;
    keeps(&server, json!({ "conversations": 30 })).await;

    server.clock.advance(days(20));
    let alex = server.online("101").await;
    served(&server, &alex, "u-2", "my lion is lost").await;
    let sam = server.agent("201").await;
    eventually("it is found", async || (found(&sam, "lion").await == 1).then_some(())).await;
    assert_eq!((ended(&sam).await, found(&sam, "zebra").await), (2, 1), "nothing is old yet");

    server.clock.advance(days(11));
    let sam = server.agent("201").await;
    eventually("the first one is gone", async || (ended(&sam).await == 1).then_some(())).await;
    assert_eq!((found(&sam, "zebra").await, found(&sam, "lion").await), (0, 1));
    let app = server.app().await;
    let again = app.customer("u-1", "en").await;
    let history = json!({
        "userId": "u-1", "channelId": CHANNEL, "limit": "100", "offset": "0", "channel": "WEB",
    });
    let history = again.call("queryHistoryChatMessage", history).await;
    assert!(!history.text.contains("zebra") && !history.text.contains("I see"), "{}", history.text);
    // The log goes on, and whoever had not received what is gone is told of the gap.
    again.sends("CONNECT", "").await;
    assert_eq!(again.drain_texts().await, ["Welcome,welcome"]);
    let missed = again.polled(&format!("cursor={begun}&wait=0&deviceId=tablet")).await;
    assert_eq!(missed.json["gap"]["reason"], "EXPIRED", "{}", missed.text);
    // What was counted stays, also when all is made anew.
    let before = reported(&sam).await;
    assert_eq!((&before.0[0]["conversations"], before.1), (&json!(2), 2), "{before:?}");
    server.parts.store.rebuild_reports(None).await.unwrap();
    let tenant = frontdesk_core::id::TenantId::new("demo").unwrap();
    eventually("all is made anew", async || {
        let lag = server.parts.store.report_lag(&tenant).await.unwrap();
        (!lag.is_rebuilding && lag.logs == 0).then_some(())
    })
    .await;
    assert_eq!(reported(&sam).await, before);
}

#[tokio::test]
async fn files_go_when_their_time_is_over() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    keeps(&server, json!({ "files": 10 })).await;
    let customer = asking(&server, "u-1").await;
    let upload = json!({ "fileType": "png", "fileStream": PNG, "channel": "WEB" });
    let key = customer.call("uploadFileStream", upload).await.json["objectKey"].as_str().unwrap().to_owned();
    let conversation = alex.only_conversation().await;
    customer.sends("DISCONNECT", "").await;
    let fetched = async |agent: &Agent| agent.http.get(&format!("/api/v1/files/{key}")).await.status.as_u16();
    assert_eq!(fetched(&server.agent("201").await).await, 200);
    server.clock.advance(days(9));
    assert_eq!(fetched(&server.agent("201").await).await, 200);
    server.clock.advance(days(2));
    let sam = server.agent("201").await;
    eventually("the file is gone", async || (fetched(&sam).await == 404).then_some(())).await;
    let messages = sam.http.get(&format!("/api/v1/agent/conversations/{conversation}/messages")).await;
    assert_eq!(messages.status, 200, "the conversation is not: {}", messages.text);
}

#[tokio::test]
async fn the_audit_log_is_cut_and_still_proves_itself() {
    let server = Server::start().await;
    keeps(&server, json!({ "audit_log": 30 })).await;
    server.clock.advance(days(20));
    let admin = server.agent("901").await.http;
    assert_eq!(admin.get("/api/v1/audit?action=config.").await.json["records"].as_array().unwrap().len(), 1);
    server.clock.advance(days(12));
    let admin = server.agent("901").await.http;
    let cut = eventually("the cut", async || {
        let records = admin.get("/api/v1/audit?action=audit.cut").await.json["records"].clone();
        records.get(0).cloned()
    })
    .await;
    assert_eq!(cut["actor"], json!({ "kind": "system", "id": "" }));
    assert_eq!(admin.get("/api/v1/audit?action=config.").await.json["records"], json!([]));
    let export = admin.get("/api/v1/audit/export").await.text;
    let lines = export.lines().map(|line| Ok(line.to_owned()));
    let verified = verify_export(lines, &[]).unwrap();
    assert!(matches!(verified.verdict, Verdict::Intact(_)), "{:?}", verified.verdict);
    assert_eq!(json!(verified.after.number), cut["detail"]["through"]);
    assert_eq!(json!(verified.after.hash.to_string()), cut["detail"]["hash"]);
    // Once a day is enough.
    drop(server.store.take_calls());
    server.clock.advance(Duration::from_hours(2));
    eventually("another round", async || server.store.take_calls().contains_key("remove_old").then_some(()))
        .await;
    let records = admin.get("/api/v1/audit?action=audit.cut").await.json["records"].clone();
    assert_eq!(records.as_array().unwrap().len(), 1);
}

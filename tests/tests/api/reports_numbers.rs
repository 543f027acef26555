//! Numbers through the front door: what happened is what reports, exports and live numbers say.

use std::time::Duration;

use frontdesk_server::admin::AdminCommand;
use frontdesk_tests::kit::{Agent, Server, eventually};
use serde_json::{Value, json};

/// The day on which tests take place.
const DAY: &str = "from=2027-01-15&to=2027-01-15";

async fn start() -> Server {
    let server = Server::start().await;
    let patient = |channel: &mut frontdesk_core::directory::Channel| {
        channel.patience.session_silence = 10_000_000;
        channel.patience.customer_inactivity = 10_000_000;
        channel.patience.queue_wait = 10_000_000;
    };
    server.change_channel(patient).await;
    server
}

/// The rows of a report, once everything is counted and there are so many.
async fn rows(server: &Server, path: &str, count: usize) -> Vec<Value> {
    let boss = server.agent("201").await;
    eventually("everything is counted", async || {
        let answer = boss.http.get(&format!("/api/v1/reports/{path}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let rows = answer.json["rows"].as_array().expect("rows").clone();
        let done = answer.json["lag"] == json!({ "customers": 0, "rebuilding": false });
        (done && rows.len() == count).then_some(rows)
    })
    .await
}

/// Some values of a row, in order.
fn some(row: &Value, names: &[&str]) -> Value {
    names.iter().map(|name| row[name].clone()).collect()
}

fn is_about(value: &Value, seconds: f64) {
    let value = value.as_f64().expect("a number");
    assert!((seconds..seconds + 30.0).contains(&value), "{value} is not about {seconds}");
}

/// The customer talks to the robot for ten minutes, waits for one, and is answered after another half.
async fn served(server: &Server, user: &str) -> Agent {
    let customer = server.customer(user).await;
    customer.sends("CONNECT", "").await;
    customer.sends("CHAT", "How long does delivery take?").await;
    server.clock.advance(Duration::from_mins(10));
    let agent = server.agent("101").await;
    agent.declare("busy").await;
    let customer = server.customer(user).await;
    customer.sends("TRANS2AGENT", "").await;
    server.clock.advance(Duration::from_mins(1));
    agent.declare("online").await;
    let conversation = eventually("it is given", async || agent.held().await.pop()).await;
    server.clock.advance(Duration::from_secs(30));
    agent.say(&conversation, "Good day.").await;
    agent
}

#[tokio::test]
async fn pain_29_robot_time_is_neither_a_wait_nor_a_response_time() {
    let server = start().await;
    let agent = served(&server, "u-1").await;
    agent.acts(&agent.only_conversation().await, "end", json!({})).await;
    let row = &rows(&server, &format!("summary?{DAY}"), 1).await[0];
    let counts =
        ["conversationsBegan", "conversations", "withRobot", "askedRobot", "contained", "handedToPeople"];
    assert_eq!(some(row, &counts), json!([1, 1, 1, 1, 0, 1]));
    is_about(&row["robotTimeAverage"], 600.0);
    is_about(&row["firstResponseAverage"], 90.0);
    is_about(&row["unansweredTimeAverage"], 90.0);
    is_about(&row["conversationTimeAverage"], 690.0);
    assert_eq!(row["slaFirstReplyKept"], Value::Null, "nothing was promised");
    let queue = &rows(&server, &format!("queues?{DAY}&groupBy=queue&within=60"), 1).await[0];
    assert_eq!(some(queue, &["queue", "waits", "waitsAnswered"]), json!(["support", 1, 1]));
    is_about(&queue["queueTimeAverage"], 60.0);
    assert_eq!(queue["serviceLevel"], 0.0);
    let late = &rows(&server, &format!("queues?{DAY}&groupBy=queue&within=120"), 1).await[0];
    assert_eq!(late["serviceLevel"], 1.0);
    let own = &rows(&server, &format!("agents?{DAY}&agent=101"), 1).await[0];
    assert_eq!(some(own, &["episodes", "agentMessages"]), json!([1, 1]));
    is_about(&own["agentFirstResponseAverage"], 30.0);
    is_about(&own["handlingTime"], 30.0);
    // Busy until the customer was given, online from then on, and with the customer until the end.
    is_about(&own["busyTime"], 60.0);
    is_about(&own["onlineTime"], 30.0);
    is_about(&own["occupiedTime"], 30.0);
}

#[tokio::test]
async fn pain_29_who_comes_back_changes_nothing_of_before() {
    let server = start().await;
    let agent = served(&server, "u-1").await;
    agent.acts(&agent.only_conversation().await, "end", json!({})).await;
    let before = rows(&server, &format!("conversations?{DAY}"), 1).await.remove(0);
    server.clock.advance(Duration::from_mins(2));
    let customer = server.customer("u-1").await;
    customer.sends("CONNECT", "").await;
    customer.sends("DISCONNECT", "").await;
    let both = rows(&server, &format!("conversations?{DAY}"), 2).await;
    assert_eq!(both[0], before, "what is over stays as it is");
    assert_eq!(both[1]["reopens"], before["conversationId"]);
    let row = &rows(&server, &format!("summary?{DAY}"), 1).await[0];
    assert_eq!(some(row, &["conversations", "reopened", "reopenRate"]), json!([2, 1, 0.5]));
}

#[tokio::test]
async fn pain_29_each_agents_service_counts_for_itself() {
    let server = start().await;
    let first = served(&server, "u-1").await;
    let second = server.online("102").await;
    let conversation = first.only_conversation().await;
    first.acts(&conversation, "transfer", json!({ "agentId": "102" })).await;
    second.say(&conversation, "I go on.").await;
    server.clock.advance(Duration::from_mins(1));
    second.acts(&conversation, "end", json!({})).await;
    let agents = rows(&server, &format!("agents?{DAY}&groupBy=agent"), 2).await;
    let names = ["agent", "episodes", "transfersIn", "transfersOut", "agentMessages"];
    assert_eq!(some(&agents[0], &names), json!(["101", 1, 0, 1, 1]));
    assert_eq!(some(&agents[1], &names), json!(["102", 1, 1, 0, 1]));
    let episodes = rows(&server, &format!("episodes?{DAY}"), 2).await;
    let names = ["agentId", "episode", "start", "end", "queue"];
    assert_eq!(some(&episodes[0], &names), json!(["101", 1, "queue", "transferred", "support"]));
    assert_eq!(some(&episodes[1], &names), json!(["102", 2, "transfer", "ended", "support"]));
}

#[tokio::test]
async fn pain_29_the_wall_and_the_report_say_the_same() {
    let server = start().await;
    let agent = server.agent("101").await;
    agent.declare("busy").await;
    for user in ["u-1", "u-2", "u-3"] {
        let customer = server.customer(user).await;
        customer.sends("CONNECT", "").await;
        customer.sends("TRANS2AGENT", "").await;
    }
    server.clock.advance(Duration::from_mins(1));
    server.customer("u-1").await.sends("DISCONNECT", "").await;
    let boss = server.agent("201").await;
    let path = "/api/v1/live?zone=Asia/Kolkata&within=30";
    let live = eventually("it is counted", async || {
        let live = boss.http.get(path).await.json;
        (live["queues"][0]["today"]["waits"] == 1 && live["lag"]["customers"] == 0).then_some(live)
    })
    .await;
    let queue = &live["queues"][0];
    let standing = ["id", "waiting", "estimatedWait", "online", "available", "busy", "conversations"];
    assert_eq!(some(queue, &standing), json!(["support", 2, null, 0, 0, 1, 0]));
    is_about(
        &json!((live["at"].as_f64().unwrap() - queue["longestSince"].as_f64().unwrap()) / 1_000.0),
        60.0,
    );
    let report = format!("queues?{DAY}&zone=Asia/Kolkata&groupBy=queue&within=30");
    let mut report = rows(&server, &report, 1).await.remove(0);
    report.as_object_mut().unwrap().remove("queue");
    assert_eq!(queue["today"], report);
    assert_eq!(some(&report, &["waitsAbandoned", "serviceLevel", "abandonmentRate"]), json!([1, 0.0, 1.0]));
    agent.declare("online").await;
    eventually("somebody is given", async || (!agent.held().await.is_empty()).then_some(())).await;
    let live = boss.http.get(path).await.json;
    let own = live["agents"].as_array().unwrap().iter().find(|own| own["id"] == "101").unwrap();
    assert_eq!(own["status"], "online");
    assert!(own["conversations"].as_u64() > Some(0), "{own}");
}

#[tokio::test]
async fn a_day_is_the_day_of_the_zone_that_is_asked_for() {
    let server = start().await;
    // 08:00 in London; half past six in the evening there is midnight in Kolkata.
    server.clock.advance(Duration::from_mins(10 * 60 + 15));
    for user in ["u-1", "u-2"] {
        let customer = server.customer(user).await;
        customer.sends("CONNECT", "").await;
        customer.sends("DISCONNECT", "").await;
        server.clock.advance(Duration::from_mins(30));
    }
    let days = "from=2027-01-14&to=2027-01-17&groupBy=day";
    let here = rows(&server, &format!("summary?{days}"), 1).await;
    assert_eq!(some(&here[0], &["day", "conversations"]), json!(["2027-01-15", 2]));
    let there = rows(&server, &format!("summary?{days}&zone=Asia/Kolkata"), 2).await;
    let shown: Vec<Value> = there.iter().map(|row| some(row, &["day", "conversations"])).collect();
    assert_eq!(json!(shown), json!([["2027-01-15", 1], ["2027-01-16", 1]]));
    assert_eq!(there[1]["from"], 1_800_037_800_000_i64, "18:30 in London");
    let none =
        rows(&server, "summary?from=2026-03-28&to=2026-03-29&zone=Europe/Berlin&groupBy=hour", 0).await;
    assert_eq!(none, Vec::<Value>::new());
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_refused_with_its_name() {
    let server = Server::start().await;
    let boss = server.agent("201").await;
    for (path, field) in [
        ("reports/summary?to=2027-01-15", "from"),
        ("reports/summary?from=2027-01-15", "to"),
        ("reports/summary?from=2027-02-30&to=2027-03-01", "from"),
        ("reports/summary?from=2027-01-15&to=2027-01-14", "to"),
        ("reports/summary?from=2027-01-15T00:07:00Z&to=2027-01-16", "from"),
        ("reports/summary?from=1990-01-01&to=2027-01-01", "to"),
        ("reports/summary?from=2020-01-01&to=2027-01-01&groupBy=hour", "to"),
        ("reports/summary?from=2027-01-15&to=2027-01-15&zone=Mars/Base", "zone"),
        ("reports/summary?from=2027-01-15&to=2027-01-15&groupBy=colour", "groupBy"),
        ("reports/summary?from=2027-01-15&to=2027-01-15&groupBy=agent", "groupBy"),
        ("reports/summary?from=2027-01-15&to=2027-01-15&groupBy=day,week", "groupBy"),
        ("reports/summary?from=2027-01-15&to=2027-01-15&agent=101", "agent"),
        ("reports/queues?from=2027-01-15&to=2027-01-15&within=17", "within"),
        ("reports/queues?from=2027-01-15&to=2027-01-15&chanel=web", "chanel"),
        ("reports/queues?from=2027-01-15&to=2027-01-15&format=xls", "format"),
        ("reports/conversations?from=2027-01-15&to=2027-01-15&limit=0", "limit"),
        ("reports/conversations?from=2027-01-15&to=2027-01-15&cursor=x", "cursor"),
        ("live?zone=Nowhere", "zone"),
        ("live?colour=red", "colour"),
    ] {
        let refused = boss.http.get(&format!("/api/v1/{path}")).await;
        assert_eq!(refused.status, 400, "{path}: {}", refused.text);
        assert_eq!(refused.problem().2, Some(field), "{path}: {}", refused.text);
    }
    assert_eq!(boss.http.get("/api/v1/reports/colours?from=2027-01-15&to=2027-01-15").await.status, 404);
}

#[tokio::test]
async fn numbers_that_are_made_anew_are_the_same() {
    let server = start().await;
    let agent = served(&server, "u-1").await;
    let conversation = agent.only_conversation().await;
    agent.acts(&conversation, "end", json!({})).await;
    let path = format!("/api/v1/agent/conversations/{conversation}");
    assert_eq!(agent.http.patch(&path, json!({ "tags": ["vip"] })).await.status, 200);
    let shown = async || {
        let mut all = rows(&server, &format!("summary?{DAY}&groupBy=tag"), 1).await;
        for report in ["summary", "queues", "agents", "conversations", "episodes"] {
            let count = if report == "agents" { 1 } else { all.len().min(1) };
            let mut row = rows(&server, &format!("{report}?{DAY}"), count).await.remove(0);
            // Agents' time goes on, and is not made from logs.
            for going_on in ["onlineTime", "occupiedTime", "occupancy"] {
                row.as_object_mut().unwrap().remove(going_on);
            }
            all.push(row);
        }
        all
    };
    let before = shown().await;
    assert_eq!(some(&before[0], &["tag", "conversations"]), json!(["vip", 1]));
    let again = AdminCommand::RecomputeReports { tenant: Some("demo".to_owned()) };
    server.admin(again).await.expect("begun");
    assert_eq!(shown().await, before);
}

//! The audit log: each kind of act leaves exactly one record, with who did it.

use std::io::BufRead as _;
use std::time::Duration;

use frontdesk_core::audit::{Verdict, verify_export};
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_server::admin::AdminCommand;
use frontdesk_tests::kit::{Agent, Server, eventually};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::desk::asking;

/// Who (kind and id), action, what about (kind and id), and `done` or the code of the refusal.
type Told = (String, String, String, String);

fn told(record: &Value) -> Told {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let thing = |value: &Value| {
        if value.is_null() {
            String::new()
        } else {
            format!("{}:{}", text(&value["kind"]), text(&value["id"]))
        }
    };
    let outcome = if record["code"].is_null() { text(&record["outcome"]) } else { text(&record["code"]) };
    (thing(&record["actor"]), text(&record["action"]), thing(&record["target"]), outcome)
}

fn line(actor: &str, action: &str, target: &str, outcome: &str) -> Told {
    (actor.to_owned(), action.to_owned(), target.to_owned(), outcome.to_owned())
}

/// Somebody who reads the log, and how far they have.
struct Auditor {
    http: Agent,
    read: u64,
}

impl Auditor {
    /// Everything until now is known.
    async fn new(server: &Server) -> Self {
        let mut auditor = Self { http: server.agent("901").await, read: 0 };
        auditor.news().await;
        auditor
    }

    async fn list(&self, query: &str) -> Vec<Value> {
        let answer = self.http.http.get(&format!("/api/v1/audit?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json["records"].as_array().unwrap().clone()
    }

    /// What was recorded since the last look, oldest first.
    async fn records(&mut self) -> Vec<Value> {
        let mut records = self.list("limit=1000").await;
        records.retain(|record| record["number"].as_u64().unwrap() > self.read);
        records.reverse();
        if let Some(last) = records.last() {
            self.read = last["number"].as_u64().unwrap();
        }
        records
    }

    async fn news(&mut self) -> Vec<Told> {
        self.records().await.iter().map(told).collect()
    }
}

#[tokio::test]
async fn each_administrative_act_is_one_record() {
    let server = Server::start().await;
    let mut auditor = Auditor::new(&server).await;
    let (boss, alex) = (server.agent("901").await, server.agent("101").await);
    let (boss, alex) = (&boss.http, &alex.http);
    auditor.news().await;
    let by_boss = |action: &str, target: &str, outcome: &str| line("person:901", action, target, outcome);

    boss.put("/api/v1/config/queues/sales", json!({ "name": "Sales" })).await;
    boss.patch("/api/v1/config/queues/sales", json!({ "name": "More sales" })).await;
    let made_and_changed = auditor.records().await;
    let shown: Vec<_> =
        made_and_changed.iter().map(|record| (told(record), record["detail"].clone())).collect();
    let changed = |before: &str, after: &str| json!({ "name": { "before": before, "after": after } });
    assert_eq!(
        shown,
        [
            (
                by_boss("config.change", "queue:sales", "done"),
                json!({ "changed": changed("sales", "Sales"), "made": true })
            ),
            (
                by_boss("config.change", "queue:sales", "done"),
                json!({ "changed": changed("Sales", "More sales") })
            ),
        ]
    );
    assert_eq!(made_and_changed[0]["address"], "127.0.0.1");

    boss.patch("/api/v1/config/queues/sales", json!({ "strategy": "magic" })).await;
    boss.delete("/api/v1/config/queues/support").await;
    boss.delete("/api/v1/config/queues/sales").await;
    alex.put("/api/v1/config/queues/sales", json!({ "name": "Mine" })).await;
    boss.post("/api/v1/push/1011577355744904195/pause", json!({})).await;
    server.agent("201").await.http.put("/api/v1/agents/101/status", json!({ "status": "busy" })).await;
    alex.post("/api/v1/agent/logout", json!({})).await;
    // What is refused may be recorded a little later than what was done after it.
    let (mut refused, mut done) = (auditor.news().await, Vec::new());
    refused.retain(|told| {
        let is_done = told.3 == "done";
        if is_done {
            done.push(told.clone());
        }
        !is_done
    });
    assert_eq!(
        refused,
        [
            by_boss("config.change", "queue:sales", "BODY_INVALID"),
            by_boss("config.remove", "queue:support", "IN_USE"),
            line("person:101", "config.change", "item:queues/sales", "FORBIDDEN"),
            by_boss("push.pause", "channel:1011577355744904195", "NOT_FOUND"),
        ]
    );
    assert_eq!(
        done,
        [
            by_boss("config.remove", "queue:sales", "done"),
            line("person:201", "agent.sign_in", "agent:201", "done"),
            line("person:201", "agent.declare", "agent:101", "done"),
            line("person:101", "agent.sign_out", "", "done"),
        ]
    );
}

/// The agent gateway says with status 200 that a sign-in failed.
#[tokio::test]
async fn a_desk_of_the_gateway_that_is_refused_did_nothing() {
    let server = super::agent_gateway::brief().await;
    let mut auditor = Auditor::new(&server).await;
    let wrong = json!({ "password": "guess", "phonenum": "88880022", "status": "4" });
    for agent in ["101", "555"] {
        let answer = super::gateway_desk::ask_in(&server, agent, "", wrong.clone()).await;
        assert_eq!((answer.status, super::gateway_desk::retcode(&answer)), (StatusCode::OK, "100-004"));
    }
    super::gateway_desk::GatewayDesk::sign_in(&server, "101").await;
    let mut news = auditor.news().await;
    news.sort();
    assert_eq!(
        news,
        [
            line("person:101", "agent.sign_in", "agent:101", "done"),
            line("unknown:", "agent.sign_in", "", "100-004"),
            line("unknown:", "agent.sign_in", "agent:101", "100-004"),
        ]
    );
}

/// What was refused and what was counted is in the log once a server has stopped in order.
#[tokio::test]
async fn an_orderly_stop_records_what_was_refused() {
    let server = Server::start().await;
    let guess = async |agent: &str| {
        let body = json!({ "tenant": "demo", "agentId": agent, "password": "guess" });
        server.anybody().post("/api/v1/agent/login", body).await;
    };
    // The store fails until the stop: nothing of it is recorded before.
    server.store.fail("append_audit", u64::MAX);
    for _ in 0..3 {
        guess("101").await;
    }
    server.store.fail("append_audit", 0);
    let server = server.restart().await;
    let auditor = Auditor::new(&server).await;
    let found = auditor.list("actorKind=unknown").await;
    let times: Vec<_> = found.iter().map(|record| record["detail"]["times"].clone()).collect();
    assert_eq!(times, [json!(2), Value::Null], "{found:?}");
}

#[tokio::test]
async fn operators_are_recorded_by_their_names() {
    let server = Server::start().await;
    let mut auditor = Auditor::new(&server).await;
    let queue = |tenant: &str| AdminCommand::PutQueue {
        tenant: tenant.to_owned(),
        id: "sales".to_owned(),
        name: "Sales".to_owned(),
    };
    server.admin(queue("demo")).await.unwrap();
    server.admin(AdminCommand::RotateKeys).await.unwrap();
    server.admin(queue("nobody")).await.unwrap_err();
    let remove = |id: &str| AdminCommand::Remove {
        tenant: "demo".to_owned(),
        kind: "queue".to_owned(),
        id: id.to_owned(),
    };
    server.admin(remove("support")).await.unwrap_err();
    let by_operator =
        |action: &str, target: &str, outcome: &str| line("operator:test", action, target, outcome);
    assert_eq!(
        auditor.news().await,
        [
            by_operator("config.change", "queue:sales", "done"),
            by_operator("keys.rotate", "", "done"),
            by_operator("admin.remove", "queue:support", "IN_USE"),
        ]
    );
}

#[tokio::test]
async fn secrets_are_never_recorded() {
    let server = Server::start().await;
    let mut auditor = Auditor::new(&server).await;
    let boss = server.agent("901").await.http;
    let key = "a key of the shop that nobody must know";
    boss.patch("/api/v1/config/channels/1011577355744904195", json!({ "identity_key": key })).await;
    boss.patch("/api/v1/config/agents/102", json!({ "password": "correct horse" })).await;
    boss.delete("/api/v1/config/agents/102").await;
    let records = auditor.records().await;
    let text = Value::Array(records.clone()).to_string();
    assert!(!text.contains(key) && !text.contains("horse") && !text.contains("argon2"), "{text}");
    assert_eq!(records[1]["detail"]["changed"], json!({ "identity_key": "changed" }));
    let changed = json!({ "password_hash": "changed", "sign_ins_after": "changed" });
    assert_eq!(records[2]["detail"]["changed"], changed);
    assert_eq!(records[3]["detail"]["changed"]["password_hash"], "changed");
    assert_eq!(records.len(), 4);
}

#[tokio::test]
async fn failed_sign_ins_are_counted() {
    let server = Server::start().await;
    let mut auditor = Auditor::new(&server).await;
    let fail = async |tenant: &str, agent: &str| {
        let body = json!({ "tenant": tenant, "agentId": agent, "password": "guess" });
        let answer = server.anybody().post("/api/v1/agent/login", body).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    };
    for _ in 0..5 {
        fail("demo", "101").await;
    }
    fail("demo", "my password").await;
    fail("demo", "another guess").await;
    fail("nowhere", "101").await;
    server.clock.advance(Duration::from_secs(61));
    fail("demo", "101").await;
    let wanted = [
        (line("unknown:", "agent.sign_in", "", "UNAUTHORIZED"), json!({})),
        (line("unknown:", "agent.sign_in", "agent:101", "UNAUTHORIZED"), json!({})),
        (line("unknown:", "agent.sign_in", "agent:101", "UNAUTHORIZED"), json!(4)),
    ];
    // The last one begins a new minute, or is the first of it that is counted.
    let found = eventually("the failures are recorded", async || {
        let records = auditor.list("action=agent.sign_in&actorKind=unknown").await;
        (records.len() >= 4).then_some(records)
    })
    .await;
    auditor.read = 0;
    let mut found: Vec<_> = found
        .iter()
        .map(|record| {
            let times = record["detail"].get("times").cloned();
            (told(record), times.unwrap_or_else(|| json!({})))
        })
        .collect();
    found.sort_by_key(|(told, times)| (told.clone(), times.to_string()));
    for one in wanted {
        assert!(found.contains(&one), "{one:?} is not in {found:?}");
    }
    let text = Value::Array(auditor.list("limit=1000").await).to_string();
    assert!(!text.contains("my password") && !text.contains("guess"), "{text}");
}

#[tokio::test]
async fn apps_sign_in_once_an_hour_on_record() {
    let server = Server::start().await;
    let mut auditor = Auditor::new(&server).await;
    for _ in 0..3 {
        server.app().await;
    }
    assert_eq!(auditor.news().await, [line("app:demo-app", "app.sign_in", "app:demo-app", "done")]);
    let guess = json!({ "app_key": "demo-app", "app_secret": "guess" });
    server.anybody().post("/apigovernance/api/oauth/tokenByAkSk", guess).await;
    let refused = line("unknown:", "app.sign_in", "app:demo-app", "UNAUTHORIZED");
    eventually("it is recorded", async || {
        let found = auditor.list("actorKind=unknown").await;
        found.first().map(told).filter(|told| *told == refused)
    })
    .await;
    server.clock.advance(Duration::from_secs(3_601));
    server.app().await;
    let counted = eventually("those of the last hour are recorded as one", async || {
        let found = auditor.list("actorKind=app").await;
        found.into_iter().find(|record| record["detail"].get("times").is_some())
    })
    .await;
    assert_eq!(counted["detail"]["times"], 2);
}

#[tokio::test]
async fn a_transcript_read_by_a_stranger_is_recorded_once() {
    let server = Server::start().await;
    let mut auditor = Auditor::new(&server).await;
    let (alex, kim, sam) = (server.online("101").await, server.agent("102").await, server.agent("201").await);
    let customer = asking(&server, "u-77").await;
    customer.drain().await;
    let conversation = alex.only_conversation().await;
    let path = format!("/api/v1/agent/conversations/{conversation}/messages");
    let target = format!("conversation:{conversation}");
    auditor.news().await;

    assert_eq!(alex.http.get(&path).await.status, StatusCode::OK);
    assert_eq!(auditor.news().await, [], "it is Alex's work");
    for what in ["messages", "messages", "notes", "ratings"] {
        let path = format!("/api/v1/agent/conversations/{conversation}/{what}");
        assert_eq!(sam.http.get(&path).await.status, StatusCode::OK);
    }
    kim.http.get(&path).await;
    let read = |who: &str| line(who, "transcript.read", &target, "done");
    assert_eq!(auditor.news().await, [read("person:201"), read("person:102")]);
    server.clock.advance(Duration::from_secs(601));
    sam.http.get(&path).await;
    assert_eq!(auditor.news().await, [read("person:201")]);

    // Kim serves now, and Alex did.
    kim.declare("online").await;
    alex.acts(&conversation, "transfer", json!({ "agentId": "102" })).await;
    server.clock.advance(Duration::from_secs(601));
    for agent in [&alex, &kim] {
        assert_eq!(agent.http.get(&path).await.status, StatusCode::OK);
    }
    assert_eq!(auditor.news().await, []);
    let unknown = sam.http.get("/api/v1/agent/conversations/made-up/messages").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let tried = line("person:201", "transcript.read", "conversation:made-up", "NOT_FOUND");
    assert_eq!(auditor.news().await, [tried]);
}

#[tokio::test]
async fn supervision_is_recorded() {
    let server = Server::start().await;
    let mut auditor = Auditor::new(&server).await;
    let (alex, sam) = (server.online("101").await, server.agent("201").await);
    let customer = asking(&server, "u-77").await;
    customer.drain().await;
    let conversation = alex.only_conversation().await;
    auditor.news().await;
    sam.acts(&conversation, "monitor", json!({})).await;
    sam.act(&conversation, "whisper", json!({ "text": "ask for the number" })).await;
    alex.act(&conversation, "whisper", json!({ "text": "I will" })).await;
    let read = format!("/api/v1/agent/conversations/{conversation}/messages");
    sam.http.get(&read).await;
    sam.acts(&conversation, "barge", json!({})).await;
    sam.undo(&conversation, "monitor").await;
    sam.acts(&conversation, "take-over", json!({})).await;
    let target = format!("conversation:{conversation}");
    let by_sam = |action: &str| line("person:201", action, &target, "done");
    assert_eq!(
        auditor.news().await,
        ["monitor", "whisper", "barge", "leave", "take_over"]
            .map(|verb| by_sam(&format!("supervise.{verb}")))
    );
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_handed_out() {
    let server = Server::start().await;
    let (alex, sam) = (server.online("101").await, server.agent("201").await);
    let mut auditor = Auditor::new(&server).await;
    let customer = asking(&server, "u-77").await;
    customer.drain().await;
    let conversation = alex.only_conversation().await;
    auditor.news().await;
    let path = format!("/api/v1/agent/conversations/{conversation}/messages");
    server.store.fail("append_audit", 1);
    let refused = sam.http.get(&path).await;
    assert_eq!(refused.problem(), (503, "BUSY", None));
    assert_eq!(refused.json.get("messages"), None);
    server.store.fail("append_audit", 1);
    let refused = auditor.http.http.get("/api/v1/audit/export").await;
    assert_eq!((refused.status.as_u16(), refused.text.contains("\"record\"")), (503, false));
    server.store.fail("append_audit", 1);
    let body = json!({ "tenant": "demo", "agentId": "102", "password": "demo-102" });
    let refused = server.anybody().post("/api/v1/agent/login", body).await;
    assert_eq!((refused.status.as_u16(), refused.json.get("token")), (503, None));
    assert_eq!(auditor.news().await, []);
    assert_eq!(sam.http.get(&path).await.status, StatusCode::OK);
    assert_eq!(auditor.news().await.len(), 1);
    // A change that was not stored is not recorded as done.
    server.store.fail("change_items", 1);
    let failed = auditor.http.http.put("/api/v1/config/queues/sales", json!({ "name": "Sales" })).await;
    assert_eq!(failed.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(auditor.news().await, [line("person:901", "config.change", "queue:sales", "INTERNAL")]);
}

#[tokio::test]
async fn work_with_customers_costs_nothing() {
    let server = Server::start().await;
    let alex = server.online("101").await;
    let customer = asking(&server, "u-77").await;
    customer.drain().await;
    let conversation = alex.only_conversation().await;
    server.store.take_calls();
    customer.sends("CHAT", "hello").await;
    alex.say(&conversation, "good day").await;
    alex.act(&conversation, "typing", json!({})).await;
    alex.act(&conversation, "read", json!({})).await;
    alex.heard(&conversation).await;
    customer.drain().await;
    let calls = server.store.take_calls();
    assert!(!calls.contains_key("append_audit"), "{calls:?}");
}

#[tokio::test]
async fn records_are_found_and_paged() {
    let server = Server::start().await;
    let auditor = Auditor::new(&server).await;
    let boss = server.agent("901").await.http;
    for name in ["a", "b", "c"] {
        boss.put("/api/v1/config/queues/sales", json!({ "name": name })).await;
    }
    server.agent("101").await;
    let everything = auditor.list("").await;
    let numbers = |records: &[Value]| -> Vec<u64> {
        records.iter().map(|record| record["number"].as_u64().unwrap()).collect()
    };
    let all = numbers(&everything);
    assert!(all.is_sorted_by(|one, next| one > next), "newest first");
    assert_eq!(auditor.list("actor=901&action=config.").await.len(), 3);
    assert_eq!(auditor.list("targetKind=queue&target=sales").await.len(), 3);
    assert_eq!(auditor.list("action=agent.sign_in&actor=101").await.len(), 1);
    assert_eq!(auditor.list("to=1").await.len(), 0);
    assert_eq!(auditor.list("from=1").await.len(), all.len());
    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let answer = boss.get(&format!("/api/v1/audit?limit=2{cursor}")).await.json;
        paged.extend(numbers(answer["records"].as_array().unwrap()));
        let Some(next) = answer["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(paged, all);
    assert_eq!(boss.get("/api/v1/audit?limit=x").await.problem(), (400, "FIELD_INVALID", Some("limit")));
    let kind = boss.get("/api/v1/audit?actorKind=robot").await;
    assert_eq!(kind.problem(), (400, "FIELD_INVALID", Some("actorKind")));
    assert_eq!(server.agent("201").await.http.get("/api/v1/audit").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_export_is_recorded_and_verifies() {
    let server = Server::start().await;
    let mut auditor = Auditor::new(&server).await;
    let boss = server.agent("901").await.http;
    // More than one page of the export.
    let (tenant, agent) = (TenantId::new("demo").unwrap(), AgentId::new("901").unwrap());
    let draft = |index: usize| {
        frontdesk_core::audit::Draft::by_system(tenant.clone(), "test.act")
            .with("n", index)
            .with("by", agent.as_str())
    };
    server.parts.store.append_audit((0..1_200).map(draft).collect()).await.unwrap();
    let answer = boss.get("/api/v1/audit/export").await;
    assert_eq!(answer.headers["content-type"], "application/jsonl");
    let found = verify_export(answer.text.as_bytes().lines(), &[]).unwrap();
    let Verdict::Intact(head) = found.verdict else { panic!("{found:?}") };
    assert_eq!((found.after.number, answer.text.lines().count() as u64), (0, head.number + 2));
    auditor.read = head.number;
    let records = auditor.records().await;
    assert_eq!(told(&records[0]), line("person:901", "audit.export", "", "done"));
    assert_eq!(records[0]["detail"], json!({ "after": 0, "through": head.number }));
    assert_eq!(records[0]["number"], head.number + 1, "not in itself, and nothing between");
    let nothing = boss.get("/api/v1/audit/export?to=1").await.text;
    assert_eq!(verify_export(nothing.as_bytes().lines(), &[]).unwrap().verdict, Verdict::Intact(found.after));
    server.clock.advance(Duration::from_secs(5));
    let since = records[0]["at"].as_i64().unwrap() + 1;
    boss.put("/api/v1/config/queues/sales", json!({ "name": "Sales" })).await;
    let part = boss.get(&format!("/api/v1/audit/export?from={since}")).await.text;
    let found = verify_export(part.as_bytes().lines(), &[]).unwrap();
    assert!(matches!(found.verdict, Verdict::Intact(_)) && found.after.number >= head.number, "{found:?}");
    assert!(part.contains("\"sales\""), "{part}");
}

//! `frontdesk move`: a whole installation goes on in a database.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use frontdesk_core::audit::{Verdict, verify_export};
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::nodes::database;
use crate::kit::{Agent, App, Customer, Frontdesk, Http, Postgres, Process, eventually};

const FILE: &[u8] = b"a receipt of 4711\n";

/// A server on a data directory.
pub(super) fn serve(data: &Path) -> Process {
    Frontdesk::serve(data).argument("--demo").start()
}

/// A server on a database, with a data directory for itself.
pub(super) fn serve_on(url: &str, data: &Path, files: &Path) -> Process {
    let serving = Frontdesk::serve(data).argument("--demo").variable("FRONTDESK_STORE_URL", url);
    serving.variable("FRONTDESK_STORE_FILES", files.display().to_string()).start()
}

fn moving(data: &Path, url: &str) -> Frontdesk {
    Frontdesk::new(["move", "--from"]).argument(format!("sqlite:{}", data.display())).arguments(["--to", url])
}

/// Those who are there before and after.
pub(super) struct Clients {
    ann: Customer,
    /// How far Ann had read.
    cursor: String,
    agent: Agent,
    /// Where the agent's feed goes on.
    feed: String,
    conversation: String,
    /// The key of Ann's file.
    file: String,
    /// What Ann sent last, and what she was answered.
    sent: (Value, Value),
}

pub(super) async fn at_work(url: &str) -> Clients {
    let anybody = Http::new(url);
    let app = App::sign_in(&anybody, "demo-app", "demo-secret").await;
    let agent = Agent::sign_in(&anybody, "demo", "101", "demo-101").await;
    agent.declare("online").await;
    let ann = app.customer("ann", "en").await;
    ann.sends("CONNECT", "").await;
    ann.sends("TRANS2AGENT", "").await;
    let conversation = eventually("Ann is given to the agent", async || agent.held().await.pop()).await;
    assert_eq!(agent.say(&conversation, "good day").await.status, 201);
    let mut said = ann.message("CHAT", "Where is my parcel 4711?");
    said["messageId"] = json!("said-once");
    let answered = ann.call("send", said.clone()).await;
    assert_eq!(answered.code(), "0", "{}", answered.text);
    let body = json!({ "fileType": "txt", "channel": "WEB", "fileStream": STANDARD.encode(FILE) });
    let uploaded = ann.call("uploadFileStream", body).await;
    let file = uploaded.json["objectKey"].as_str().expect("a key").to_owned();
    let read = ann.polled("cursor=&wait=0&limit=100").await;
    assert!(read.texts().contains(&"good day".to_owned()), "{}", read.text);
    let cursor = read.json["nextCursor"].as_str().expect("a cursor").to_owned();
    let feed = agent.feed("", 0).await.json["cursor"].as_str().expect("a cursor").to_owned();
    assert_eq!(agent.say(&conversation, "not read before the move").await.status, 201);
    let bob = app.customer("bob", "en").await;
    let left = json!({ "callId": "bob", "caller": "1380", "leaveMessage": "call me back", "channel": "WEB" });
    assert_eq!(bob.call("doLeaveMessage", left).await.code(), "0");
    Clients { ann, cursor, agent, feed, conversation, file, sent: (said, answered.json) }
}

impl Clients {
    fn at(&self, url: &str) -> (Customer, Agent) {
        (self.ann.at(url), Agent { http: self.agent.http.at(url) })
    }

    /// On a store that was put back: what they have from before is good, and they are told once.
    pub(super) async fn are_told(&self, url: &str) {
        let (ann, agent) = self.at(url);
        let answer = ann.polled(&format!("cursor={}&wait=0&limit=100", self.cursor)).await;
        assert_eq!(answer.json["gap"]["reason"], "EPOCH", "{}", answer.text);
        let texts = answer.texts();
        assert!(
            texts.ends_with(&["good day".to_owned(), "not read before the move".to_owned()]),
            "{texts:?}"
        );
        let cursor = answer.json["nextCursor"].as_str().expect("a cursor");
        assert_eq!(agent.only_conversation().await, self.conversation);
        assert_eq!(agent.say(&self.conversation, "said afterwards").await.status, 201);
        let next = ann.polled(&format!("cursor={cursor}&wait=0")).await;
        assert_eq!((next.texts(), next.json["gap"].is_null()), (vec!["said afterwards".to_owned()], true));
        let wanted = json!({ "fileId": self.file, "channel": "WEB", "fileType": "txt" });
        let file = ann.call("downloadFileStream", wanted).await;
        assert_eq!(file.json["fileStream"], STANDARD.encode(FILE), "{}", file.text);
    }

    /// With what they have from before.
    pub(super) async fn go_on(&self, url: &str) {
        let (ann, agent) = self.at(url);
        let next = ann.polled(&format!("cursor={}&wait=0", self.cursor)).await;
        assert!(next.json["gap"].is_null(), "{}", next.text);
        assert_eq!(next.texts(), ["not read before the move"]);
        let (said, answered) = &self.sent;
        assert_eq!(ann.call("send", said.clone()).await.json, *answered, "it was said before");
        assert_eq!(agent.only_conversation().await, self.conversation);
        assert_eq!(agent.say(&self.conversation, "read after the move").await.status, 201);
        let cursor = next.json["nextCursor"].as_str().expect("a cursor");
        assert_eq!(ann.polled(&format!("cursor={cursor}&wait=0")).await.texts(), ["read after the move"]);
        let heard = agent.heard(&self.conversation).await;
        assert_eq!(
            heard.iter().filter(|(_, text)| text == "Where is my parcel 4711?").count(),
            1,
            "{heard:?}"
        );
        let feed = agent.feed(&self.feed, 0).await;
        assert!(feed.status.is_success() && feed.json["gap"].is_null(), "{}", feed.text);
        let wanted = json!({ "fileId": self.file, "channel": "WEB", "fileType": "txt" });
        let file = ann.call("downloadFileStream", wanted).await;
        assert_eq!(file.json["fileStream"], STANDARD.encode(FILE), "{}", file.text);
    }
}

/// What supervisors see of what was before: it is searched, counted and recorded.
async fn is_all_there(url: &str) {
    let boss = Agent::sign_in(&Http::new(url), "demo", "201", "demo-201").await;
    eventually("the search index is made anew", async || {
        let found = boss.http.get("/api/v1/search?q=parcel").await;
        let found =
            found.json["results"].as_array()?.iter().any(|hit| hit["snippet"] == "Where is my parcel 4711?");
        found.then_some(())
    })
    .await;
    let tickets = boss.http.get("/api/v1/agent/tickets").await;
    assert_eq!(tickets.json["tickets"].as_array().map(Vec::len), Some(1), "{}", tickets.text);
    let auditor = Agent::sign_in(&Http::new(url), "demo", "901", "demo-901").await;
    let exported = auditor.http.get("/api/v1/audit/export").await.text;
    let verified = verify_export(std::io::BufRead::lines(exported.as_bytes()), &[]).unwrap();
    assert!(matches!(verified.verdict, Verdict::Intact(_)), "{verified:?}");
    assert_eq!(exported.matches("\"store.move\"").count(), 1, "{exported}");
}

/// How many conversations were begun, once all are counted.
async fn begun(url: &str) -> u64 {
    let auditor = Agent::sign_in(&Http::new(url), "demo", "901", "demo-901").await;
    let newest = auditor.http.get("/api/v1/audit?limit=1").await;
    let now = newest.json["records"][0]["at"].as_i64().unwrap_or_else(|| panic!("{}", newest.text));
    let day = |millis| jiff::Timestamp::from_millisecond(millis).unwrap().strftime("%Y-%m-%d").to_string();
    // Around midnight too.
    let (from, to) = (day(now - 86_400_000), day(now + 86_400_000));
    let boss = Agent::sign_in(&Http::new(url), "demo", "201", "demo-201").await;
    eventually("everything is counted", async || {
        let answer = boss.http.get(&format!("/api/v1/reports/summary?from={from}&to={to}")).await;
        let rows = answer.json["rows"].as_array().unwrap_or_else(|| panic!("{}", answer.text));
        let begun = rows.iter().filter_map(|row| row["conversationsBegan"].as_u64()).sum();
        (answer.json["lag"] == json!({ "customers": 0, "rebuilding": false })).then_some(begun)
    })
    .await
}

/// What each counter had given out, and that the database goes on behind it.
async fn counters_go_on(before: Vec<(String, i64)>, url: &str) {
    assert!(before.iter().any(|(table, number)| table == "intent" && *number > 0), "{before:?}");
    let url = url.to_owned();
    let check = move || {
        for (table, number) in before {
            let column = if table == "signing_key" { "position" } else { "id" };
            let sql = format!(
                "DO $$ BEGIN ASSERT nextval(pg_get_serial_sequence('{table}', '{column}')) = {} ; END $$",
                number + 1
            );
            Postgres::shared().sql(&url, &sql);
        }
    };
    tokio::task::spawn_blocking(check).await.unwrap();
}

fn counters(data: &Path) -> Vec<(String, i64)> {
    let connection = Connection::open(data.join("frontdesk.db")).unwrap();
    let mut statement = connection.prepare("SELECT name, seq FROM sqlite_sequence ORDER BY name").unwrap();
    let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    found.collect::<Result<_, _>>().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_goes_on_where_they_were() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (data, files, url) = (at("data"), at("files"), database().await);
    let server = serve(&data);
    let clients = at_work(&server.url).await;
    let counted = begun(&server.url).await;
    assert!(counted > 0);
    let busy = moving(&data, &url).run().failed();
    assert!(busy.contains("in use by process"), "{busy}");
    server.terminate();

    let told = moving(&data, &url).argument("--files").argument(&files).run();
    assert!(told.stderr.contains("copying") && told.stderr.contains("checking"), "{told:?}");
    let told = told.succeeded();
    assert!(told.contains("moved") && told.contains("1 files"), "{told}");
    counters_go_on(counters(&data), &url).await;

    let server = serve_on(&url, &at("node"), &files);
    clients.go_on(&server.url).await;
    is_all_there(&server.url).await;
    assert_eq!(begun(&server.url).await, counted, "each once");
    server.terminate();

    // Nothing is left behind that somebody could go on with by mistake.
    let refused = Frontdesk::serve(&data).argument("--demo").try_start().expect_err("it is refused").stderr;
    assert!(refused.contains("was moved to postgres://"), "{refused}");
    let again = moving(&data, &url).run().failed();
    assert!(again.contains("was moved to postgres://"), "{again}");
    // On purpose one can, and clients are told.
    std::fs::remove_file(data.join("frontdesk.moved")).unwrap();
    let server = serve(&data);
    let (ann, _) = clients.at(&server.url);
    let answer = ann.polled(&format!("cursor={}&wait=0", clients.cursor)).await;
    assert_eq!(answer.json["gap"]["reason"], "EPOCH", "{}", answer.text);
    server.terminate();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealed_secrets_stay_sealed_with_the_same_key() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (data, key, url) = (at("data"), at("key"), database().await);
    let key = key.display().to_string();
    let server =
        Frontdesk::serve(&data).argument("--demo").variable("FRONTDESK_STORE_KEY_FILE", &key).start();
    let app = App::sign_in(&Http::new(&server.url), "demo-app", "demo-secret").await;
    server.terminate();

    let without = moving(&data, &url).run().failed();
    assert!(without.contains("key file"), "{without}");
    // Where the database is stands in no list of processes.
    Frontdesk::new(["move", "--from"])
        .argument(format!("sqlite:{}", data.display()))
        .variable("FRONTDESK_STORE_KEY_FILE", &key)
        .variable("FRONTDESK_STORE_URL", &url)
        .run()
        .succeeded();
    let refused =
        Frontdesk::serve(&data).argument("--demo").variable("FRONTDESK_STORE_URL", &url).try_start();
    assert!(refused.expect_err("it is refused").stderr.contains("key file"));
    let serving = Frontdesk::serve(&data).argument("--demo").variable("FRONTDESK_STORE_URL", &url);
    let server = serving.variable("FRONTDESK_STORE_KEY_FILE", &key).start();
    // A token of before.
    App { http: app.http.at(&server.url) }.customer("ann", "en").await.sends("CONNECT", "").await;
    server.terminate();
}

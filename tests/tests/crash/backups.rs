//! Backups that are taken one after the other while everybody talks, and what a server on each of them knows.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use frontdesk_tests::kit::{Customer, Fate, Finished, Frontdesk, Logged, Story, eventually};
use reqwest::Method;
use serde_json::{Value, json};

use super::lives::Lives;
use super::load::{Load, log_of};

const BACKUPS: usize = 3;
const CUSTOMERS: usize = 10;
/// What begins like a picture is taken for one.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";

/// A backup, and what was known before it began.
struct Taken {
    path: PathBuf,
    /// What everybody had been told.
    told: Vec<Story>,
    /// Where a device of each customer stood.
    cursors: HashMap<String, String>,
    /// A file of each customer.
    files: HashMap<String, String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_holds_all_that_was_acknowledged_before_it_began() {
    let folder = tempfile::tempdir().unwrap();
    let mut lives = Lives::begin_in(folder.path().join("data")).await;
    let load = Load::start(&lives, CUSTOMERS).await;
    let customers = load.customers().to_vec();
    let (mut taken, mut meanwhile) = (Vec::new(), 0);
    for number in 0..BACKUPS {
        more_is_said(&load).await;
        let (backup, more) = take(&lives, &load, folder.path().join(format!("backup-{number}"))).await;
        meanwhile += more;
        taken.push(backup);
    }
    more_is_said(&load).await;
    let at_the_end = cursors(&lives, &customers, "late").await;
    let found = load.finish(&lives).await;
    found.must_be_fine();
    let before = taken.iter().map(|backup| acknowledged(&backup.told)).collect::<Vec<_>>();
    println!(
        "acknowledged before each backup (customers, agents): {before:?}; {meanwhile} while they were taken"
    );
    assert!(meanwhile > 0, "nothing was said while the backups were taken");
    lives.terminate().await;
    found.must_not_be_in(&lives.logs);

    let mut epochs = HashSet::from([epoch_of(lives.data())]);
    for (number, backup) in taken.iter().enumerate() {
        let data = folder.path().join(format!("restored-{number}"));
        restore(&backup.path, &data);
        assert!(epochs.insert(epoch_of(&data)), "each restored store has an epoch of its own");
        let restored = Lives::begin_in(data.clone()).await;
        for customer in &customers {
            let whole = found.stories.iter().find(|story| story.user == customer.user).unwrap();
            has_kept(&restored, customer, backup, &whole.log).await;
            for (device, cursors) in [("witness", &backup.cursors), ("late", &at_the_end)] {
                is_told(&restored, customer, device, &cursors[&customer.user]).await;
            }
        }
        goes_on(restored, &customers[0]).await;
        is_sound(&data);
    }
}

/// Waits until customers and agents have said more.
async fn more_is_said(load: &Load) {
    let before = acknowledged(&load.stories());
    eventually("customers and agents go on", async || {
        let now = acknowledged(&load.stories());
        (now.0 >= before.0 + 40 && now.1 >= before.1 + 4).then_some(())
    })
    .await;
}

/// How many messages of customers, and of agents, were acknowledged.
fn acknowledged(stories: &[Story]) -> (usize, usize) {
    let (mut customers, mut agents) = (0, 0);
    for story in stories {
        for (sender, sent) in &story.sent {
            let count = sent.iter().filter(|sent| sent.fate == Fate::Acknowledged).count();
            *(if *sender == story.user { &mut customers } else { &mut agents }) += count;
        }
    }
    (customers, agents)
}

/// Takes a backup, while everybody goes on; gives how many messages were acknowledged in that time.
async fn take(lives: &Lives, load: &Load, path: PathBuf) -> (Taken, usize) {
    let cursors = cursors(lives, load.customers(), "witness").await;
    let mut files = HashMap::new();
    for customer in load.customers() {
        let upload = json!({ "fileType": "png", "fileStream": PNG, "channel": "WEB" });
        let stored = customer.call("uploadFileStream", upload).await;
        files.insert(customer.user.clone(), stored.json["objectKey"].as_str().unwrap().to_owned());
    }
    let told = load.stories();
    let (before, to) = (acknowledged(&told), path.clone());
    let data = lives.data().to_owned();
    let command = move || run(Frontdesk::new(["backup", "--to"]).argument(to), &data);
    let finished = tokio::task::spawn_blocking(command).await.unwrap();
    let after = acknowledged(&load.stories());
    assert!(finished.succeeded().contains("entries in"), "it says what is in it");
    (Taken { path, told, cursors, files }, after.0 + after.1 - before.0 - before.1)
}

fn run(command: Frontdesk, data: &Path) -> Finished {
    command.argument("--data-dir").argument(data).run()
}

/// A cursor of each customer's, for a device that has heard everything.
async fn cursors(lives: &Lives, customers: &[Customer], device: &str) -> HashMap<String, String> {
    let mut cursors = HashMap::new();
    for customer in customers {
        let answer = poll(lives, customer, device, "latest").await;
        cursors.insert(customer.user.clone(), next_cursor(&answer));
    }
    cursors
}

async fn poll(lives: &Lives, customer: &Customer, device: &str, cursor: &str) -> Value {
    let path = format!("/apiaccess/ccmessaging/poll?wait=0&limit=100&deviceId={device}&cursor={cursor}");
    let mut line = lives.app_line(customer.http.clone());
    let (_, answer) = line.ask(Method::GET, &path, &Value::Null).await.expect("an answer");
    assert_eq!(answer.status, 200, "{}: {}", customer.user, answer.text);
    answer.json
}

fn next_cursor(answer: &Value) -> String {
    answer["nextCursor"].as_str().expect("a cursor").to_owned()
}

/// Restores a backup into a new data directory, and examines what has come of it before anybody uses it.
fn restore(backup: &Path, data: &Path) {
    let told = run(Frontdesk::new(["restore", "--from"]).argument(backup), data).succeeded();
    assert!(told.contains("new epoch"), "{told}");
    is_sound(data);
}

/// The database is whole, the doctor finds nothing wrong, and the chains of the audit log are intact.
fn is_sound(data: &Path) {
    {
        let database = rusqlite::Connection::open(data.join("frontdesk.db")).unwrap();
        let whole: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(whole, "ok");
        let dangling = database.query_row("PRAGMA foreign_key_check", [], |_| Ok(()));
        assert!(matches!(dangling, Err(rusqlite::Error::QueryReturnedNoRows)), "{dangling:?}");
    }
    let doctor = ["doctor", "--json", "--listen", "127.0.0.1:0", "--internal-listen", "off"];
    let finished = run(Frontdesk::new(doctor), data);
    let report: Value = serde_json::from_str(&finished.stdout).unwrap_or_else(|_| panic!("{finished:?}"));
    let findings = report["findings"].as_array().unwrap();
    let wrong: Vec<_> = findings.iter().filter(|finding| finding["state"] == "wrong").collect();
    assert!(findings.len() > 3 && wrong.is_empty(), "{wrong:?}");
    let verified = run(Frontdesk::new(["audit", "verify"]), data).succeeded();
    assert!(verified.starts_with("demo intact "), "{verified}");
}

fn epoch_of(data: &Path) -> [u8; 8] {
    let database = rusqlite::Connection::open(data.join("frontdesk.db")).unwrap();
    let epoch = "SELECT value FROM store_value WHERE name = 'epoch'";
    database.query_row(epoch, [], |row| row.get(0)).unwrap()
}

/// A customer's log is a beginning of what it was in the end, and reaches as far as was acknowledged before the backup.
async fn has_kept(restored: &Lives, customer: &Customer, backup: &Taken, whole: &[Logged]) {
    let nothing = Story::default();
    let told = backup.told.iter().find(|story| story.user == customer.user).unwrap_or(&nothing);
    let log = settled_log(restored, customer).await;
    let faults = faults_of(told, &log, whole);
    assert!(faults.is_empty(), "{}: {}:\n{}", backup.path.display(), customer.user, faults.join("\n"));
    let file = json!({ "fileId": backup.files[&customer.user], "channel": "WEB", "fileType": "png" });
    let mut line = restored.app_line(customer.http.clone());
    let path = "/apiaccess/ccmessaging/downloadFileStream";
    let (_, answer) = line.ask(Method::POST, path, &file).await.expect("an answer");
    assert_eq!(answer.json["fileStream"], PNG, "{}", answer.text);
}

/// A customer's log, once nothing is added to it while it is read.
async fn settled_log(lives: &Lives, customer: &Customer) -> Vec<Logged> {
    eventually("a log that stays", async || {
        let read = async || log_of(lives.app_line(customer.http.clone()), &customer.user).await;
        let (log, again) = (read().await, read().await);
        let is_same = log.len() == again.len() && log.iter().zip(&again).all(|(one, other)| is(one, other));
        is_same.then_some(log)
    })
    .await
}

fn is(one: &Logged, other: &Logged) -> bool {
    (&one.code, one.at, &one.source, &one.content) == (&other.code, other.at, &other.source, &other.content)
}

/// What is not as it must be of a log that was restored. Behind what was in the backup stands only what the restored server
/// wrote itself.
fn faults_of(told: &Story, log: &[Logged], whole: &[Logged]) -> Vec<String> {
    let kept = log.iter().zip(whole).take_while(|(one, other)| is(one, other)).count();
    let (kept, own) = log.split_at(kept);
    let mut faults = Vec::new();
    for late in own {
        if whole.iter().any(|one| one.at == late.at && one.content == late.content) {
            faults.push(format!("something before it is missing: {late:?}"));
        }
    }
    for sent in told.sent.values().flatten().filter(|sent| sent.fate == Fate::Acknowledged) {
        if !kept.iter().any(|logged| logged.content == sent.content) {
            faults.push(format!("acknowledged before the backup, and lost: {sent:?}"));
        }
    }
    for received in told.received.iter().filter(|received| received.is_chat) {
        if !kept.iter().any(|logged| logged.code == received.code) {
            faults.push(format!("received before the backup, and lost: {received:?}"));
        }
    }
    faults
}

/// Who comes with a cursor of the time before is told once that there may be a gap, and gets all that there is.
async fn is_told(restored: &Lives, customer: &Customer, device: &str, cursor: &str) {
    let mut answer = poll(restored, customer, device, cursor).await;
    assert_eq!(answer["gap"]["reason"], "EPOCH", "{answer}");
    let mut heard = Vec::new();
    loop {
        let messages = answer["downlinkMessages"].as_array().cloned().unwrap_or_default();
        let chats = messages.iter().filter(|message| message["controlType"] == "CHAT");
        heard.extend(chats.map(|chat| chat["messageCode"].as_str().unwrap_or_default().to_owned()));
        if messages.is_empty() {
            break;
        }
        answer = poll(restored, customer, device, &next_cursor(&answer)).await;
        assert!(answer.get("gap").is_none_or(Value::is_null), "it is told once: {answer}");
    }
    let log = settled_log(restored, customer).await;
    let said: Vec<_> = log.into_iter().filter(|one| one.source != "USER").map(|one| one.code).collect();
    // The restored server may have said something meanwhile.
    assert!(!heard.is_empty() && said.starts_with(&heard), "{} of {} are heard", heard.len(), said.len());
}

/// The restored server serves: whoever comes back is answered, and so is somebody new. Then it stops in order.
async fn goes_on(mut restored: Lives, customer: &Customer) {
    let newcomer = restored.app().await.customer("newcomer", "en").await;
    for talker in [customer, &newcomer] {
        for (control, content) in [("CONNECT", ""), ("CHAT", "How long does delivery take?")] {
            let mut line = restored.app_line(talker.http.clone());
            let body = talker.message(control, content);
            let path = "/apiaccess/ccmessaging/send";
            let (_, answer) = line.ask(Method::POST, path, &body).await.expect("an answer");
            let is_fine = answer.code() == "0" || talker.user == customer.user && control == "CONNECT";
            assert!(is_fine, "{control} of {}: {}", talker.user, answer.text);
        }
    }
    tokio::time::timeout(Duration::from_mins(1), restored.terminate()).await.expect("it stops");
}

#[test]
fn what_a_backup_lacks_is_noticed() {
    use frontdesk_tests::kit::{Received, Sent};
    let logged = |at: i64, source: &str, content: &str| Logged {
        code: format!("c{at}"),
        at,
        source: source.to_owned(),
        content: content.to_owned(),
    };
    let whole: Vec<_> = [(1, "USER"), (2, "ROBOT"), (3, "USER"), (4, "ROBOT"), (5, "USER")]
        .map(|(at, source)| logged(at, source, &format!("said {at}")))
        .into();
    let sent = |content: &str| Sent { content: content.to_owned(), fate: Fate::Acknowledged, to_robot: true };
    let (code, content) = (whole[1].code.clone(), whole[1].content.clone());
    let told = Story {
        user: "ann".to_owned(),
        sent: HashMap::from([("ann".to_owned(), vec![sent("said 1"), sent("said 3")])]),
        received: vec![Received { kills: 0, code, at: 2, is_chat: true, content }],
        ..Story::default()
    };
    let faults = |log: &[Logged]| faults_of(&told, log, &whole).len();
    assert_eq!((faults(&whole), faults(&whole[..3])), (0, 0));
    // The restored server goes on behind the backup, with the numbers that the other one used for something else.
    let own = Logged { code: whole[3].code.clone(), ..logged(9, "SYSTEM", "something new") };
    assert_eq!(faults(&[&whole[..3], &[own]].concat()), 0);
    assert_eq!(faults(&whole[..2]), 1, "what was acknowledged last is gone");
    assert_eq!(faults(&[]), 3);
    let hole = [&whole[..3], &whole[4..]].concat();
    assert_eq!(faults(&hole), 1, "something after the acknowledgements is missing");
    let swapped = [whole[1].clone(), whole[0].clone(), whole[2].clone()];
    assert!(faults(&swapped) >= 3);
}

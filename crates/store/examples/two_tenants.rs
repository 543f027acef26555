//! What one tenant's flood costs another: how long a write takes that comes while thousands of others wait.
//!
//! `cargo run --release -p frontdesk-store --example two_tenants`

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use frontdesk_core::conversation::Decision;
use frontdesk_core::entry::EntryBody;
use frontdesk_core::id::{ChannelId, TenantId, UserId};
use frontdesk_core::log::LogId;
use frontdesk_core::message::{Author, Message};
use frontdesk_core::port::{Clock, Commit, Customer, LogStore as _, Random, Store as _};
use frontdesk_core::time::Timestamp;
use frontdesk_store::{DataDir, Options, SqliteStore};
use tokio::task::JoinSet;

/// Any failure ends the program.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Goes by itself from some moment on.
#[derive(Debug)]
struct Running(Instant);

impl Clock for Running {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000).plus(self.0.elapsed())
    }
}

/// There are no secrets in here.
#[derive(Debug)]
struct Sevens;

impl Random for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// Writes of the flood that wait at any time.
const FLOOD: usize = 5_000;
/// Writes that are measured, one after the other.
const MEASURED: usize = 60;

async fn register(store: &SqliteStore, tenant: &str, user: &str) -> Outcome<LogId> {
    let customer = Customer {
        tenant: TenantId::new(tenant)?,
        channel: ChannelId::new("web")?,
        user: UserId::new(user)?,
        name: String::new(),
        locale: "en".to_owned(),
    };
    Ok(store.register(&customer).await?)
}

fn chat(log: LogId) -> Commit {
    let entries = vec![EntryBody::Said(Message::text(Author::Customer, "Where is my order?"))];
    let decision = Decision { conversation: 1, entries, ..Decision::default() };
    Commit { log, version: 0, decision, timer: None, idempotency: None, mark: None }
}

/// How long each write takes, shortest first.
async fn measure(store: &SqliteStore, log: LogId) -> Outcome<Vec<Duration>> {
    let mut taken = Vec::with_capacity(MEASURED);
    for _ in 0..MEASURED {
        let begin = Instant::now();
        store.commit(chat(log)).await?;
        taken.push(begin.elapsed());
    }
    taken.sort();
    Ok(taken)
}

fn show(who: &str, taken: &[Duration], flooded: u64) {
    let at = |share: usize| taken.get(taken.len() * share / 100).map_or(0.0, |it| it.as_secs_f64() * 1_000.0);
    let each = flooded / taken.len().max(1) as u64;
    println!("| {who} | {:.1} ms | {:.1} ms | {each} |", at(50), at(99));
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let directory = DataDir::open(folder.path())?;
    let clock = Arc::new(Running(Instant::now()));
    let store = Arc::new(SqliteStore::open(directory, clock, &Sevens, Options::default())?);
    let modest = register(&store, "modest", "ann").await?;
    let guest = register(&store, "greedy", "guest").await?;

    println!("| who writes | median | 99 of 100 | writes of the flood for each |\n|---|---|---|---|");
    show("a tenant, alone", &measure(&store, modest).await?, 0);

    let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut registering = JoinSet::new();
    for number in 0..FLOOD {
        let store = Arc::clone(&store);
        registering.spawn(async move { register(&store, "greedy", &number.to_string()).await.ok() });
    }
    let logs: Vec<LogId> = registering.join_all().await.into_iter().flatten().collect();
    let mut flood = JoinSet::new();
    for log in logs {
        let (store, stop, written) = (Arc::clone(&store), Arc::clone(&stop), Arc::clone(&written));
        flood.spawn(async move {
            while !stop.load(Ordering::Relaxed) && store.commit(chat(log)).await.is_ok() {
                written.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    for (who, log) in [
        ("the same, beside a tenant with 5,000 writes waiting", modest),
        ("a customer of the tenant with 5,000 writes waiting", guest),
    ] {
        let before = written.load(Ordering::Relaxed);
        let taken = measure(&store, log).await?;
        show(who, &taken, written.load(Ordering::Relaxed) - before);
    }
    stop.store(true, Ordering::Relaxed);
    flood.join_all().await;
    store.close().await;
    Ok(())
}

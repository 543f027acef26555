//! Keeps the search index, and the profiles of customers, by following every log.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use frontdesk_core::entry::{Audience, Entry, EntryBody};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::message::Author;
use frontdesk_core::port::{IndexedEntry, IndexedLog, Purpose, ReadQuery, StoreError};
use frontdesk_core::search::{Involved, findable, tokens};
use frontdesk_core::time::Timestamp;

use super::reader::{Unread, follow};
use super::until_leader;
use crate::parts::Parts;

/// How long nothing is looked for after a look. Many entries taken in together cost the index less than each by itself.
const PAUSE: Duration = Duration::from_millis(500);
/// Most entries of one log that are taken in at once.
const ENTRIES: usize = 500;
/// How many logs, and about how many entries, are taken in at once: few enough for nobody who writes meanwhile to notice.
const LOGS: usize = 64;
const ENTRIES_AT_ONCE: usize = 512;
/// Of how many conversations it is remembered who has to do with them.
const REMEMBERED: usize = 20_000;
/// Most entries of a conversation that are gone through again when somebody comes to have to do with it.
const AGAIN: usize = 2_000;
const NAME: &str = "search";

/// What is remembered between looks, and what a look has made so far.
#[derive(Default)]
struct Desk {
    made: Vec<IndexedLog>,
    /// How many entries `made` has.
    entries: usize,
    remembered: HashMap<LogId, Known>,
    /// The oldest entry that was found unread in this look.
    oldest: Option<Timestamp>,
    logs: usize,
    /// Some log has more than was taken in.
    has_more: bool,
}

impl Desk {
    /// What was made and is not taken in yet.
    fn take(&mut self) -> Vec<IndexedLog> {
        self.entries = 0;
        std::mem::take(&mut self.made)
    }
}

/// Who has to do with a log's last conversation.
#[derive(Clone)]
struct Known {
    conversation: u64,
    first: EntryNumber,
    through: EntryNumber,
    involved: Involved,
}

type Shared = Arc<Mutex<Desk>>;

/// Follows the logs until the node stops.
pub(super) fn start(parts: &Parts) {
    let parts = parts.clone();
    parts.tasks.clone().spawn(async move {
        let desk = Shared::default();
        while !parts.shutdown.is_cancelled() && until_leader(&parts).await {
            metrics::counter!("frontdesk_work_runs_total", "work" => NAME).increment(1);
            let has_more = look(&parts, &desk).await.unwrap_or_else(|error| {
                metrics::counter!("frontdesk_work_failures_total", "work" => NAME).increment(1);
                tracing::warn!(work = NAME, %error, "background work failed; it will be tried again");
                false
            });
            if has_more {
                continue;
            }
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = parts.shutdown.cancelled() => {}
            }
        }
    });
}

/// Goes through every log with a mark once; whether some have more than that.
async fn look(parts: &Parts, desk: &Shared) -> Result<bool, StoreError> {
    with(desk, |desk| {
        desk.take();
        (desk.oldest, desk.logs, desk.has_more) = (None, 0, false);
    });
    let shared = Arc::clone(desk);
    let followed = follow(parts.clone(), Purpose::Search, move |parts, unread| {
        let desk = Arc::clone(&shared);
        async move {
            let made = make(&parts, &desk, unread).await?;
            let full = with(&desk, |desk| {
                desk.entries += made.entries.len();
                desk.made.push(made);
                let is_full = desk.made.len() >= LOGS || desk.entries >= ENTRIES_AT_ONCE;
                is_full.then(|| desk.take())
            });
            match full {
                Some(made) => parts.store.index(made).await,
                None => Ok(()),
            }
        }
    })
    .await;
    // What was made of the others is kept also if one log failed.
    let rest = with(desk, Desk::take);
    if !rest.is_empty() {
        parts.store.index(rest).await?;
    }
    let (oldest, logs, has_more) = with(desk, |desk| (desk.oldest, desk.logs, desk.has_more));
    let lag = oldest.map_or(Duration::ZERO, |oldest| parts.clock.now().since(oldest));
    metrics::gauge!("frontdesk_search_lag_seconds").set(lag.as_secs_f64());
    #[expect(clippy::cast_precision_loss, reason = "a metric is a float, and there are never so many logs")]
    metrics::gauge!("frontdesk_search_logs_behind").set(logs as f64);
    followed.map(|()| has_more)
}

fn with<T>(desk: &Shared, work: impl FnOnce(&mut Desk) -> T) -> T {
    work(&mut desk.lock().unwrap_or_else(PoisonError::into_inner))
}

/// What the index is to hold of what a log has new.
async fn make(parts: &Parts, desk: &Shared, Unread { of, after }: Unread) -> Result<IndexedLog, StoreError> {
    let entries = read(parts, of.log, after, EntryNumber::END, ENTRIES).await?;
    with(desk, |desk| {
        desk.logs += 1;
        desk.has_more |= entries.len() == ENTRIES;
        let first = entries.first().map(|entry| entry.at);
        desk.oldest = [desk.oldest, first].into_iter().flatten().min();
    });
    let mut made = IndexedLog {
        log: of.log,
        from: after,
        through: entries.last().map_or(after, |entry| entry.number),
        entries: Vec::new(),
        gone: gone(parts, of.log, after, &entries).await?,
        seen: seen(&entries),
    };
    let mut conversations: BTreeMap<u64, Vec<&Entry>> = BTreeMap::new();
    for entry in &entries {
        conversations.entry(entry.conversation).or_default().push(entry);
    }
    for (conversation, entries) in conversations {
        made.entries.extend(of_conversation(parts, desk, (of.log, conversation, after), &entries).await?);
    }
    Ok(made)
}

/// What is to be found of one conversation: what is new, and, if somebody came to have to do with it, all of it.
async fn of_conversation(
    parts: &Parts,
    desk: &Shared,
    (log, conversation, after): (LogId, u64, EntryNumber),
    entries: &[&Entry],
) -> Result<Vec<IndexedEntry>, StoreError> {
    let Some(mut known) = known(parts, desk, (log, conversation, after), entries).await? else {
        let nobody = Involved::default();
        return Ok(entries.iter().filter_map(|entry| indexed(entry, &nobody)).collect());
    };
    let mut somebody_came = false;
    for entry in entries {
        somebody_came |= known.involved.note(&entry.body);
        known.through = entry.number;
    }
    let mut made: Vec<_> = entries.iter().filter_map(|entry| indexed(entry, &known.involved)).collect();
    if somebody_came && known.first <= after {
        let before = EntryNumber(known.first.0.saturating_sub(1));
        let earlier = read(parts, log, before, after, AGAIN).await?;
        let earlier = earlier.iter().filter(|entry| entry.conversation == conversation);
        made.extend(earlier.filter_map(|entry| indexed(entry, &known.involved)));
    }
    with(desk, |desk| {
        if desk.remembered.len() >= REMEMBERED {
            desk.remembered.clear();
        }
        desk.remembered.insert(log, known);
    });
    Ok(made)
}

/// Who had to do with a conversation before its new entries; `None` for what is of none.
async fn known(
    parts: &Parts,
    desk: &Shared,
    (log, conversation, after): (LogId, u64, EntryNumber),
    entries: &[&Entry],
) -> Result<Option<Known>, StoreError> {
    let Some(first) = entries.first().filter(|_| conversation > 0) else { return Ok(None) };
    if matches!(first.body, EntryBody::Connected { .. }) {
        let involved = Involved::default();
        return Ok(Some(Known { conversation, first: first.number, through: after, involved }));
    }
    let remembered = with(desk, |desk| desk.remembered.get(&log).cloned());
    let remembered = remembered.filter(|known| known.conversation == conversation && known.through == after);
    if remembered.is_some() {
        return Ok(remembered);
    }
    let Some(row) = parts.store.conversation(log, conversation).await? else { return Ok(None) };
    let mut known = Known { conversation, first: row.first, through: after, involved: Involved::default() };
    let mut read_through = EntryNumber(row.first.0.saturating_sub(1));
    while read_through < after {
        let page = read(parts, log, read_through, after, ENTRIES).await?;
        let Some(last) = page.last() else { break };
        read_through = last.number;
        for entry in page.iter().filter(|entry| entry.conversation == conversation) {
            known.involved.note(&entry.body);
        }
    }
    Ok(Some(known))
}

async fn read(
    parts: &Parts,
    log: LogId,
    after: EntryNumber,
    through: EntryNumber,
    limit: usize,
) -> Result<Vec<Entry>, StoreError> {
    let query = ReadQuery { after, through, audience: Audience::ALL, limit, max_bytes: usize::MAX };
    parts.store.read(log, query).await
}

fn indexed(entry: &Entry, involved: &Involved) -> Option<IndexedEntry> {
    let found = findable(&entry.body)?;
    Some(IndexedEntry {
        number: entry.number,
        at: entry.at,
        conversation: entry.conversation,
        by: found.by,
        words: tokens(&found.text).into_iter().map(|token| token.text).collect(),
        agents: involved.agents.iter().cloned().collect(),
        queues: involved.queues.iter().cloned().collect(),
    })
}

/// What was taken back of what the index may hold.
async fn gone(
    parts: &Parts,
    log: LogId,
    after: EntryNumber,
    entries: &[Entry],
) -> Result<Vec<(EntryNumber, Timestamp)>, StoreError> {
    let mut gone = Vec::new();
    for entry in entries {
        let EntryBody::Recalled { number, life, .. } = &entry.body else { continue };
        if *number > after {
            continue;
        }
        let before = EntryNumber(number.0.saturating_sub(1));
        let recalled = read(parts, log, before, *number, 1).await?.pop();
        gone.extend(recalled.filter(|entry| entry.life == *life).map(|entry| (entry.number, entry.at)));
    }
    Ok(gone)
}

/// When the customer first and last did something.
fn seen(entries: &[Entry]) -> Option<(Timestamp, Timestamp)> {
    let mut own = entries.iter().filter(|entry| is_the_customers(&entry.body)).map(|entry| entry.at);
    let first = own.next()?;
    Some((first, own.next_back().unwrap_or(first)))
}

fn is_the_customers(body: &EntryBody) -> bool {
    match body {
        EntryBody::Said(message) => message.author == Author::Customer,
        EntryBody::Connected { .. }
        | EntryBody::ReadByCustomer { .. }
        | EntryBody::RatedAgent(_)
        | EntryBody::RatedRobot { .. }
        | EntryBody::LeftMessage { .. } => true,
        _ => false,
    }
}

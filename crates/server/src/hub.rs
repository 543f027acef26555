//! Who waits for what on this node.
//!
//! For each log that somebody listens to, the hub knows the last entry that each class of readers can see, who waits
//! for more, how far each reader is and when the customer's clients were last seen. Nothing is ever delivered from
//! here: a wake-up is a hint to read the log again, and whatever the hub forgets it learns again from the store.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use frontdesk_core::entry::{Audience, Heads};
use frontdesk_core::id::DeviceId;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{Hint, Nodes, OnlyNode};
use frontdesk_core::time::Timestamp;
use tokio::sync::Notify;

use crate::deliver::Reader;

const SHARDS: usize = 64;
/// How long after a key was pressed somebody is shown as typing.
const TYPING_LASTS: Duration = Duration::from_secs(5);

/// Who waits for what on this node.
pub struct Hub {
    shards: Vec<Mutex<HashMap<LogId, Arc<Watched>>>>,
    nodes: Arc<dyn Nodes>,
}

/// What the hub knows of one log.
#[derive(Debug)]
pub struct Watched {
    /// The log.
    pub log: LogId,
    heads: Mutex<Heads>,
    heads_loaded: AtomicBool,
    waiters: Mutex<Vec<Registered>>,
    readers: Mutex<Vec<(DeviceId, Arc<Reader>)>>,
    seen: AtomicI64,
    noted: AtomicI64,
    typing: Mutex<[Typed; 2]>,
}

/// The two sides of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The customer.
    Customer,
    /// The agent.
    Agent,
}

impl Side {
    /// Who is told that somebody on this side types.
    const fn told(self) -> Audience {
        match self {
            Self::Customer => Audience::CUSTOMER_TYPING,
            Self::Agent => Audience::TYPING,
        }
    }
}

/// When somebody last typed. It is told to whoever listens just then, and kept nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// How often so far.
    pub times: u64,
    at: Timestamp,
}

impl Typed {
    /// Whether it is still worth telling.
    pub fn is_recent(self, now: Timestamp) -> bool {
        self.times > 0 && now.since(self.at) < TYPING_LASTS
    }
}

#[derive(Debug)]
struct Registered {
    id: u64,
    audience: Audience,
    wake: Arc<Notify>,
}

/// Somebody who waits. Dropping it ends the wait.
#[derive(Debug)]
pub struct Waiter {
    id: u64,
    wake: Arc<Notify>,
    watched: Vec<Arc<Watched>>,
}

static NEXT_WAITER: AtomicU64 = AtomicU64::new(1);

/// Forgets the named device that was not used for longest if there is one too many. One that is in use right now goes
/// only if all are.
fn make_room(readers: &mut Vec<(DeviceId, Arc<Reader>)>) {
    let named = |(device, _): &&(DeviceId, Arc<Reader>)| device.is_named_by_client();
    if readers.iter().filter(named).count() < DeviceId::MOST_LIVE {
        return;
    }
    let idle = |entry: &(DeviceId, Arc<Reader>)| named(&entry) && Arc::strong_count(&entry.1) == 1;
    let oldest = readers.iter().position(idle).or_else(|| readers.iter().position(|entry| named(&entry)));
    if let Some(oldest) = oldest {
        readers.remove(oldest);
    }
}

/// A lock held by a thread that panicked guards plain data that is still whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Hub {
    fn default() -> Self {
        Self::new(Arc::new(OnlyNode))
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").field("watched", &self.len()).finish_non_exhaustive()
    }
}

impl Hub {
    /// The hub of one of several nodes: what happens here, the others are told.
    pub fn new(nodes: Arc<dyn Nodes>) -> Self {
        Self { shards: std::iter::repeat_with(Mutex::default).take(SHARDS).collect(), nodes }
    }

    fn shard(&self, log: LogId) -> &Mutex<HashMap<LogId, Arc<Watched>>> {
        // Log ids are hashes, so any byte spreads evenly.
        &self.shards[usize::from(log.as_bytes()[0]) % SHARDS]
    }

    /// What is known of a log; from now on it is kept up to date.
    pub fn watch(&self, log: LogId) -> Arc<Watched> {
        let mut shard = lock(self.shard(log));
        Arc::clone(shard.entry(log).or_insert_with(|| Arc::new(Watched::new(log))))
    }

    /// What is known of a log, if somebody listened to it lately.
    pub fn known(&self, log: LogId) -> Option<Arc<Watched>> {
        lock(self.shard(log)).get(&log).cloned()
    }

    /// Entries were committed here: their numbers with who can see them. Wakes those who can see one, on every node.
    pub fn committed(&self, log: LogId, entries: impl Iterator<Item = (EntryNumber, Audience)>) {
        let tell = |(number, audience): &(EntryNumber, Audience)| {
            self.nodes.tell(Hint::Committed { log, number: *number, audience: *audience });
        };
        self.heard(log, entries.inspect(tell).collect::<Vec<_>>().into_iter());
    }

    /// Entries were committed, here or on another node. Wakes those here who can see one.
    pub fn heard(&self, log: LogId, entries: impl Iterator<Item = (EntryNumber, Audience)>) {
        let Some(watched) = self.known(log) else { return };
        let mut seen_by = Audience::NONE;
        {
            let mut heads = lock(&watched.heads);
            for (number, audience) in entries {
                heads.note(number, audience);
                seen_by = seen_by.and(audience);
            }
        }
        watched.wake(seen_by);
    }

    /// Somebody types here: whoever listens on the other side is told, on every node.
    pub fn typing(&self, log: LogId, side: Side, now: Timestamp) {
        self.nodes.tell(Hint::Typing { log, audience: side.told() });
        self.heard_typing(log, side.told(), now);
    }

    /// Somebody types, here or on another node; those are told who are of this audience.
    pub fn heard_typing(&self, log: LogId, audience: Audience, now: Timestamp) {
        let side = if audience == Side::Customer.told() { Side::Customer } else { Side::Agent };
        let Some(watched) = self.known(log) else { return };
        {
            let typed = &mut lock(&watched.typing)[side as usize];
            *typed = Typed { times: typed.times + 1, at: now };
        }
        watched.wake(audience);
    }

    /// Something may have been missed: what is known of the logs' ends is forgotten, and everybody looks again.
    pub fn distrust(&self) {
        for shard in &self.shards {
            let watched: Vec<_> = lock(shard).values().cloned().collect();
            for watched in watched {
                watched.heads_loaded.store(false, Ordering::Release);
                watched.wake(Audience::ALL);
            }
        }
    }

    /// Logs whose clients were seen since the last call, with when.
    pub fn take_seen(&self) -> Vec<(LogId, Timestamp)> {
        let mut seen = Vec::new();
        for shard in &self.shards {
            for watched in lock(shard).values() {
                let last = watched.seen.load(Ordering::Relaxed);
                if watched.noted.swap(last, Ordering::Relaxed) < last {
                    seen.push((watched.log, Timestamp::from_millis(last)));
                }
            }
        }
        seen
    }

    /// Forgets logs that nobody holds on to and whose clients were last seen before `before`.
    pub fn forget_idle(&self, before: Timestamp) {
        for shard in &self.shards {
            lock(shard).retain(|_, watched| {
                Arc::strong_count(watched) > 1
                    || watched.seen.load(Ordering::Relaxed) >= before.as_millis()
                    || watched.has_unsettled_reader()
            });
        }
    }

    /// How many polls are held.
    pub fn held_polls(&self) -> usize {
        let held = |watched: &Arc<Watched>| watched.held_polls();
        self.shards.iter().map(|shard| lock(shard).values().map(held).sum::<usize>()).sum()
    }

    /// How many logs are watched.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    /// Whether nothing is watched.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Watched {
    fn new(log: LogId) -> Self {
        Self {
            log,
            heads: Mutex::default(),
            heads_loaded: AtomicBool::new(false),
            waiters: Mutex::default(),
            readers: Mutex::default(),
            seen: AtomicI64::new(0),
            noted: AtomicI64::new(0),
            typing: Mutex::default(),
        }
    }

    /// The last entry that each class sees; `None` until [`Self::learn_heads`] was called.
    pub fn heads(&self) -> Option<Heads> {
        self.heads_loaded.load(Ordering::Acquire).then(|| *lock(&self.heads))
    }

    /// What the store says of the heads. What was committed meanwhile is kept.
    pub fn learn_heads(&self, stored: Heads) -> Heads {
        let mut heads = lock(&self.heads);
        *heads = heads.max(stored);
        self.heads_loaded.store(true, Ordering::Release);
        *heads
    }

    /// When one side last typed.
    pub fn typed(&self, side: Side) -> Typed {
        lock(&self.typing)[side as usize]
    }

    /// The reader of a device. Of the customer's named devices those used last are kept, as in the store.
    pub fn reader(&self, device: &DeviceId) -> Arc<Reader> {
        let mut readers = lock(&self.readers);
        if let Some(index) = readers.iter().position(|(known, _)| known == device) {
            // The one used last comes last.
            readers[index..].rotate_left(1);
        } else {
            if device.is_named_by_client() {
                make_room(&mut readers);
            }
            readers.push((device.clone(), Arc::default()));
        }
        Arc::clone(&readers[readers.len() - 1].1)
    }

    /// The customer's clients gave a sign.
    pub fn saw(&self, now: Timestamp) {
        self.seen.fetch_max(now.as_millis(), Ordering::Relaxed);
    }

    /// When the customer's clients last gave a sign; `None` if not since this node listens.
    pub fn last_seen(&self) -> Option<Timestamp> {
        match self.seen.load(Ordering::Relaxed) {
            0 => None,
            millis => Some(Timestamp::from_millis(millis)),
        }
    }

    /// How many of the customer's polls are held.
    pub fn held_polls(&self) -> usize {
        lock(&self.readers).iter().filter(|(_, reader)| reader.is_held()).count()
    }

    fn wake(&self, seen_by: Audience) {
        for registered in lock(&self.waiters).iter() {
            if registered.audience.meets(seen_by) {
                registered.wake.notify_one();
            }
        }
    }

    fn has_unsettled_reader(&self) -> bool {
        lock(&self.readers).iter().any(|(_, reader)| Arc::strong_count(reader) > 1)
    }
}

impl Waiter {
    /// Somebody who will wait for nothing yet.
    pub fn new() -> Self {
        let id = NEXT_WAITER.fetch_add(1, Ordering::Relaxed);
        Self { id, wake: Arc::default(), watched: Vec::new() }
    }

    /// Waits for entries that one of these classes sees. To be called before the log is read: what is committed from
    /// now on wakes the waiter, also if it does not wait yet.
    pub fn register(&mut self, watched: Arc<Watched>, audience: Audience) {
        lock(&watched.waiters).push(Registered { id: self.id, audience, wake: Arc::clone(&self.wake) });
        self.watched.push(watched);
    }

    /// Resolves when there may be something new; once for what came before it was called.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Ends the wait from elsewhere.
    pub fn handle(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }
}

impl Default for Waiter {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        for watched in &self.watched {
            let mut waiters = lock(&watched.waiters);
            waiters.retain(|registered| registered.id != self.id);
            if waiters.is_empty() {
                // Most logs have no waiter most of the time.
                waiters.shrink_to_fit();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: LogId = LogId::from_bytes([1; 16]);

    fn committed(hub: &Hub, number: u64, audience: Audience) {
        hub.committed(LOG, std::iter::once((EntryNumber(number), audience)));
    }

    #[tokio::test]
    async fn a_commit_between_registering_and_waiting_is_not_missed() {
        let hub = Hub::default();
        let mut waiter = Waiter::new();
        waiter.register(hub.watch(LOG), Audience::DOWNLINK);
        committed(&hub, 1, Audience::DOWNLINK);
        waiter.woken().await;
    }

    #[tokio::test]
    async fn only_those_are_woken_who_can_see_it() {
        let hub = Hub::default();
        let mut poll = Waiter::new();
        poll.register(hub.watch(LOG), Audience::DOWNLINK);
        committed(&hub, 1, Audience::OWN.and(Audience::AGENT));
        let woken = futures_util::FutureExt::now_or_never(poll.woken());
        assert_eq!(woken, None);
    }

    #[test]
    fn what_is_committed_while_the_heads_are_read_is_kept() {
        let hub = Hub::default();
        let watched = hub.watch(LOG);
        assert_eq!(watched.heads(), None);
        committed(&hub, 6, Audience::DOWNLINK);
        let mut stored = Heads::default();
        stored.note(EntryNumber(5), Audience::DOWNLINK);
        assert_eq!(watched.learn_heads(stored).of(Audience::DOWNLINK), EntryNumber(6));
    }

    #[test]
    fn a_thousand_devices_take_no_more_room_than_twenty() {
        let hub = Hub::default();
        let watched = hub.watch(LOG);
        let device = |number: usize| DeviceId::new(&format!("d{number}")).unwrap();
        let internal = DeviceId::of_agent(&frontdesk_core::id::AgentId::new("101").unwrap());
        let kept = [watched.reader(&DeviceId::unnamed()), watched.reader(&internal)];
        let in_use = watched.reader(&device(0));
        for number in 1..1_000 {
            watched.reader(&device(number));
        }
        assert!(Arc::ptr_eq(&in_use, &watched.reader(&device(0))), "what is in use stays");
        let readers = lock(&watched.readers);
        assert_eq!(readers.len(), DeviceId::MOST_LIVE + 2);
        assert!(kept.iter().all(|reader| readers.iter().any(|(_, known)| Arc::ptr_eq(known, reader))));
        let newest = (1_000 - DeviceId::MOST_LIVE + 1..1_000).map(device);
        assert!(newest.into_iter().all(|device| readers.iter().any(|(known, _)| *known == device)));
    }

    #[test]
    fn idle_logs_are_forgotten_but_not_those_in_use() {
        let hub = Hub::default();
        let held = hub.watch(LOG);
        hub.watch(LogId::from_bytes([2; 16]));
        hub.forget_idle(Timestamp::from_millis(1));
        assert_eq!(hub.len(), 1);
        drop(held);
        hub.forget_idle(Timestamp::from_millis(1));
        assert!(hub.is_empty());
    }
}

//! Who waits in which queue has changed: collected, looked up once for everybody who is told, and told at most once a
//! second.
//!
//! Whoever changes it says so here; a task ([`crate::work`]) asks the store how it stands and wakes the agents' feeds,
//! which read what they tell from here. So it costs the same however many agents look at a queue.
//!
//! Whoever comes and goes between two looks is told of to nobody, unless somebody was shown them meanwhile.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use frontdesk_core::conversation::{Control, LogState};
use frontdesk_core::id::{QueueId, TenantId};
use frontdesk_core::labels::Priority;
use frontdesk_core::log::LogId;
use frontdesk_core::port::LiveQueue;
use frontdesk_core::time::Timestamp;
use tokio::sync::Notify;

/// What is known of the waiting lists of this node's tenants.
#[derive(Debug, Default)]
pub struct WaitingLists {
    tenants: Mutex<HashMap<TenantId, Lists>>,
    woken: Notify,
}

/// How it stood with a queue when it had changed last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// When it was looked up. No two looks at queues of one tenant have the same time.
    pub at: Timestamp,
    /// How many waited.
    pub waiting: u32,
    /// Since when the one waited who had waited longest.
    pub longest_since: Option<Timestamp>,
}

/// What has changed in a queue since the last look.
#[derive(Debug, Default)]
struct Change {
    /// Whether it is one whatever came and went.
    is_certain: bool,
    /// Whether another node found it, which tells the others itself.
    is_heard: bool,
    /// Who came more often than they went, or the other way round: whoever is given to an agent at once changes nothing.
    balance: HashMap<LogId, i32>,
}

impl Change {
    fn is_here(&self) -> bool {
        self.is_certain || self.balance.values().any(|balance| *balance != 0)
    }

    fn is_one(&self) -> bool {
        self.is_heard || self.is_here()
    }
}

#[derive(Debug, Default)]
struct Lists {
    changes: BTreeMap<QueueId, Change>,
    /// Any queue may have changed.
    any: bool,
    standings: BTreeMap<QueueId, Standing>,
    last: Timestamp,
    /// Who came and went between the last two looks, and where.
    passed: HashMap<LogId, QueueId>,
    /// Who was shown as waiting since the last look, and since the one before it: a list may be read before it is said
    /// here that they came.
    shown: [HashSet<LogId>; 2],
}

impl Lists {
    fn is_shown(&self, log: LogId) -> bool {
        self.shown.iter().any(|shown| shown.contains(&log))
    }
}

/// Queues of a tenant that are to be looked at.
#[derive(Debug)]
pub struct Look {
    /// The tenant.
    pub tenant: TenantId,
    /// Those that are told of whatever is found: what changed here, and what another node found.
    queues: BTreeSet<QueueId>,
    /// Those of them that only another node found.
    heard: BTreeSet<QueueId>,
    any: bool,
}

/// What a look found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The time by which feeds go on.
    pub at: Timestamp,
    /// The queues that other nodes do not know of.
    pub found_here: Vec<QueueId>,
}

/// What a commit changes in the queues.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Moves {
    went: Option<QueueId>,
    came: Option<QueueId>,
    reordered: Option<QueueId>,
}

impl Moves {
    /// What is different between two states of a log.
    pub fn between(before: &LogState, after: &LogState) -> Self {
        match (place(before), place(after)) {
            (Some((old, urgency)), Some((new, now))) if old == new => {
                let reordered = (urgency != now).then(|| new.clone());
                Self { reordered, ..Self::default() }
            }
            (old, new) => Self {
                went: old.map(|(queue, _)| queue.clone()),
                came: new.map(|(queue, _)| queue.clone()),
                reordered: None,
            },
        }
    }
}

/// Where the customer waits, and how urgently.
fn place(state: &LogState) -> Option<(&QueueId, Priority)> {
    let conversation = state.open()?;
    match &conversation.control {
        Control::Queue { queue, .. } => Some((queue, conversation.priority)),
        Control::Robot(_) | Control::Agent(_) => None,
    }
}

impl WaitingLists {
    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Lists>> {
        // A lock held by a thread that panicked guards plain data that is still whole.
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A customer came to wait, went, or waits at another place. To be called when the store's queues know it.
    pub fn moved(&self, tenant: &TenantId, log: LogId, moves: Moves) {
        if moves == Moves::default() {
            return;
        }
        {
            let mut tenants = self.lock();
            let lists = tenants.entry(tenant.clone()).or_default();
            let is_shown = lists.is_shown(log);
            for (queue, by) in [(moves.went, -1), (moves.came, 1)] {
                if let Some(queue) = queue {
                    let change = lists.changes.entry(queue).or_default();
                    *change.balance.entry(log).or_default() += by;
                    change.is_certain |= is_shown;
                }
            }
            if let Some(queue) = moves.reordered {
                lists.changes.entry(queue).or_default().is_certain = true;
            }
        }
        self.woken.notify_one();
    }

    /// Somebody is shown that these wait: they must hear of it when they do no longer, however soon that is.
    pub fn shown(&self, tenant: &TenantId, logs: impl Iterator<Item = LogId>) {
        let mut is_late = false;
        {
            let mut logs = logs.peekable();
            if logs.peek().is_none() {
                return;
            }
            let mut tenants = self.lock();
            let lists = tenants.entry(tenant.clone()).or_default();
            for log in logs {
                for change in lists.changes.values_mut() {
                    change.is_certain |= change.balance.contains_key(&log);
                }
                if let Some(queue) = lists.passed.remove(&log) {
                    lists.changes.entry(queue).or_default().is_certain = true;
                    is_late = true;
                }
                lists.shown[0].insert(log);
            }
        }
        if is_late {
            self.woken.notify_one();
        }
    }

    /// Another node found that a queue has changed.
    pub fn heard(&self, tenant: &TenantId, queue: QueueId) {
        self.lock().entry(tenant.clone()).or_default().changes.entry(queue).or_default().is_heard = true;
        self.woken.notify_one();
    }

    /// What other nodes found may have been missed.
    pub fn distrust(&self) {
        for lists in self.lock().values_mut() {
            lists.any = true;
            for queue in lists.standings.keys() {
                lists.changes.entry(queue.clone()).or_default().is_heard = true;
            }
        }
        self.woken.notify_one();
    }

    /// Any of a tenant's queues may have changed.
    pub fn may_differ(&self, tenant: &TenantId) {
        self.lock().entry(tenant.clone()).or_default().any = true;
        self.woken.notify_one();
    }

    /// Somebody was last told before this node started: queues that it knows nothing of yet may have changed since.
    pub fn catch_up(&self, tenant: &TenantId, queues: impl Iterator<Item = QueueId>) {
        let is_new = {
            let mut tenants = self.lock();
            let lists = tenants.entry(tenant.clone()).or_default();
            let Lists { changes, standings, .. } = lists;
            let mut is_new = false;
            for queue in queues.filter(|queue| !standings.contains_key(queue)) {
                changes.entry(queue).or_default().is_certain = true;
                is_new = true;
            }
            is_new
        };
        if is_new {
            self.woken.notify_one();
        }
    }

    /// Resolves when something may have changed.
    pub async fn woken(&self) {
        self.woken.notified().await;
    }

    /// What is to be looked at: everything that changed since the last call.
    pub fn take(&self) -> Vec<Look> {
        let mut looks = Vec::new();
        for (tenant, lists) in self.lock().iter_mut() {
            lists.shown = [HashSet::new(), std::mem::take(&mut lists.shown[0])];
            lists.passed.clear();
            let mut look = Look {
                tenant: tenant.clone(),
                queues: BTreeSet::new(),
                heard: BTreeSet::new(),
                any: std::mem::take(&mut lists.any),
            };
            for (queue, change) in std::mem::take(&mut lists.changes) {
                if change.is_one() {
                    if !change.is_here() {
                        look.heard.insert(queue.clone());
                    }
                    look.queues.insert(queue);
                } else {
                    lists.passed.extend(change.balance.into_keys().map(|log| (log, queue.clone())));
                }
            }
            if look.any || !look.queues.is_empty() {
                looks.push(look);
            }
        }
        looks
    }

    /// The look failed: it is still to be done.
    pub fn put_back(&self, look: Look) {
        {
            let mut tenants = self.lock();
            let lists = tenants.entry(look.tenant).or_default();
            lists.any |= look.any;
            for queue in look.queues {
                let is_heard = look.heard.contains(&queue);
                let change = lists.changes.entry(queue).or_default();
                change.is_heard |= is_heard;
                change.is_certain |= !is_heard;
            }
        }
        self.woken.notify_one();
    }

    /// How it stands: what the store said of all queues of the tenant in which somebody waits. Gives what there is to
    /// tell.
    pub fn looked(&self, look: &Look, found: &[LiveQueue], now: Timestamp) -> Option<News> {
        let mut tenants = self.lock();
        let lists = tenants.entry(look.tenant.clone()).or_default();
        let at = now.max(lists.last.next());
        let mut queues = look.queues.clone();
        if look.any {
            queues.extend(found.iter().map(|live| live.queue.clone()));
            queues.extend(lists.standings.keys().cloned());
        }
        let (mut is_news, mut found_here) = (false, Vec::new());
        for queue in queues {
            let live = found.iter().find(|live| live.queue == queue);
            let standing = Standing {
                at,
                waiting: live.map_or(0, |live| live.waiting),
                longest_since: live.map(|live| live.longest_since),
            };
            let same = |known: &Standing| Standing { at, ..*known } == standing;
            if look.queues.contains(&queue) || !lists.standings.get(&queue).is_some_and(same) {
                lists.standings.insert(queue.clone(), standing);
                is_news = true;
                if !look.heard.contains(&queue) {
                    found_here.push(queue);
                }
            }
        }
        if !is_news {
            return None;
        }
        lists.last = at;
        Some(News { at, found_here })
    }

    /// When queues of a tenant were last found to have changed.
    pub fn last(&self, tenant: &TenantId) -> Timestamp {
        self.lock().get(tenant).map_or(Timestamp::ZERO, |lists| lists.last)
    }

    /// The queues of a tenant that were found to have changed after a moment.
    pub fn after(&self, tenant: &TenantId, moment: Timestamp) -> Vec<(QueueId, Standing)> {
        let tenants = self.lock();
        let Some(lists) = tenants.get(tenant) else { return Vec::new() };
        let is_later = |(_, standing): &(&QueueId, &Standing)| standing.at > moment;
        lists.standings.iter().filter(is_later).map(|(queue, standing)| (queue.clone(), *standing)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant() -> TenantId {
        TenantId::new("demo").unwrap()
    }

    fn queue(name: &str) -> QueueId {
        QueueId::new(name).unwrap()
    }

    fn came(name: &str) -> Moves {
        Moves { came: Some(queue(name)), ..Moves::default() }
    }

    fn went(name: &str) -> Moves {
        Moves { went: Some(queue(name)), ..Moves::default() }
    }

    fn log(number: u8) -> LogId {
        LogId::from_bytes([number; 16])
    }

    fn live(name: &str, waiting: u32) -> LiveQueue {
        let longest_since = Timestamp::from_millis(7);
        LiveQueue { queue: queue(name), waiting, longest_since, mean_handling: None }
    }

    fn told(lists: &WaitingLists, after: Timestamp) -> Vec<(String, u32)> {
        let told = lists.after(&tenant(), after).into_iter();
        told.map(|(queue, standing)| (queue.to_string(), standing.waiting)).collect()
    }

    #[test]
    fn whoever_is_given_to_an_agent_at_once_changes_nothing() {
        let lists = WaitingLists::default();
        lists.moved(&tenant(), log(1), went("support"));
        lists.moved(&tenant(), log(1), came("support"));
        assert!(lists.take().is_empty());
        // One for another is a change although as many wait as before.
        lists.moved(&tenant(), log(1), went("support"));
        lists.moved(&tenant(), log(2), came("support"));
        assert_eq!(lists.take().len(), 1);
    }

    #[test]
    fn whoever_was_shown_is_told_of_however_soon_they_go() {
        let shown: fn(&WaitingLists) = |lists| lists.shown(&tenant(), std::iter::once(log(1)));
        let comes: fn(&WaitingLists) = |lists| lists.moved(&tenant(), log(1), came("support"));
        let goes: fn(&WaitingLists) = |lists| lists.moved(&tenant(), log(1), went("support"));
        for acts in [[comes, shown, goes], [shown, comes, goes], [comes, goes, shown]] {
            let lists = WaitingLists::default();
            for act in acts {
                act(&lists);
            }
            assert_eq!(lists.take().len(), 1);
            assert!(lists.take().is_empty(), "it is told once");
        }
        let lists = WaitingLists::default();
        shown(&lists);
        lists.take();
        comes(&lists);
        goes(&lists);
        assert_eq!(
            lists.take().len(),
            1,
            "a list was read before the look, and the change was said after it"
        );
        let lists = WaitingLists::default();
        comes(&lists);
        goes(&lists);
        assert!(lists.take().is_empty());
        shown(&lists);
        assert_eq!(lists.take().len(), 1, "a list was read before the look, and shown after it");
    }

    #[test]
    fn what_another_node_found_is_told_here_and_not_passed_on() {
        let lists = WaitingLists::default();
        lists.heard(&tenant(), queue("support"));
        lists.moved(&tenant(), log(1), came("sales"));
        let look = lists.take().pop().unwrap();
        lists.put_back(look);
        let look = lists.take().pop().unwrap();
        let news = lists.looked(&look, &[live("sales", 1)], Timestamp::ZERO).unwrap();
        assert_eq!(news.found_here, [queue("sales")]);
        assert_eq!(told(&lists, Timestamp::ZERO), [("sales".to_owned(), 1), ("support".to_owned(), 0)]);
        lists.distrust();
        let look = lists.take().pop().unwrap();
        let missed = lists.looked(&look, &[live("support", 3)], Timestamp::ZERO).unwrap();
        assert_eq!(missed.found_here, []);
        assert_eq!(told(&lists, news.at), [("sales".to_owned(), 0), ("support".to_owned(), 3)]);
    }

    #[test]
    fn each_change_is_told_once_with_a_time_of_its_own() {
        let lists = WaitingLists::default();
        let now = Timestamp::from_millis(1_000);
        lists.moved(&tenant(), log(1), came("support"));
        let look = lists.take().pop().unwrap();
        let first = lists.looked(&look, &[live("support", 1), live("sales", 4)], now).unwrap().at;
        assert_eq!(told(&lists, Timestamp::ZERO), [("support".to_owned(), 1)], "nothing happened in sales");
        lists.moved(&tenant(), log(1), went("support"));
        let look = lists.take().pop().unwrap();
        // The clock stands still, or was set back.
        let second = lists.looked(&look, &[], Timestamp::from_millis(5)).unwrap().at;
        assert!(second > first);
        assert_eq!(told(&lists, first), [("support".to_owned(), 0)]);
        assert_eq!(told(&lists, second), []);
    }

    #[test]
    fn where_anything_may_differ_only_what_does_is_told() {
        let lists = WaitingLists::default();
        lists.may_differ(&tenant());
        let look = lists.take().pop().unwrap();
        let first = lists.looked(&look, &[live("support", 2), live("sales", 4)], Timestamp::ZERO).unwrap().at;
        lists.may_differ(&tenant());
        let look = lists.take().pop().unwrap();
        lists.looked(&look, &[live("support", 2)], Timestamp::ZERO).unwrap();
        assert_eq!(told(&lists, first), [("sales".to_owned(), 0)]);
        lists.may_differ(&tenant());
        let look = lists.take().pop().unwrap();
        assert_eq!(lists.looked(&look, &[live("support", 2)], Timestamp::ZERO), None);
    }

    #[test]
    fn a_look_that_failed_is_done_again() {
        let lists = WaitingLists::default();
        lists.moved(&tenant(), log(1), came("support"));
        let look = lists.take().pop().unwrap();
        lists.put_back(look);
        assert_eq!(lists.take().len(), 1);
        assert!(lists.take().is_empty());
    }

    #[test]
    fn who_comes_from_before_the_start_is_told_of_what_is_not_known_yet() {
        let lists = WaitingLists::default();
        lists.catch_up(&tenant(), [queue("support")].into_iter());
        let look = lists.take().pop().unwrap();
        lists.looked(&look, &[], Timestamp::from_millis(9)).unwrap();
        assert_eq!(told(&lists, Timestamp::ZERO), [("support".to_owned(), 0)]);
        lists.catch_up(&tenant(), [queue("support")].into_iter());
        assert!(lists.take().is_empty());
    }
}

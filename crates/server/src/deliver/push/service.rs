//! What the rest of the server sees of push.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use frontdesk_core::id::{ChannelId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Attempt, StoreError};
use frontdesk_core::time::Timestamp;
use tokio::sync::Notify;

use super::reach::Reach;
use super::runner;
use crate::parts::Parts;

/// A channel of a tenant.
pub(super) type ChannelKey = (TenantId, ChannelId);

/// Most hints that wait for a channel; beyond that it looks at the store.
const MAX_HINTS: usize = 8_192;
/// Most attempts that wait to be written.
const MAX_UNWRITTEN: usize = 16_384;

/// The readers of all channels with push.
#[derive(Debug, Default)]
pub struct Pushers {
    works: AtomicBool,
    inboxes: Mutex<HashMap<ChannelKey, Arc<Inbox>>>,
    /// Of every channel that had push since this node started.
    reach: Mutex<HashMap<ChannelKey, Reach>>,
    attempts: Mutex<Vec<Attempt>>,
}

/// Where a channel's task hears that there is something new.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    hints: Mutex<Vec<LogId>>,
    too_many: AtomicBool,
    news: Notify,
}

/// A lock held by a thread that panicked guards plain data that is still whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inbox {
    /// Resolves when there is something new.
    pub(super) async fn news(&self) {
        self.news.notified().await;
    }

    /// Takes all hints; `true` if some were turned away or missed.
    pub(super) fn take(&self, each: impl FnMut(LogId)) -> bool {
        std::mem::take(&mut *lock(&self.hints)).into_iter().for_each(each);
        self.too_many.swap(false, Ordering::Relaxed)
    }

    fn hint(&self, log: LogId) {
        let mut hints = lock(&self.hints);
        if hints.len() < MAX_HINTS {
            hints.push(log);
        } else {
            self.too_many.store(true, Ordering::Relaxed);
        }
        drop(hints);
        self.news.notify_one();
    }
}

impl Pushers {
    /// Starts a task for every channel with push.
    pub fn start(&self, parts: &Parts) {
        self.works.store(true, Ordering::Release);
        self.reconfigure(parts);
    }

    /// The configuration may have changed: starts tasks for channels that have push now, and has the others look.
    pub fn reconfigure(&self, parts: &Parts) {
        if !self.works.load(Ordering::Acquire) {
            return;
        }
        self.note_configuration(parts);
        let directory = parts.directory.load();
        let mut inboxes = lock(&self.inboxes);
        for tenant in directory.tenants() {
            for channel in tenant.channels.values().filter(|channel| channel.push.is_some()) {
                let key = (tenant.tenant.id.clone(), channel.id.clone());
                inboxes.entry(key.clone()).or_insert_with(|| {
                    let inbox = Arc::new(Inbox::default());
                    parts.tasks.spawn(runner::run(parts.clone(), key, Arc::clone(&inbox)));
                    inbox
                });
            }
        }
        inboxes.values().for_each(|inbox| inbox.news.notify_one());
    }

    fn note_configuration(&self, parts: &Parts) {
        let now = parts.clock.now();
        let directory = parts.directory.load();
        let mut reach = lock(&self.reach);
        for (key, known) in &mut *reach {
            if directory.channel(&key.0, &key.1).is_none_or(|channel| channel.push.is_none()) {
                known.has_no_push(now);
            }
        }
        for tenant in directory.tenants() {
            for channel in tenant.channels.values() {
                if let Some(push) = &channel.push {
                    let key = (tenant.tenant.id.clone(), channel.id.clone());
                    reach.entry(key).or_default().has_push(push.paused, now);
                }
            }
        }
    }

    /// Until when a customer could be pushed to: `now` if they can be. `None` if their channel has not had push since
    /// this node started.
    pub fn reached(
        &self,
        tenant: &TenantId,
        channel: &ChannelId,
        log: LogId,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let key = (tenant.clone(), channel.clone());
        lock(&self.reach).get(&key).map(|reach| reach.until(log, now))
    }

    /// Something was learnt of a receiver.
    pub(super) fn learn(&self, key: &ChannelKey, what: impl FnOnce(&mut Reach)) {
        if let Some(reach) = lock(&self.reach).get_mut(key) {
            what(reach);
        }
    }

    /// There is something to push in a log.
    pub fn wake(&self, tenant: &TenantId, channel: &ChannelId, log: LogId) {
        let key = (tenant.clone(), channel.clone());
        let inbox = lock(&self.inboxes).get(&key).cloned();
        // Without a task the mark waits for one.
        if let Some(inbox) = inbox {
            inbox.hint(log);
        }
    }

    /// Something may have been missed: every channel looks at the store for what there is to push.
    pub fn look_again(&self) {
        for inbox in lock(&self.inboxes).values() {
            inbox.too_many.store(true, Ordering::Relaxed);
            inbox.news.notify_one();
        }
    }

    /// A task ends, unless its channel has push again.
    pub(super) fn leave(&self, parts: &Parts, key: &ChannelKey) -> bool {
        let mut inboxes = lock(&self.inboxes);
        let has_push = {
            let directory = parts.directory.load();
            directory.channel(&key.0, &key.1).is_some_and(|channel| channel.push.is_some())
        };
        if !has_push {
            inboxes.remove(key);
        }
        !has_push
    }

    /// Takes note of an attempt. It is written soon; a crash may lose the last of them.
    pub(super) fn note(&self, attempt: Attempt) {
        let mut attempts = lock(&self.attempts);
        if attempts.len() < MAX_UNWRITTEN {
            attempts.push(attempt);
        }
    }

    /// Writes the attempts that were noted.
    pub async fn write_attempts(&self, parts: &Parts) -> Result<(), StoreError> {
        let attempts = std::mem::take(&mut *lock(&self.attempts));
        if attempts.is_empty() { Ok(()) } else { parts.store.note_attempts(attempts).await }
    }
}

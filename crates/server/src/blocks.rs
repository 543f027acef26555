//! Customers who are kept out, as every request must know: in memory, so that nobody else pays for them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use arc_swap::ArcSwap;
use frontdesk_core::log::LogId;
use frontdesk_core::port::{Store, StoreError};
use frontdesk_core::time::Timestamp;

/// The logs of everybody who is kept out, each until when.
#[derive(Debug, Default)]
pub struct Blocks {
    logs: ArcSwap<HashMap<LogId, Option<Timestamp>>>,
    asked: AtomicU64,
    /// Which reading is in memory.
    read: Mutex<u64>,
}

impl Blocks {
    /// Whether a customer is kept out at this moment.
    pub fn keep_out(&self, log: LogId, now: Timestamp) -> bool {
        let logs = self.logs.load();
        logs.get(&log).is_some_and(|until| until.is_none_or(|until| now < until))
    }

    /// Reads anew who is kept out. Of several readings at once the one that began last stays.
    pub async fn refresh(&self, store: &dyn Store) -> Result<(), StoreError> {
        let ticket = 1 + self.asked.fetch_add(1, Ordering::SeqCst);
        let logs = store.blocked_logs().await?.into_iter().collect();
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if ticket > *read {
            *read = ticket;
            self.logs.store(std::sync::Arc::new(logs));
        }
        Ok(())
    }
}

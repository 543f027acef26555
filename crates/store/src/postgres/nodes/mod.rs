//! Nodes on one database: hints over `LISTEN` and `NOTIFY`, and who leads.
//!
//! - `line`: the connection that both go over. It is one of its own, beside the pool, and needs a session: behind a pooler
//!   that shares sessions it must be reached in another way. `deaf`: what is done while it is lost.
//! - `notice`: what one notification says. `ears`: whether any was missed.

mod deaf;
mod ears;
mod line;
mod notice;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use frontdesk_core::port::{Heard, Hint, Nodes, Random};
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

pub(super) use line::LEADER;

use crate::OpenError;
use crate::postgres::connect::Place;
use crate::postgres::fault::Worked;
use crate::postgres::session::is_shared;
use crate::postgres::transaction::Tx;
use crate::postgres::value::params;

/// Most hints that wait to be sent; what is beyond is lost, which the others notice.
const MOST_UNSENT: usize = 16_384;
/// Most of what was heard that waits to be looked at.
const MOST_UNHEARD: usize = 1_024;
/// How long a node takes itself for the leader after the database has confirmed it.
const LEADS_FOR: Duration = Duration::from_secs(3);

/// The other nodes on a PostgreSQL database.
pub struct PostgresNodes {
    shared: Arc<Shared>,
    heard: Mutex<mpsc::Receiver<Heard>>,
    stop: watch::Sender<bool>,
    task: std::sync::Mutex<Option<JoinHandle<()>>>,
}

/// What the task of the line and everybody else have in common.
struct Shared {
    unsent: mpsc::Sender<Hint>,
    /// Some were lost because too many waited.
    lost: AtomicBool,
    has_others: AtomicBool,
    started: Instant,
    /// Until when this node leads, in milliseconds since it started.
    leads_until: AtomicU64,
}

impl Shared {
    /// The database has confirmed it, having been asked at this moment: not before then does it begin to count for how
    /// long this node is silent.
    fn confirm_lead(&self, asked: Instant) {
        let until = asked.duration_since(self.started) + LEADS_FOR;
        self.leads_until.store(u64::try_from(until.as_millis()).unwrap_or(u64::MAX), Ordering::Release);
    }

    fn give_up_lead(&self) {
        self.leads_until.store(0, Ordering::Release);
    }
}

impl PostgresNodes {
    /// Joins the nodes on the database with this URL. `queries` is the one by which the store reaches it: while the first
    /// way is blocked, the others are told over that one. Must be called within a Tokio runtime.
    pub async fn join(url: &str, queries: &str, random: &dyn Random) -> Result<Self, OpenError> {
        let (place, queries) = (Place::parse(url)?, Place::parse(queries)?);
        let mut name = [0; 8];
        random.fill(&mut name);
        let (unsent, to_send) = mpsc::channel(MOST_UNSENT);
        let (hear, heard) = mpsc::channel(MOST_UNHEARD);
        let shared = Arc::new(Shared {
            unsent,
            lost: AtomicBool::new(false),
            has_others: AtomicBool::new(false),
            started: Instant::now(),
            leads_until: AtomicU64::new(0),
        });
        let (stop, stopped) = watch::channel(false);
        let line = line::Line::new((place, queries), u64::from_le_bytes(name), Arc::clone(&shared), hear);
        if is_shared(&line.place).await? {
            return Err(OpenError::Pooled { path: line.place.shown() });
        }
        let first = line::Connected::at(&line.place).await?;
        #[expect(clippy::disallowed_methods, reason = "it ends, and is waited for, when the nodes are left")]
        let task = tokio::spawn(line.run(first, to_send, stopped));
        let task = std::sync::Mutex::new(Some(task));
        Ok(Self { shared, heard: Mutex::new(heard), stop, task })
    }
}

/// What every node reads again is changed in this transaction.
pub(super) async fn tell_configured(tx: &Tx) -> Worked<()> {
    tx.execute("SELECT pg_notify('frontdesk', $1)", params![notice::CONFIGURED]).await.map(drop)
}

#[async_trait]
impl Nodes for PostgresNodes {
    fn tell(&self, hint: Hint) {
        if self.shared.unsent.try_send(hint).is_err() {
            self.shared.lost.store(true, Ordering::Relaxed);
        }
    }

    async fn hear(&self) -> Heard {
        match self.heard.lock().await.recv().await {
            Some(heard) => heard,
            None => std::future::pending().await,
        }
    }

    fn leads(&self) -> bool {
        let now = u64::try_from(self.shared.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        now < self.shared.leads_until.load(Ordering::Acquire)
    }

    fn has_others(&self) -> bool {
        self.shared.has_others.load(Ordering::Relaxed)
    }

    async fn leave(&self) {
        let _ = self.stop.send(true);
        let task = self.task.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(task) = task {
            let _ = task.await;
        }
    }
}

impl std::fmt::Debug for PostgresNodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresNodes").finish_non_exhaustive()
    }
}

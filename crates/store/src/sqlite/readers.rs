//! The threads that read.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use frontdesk_core::port::StoreError;
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::OpenError;
use crate::error::Worked;
use crate::sqlite::fair::{FairQueue, Lane, closed};
use crate::sqlite::schema;

/// How many reads may wait; a tenant alone gets half of it. Beyond that they are refused at once.
const QUEUE: usize = 16_384;
/// Reads of a tenant in one turn.
const TURN: u32 = 1;

type Work = Box<dyn FnOnce(&Connection) + Send>;

/// Threads with a read-only connection each. They see every commit that was answered before the read was asked for.
pub(super) struct Readers {
    queue: Arc<FairQueue<Work>>,
}

impl Readers {
    pub(super) fn start(database: &Path, count: usize) -> Result<(Self, Vec<JoinHandle<()>>), OpenError> {
        let queue = Arc::new(FairQueue::<Work>::new(QUEUE, TURN));
        let mut threads = Vec::new();
        for index in 0..count.max(1) {
            let connection = schema::open_reader(database)?;
            let waiting = Arc::clone(&queue);
            let thread = std::thread::Builder::new()
                .name(format!("store-reader-{index}"))
                .spawn(move || {
                    let mut next = Vec::with_capacity(1);
                    while waiting.take(&mut next, 1) {
                        next.drain(..).for_each(|work| work(&connection));
                    }
                })
                .map_err(OpenError::io(database))?;
            threads.push(thread);
        }
        Ok((Self { queue }, threads))
    }

    /// Runs a read on one of the threads, in somebody's turn.
    pub(super) async fn run<T, F>(&self, lane: Lane, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Worked<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            // Whoever asked may be gone: then nobody needs to know.
            if !reply.is_closed() {
                let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(connection)));
                if let Ok(result) = read {
                    let _ = reply.send(result.map_err(|fault| fault.0));
                } else {
                    let _ = reply.send(Err(StoreError::Failed("a read panicked".to_owned())));
                }
            }
        });
        self.queue.send(lane, 1, work)?;
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    pub(super) fn close(&self) {
        self.queue.close();
    }
}

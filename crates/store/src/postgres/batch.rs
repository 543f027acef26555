//! Messages that change no state, of many logs in one transaction: what queues up while some are being written is
//! written with the next ones, in as many statements as one alone would take, and with one sync of the disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use frontdesk_core::log::LogId;
use frontdesk_core::port::{Committed, StoreError};
use futures_util::StreamExt as _;
use tokio::sync::{Mutex, mpsc, oneshot, watch};

use crate::postgres::store::Shared;
use crate::postgres::{citus, messages};
use crate::prepared::{Prepared, Refused};

/// How many are written together at most.
const MOST: usize = 256;
/// How many may wait. Beyond that they are refused at once.
const ROOM: usize = 16_384;
/// How many transactions are under way at a time: while one waits for the disk, the other reads.
pub(super) const AT_A_TIME: usize = 2;

/// How many groups of logs that lie together are, of those that one of them has taken.
const GROUPS_AT_A_TIME: usize = 4;

/// What comes of a message.
pub(super) enum Answer {
    /// It was written, or refused.
    Done(Result<Committed, Refused>),
    /// It must be written by itself: somebody else has its log, which must not hold up the others, or it was with
    /// others of which one cannot be written.
    Alone(Box<Prepared>),
}

/// A message with its answer's way back.
pub(super) struct Waiting {
    commit: Prepared,
    reply: oneshot::Sender<Result<Answer, StoreError>>,
}

/// The way to those who write.
#[derive(Clone)]
pub(super) struct Messages(mpsc::Sender<Waiting>);

/// The other end of it, for all who write.
pub(super) type Arriving = Arc<Mutex<mpsc::Receiver<Waiting>>>;

impl Messages {
    pub(super) fn new() -> (Self, Arriving) {
        let (sender, receiver) = mpsc::channel(ROOM);
        (Self(sender), Arc::new(Mutex::new(receiver)))
    }

    /// Has a message written, and waits until it is.
    pub(super) async fn write(&self, commit: Prepared) -> Result<Answer, StoreError> {
        let (reply, answer) = oneshot::channel();
        let closed = || StoreError::Unavailable("the store is closed".to_owned());
        self.0.try_send(Waiting { commit, reply }).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => closed(),
        })?;
        answer.await.unwrap_or_else(|_| Err(closed()))
    }
}

/// Writes what arrives, until the store is closed and nothing is left.
pub(super) async fn run(shared: Arc<Shared>, arriving: Arriving, mut stopped: watch::Receiver<bool>) {
    loop {
        let mut batch = Vec::new();
        {
            let mut arriving = arriving.lock().await;
            tokio::select! {
                biased;
                // Whoever holds the other end may be gone without a word, too.
                _ = stopped.wait_for(|stop| *stop), if !arriving.is_closed() => arriving.close(),
                _ = arriving.recv_many(&mut batch, MOST) => {
                    if batch.is_empty() {
                        return;
                    }
                }
            }
        }
        if batch.is_empty() {
            continue;
        }
        if let Err(why) = write(&shared, batch).await {
            // What queued up meanwhile would wait as long for the same.
            let mut arriving = arriving.lock().await;
            while let Ok(waiting) = arriving.try_recv() {
                let _ = waiting.reply.send(Err(StoreError::Unavailable(why.clone())));
            }
        }
    }
}

/// Fails, with the reason, if the database cannot be reached; everybody was told then.
async fn write(shared: &Shared, batch: Vec<Waiting>) -> Result<(), String> {
    if !shared.is_distributed() {
        return write_together(shared, batch).await;
    }
    // What lies on one node is written with one commit of that node, and no node waits for another.
    let logs: Vec<LogId> = batch.iter().map(|waiting| waiting.commit.log).collect();
    let logs = &logs;
    let places = shared.reading(|connection| async move { citus::by_shard(&connection, logs).await }).await;
    let places = match places {
        Ok(places) => places,
        Err(error) => {
            for waiting in batch {
                let _ = waiting.reply.send(Err(again(&error)));
            }
            return Err(error.to_string());
        }
    };
    let mut groups: BTreeMap<i64, Vec<Waiting>> = BTreeMap::new();
    for waiting in batch {
        let place = places.get(&waiting.commit.log).copied().unwrap_or_default();
        groups.entry(place).or_default().push(waiting);
    }
    let writing = groups.into_values().map(|group| write_together(shared, group));
    futures_util::stream::iter(writing).buffer_unordered(GROUPS_AT_A_TIME).collect::<Vec<_>>().await;
    Ok(())
}

/// Fails, with the reason, if the database cannot be reached; everybody was told then.
async fn write_together(shared: &Shared, batch: Vec<Waiting>) -> Result<(), String> {
    let (commits, replies): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|waiting| (waiting.commit, waiting.reply)).unzip();
    let all = &commits;
    let written = shared.log_transaction(|tx| async move { messages::commit_all(&tx, all).await }).await;
    let mut answers = match written {
        Ok(answers) => answers.into_iter(),
        Err(StoreError::Failed(_)) => Vec::new().into_iter(),
        Err(error) => {
            for reply in replies {
                let _ = reply.send(Err(again(&error)));
            }
            return match error {
                StoreError::Unavailable(why) | StoreError::Unanswered(why) => Err(why),
                StoreError::Busy | StoreError::Damaged(_) | StoreError::Failed(_) => Ok(()),
            };
        }
    };
    for (reply, commit) in replies.into_iter().zip(commits) {
        let answer = answers.next().flatten().map_or_else(|| Answer::Alone(Box::new(commit)), Answer::Done);
        // Whoever asked may be gone. What was written stays; asking again by the same key tells.
        let _ = reply.send(Ok(answer));
    }
    Ok(())
}

/// The same error for somebody else.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Busy => StoreError::Busy,
        StoreError::Unavailable(text) => StoreError::Unavailable(text.clone()),
        StoreError::Unanswered(text) => StoreError::Unanswered(text.clone()),
        StoreError::Damaged(text) => StoreError::Damaged(text.clone()),
        StoreError::Failed(text) => StoreError::Failed(text.clone()),
    }
}

//! The answers of one connection that are not settled yet. The rules are in [`settle`](super::settle).

use std::io;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::settle::Outcome;

/// Unsettled answers. There is rarely more than one: a second needs a pipelined request.
pub(super) struct Ledger {
    silence: Duration,
    active: AtomicBool,
    answers: Mutex<Answers>,
}

#[derive(Default)]
struct Answers {
    closed: bool,
    open: Vec<Answer>,
}

struct Answer {
    stage: Stage,
    /// Whether something from the peer was waiting unread when the last byte was written.
    overtaken: bool,
    outcome: oneshot::Sender<Outcome>,
}

enum Stage {
    /// Handed over, with at least this many bytes still to be written.
    Sending { left: usize },
    /// Taken by the kernel; counts as delivered if it is still silent then.
    Sent { silent_at: Instant },
}

impl Ledger {
    pub(super) fn new(silence: Duration) -> Self {
        Self { silence, active: AtomicBool::new(false), answers: Mutex::default() }
    }

    /// Whether any answer is unsettled.
    pub(super) fn is_active(&self) -> bool {
        self.active.load(Relaxed)
    }

    /// An answer's body of `length` bytes is handed over for writing.
    pub(super) fn sending(&self, length: usize, outcome: oneshot::Sender<Outcome>) {
        let mut answers = self.lock();
        // Without an entry the sender is dropped, which reads as lost.
        if !answers.closed {
            answers.open.push(Answer { stage: Stage::Sending { left: length }, overtaken: false, outcome });
            self.active.store(true, Relaxed);
        }
    }

    /// Bytes are about to be written. `waiting` tells whether something from the peer is waiting unread.
    pub(super) fn writing(&self, waiting: impl FnOnce() -> bool) {
        let mut answers = self.lock();
        let mut sending = answers.open.iter_mut().filter(|answer| answer.is_being_sent()).peekable();
        if sending.peek().is_some() {
            let waiting = waiting();
            sending.for_each(|answer| answer.overtaken = waiting);
        }
    }

    /// The kernel took `count` bytes.
    pub(super) fn wrote(&self, count: usize) {
        for answer in &mut self.lock().open {
            if let Stage::Sending { left } = &mut answer.stage {
                *left = left.saturating_sub(count);
            }
        }
    }

    /// The kernel has taken everything that hyper had to write.
    pub(super) fn flushed(&self, now: Instant) {
        for answer in &mut self.lock().open {
            if matches!(answer.stage, Stage::Sending { left: 0 }) {
                answer.stage = Stage::Sent { silent_at: now + self.silence };
            }
        }
    }

    /// Bytes or an orderly close came from the peer.
    pub(super) fn heard(&self) {
        self.deliver(|answer| !answer.overtaken && !answer.is_being_sent());
    }

    /// Settles the answers whose silence is over. `error` asks the socket for one that nobody has read yet: hyper does
    /// not read while a further request waits in its buffer.
    pub(super) fn settle_silent(
        &self,
        now: Instant,
        error: impl FnOnce() -> Option<io::Error>,
    ) -> io::Result<()> {
        if self.silent_at().is_none_or(|at| at > now) {
            return Ok(());
        }
        if let Some(error) = error() {
            self.lose();
            return Err(error);
        }
        self.deliver(|answer| matches!(answer.stage, Stage::Sent { silent_at } if silent_at <= now));
        Ok(())
    }

    /// When the next silence is over.
    pub(super) fn silent_at(&self) -> Option<Instant> {
        if !self.is_active() {
            return None;
        }
        let silent_at = |answer: &Answer| match answer.stage {
            Stage::Sending { .. } => None,
            Stage::Sent { silent_at } => Some(silent_at),
        };
        self.lock().open.iter().filter_map(silent_at).min()
    }

    /// The connection failed: whatever is unsettled is lost.
    pub(super) fn lose(&self) {
        self.lock().open.clear();
        self.active.store(false, Relaxed);
    }

    /// The socket is gone: whatever is unsettled is lost, and so is any answer handed over from now on.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.lose();
    }

    fn deliver(&self, is_delivered: impl Fn(&Answer) -> bool) {
        let mut answers = self.lock();
        for answer in answers.open.extract_if(.., |answer| is_delivered(answer)) {
            // Nobody may be waiting any more.
            let _ = answer.outcome.send(Outcome::Delivered);
        }
        self.active.store(!answers.open.is_empty(), Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answer {
    fn is_being_sent(&self) -> bool {
        matches!(self.stage, Stage::Sending { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sending(ledger: &Ledger, length: usize) -> oneshot::Receiver<Outcome> {
        let (outcome, settlement) = oneshot::channel();
        ledger.sending(length, outcome);
        settlement
    }

    #[test]
    fn a_flush_before_the_bytes_were_written_is_not_the_end_of_the_answer() {
        let ledger = Ledger::new(Duration::ZERO);
        let mut settlement = sending(&ledger, 100);
        let now = Instant::now();
        ledger.flushed(now);
        ledger.wrote(99);
        ledger.flushed(now);
        ledger.heard();
        assert!(settlement.try_recv().is_err() && ledger.is_active());
        ledger.wrote(1);
        ledger.flushed(now);
        ledger.heard();
        assert_eq!(settlement.try_recv(), Ok(Outcome::Delivered));
        assert!(!ledger.is_active());
    }

    #[test]
    fn an_answer_for_a_closed_connection_is_lost() {
        let ledger = Ledger::new(Duration::ZERO);
        ledger.close();
        let mut settlement = sending(&ledger, 100);
        assert_eq!(settlement.try_recv(), Err(oneshot::error::TryRecvError::Closed));
        assert!(!ledger.is_active());
    }
}

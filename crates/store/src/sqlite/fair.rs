//! The way into a thread: bounded, fair between lanes, and closed once.
//!
//! Everything that waits stands in the lane of whom it is for, which is nearly always a tenant. The threads go round the
//! lanes (deficit round robin): in each turn a lane may have work done up to a fixed cost, and what is left of that is
//! credited while it still waits. So whoever queues up little is served in the next round, however much another has
//! queued up before.
//!
//! No lane may hold more than there is free room (dynamic thresholds): alone, a lane gets half of the room; beside
//! another greedy one, a third each; and there is always some left for whoever comes next. Whoever floods is told `Busy`,
//! and nobody else.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use frontdesk_core::id::TenantId;
use frontdesk_core::log::LogId;
use frontdesk_core::port::StoreError;

/// Queues of lanes that emptied, kept so that a lane that comes and goes allocates nothing.
const SPARE: usize = 16;
/// A spare queue that has grown beyond this is let go.
const SPARE_ROOM: usize = 1_024;
/// Lanes that logs of unknown tenants share.
const STRANGERS: u64 = 64;

/// Whom work is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Lane(u64);

impl Lane {
    /// The server's own: what is written for many tenants at once.
    pub(super) const OWN: Self = Self(0);

    pub(super) fn of_tenant(tenant: &TenantId) -> Self {
        let mut hasher = DefaultHasher::new();
        tenant.hash(&mut hasher);
        // The first numbers are taken.
        Self(hasher.finish().max(STRANGERS + 1))
    }

    /// One of a few, for a log of which it is not known whose it is.
    pub(super) fn of_stranger(log: LogId) -> Self {
        let [first, ..] = log.as_bytes();
        Self(1 + u64::from(*first) % STRANGERS)
    }
}

/// A bounded queue into one or more threads. After [`FairQueue::close`] the threads still get what was let in before, and
/// then see the end.
pub(super) struct FairQueue<M> {
    state: Mutex<State<M>>,
    arrived: Condvar,
    room: usize,
    /// What a lane may have done in one turn.
    turn: u32,
}

struct State<M> {
    lanes: HashMap<Lane, Waiting<M>>,
    /// The lanes in which something waits, in the order of their turns.
    round: VecDeque<Lane>,
    spare: Vec<VecDeque<(u32, M)>>,
    len: usize,
    is_closed: bool,
}

struct Waiting<M> {
    messages: VecDeque<(u32, M)>,
    credit: u32,
}

impl<M> FairQueue<M> {
    /// A queue with room for so many messages, whose lanes may have work of cost `turn` done in each turn.
    pub(super) fn new(room: usize, turn: u32) -> Self {
        let state = State {
            lanes: HashMap::new(),
            round: VecDeque::new(),
            spare: Vec::new(),
            len: 0,
            is_closed: false,
        };
        Self { state: Mutex::new(state), arrived: Condvar::new(), room, turn: turn.max(1) }
    }

    /// Lets a message in, or says at once why not.
    pub(super) fn send(&self, lane: Lane, cost: u32, message: M) -> Result<(), StoreError> {
        let mut state = self.lock();
        if state.is_closed {
            return Err(closed());
        }
        let free = self.room.saturating_sub(state.len);
        let State { lanes, round, spare, len, .. } = &mut *state;
        let waiting = lanes
            .entry(lane)
            .or_insert_with(|| Waiting { messages: spare.pop().unwrap_or_default(), credit: 0 });
        if waiting.messages.len() >= free {
            if waiting.messages.is_empty() {
                lanes.remove(&lane);
            }
            return Err(StoreError::Busy);
        }
        if waiting.messages.is_empty() {
            round.push_back(lane);
        }
        waiting.messages.push_back((cost.max(1), message));
        *len += 1;
        drop(state);
        self.arrived.notify_one();
        Ok(())
    }

    /// Waits until there is something, and takes up to `most` messages in the order of turns. `false` once the queue is
    /// closed and empty.
    pub(super) fn take(&self, taken: &mut Vec<M>, most: usize) -> bool {
        let mut state = self.lock();
        while state.len == 0 {
            if state.is_closed {
                return false;
            }
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.take(taken, most, self.turn);
        true
    }

    /// How many messages wait.
    pub(super) fn len(&self) -> usize {
        self.lock().len
    }

    /// Lets nothing more in.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.arrived.notify_all();
    }

    /// Nobody takes anything any more: whoever waits is told so, by their message being dropped.
    pub(super) fn abandon(&self) {
        self.close();
        let mut state = self.lock();
        let waiting = std::mem::take(&mut state.lanes);
        state.round.clear();
        state.len = 0;
        drop(state);
        drop(waiting);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    fn lock(&self) -> MutexGuard<'_, State<M>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M> State<M> {
    fn take(&mut self, taken: &mut Vec<M>, most: usize, turn: u32) {
        let end = taken.len() + most.max(1);
        while taken.len() < end
            && let Some(lane) = self.round.pop_front()
        {
            let Some(waiting) = self.lanes.get_mut(&lane) else { continue };
            // Turns that a full group cut short are not saved up.
            let dearest = waiting.messages.front().map_or(0, |(cost, _)| cost.saturating_add(turn));
            waiting.credit = waiting.credit.saturating_add(turn).min(dearest);
            while taken.len() < end
                && let Some((cost, _)) = waiting.messages.front()
                && *cost <= waiting.credit
                && let Some((cost, message)) = waiting.messages.pop_front()
            {
                waiting.credit -= cost;
                self.len -= 1;
                taken.push(message);
            }
            if waiting.messages.is_empty() {
                self.retire(lane);
            } else {
                self.round.push_back(lane);
            }
        }
    }

    /// Nothing waits in a lane any more. What it did not use is not credited: nobody saves up for a flood.
    fn retire(&mut self, lane: Lane) {
        let Some(waiting) = self.lanes.remove(&lane) else { return };
        if self.spare.len() < SPARE && waiting.messages.capacity() <= SPARE_ROOM {
            self.spare.push(waiting.messages);
        }
    }
}

pub(super) fn closed() -> StoreError {
    StoreError::Failed("the store is closed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Lane = Lane(1_000);
    const B: Lane = Lane(2_000);

    fn send_all(queue: &FairQueue<Lane>, lane: Lane, count: usize) -> usize {
        (0..count).take_while(|_| queue.send(lane, 1, lane).is_ok()).count()
    }

    /// In which group, from 0, each message of a lane is taken.
    fn groups_of(queue: &FairQueue<Lane>, lane: Lane, group: usize) -> Vec<usize> {
        let mut groups = Vec::new();
        queue.close();
        for index in 0.. {
            let mut taken = Vec::new();
            if !queue.take(&mut taken, group) {
                break;
            }
            groups.extend(taken.iter().filter(|of| **of == lane).map(|_| index));
        }
        groups
    }

    #[test]
    fn who_queues_up_little_is_in_the_next_group_however_much_another_queued_up_before() {
        let queue = FairQueue::new(16_384, 16);
        assert_eq!(send_all(&queue, A, 5_000), 5_000);
        assert_eq!(send_all(&queue, B, 10), 10);
        assert_eq!(groups_of(&queue, B, 1_024), [0; 10]);
    }

    #[test]
    fn two_who_flood_share_each_group() {
        let queue = FairQueue::new(16_384, 16);
        send_all(&queue, A, 4_000);
        send_all(&queue, B, 4_000);
        let groups = groups_of(&queue, B, 1_000);
        for group in 0..8 {
            let share = groups.iter().filter(|of| **of == group).count();
            assert!((480..=520).contains(&share), "{share} of group {group}");
        }
    }

    #[test]
    fn what_costs_more_gets_fewer_turns() {
        let queue = FairQueue::new(16_384, 16);
        for _ in 0..1_000 {
            queue.send(A, 64, A).unwrap();
        }
        send_all(&queue, B, 1_000);
        let groups = groups_of(&queue, A, 650);
        let first = groups.iter().filter(|group| **group == 0).count();
        assert!((8..=12).contains(&first), "{first} of A's, each as dear as 64 of B's");
    }

    #[test]
    fn messages_of_one_lane_stay_in_order() {
        let queue = FairQueue::new(100, 3);
        for number in 0..20 {
            queue.send(A, 1 + number % 5, number).unwrap();
            queue.send(B, 1, 100 + number).unwrap();
        }
        let mut taken = Vec::new();
        while taken.len() < 40 {
            queue.take(&mut taken, 7);
        }
        let of_a: Vec<u32> = taken.into_iter().filter(|number| *number < 100).collect();
        assert!(of_a.is_sorted() && of_a.len() == 20, "{of_a:?}");
    }

    #[test]
    fn who_floods_is_refused_and_there_is_room_for_whoever_comes_next() {
        let queue = FairQueue::new(1_000, 16);
        assert_eq!(send_all(&queue, A, 10_000), 500, "alone, a lane gets half of the room");
        assert!(send_all(&queue, B, 10_000) >= 250);
        for late in 0..8 {
            assert!(queue.send(Lane(late), 1, Lane(late)).is_ok(), "lane {late}");
        }
        assert!(matches!(queue.send(A, 1, A), Err(StoreError::Busy)));
        assert!(queue.len() < 1_000);
    }

    #[test]
    fn an_abandoned_queue_lets_go_of_what_waits() {
        let queue = FairQueue::new(10, 1);
        let waits = std::sync::Arc::new(());
        queue.send(A, 1, std::sync::Arc::clone(&waits)).unwrap();
        queue.abandon();
        assert_eq!((std::sync::Arc::strong_count(&waits), queue.len()), (1, 0));
        assert!(!queue.take(&mut Vec::new(), 1));
    }

    #[test]
    fn small_groups_share_too() {
        let queue = FairQueue::new(16_384, 16);
        send_all(&queue, A, 400);
        send_all(&queue, B, 400);
        let groups = groups_of(&queue, B, 4);
        assert!(
            groups.iter().filter(|group| **group < 100).count() >= 196,
            "half of the first hundred groups"
        );
    }

    #[test]
    fn a_closed_queue_gives_what_was_let_in_and_ends() {
        let queue = FairQueue::new(10, 1);
        queue.send(A, 1, A).unwrap();
        queue.close();
        assert!(matches!(queue.send(A, 1, A), Err(StoreError::Failed(_))));
        let mut taken = Vec::new();
        assert!(queue.take(&mut taken, 5));
        assert_eq!(taken, [A]);
        assert!(!queue.take(&mut taken, 5));
    }
}

//! How rough a simulation is. Each seed has a climate of its own, so that what hides behind frequent failures is found by
//! seeds that have few of them.

use super::streams::Stream;

/// How often what goes wrong, in a thousand times, and how long things take, in milliseconds.
#[derive(Clone, Debug)]
pub(crate) struct Climate {
    pub(crate) nodes: usize,
    pub(crate) customers: usize,
    /// The store fails before it does anything.
    pub(crate) fails: u64,
    /// The store does what it was asked, and the answer is lost.
    pub(crate) loses_answer: u64,
    /// The store takes long.
    pub(crate) is_slow: u64,
    pub(crate) slowest: u64,
    pub(crate) hint_lost: u64,
    pub(crate) hint_late: u64,
    pub(crate) hint_twice: u64,
    pub(crate) request_lost: u64,
    pub(crate) request_twice: u64,
    pub(crate) answer_lost: u64,
    /// The longest time between two crashes of nodes.
    pub(crate) crashes_every: u64,
    /// How far clocks are wrong at most.
    pub(crate) clocks_off: u64,
    /// How long a storm lasts.
    pub(crate) storm: u64,
}

impl Climate {
    pub(crate) fn of(stream: &Stream) -> Self {
        // Of each kind of trouble some seeds have none, most a little, and some much.
        let some = |little: u64, much: u64| match stream.between(0, 6) {
            0 => 0,
            1 => stream.between(little, much),
            _ => stream.between(0, little) + 1,
        };
        Self {
            nodes: stream.place(3) + 1,
            customers: stream.place(6) + 3,
            fails: some(10, 60),
            loses_answer: some(10, 60),
            is_slow: some(10, 50),
            slowest: stream.between(200, 8_000),
            hint_lost: some(60, 700),
            hint_late: some(60, 500),
            hint_twice: some(30, 300),
            request_lost: some(20, 100),
            request_twice: some(30, 200),
            answer_lost: some(20, 150),
            crashes_every: [4_000, 15_000, 30_000, 1_000_000][stream.place(4)],
            clocks_off: some(1_500, 20_000),
            storm: stream.between(20_000, 60_000),
        }
    }
}

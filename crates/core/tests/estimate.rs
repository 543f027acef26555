//! What waiting customers are told of their wait, against queues in simulated time: customers come and conversations end
//! at random (M/M/c), who came first is served first.

use std::collections::VecDeque;
use std::time::Duration;

use frontdesk_core::routing::{Handling, QueuePlace, estimate_wait};
use frontdesk_core::time::Timestamp;

/// `SplitMix64`: the same sequence for the same seed.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^= word >> 31;
        // 32 bits are enough and fit a float exactly; never 0, whose logarithm is none.
        (f64::from((word >> 32) as u32) + 0.5) / 4_294_967_296.0
    }

    /// A span whose distribution is exponential, in seconds.
    fn span(&mut self, mean: f64) -> f64 {
        -mean * self.next().ln()
    }
}

/// A queue with so many slots, and how busy they are.
struct Shop {
    slots: u32,
    load: f64,
    /// Mean handling time in seconds, by the number of the customer.
    handling: fn(usize) -> f64,
}

/// A customer who had to wait: their place when they came, what they were told, and what came of it, in seconds.
struct Waited {
    customer: usize,
    position: u32,
    told: f64,
    took: f64,
}

impl Shop {
    fn run(&self, seed: u64, customers: usize) -> Vec<Waited> {
        let mut dice = Dice(seed);
        let (mut arrives, mut free_at) = (0.0_f64, vec![0.0_f64; self.slots as usize]);
        let mut ends: Vec<(f64, f64)> = Vec::new();
        let mut begins: VecDeque<f64> = VecDeque::new();
        let (mut measured, mut waited) = (Handling::default(), Vec::new());
        for customer in 0..customers {
            let handling = (self.handling)(customer);
            arrives += dice.span(handling / (f64::from(self.slots) * self.load));
            ends.sort_by(|a, b| a.0.total_cmp(&b.0));
            let over = ends.partition_point(|(end, _)| *end <= arrives);
            for (_, held) in ends.drain(..over) {
                measured = measured.and(Duration::from_secs_f64(held));
            }
            while begins.front().is_some_and(|begins| *begins <= arrives) {
                begins.pop_front();
            }
            let next = free_at.iter_mut().min_by(|a, b| a.total_cmp(b)).expect("a slot");
            let (start, held) = (next.max(arrives), dice.span(handling));
            *next = start + held;
            ends.push((start + held, held));
            if start <= arrives {
                continue;
            }
            let position = u32::try_from(begins.len()).expect("few") + 1;
            begins.push_back(start);
            let since = Timestamp::ZERO;
            let mean_handling = (measured.count > 0).then_some(measured.mean);
            let place = QueuePlace { position, since, longest_since: since, mean_handling };
            let told = estimate_wait(&place, self.slots).as_secs_f64();
            waited.push(Waited { customer, position, told, took: start - arrives });
        }
        waited
    }
}

/// The mean of what was told over the mean of what it took, and the mean error over the latter.
fn compared<'a>(waited: impl Iterator<Item = &'a Waited>) -> (f64, f64) {
    let (mut told, mut took, mut error) = (0.0, 0.0, 0.0);
    for one in waited {
        told += one.told;
        took += one.took;
        error += (one.told - one.took).abs();
    }
    (told / took, error / took)
}

#[test]
fn estimates_are_right_on_average_and_not_far_off_in_each_case() {
    for (slots, load, seed) in [(1, 0.8, 1), (5, 0.9, 2), (20, 0.95, 3)] {
        let shop = Shop { slots, load, handling: |_| 180.0 };
        let waited = shop.run(seed, 60_000);
        let (ratio, error) = compared(waited.iter());
        assert!((0.95..1.05).contains(&ratio), "{slots} slots: {ratio} of what it took");
        // The wait itself varies: of the next to be served as much as it is long.
        assert!(error < 0.5, "{slots} slots: off by {error} of what it took");
    }
}

#[test]
fn estimates_are_right_at_every_place() {
    let shop = Shop { slots: 5, load: 0.9, handling: |_| 180.0 };
    let waited = shop.run(4, 100_000);
    for (from, to) in [(1, 1), (2, 3), (4, 8), (9, 20)] {
        let at = waited.iter().filter(|one| (from..=to).contains(&one.position));
        let (ratio, error) = compared(at);
        assert!((0.93..1.07).contains(&ratio), "places {from} to {to}: {ratio} of what it took");
        // The sum of n such spans varies by its n-th root less.
        let most = 1.1 / f64::from(from).sqrt();
        assert!(error < most, "places {from} to {to}: off by {error}");
    }
}

#[test]
fn estimates_follow_conversations_that_become_longer() {
    let shop = Shop { slots: 5, load: 0.9, handling: |n| if n < 10_000 { 120.0 } else { 360.0 } };
    let waited = shop.run(5, 60_000);
    let later = waited.iter().filter(|one| one.customer > 10_200);
    let (ratio, _) = compared(later);
    assert!((0.93..1.07).contains(&ratio), "{ratio} of what it took");
}

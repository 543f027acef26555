//! Randomness of a seed, a stream of numbers for each source.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use frontdesk_core::port::Random;

/// The numbers of one source. Another source's draws do not shift them: each begins at a place of its own, given by the
/// seed and the source's name.
#[derive(Debug)]
pub(crate) struct Stream(AtomicU64);

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

const fn mixed(mut word: u64) -> u64 {
    // SplitMix64.
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

impl Stream {
    pub(crate) fn of(seed: u64, source: &str) -> Self {
        let begin = mixed(seed.wrapping_add(GOLDEN));
        let place =
            source.bytes().fold(begin, |place, byte| mixed(place ^ u64::from(byte)).wrapping_add(GOLDEN));
        Self(AtomicU64::new(place))
    }

    pub(crate) fn next(&self) -> u64 {
        mixed(self.0.fetch_add(GOLDEN, Ordering::Relaxed).wrapping_add(GOLDEN))
    }

    /// A number from `low` up to and without `high`.
    pub(crate) fn between(&self, low: u64, high: u64) -> u64 {
        low + self.next() % high.saturating_sub(low).max(1)
    }

    /// A place in a list of so many.
    pub(crate) fn place(&self, of: usize) -> usize {
        usize::try_from(self.between(0, of as u64)).unwrap()
    }

    /// Whether something happens that happens so often in a thousand times. It draws also where the answer is certain.
    pub(crate) fn chance(&self, in_a_thousand: u64) -> bool {
        self.between(0, 1_000) < in_a_thousand
    }

    pub(crate) fn millis(&self, low: u64, high: u64) -> Duration {
        Duration::from_millis(self.between(low, high))
    }
}

impl Random for Stream {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
    }
}

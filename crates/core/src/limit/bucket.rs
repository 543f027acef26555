//! A level for each of many owners, in bounded memory.
//!
//! A crate for this (`governor`) was looked at: its keyed limiter has one quota for all keys, where tenants have their own;
//! it asks a clock of its own type, where here time is a parameter; and its memory is bounded only by whoever remembers to
//! clear it. What is needed beyond it is the larger part.
//!
//! **Bound.** The table has a fixed number of sets of [`WAYS`] places, 24 bytes each; nothing is ever allocated later.
//! Where an owner's places are depends on a seed that nobody outside knows, so nobody can choose whom to displace.
//!
//! **Displacement.** Who needs a place in a full set takes that of whoever would be empty soonest: an owner who is forgotten
//! loses the least that can be lost. To have one's own bucket forgotten, a set must be filled with fuller ones: as it cannot
//! be known which set that is, that takes about as many owners as the table has places, each with as many requests as
//! forgetting saves. It never pays.

use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::limit::rate::{Decision, Level, Rate};
use crate::time::Timestamp;

/// Places of a set.
const WAYS: usize = 8;

/// Whose level it is, as a number: from the table's seed and whatever tells owners apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner(u64);

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    /// 0 while the place is free.
    owner: u64,
    level: Level,
}

/// Levels of many owners who have the same rate, or nearly.
#[derive(Debug)]
pub struct Buckets {
    seed: u64,
    sets: Box<[Mutex<[Slot; WAYS]>]>,
}

impl Buckets {
    /// Room for at least so many owners. The seed is random.
    pub fn new(owners: usize, seed: u64) -> Self {
        let sets = owners.div_ceil(WAYS).next_power_of_two();
        Self { seed, sets: (0..sets).map(|_| Mutex::default()).collect() }
    }

    /// How many owners are remembered at most.
    pub const fn room(&self) -> usize {
        self.sets.len() * WAYS
    }

    /// What an owner is known by.
    pub fn owner(&self, owner: impl Hash) -> Owner {
        let mut hasher = DefaultHasher::new();
        self.seed.hash(&mut hasher);
        owner.hash(&mut hasher);
        Owner(hasher.finish().max(1))
    }

    /// An owner wants one more: see [`Level::take`].
    pub fn take(&self, owner: Owner, rate: Rate, now: Timestamp, patience: Duration) -> Decision {
        self.with(owner, |set| {
            let slot = find(set, owner).unwrap_or_else(|| displace(set, rate));
            let slot = &mut set[slot];
            if slot.owner != owner.0 {
                *slot = Slot { owner: owner.0, level: Level::default() };
            }
            slot.level.take(rate, now, patience)
        })
    }

    /// The level of an owner.
    pub fn level(&self, owner: Owner) -> Level {
        self.with(owner, |set| find(set, owner).map(|slot| set[slot].level).unwrap_or_default())
    }

    fn with<T>(&self, owner: Owner, work: impl FnOnce(&mut [Slot; WAYS]) -> T) -> T {
        // The upper bits choose the set; there are as many sets as some power of two.
        let index = usize::try_from(owner.0 >> 32).unwrap_or_default() & (self.sets.len() - 1);
        let mut set = self.sets[index].lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut set)
    }
}

fn find(set: &[Slot; WAYS], owner: Owner) -> Option<usize> {
    set.iter().position(|slot| slot.owner == owner.0)
}

/// The place of who is free, or empty soonest.
fn displace(set: &[Slot; WAYS], rate: Rate) -> usize {
    let key = |slot: &Slot| (slot.owner != 0, slot.level.empty_at(rate));
    let soonest = set.iter().enumerate().min_by_key(|(_, slot)| key(slot));
    soonest.map(|(index, _)| index).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn take(buckets: &Buckets, owner: u32, rate: Rate, now: Timestamp) -> Decision {
        buckets.take(buckets.owner(owner), rate, now, Duration::ZERO)
    }

    #[test]
    fn owners_do_not_share() {
        let (buckets, rate) = (Buckets::new(1_024, 7), Rate::per_second(1, 1).unwrap());
        for owner in 0..500 {
            assert_eq!(take(&buckets, owner, rate, NOW), Decision::Pass, "{owner}");
        }
        assert!(matches!(take(&buckets, 0, rate, NOW), Decision::Refuse(_)));
    }

    #[test]
    fn memory_is_bounded() {
        let (buckets, rate) = (Buckets::new(64, 7), Rate::per_second(1, 1).unwrap());
        for owner in 0..100_000 {
            take(&buckets, owner, rate, NOW);
        }
        assert_eq!(buckets.room(), 64);
        assert!(size_of::<Slot>() <= 24);
    }

    #[test]
    fn a_flood_of_others_does_not_reset_a_bucket() {
        let (buckets, rate) = (Buckets::new(64, 7), Rate::per_second(1, 20).unwrap());
        while take(&buckets, u32::MAX, rate, NOW) == Decision::Pass {}
        // A hundred thousand names of one request each.
        for owner in 0..100_000 {
            take(&buckets, owner, rate, NOW);
        }
        assert!(matches!(take(&buckets, u32::MAX, rate, NOW), Decision::Refuse(_)));
    }

    #[test]
    fn to_reset_a_bucket_costs_more_than_it_gives() {
        let rate = Rate::per_second(1, 20).unwrap();
        let mut cheapest = u64::MAX;
        for seed in 0..20 {
            let buckets = Buckets::new(512, seed);
            while take(&buckets, u32::MAX, rate, NOW) == Decision::Pass {}
            let mut spent = 0;
            'flood: for owner in 0.. {
                while take(&buckets, owner, rate, NOW) == Decision::Pass {
                    spent += 1;
                }
                if buckets.level(buckets.owner(u32::MAX)).count(rate, NOW) == 0 {
                    break 'flood;
                }
            }
            cheapest = cheapest.min(spent);
        }
        assert!(cheapest > 20 * 10, "{cheapest} requests had 20 forgotten");
    }

    proptest! {
        /// While everybody has a place, it is as if each had a level of their own.
        #[test]
        fn a_table_with_room_is_a_map(
            requests in prop::collection::vec((0_u32..6, 0_i64..2_000), 1..200),
            seed: u64,
        ) {
            let rate = Rate::per_minute(90, 3).unwrap();
            let (buckets, mut levels) = (Buckets::new(4_096, seed), HashMap::<u32, Level>::new());
            let mut now = NOW;
            for (owner, pause) in requests {
                now = now.plus(Duration::from_millis(pause.unsigned_abs()));
                let expected = levels.entry(owner).or_default().take(rate, now, Duration::from_millis(300));
                let decision = buckets.take(buckets.owner(owner), rate, now, Duration::from_millis(300));
                prop_assert_eq!(decision, expected);
            }
        }
    }
}

//! Whatever happens in whatever order, the rules hold.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::step::step;
use super::world::World;

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    /// One owner at a time; each hand-over counted, each decision on an old state refused; no agent above capacity or
    /// without a slot for what they hold; and in the end whoever queued was served, told or released.
    #[test]
    fn the_rules_hold(steps in vec(step(), 1..300), order in vec(any::<Index>(), 1..20)) {
        let mut world = World::new();
        for step in steps {
            world.take(step);
            world.check();
        }
        let mut order = order.iter().cycle();
        world.run_until_quiet(|len| order.next().map_or(0, |index| index.index(len)));
        for log in &world.logs {
            let mut entries = log.entries.iter().zip(log.entries.iter().skip(1));
            prop_assert!(entries.all(|(one, next)| one.number < next.number && one.at < next.at));
        }
    }
}

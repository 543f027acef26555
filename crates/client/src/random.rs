//! Randomness for spreading clients out and for telling messages apart; nothing secret is made of it.

use std::hash::{BuildHasher as _, RandomState};

/// 64 random bits, from the seed that the standard library gives each new hasher.
pub(crate) fn bits() -> u64 {
    RandomState::new().hash_one(())
}

/// A random number from 0 up to, but not including, 1.
pub(crate) fn fraction() -> f64 {
    let bits = u32::try_from(bits() >> 32).unwrap_or_default();
    f64::from(bits) / (f64::from(u32::MAX) + 1.0)
}

/// A random name of 32 hexadecimal digits.
pub(crate) fn name() -> String {
    format!("{:016x}{:016x}", bits(), bits())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_differ_and_fractions_stay_below_one() {
        let names: HashSet<String> = (0..1_000).map(|_| name()).collect();
        assert_eq!(names.len(), 1_000);
        assert!(names.iter().all(|name| name.len() == 32));
        assert!((0..1_000).map(|_| fraction()).all(|fraction| (0.0..1.0).contains(&fraction)));
    }
}

//! So many at the same time.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many places each owner has taken. Memory is bounded by the number of places that are taken.
pub struct Places<K>(Arc<Mutex<HashMap<K, u64>>>);

impl<K> Default for Places<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Hash + Eq> Places<K> {
    /// Takes a place for an owner who may have `most`; `Err` with how many are taken if those are all. The place is given
    /// back when it is dropped.
    pub fn take(&self, owner: K, most: u64) -> Result<Place<K>, u64>
    where
        K: Clone,
    {
        let mut taken = lock(&self.0);
        let count = taken.entry(owner.clone()).or_default();
        if *count >= most {
            let count = *count;
            if count == 0 {
                taken.remove(&owner);
            }
            return Err(count);
        }
        *count += 1;
        Ok(Place { owner, of: Arc::clone(&self.0) })
    }

    /// How many places an owner has taken.
    pub fn count(&self, owner: &K) -> u64 {
        lock(&self.0).get(owner).copied().unwrap_or_default()
    }
}

fn lock<K>(taken: &Mutex<HashMap<K, u64>>) -> MutexGuard<'_, HashMap<K, u64>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K> fmt::Debug for Places<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Places").field("owners", &lock(&self.0).len()).finish()
    }
}

/// A place that is taken. Dropped, it is free again.
pub struct Place<K: Hash + Eq> {
    owner: K,
    of: Arc<Mutex<HashMap<K, u64>>>,
}

impl<K: Hash + Eq> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = lock(&self.of);
        if let Some(count) = taken.get_mut(&self.owner) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.owner);
            }
        }
    }
}

impl<K: Hash + Eq> fmt::Debug for Place<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_taken_and_given_back() {
        let places = Places::default();
        let first = places.take("ann", 2).unwrap();
        let second = places.take("ann", 2).unwrap();
        assert_eq!(places.take("ann", 2).unwrap_err(), 2);
        assert!(places.take("ben", 2).is_ok(), "and given back at once");
        drop(first);
        assert_eq!(places.count(&"ann"), 1);
        drop(second);
        assert_eq!(places.take("ann", 0).unwrap_err(), 0);
        assert!(lock(&places.0).is_empty(), "nobody is remembered without a place");
    }
}

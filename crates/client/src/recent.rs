//! What was seen lately.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// The codes of the newest items; the oldest are forgotten, so that memory stays bounded.
#[derive(Debug)]
pub(crate) struct Recent {
    capacity: usize,
    known: HashSet<Arc<str>>,
    order: VecDeque<Arc<str>>,
}

impl Recent {
    /// Remembers this many codes.
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, known: HashSet::new(), order: VecDeque::new() }
    }

    /// Whether the code was not seen lately; from now on it was. What has none cannot be told apart and always counts
    /// as new.
    pub(crate) fn is_new(&mut self, code: &str) -> bool {
        if code.is_empty() {
            return true;
        }
        let code: Arc<str> = code.into();
        if !self.known.insert(Arc::clone(&code)) {
            return false;
        }
        self.order.push_back(code);
        if self.order.len() > self.capacity
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }

    /// Everything counts as new again.
    pub(crate) fn forget(&mut self) {
        self.known.clear();
        self.order.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_counts_once_and_its_absence_never() {
        let mut recent = Recent::new(10);
        assert!(recent.is_new("a") && recent.is_new("b"));
        assert!(!recent.is_new("a") && !recent.is_new("b"));
        assert!(recent.is_new("") && recent.is_new(""));
        recent.forget();
        assert!(recent.is_new("a"));
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_goes_first() {
        let mut recent = Recent::new(3);
        for code in 0..1_000 {
            assert!(recent.is_new(&code.to_string()));
        }
        assert_eq!((recent.known.len(), recent.order.len()), (3, 3));
        assert!(!recent.is_new("997"));
        assert!(recent.is_new("996"));
    }
}

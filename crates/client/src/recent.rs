//! Which messages were seen lately.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use frontdesk_api::messaging::poll::DownlinkMessage;

/// The codes of the newest messages; the oldest are forgotten, so that memory stays bounded.
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

    /// Whether the message was not seen lately; from now on it was. One without a code cannot be told apart and always
    /// counts as new.
    pub(crate) fn is_new(&mut self, message: &DownlinkMessage) -> bool {
        let Some(code) = message.message_code.as_deref().filter(|code| !code.is_empty()) else { return true };
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::message;

    #[test]
    fn a_code_counts_once_and_its_absence_never() {
        let mut recent = Recent::new(10);
        assert!(recent.is_new(&message("a")) && recent.is_new(&message("b")));
        assert!(!recent.is_new(&message("a")) && !recent.is_new(&message("b")));
        let nameless = DownlinkMessage::default();
        assert!(recent.is_new(&nameless) && recent.is_new(&nameless));
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_goes_first() {
        let mut recent = Recent::new(3);
        for code in 0..1_000 {
            assert!(recent.is_new(&message(&code.to_string())));
        }
        assert_eq!((recent.known.len(), recent.order.len()), (3, 3));
        assert!(!recent.is_new(&message("997")));
        assert!(recent.is_new(&message("996")));
    }
}

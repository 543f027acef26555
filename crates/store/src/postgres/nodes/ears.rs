//! Whether anything was missed: each node numbers its notifications and sends one every second at least.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

/// How long a node may be silent until something counts as missed.
pub(super) const SILENCE: Duration = Duration::from_secs(2);

/// What was heard of each of the others.
#[derive(Debug, Default)]
pub(super) struct Ears(HashMap<u64, Last>);

#[derive(Debug)]
struct Last {
    count: u64,
    at: Instant,
}

impl Ears {
    /// A notification of another node came; whether one before it was missed. Of a node that was not heard of before it may
    /// have been.
    pub(super) fn hear(&mut self, node: u64, count: u64, now: Instant) -> bool {
        let before = self.0.insert(node, Last { count, at: now });
        before.is_none_or(|before| before.count.wrapping_add(1) != count)
    }

    /// Whether a node has fallen silent, which is told once: it has left, or it is not heard.
    pub(super) fn fell_silent(&mut self, now: Instant) -> bool {
        let known = self.0.len();
        self.0.retain(|_, last| now.duration_since(last.at) <= SILENCE);
        self.0.len() < known
    }

    pub(super) fn has_others(&self) -> bool {
        !self.0.is_empty()
    }

    /// The connection was lost.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_and_a_silence_are_noticed_once() {
        let start = Instant::now();
        let after = |millis| start + Duration::from_millis(millis);
        let mut ears = Ears::default();
        assert!(ears.hear(1, 10, start), "who knows what came before");
        assert!(!ears.hear(1, 11, after(100)));
        assert!(ears.hear(2, 5, after(100)));
        assert!(ears.hear(1, 13, after(200)));
        assert!(!ears.hear(1, 14, after(300)));
        assert!(!ears.fell_silent(after(2_000)));
        assert!(ears.fell_silent(after(2_200)), "the second");
        assert!(!ears.fell_silent(after(2_200)));
        assert!(ears.has_others());
        assert!(ears.fell_silent(after(3_000)));
        assert!(!ears.has_others());
    }
}

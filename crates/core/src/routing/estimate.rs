//! How long a waiting customer will probably wait.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Where a customer stands in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueuePlace {
    /// 1 for the next to be served.
    pub position: u32,
    /// Since when the customer waits in this queue.
    pub since: Timestamp,
    /// Since when the one who waits longest has waited.
    pub longest_since: Timestamp,
    /// How long agents of this queue have lately held a conversation, on average; `None` if none has ended yet.
    pub mean_handling: Option<Duration>,
}

/// What has been measured of how long conversations of a queue are held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Handling {
    /// The mean.
    pub mean: Duration,
    /// How many conversations it is taken from.
    pub count: u32,
}

impl Handling {
    /// How many conversations the mean remembers. It is the mean of all until there are so many; from then on each new
    /// one counts this part. Spans that vary as much as their mean then leave it a tenth of itself uncertain. With
    /// fewer, estimates are too high where it matters: queues are longest after conversations that were longer than
    /// usual, and those that follow are not.
    pub const REMEMBERED: u32 = 64;

    /// The same with one more conversation, which was held for so long.
    #[must_use]
    pub fn and(self, held: Duration) -> Self {
        let count = self.count.saturating_add(1);
        let share = count.min(Self::REMEMBERED);
        let (more, less) = (held.saturating_sub(self.mean), self.mean.saturating_sub(held));
        let mean = self.mean.saturating_add(more / share).saturating_sub(less / share);
        Self { mean, count }
    }
}

/// Handling time that is assumed until one has been measured.
const ASSUMED_HANDLING: Duration = Duration::from_mins(3);

/// How long a customer at a position will probably wait: the agents together finish one conversation every
/// (handling time ÷ slots), and `position` of them must finish.
///
/// Where agents serve this queue alone, that is what a customer at that place waits on average: while somebody waits
/// they are all busy, and how long a conversation has lasted says little about how long it still will (M/M/c).
pub fn estimate_wait(place: &QueuePlace, slots: u32) -> Duration {
    place.mean_handling.unwrap_or(ASSUMED_HANDLING) * place.position / slots.max(1)
}

/// What a waiting customer is told of where they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// 1 for the next to be served.
    pub position: u32,
    /// In how many minutes probably, rounded; `None` while nobody is there to serve the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u64>,
}

impl Place {
    /// What to tell of a place in a queue whose online agents can hold `slots` conversations.
    pub fn of(place: &QueuePlace, slots: u32) -> Self {
        let minutes = (slots > 0).then(|| rounded_minutes(estimate_wait(place, slots)));
        Self { position: place.position, minutes }
    }
}

/// Minutes, coarser the longer it takes: what will be wrong by several minutes is not told to the minute, and does not
/// change with every conversation that ends.
fn rounded_minutes(wait: Duration) -> u64 {
    let minutes = wait.as_secs().div_ceil(60).max(1);
    let step = match minutes {
        0..=10 => 1,
        11..=30 => 5,
        _ => 10,
    };
    minutes.div_ceil(step) * step
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(position: u32, handling: Option<u64>) -> QueuePlace {
        let since = Timestamp::ZERO;
        let mean_handling = handling.map(Duration::from_secs);
        QueuePlace { position, since, longest_since: since, mean_handling }
    }

    #[test]
    fn a_place_is_told_in_rounded_minutes() {
        let minutes = |position, slots| Place::of(&place(position, Some(120)), slots).minutes;
        assert_eq!(minutes(1, 2), Some(1));
        assert_eq!(minutes(3, 2), Some(3));
        assert_eq!(minutes(11, 2), Some(15));
        assert_eq!(minutes(35, 2), Some(40));
        assert_eq!(minutes(1, 0), None, "nobody is there");
        assert_eq!(Place::of(&place(1, None), 1).minutes, Some(3), "nothing was measured yet");
    }

    #[test]
    fn the_first_conversations_count_alike_and_later_ones_a_part() {
        let seconds = Duration::from_secs;
        let measured = [100, 200, 300].iter().fold(Handling::default(), |all, held| all.and(seconds(*held)));
        assert_eq!(measured, Handling { mean: seconds(200), count: 3 });
        let long = Handling { mean: seconds(200), count: 1_000 };
        assert_eq!(long.and(seconds(840)).mean, seconds(210));
        assert_eq!(long.and(seconds(72)).mean, seconds(198));
    }
}

//! Counts, sums and spreads of times, which can be added up and taken off again.

/// The end of the last bucket but one of each spread, in seconds; a span that is as long as a bound belongs below it.
/// They lie at most a fifth or so apart, and where service levels are usually set.
const BOUNDS: [u32; 62] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 18, 20, 25, 30, 35, 40, 45, 50, 60, 75, 90, 105, 120, 150, 180,
    210, 240, 300, 360, 420, 480, 540, 600, 720, 900, 1_080, 1_200, 1_500, 1_800, 2_400, 2_700, 3_600, 4_500,
    5_400, 7_200, 9_000, 10_800, 14_400, 18_000, 21_600, 28_800, 36_000, 43_200, 57_600, 86_400, 129_600,
    172_800, 259_200, 432_000, 604_800,
];

/// Places of a spread: one more than there are bounds, rounded up so that a bound can be added.
const PLACES: u16 = 64;

/// Lengths for which it is known exactly how many were not longer, in seconds.
pub const fn bounds() -> &'static [u32] {
    &BOUNDS
}

/// What is counted or summed up. The numbers are stored: they are never given to something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Count {
    /// Conversations that began.
    Began = 0,
    /// Conversations that ended.
    Conversations = 1,
    /// Of these, the ones that a robot had.
    WithRobot = 2,
    /// Of these, the ones in which the customer said something to it.
    AskedRobot = 3,
    /// Of these, the ones that it dealt with alone.
    Contained = 4,
    /// How long robots had conversations.
    RobotMillis = 5,
    /// Conversations that were given to people.
    HandedToPeople = 6,
    /// Conversations that agents had.
    Served = 7,
    /// Conversations in which an agent said something to the customer.
    Responded = 8,
    /// From being given to people until then.
    FirstResponseMillis = 9,
    /// How long customers waited for a word of an agent.
    UnansweredMillis = 10,
    /// How long conversations lasted.
    DurationMillis = 11,
    /// Conversations that take up an earlier one.
    Reopened = 12,
    /// Conversations that were passed on.
    Transferred = 13,
    /// How often conversations were passed on.
    Transfers = 14,
    /// Conversations in which the customer left a message.
    LeftMessage = 15,
    /// How often customers were sent away from queues.
    TurnedAway = 16,
    /// Messages of customers.
    CustomerMessages = 17,
    /// Messages of agents.
    AgentMessages = 18,
    /// Messages of robots.
    RobotMessages = 19,
    /// Messages of the system.
    SystemMessages = 20,
    /// Answers of robots that helped.
    RobotHelped = 21,
    /// Answers of robots that did not.
    RobotFailed = 22,
    /// First replies that were late.
    FirstReplyBreached = 23,
    /// Conversations with a next reply that was late.
    NextReplyBreached = 24,
    /// Conversations that took longer than promised.
    ResolutionBreached = 25,
    /// Conversations in which a first reply was promised and not late.
    FirstReplyMet = 26,
    /// Conversations in which next replies were promised and none was late.
    NextReplyMet = 27,
    /// Conversations whose end was promised and not late.
    ResolutionMet = 28,

    /// Stays in a queue that ended.
    Waits = 32,
    /// Those that an agent ended.
    WaitsAnswered = 33,
    /// Those that the customer gave up.
    WaitsAbandoned = 34,
    /// Those that ended with a message left.
    WaitsLeftMessage = 35,
    /// Those that the rules ended.
    WaitsReleased = 36,
    /// Those that went on in another queue.
    WaitsMovedOn = 37,
    /// How long those waited whom an agent took.
    AnsweredWaitMillis = 38,
    /// How long those waited who gave up.
    AbandonedWaitMillis = 39,

    /// Service episodes that ended.
    Episodes = 44,
    /// How long they lasted.
    HandlingMillis = 45,
    /// Those in which the agent said something.
    EpisodesResponded = 46,
    /// From their beginning until then.
    EpisodeResponseMillis = 47,
    /// Messages of their agents.
    EpisodeMessages = 48,
    /// Those that came from another agent.
    TransfersIn = 49,
    /// Those that ended by passing on.
    TransfersOut = 50,
    /// Those that a supervisor ended by taking over.
    TakenOver = 51,
    /// Those that the agent lost by not answering.
    LostSilent = 52,
    /// Those that the agent lost by vanishing.
    LostVanished = 53,
    /// Those about which the customer was asked.
    SurveysSent = 54,
    /// Those about which the customer said something.
    Rated = 55,
    /// Those with a satisfaction.
    Evaluated = 56,
    /// The sum of these.
    EvaluationSum = 57,
    /// Those with a satisfaction of 4 or 5.
    Satisfied = 58,
    /// Those with 9 or 10 as to recommending.
    Promoters = 59,
    /// Those with 7 or 8.
    Passives = 60,
    /// Those with 6 or less.
    Detractors = 61,
    /// Those whose matter was solved.
    Solved = 62,
    /// Those whose matter was not.
    Unsolved = 63,
}

/// Where the first spread begins.
const SPREADS_FROM: u16 = 64;

/// Of what the spread is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Spread {
    /// Waits that an agent ended.
    AnsweredWait = 0,
    /// Waits that were given up.
    AbandonedWait = 1,
    /// First responses of conversations.
    FirstResponse = 2,
    /// First responses of episodes.
    EpisodeResponse = 3,
    /// Lengths of episodes.
    Handling = 4,
}

impl Spread {
    const fn base(self) -> u16 {
        SPREADS_FROM + self as u16 * PLACES
    }
}

/// Counts, sums and spreads: what is not there is zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measures {
    /// By place, ascending; no value is zero.
    values: Vec<(u16, i64)>,
}

impl Measures {
    /// A count, or a sum.
    pub fn get(&self, count: Count) -> i64 {
        self.at(count as u16)
    }

    fn at(&self, place: u16) -> i64 {
        let found = self.values.binary_search_by_key(&place, |(known, _)| *known);
        found.ok().and_then(|index| self.values.get(index)).map_or(0, |(_, value)| *value)
    }

    /// Whether everything is zero.
    pub const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Adds to a count.
    pub fn add(&mut self, count: Count, value: i64) {
        self.add_at(count as u16, value);
    }

    /// Adds one if it is so.
    pub fn count_if(&mut self, count: Count, holds: bool) {
        self.add(count, i64::from(holds));
    }

    /// Takes note of a span in its spread and sum.
    pub fn note(&mut self, spread: Spread, sum: Count, millis: u64) {
        let bound = BOUNDS.partition_point(|bound| u64::from(*bound) * 1_000 < millis);
        self.add_at(spread.base() + u16::try_from(bound).unwrap_or(PLACES - 1), 1);
        self.add(sum, i64::try_from(millis).unwrap_or(i64::MAX));
    }

    /// Adds to whatever stands at a place.
    pub(super) fn add_at(&mut self, place: u16, value: i64) {
        if value == 0 {
            return;
        }
        match self.values.binary_search_by_key(&place, |(known, _)| *known) {
            Ok(index) => {
                let sum = self.values.get(index).map_or(0, |(_, before)| before.saturating_add(value));
                if sum == 0 {
                    self.values.remove(index);
                } else if let Some((_, before)) = self.values.get_mut(index) {
                    *before = sum;
                }
            }
            Err(index) => self.values.insert(index, (place, value)),
        }
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        for (place, value) in &other.values {
            self.add_at(*place, *value);
        }
    }

    /// Takes all of another off.
    pub fn take_off(&mut self, other: &Self) {
        for (place, value) in &other.values {
            self.add_at(*place, value.saturating_neg());
        }
    }

    pub(super) fn values(&self) -> &[(u16, i64)] {
        &self.values
    }

    fn buckets(&self, spread: Spread) -> impl Iterator<Item = (usize, i64)> {
        let base = spread.base();
        let all = self.values.iter().filter(move |(place, _)| (base..base + PLACES).contains(place));
        all.map(move |(place, value)| (usize::from(place - base), *value))
    }

    /// How many spans are known.
    pub fn spans(&self, spread: Spread) -> i64 {
        self.buckets(spread).map(|(_, count)| count).sum()
    }

    /// How many spans were not longer than this, which is one of [`bounds`] or zero.
    pub fn within(&self, spread: Spread, seconds: u32) -> i64 {
        let below = BOUNDS.partition_point(|bound| *bound <= seconds);
        self.buckets(spread).filter(|(bucket, _)| *bucket < below).map(|(_, count)| count).sum()
    }

    /// The length in seconds that this share of all spans, above 0 and up to 1, is not longer than; taken evenly within
    /// a bucket. `None` if there are none.
    pub fn percentile(&self, spread: Spread, share: f64) -> Option<f64> {
        let all = self.spans(spread);
        if all <= 0 {
            return None;
        }
        let rank = (share * as_float(all)).max(f64::MIN_POSITIVE);
        let mut before = 0;
        for (bucket, count) in self.buckets(spread) {
            if as_float(before + count) >= rank {
                let lower = bucket
                    .checked_sub(1)
                    .and_then(|below| BOUNDS.get(below))
                    .map_or(0.0, |bound| f64::from(*bound));
                let upper = BOUNDS.get(bucket).map_or(lower, |bound| f64::from(*bound));
                return Some(lower + (upper - lower) * (rank - as_float(before)) / as_float(count));
            }
            before += count;
        }
        BOUNDS.last().map(|bound| f64::from(*bound))
    }
}

/// Counts beyond 2⁵³ are not to be expected.
#[expect(clippy::cast_precision_loss, reason = "counts and sums of milliseconds stay far below 2^53")]
pub(super) const fn as_float(value: i64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_rise_and_leave_a_place_for_what_is_longer() {
        assert!(BOUNDS.is_sorted_by(|one, next| one < next));
        assert!(BOUNDS.len() < usize::from(PLACES));
    }

    #[test]
    fn a_span_as_long_as_a_bound_is_within_it() {
        let mut measures = Measures::default();
        for millis in [0, 20_000, 20_001] {
            measures.note(Spread::AnsweredWait, Count::AnsweredWaitMillis, millis);
        }
        assert_eq!(measures.within(Spread::AnsweredWait, 20), 2);
        assert_eq!(measures.within(Spread::AnsweredWait, 25), 3);
        assert_eq!(measures.get(Count::AnsweredWaitMillis), 40_001);
        assert_eq!(measures.spans(Spread::AbandonedWait), 0);
    }

    #[test]
    fn a_percentile_is_off_by_a_bucket_at_most() {
        let mut measures = Measures::default();
        for second in 1..=1_000_u64 {
            measures.note(Spread::Handling, Count::HandlingMillis, second * 1_000);
        }
        for (share, exact) in [(0.5, 500.0), (0.9, 900.0), (0.01, 10.0)] {
            let found = measures.percentile(Spread::Handling, share).unwrap();
            assert!((found - exact).abs() <= exact * 0.1, "{share}: {found}");
        }
        assert_eq!(measures.percentile(Spread::FirstResponse, 0.5), None);
        let mut long = Measures::default();
        long.note(Spread::Handling, Count::HandlingMillis, u64::MAX);
        assert_eq!(long.percentile(Spread::Handling, 0.5), Some(604_800.0));
    }

    #[test]
    fn what_is_taken_off_leaves_nothing() {
        let mut measures = Measures::default();
        measures.note(Spread::Handling, Count::HandlingMillis, 7_000);
        let other = measures.clone();
        measures.merge(&other);
        measures.take_off(&other);
        assert_eq!(measures, other);
        measures.take_off(&other);
        assert!(measures.is_empty());
    }
}

//! Numbers: what reports say, as folds over customers' logs.
//!
//! Every definition is written once, in `docs/metrics.md`, and computed here and nowhere else. [`fold()`] makes facts of
//! entries, entry by entry; [`contributions`] says what a fact adds to which quarter of an hour; [`Measures`] add up;
//! [`METRICS`] are read off them. A [`Calendar`] knows which quarters a day of a time zone is made of.

mod activity;
mod calendar;
mod contribution;
mod encoding;
mod fact;
mod fold;
mod measures;
mod metric;

pub use activity::{Activity, ActivityKind, ActivityTimes, add_activities};
pub use calendar::{Calendar, CalendarError, Cover, Period, PeriodUnit, RangeEnd, cover};
pub use contribution::{Contributions, RollupKey, Subject, contributions, difference};
pub use encoding::DamagedMeasures;
pub use fact::{
    ConversationFact, Ending, EpisodeEnd, EpisodeFact, EpisodeStart, Holder, MessageCounts, Moment,
    PromiseFact, RatingFact, WaitEnd, WaitFact,
};
pub use fold::{fold, needed};
pub use measures::{Count, Measures, Spread, bounds};
pub use metric::{METRICS, Metric, MetricKind, Thresholds, Unit};

/// The version of the definitions. Numbers of an older one are made anew from the logs.
pub const DEFINITIONS: u32 = 1;

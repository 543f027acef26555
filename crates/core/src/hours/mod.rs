//! Working hours: when agents are there.

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// When agents work, in one time zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct WorkingHours {
    zone: TimeZone,
    stored: Stored,
}

/// Hours as configured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    /// IANA name of the time zone, such as `Europe/Berlin`.
    zone: String,
    /// The intervals of each week.
    week: Vec<Interval>,
    /// Days that differ: they have these intervals instead of the week's.
    #[serde(default)]
    exceptions: Vec<Exception>,
}

/// Some hours on a weekday.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// The day on which it begins: 1 (Monday) to 7 (Sunday).
    pub day: i8,
    /// When it begins.
    pub from: Time,
    /// When it ends, not included. Not after `from`: on the next day.
    pub to: Time,
}

/// A day that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The day.
    pub date: Date,
    /// When work is done on it; never if empty. `day` is not looked at.
    #[serde(default)]
    pub open: Vec<Interval>,
}

/// Why hours were refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// No such time zone.
    #[error("unknown time zone {0:?}")]
    Zone(String),
    /// A day that is not 1 to 7.
    #[error("a day is 1 (Monday) to 7 (Sunday), not {0}")]
    Day(i8),
}

/// Some hours on a certain day.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: Timestamp,
    to: Timestamp,
}

/// Which end of an interval.
#[derive(Clone, Copy, Debug)]
enum Edge {
    Begin,
    End,
}

impl TryFrom<Stored> for WorkingHours {
    type Error = HoursError;

    fn try_from(stored: Stored) -> Result<Self, HoursError> {
        let zone = TimeZone::get(&stored.zone).map_err(|_| HoursError::Zone(stored.zone.clone()))?;
        if let Some(bad) =
            stored.week.iter().find(|interval| Weekday::from_monday_one_offset(interval.day).is_err())
        {
            return Err(HoursError::Day(bad.day));
        }
        Ok(Self { zone, stored })
    }
}

impl From<WorkingHours> for Stored {
    fn from(hours: WorkingHours) -> Self {
        hours.stored
    }
}

impl WorkingHours {
    /// Hours of each week in an IANA time zone.
    pub fn new(zone: &str, week: Vec<Interval>, exceptions: Vec<Exception>) -> Result<Self, HoursError> {
        Stored { zone: zone.to_owned(), week, exceptions }.try_into()
    }

    /// Whether work is done at this moment.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.open_until(at).is_some()
    }

    /// The first moment from `at` on at which work is done: `at` itself while it is. `None` if it never is again.
    pub fn opens_next(&self, at: Timestamp) -> Option<Timestamp> {
        if self.is_open(at) {
            return Some(at);
        }
        self.dates_from(at)
            .flat_map(|date| self.spans(date))
            .filter(|span| span.from > at)
            .map(|span| span.from)
            .min()
    }

    /// The first moment after `at` at which no work is done, if it is done at `at`. `None` if it is not, and where work
    /// goes on for as long as the hours say.
    pub fn closes_next(&self, at: Timestamp) -> Option<Timestamp> {
        let mut end = self.open_until(at)?;
        // Shifts that follow each other without a break are one; the dates looked at are all that can differ.
        let last = self.dates_from(at).last().and_then(|date| self.spans(date).map(|span| span.to).max());
        let horizon = last.unwrap_or(end);
        while let Some(later) = self.open_until(end) {
            if later >= horizon {
                return None;
            }
            end = later;
        }
        Some(end)
    }

    /// Whether there is a moment from `at` on at which work is done.
    pub fn ever_opens(&self, at: Timestamp) -> bool {
        self.opens_next(at).is_some()
    }

    /// A moment on the clocks of the hours' time zone, as `format` says (strftime); `None` if that is no format.
    pub fn local(&self, at: Timestamp, format: &str) -> Option<String> {
        let moment = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
        jiff::fmt::strtime::format(format, &moment.to_zoned(self.zone.clone())).ok()
    }

    /// When the interval ends that `at` is in; the last one if there are several.
    fn open_until(&self, at: Timestamp) -> Option<Timestamp> {
        let today = self.date(at)?;
        [today.yesterday().ok(), Some(today)]
            .into_iter()
            .flatten()
            .flat_map(|date| self.spans(date))
            .filter(|span| span.from <= at && at < span.to)
            .map(|span| span.to)
            .max()
    }

    fn date(&self, at: Timestamp) -> Option<Date> {
        let moment = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
        Some(moment.to_zoned(self.zone.clone()).date())
    }

    /// The dates that must be looked at to know all that comes after a moment: enough weeks that exceptions cannot hide
    /// the last of them, and the exceptions that come later still.
    fn dates_from(&self, at: Timestamp) -> impl Iterator<Item = Date> {
        let today = self.date(at);
        // Beyond ten years of weeks nobody plans.
        let weeks = i32::try_from(self.stored.exceptions.len()).unwrap_or(i32::MAX).min(520) + 2;
        let last = today.and_then(|today| today.checked_add((weeks * 7).days()).ok());
        let days = today.into_iter().flat_map(move |today| {
            let start = today.yesterday().unwrap_or(today);
            start.series(1.day()).take_while(move |date| last.is_none_or(|last| *date < last))
        });
        let later = self.stored.exceptions.iter().map(|exception| exception.date);
        let mut later: Vec<Date> = later.filter(|date| last.is_some_and(|last| *date >= last)).collect();
        later.sort();
        days.chain(later)
    }

    /// The intervals that begin on a date, as moments. What the change to summer time leaves out is left out; what the
    /// change to winter time repeats is open both times.
    fn spans(&self, date: Date) -> impl Iterator<Item = Span> {
        self.intervals(date).filter_map(move |interval| {
            let last = if interval.to > interval.from { date } else { date.tomorrow().ok()? };
            let from = self.moment(date.to_datetime(interval.from), Edge::Begin)?;
            let to = self.moment(last.to_datetime(interval.to), Edge::End)?;
            (from < to).then_some(Span { from, to })
        })
    }

    fn moment(&self, local: DateTime, edge: Edge) -> Option<Timestamp> {
        let ambiguous = self.zone.to_ambiguous_timestamp(local);
        let moment = match (ambiguous.offset(), edge) {
            (AmbiguousOffset::Gap { .. }, _) => {
                let before = ambiguous.earlier().ok()?;
                self.zone.following(before).next()?.timestamp()
            }
            (AmbiguousOffset::Fold { .. }, Edge::End) => ambiguous.later().ok()?,
            (AmbiguousOffset::Fold { .. } | AmbiguousOffset::Unambiguous { .. }, _) => {
                ambiguous.earlier().ok()?
            }
        };
        Some(Timestamp::from_millis(moment.as_millisecond()))
    }

    fn intervals(&self, date: Date) -> impl Iterator<Item = &Interval> {
        let exception = self.stored.exceptions.iter().find(|exception| exception.date == date);
        let day = date.weekday().to_monday_one_offset();
        let week = self.stored.week.iter().filter(move |interval| exception.is_none() && interval.day == day);
        exception.into_iter().flat_map(|exception| &exception.open).chain(week)
    }
}

#[cfg(test)]
mod tests;

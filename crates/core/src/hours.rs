//! Working hours: when agents are there.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
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
        let Ok(moment) = jiff::Timestamp::from_millisecond(at.as_millis()) else { return false };
        let local = moment.to_zoned(self.zone.clone());
        let (today, time) = (local.date(), local.time());
        let still_open_from_yesterday = today
            .yesterday()
            .is_ok_and(|yesterday| self.intervals(yesterday).any(|i| i.to <= i.from && time < i.to));
        still_open_from_yesterday
            || self.intervals(today).any(|i| i.from <= time && (time < i.to || i.to <= i.from))
    }

    fn intervals(&self, date: Date) -> impl Iterator<Item = &Interval> {
        let exception = self.stored.exceptions.iter().find(|exception| exception.date == date);
        let day = date.weekday().to_monday_one_offset();
        let week = self.stored.week.iter().filter(move |interval| exception.is_none() && interval.day == day);
        exception.into_iter().flat_map(|exception| &exception.open).chain(week)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    fn at(zone: &str, year: i16, month: i8, day: i8, hour: i8, minute: i8) -> Timestamp {
        let zoned =
            date(year, month, day).at(hour, minute, 0, 0).to_zoned(TimeZone::get(zone).unwrap()).unwrap();
        Timestamp::from_millis(zoned.timestamp().as_millisecond())
    }

    #[test]
    fn an_interval_may_cross_midnight() {
        let friday_night = Interval { day: 5, from: time(22, 0, 0, 0), to: time(2, 0, 0, 0) };
        let hours = WorkingHours::new("Asia/Shanghai", vec![friday_night], vec![]).unwrap();
        let open = |day, hour| hours.is_open(at("Asia/Shanghai", 2026, 11, day, hour, 30));
        assert!(!open(27, 21), "2026-11-27 is a Friday, too early");
        assert!(open(27, 23));
        assert!(open(28, 1), "Saturday, still Friday's shift");
        assert!(!open(28, 2));
        assert!(!open(28, 23), "Saturday has no shift of its own");
    }

    #[test]
    fn an_exception_replaces_the_weekday() {
        let monday = Interval { day: 1, from: time(9, 0, 0, 0), to: time(17, 0, 0, 0) };
        let holiday = Exception { date: date(2026, 11, 23), open: vec![] };
        let hours = WorkingHours::new("UTC", vec![monday], vec![holiday]).unwrap();
        assert!(!hours.is_open(at("UTC", 2026, 11, 23, 10, 0)));
        assert!(hours.is_open(at("UTC", 2026, 11, 30, 10, 0)));
    }

    #[test]
    fn a_zone_that_nobody_knows_is_refused() {
        assert_eq!(
            WorkingHours::new("Mars/Olympus", vec![], vec![]),
            Err(HoursError::Zone("Mars/Olympus".to_owned()))
        );
    }
}

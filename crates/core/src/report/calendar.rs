//! Hours, days, weeks and months of a time zone, and the stretches of universal time that they are made of.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{ToSpan as _, Zoned};

use crate::report::contribution::QUARTER_MILLIS;
use crate::time::Timestamp;

const HOUR_MILLIS: i64 = 4 * QUARTER_MILLIS;
const DAY_MILLIS: i64 = 24 * HOUR_MILLIS;
const EIGHT_DAYS_MILLIS: i64 = 8 * DAY_MILLIS;

/// Days, as people of one time zone see them.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
}

/// Why a range cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// No such time zone.
    #[error("must be a time zone by its IANA name, such as Europe/Berlin")]
    Zone,
    /// Neither a date nor a moment.
    #[error("must be a date, such as 2027-03-28, or a moment, such as 2027-03-28T10:00:00Z")]
    Moment,
    /// A moment between two quarters of an hour.
    #[error("must fall on a quarter of an hour")]
    Unaligned,
    /// More periods than are told at once.
    #[error("is too far from `from`: ask for fewer periods at a time")]
    TooMany,
}

/// One period of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end, not included.
    pub to: Timestamp,
    /// Its name: the local date of its beginning, with the time and offset for an hour.
    pub label: String,
}

/// What a report's periods are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodUnit {
    /// Hours of the clock.
    Hour,
    /// Days, of 23 to 25 hours.
    Day,
    /// Weeks that begin on Monday.
    Week,
    /// Months.
    Month,
}

/// Which end of a range a date stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeEnd {
    /// The beginning of the day.
    From,
    /// The end of the day: a range includes the day that it goes to.
    To,
}

/// A stretch of time that numbers are kept of in pieces of the same length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cover {
    /// How long each piece is, in milliseconds: one of [`Self::PIECES`].
    pub piece: i64,
    /// The beginning of the first.
    pub from: Timestamp,
    /// The end of the last.
    pub to: Timestamp,
}

impl Cover {
    /// Lengths of the pieces that numbers are kept of, in milliseconds: a quarter of an hour, an hour, a day, eight days.
    /// Each is made of whole ones of those before.
    pub const PIECES: [i64; 4] = [QUARTER_MILLIS, HOUR_MILLIS, DAY_MILLIS, EIGHT_DAYS_MILLIS];
}

impl Calendar {
    /// The calendar of a time zone.
    pub fn of(zone: &str) -> Result<Self, CalendarError> {
        let zone = TimeZone::get(zone).map_err(|_| CalendarError::Zone)?;
        Ok(Self { zone })
    }

    /// A date or moment out of a request.
    pub fn moment(&self, text: &str, end: RangeEnd) -> Result<Timestamp, CalendarError> {
        if let Some(moment) = text.contains(['T', 't']).then(|| Timestamp::from_rfc3339(text)).flatten() {
            return Ok(moment);
        }
        let date: Date = text.parse().map_err(|_| CalendarError::Moment)?;
        if text.len() != "2027-03-28".len() {
            return Err(CalendarError::Moment);
        }
        let date = match end {
            RangeEnd::From => date,
            RangeEnd::To => date.tomorrow().map_err(|_| CalendarError::Moment)?,
        };
        self.start_of(date).ok_or(CalendarError::Moment)
    }

    /// The beginning of the day that a moment is in.
    pub fn midnight(&self, at: Timestamp) -> Option<Timestamp> {
        self.start_of(self.zoned(at)?.date())
    }

    /// A moment as people of the zone write it, with its offset.
    pub fn local(&self, at: Timestamp) -> Option<String> {
        let local = self.zoned(at)?;
        Some(local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
    }

    /// Refuses a moment between two quarters of an hour.
    pub fn aligned(at: Timestamp) -> Result<Timestamp, CalendarError> {
        if at.as_millis() % QUARTER_MILLIS == 0 { Ok(at) } else { Err(CalendarError::Unaligned) }
    }

    /// The periods that a range is made of, at most `most`; the first and the last are cut off at its ends.
    pub fn periods(
        &self,
        (from, to): (Timestamp, Timestamp),
        unit: PeriodUnit,
        most: usize,
    ) -> Result<Vec<Period>, CalendarError> {
        let mut periods = Vec::new();
        let mut at = from;
        while at < to {
            if periods.len() == most {
                return Err(CalendarError::TooMany);
            }
            let local = self.zoned(at).ok_or(CalendarError::Moment)?;
            let next = self.next(&local, unit).ok_or(CalendarError::Moment)?.max(at.next()).min(to);
            Self::aligned(next)?;
            let label = match unit {
                PeriodUnit::Hour => self.local(at).ok_or(CalendarError::Moment)?,
                PeriodUnit::Day | PeriodUnit::Week => local.date().to_string(),
                PeriodUnit::Month => local.strftime("%Y-%m").to_string(),
            };
            periods.push(Period { from: at, to: next, label });
            at = next;
        }
        Ok(periods)
    }

    /// When the period after this one begins.
    fn next(&self, local: &Zoned, unit: PeriodUnit) -> Option<Timestamp> {
        let date = local.date();
        match unit {
            PeriodUnit::Hour => {
                let into = i64::from(local.minute()) * 60_000 + i64::from(local.second()) * 1_000;
                let left = u64::try_from(HOUR_MILLIS - into).ok()?;
                Some(
                    Timestamp::from_millis(local.timestamp().as_millisecond())
                        .plus(Duration::from_millis(left)),
                )
            }
            PeriodUnit::Day => self.start_of(date.tomorrow().ok()?),
            PeriodUnit::Week => {
                let days = 8 - i64::from(date.weekday().to_monday_one_offset());
                self.start_of(date.checked_add(days.days()).ok()?)
            }
            PeriodUnit::Month => self.start_of(date.first_of_month().checked_add(1.month()).ok()?),
        }
    }

    fn start_of(&self, date: Date) -> Option<Timestamp> {
        let start = date.to_zoned(self.zone.clone()).ok()?;
        Some(Timestamp::from_millis(start.timestamp().as_millisecond()))
    }

    fn zoned(&self, at: Timestamp) -> Option<Zoned> {
        let at = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
        Some(at.to_zoned(self.zone.clone()))
    }
}

/// The fewest pieces that a stretch between two quarters is made of, in their order.
pub fn cover(from: Timestamp, to: Timestamp) -> Vec<Cover> {
    let (mut at, to) = (from.as_millis(), to.as_millis());
    let mut covers: Vec<Cover> = Vec::with_capacity(7);
    while at < to {
        let fits = |piece: &&i64| at % **piece == 0 && at + **piece <= to;
        let Some(piece) = Cover::PIECES.iter().rev().find(fits) else { break };
        let larger = Cover::PIECES.iter().find(|other| *other > piece).copied();
        // Up to where longer pieces begin, or as many as fit.
        let until = larger.map_or(i64::MAX, |larger| {
            let next = at.div_euclid(larger).saturating_add(1).saturating_mul(larger);
            if next.saturating_add(larger) <= to { next } else { i64::MAX }
        });
        let end = until.min(to - (to - at) % piece);
        covers.push(Cover {
            piece: *piece,
            from: Timestamp::from_millis(at),
            to: Timestamp::from_millis(end),
        });
        at = end;
    }
    covers
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hours(zone: &str, from: &str, to: &str, unit: PeriodUnit) -> Vec<(String, i64)> {
        let calendar = Calendar::of(zone).unwrap();
        let range =
            (calendar.moment(from, RangeEnd::From).unwrap(), calendar.moment(to, RangeEnd::To).unwrap());
        let periods = calendar.periods(range, unit, 1_000).unwrap();
        let length = |period: &Period| (period.to.as_millis() - period.from.as_millis()) / HOUR_MILLIS;
        periods.iter().map(|period| (period.label.clone(), length(period))).collect()
    }

    #[test]
    fn days_have_the_hours_that_the_clocks_say() {
        let days = hours("Europe/Berlin", "2027-03-27", "2027-03-29", PeriodUnit::Day);
        let expected = [("2027-03-27", 24), ("2027-03-28", 23), ("2027-03-29", 24)];
        assert_eq!(days, expected.map(|(label, hours)| (label.to_owned(), hours)));
        assert_eq!(hours("Europe/Berlin", "2027-10-31", "2027-10-31", PeriodUnit::Day)[0].1, 25);
        assert_eq!(hours("Asia/Kolkata", "2027-10-31", "2027-10-31", PeriodUnit::Day)[0].1, 24);
        let night = hours("Europe/Berlin", "2027-10-31", "2027-10-31", PeriodUnit::Hour);
        assert_eq!(night.len(), 25);
        assert_eq!(night[2].0, "2027-10-31T02:00:00+02:00");
        assert_eq!(night[3].0, "2027-10-31T02:00:00+01:00");
    }

    #[test]
    fn weeks_begin_on_monday_and_ends_are_cut_off() {
        let weeks = hours("UTC", "2027-01-01", "2027-01-11", PeriodUnit::Week);
        let expected = [("2027-01-01", 72), ("2027-01-04", 168), ("2027-01-11", 24)];
        assert_eq!(weeks, expected.map(|(label, hours)| (label.to_owned(), hours)));
        let months = hours("UTC", "2027-01-31", "2027-02-28", PeriodUnit::Month);
        assert_eq!(months, [("2027-01".to_owned(), 24), ("2027-02".to_owned(), 28 * 24)]);
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        let calendar = Calendar::of("UTC").unwrap();
        for text in
            ["", "2027-02-30", "yesterday", "2027-1-1", "20270101", "2027-01-01T25:00:00Z", "2027-01-01[UTC]"]
        {
            assert_eq!(calendar.moment(text, RangeEnd::From), Err(CalendarError::Moment), "{text}");
        }
        assert!(matches!(Calendar::of("Mars/Base"), Err(CalendarError::Zone)));
        let range = (Timestamp::ZERO, Timestamp::from_millis(11 * DAY_MILLIS));
        assert_eq!(calendar.periods(range, PeriodUnit::Day, 10), Err(CalendarError::TooMany));
    }

    proptest! {
        #[test]
        fn a_cover_is_gapless_and_short(from in 0..5_000_i64, length in 0..20_000_i64) {
            let (from, to) = (from * QUARTER_MILLIS, (from + length) * QUARTER_MILLIS);
            let covers = cover(Timestamp::from_millis(from), Timestamp::from_millis(to));
            prop_assert!(covers.len() <= 7);
            let mut at = from;
            for cover in &covers {
                prop_assert_eq!(cover.from.as_millis(), at);
                prop_assert!(cover.to > cover.from);
                prop_assert_eq!(cover.from.as_millis() % cover.piece, 0);
                prop_assert_eq!(cover.to.as_millis() % cover.piece, 0);
                at = cover.to.as_millis();
            }
            prop_assert_eq!(at, to.max(from));
            // At most 3 quarters, 23 hours and 7 days at either end, or so many days as make no eight.
            let pieces: i64 = covers.iter().map(|cover| (cover.to.as_millis() - cover.from.as_millis()) / cover.piece).sum();
            prop_assert!(pieces <= length * QUARTER_MILLIS / EIGHT_DAYS_MILLIS + 2 * (3 + 23 + 7));
        }
    }
}

//! Counting only the time in which work is done.

use std::time::Duration;

use jiff::ToSpan as _;

use super::{Span, WorkingHours};
use crate::time::Timestamp;

/// How far ahead is looked, in days: ten years.
const HORIZON: usize = 3_660;

impl WorkingHours {
    /// How much of the time between two moments work is done in.
    pub fn open_span(&self, from: Timestamp, to: Timestamp) -> Duration {
        let spans = self.open_from(from).take_while(|span| span.from < to);
        spans.map(|span| span.to.min(to).since(span.from)).sum()
    }

    /// The first moment by which so much time has passed, of that in which work is done. `None` if that never comes, or
    /// not within ten years.
    pub fn add_open_time(&self, from: Timestamp, span: Duration) -> Option<Timestamp> {
        let mut left = span;
        for open in self.open_from(from) {
            let length = open.to.since(open.from);
            if left <= length {
                return Some(open.from.plus(left));
            }
            left -= length;
        }
        None
    }

    /// When work is done from a moment on, in order and without overlaps.
    fn open_from(&self, at: Timestamp) -> impl Iterator<Item = Span> {
        let start = self.date(at).map(|today| today.yesterday().unwrap_or(today));
        let dates = start.into_iter().flat_map(|start| start.series(1.day()).take(HORIZON));
        let of_each_day = dates.flat_map(|date| {
            let mut spans: Vec<Span> = self.spans(date).collect();
            spans.sort_by_key(|span| span.from);
            spans
        });
        // A shift over midnight may reach into the next day's first.
        of_each_day
            .scan(at, |covered, span| {
                let from = span.from.max(*covered);
                *covered = span.to.max(*covered);
                Some(Span { from, to: *covered })
            })
            .filter(|span| span.from < span.to)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Interval, WorkingHours};
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    fn interval(day: i8, from: &str, to: &str) -> Interval {
        Interval { day, from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    /// Nine to five from Monday to Friday, in Berlin.
    fn office() -> WorkingHours {
        let week = (1..=5).map(|day| interval(day, "09:00", "17:00")).collect();
        WorkingHours::new("Europe/Berlin", week, Vec::new()).unwrap()
    }

    const fn hours(hours: u64) -> Duration {
        Duration::from_hours(hours)
    }

    #[test]
    fn only_open_time_counts() {
        let office = office();
        // Friday 16:00 to Monday 10:00 in Berlin, in winter.
        let (friday, monday) = (at("2026-11-20T15:00:00Z"), at("2026-11-23T09:00:00Z"));
        assert_eq!(office.open_span(friday, monday), hours(2));
        assert_eq!(office.add_open_time(friday, hours(2)), Some(monday));
        assert_eq!(
            office.add_open_time(friday, hours(1)),
            Some(at("2026-11-20T16:00:00Z")),
            "at closing time"
        );
        assert_eq!(office.open_span(at("2026-11-21T00:00:00Z"), at("2026-11-22T00:00:00Z")), hours(0));
        assert_eq!(office.open_span(monday, friday), hours(0), "backwards nothing counts");
        // A full week is 40 hours, from whenever.
        assert_eq!(office.add_open_time(friday, hours(40)), Some(at("2026-11-27T15:00:00Z")));
    }

    #[test]
    fn nothing_added_is_the_next_open_moment() {
        let saturday = at("2026-11-21T12:00:00Z");
        assert_eq!(office().add_open_time(saturday, hours(0)), Some(at("2026-11-23T08:00:00Z")));
        let inside = at("2026-11-23T12:00:00Z");
        assert_eq!(office().add_open_time(inside, hours(0)), Some(inside));
    }

    #[test]
    fn overlaps_count_once() {
        let night =
            vec![interval(1, "20:00", "04:00"), interval(2, "02:00", "06:00"), interval(2, "03:00", "05:00")];
        let night = WorkingHours::new("UTC", night, Vec::new()).unwrap();
        let monday = at("2026-11-23T19:00:00Z");
        assert_eq!(night.open_span(monday, at("2026-11-24T12:00:00Z")), hours(10));
        assert_eq!(night.add_open_time(monday, hours(9)), Some(at("2026-11-24T05:00:00Z")));
    }

    #[test]
    fn the_change_of_the_clock_counts_as_the_time_that_passes() {
        // In Berlin 02:00 to 03:00 is left out on 29 March 2026, and comes twice on 25 October 2026.
        let sunday =
            WorkingHours::new("Europe/Berlin", vec![interval(7, "00:00", "06:00")], Vec::new()).unwrap();
        let spring = at("2026-03-28T12:00:00Z");
        assert_eq!(sunday.open_span(spring, at("2026-03-29T12:00:00Z")), hours(5));
        assert_eq!(sunday.add_open_time(spring, hours(4)), Some(at("2026-03-29T03:00:00Z")));
        let autumn = at("2026-10-24T12:00:00Z");
        assert_eq!(sunday.open_span(autumn, at("2026-10-25T12:00:00Z")), hours(7));
        assert_eq!(sunday.add_open_time(autumn, hours(4)), Some(at("2026-10-25T02:00:00Z")));
    }

    #[test]
    fn what_never_opens_never_comes() {
        let never = WorkingHours::new("UTC", Vec::new(), Vec::new()).unwrap();
        assert_eq!(never.add_open_time(at("2026-11-23T09:00:00Z"), hours(1)), None);
        assert_eq!(never.open_span(at("2026-11-23T09:00:00Z"), at("2027-11-23T09:00:00Z")), hours(0));
    }
}

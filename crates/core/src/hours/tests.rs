use jiff::civil::{date, time};

use super::*;

fn at(zone: &str, year: i16, month: i8, day: i8, hour: i8, minute: i8) -> Timestamp {
    let zoned = date(year, month, day).at(hour, minute, 0, 0).to_zoned(TimeZone::get(zone).unwrap()).unwrap();
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

fn shift(day: i8, from: (i8, i8), to: (i8, i8)) -> Interval {
    Interval { day, from: time(from.0, from.1, 0, 0), to: time(to.0, to.1, 0, 0) }
}

fn weekdays(from: (i8, i8), to: (i8, i8)) -> Vec<Interval> {
    (1..=5).map(|day| shift(day, from, to)).collect()
}

#[test]
fn it_opens_next_on_the_next_working_day() {
    // 2026-11-27 is a Friday.
    let hours = WorkingHours::new("Europe/Berlin", weekdays((9, 0), (17, 0)), vec![]).unwrap();
    let berlin = |day, hour, minute| at("Europe/Berlin", 2026, 11, day, hour, minute);
    assert_eq!(hours.opens_next(berlin(27, 8, 0)), Some(berlin(27, 9, 0)));
    assert_eq!(hours.opens_next(berlin(27, 9, 0)), Some(berlin(27, 9, 0)), "it is open");
    assert_eq!(hours.opens_next(berlin(27, 17, 0)), Some(berlin(30, 9, 0)));
    assert_eq!(hours.closes_next(berlin(27, 12, 0)), Some(berlin(27, 17, 0)));
    assert_eq!(hours.closes_next(berlin(27, 17, 0)), None);
    assert_eq!(
        hours.local(berlin(30, 9, 0), "%A %-d %B, %H:%M").as_deref(),
        Some("Monday 30 November, 09:00")
    );
    assert_eq!(hours.local(berlin(30, 9, 0), "%!"), None);
}

#[test]
fn several_shifts_a_day_and_shifts_that_meet_at_midnight() {
    let mut week = weekdays((9, 0), (12, 0));
    week.extend(weekdays((13, 0), (0, 0)));
    week.push(shift(6, (0, 0), (2, 0)));
    let hours = WorkingHours::new("UTC", week, vec![]).unwrap();
    let utc = |day, hour| at("UTC", 2026, 11, day, hour, 0);
    assert_eq!(hours.opens_next(utc(27, 12)), Some(utc(27, 13)));
    assert_eq!(hours.closes_next(utc(27, 10)), Some(utc(27, 12)));
    assert_eq!(hours.closes_next(utc(27, 20)), Some(utc(28, 2)), "Friday's shift goes on in Saturday's");
}

#[test]
fn exceptions_hide_weeks_and_open_days() {
    let closed = |day| Exception { date: date(2026, 12, day), open: vec![] };
    let mondays = vec![shift(1, (9, 0), (17, 0))];
    let hours = WorkingHours::new("UTC", mondays.clone(), [7, 14, 21].map(closed).to_vec()).unwrap();
    let utc = |month, day, hour| at("UTC", 2026, month, day, hour, 0);
    assert_eq!(hours.opens_next(utc(12, 1, 0)), Some(utc(12, 28, 9)));
    let fair = Exception { date: date(2030, 5, 4), open: vec![shift(1, (10, 0), (11, 0))] };
    let hours = WorkingHours::new("UTC", vec![], vec![fair]).unwrap();
    assert_eq!(hours.opens_next(utc(12, 1, 0)), Some(at("UTC", 2030, 5, 4, 10, 0)), "years ahead");
}

#[test]
fn hours_that_never_open_and_hours_that_never_close() {
    let now = at("UTC", 2026, 11, 27, 12, 0);
    let past = Exception { date: date(2020, 5, 4), open: vec![shift(1, (10, 0), (11, 0))] };
    let never = WorkingHours::new("UTC", vec![], vec![past]).unwrap();
    assert_eq!((never.opens_next(now), never.ever_opens(now)), (None, false));
    let day_and_night = (1..=7).map(|day| shift(day, (0, 0), (0, 0))).collect();
    let always = WorkingHours::new("Europe/Berlin", day_and_night, vec![]).unwrap();
    assert_eq!((always.opens_next(now), always.closes_next(now)), (Some(now), None));
}

#[test]
fn an_hour_that_summer_time_leaves_out_and_one_that_winter_time_repeats() {
    let zone = "Europe/Berlin";
    let nights = (1..=7).map(|day| shift(day, (2, 30), (6, 0))).collect();
    let hours = WorkingHours::new(zone, nights, vec![]).unwrap();
    // 2026-03-29, 02:00 is followed by 03:00.
    assert_eq!(hours.opens_next(at(zone, 2026, 3, 29, 1, 0)), Some(at(zone, 2026, 3, 29, 3, 0)));
    assert!(hours.is_open(at(zone, 2026, 3, 29, 3, 0)));
    let inside = (1..=7).map(|day| shift(day, (2, 15), (2, 45))).collect();
    let inside = WorkingHours::new(zone, inside, vec![]).unwrap();
    assert_eq!(inside.opens_next(at(zone, 2026, 3, 29, 1, 0)), Some(at(zone, 2026, 3, 30, 2, 15)));
    // 2026-10-25, 02:00 to 03:00 comes twice: 00:00 and 01:00 UTC.
    let utc = |hour, minute| at("UTC", 2026, 10, 25, hour, minute);
    assert_eq!(hours.opens_next(utc(0, 0)), Some(utc(0, 30)), "the first 02:30");
    assert_eq!(hours.closes_next(utc(0, 30)), Some(utc(5, 0)), "and it does not close in between");
    assert_eq!(inside.closes_next(utc(0, 15)), Some(utc(1, 45)), "the second 02:45");
}

//! Numbers of payment cards and of telephones, and those that states give to people.

use super::reading::{Reading, Run, separates};

/// Digits of a card that stay: enough to tell one's own cards apart, and what receipts show.
const LAST_OF_CARD: usize = 4;

pub(super) fn payment_cards(reading: &mut Reading) {
    for run in reading.runs(separates) {
        each_number(
            &run,
            13..=19,
            |from, to| is_card(&run, from, to),
            |from, to| {
                for (place, _) in run.digits.get(from..to - LAST_OF_CARD).unwrap_or_default() {
                    reading.hide_at(*place);
                }
            },
        );
    }
}

/// Goes through the whole groups of a run that are a number of one of these lengths, the longest first, and on after it.
fn each_number(
    run: &Run,
    lengths: std::ops::RangeInclusive<usize>,
    is_one: impl Fn(usize, usize) -> bool,
    mut found: impl FnMut(usize, usize),
) {
    let mut after = 0;
    for (group, from) in run.groups.iter().copied().enumerate() {
        if from < after {
            continue;
        }
        // A group has a digit at least, so no more groups can matter.
        let ends = run.ends(group).take(*lengths.end()).filter(|to| lengths.contains(&(to - from)));
        let longest = ends.collect::<Vec<_>>().into_iter().rev().find(|to| is_one(from, *to));
        if let Some(to) = longest {
            found(from, to);
            after = to;
        }
    }
}

fn is_card(run: &Run, from: usize, to: usize) -> bool {
    let first =
        |count: usize| run.values(from, from + count).fold(0_u32, |sum, digit| sum * 10 + u32::from(digit));
    let length = to - from;
    let is_of_scheme = match (first(1), first(2), first(4)) {
        (4, _, _) => matches!(length, 13 | 16 | 19),
        (_, 51..=55, _) | (_, _, 2221..=2720) => length == 16,
        (_, 34 | 37, _) => length == 15,
        (_, 30 | 36 | 38 | 39, _) => (14..=19).contains(&length),
        (_, 35, _) | (_, _, 2200..=2204) => (16..=19).contains(&length),
        (_, 50 | 56..=58, _) | (6, _, _) => (13..=19).contains(&length),
        _ => false,
    };
    is_of_scheme && luhn(run.values(from, to))
}

/// Whether the check digit at the end is right (ISO/IEC 7812-1).
fn luhn(digits: impl DoubleEndedIterator<Item = u8>) -> bool {
    let sum: u32 = digits
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let weighed = u32::from(digit) * if place % 2 == 1 { 2 } else { 1 };
            weighed / 10 + weighed % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

pub(super) fn phones(reading: &mut Reading) {
    let between = |character| separates(character) || matches!(character, '(' | ')');
    for run in reading.runs(between) {
        let starts = run.digits.first().map_or(0, |(place, _)| *place);
        let before = reading.before(starts);
        // "+(49)" begins with a plus as well.
        let is_international =
            before == Some('+') || (before == Some('(') && starts > 1 && reading.at(starts - 2) == Some('+'));
        let mut found = Vec::new();
        let is_one =
            |from, to| (from == 0 && is_international && to - from <= 15) || is_phone(&run, from, to);
        each_number(&run, 7..=17, is_one, |from, to| found.push((from, to)));
        for (from, to) in found {
            for (place, _) in run.digits.get(from..to).unwrap_or_default() {
                reading.hide_at(*place);
            }
        }
    }
}

/// Whether it is a telephone number without a plus before it.
fn is_phone(run: &Run, from: usize, to: usize) -> bool {
    let digits: Vec<u8> = run.values(from, to).collect();
    let mut groups =
        run.groups.iter().copied().filter(|group| (from..to).contains(group)).collect::<Vec<_>>();
    groups.push(to);
    let groups: Vec<usize> =
        groups.windows(2).filter_map(|pair| Some(pair.last()? - pair.first()?)).collect();
    let is_area = |place: usize| digits.get(place).is_some_and(|digit| *digit >= 2);
    match (digits.as_slice(), groups.as_slice()) {
        ([0, 0, 1..=9, ..], _) => (9..=17).contains(&digits.len()),
        // A day, a month and a year are no telephone number, nor are they with the hour after them.
        ([0, 1..=9, ..], [2, rest @ ..]) => {
            matches!(rest, [2, 2, 2, 2] | [3 | 4, 4] | [6..=8] | [7, ..])
        }
        ([0, 1..=9, ..], [first, ..]) if *first > 2 => (9..=12).contains(&digits.len()),
        // North America.
        (_, [3, 3, 4]) => is_area(0) && is_area(3),
        ([1, ..], [1, 3, 3, 4]) => is_area(1) && is_area(4),
        // Mobile telephones in China.
        ([1, 3..=9, ..], [11] | [3, 4, 4]) => true,
        _ => false,
    }
}

pub(super) fn us_ssns(reading: &mut Reading) {
    for run in reading.runs(|character| matches!(character, '-' | ' ' | '\u{2010}'..='\u{2015}')) {
        each_number(
            &run,
            9..=9,
            |from, to| is_ssn(&run, from, to),
            |from, to| {
                for (place, _) in run.digits.get(from..to).unwrap_or_default() {
                    reading.hide_at(*place);
                }
            },
        );
    }
}

fn is_ssn(run: &Run, from: usize, to: usize) -> bool {
    let groups = run.groups.iter().copied().filter(|group| (from..to).contains(group));
    let value =
        |from: usize, to: usize| run.values(from, to).fold(0_u32, |sum, digit| sum * 10 + u32::from(digit));
    groups.eq([from, from + 3, from + 5])
        && !matches!(value(from, from + 3), 0 | 666 | 900..)
        && value(from + 3, from + 5) > 0
        && value(from + 5, to) > 0
}

pub(super) fn cn_resident_ids(reading: &mut Reading) {
    // Written without separators, with a check digit that may be an X.
    for run in reading.runs(|_| false) {
        let Some((last, _)) = run.digits.last() else { continue };
        let places: Vec<usize> = run.digits.iter().map(|(place, _)| *place).collect();
        let check = match (places.len(), reading.at(last + 1)) {
            (18, _) => run.values(17, 18).next(),
            (17, Some('x' | 'X')) => Some(10),
            _ => None,
        };
        if check.is_some_and(|check| is_resident_id(&run, check)) {
            let to = last + usize::from(places.len() == 17) + 1;
            reading.hide_words(places.first().copied().unwrap_or(to), to);
        }
    }
}

/// GB 11643-1999: a place, a birthday, a number within them, and a check digit (ISO 7064, MOD 11-2).
fn is_resident_id(run: &Run, check: u8) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let value =
        |from: usize, to: usize| run.values(from, to).fold(0_u32, |sum, digit| sum * 10 + u32::from(digit));
    let is_day = (1900..=2099).contains(&value(6, 10))
        && (1..=12).contains(&value(10, 12))
        && (1..=31).contains(&value(12, 14));
    let sum: u32 = run.values(0, 17).zip(WEIGHTS).map(|(digit, weight)| u32::from(digit) * weight).sum();
    is_day && (sum + u32::from(check)) % 11 == 1
}

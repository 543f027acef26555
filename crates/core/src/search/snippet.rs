//! What is shown of a text that was found.

use crate::search::{Phrase, tokens};

/// A piece of a text, and where in it what was looked for stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The piece; `…` stands at an end where the text goes on.
    pub text: String,
    /// From which character to before which, in the piece, in characters (Unicode scalar values); in order, apart from
    /// each other.
    pub ranges: Vec<(usize, usize)>,
}

/// How much is shown before the first place.
const BEFORE: usize = 30;

/// A piece of at most `most` characters of a text, around the first place where one of the phrases stands.
pub fn snippet(text: &str, phrases: &[Phrase], most: usize) -> Snippet {
    let tokens = tokens(text);
    let mut ranges: Vec<_> = phrases.iter().flat_map(|phrase| phrase.found_in(&tokens)).collect();
    ranges.sort_unstable();
    let ranges = apart(ranges);
    let length = text.chars().count();
    let first = ranges.first().map_or(0, |range| range.0);
    let start = if length <= most { 0 } else { first.saturating_sub(BEFORE).min(length - most) };
    let end = length.min(start + most);
    let mut piece = String::new();
    if start > 0 {
        piece.push('…');
    }
    let shift = usize::from(start > 0);
    piece.extend(text.chars().skip(start).take(end - start).map(|c| if c.is_control() { ' ' } else { c }));
    if end < length {
        piece.push('…');
    }
    let within = ranges.into_iter().filter(|range| range.0 < end && range.1 > start);
    let moved = within.map(|range| (range.0.max(start) - start + shift, range.1.min(end) - start + shift));
    Snippet { text: piece, ranges: moved.collect() }
}

/// Ranges that touch or overlap become one.
fn apart(ranges: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    let mut apart: Vec<(usize, usize)> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match apart.last_mut() {
            Some(last) if range.0 <= last.1 => last.1 = last.1.max(range.1),
            _ => apart.push(range),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, questions: &[&str], most: usize) -> (String, Vec<String>) {
        let phrases: Vec<_> = questions.iter().filter_map(|question| Phrase::new(question, false)).collect();
        let snippet = snippet(text, &phrases, most);
        let marked =
            |&(start, end): &(usize, usize)| snippet.text.chars().skip(start).take(end - start).collect();
        (snippet.text.clone(), snippet.ranges.iter().map(marked).collect())
    }

    #[test]
    fn what_was_looked_for_is_marked() {
        assert_eq!(
            found("Where is my parcel? 我的包裹在哪里", &["PARCEL", "包裹"], 100),
            ("Where is my parcel? 我的包裹在哪里".to_owned(), vec!["parcel".to_owned(), "包裹".to_owned()])
        );
        assert_eq!(found("退货退货", &["退货"], 100).1, ["退货退货"]);
        assert_eq!(found("nothing", &["else"], 100).1, [] as [&str; 0]);
    }

    #[test]
    fn a_long_text_is_shown_around_the_first_place() {
        let text = format!("{} needle {}", "hay ".repeat(100), "hay ".repeat(100));
        let (shown, marked) = found(&text, &["needle"], 80);
        assert_eq!((shown.chars().count(), marked), (82, vec!["needle".to_owned()]));
        assert!(shown.starts_with('…') && shown.ends_with('…'));
        let (shown, marked) = found(&format!("{}needle", "hay ".repeat(100)), &["needle"], 80);
        assert_eq!((shown.chars().count(), marked), (81, vec!["needle".to_owned()]));
    }
}

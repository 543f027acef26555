//! What a page says that its commands print, and whether they did.
//!
//! `…` stands for what is different each time: in a text for any characters of a line, alone on a line for any lines,
//! at the end of a list for any further elements, and as a whole JSON string for any value. JSON objects may have more
//! fields than are shown, and times in milliseconds match any other.

use serde_json::{Deserializer, Value};

const ANYTHING: &str = "…";
/// From here on a whole number is a time in milliseconds.
const FIRST_TIME: i64 = 1_000_000_000_000;

/// What commands print.
#[derive(Debug)]
pub(super) enum Expected {
    /// One JSON value after the other.
    Json(Vec<Value>),
    /// Lines.
    Text(String),
}

impl Expected {
    pub(super) fn json(text: &str) -> Result<Self, String> {
        Ok(Self::Json(values(text)?))
    }

    /// Says what is not as it should be.
    pub(super) fn check(&self, printed: &str) -> Result<(), String> {
        match self {
            Self::Json(expected) => {
                let printed = values(printed)?;
                if printed.len() != expected.len() {
                    return Err(format!("{} values are printed, not {}", printed.len(), expected.len()));
                }
                let mut pairs = expected.iter().zip(&printed).enumerate();
                pairs.try_for_each(|(index, (expected, printed))| {
                    matches(&format!("{index}"), expected, printed)
                })
            }
            Self::Text(expected) => {
                let lines = |text: &str| text.trim_end().lines().map(str::to_owned).collect::<Vec<_>>();
                if lines_match(&lines(expected), &lines(printed)) {
                    Ok(())
                } else {
                    Err("the lines are others".to_owned())
                }
            }
        }
    }
}

fn values(text: &str) -> Result<Vec<Value>, String> {
    let values = Deserializer::from_str(text).into_iter().collect::<Result<Vec<_>, _>>();
    values.map_err(|error| format!("not JSON: {error}"))
}

fn matches(path: &str, expected: &Value, printed: &Value) -> Result<(), String> {
    let differs = || Err(format!("{path} is {printed}, not {expected}"));
    match (expected, printed) {
        (Value::String(pattern), _) if pattern == ANYTHING => Ok(()),
        (Value::String(pattern), Value::String(text)) if line_matches(pattern, text) => Ok(()),
        (Value::Number(a), Value::Number(b)) if is_time(a) && is_time(b) => Ok(()),
        (Value::Object(expected), Value::Object(printed)) => expected.iter().try_for_each(|(name, value)| {
            let path = format!("{path}.{name}");
            printed
                .get(name)
                .map_or_else(|| Err(format!("{path} is missing")), |found| matches(&path, value, found))
        }),
        (Value::Array(expected), Value::Array(printed)) => {
            let shown = match expected.split_last() {
                Some((last, shown)) if last == ANYTHING => shown,
                _ if expected.len() == printed.len() => expected,
                _ => return differs(),
            };
            if shown.len() > printed.len() {
                return differs();
            }
            let mut pairs = shown.iter().zip(printed).enumerate();
            pairs.try_for_each(|(index, (value, found))| matches(&format!("{path}[{index}]"), value, found))
        }
        _ if expected == printed => Ok(()),
        _ => differs(),
    }
}

fn is_time(number: &serde_json::Number) -> bool {
    number.as_i64().is_some_and(|number| number >= FIRST_TIME)
}

fn lines_match(expected: &[String], printed: &[String]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first == ANYTHING => {
            (0..=printed.len()).any(|skipped| lines_match(rest, &printed[skipped..]))
        }
        Some((first, rest)) => printed
            .split_first()
            .is_some_and(|(line, others)| line_matches(first, line) && lines_match(rest, others)),
    }
}

fn line_matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once(ANYTHING) {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|left| {
            (0..=left.len()).any(|at| left.is_char_boundary(at) && line_matches(rest, &left[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::Expected;

    fn json(expected: &str, printed: &str) -> Result<(), String> {
        Expected::json(expected)?.check(printed)
    }

    #[test]
    fn json_may_have_more_fields_but_no_others() {
        assert_eq!(
            json(r#"{"a": "x…z", "t": 1700000000000}"#, r#"{"a":"xyz","t":1800000000000,"b":1}"#),
            Ok(())
        );
        assert_eq!(json(r#"{"a": 1}"#, r#"{"a":2}"#), Err("0.a is 2, not 1".to_owned()));
        assert_eq!(json(r#"{"a": null}"#, "{}"), Err("0.a is missing".to_owned()));
        assert_eq!(json("1", "1 2"), Err("2 values are printed, not 1".to_owned()));
    }

    #[test]
    fn a_list_is_whole_unless_it_says_otherwise() {
        assert_eq!(json(r#"[1, "…"]"#, "[1,2,3]"), Ok(()));
        assert!(json("[1]", "[1,2]").is_err());
        assert!(json(r#"[1, 2, "…"]"#, "[1]").is_err());
    }

    #[test]
    fn a_text_matches_line_by_line() {
        let text = |expected: &str, printed: &str| Expected::Text(expected.to_owned()).check(printed).is_ok();
        assert!(text("a…c\n…\nz\n", "abc\nx\ny\nz"));
        assert!(!text("a…c\nz\n", "abc\nx\nz"));
        assert!(!text("a\n", ""));
    }
}

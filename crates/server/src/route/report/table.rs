//! Rows of named values, as JSON and as comma-separated values.

use bytes::Bytes;
use frontdesk_core::report::Calendar;
use frontdesk_core::time::Timestamp;
use serde_json::{Map, Value};

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::route) enum Cell {
    /// Nothing is known.
    Null,
    /// A whole number.
    Count(i64),
    /// Any other number.
    Number(f64),
    /// A text.
    Text(String),
    /// Texts.
    Texts(Vec<String>),
    /// Yes or no.
    Flag(bool),
    /// A moment: milliseconds since 1970 for programs, local time with its offset for people.
    Moment(Timestamp),
}

impl Cell {
    /// A length of time, in seconds.
    pub(in crate::route) fn seconds(millis: u64) -> Self {
        Self::Number(std::time::Duration::from_millis(millis).as_secs_f64())
    }

    /// A text, if there is one.
    pub(in crate::route) fn text(text: Option<impl ToString>) -> Self {
        text.map_or(Self::Null, |text| Self::Text(text.to_string()))
    }

    /// A value made of something, if there is something.
    pub(in crate::route) fn of<T>(value: Option<T>, make: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Null, make)
    }

    fn json(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Count(count) => count.into(),
            Self::Number(number) => number.into(),
            Self::Text(text) => text.into(),
            Self::Texts(texts) => texts.into(),
            Self::Flag(flag) => flag.into(),
            Self::Moment(at) => at.as_millis().into(),
        }
    }
}

/// A row: names and values, in order.
pub(super) type Row = Vec<(&'static str, Cell)>;

/// The row as an object.
pub(super) fn object(row: Row) -> Map<String, Value> {
    row.into_iter().map(|(name, cell)| (name.to_owned(), cell.json())).collect()
}

/// A line of comma-separated values (RFC 4180).
#[derive(Debug, Default)]
pub(in crate::route) struct CsvLine(String);

impl CsvLine {
    /// The line of a row.
    pub(in crate::route) fn of_row(row: &Row, calendar: &Calendar) -> Self {
        row.iter().fold(Self::default(), |line, (_, cell)| line.cell(cell, calendar))
    }

    /// The line of the names of a row.
    pub(in crate::route) fn of_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        names.into_iter().fold(Self::default(), Self::raw)
    }

    /// The same with one more value.
    #[must_use]
    pub(in crate::route) fn cell(self, cell: &Cell, calendar: &Calendar) -> Self {
        match cell {
            Cell::Null => self.raw(""),
            Cell::Count(count) => self.raw(&count.to_string()),
            Cell::Number(number) => self.raw(&number.to_string()),
            Cell::Flag(flag) => self.raw(&flag.to_string()),
            Cell::Moment(at) => self.raw(&calendar.local(*at).unwrap_or_default()),
            Cell::Text(text) => self.raw(&harmless(text)),
            Cell::Texts(texts) => self.raw(&harmless(&texts.join(" | "))),
        }
    }

    fn raw(mut self, text: &str) -> Self {
        if !self.0.is_empty() {
            self.0.push(',');
        }
        // An empty value is quoted too: the first of a line would otherwise not be seen.
        if text.is_empty() || text.contains(['"', ',', '\r', '\n']) {
            self.0.push('"');
            self.0.push_str(&text.replace('"', "\"\""));
            self.0.push('"');
        } else {
            self.0.push_str(text);
        }
        self
    }

    /// With its end.
    pub(in crate::route) fn finish(mut self) -> Bytes {
        self.0.push_str("\r\n");
        Bytes::from(self.0)
    }
}

/// A text that no spreadsheet takes for a formula: customers choose their names.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_and_no_formula_gets_through() {
        let calendar = Calendar::of("Asia/Kolkata").unwrap();
        let row = vec![
            ("a", Cell::Null),
            ("b", Cell::Text("say \"hi\", all".to_owned())),
            ("c", Cell::Text("=HYPERLINK(1)".to_owned())),
            ("d", Cell::Number(-1.5)),
            ("e", Cell::Texts(vec!["+1".to_owned(), "x\ny".to_owned()])),
            ("f", Cell::Moment(Timestamp::ZERO)),
        ];
        let line = CsvLine::of_row(&row, &calendar).finish();
        let expected =
            "\"\",\"say \"\"hi\"\", all\",'=HYPERLINK(1),-1.5,\"'+1 | x\ny\",1970-01-01T05:30:00+05:30\r\n";
        assert_eq!(line, expected);
    }
}

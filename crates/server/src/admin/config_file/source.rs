//! A file as it was read, with the line of everything in it.

use std::ops::Range;

use frontdesk_api::native::config::ConfigProblem;
use serde_json::{Map, Number, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A file that is TOML.
pub(super) struct Source<'a> {
    text: &'a str,
    table: Spanned<DeTable<'a>>,
}

impl<'a> Source<'a> {
    /// Reads a file; everything in it that is not TOML.
    pub(super) fn read(text: &'a str) -> Result<Self, Vec<ConfigProblem>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            return Ok(Self { text, table });
        }
        let problem = |error: toml::de::Error| ConfigProblem {
            line: error.span().map(|span| line_at(text, &span)),
            why: error.message().to_owned(),
            ..ConfigProblem::default()
        };
        Err(errors.into_iter().map(problem).collect())
    }

    /// What is in it.
    pub(super) fn values(&self) -> Map<String, Value> {
        table_of(self.table.get_ref())
    }

    /// The line of what stands at a path, or of the nearest around it.
    pub(super) fn line(&self, path: &[&str]) -> usize {
        let mut nearest = 0..0;
        let mut here: Option<&DeValue<'a>> = None;
        for (depth, name) in path.iter().enumerate() {
            let found = match here {
                None if depth == 0 => entry(self.table.get_ref(), name),
                Some(DeValue::Table(table)) => entry(table, name),
                Some(DeValue::Array(list)) => {
                    let value = name.parse::<usize>().ok().and_then(|place| list.get(place));
                    value.map(|value| (value.span(), value.get_ref()))
                }
                _ => None,
            };
            let Some((span, value)) = found else { break };
            (nearest, here) = (span, Some(value));
        }
        line_at(self.text, &nearest)
    }
}

fn entry<'a, 'b>(table: &'b DeTable<'a>, name: &str) -> Option<(Range<usize>, &'b DeValue<'a>)> {
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == name)?;
    Some((key.span(), value.get_ref()))
}

fn line_at(text: &str, span: &Range<usize>) -> usize {
    text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1
}

fn table_of(table: &DeTable<'_>) -> Map<String, Value> {
    table.iter().map(|(key, value)| (key.get_ref().to_string(), value_of(value.get_ref()))).collect()
}

fn value_of(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => {
            let digits = number.as_str();
            i64::from_str_radix(digits, number.radix()).map_or_else(|_| Value::from(digits), Value::from)
        }
        DeValue::Float(number) => {
            let float = number.as_str().parse().ok().and_then(Number::from_f64);
            float.map_or_else(|| Value::from(number.as_str()), Value::Number)
        }
        DeValue::Boolean(flag) => Value::Bool(*flag),
        // Dates and times are texts where they are stored.
        DeValue::Datetime(moment) => Value::String(moment.to_string()),
        DeValue::Array(list) => list.iter().map(|value| value_of(value.get_ref())).collect(),
        DeValue::Table(table) => Value::Object(table_of(table)),
    }
}

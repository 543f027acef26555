//! What is wrong with a field, and the checks that find out.
//!
//! Requests are read with every field optional; these checks then say which one is missing or does not fit, by its
//! name on the wire.

use std::borrow::Cow;
use std::fmt;

use crate::Secret;
use crate::lenient::Integer;
use crate::named::Named;

/// Longest id of any kind (user, channel, device, message's receiver…), in characters.
///
/// The pages say 24 or 32, their own samples have 41; so the same 64 hold everywhere.
pub const MAX_ID_CHARACTERS: usize = 64;

/// Longest display name, in characters. The pages name no limit.
pub const MAX_NAME_CHARACTERS: usize = 256;

/// A field of a request that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's exact name on the wire.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: FieldProblem,
}

impl FieldError {
    /// The field has a value that does not fit; `why` continues the sentence "`field` …".
    pub fn invalid(field: &'static str, why: impl Into<Cow<'static, str>>) -> Self {
        Self { field, problem: FieldProblem::Invalid(why.into()) }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}` {}", self.field, self.problem)
    }
}

impl std::error::Error for FieldError {}

/// What can be wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldProblem {
    /// Absent or `null`, though it has to be there.
    Missing,
    /// There, but an empty string.
    Empty,
    /// Longer than allowed.
    TooLong {
        /// The greatest length that is accepted.
        max: usize,
        /// What the length counts.
        unit: LengthUnit,
    },
    /// Any other misfit, as the end of a sentence that begins with the field's name: "must be …".
    Invalid(Cow<'static, str>),
}

impl fmt::Display for FieldProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => out.write_str("is missing"),
            Self::Empty => out.write_str("is empty"),
            Self::TooLong { max, unit: LengthUnit::Bytes } => write!(out, "is longer than {max} bytes"),
            Self::TooLong { max, unit: LengthUnit::Characters } => {
                write!(out, "is longer than {max} characters")
            }
            Self::Invalid(why) => out.write_str(why),
        }
    }
}

/// What a length limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LengthUnit {
    /// Bytes of UTF-8.
    Bytes,
    /// Unicode scalar values.
    Characters,
}

/// The value, which must be there but may be an empty string.
pub fn present<'a>(field: &'static str, value: Option<&'a str>) -> Result<&'a str, FieldError> {
    value.ok_or(FieldError { field, problem: FieldProblem::Missing })
}

/// The value, which must be there and must not be empty.
pub fn required<'a>(field: &'static str, value: Option<&'a str>) -> Result<&'a str, FieldError> {
    match present(field, value)? {
        "" => Err(FieldError { field, problem: FieldProblem::Empty }),
        text => Ok(text),
    }
}

/// The secret, which must be there and must not be empty.
pub fn required_secret<'a>(field: &'static str, value: Option<&'a Secret>) -> Result<&'a Secret, FieldError> {
    let secret = value.ok_or(FieldError { field, problem: FieldProblem::Missing })?;
    required(field, Some(secret.expose())).map(|_| secret)
}

/// The value if there is one; an empty string counts as none.
pub fn optional(value: Option<&str>) -> Option<&str> {
    value.filter(|text| !text.is_empty())
}

/// The text again, if it has at most `max` characters.
pub fn at_most_characters<'a>(field: &'static str, text: &'a str, max: usize) -> Result<&'a str, FieldError> {
    // A text never has more characters than bytes, so most need no counting.
    if text.len() <= max || text.chars().nth(max).is_none() {
        Ok(text)
    } else {
        Err(FieldError { field, problem: FieldProblem::TooLong { max, unit: LengthUnit::Characters } })
    }
}

/// The text again, if it has at most `max` bytes.
pub fn at_most_bytes<'a>(field: &'static str, text: &'a str, max: usize) -> Result<&'a str, FieldError> {
    if text.len() <= max {
        Ok(text)
    } else {
        Err(FieldError { field, problem: FieldProblem::TooLong { max, unit: LengthUnit::Bytes } })
    }
}

/// A mandatory id of 1 to [`MAX_ID_CHARACTERS`] characters.
pub fn identifier<'a>(field: &'static str, value: Option<&'a str>) -> Result<&'a str, FieldError> {
    at_most_characters(field, required(field, value)?, MAX_ID_CHARACTERS)
}

/// An optional text of at most `max` characters; an empty string counts as none.
pub fn optional_at_most<'a>(
    field: &'static str,
    value: Option<&'a str>,
    max: usize,
) -> Result<Option<&'a str>, FieldError> {
    optional(value).map(|text| at_most_characters(field, text, max)).transpose()
}

/// An optional id of at most [`MAX_ID_CHARACTERS`] characters; an empty string counts as none.
pub fn optional_identifier<'a>(
    field: &'static str,
    value: Option<&'a str>,
) -> Result<Option<&'a str>, FieldError> {
    optional_at_most(field, value, MAX_ID_CHARACTERS)
}

/// A mandatory value out of a closed list.
pub fn one_of<T: Named>(field: &'static str, value: Option<&str>) -> Result<T, FieldError> {
    let name = required(field, value)?;
    T::from_name(name).ok_or_else(|| FieldError::invalid(field, format!("must be one of {}", T::names())))
}

/// A mandatory whole number that is not negative, written in digits.
///
/// A number beyond 64 bits becomes the greatest one: limits are applied by whoever knows them.
pub fn natural(field: &'static str, value: Option<&str>) -> Result<u64, FieldError> {
    let text = required(field, value)?;
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FieldError::invalid(field, "must be a whole number that is not negative"));
    }
    Ok(text.parse().unwrap_or(u64::MAX))
}

/// An optional whole number that is not negative; an empty string counts as none.
pub fn optional_natural(field: &'static str, value: Option<&str>) -> Result<Option<u64>, FieldError> {
    optional(value).map(|text| natural(field, Some(text))).transpose()
}

/// The number, which must be there.
pub fn present_integer(field: &'static str, value: Option<Integer>) -> Result<i64, FieldError> {
    value.map(|integer| integer.0).ok_or(FieldError { field, problem: FieldProblem::Missing })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(result: Result<&str, FieldError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn problems_read_as_sentences_that_name_the_field() {
        assert_eq!(words(required("from", None)), "`from` is missing");
        assert_eq!(words(required("from", Some(""))), "`from` is empty");
        assert_eq!(words(identifier("from", Some(&"x".repeat(65)))), "`from` is longer than 64 characters");
        assert_eq!(words(at_most_bytes("content", "三", 2)), "`content` is longer than 2 bytes");
        assert_eq!(
            natural("limit", Some("-1")).unwrap_err().to_string(),
            "`limit` must be a whole number that is not negative"
        );
    }

    #[test]
    fn ids_are_counted_in_characters() {
        assert!(identifier("from", Some(&"三".repeat(64))).is_ok());
        assert!(identifier("from", Some(&"三".repeat(65))).is_err());
    }

    #[test]
    fn numbers_beyond_64_bits_are_large_rather_than_wrong() {
        assert_eq!(natural("wait", Some("99999999999999999999")), Ok(u64::MAX));
        assert_eq!(optional_natural("startTime", Some("")), Ok(None));
    }
}

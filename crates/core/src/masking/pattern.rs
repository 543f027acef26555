//! Patterns of a tenant's own.

use regex::{Regex, RegexBuilder};

use super::config::MaskingPattern;
use super::reading::Reading;

/// Most bytes that a pattern may become. Matching takes time in proportion to it.
const MOST_BYTES: usize = 256 * 1024;

/// Why a pattern cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It has more characters than a pattern may.
    #[error("has more than {} characters", MaskingPattern::MOST_CHARACTERS)]
    TooLong,
    /// It is no pattern.
    #[error("is no regular expression: {0}")]
    Invalid(String),
    /// It would become too large.
    #[error("is too large; repeat less of it")]
    TooLarge,
    /// It finds something in nothing, so it would find it everywhere.
    #[error("matches the empty text")]
    MatchesNothing,
}

/// A pattern that is ready to be looked for.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Regex);

impl Pattern {
    pub(super) fn new(pattern: &str) -> Result<Self, PatternError> {
        if pattern.chars().count() > MaskingPattern::MOST_CHARACTERS {
            return Err(PatternError::TooLong);
        }
        let built = RegexBuilder::new(pattern).size_limit(MOST_BYTES).dfa_size_limit(MOST_BYTES).build();
        let regex = built.map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => PatternError::TooLarge,
            // The last line says what is wrong; those before it draw where.
            other => PatternError::Invalid(
                other.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
            ),
        })?;
        if regex.is_match("") {
            return Err(PatternError::MatchesNothing);
        }
        Ok(Self(regex))
    }

    pub(super) fn hide(&self, text: &str, reading: &mut Reading) {
        let has_groups = self.0.captures_len() > 1;
        let mut counted = Counted { text, bytes: 0, characters: 0 };
        for found in self.0.captures_iter(text) {
            // The whole is the first of them.
            for part in found.iter().skip(usize::from(has_groups)).flatten() {
                let (from, to) = (counted.place(part.start()), counted.place(part.end()));
                reading.hide_all(from, to);
            }
        }
    }
}

/// Counts characters up to a byte, on from where it was asked last.
struct Counted<'a> {
    text: &'a str,
    bytes: usize,
    characters: usize,
}

impl Counted<'_> {
    fn place(&mut self, byte: usize) -> usize {
        if byte < self.bytes {
            (self.bytes, self.characters) = (0, 0);
        }
        self.characters += self.text.get(self.bytes..byte).map_or(0, |between| between.chars().count());
        self.bytes = byte;
        self.characters
    }
}

//! What somebody typed to find something.

use crate::search::{Phrase, Speaker};
use crate::time::Timestamp;

/// Longest question, in characters.
const MAX_CHARACTERS: usize = 300;
/// Most words and phrases of a question.
const MAX_PHRASES: usize = 16;
/// Fewest characters before a `*`: what begins with fewer is too much.
const MIN_BEGINNING: usize = 2;

/// Who must have said it.
pub use super::Speaker as From;

/// What is asked for: all of it must be so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What must stand in the text; at least one.
    pub phrases: Vec<Phrase>,
    /// Who said it (`from:`).
    pub from: Option<From>,
    /// On which channel (`channel:`).
    pub channel: Option<String>,
    /// In a conversation that waited in this queue (`queue:`).
    pub queue: Option<String>,
    /// In a conversation that this agent had to do with (`agent:`).
    pub agent: Option<String>,
    /// In this conversation, by its public id (`in:`).
    pub conversation: Option<String>,
    /// Only before this moment (`before:`).
    pub before: Option<Timestamp>,
    /// Only from this moment on (`after:`).
    pub after: Option<Timestamp>,
}

/// Why a question is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// There is nothing to look for.
    #[error("has no word to look for")]
    Nothing,
    /// It is too long.
    #[error("must have at most {MAX_CHARACTERS} characters and {MAX_PHRASES} words")]
    TooLong,
    /// A phrase has no end.
    #[error("has a quotation mark without another")]
    Unclosed,
    /// `from:` names nobody.
    #[error("has a `from:` that is none of agent, customer, robot")]
    From,
    /// A date is none.
    #[error("has a `{0}:` that is no date: write 2026-11-30, or a moment such as 2026-11-30T18:00:00Z")]
    Date(&'static str),
    /// A filter has no value.
    #[error("has a `{0}:` with nothing behind it")]
    Empty(&'static str),
    /// A filter is there twice.
    #[error("has more than one `{0}:`")]
    Twice(&'static str),
    /// What begins with so little is too much.
    #[error("has a `*` behind fewer than {MIN_BEGINNING} letters")]
    ShortBeginning,
}

const FILTERS: [&str; 7] = ["from", "channel", "queue", "agent", "in", "before", "after"];

/// One piece of a question.
struct Piece {
    filter: Option<&'static str>,
    text: String,
    is_quoted: bool,
}

impl Query {
    /// Reads a question: words, which must all be there; `"phrases"`; beginnings of words, `deliv*`; and the filters
    /// `from:`, `channel:`, `queue:`, `agent:`, `in:`, `before:` and `after:`. Dates are those of UTC.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        if text.chars().count() > MAX_CHARACTERS {
            return Err(QueryError::TooLong);
        }
        let mut query = Self::default();
        for piece in pieces(text)? {
            match piece.filter {
                Some(filter) => query.restrict(filter, &piece.text)?,
                None => query.phrases.extend(phrase(&piece)?),
            }
        }
        if query.phrases.is_empty() {
            return Err(QueryError::Nothing);
        }
        if query.phrases.len() > MAX_PHRASES {
            return Err(QueryError::TooLong);
        }
        Ok(query)
    }

    fn restrict(&mut self, filter: &'static str, value: &str) -> Result<(), QueryError> {
        if value.is_empty() {
            return Err(QueryError::Empty(filter));
        }
        let text = || value.to_owned();
        match filter {
            "from" => {
                let known = [Speaker::Agent, Speaker::Customer, Speaker::Robot];
                let speaker = known.into_iter().find(|speaker| speaker.as_str() == value);
                once(&mut self.from, filter, speaker.ok_or(QueryError::From)?)
            }
            "channel" => once(&mut self.channel, filter, text()),
            "queue" => once(&mut self.queue, filter, text()),
            "agent" => once(&mut self.agent, filter, text()),
            "in" => once(&mut self.conversation, filter, text()),
            "before" => once(&mut self.before, filter, moment(filter, value)?),
            _ => once(&mut self.after, filter, moment(filter, value)?),
        }
    }
}

fn once<T>(slot: &mut Option<T>, filter: &'static str, value: T) -> Result<(), QueryError> {
    if slot.is_some() {
        return Err(QueryError::Twice(filter));
    }
    *slot = Some(value);
    Ok(())
}

fn moment(filter: &'static str, value: &str) -> Result<Timestamp, QueryError> {
    let day = || Timestamp::from_rfc3339(&format!("{value}T00:00:00Z"));
    Timestamp::from_rfc3339(value).or_else(day).ok_or(QueryError::Date(filter))
}

fn phrase(piece: &Piece) -> Result<Option<Phrase>, QueryError> {
    let beginning = if piece.is_quoted { None } else { piece.text.strip_suffix('*') };
    let Some(beginning) = beginning else { return Ok(Phrase::new(&piece.text, false)) };
    if beginning.chars().filter(|character| character.is_alphanumeric()).count() < MIN_BEGINNING {
        return Err(QueryError::ShortBeginning);
    }
    Ok(Phrase::new(beginning, true))
}

const fn is_quote(character: char) -> bool {
    matches!(character, '"' | '\u{201c}' | '\u{201d}' | '\u{ff02}')
}

fn pieces(text: &str) -> Result<Vec<Piece>, QueryError> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (filter, after) = filter_of(rest);
        rest = after;
        if rest.starts_with(is_quote) {
            let inner = rest.trim_start_matches(is_quote);
            // Several marks in a row quote nothing.
            let opened = rest.chars().take_while(|character| is_quote(*character)).count();
            if opened == 1 {
                let end = inner.find(is_quote).ok_or(QueryError::Unclosed)?;
                pieces.push(Piece { filter, text: inner[..end].to_owned(), is_quoted: true });
                rest = inner[end..].trim_start_matches(is_quote);
            } else {
                rest = inner;
            }
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || is_quote(c)).unwrap_or(rest.len());
            pieces.push(Piece { filter, text: rest[..end].to_owned(), is_quoted: false });
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Ok(pieces)
}

/// The filter that a text begins with, and what stands behind its colon.
fn filter_of(text: &str) -> (Option<&'static str>, &str) {
    let found = FILTERS.iter().find_map(|filter| {
        let head = text.get(..filter.len())?;
        let rest = text.get(filter.len()..)?;
        let rest = rest.strip_prefix(':').or_else(|| rest.strip_prefix('：'))?;
        head.eq_ignore_ascii_case(filter).then_some((Some(*filter), rest))
    });
    found.unwrap_or((None, text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn terms(text: &str) -> Vec<Vec<String>> {
        Query::parse(text).unwrap().phrases.into_iter().map(|phrase| phrase.terms).collect()
    }

    #[test]
    fn words_phrases_and_beginnings() {
        assert_eq!(terms("late  parcel"), [["late"], ["parcel"]]);
        assert_eq!(terms(r#""late parcel" 退货单"#), [["late", "parcel"], ["退货", "货单"]]);
        assert_eq!(terms("“late parcel”"), [["late", "parcel"]]);
        let query = Query::parse("deliv*").unwrap();
        assert!(query.phrases[0].is_prefix);
        assert_eq!(terms("https://shop.example"), [["https", "shop", "example"]]);
        assert_eq!(terms(r#"parcel"late""#), [["parcel"], ["late"]]);
    }

    #[test]
    fn filters_restrict() {
        let query = Query::parse(
            "parcel from:agent channel:web queue:vip agent:\"Alex B\" in:abc before:2026-11-30 after:2026-11-01T06:00:00+06:00",
        );
        let query = query.unwrap();
        assert_eq!((query.from, query.agent.as_deref()), (Some(Speaker::Agent), Some("Alex B")));
        assert_eq!((query.channel.as_deref(), query.queue.as_deref()), (Some("web"), Some("vip")));
        assert_eq!(query.conversation.as_deref(), Some("abc"));
        assert_eq!(query.before, Timestamp::from_rfc3339("2026-11-30T00:00:00Z"));
        assert_eq!(query.after, Timestamp::from_rfc3339("2026-11-01T00:00:00Z"));
        assert_eq!(query.phrases.len(), 1);
        assert_eq!(terms("size:large"), [["size", "large"]], "other words have colons too");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let error = |text: &str| Query::parse(text).unwrap_err();
        assert_eq!(error(" ?! "), QueryError::Nothing);
        assert_eq!(error("from:agent"), QueryError::Nothing);
        assert_eq!(error("x \"late parcel"), QueryError::Unclosed);
        assert_eq!(error("x from:bob"), QueryError::From);
        assert_eq!(error("x before:yesterday"), QueryError::Date("before"));
        assert_eq!(error("x after: y"), QueryError::Empty("after"));
        assert_eq!(error("x channel:a channel:b"), QueryError::Twice("channel"));
        assert_eq!(error("d*"), QueryError::ShortBeginning);
        assert_eq!(error(&"a ".repeat(17)), QueryError::TooLong);
        assert_eq!(error(&"x".repeat(301)), QueryError::TooLong);
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_is_too_much(text in any::<String>()) {
            drop(Query::parse(&text));
        }

        #[test]
        fn nor_anything_that_looks_like_a_question(text in "([a-z\"“：:*一二 ]|from:|before:|2026-11-30){0,40}") {
            drop(Query::parse(&text));
        }
    }
}

//! Reading knowledge from files: tables, JSON and pages.
//!
//! [`read`] makes [`Piece`]s of a file, each with where it stands; [`plan`] says what they would change in a base.
//! Nothing is changed here.

mod guard;
mod json;
mod markdown;
mod page;
mod plan;
mod table;
mod tree;

#[cfg(test)]
mod tests;

use std::fmt;

use super::group::PlainGroup;
use crate::id::GroupId;
use crate::time::Timestamp;

pub(super) use guard::guard_cell;
pub use plan::{Outcome, Plan, Reported, plan};
pub(super) use plan::{empty, fresh_id};

/// Largest file, in bytes.
pub const MAX_BYTES: usize = 8 << 20;
/// Most rows, groups or sections of a file.
pub const MAX_PIECES: usize = 20_000;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// A table with a header and columns `question` and `answer` (RFC 4180, and its relatives).
    Csv,
    /// What [`export_json`](super::export_json) writes.
    Json,
    /// A page.
    Html,
    /// A page in Markdown (`CommonMark`).
    Markdown,
}

impl Format {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Html => "html",
            Self::Markdown => "markdown",
        }
    }

    /// The format with this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Csv, Self::Json, Self::Html, Self::Markdown].into_iter().find(|it| it.as_str() == name)
    }

    /// The format of a file by the ending of its name.
    pub fn of_file(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        Some(match ending.to_ascii_lowercase().as_str() {
            "csv" | "tsv" => Self::Csv,
            "json" => Self::Json,
            "html" | "htm" => Self::Html,
            "md" | "markdown" => Self::Markdown,
            _ => return None,
        })
    }
}

/// How a file is to be read.
#[derive(Clone, Debug)]
pub struct Options {
    /// What it is.
    pub format: Format,
    /// The language of texts that do not say theirs.
    pub language: String,
    /// What separates the columns of a table; found out unless given.
    pub delimiter: Option<u8>,
}

/// Why a file cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is larger than [`MAX_BYTES`].
    #[error("the file is larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// It has more rows, groups or sections than [`MAX_PIECES`].
    #[error("the file has more than {MAX_PIECES} entries")]
    TooMany,
    /// It is no UTF-8.
    #[error("the file is not UTF-8: {hint}, line {line}. Save it as UTF-8 and import it again")]
    NotUtf8 {
        /// What it may be instead.
        hint: &'static str,
        /// Where that shows.
        line: usize,
    },
    /// A table without the columns that are needed.
    #[error("the first line must name the columns, `question` and `answer` among them")]
    NoHeader,
    /// It is not what it is said to be.
    #[error("{0}")]
    Malformed(String),
}

/// One thing that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// The line that it begins in, where that is known.
    pub line: Option<usize>,
    /// What it is; or why it cannot be meant.
    pub content: Result<Content, String>,
}

/// What a piece says.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A whole group.
    Whole(Box<PlainGroup>),
    /// Questions and an answer in one language.
    Part(Box<Part>),
}

/// Questions and an answer in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The group, if it is named.
    pub id: Option<GroupId>,
    /// The language.
    pub language: String,
    /// Ways to ask.
    pub questions: Vec<String>,
    /// The answer; empty where an earlier row of the group has it.
    pub answer: String,
    /// What else the row says of the group.
    pub extras: Extras,
}

/// What a row says of its group besides texts; what it does not say stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// Whether robots answer it.
    pub enabled: Option<bool>,
    /// What editors sort it under.
    pub category: Option<String>,
    /// What else editors find it by.
    pub tags: Option<Vec<String>>,
    /// From when it holds.
    pub from: Option<Timestamp>,
    /// From when it holds no longer.
    pub until: Option<Timestamp>,
}

impl Piece {
    fn refused(line: Option<usize>, why: impl fmt::Display) -> Self {
        Self { line, content: Err(why.to_string()) }
    }

    fn part(line: Option<usize>, part: Part) -> Self {
        Self { line, content: Ok(Content::Part(Box::new(part))) }
    }
}

/// The text of a file, without a byte order mark.
pub fn text_of(bytes: &[u8]) -> Result<&str, ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadError::TooLarge);
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(ReadError::NotUtf8 { hint: "it looks like UTF-16", line: 1 });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        ReadError::NotUtf8 { hint: "perhaps it is in GBK, Windows-1252 or another encoding", line }
    })
}

/// What a file says.
pub fn read(text: &str, options: &Options) -> Result<Vec<Piece>, ReadError> {
    if text.len() > MAX_BYTES {
        return Err(ReadError::TooLarge);
    }
    let pieces = match options.format {
        Format::Csv => table::read(text, options)?,
        Format::Json => json::read(text)?,
        Format::Html => page::read(text, &options.language)?,
        Format::Markdown => markdown::read(text, &options.language)?,
    };
    if pieces.len() > MAX_PIECES { Err(ReadError::TooMany) } else { Ok(pieces) }
}

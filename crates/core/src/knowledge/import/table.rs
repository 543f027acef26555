//! Tables.

use csv::{ReaderBuilder, StringRecord};

use super::guard::bare_cell;
use super::{Extras, MAX_PIECES, Options, Part, Piece, ReadError};
use crate::id::GroupId;
use crate::time::Timestamp;

const DELIMITERS: [u8; 4] = *b";,\t|";

/// Where the columns stand that are understood.
#[derive(Default)]
struct Columns {
    id: Option<usize>,
    language: Option<usize>,
    question: Option<usize>,
    answer: Option<usize>,
    enabled: Option<usize>,
    category: Option<usize>,
    tags: Option<usize>,
    from: Option<usize>,
    until: Option<usize>,
}

impl Columns {
    fn of(header: &StringRecord) -> Option<Self> {
        let mut columns = Self::default();
        for (place, name) in header.iter().enumerate() {
            let column = match name.trim().to_lowercase().as_str() {
                "id" | "group" => &mut columns.id,
                "language" | "locale" => &mut columns.language,
                "question" => &mut columns.question,
                "answer" => &mut columns.answer,
                "enabled" => &mut columns.enabled,
                "category" => &mut columns.category,
                "tags" => &mut columns.tags,
                "from" => &mut columns.from,
                "until" => &mut columns.until,
                _ => continue,
            };
            column.get_or_insert(place);
        }
        (columns.question.is_some() && columns.answer.is_some()).then_some(columns)
    }

    fn part(&self, row: &StringRecord, language: &str) -> Result<Part, String> {
        let cell = |column: Option<usize>| {
            column
                .and_then(|place| row.get(place))
                .map(|cell| bare_cell(cell).trim())
                .filter(|it| !it.is_empty())
        };
        let id = cell(self.id).map(GroupId::new).transpose().map_err(|error| format!("id {error}"))?;
        let question = cell(self.question).ok_or("question must not be empty")?;
        let moment = |name: &str, column| {
            let read = |text: &str| {
                Timestamp::from_rfc3339(text)
                    .ok_or_else(|| format!("{name} is no time such as 2026-12-24T00:00:00Z"))
            };
            cell(column).map(read).transpose()
        };
        let enabled = match cell(self.enabled).map(str::to_lowercase).as_deref() {
            None => None,
            Some("true" | "yes" | "1") => Some(true),
            Some("false" | "no" | "0") => Some(false),
            Some(_) => return Err("enabled must be true or false".to_owned()),
        };
        let tags = cell(self.tags).map(|tags| tags.split('|').map(|tag| tag.trim().to_owned()).collect());
        Ok(Part {
            id,
            language: cell(self.language).unwrap_or(language).to_owned(),
            questions: vec![question.to_owned()],
            answer: cell(self.answer).unwrap_or_default().to_owned(),
            extras: Extras {
                enabled,
                category: cell(self.category).map(str::to_owned),
                tags,
                from: moment("from", self.from)?,
                until: moment("until", self.until)?,
            },
        })
    }
}

pub(super) fn read(text: &str, options: &Options) -> Result<Vec<Piece>, ReadError> {
    let delimiters = options.delimiter.map_or(DELIMITERS.to_vec(), |given| vec![given]);
    let found = delimiters.into_iter().find_map(|delimiter| {
        let mut reader = reader(text, delimiter);
        Columns::of(reader.headers().ok()?).map(|columns| (reader, columns))
    });
    let (mut reader, columns) = found.ok_or(ReadError::NoHeader)?;
    let mut pieces = Vec::new();
    let mut lines = Lines { text: text.as_bytes(), place: 0, line: 1 };
    for record in reader.records() {
        if pieces.len() > MAX_PIECES {
            return Err(ReadError::TooMany);
        }
        pieces.push(match record {
            Ok(row) if row.iter().all(|cell| cell.trim().is_empty()) => continue,
            Ok(row) => {
                let line = row.position().and_then(|position| lines.line_of(position.byte()));
                match columns.part(&row, &options.language) {
                    Ok(part) => Piece::part(line, part),
                    Err(why) => Piece::refused(line, why),
                }
            }
            Err(error) => {
                let line = error.position().and_then(|position| lines.line_of(position.byte()));
                Piece::refused(line, error)
            }
        });
    }
    Ok(pieces)
}

/// Counts the lines of a text up to places that are asked for in their order.
struct Lines<'a> {
    text: &'a [u8],
    place: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of what begins at a place or, after empty lines, behind it.
    fn line_of(&mut self, place: u64) -> Option<usize> {
        let place = usize::try_from(place).ok()?;
        while let Some(byte) = self.text.get(self.place) {
            if self.place >= place && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            self.line += usize::from(*byte == b'\n');
            self.place += 1;
        }
        Some(self.line)
    }
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes())
}

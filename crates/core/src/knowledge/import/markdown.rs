//! Pages in Markdown: they are read as the HTML that they stand for.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, html};

use super::page::{self, LINE};
use super::{Piece, ReadError};

pub(super) fn read(text: &str, language: &str) -> Result<Vec<Piece>, ReadError> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let (mut line, mut behind) = (1, 0);
    let events = Parser::new_ext(text, options).into_offset_iter().map(|(event, range)| match event {
        // The page that comes of it has other lines.
        Event::Start(Tag::Heading { level, id, classes, mut attrs }) => {
            let between = text.get(behind..range.start).unwrap_or_default();
            line += between.matches('\n').count();
            behind = behind.max(range.start);
            attrs.push((CowStr::from(LINE), Some(CowStr::from(line.to_string()))));
            Event::Start(Tag::Heading { level, id, classes, attrs })
        }
        other => other,
    });
    let mut page = String::with_capacity(text.len() * 2);
    html::push_html(&mut page, events);
    page::read_rendered(&page, language)
}

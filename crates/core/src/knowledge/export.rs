use crate::time::Timestamp;
use serde::Serialize;

use super::group::PlainGroup;
use super::import::guard_cell;

/// What stands at the head of an exported JSON document; an import refuses another.
pub(super) const JSON_FORMAT: &str = "frontdesk-knowledge-1";

/// The columns of an exported table.
pub(super) const COLUMNS: [&str; 9] =
    ["id", "language", "question", "answer", "enabled", "category", "tags", "from", "until"];

#[derive(Serialize)]
struct Document<'a> {
    format: &'a str,
    groups: &'a [PlainGroup],
}

/// The groups as JSON, which an import reads back as they are.
pub fn export_json(groups: &[PlainGroup]) -> String {
    let document = Document { format: JSON_FORMAT, groups };
    // Texts, numbers and lists always have a form in JSON.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

/// The groups as a table with one row for each question, which an import reads back as they are. Cells that a
/// spreadsheet would take for a formula have an apostrophe before them.
pub fn export_csv(groups: &[PlainGroup]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(COLUMNS);
    for group in groups {
        let moment = |at: Option<Timestamp>| at.and_then(Timestamp::to_rfc3339).unwrap_or_default();
        let (from, until, tags) = (moment(group.from), moment(group.until), group.tags.join("|"));
        let enabled = if group.enabled { "true" } else { "false" };
        for text in &group.texts {
            for question in &text.questions {
                let category = group.category.as_deref().unwrap_or_default();
                let cells = [
                    group.id.as_str(),
                    &text.language,
                    question,
                    &text.answer,
                    enabled,
                    category,
                    &tags,
                    &from,
                    &until,
                ];
                let _ = writer.write_record(cells.map(guard_cell));
            }
        }
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

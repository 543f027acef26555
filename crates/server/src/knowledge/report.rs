//! What became of a file that was read into a base, on the wire.

use frontdesk_api::native::knowledge::{ImportOutcome, ImportReport, ImportRow};
use frontdesk_core::knowledge::import::{Outcome, Reported};

use super::Imported;

/// The report of an import.
pub fn report(imported: Imported, dry_run: bool) -> ImportReport {
    ImportReport {
        dry_run,
        added: imported.added,
        changed: imported.changed,
        removed: imported.removed,
        refused: imported.refused,
        draft_version: imported.draft,
        rows: imported.report.into_iter().map(row).collect(),
    }
}

fn row(reported: Reported) -> ImportRow {
    ImportRow {
        item: reported.item,
        line: reported.line,
        group: reported.group.map(|group| group.to_string()),
        question: reported.question,
        outcome: match reported.outcome {
            Outcome::Added => ImportOutcome::Added,
            Outcome::Changed => ImportOutcome::Changed,
            Outcome::Same => ImportOutcome::Same,
            Outcome::Refused => ImportOutcome::Refused,
            Outcome::Removed => ImportOutcome::Removed,
        },
        note: reported.note,
    }
}

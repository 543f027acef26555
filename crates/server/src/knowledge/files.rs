//! Bases as files.

use std::sync::Arc;

use frontdesk_core::knowledge::import::{Format, Options, Outcome, Plan, Reported, plan, read, text_of};
use frontdesk_core::knowledge::{PlainGroup, export_csv, export_json};
use frontdesk_core::port::{Edit, Edition, Expected, GroupEdit, KnowledgeError, Store, StoreError};
use frontdesk_core::robot::Dictionary;

use super::{ATTEMPTS, BaseOf, Fault, cut, draft, groups};

/// How a file is to be imported.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// How it is to be read.
    pub options: Options,
    /// Whether groups that are not in it go.
    pub replace: bool,
    /// Nothing is changed.
    pub dry_run: bool,
}

/// What became of a file.
#[derive(Clone, Debug)]
pub struct Imported {
    /// What became of each entry.
    pub report: Vec<Reported>,
    /// Groups that are new.
    pub added: usize,
    /// Groups that changed.
    pub changed: usize,
    /// Groups that are gone.
    pub removed: usize,
    /// Entries that were not taken.
    pub refused: usize,
    /// The draft's count now.
    pub draft: u64,
}

/// Reads a file into the draft of a base, which must be there.
pub async fn import(
    store: &dyn Store,
    dictionary: &Arc<Dictionary>,
    of: &BaseOf,
    file: Vec<u8>,
    request: &ImportRequest,
) -> Result<Imported, Fault> {
    let file = Arc::new(file);
    for _ in 0..ATTEMPTS {
        let (count, existing) = draft(store, of).await?;
        let plan = read_and_plan(Arc::clone(&file), request.clone(), existing.clone()).await?;
        let draft = if request.dry_run {
            Ok(count)
        } else {
            let mut edits: Vec<GroupEdit> = Vec::with_capacity(plan.put.len() + plan.removed.len());
            for group in cut(Arc::clone(dictionary), plan.put.clone()).await? {
                edits.push(GroupEdit { id: group.id.clone(), expected: Expected::Any, group: Some(group) });
            }
            let gone = plan.removed.iter().cloned();
            edits.extend(gone.map(|id| GroupEdit { id, expected: Expected::Any, group: None }));
            store.edit(&of.tenant, &of.base, Edit { groups: edits, draft: Some(count), settles: None }).await
        };
        match draft {
            Ok(draft) => return Ok(imported(plan, &existing, draft)),
            Err(KnowledgeError::DraftChanged) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(KnowledgeError::DraftChanged.into())
}

/// Large files take too long for an async worker.
async fn read_and_plan(
    file: Arc<Vec<u8>>,
    request: ImportRequest,
    existing: Vec<PlainGroup>,
) -> Result<Plan, Fault> {
    let work = move || {
        let pieces = read(text_of(&file)?, &request.options)?;
        Ok(plan(&existing, pieces, request.replace))
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| StoreError::Failed(error.to_string()))?
}

fn imported(plan: Plan, existing: &[PlainGroup], draft: u64) -> Imported {
    let changed = plan.put.iter().filter(|group| existing.iter().any(|known| known.id == group.id)).count();
    let refused = plan.report.iter().filter(|reported| reported.outcome == Outcome::Refused).count();
    Imported {
        added: plan.put.len() - changed,
        changed,
        removed: plan.removed.len(),
        refused,
        report: plan.report,
        draft,
    }
}

/// A state of a base as a file: CSV, or else JSON.
pub async fn export(
    store: &dyn Store,
    of: &BaseOf,
    edition: Edition,
    format: Format,
) -> Result<String, Fault> {
    let groups: Vec<PlainGroup> =
        groups(store, of, edition).await?.iter().map(|draft| draft.group.plain()).collect();
    Ok(match format {
        Format::Csv => export_csv(&groups),
        Format::Json | Format::Html | Format::Markdown => export_json(&groups),
    })
}

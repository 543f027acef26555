//! What is done to knowledge bases, through the API and on the command line.

mod files;
mod report;

use std::sync::Arc;

use frontdesk_core::id::{BaseId, TenantId};
use frontdesk_core::knowledge::import::ReadError;
use frontdesk_core::knowledge::{Adoption, Group, GroupError, PlainGroup, adopt};
use frontdesk_core::port::{
    DraftGroup, Edit, Edition, Expected, GroupEdit, KnowledgeError, Publication, Settled, Store, StoreError,
};
use frontdesk_core::robot::Dictionary;

use crate::parts::Parts;

pub use files::{ImportRequest, Imported, export, import};
pub use report::report;

/// How often a change is planned anew when others keep changing the same draft.
const ATTEMPTS: usize = 8;

/// Why something could not be done to a base. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The store refuses it.
    #[error(transparent)]
    Knowledge(#[from] KnowledgeError),
    /// A group cannot be meant.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] ReadError),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Knowledge(error.into())
    }
}

/// Whose base.
#[derive(Clone, Debug)]
pub struct BaseOf {
    /// The tenant.
    pub tenant: TenantId,
    /// The base.
    pub base: BaseId,
}

/// Cuts questions into their terms. The dictionary may have to be loaded, which takes too long for an async worker.
pub async fn cut(dictionary: Arc<Dictionary>, groups: Vec<PlainGroup>) -> Result<Vec<Group>, StoreError> {
    let cut = move || groups.into_iter().map(|group| Group::cut(group, &*dictionary)).collect();
    tokio::task::spawn_blocking(cut).await.map_err(|error| StoreError::Failed(error.to_string()))
}

/// The groups of a state of a base; an error if there is no such base or state.
pub async fn groups(store: &dyn Store, of: &BaseOf, edition: Edition) -> Result<Vec<DraftGroup>, Fault> {
    let groups = store.groups(&of.tenant, &of.base, edition).await?;
    Ok(groups.ok_or(match edition {
        Edition::Version(_) => KnowledgeError::NoVersion,
        Edition::Draft | Edition::Live => KnowledgeError::NoBase,
    })?)
}

/// The draft with its count.
async fn draft(store: &dyn Store, of: &BaseOf) -> Result<(u64, Vec<PlainGroup>), Fault> {
    // The count first: a draft that goes on in between is noticed.
    let base = store.base(&of.tenant, &of.base).await?.ok_or(KnowledgeError::NoBase)?;
    let groups = groups(store, of, Edition::Draft).await?;
    Ok((base.draft, groups.iter().map(|draft| draft.group.plain()).collect()))
}

/// Takes something that was learned into the draft, and settles it with that.
pub async fn take_in(
    parts: &Parts,
    of: &BaseOf,
    adoption: Adoption,
    settled: impl Fn(&PlainGroup) -> Settled,
) -> Result<DraftGroup, Fault> {
    for _ in 0..ATTEMPTS {
        let (count, existing) = draft(&*parts.store, of).await?;
        let group = adopt(&existing, adoption.clone())?;
        let (id, settles) = (group.id.clone(), settled(&group));
        let cut = cut(parts.robots.dictionary(), vec![group]).await?;
        let edits = cut.into_iter().map(|group| GroupEdit {
            id: group.id.clone(),
            expected: Expected::Any,
            group: Some(group),
        });
        let edit = Edit { groups: edits.collect(), draft: Some(count), settles: Some(settles) };
        match parts.store.edit(&of.tenant, &of.base, edit).await {
            Ok(_) => {
                let group = parts.store.group(&of.tenant, &of.base, &id).await?;
                return Ok(group.ok_or(KnowledgeError::DraftChanged)?);
            }
            Err(KnowledgeError::DraftChanged) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(KnowledgeError::DraftChanged.into())
}

/// Makes the draft, or an earlier version, live and lets robots answer from it. It is a task of its own: whoever asked
/// may go away in the middle, and robots would answer from the old version until the next one.
pub async fn publish(
    parts: &Parts,
    of: BaseOf,
    back_to: Option<u64>,
    publication: Publication,
) -> Result<u64, Fault> {
    let worker = parts.clone();
    let task = parts.tasks.spawn(async move {
        let store = &worker.store;
        let version = match back_to {
            Some(version) => store.roll_back(&of.tenant, &of.base, version, publication).await?,
            None => store.publish(&of.tenant, &of.base, publication).await?,
        };
        worker.robots.refresh(&worker).await?;
        Ok(version)
    });
    task.await.unwrap_or_else(|error| Err(StoreError::Failed(error.to_string()).into()))
}

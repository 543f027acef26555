//! Changing only what is still as it was seen.

use frontdesk_core::directory::Item;
use sha2::{Digest as _, Sha256};

use super::command::AdminError;
use super::items::shown;

/// What must hold of an item for it to be changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Precondition {
    /// Nothing.
    #[default]
    None,
    /// It is there.
    IsThere,
    /// It is not there.
    IsNew,
    /// It is there, and has one of these [tags](tag_of).
    IsOneOf(Vec<String>),
}

impl Precondition {
    pub(super) fn check(&self, before: Option<&Item>) -> Result<(), AdminError> {
        let holds = match self {
            Self::None => true,
            Self::IsThere => before.is_some(),
            Self::IsNew => before.is_none(),
            Self::IsOneOf(tags) => before.is_some_and(|item| tags.contains(&tag_of(item))),
        };
        match self {
            _ if holds => Ok(()),
            Self::IsNew => Err(AdminError::Exists),
            _ => Err(AdminError::ChangedMeanwhile),
        }
    }
}

/// The entity tag of an item, in quotes. It is one of what is shown: two items that differ in secrets alone have the
/// same.
pub fn tag_of(item: &Item) -> String {
    let hash = Sha256::digest(shown(item).to_string());
    format!("\"{}\"", hex::encode(hash.get(..16).unwrap_or_default()))
}

use serde::{Deserialize, Serialize};

use super::Edition;
use super::group::KnowledgeGroup;
use crate::Text;
use crate::field::{self, FieldError, MAX_NAME_CHARACTERS};
use crate::lenient::Integer;
use crate::named::named;

/// A knowledge base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnowledgeBase {
    /// Its id, which robots name it by.
    #[cfg_attr(feature = "openapi", schema(example = "shop"))]
    pub id: String,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "Web shop"))]
    pub name: String,
    /// Counts the changes of the draft.
    #[cfg_attr(feature = "openapi", schema(example = 17))]
    pub draft_version: u64,
    /// How many groups the draft has.
    pub groups: usize,
    /// In how many groups the draft differs from what is live.
    pub changes: usize,
    /// The version from which robots answer; absent if nothing was ever published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_version: Option<u64>,
    /// When that was published, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<i64>,
}

/// Answer of `GET /api/v1/knowledge`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnowledgeBaseList {
    /// The bases, by their ids.
    pub bases: Vec<KnowledgeBase>,
}

/// Body of `PUT /api/v1/knowledge/{base}`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutBaseRequest {
    /// Its name; the id unless given.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "Web shop"))]
    pub name: Option<Text>,
}

impl PutBaseRequest {
    /// The name, if one is given.
    pub fn check(&self) -> Result<Option<&str>, FieldError> {
        field::optional_at_most("name", self.name.as_deref(), MAX_NAME_CHARACTERS)
    }
}

named! {
    /// How a group differs.
    DifferenceKind {
        /// It was not there before.
        Added = "added",
        /// It has changed.
        Changed = "changed",
        /// It is gone.
        Removed = "removed",
    }
}

/// Query of `GET /api/v1/knowledge/{base}/diff`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct DiffQuery {
    /// `live`, `draft` or the number of a version; `live` unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "live"))]
    pub from: Option<Text>,
    /// The same; `draft` unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "draft"))]
    pub to: Option<Text>,
}

impl DiffQuery {
    /// What is compared with what.
    pub fn check(&self) -> Result<(Edition, Edition), FieldError> {
        let from = Edition::read("from", self.from.as_deref(), Edition::Live)?;
        Ok((from, Edition::read("to", self.to.as_deref(), Edition::Draft)?))
    }
}

/// A group in which two states of a base differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Difference {
    /// The group.
    pub id: String,
    /// How it differs.
    pub kind: DifferenceKind,
    /// What it was; absent if it was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<KnowledgeGroup>,
    /// What it is; absent if it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<KnowledgeGroup>,
}

/// Answer of `GET /api/v1/knowledge/{base}/diff`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DifferenceList {
    /// The groups that differ, by their ids.
    pub differences: Vec<Difference>,
}

/// Body of `POST /api/v1/knowledge/{base}/publish`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublishRequest {
    /// What is to be known about this version, at most 1,000 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "Winter opening hours"))]
    pub note: Option<Text>,
    /// The `draftVersion` that was looked at: a draft that has changed since is not published.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u64>, example = 17))]
    pub draft_version: Option<Integer>,
}

const MAX_NOTE_CHARACTERS: usize = 1_000;

fn note(note: Option<&Text>) -> Result<String, FieldError> {
    let note = field::optional_at_most("note", note.map(|note| &**note), MAX_NOTE_CHARACTERS)?;
    Ok(note.unwrap_or_default().to_owned())
}

fn count(name: &'static str, number: Option<Integer>) -> Result<Option<u64>, FieldError> {
    let natural = |number: Integer| {
        u64::try_from(number.0).map_err(|_| FieldError::invalid(name, "must not be negative"))
    };
    number.map(natural).transpose()
}

impl PublishRequest {
    /// The note, and the draft that was looked at.
    pub fn check(&self) -> Result<(String, Option<u64>), FieldError> {
        Ok((note(self.note.as_ref())?, count("draftVersion", self.draft_version)?))
    }
}

/// Body of `POST /api/v1/knowledge/{base}/rollback`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RollbackRequest {
    /// The version to go back to; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = u64, example = 3))]
    pub version: Option<Integer>,
    /// What is to be known about it, at most 1,000 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub note: Option<Text>,
}

impl RollbackRequest {
    /// The version, and the note.
    pub fn check(&self) -> Result<(u64, String), FieldError> {
        let version = field::present_integer("version", self.version)?;
        let version = count("version", Some(Integer(version)))?.unwrap_or_default();
        Ok((version, note(self.note.as_ref())?))
    }
}

/// Answer of `POST /api/v1/knowledge/{base}/publish` and `…/rollback`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublishAnswer {
    /// The version from which robots answer now.
    #[cfg_attr(feature = "openapi", schema(example = 4))]
    pub live_version: u64,
}

/// Answer of `POST /api/v1/knowledge/{base}/discard`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DiscardAnswer {
    /// The draft's count now.
    #[cfg_attr(feature = "openapi", schema(example = 18))]
    pub draft_version: u64,
}

/// A version that was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(clippy::struct_field_names, reason = "it is called so in the answers")]
pub struct Version {
    /// Its number.
    pub version: u64,
    /// When it was published, in milliseconds since 1970.
    pub at: i64,
    /// Who published it; absent if that was on the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What is to be known about it.
    pub note: String,
    /// How many groups it has.
    pub groups: usize,
    /// The earlier version that it repeats, if it was rolled back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<u64>,
}

/// Answer of `GET /api/v1/knowledge/{base}/versions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionList {
    /// The last 20, newest first; the first is the one from which robots answer.
    pub versions: Vec<Version>,
}

use serde::{Deserialize, Serialize};

use super::{Edition, limit, truth};
use crate::Text;
use crate::field::{self, FieldError};

/// One matter of a base: the ways to ask for it and the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnowledgeGroup {
    /// What it is called in its base.
    #[cfg_attr(feature = "openapi", schema(example = "opening-hours"))]
    pub id: String,
    /// The state of it, to be given with the next change; absent in what was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 17))]
    pub version: Option<u64>,
    /// Whether robots answer it.
    pub enabled: bool,
    /// What editors sort it under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What else editors find it by.
    pub tags: Vec<String>,
    /// From when robots answer it, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
    /// From when they answer it no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    /// Questions and answer, in each language.
    pub texts: Vec<KnowledgeText>,
}

/// A group in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnowledgeText {
    /// The language, with or without a country.
    #[cfg_attr(feature = "openapi", schema(example = "en"))]
    pub language: String,
    /// The ways to ask, 1 to 100 of at most 500 characters; the first is the one that customers are shown.
    #[cfg_attr(feature = "openapi", schema(example = json!(["When are you open?"])))]
    pub questions: Vec<String>,
    /// The answer, of at most 8,000 characters.
    #[cfg_attr(feature = "openapi", schema(example = "From nine to five."))]
    pub answer: String,
}

/// Query of `GET /api/v1/knowledge/{base}/groups`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct GroupQuery {
    /// `draft`, `live` or the number of a version; `draft` unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "draft"))]
    pub version: Option<Text>,
    /// Only those with this in a question, in the answer or in the id, in any case.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub text: Option<Text>,
    /// Only those with this tag.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub tag: Option<Text>,
    /// Only those of this category.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub category: Option<Text>,
    /// Only those with a text in this language, which may be given without a country.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "en"))]
    pub language: Option<Text>,
    /// Only those that are enabled, or are not.
    #[cfg_attr(feature = "openapi", param(value_type = Option<bool>))]
    pub enabled: Option<Text>,
    /// At most this many, 1 to 500; 100 unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 100))]
    pub limit: Option<Text>,
    /// Only those that come after this group: the `next` of the last answer.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>))]
    pub after: Option<Text>,
}

/// A [`GroupQuery`] whose values have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupWish<'a> {
    /// Of which state of the base.
    pub edition: Edition,
    /// What they must hold.
    pub text: Option<&'a str>,
    /// A tag that they must have.
    pub tag: Option<&'a str>,
    /// The category that they must have.
    pub category: Option<&'a str>,
    /// A language that they must have.
    pub language: Option<&'a str>,
    /// Whether they must be enabled.
    pub enabled: Option<bool>,
    /// At most so many.
    pub limit: usize,
    /// The group to go on after.
    pub after: Option<&'a str>,
}

impl GroupQuery {
    /// Reads the values.
    pub fn check(&self) -> Result<GroupWish<'_>, FieldError> {
        Ok(GroupWish {
            edition: Edition::read("version", self.version.as_deref(), Edition::Draft)?,
            text: field::optional(self.text.as_deref()),
            tag: field::optional(self.tag.as_deref()),
            category: field::optional(self.category.as_deref()),
            language: field::optional(self.language.as_deref()),
            enabled: truth("enabled", self.enabled.as_deref())?,
            limit: limit(self.limit.as_deref())?,
            after: field::optional_identifier("after", self.after.as_deref())?,
        })
    }
}

/// Answer of `GET /api/v1/knowledge/{base}/groups`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnowledgeGroupList {
    /// The groups, by their ids.
    pub groups: Vec<KnowledgeGroup>,
    /// Where to go on, as `after`; absent if there are no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Body of `PUT /api/v1/knowledge/{base}/groups/{group}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutGroupRequest {
    /// The group's `version` as it was last seen; left away for a new group. If somebody else was faster, nothing is
    /// changed (`GROUP_CHANGED`).
    pub version: Option<u64>,
    /// Whether robots answer it.
    #[cfg_attr(feature = "openapi", schema(default = true))]
    pub enabled: bool,
    /// What editors sort it under, at most 64 characters.
    pub category: Option<String>,
    /// What else editors find it by: at most 20 of at most 64 characters.
    pub tags: Vec<String>,
    /// From when robots answer it, in milliseconds since 1970.
    pub from: Option<i64>,
    /// From when they answer it no longer.
    pub until: Option<i64>,
    /// Questions and answer, in 1 to 20 languages.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub texts: Vec<KnowledgeText>,
}

impl Default for PutGroupRequest {
    fn default() -> Self {
        Self {
            version: None,
            enabled: true,
            category: None,
            tags: Vec::new(),
            from: None,
            until: None,
            texts: Vec::new(),
        }
    }
}

/// Answer of `PUT /api/v1/knowledge/{base}/groups/{group}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutGroupAnswer {
    /// The group as it is now.
    pub group: KnowledgeGroup,
    /// Its questions that stand in other groups as well: robots cannot choose between these.
    pub duplicates: Vec<Duplicate>,
}

/// A question that stands in two groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Duplicate {
    /// The question.
    pub question: String,
    /// The other group.
    pub group: String,
}

/// Query of `DELETE /api/v1/knowledge/{base}/groups/{group}`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct RemoveGroupQuery {
    /// The group's `version` as it was last seen: a group that has changed since stays. Whatever it is unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u64>, example = 17))]
    pub version: Option<Text>,
}

impl RemoveGroupQuery {
    /// The version, if one is given.
    pub fn check(&self) -> Result<Option<u64>, FieldError> {
        field::optional_natural("version", self.version.as_deref())
    }
}

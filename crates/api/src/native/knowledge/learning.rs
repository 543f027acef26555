use serde::{Deserialize, Serialize};

use super::bench::{CandidateBrief, Hit};
use super::limit;
use crate::field::{self, FieldError};
use crate::named::named;
use crate::{Redacted, Text};

named! {
    /// What was decided about a question that the robot could not answer.
    QuestionState {
        /// Nothing yet.
        Open = "open",
        /// It is to be shown no more.
        Dismissed = "dismissed",
        /// It went into a group.
        Taken = "taken",
    }
}

named! {
    /// How far a suggestion is.
    SuggestionState {
        /// Nobody has decided.
        Open = "open",
        /// It is in the draft.
        Approved = "approved",
        /// It is not wanted, now or again.
        Rejected = "rejected",
    }
}

/// Query of `GET /api/v1/knowledge/{base}/unanswered`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct UnansweredQuery {
    /// `open`, `dismissed` or `taken`; `open` unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<QuestionState>))]
    pub state: Option<Text>,
    /// Only those of customers of this language, which may be given without a country.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "en"))]
    pub language: Option<Text>,
    /// Only what was asked from then on, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", param(value_type = Option<i64>))]
    pub since: Option<Text>,
    /// Only what was asked at least so often.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u64>, example = 2))]
    pub least: Option<Text>,
    /// At most this many, 1 to 500; 100 unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 100))]
    pub limit: Option<Text>,
}

/// An [`UnansweredQuery`] whose values have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnansweredWish<'a> {
    /// What was decided about them.
    pub state: QuestionState,
    /// The language of whoever asked.
    pub language: Option<&'a str>,
    /// Asked from then on.
    pub since: Option<i64>,
    /// Asked at least so often.
    pub least: u64,
    /// At most so many.
    pub limit: usize,
}

impl UnansweredQuery {
    /// Reads the values.
    pub fn check(&self) -> Result<UnansweredWish<'_>, FieldError> {
        let state = field::optional(self.state.as_deref());
        let state = state.map(|state| field::one_of("state", Some(state))).transpose()?;
        let since = field::optional_natural("since", self.since.as_deref())?;
        Ok(UnansweredWish {
            state: state.unwrap_or(QuestionState::Open),
            language: field::optional_identifier("language", self.language.as_deref())?,
            since: since.map(|since| i64::try_from(since).unwrap_or(i64::MAX)),
            least: field::optional_natural("least", self.least.as_deref())?.unwrap_or(1),
            limit: limit(self.limit.as_deref())?,
        })
    }
}

/// A question that the robot could not answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnansweredQuestion {
    /// What it is counted under: the same for all that differ only in case, width, accents and punctuation.
    pub id: String,
    /// How it was asked last.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub text: Redacted,
    /// The language of the customer who asked last.
    pub language: String,
    /// How often it was asked.
    pub count: u64,
    /// How many of those who asked wanted an agent next.
    pub wanted_agent: u64,
    /// When it was first asked, in milliseconds since 1970.
    pub first_at: i64,
    /// When it was asked last, in milliseconds since 1970.
    pub last_at: i64,
    /// The conversation in which it was asked last.
    pub conversation_id: String,
    /// How well the best group fitted then.
    pub hit: Hit,
    /// The groups that fitted best then, best first.
    pub candidates: Vec<CandidateBrief>,
    /// What was decided about it.
    pub state: QuestionState,
    /// Who decided that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// The group that it went into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// Answer of `GET /api/v1/knowledge/{base}/unanswered`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnansweredList {
    /// The questions, those asked most often first.
    pub questions: Vec<UnansweredQuestion>,
}

/// Body of `POST /api/v1/knowledge/{base}/unanswered/{id}/take` and of `…/suggestions/{id}/approve`: how it goes into the
/// draft.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdoptRequest {
    /// The group that gets the question: one that is there, or the name of a new one. A new one is named for the
    /// question unless this is given.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "opening-hours"))]
    pub group: Option<Text>,
    /// The language; the customer's unless given.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "en"))]
    pub language: Option<Text>,
    /// The question; as it was asked unless given.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub question: Option<Redacted>,
    /// The answer; mandatory for a new group, unless it is a suggestion, which has one.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "From nine to five."))]
    pub answer: Option<Redacted>,
}

impl AdoptRequest {
    /// The group, if one is named.
    pub fn group(&self) -> Result<Option<&str>, FieldError> {
        field::optional_identifier("group", self.group.as_deref())
    }

    /// The language, if one is given.
    pub fn language(&self) -> Result<Option<&str>, FieldError> {
        field::optional_identifier("language", self.language.as_deref())
    }
}

/// Query of `GET /api/v1/knowledge/{base}/badly-rated`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct BadlyRatedQuery {
    /// At most this many, 1 to 500; 100 unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 100))]
    pub limit: Option<Text>,
}

impl BadlyRatedQuery {
    /// At most so many.
    pub fn check(&self) -> Result<usize, FieldError> {
        limit(self.limit.as_deref())
    }
}

/// An answer that a customer said did not help.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BadlyRatedAnswer {
    /// The question.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub question: Redacted,
    /// The group that answered; absent if none did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// How well it fitted.
    pub hit: Hit,
    /// The version of the base that answered.
    pub version: u64,
    /// The groups that fitted best, best first.
    pub candidates: Vec<CandidateBrief>,
    /// What the customer wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub comment: Option<Redacted>,
    /// The customer's language.
    pub language: String,
    /// When it was asked, in milliseconds since 1970.
    pub at: i64,
    /// The conversation.
    pub conversation_id: String,
    /// Whether the customer wanted an agent next.
    pub wanted_agent: bool,
}

/// Answer of `GET /api/v1/knowledge/{base}/badly-rated`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BadlyRatedList {
    /// The answers, newest first.
    pub answers: Vec<BadlyRatedAnswer>,
}

/// Query of `GET /api/v1/knowledge/{base}/suggestions`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct SuggestionQuery {
    /// `open`, `approved` or `rejected`; `open` unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<SuggestionState>))]
    pub state: Option<Text>,
    /// At most this many, 1 to 500; 100 unless given.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u32>, example = 100))]
    pub limit: Option<Text>,
}

/// A [`SuggestionQuery`] whose values have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SuggestionWish {
    /// How far they are.
    pub state: SuggestionState,
    /// At most so many.
    pub limit: usize,
}

impl SuggestionQuery {
    /// Reads the values.
    pub fn check(&self) -> Result<SuggestionWish, FieldError> {
        let state = field::optional(self.state.as_deref());
        let state = state.map(|state| field::one_of("state", Some(state))).transpose()?;
        Ok(SuggestionWish {
            state: state.unwrap_or(SuggestionState::Open),
            limit: limit(self.limit.as_deref())?,
        })
    }
}

/// What an agent answered to a question that the robot could not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnowledgeSuggestion {
    /// What the question is counted under.
    pub id: String,
    /// The question, as it was asked last.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub question: Redacted,
    /// What an agent answered last.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub answer: Redacted,
    /// The customer's language.
    pub language: String,
    /// Who answered last.
    pub agent_id: String,
    /// In how many conversations agents answered it.
    pub count: u64,
    /// When it was answered last, in milliseconds since 1970.
    pub last_at: i64,
    /// That conversation.
    pub conversation_id: String,
    /// How far it is.
    pub state: SuggestionState,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// The group that it went into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// Answer of `GET /api/v1/knowledge/{base}/suggestions`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SuggestionList {
    /// The suggestions, those answered most often first.
    pub suggestions: Vec<KnowledgeSuggestion>,
}

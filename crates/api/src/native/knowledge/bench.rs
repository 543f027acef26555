use serde::{Deserialize, Serialize};

use super::Edition;
use crate::field::{self, FieldError};
use crate::named::named;
use crate::{Redacted, Text};

named! {
    /// How well the best group fitted.
    Hit {
        /// It is answered.
        Clear = "clear",
        /// Similar questions are shown.
        Near = "near",
        /// The robot has no answer.
        Miss = "miss",
    }
}

/// Longest question, in characters.
const MAX_QUESTION_CHARACTERS: usize = 1_000;

/// Body of `POST /api/v1/knowledge/{base}/ask`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskRequest {
    /// What a customer would ask, of at most 1,000 characters; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "When do you open?"))]
    pub text: Option<Redacted>,
    /// The customer's language.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "en"))]
    pub language: Option<Text>,
    /// `draft`, `live` or the number of a version; `draft` unless given.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "draft"))]
    pub version: Option<Text>,
}

impl AskRequest {
    /// The text, its language, and of which state of the base it is asked.
    pub fn check(&self) -> Result<(&str, &str, Edition), FieldError> {
        let text = field::required("text", self.text.as_deref())?;
        let text = field::at_most_characters("text", text, MAX_QUESTION_CHARACTERS)?;
        let language = field::optional_identifier("language", self.language.as_deref())?.unwrap_or_default();
        Ok((text, language, Edition::read("version", self.version.as_deref(), Edition::Draft)?))
    }
}

/// Answer of `POST /api/v1/knowledge/{base}/ask`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskAnswer {
    /// How well the best group fits.
    pub hit: Hit,
    /// The group that answers; absent unless the hit is clear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What the robot says; absent unless the hit is clear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// The questions that the robot shows; empty unless the hit is near.
    pub similar: Vec<String>,
    /// Every group that has something in common with the question, best first, at most 20.
    pub candidates: Vec<Candidate>,
    /// What the scores are measured by.
    pub thresholds: Thresholds,
}

/// A group that may be meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Candidate {
    /// The group.
    pub group: String,
    /// In which of its languages.
    pub language: String,
    /// Its first question.
    pub question: String,
    /// From 0 (nothing in common) to 1 (asked in the same words).
    #[cfg_attr(feature = "openapi", schema(example = 0.74))]
    pub score: f64,
    /// How many telling words of the question it holds.
    pub telling: usize,
    /// The least score with which it is a clear hit.
    #[cfg_attr(feature = "openapi", schema(example = 0.35))]
    pub clear_from: f64,
    /// What it has in common with the question, what counts most first.
    pub matched: Vec<MatchedTerm>,
}

/// A term that question and group share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MatchedTerm {
    /// What stands in the question, without endings.
    pub asked: String,
    /// What stands in the group: the same, or what it was corrected to.
    pub term: String,
    /// Whether it stands in a question of the group, and not only in its answer.
    pub in_question: bool,
    /// How much it counts: the rarer in the base, the more.
    pub weight: f64,
}

/// What decides how well a group fits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Thresholds {
    /// The least score of a clear hit that shares one telling word.
    pub clear: f64,
    /// The least score of a clear hit that shares several.
    pub clear_of_two: f64,
    /// How far a clear hit must be ahead of the second.
    pub margin: f64,
    /// The least score of a near hit.
    pub near: f64,
}

/// A question whose answer editors know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestQuestion {
    /// What a customer would ask, of at most 1,000 characters.
    #[cfg_attr(feature = "openapi", schema(example = "When do you open?"))]
    pub question: String,
    /// The customer's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The group that is to answer; `null` or left away if the robot must not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
}

/// Answer of `GET /api/v1/knowledge/{base}/tests`, and body of its `PUT`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestList {
    /// The questions, at most 1,000.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub tests: Vec<TestQuestion>,
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestRun {
    /// Whether it is what was expected.
    pub passed: bool,
    /// How well the best group fits.
    pub hit: Hit,
    /// The groups that fit best, best first, at most 3.
    pub candidates: Vec<CandidateBrief>,
    /// How well the expected group fits; absent if it has nothing in common with the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_score: Option<f64>,
}

/// A group that may be meant, in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CandidateBrief {
    /// The group.
    pub group: String,
    /// In which of its languages.
    pub language: String,
    /// How well it fits, from 0 to 1.
    pub score: f64,
}

/// A question, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestResult {
    /// The question, as in [`TestQuestion`].
    pub question: String,
    /// The customer's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The group that is to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// With the draft.
    pub draft: TestRun,
    /// With what is live.
    pub live: TestRun,
}

/// Answer of `POST /api/v1/knowledge/{base}/tests/run`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunTestsAnswer {
    /// How many pass with the draft.
    pub passed: usize,
    /// How many fail with it.
    pub failed: usize,
    /// How many fail with it and pass with what is live: what publishing would break.
    pub broken: usize,
    /// How many pass with it and fail with what is live.
    pub fixed: usize,
    /// Each question, in the order of the list.
    pub results: Vec<TestResult>,
}

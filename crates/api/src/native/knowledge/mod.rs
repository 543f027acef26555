//! Knowledge bases, as their editors see them.

mod base;
mod bench;
mod file;
mod group;
mod learning;

pub use base::{
    DiffQuery, Difference, DifferenceKind, DifferenceList, DiscardAnswer, KnowledgeBase, KnowledgeBaseList,
    PublishAnswer, PublishRequest, PutBaseRequest, RollbackRequest, Version, VersionList,
};
pub use bench::{
    AskAnswer, AskRequest, Candidate, CandidateBrief, Hit, MatchedTerm, RunTestsAnswer, TestList,
    TestQuestion, TestResult, TestRun, Thresholds,
};
pub use file::{
    ExportQuery, ExportWish, FileFormat, ImportOutcome, ImportQuery, ImportReport, ImportRow, ImportWish,
};
pub use group::{
    Duplicate, GroupQuery, GroupWish, KnowledgeGroup, KnowledgeGroupList, KnowledgeText, PutGroupAnswer,
    PutGroupRequest, RemoveGroupQuery,
};
pub use learning::{
    AdoptRequest, BadlyRatedAnswer, BadlyRatedList, BadlyRatedQuery, KnowledgeSuggestion, QuestionState,
    SuggestionList, SuggestionQuery, SuggestionState, SuggestionWish, UnansweredList, UnansweredQuery,
    UnansweredQuestion, UnansweredWish,
};

use crate::field::{self, FieldError};

/// Most of anything in one answer.
pub const MAX_LISTED: u64 = 500;
/// How many there are of anything in one answer unless asked for otherwise.
pub const DEFAULT_LISTED: u64 = 100;

/// Which state of a base is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// What editors change.
    Draft,
    /// What robots answer from.
    Live,
    /// A version that was published.
    Version(u64),
}

impl Edition {
    /// Reads `draft`, `live` or a number.
    fn read(name: &'static str, value: Option<&str>, otherwise: Self) -> Result<Self, FieldError> {
        match field::optional(value) {
            None => Ok(otherwise),
            Some("draft") => Ok(Self::Draft),
            Some("live") => Ok(Self::Live),
            Some(number) => match field::natural(name, Some(number)) {
                Ok(number) if number > 0 => Ok(Self::Version(number)),
                _ => Err(FieldError::invalid(name, "must be draft, live or the number of a version")),
            },
        }
    }
}

fn limit(value: Option<&str>) -> Result<usize, FieldError> {
    let limit = field::optional_natural("limit", value)?.unwrap_or(DEFAULT_LISTED);
    Ok(usize::try_from(limit.clamp(1, MAX_LISTED)).unwrap_or(1))
}

fn truth(name: &'static str, value: Option<&str>) -> Result<Option<bool>, FieldError> {
    match field::optional(value) {
        None => Ok(None),
        Some("true" | "1") => Ok(Some(true)),
        Some("false" | "0") => Ok(Some(false)),
        Some(_) => Err(FieldError::invalid(name, "must be true or false")),
    }
}

#[cfg(test)]
mod tests;

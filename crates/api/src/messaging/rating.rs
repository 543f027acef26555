//! Rating an agent's service natively: beside saveSatisfaction, for clients that are told which service they are asked
//! about and what.
//!
//! The answer is a [`ResultAnswer`](super::result::ResultAnswer).

use serde::{Deserialize, Serialize};

use super::survey::MAX_COMMENT_CHARACTERS;
use crate::field::{self, FieldError, FieldProblem};
use crate::{Redacted, RedactedStr, Text};

/// Body of `POST /apiaccess/ccmessaging/rating`. At least one of the questions is answered.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RatingRequest {
    /// The service episode, as the `survey` event names it; the last one if it is not given.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub episode: Option<Text>,
    /// Satisfaction, 1 (worst) to 5 (best).
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u8>, example = 5))]
    pub csat: Option<Text>,
    /// How likely the customer recommends the company, 0 to 10.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u8>, example = 10))]
    pub nps: Option<Text>,
    /// Whether the matter was solved at first contact.
    pub solved: Option<bool>,
    /// The customer's words, at most 512 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "quick help"))]
    pub comment: Option<Redacted>,
}

/// A [`RatingRequest`] that has everything it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NativeRating<'a> {
    /// The service episode, if it is said.
    pub episode: Option<&'a str>,
    /// 1 to 5.
    pub csat: Option<u8>,
    /// 0 to 10.
    pub nps: Option<u8>,
    /// Whether the matter was solved.
    pub solved: Option<bool>,
    /// The customer's words; may be empty.
    pub comment: RedactedStr<'a>,
}

impl RatingRequest {
    /// Checks ranges and lengths, and that something is answered.
    pub fn check(&self) -> Result<NativeRating<'_>, FieldError> {
        let comment = self.comment.as_deref().unwrap_or_default();
        let rating = NativeRating {
            episode: field::optional_identifier("episode", self.episode.as_deref())?,
            csat: within("csat", self.csat.as_deref(), 1, 5)?,
            nps: within("nps", self.nps.as_deref(), 0, 10)?,
            solved: self.solved,
            comment: RedactedStr(field::at_most_characters("comment", comment, MAX_COMMENT_CHARACTERS)?),
        };
        if rating.csat.is_none() && rating.nps.is_none() && rating.solved.is_none() {
            return Err(FieldError { field: "csat", problem: FieldProblem::Missing });
        }
        Ok(rating)
    }
}

fn within(
    field: &'static str,
    text: Option<&str>,
    least: u8,
    greatest: u8,
) -> Result<Option<u8>, FieldError> {
    let Some(text) = field::optional(text) else { return Ok(None) };
    let number = text.parse().ok().filter(|number| (least..=greatest).contains(number));
    let number =
        number.ok_or_else(|| FieldError::invalid(field, format!("must be {least} to {greatest}")))?;
    Ok(Some(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Answers = (Option<u8>, Option<u8>, Option<bool>);

    fn checked(body: &str) -> Result<Answers, String> {
        let request: RatingRequest = serde_json::from_str(body).unwrap();
        let rating = request.check().map_err(|error| error.to_string())?;
        Ok((rating.csat, rating.nps, rating.solved))
    }

    #[test]
    fn one_answer_is_enough_and_each_has_its_range() {
        assert_eq!(checked(r#"{"nps":10}"#), Ok((None, Some(10), None)));
        assert_eq!(checked(r#"{"csat":"5","solved":false}"#), Ok((Some(5), None, Some(false))));
        assert_eq!(checked(r#"{"comment":"hm"}"#).unwrap_err(), "`csat` is missing");
        assert_eq!(checked(r#"{"csat":0}"#).unwrap_err(), "`csat` must be 1 to 5");
        assert_eq!(checked(r#"{"nps":11}"#).unwrap_err(), "`nps` must be 0 to 10");
        assert_eq!(checked(r#"{"nps":-1}"#).unwrap_err(), "`nps` must be 0 to 10");
    }
}

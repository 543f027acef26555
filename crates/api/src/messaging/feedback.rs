//! feedbacksatisfaction (`cec_07_0114)`: the rating of one of the robot's answers.

use serde::{Deserialize, Serialize};

use crate::field::{self, FieldError};
use crate::{Integer, Redacted, RedactedStr, Text};

/// Longest `feedbackContent`, in characters (older pages count bytes).
pub const MAX_FEEDBACK_CHARACTERS: usize = 64;

/// Body of `POST /apiaccess/ccmessaging/v1/robot/feedbacksatisfaction`. The answer is a `ResultAnswer`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeedbackRequest {
    /// `1` satisfied, `0` not; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = i32, example = 1))]
    pub feedback: Option<Integer>,
    /// Why, at most 64 characters; not empty if `feedback` is `0`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "wrong shop"))]
    pub feedback_content: Option<Redacted>,
    /// The customer's id; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "u-77"))]
    pub from: Option<Text>,
    /// The `interIdx` of the robot's message; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "2"))]
    pub inter_idx: Option<Text>,
}

/// A [`FeedbackRequest`] that has everything it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feedback<'a> {
    /// Whether the robot's answer helped.
    pub satisfied: bool,
    /// Why. That a dissatisfied customer must say why has its own documented result
    /// ([`CONTENT_MISSING`](super::result::feedback::CONTENT_MISSING)).
    pub content: Option<RedactedStr<'a>>,
    /// The customer's id.
    pub from: &'a str,
    /// Which of the robot's turns is rated.
    pub inter_idx: &'a str,
}

impl FeedbackRequest {
    /// Checks presence, lengths and the value of `feedback`.
    pub fn check(&self) -> Result<Feedback<'_>, FieldError> {
        let satisfied = match field::present_integer("feedback", self.feedback)? {
            0 => false,
            1 => true,
            _ => return Err(FieldError::invalid("feedback", "must be 0 or 1")),
        };
        let content = field::optional_at_most(
            "feedbackContent",
            self.feedback_content.as_deref(),
            MAX_FEEDBACK_CHARACTERS,
        )?;
        Ok(Feedback {
            satisfied,
            content: content.map(RedactedStr),
            from: field::identifier("from", self.from.as_deref())?,
            inter_idx: field::identifier("interIdx", self.inter_idx.as_deref())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feedback_is_a_number_or_its_digits() {
        let read = |feedback: &str| {
            let body = format!(
                r#"{{"feedback":{feedback},"feedbackContent":"bad","from":"1111111","interIdx":"2"}}"#
            );
            let request: FeedbackRequest = serde_json::from_str(&body).unwrap();
            request.check().map(|feedback| feedback.satisfied).map_err(|error| error.to_string())
        };
        assert_eq!((read("0"), read("\"1\"")), (Ok(false), Ok(true)));
        assert_eq!(read("2").unwrap_err(), "`feedback` must be 0 or 1");
        assert_eq!(read("null").unwrap_err(), "`feedback` is missing");
    }
}

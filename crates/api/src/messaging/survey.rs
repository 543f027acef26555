//! Ratings of agents: getsatisfactionsurveymode (`cec_07_0113`), saveSatisfaction (`cec_07_0115`) and satisfaction/query
//! (`cec_07_0048`).

use serde::{Deserialize, Serialize};

use super::enums::{SurveyQuestion, SurveyType};
use super::result::Outcome;
use crate::field::{self, FieldError};
use crate::{Integer, Redacted, RedactedStr, Text};

/// Longest comment of a rating, in characters.
pub const MAX_COMMENT_CHARACTERS: usize = 512;

/// Body of `POST /apiaccess/ccmessaging/getsatisfactionsurveymode`. Older pages have no body at all.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SurveyModeRequest {
    /// The language of the levels: `zh_CN`, `en_US`, `pt_BR`, `ar_SA`, `fr_FR`, `es_ES` or empty. One that the tenant
    /// does not have counts as empty.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "en_US"))]
    pub language: Option<Text>,
}

impl SurveyModeRequest {
    /// The language asked for, if any.
    pub fn language(&self) -> Option<&str> {
        field::optional(self.language.as_deref())
    }
}

/// Answer of getsatisfactionsurveymode.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SurveyModeAnswer {
    /// `0` success, `13` failure.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "0"))]
    pub result_code: String,
    /// The result in words.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub result_desc: String,
    /// The survey; absent on failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub satisfaction_survey: Option<SatisfactionSurvey>,
}

impl SurveyModeAnswer {
    /// The answer with this outcome and, on success, the survey.
    pub fn new(outcome: Outcome, satisfaction_survey: Option<SatisfactionSurvey>) -> Self {
        Self {
            result_code: outcome.code.to_owned(),
            result_desc: outcome.text.to_owned(),
            satisfaction_survey,
        }
    }
}

/// How the customer is asked for a rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SatisfactionSurvey {
    /// On the web page, or not at all.
    pub survey_type: SurveyType,
    /// The levels to choose from.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub satisfaction_level: Vec<SatisfactionLevel>,
    /// What is asked.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub satisfaction_question: Vec<SurveyQuestion>,
}

/// One level of the rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SatisfactionLevel {
    /// `1` (worst) to `5` (best).
    #[cfg_attr(feature = "openapi", schema(example = "5"))]
    pub satisfaction_level_key: String,
    /// The level in the customer's language.
    #[cfg_attr(feature = "openapi", schema(example = "Very satisfied"))]
    pub satisfaction_level_desc: String,
}

/// Body of `POST /apiaccess/ccmessaging/saveSatisfaction`.
///
/// The samples send the fields flat, the table names one object `satisfication` around them; both are accepted, and
/// what stands in the object goes first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaveSatisfactionRequest {
    /// The channel's type; mandatory, `WEB`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "WEB"))]
    pub channel: Option<Text>,
    /// The customer's id; mandatory.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "u-77"))]
    pub user_id: Option<Text>,
    /// `1` (worst) to `5` (best); mandatory.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "5"))]
    pub evaluation: Option<Text>,
    /// The customer's words, at most 512 characters; mandatory, but may be empty.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "ok"))]
    pub comment: Option<Redacted>,
    /// The channel's Configuration ID; mandatory.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "1011577355744904195"))]
    pub channel_config_id: Option<Text>,
    /// How likely the customer recommends the company, `0` to `9`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "8"))]
    pub nps_score: Option<Text>,
    /// Whether the matter was solved: `1` yes, `2` no.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "1"))]
    pub fcr_value: Option<Text>,
    /// The same fields inside an object, misspelt as documented.
    pub satisfication: Option<Satisfication>,
}

/// The object inside a `SaveSatisfactionRequest` (`satisficationInfo`, misspelt as documented).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Satisfication {
    /// The channel's type.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "WEB"))]
    pub channel: Option<Text>,
    /// The customer's id.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "u-77"))]
    pub user_id: Option<Text>,
    /// `1` (worst) to `5` (best).
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "5"))]
    pub evaluation: Option<Text>,
    /// The customer's words, at most 512 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "ok"))]
    pub comment: Option<Redacted>,
    /// The channel's Configuration ID.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "1011577355744904195"))]
    pub channel_config_id: Option<Text>,
    /// How likely the customer recommends the company, `0` to `9`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "8"))]
    pub nps_score: Option<Text>,
    /// Whether the matter was solved: `1` yes, `2` no.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "1"))]
    pub fcr_value: Option<Text>,
}

/// A [`SaveSatisfactionRequest`] that has everything it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rating<'a> {
    /// The channel's type.
    pub channel: &'a str,
    /// The customer's id.
    pub user_id: &'a str,
    /// 1 (worst) to 5 (best).
    pub evaluation: u8,
    /// The customer's words; may be empty.
    pub comment: RedactedStr<'a>,
    /// The channel's Configuration ID.
    pub channel_config_id: &'a str,
    /// How likely the customer recommends the company, 0 to 9.
    pub nps_score: Option<u8>,
    /// Whether the matter was solved.
    pub solved: Option<bool>,
}

impl SaveSatisfactionRequest {
    /// Checks presence, lengths and ranges, in the object first and then flat.
    pub fn check(&self) -> Result<Rating<'_>, FieldError> {
        macro_rules! pick {
            ($field:ident) => {
                self.satisfication
                    .as_ref()
                    .and_then(|inner| inner.$field.as_deref())
                    .or(self.$field.as_deref())
            };
        }

        let comment = field::present("comment", pick!(comment))?;
        Ok(Rating {
            channel: field::required("channel", pick!(channel))?,
            user_id: field::identifier("userId", pick!(user_id))?,
            evaluation: digit_within("evaluation", field::required("evaluation", pick!(evaluation))?, 1, 5)?,
            comment: RedactedStr(field::at_most_characters("comment", comment, MAX_COMMENT_CHARACTERS)?),
            channel_config_id: field::identifier("channelConfigId", pick!(channel_config_id))?,
            nps_score: field::optional(pick!(nps_score))
                .map(|text| digit_within("npsScore", text, 0, 9))
                .transpose()?,
            solved: field::optional(pick!(fcr_value))
                .map(|text| digit_within("fcrValue", text, 1, 2).map(|digit| digit == 1))
                .transpose()?,
        })
    }
}

fn digit_within(field: &'static str, text: &str, least: u8, greatest: u8) -> Result<u8, FieldError> {
    match text.as_bytes() {
        [digit @ b'0'..=b'9'] if (least..=greatest).contains(&(digit - b'0')) => Ok(digit - b'0'),
        _ => Err(FieldError::invalid(field, format!("must be a digit from {least} to {greatest}"))),
    }
}

/// Answer of saveSatisfaction. The samples say `returnCode` and the table says `resultCode`; both are always there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaveSatisfactionAnswer {
    /// `0` success, `13` failure.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "0"))]
    pub return_code: String,
    /// The same as `returnCode`.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "0"))]
    pub result_code: String,
    /// The result in words.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "Save satisfaction success!"))]
    pub result_desc: String,
}

impl From<Outcome> for SaveSatisfactionAnswer {
    fn from(outcome: Outcome) -> Self {
        Self {
            return_code: outcome.code.to_owned(),
            result_code: outcome.code.to_owned(),
            result_desc: outcome.text.to_owned(),
        }
    }
}

/// Body of `POST /apiaccess/rest/cc-management/v1/satisfaction/query`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SatisfactionQueryRequest {
    /// The conversation; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "1700000000-339"))]
    pub call_id: Option<Text>,
    /// Ratings from this time on, in milliseconds since 1970; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = i64, example = 1_700_000_000_000_i64))]
    pub begin_time: Option<Integer>,
    /// Ratings up to this time, in milliseconds since 1970; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = i64, example = 1_700_003_600_000_i64))]
    pub end_time: Option<Integer>,
}

/// A [`SatisfactionQueryRequest`] that has everything it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SatisfactionQuestion<'a> {
    /// The conversation.
    pub call_id: &'a str,
    /// From this time on, in milliseconds since 1970.
    pub begin_time: i64,
    /// Up to this time, in milliseconds since 1970.
    pub end_time: i64,
}

impl SatisfactionQueryRequest {
    /// Checks presence.
    pub fn check(&self) -> Result<SatisfactionQuestion<'_>, FieldError> {
        Ok(SatisfactionQuestion {
            call_id: field::identifier("callId", self.call_id.as_deref())?,
            begin_time: field::present_integer("beginTime", self.begin_time)?,
            end_time: field::present_integer("endTime", self.end_time)?,
        })
    }
}

/// Answer of satisfaction/query. It has `returnCode` and `description`, not the usual names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SatisfactionQueryAnswer {
    /// `0` success, `-1` failure.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "0"))]
    pub return_code: String,
    /// The result in words.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "query Success"))]
    pub description: String,
    /// The rating: one object, in spite of the name; `null` if there is none.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub satisfaction_evaluations: Option<SatisfactionEvaluation>,
}

impl SatisfactionQueryAnswer {
    /// The answer with this outcome and the rating, if there is one.
    pub fn new(outcome: Outcome, satisfaction_evaluations: Option<SatisfactionEvaluation>) -> Self {
        Self {
            return_code: outcome.code.to_owned(),
            description: outcome.text.to_owned(),
            satisfaction_evaluations,
        }
    }
}

/// A stored rating.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SatisfactionEvaluation {
    /// `1` (worst) to `5` (best); `-1` timed out without an answer; `-2` an answer that is no level.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "5"))]
    pub evaluation_value: String,
    /// Where it was given: `audio`, `MSG` or `WEB`.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "WEB"))]
    pub channel: String,
    /// When it was given, in milliseconds since 1970.
    #[cfg_attr(feature = "openapi", schema(required = true, example = 1_700_000_000_000_i64))]
    pub evaluation_time: i64,
    /// How likely the customer recommends the company.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "8"))]
    pub nps_score: Option<String>,
    /// Whether the matter was solved: `1` yes, `2` no.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "1"))]
    pub fcr_value: Option<String>,
    /// Who was rated: `Agent`.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "Agent"))]
    pub evaluate_object: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rating_may_be_flat_or_nested() {
        let flat =
            r#"{"channel":"WEB","userId":"u-77","evaluation":"5","comment":"ok","channelConfigId":"2023"}"#;
        let nested = format!(r#"{{"satisfication":{flat}}}"#);
        for body in [flat, &nested] {
            let request: SaveSatisfactionRequest = serde_json::from_str(body).unwrap();
            let rating = request.check().unwrap();
            assert_eq!((rating.user_id, rating.evaluation, rating.comment), ("u-77", 5, RedactedStr("ok")));
        }
    }

    #[test]
    fn ratings_out_of_range_are_named() {
        let rate = |evaluation: &str, nps: &str| {
            let body = format!(
                r#"{{"channel":"WEB","userId":1,"evaluation":{evaluation},"comment":"","channelConfigId":2,
                    "npsScore":{nps},"fcrValue":"2"}}"#
            );
            let request: SaveSatisfactionRequest = serde_json::from_str(&body).unwrap();
            request.check().map(|rating| rating.solved).map_err(|error| error.to_string())
        };
        assert_eq!(rate("5", "0"), Ok(Some(false)));
        assert_eq!(rate("6", "0").unwrap_err(), "`evaluation` must be a digit from 1 to 5");
        assert_eq!(rate("\"5 \"", "0").unwrap_err(), "`evaluation` must be a digit from 1 to 5");
        assert_eq!(rate("5", "\"10\"").unwrap_err(), "`npsScore` must be a digit from 0 to 9");
    }
}

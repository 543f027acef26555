//! queryPhraseByKeyword (`cec_07_0112)`: questions suggested while the customer types.

use serde::{Deserialize, Serialize};

use super::result::{Outcome, phrase};
use super::token::MAX_LOCALE_CHARACTERS;
use crate::field::{self, FieldError};
use crate::{Redacted, RedactedStr, Text};

/// Most phrases of one answer.
pub const MAX_PHRASES: usize = 5;

/// Body of `POST /apiaccess/ccmessaging/queryPhraseByKeyword`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhraseRequest {
    /// What the customer has typed so far; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "deliv"))]
    pub str_content: Option<Redacted>,
    /// The customer's language, with or without country; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "en"))]
    pub locale: Option<Text>,
    /// The channel's type; mandatory, `WEB`.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "WEB"))]
    pub channel: Option<Text>,
}

/// A [`PhraseRequest`] that has everything it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhraseQuestion<'a> {
    /// What the customer has typed so far.
    pub content: RedactedStr<'a>,
    /// The customer's language.
    pub locale: &'a str,
    /// The channel's type.
    pub channel: &'a str,
}

impl PhraseRequest {
    /// Checks presence and lengths.
    pub fn check(&self) -> Result<PhraseQuestion<'_>, FieldError> {
        let locale = field::required("locale", self.locale.as_deref());
        Ok(PhraseQuestion {
            content: field::required("strContent", self.str_content.as_deref()).map(RedactedStr)?,
            locale: field::at_most_characters("locale", locale?, MAX_LOCALE_CHARACTERS)?,
            channel: field::required("channel", self.channel.as_deref())?,
        })
    }
}

/// Answer of queryPhraseByKeyword.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhraseAnswer {
    /// At most five questions, the likeliest first. One table calls the field `phrases`, every sample `question`.
    #[serde(alias = "phrases")]
    #[cfg_attr(
        feature = "openapi",
        schema(required = true, value_type = Vec<String>, example = json!(["How long does delivery take?"]))
    )]
    pub question: Vec<Redacted>,
    /// `0` success, `1` failure.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "0"))]
    pub result_code: String,
    /// The result in words; absent on success.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_desc: Option<String>,
}

impl PhraseAnswer {
    /// The successful answer with these questions, which may be none.
    pub fn found(question: Vec<Redacted>) -> Self {
        Self { question, result_code: phrase::FOUND.code.to_owned(), result_desc: None }
    }
}

impl From<Outcome> for PhraseAnswer {
    fn from(outcome: Outcome) -> Self {
        Self {
            question: Vec::new(),
            result_code: outcome.code.to_owned(),
            result_desc: Some(outcome.text.to_owned()).filter(|text| !text.is_empty()),
        }
    }
}

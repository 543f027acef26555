use serde::{Deserialize, Serialize};

use super::dictionary::Segmenter;
use super::terms::terms_of_question;
use crate::time::Timestamp;

/// One answer of a knowledge base, in one language, and the ways to ask for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionGroup {
    /// What the group is called in its knowledge base; the same in each of its languages.
    pub id: String,
    /// Language of questions and answer, with or without a country: `en`, `zh`, `zh_CN`.
    pub locale: String,
    /// What the robot says, of any length.
    pub answer: String,
    /// The ways to ask; the first is the canonical one, which customers are shown.
    pub questions: Vec<Question>,
    /// When it is answered at all.
    #[serde(flatten)]
    pub valid: Validity,
}

/// One way to ask for the answer of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The question as its author wrote it.
    pub text: String,
    /// Its search terms, as [`terms_of_question`] gave them when the question was imported.
    pub terms: Vec<String>,
}

impl Question {
    /// Cuts `text` into its terms.
    pub fn new(text: impl Into<String>, segmenter: &dyn Segmenter) -> Self {
        let text = text.into();
        let terms = terms_of_question(&text, segmenter);
        Self { text, terms }
    }
}

/// From when until when something holds; without a bound it always does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Validity {
    /// The first moment at which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// The first moment at which it holds no longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Validity {
    /// Whether it holds at a moment.
    pub fn holds(self, now: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }
}

/// What is asked, and when.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub(super) text: &'a str,
    pub(super) locale: &'a str,
    pub(super) now: Timestamp,
}

impl<'a> Asked<'a> {
    /// A text in any language, before all that is bounded in time.
    pub const fn new(text: &'a str) -> Self {
        Self { text, locale: "", now: Timestamp::ZERO }
    }

    /// The language of whoever asks, which decides where one group fits alike in several.
    #[must_use]
    pub const fn in_language(self, locale: &'a str) -> Self {
        Self { locale, ..self }
    }

    /// Asked at this moment.
    #[must_use]
    pub const fn at(self, now: Timestamp) -> Self {
        Self { now, ..self }
    }
}

impl<'a> From<&'a str> for Asked<'a> {
    fn from(text: &'a str) -> Self {
        Self::new(text)
    }
}

impl<'a> From<&'a String> for Asked<'a> {
    fn from(text: &'a String) -> Self {
        Self::new(text)
    }
}

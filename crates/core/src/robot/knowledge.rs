use serde::{Deserialize, Serialize};

use super::dictionary::Segmenter;
use super::terms::terms_of_question;

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

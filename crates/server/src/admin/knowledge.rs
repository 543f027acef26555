//! Knowledge bases as files.

use frontdesk_core::robot::{Question, QuestionGroup, Segmenter};
use serde::{Deserialize, Serialize};

/// A knowledge base in one language, as a TOML file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnowledgeFile {
    /// The language, such as `en`.
    pub locale: String,
    /// The matters.
    pub group: Vec<KnowledgeFileGroup>,
}

/// One matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnowledgeFileGroup {
    /// Names the matter; the same in every language.
    pub id: String,
    /// The answer.
    pub answer: String,
    /// Ways to ask; the first is the one that is shown.
    pub questions: Vec<String>,
}

/// The groups of a file, with their search terms cut.
pub fn knowledge_groups(file: KnowledgeFile, segmenter: &dyn Segmenter) -> Vec<QuestionGroup> {
    let locale = file.locale;
    let group = |group: KnowledgeFileGroup| QuestionGroup {
        id: group.id,
        locale: locale.clone(),
        answer: group.answer,
        questions: group.questions.into_iter().map(|text| Question::new(text, segmenter)).collect(),
    };
    file.group.into_iter().map(group).collect()
}

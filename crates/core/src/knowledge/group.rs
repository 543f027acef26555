use serde::{Deserialize, Serialize};

use crate::id::GroupId;
use crate::robot::{Question, QuestionGroup, RobotIndex, Segmenter, Validity, language_of, normalised};
use crate::time::Timestamp;

/// Most groups of a base.
pub const MAX_GROUPS: usize = 5_000;
/// Most languages of a group.
pub const MAX_LANGUAGES: usize = 20;
/// Most ways to ask for an answer in one language.
pub const MAX_QUESTIONS: usize = 100;
/// Longest question, in characters.
pub const MAX_QUESTION_CHARACTERS: usize = 500;
/// Longest answer, in characters.
pub const MAX_ANSWER_CHARACTERS: usize = 8_000;
/// Most tags of a group.
pub const MAX_TAGS: usize = 20;
/// Longest tag or category, in characters.
pub const MAX_LABEL_CHARACTERS: usize = 64;

/// One matter of a base as people write it, and as it is exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlainGroup {
    /// What it is called in its base.
    pub id: GroupId,
    /// Whether robots answer it.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// What editors sort it under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What else editors find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// From when robots answer it, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// From when they answer it no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Questions and answer in each language.
    pub texts: Vec<PlainText>,
}

/// A group in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlainText {
    /// The language, with or without a country: `en`, `zh_CN`.
    pub language: String,
    /// The ways to ask; the first is the one that customers are shown.
    pub questions: Vec<String>,
    /// The answer.
    pub answer: String,
}

/// One matter of a base as it is stored: with the search terms of its questions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// What it is called in its base.
    pub id: GroupId,
    /// Whether robots answer it.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub enabled: bool,
    /// What editors sort it under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What else editors find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// When robots answer it.
    #[serde(flatten)]
    pub valid: Validity,
    /// Questions and answer in each language.
    pub texts: Vec<GroupText>,
}

/// A stored group in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupText {
    /// The language, with or without a country.
    pub language: String,
    /// The ways to ask, with their terms.
    pub questions: Vec<Question>,
    /// The answer.
    pub answer: String,
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
const fn is_yes(enabled: &bool) -> bool {
    *enabled
}

/// Why a group cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct GroupError {
    /// The field at fault, as a path of names such as `texts[0].questions[2]`.
    pub field: String,
    /// What is wrong with it.
    pub why: String,
}

impl GroupError {
    fn new(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self { field: field.into(), why: why.into() }
    }
}

impl Group {
    /// Cuts the questions of a group into their terms.
    pub fn cut(plain: PlainGroup, segmenter: &dyn Segmenter) -> Self {
        let text = |text: PlainText| GroupText {
            language: text.language,
            questions: text.questions.into_iter().map(|text| Question::new(text, segmenter)).collect(),
            answer: text.answer,
        };
        Self {
            id: plain.id,
            enabled: plain.enabled,
            category: plain.category,
            tags: plain.tags,
            valid: Validity { from: plain.from, until: plain.until },
            texts: plain.texts.into_iter().map(text).collect(),
        }
    }

    /// The group as its author wrote it.
    pub fn plain(&self) -> PlainGroup {
        let text = |text: &GroupText| PlainText {
            language: text.language.clone(),
            questions: text.questions.iter().map(|question| question.text.clone()).collect(),
            answer: text.answer.clone(),
        };
        PlainGroup {
            id: self.id.clone(),
            enabled: self.enabled,
            category: self.category.clone(),
            tags: self.tags.clone(),
            from: self.valid.from,
            until: self.valid.until,
            texts: self.texts.iter().map(text).collect(),
        }
    }

    /// The group as a robot searches it: once for each language.
    fn searched(&self) -> impl Iterator<Item = QuestionGroup> + '_ {
        self.texts.iter().map(|text| QuestionGroup {
            id: self.id.to_string(),
            locale: text.language.clone(),
            answer: text.answer.clone(),
            questions: text.questions.clone(),
            valid: self.valid,
        })
    }
}

/// The index by which robots answer from a base: of the groups that are enabled.
pub fn index_of(groups: &[Group]) -> RobotIndex {
    let searched: Vec<QuestionGroup> =
        groups.iter().filter(|group| group.enabled).flat_map(Group::searched).collect();
    RobotIndex::build(&searched)
}

impl PlainGroup {
    /// The group without blanks around its texts, if it can be meant.
    pub fn checked(mut self) -> Result<Self, GroupError> {
        self.category = self.category.map(|category| category.trim().to_owned()).filter(|it| !it.is_empty());
        if let Some(category) = &self.category {
            check_label("category", category)?;
        }
        at_most("tags", self.tags.len(), MAX_TAGS)?;
        for (place, tag) in self.tags.iter_mut().enumerate() {
            let field = format!("tags[{place}]");
            *tag = tag.trim().to_owned();
            if tag.is_empty() {
                return Err(GroupError::new(field, "must not be empty"));
            }
            check_label(&field, tag)?;
        }
        self.tags.sort();
        self.tags.dedup();
        if let (Some(from), Some(until)) = (self.from, self.until)
            && from >= until
        {
            return Err(GroupError::new("until", "must be after `from`"));
        }
        if self.texts.is_empty() {
            return Err(GroupError::new("texts", "must not be empty"));
        }
        at_most("texts", self.texts.len(), MAX_LANGUAGES)?;
        for place in 0..self.texts.len() {
            let (before, rest) = self.texts.split_at_mut(place);
            let Some(text) = rest.first_mut() else { continue };
            check_text(&format!("texts[{place}]"), text)?;
            if before.iter().any(|earlier| is_same_language(&earlier.language, &text.language)) {
                return Err(GroupError::new(format!("texts[{place}].language"), "stands there twice"));
            }
        }
        Ok(self)
    }

    /// The questions of all languages, with their language.
    pub fn questions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().flat_map(|text| {
            text.questions.iter().map(|question| (text.language.as_str(), question.as_str()))
        })
    }
}

/// Whether two locales are written differently at most: `zh_CN` and `zh-cn`.
pub(super) fn is_same_language(left: &str, right: &str) -> bool {
    left.replace('-', "_").eq_ignore_ascii_case(&right.replace('-', "_"))
}

fn check_text(field: &str, text: &mut PlainText) -> Result<(), GroupError> {
    text.language = text.language.trim().to_owned();
    if language_of(&text.language).is_none() || text.language.len() > 16 {
        let why = format!("{:?} is no language, such as `en` or `zh_CN`", text.language);
        return Err(GroupError::new(format!("{field}.language"), why));
    }
    if text.questions.is_empty() {
        return Err(GroupError::new(format!("{field}.questions"), "must not be empty"));
    }
    at_most(&format!("{field}.questions"), text.questions.len(), MAX_QUESTIONS)?;
    let mut keys: Vec<String> = Vec::with_capacity(text.questions.len());
    for (place, question) in text.questions.iter_mut().enumerate() {
        let field = format!("{field}.questions[{place}]");
        *question = question.trim().to_owned();
        check_characters(&field, question, MAX_QUESTION_CHARACTERS)?;
        let key = normalised(question);
        if keys.contains(&key) {
            return Err(GroupError::new(field, "is the same question as another one of the group"));
        }
        keys.push(key);
    }
    text.answer = text.answer.trim().to_owned();
    check_characters(&format!("{field}.answer"), &text.answer, MAX_ANSWER_CHARACTERS)
}

fn check_label(field: &str, label: &str) -> Result<(), GroupError> {
    if label.contains('|') || label.chars().any(char::is_control) {
        return Err(GroupError::new(field, "must not contain `|` or control characters"));
    }
    check_characters(field, label, MAX_LABEL_CHARACTERS)
}

fn check_characters(field: &str, text: &str, most: usize) -> Result<(), GroupError> {
    if text.is_empty() {
        return Err(GroupError::new(field, "must not be empty"));
    }
    if text.contains('\0') {
        return Err(GroupError::new(field, "must not contain a null character"));
    }
    if text.chars().nth(most).is_some() {
        return Err(GroupError::new(field, format!("is longer than {most} characters")));
    }
    Ok(())
}

fn at_most(field: &str, count: usize, most: usize) -> Result<(), GroupError> {
    if count > most { Err(GroupError::new(field, format!("must be at most {most}"))) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::robot::{Dictionary, Reply};

    pub(crate) fn group(id: &str, questions: &[&str], answer: &str) -> PlainGroup {
        PlainGroup {
            id: GroupId::new(id).unwrap(),
            enabled: true,
            category: None,
            tags: Vec::new(),
            from: None,
            until: None,
            texts: vec![PlainText {
                language: "en".to_owned(),
                questions: questions.iter().map(|text| (*text).to_owned()).collect(),
                answer: answer.to_owned(),
            }],
        }
    }

    fn fault(group: PlainGroup) -> String {
        group.checked().unwrap_err().to_string()
    }

    #[test]
    fn texts_lose_the_blanks_around_them() {
        let checked = group("a", &[" How? "], " So. ").checked().unwrap();
        assert_eq!(checked, group("a", &["How?"], "So."));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_field() {
        assert_eq!(fault(group("a", &[], "So.")), "texts[0].questions: must not be empty");
        assert_eq!(fault(group("a", &["How?"], " ")), "texts[0].answer: must not be empty");
        assert_eq!(
            fault(group("a", &["How?", "HOW"], "So.")),
            "texts[0].questions[1]: is the same question as another one of the group"
        );
        let mut twice = group("a", &["How?"], "So.");
        twice.texts.push(PlainText { language: "EN".to_owned(), ..twice.texts[0].clone() });
        assert_eq!(fault(twice), "texts[1].language: stands there twice");
        let never = PlainGroup {
            from: Some(Timestamp::from_millis(2)),
            until: Some(Timestamp::from_millis(2)),
            ..group("a", &["How?"], "So.")
        };
        assert_eq!(fault(never), "until: must be after `from`");
        let long = "x".repeat(MAX_QUESTION_CHARACTERS + 1);
        assert_eq!(
            fault(group("a", &[&long], "So.")),
            "texts[0].questions[0]: is longer than 500 characters"
        );
    }

    #[test]
    fn a_group_is_answered_while_it_holds_and_is_enabled() {
        let dictionary = Dictionary::new();
        let sale = PlainGroup {
            from: Some(Timestamp::from_millis(10)),
            until: Some(Timestamp::from_millis(20)),
            ..group("sale", &["When is the summer sale?"], "Now.")
        };
        let off = PlainGroup { enabled: false, ..group("off", &["Where is the shop?"], "Here.") };
        let index = index_of(&[Group::cut(sale, &dictionary), Group::cut(off, &dictionary)]);
        let ask = |text: &str, millis| {
            index.ask(crate::robot::Asked::new(text).at(Timestamp::from_millis(millis)), &dictionary)
        };
        assert_eq!(ask("When is the summer sale?", 9), Reply::Miss);
        assert!(matches!(ask("When is the summer sale?", 10), Reply::Clear { .. }));
        assert_eq!(ask("When is the summer sale?", 20), Reply::Miss);
        assert_eq!(ask("Where is the shop?", 15), Reply::Miss);
    }

    #[test]
    fn a_stored_group_is_read_back_and_is_short() {
        let stored = Group::cut(group("a", &["How?"], "So."), &Dictionary::new());
        let text = serde_json::to_string(&stored).unwrap();
        let expected = r#"{"id":"a","texts":[{"language":"en","questions":[{"text":"How?","terms":["how"]}],"answer":"So."}]}"#;
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<Group>(&text).unwrap(), stored);
    }
}

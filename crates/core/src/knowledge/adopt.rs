use super::group::{GroupError, PlainGroup, PlainText, is_same_language};
use super::import::{empty, fresh_id};
use crate::id::GroupId;
use crate::robot::normalised;

/// A question that is to go into a base, with or without a new answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adoption {
    /// The group; a new one unless it is there. Without it, a new one named for the question.
    pub group: Option<GroupId>,
    /// The language.
    pub language: String,
    /// The question.
    pub question: String,
    /// The answer; a group that has one in the language keeps it unless it is given.
    pub answer: Option<String>,
}

/// The group of a base with a question more, or a new one for it.
pub fn adopt(existing: &[PlainGroup], adoption: Adoption) -> Result<PlainGroup, GroupError> {
    let Adoption { group, language, question, answer } = adoption;
    let id = group.unwrap_or_else(|| fresh_id(&question, |id| existing.iter().any(|it| it.id == *id)));
    let known = existing.iter().find(|group| group.id == id).cloned();
    let mut group = known.unwrap_or_else(|| empty(id));
    let place = group.texts.iter().position(|text| is_same_language(&text.language, &language));
    let place = place.unwrap_or_else(|| {
        group.texts.push(PlainText { language, questions: Vec::new(), answer: String::new() });
        group.texts.len() - 1
    });
    let text = &mut group.texts[place];
    if !text.questions.iter().any(|known| normalised(known) == normalised(&question)) {
        text.questions.push(question);
    }
    if let Some(answer) = answer {
        text.answer = answer;
    }
    if text.answer.trim().is_empty() {
        return Err(GroupError { field: "answer".to_owned(), why: "is missing".to_owned() });
    }
    group.checked()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(group: Option<&str>, question: &str, answer: Option<&str>) -> Adoption {
        Adoption {
            group: group.map(|id| GroupId::new(id).unwrap()),
            language: "en".to_owned(),
            question: question.to_owned(),
            answer: answer.map(str::to_owned),
        }
    }

    #[test]
    fn a_question_makes_a_group_or_joins_one() {
        let new = adopt(&[], wish(None, "Where is it?", Some("Here."))).unwrap();
        assert_eq!((new.id.as_str(), new.texts[0].answer.as_str()), ("where-is-it", "Here."));
        let joined =
            adopt(std::slice::from_ref(&new), wish(Some("where-is-it"), "Which place?", None)).unwrap();
        assert_eq!(joined.texts[0].questions, ["Where is it?", "Which place?"]);
        assert_eq!(joined.texts[0].answer, "Here.");
        assert_eq!(
            adopt(std::slice::from_ref(&new), wish(Some("where-is-it"), "WHERE IS IT", None)),
            Ok(new.clone())
        );
        let second = adopt(&[new], wish(None, "Where is it?", Some("There."))).unwrap();
        assert_eq!(second.id.as_str(), "where-is-it-2");
    }

    #[test]
    fn a_new_group_needs_an_answer() {
        assert_eq!(adopt(&[], wish(None, "Where?", None)).unwrap_err().to_string(), "answer: is missing");
    }
}

use serde::{Deserialize, Serialize};

use super::group::GroupError;
use crate::id::GroupId;
use crate::robot::{Asked, Found, Hit, Reply, RobotIndex, Segmenter, thousandths};
use crate::time::Timestamp;

/// Most test questions of a base.
pub const MAX_TESTS: usize = 1_000;

/// A question whose answer editors know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestQuestion {
    /// What a customer would ask.
    pub question: String,
    /// In which language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The group that is to answer; `None` if the robot must not answer.
    #[serde(default)]
    pub expected: Option<GroupId>,
}

/// What came of a test question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestOutcome {
    /// Whether it is what was expected.
    pub passed: bool,
    /// How well the best group fitted.
    pub hit: Hit,
    /// The groups that fitted best, best first.
    pub candidates: Vec<Found>,
    /// How well the expected group fits, in thousandths; `None` if it has nothing in common with the question.
    pub expected_score: Option<u16>,
}

/// Whether these questions can be a base's tests.
pub fn check_tests(tests: &[TestQuestion]) -> Result<(), GroupError> {
    let fault = |place: usize, why: &str| GroupError {
        field: format!("tests[{place}].question"),
        why: why.to_owned(),
    };
    if tests.len() > MAX_TESTS {
        return Err(GroupError { field: "tests".to_owned(), why: format!("must be at most {MAX_TESTS}") });
    }
    for (place, test) in tests.iter().enumerate() {
        if test.question.trim().is_empty() {
            return Err(fault(place, "must not be empty"));
        }
        if test.question.chars().nth(super::MAX_LESSON_CHARACTERS).is_some() {
            return Err(fault(place, "is too long"));
        }
    }
    Ok(())
}

/// Asks an index all of them.
pub fn run_tests(
    index: &RobotIndex,
    tests: &[TestQuestion],
    segmenter: &dyn Segmenter,
    now: Timestamp,
) -> Vec<TestOutcome> {
    let run = |test: &TestQuestion| {
        let language = test.language.as_deref().unwrap_or_default();
        let asked = Asked::new(&test.question).in_language(language).at(now);
        let found = index.look_up(asked, segmenter);
        let answered = match &found.reply {
            Reply::Clear { group, .. } => Some(group.as_str()),
            Reply::Near { .. } | Reply::Miss => None,
        };
        let expected_score = test.expected.as_ref().and_then(|expected| {
            let all = index.candidates(asked, segmenter, usize::MAX);
            let found = all.into_iter().find(|candidate| candidate.group == expected.as_str());
            found.map(|candidate| thousandths(candidate.score))
        });
        TestOutcome {
            passed: answered == test.expected.as_ref().map(GroupId::as_str),
            hit: found.reply.hit(),
            candidates: found.candidates,
            expected_score,
        }
    };
    tests.iter().map(run).collect()
}

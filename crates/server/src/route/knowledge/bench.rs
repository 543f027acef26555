//! The test bench: what robots would answer, and why.

use axum::Json;
use axum::extract::{Path, State};
use frontdesk_api::native::knowledge::{
    AskAnswer, AskRequest, Candidate, MatchedTerm, RunTestsAnswer, TestList, TestQuestion as WireTest,
    TestResult, TestRun, Thresholds,
};
use frontdesk_core::id::GroupId;
use frontdesk_core::knowledge::{
    Group, GroupError, TestOutcome, TestQuestion, check_tests, index_of, run_tests,
};
use frontdesk_core::port::{DraftGroup, Edition, StoreError};
use frontdesk_core::robot::{
    Asked, CLEAR_MARGIN, CLEAR_SCORE, CLEAR_SCORE_OF_TWO, Explained, Finding, Matched, NEAR_SCORE, Reply,
};

use super::{base_of, edition, existing, show};
use crate::error::{ApiError, NativeError};
use crate::extract::{NativeJson, Principal};
use crate::knowledge::{BaseOf, groups};
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, NotFound};
use crate::route::openapi::segment::OfBase;

/// How many candidates are shown.
const CANDIDATES: usize = 20;

const THRESHOLDS: Thresholds = Thresholds {
    clear: CLEAR_SCORE,
    clear_of_two: CLEAR_SCORE_OF_TWO,
    margin: CLEAR_MARGIN,
    near: NEAR_SCORE,
};

/// What the robot would answer, and each group that it might have meant, with its score and the reasons for it.
#[utoipa::path(
    post,
    path = "/api/v1/knowledge/{base}/ask",
    operation_id = "askKnowledge",
    tag = "Knowledge",
    params(OfBase),
    request_body = AskRequest,
    responses((status = 200, description = "The answer and its candidates.", body = AskAnswer), BadBody, NotFound),
)]
pub async fn ask(
    State(parts): State<Parts>,
    caller: Principal,
    Path(base): Path<String>,
    NativeJson(request): NativeJson<AskRequest>,
) -> Result<Json<AskAnswer>, NativeError> {
    let of = base_of(&caller.tenant, &base)?;
    let (text, language, wanted) = request.check()?;
    let groups = state_of(&parts, &of, edition(wanted)).await?;
    let (text, language) = (text.to_owned(), language.to_owned());
    let (dictionary, now) = (parts.robots.dictionary(), parts.clock.now());
    let found = blocking(move || {
        let index = index_of(&groups);
        let asked = Asked::new(&text).in_language(&language).at(now);
        (index.look_up(asked, &*dictionary), index.explain(asked, &*dictionary, CANDIDATES))
    });
    let (found, explained) = found.await?;
    Ok(Json(answer(found, explained)))
}

/// The test questions of a base.
#[utoipa::path(
    get,
    path = "/api/v1/knowledge/{base}/tests",
    operation_id = "listKnowledgeTests",
    tag = "Knowledge",
    params(OfBase),
    responses((status = 200, description = "The questions.", body = TestList), NotFound),
)]
pub async fn tests(
    State(parts): State<Parts>,
    caller: Principal,
    Path(base): Path<String>,
) -> Result<Json<TestList>, NativeError> {
    let of = existing(&parts, &caller.tenant, &base).await?;
    let tests = parts.store.tests(&of.tenant, &of.base).await?;
    Ok(Json(TestList { tests: tests.into_iter().map(wire_test).collect() }))
}

/// Replaces the test questions of a base.
#[utoipa::path(
    put,
    path = "/api/v1/knowledge/{base}/tests",
    operation_id = "replaceKnowledgeTests",
    tag = "Knowledge",
    params(OfBase),
    request_body = TestList,
    responses((status = 200, description = "The questions.", body = TestList), BadBody, NotFound),
)]
pub async fn put_tests(
    State(parts): State<Parts>,
    caller: Principal,
    Path(base): Path<String>,
    NativeJson(request): NativeJson<TestList>,
) -> Result<Json<TestList>, NativeError> {
    let of = base_of(&caller.tenant, &base)?;
    let tests: Vec<TestQuestion> =
        request.tests.iter().cloned().enumerate().map(core_test).collect::<Result<_, _>>()?;
    check_tests(&tests).map_err(ApiError::from)?;
    if !parts.store.put_tests(&of.tenant, &of.base, tests).await? {
        return Err(ApiError::NotFound.into());
    }
    Ok(Json(request))
}

/// Asks draft and live each of the test questions, and compares what they find with what is expected.
#[utoipa::path(
    post,
    path = "/api/v1/knowledge/{base}/tests/run",
    operation_id = "runKnowledgeTests",
    tag = "Knowledge",
    params(OfBase),
    responses((status = 200, description = "What came of each.", body = RunTestsAnswer), NotFound),
)]
pub async fn run(
    State(parts): State<Parts>,
    caller: Principal,
    Path(base): Path<String>,
) -> Result<Json<RunTestsAnswer>, NativeError> {
    let of = existing(&parts, &caller.tenant, &base).await?;
    let tests = parts.store.tests(&of.tenant, &of.base).await?;
    let draft = state_of(&parts, &of, Edition::Draft).await?;
    let live = state_of(&parts, &of, Edition::Live).await?;
    let (dictionary, now) = (parts.robots.dictionary(), parts.clock.now());
    let asked = tests.clone();
    let outcomes = blocking(move || {
        let run = |groups: &[Group]| run_tests(&index_of(groups), &asked, &*dictionary, now);
        (run(&draft), run(&live))
    });
    let (draft, live) = outcomes.await?;
    Ok(Json(table(tests, draft, live)))
}

async fn state_of(parts: &Parts, of: &BaseOf, edition: Edition) -> Result<Vec<Group>, ApiError> {
    let groups = groups(&*parts.store, of, edition).await?;
    Ok(groups.into_iter().map(|DraftGroup { group, .. }| group).collect())
}

/// To build an index takes too long for an async worker.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| StoreError::Failed(error.to_string()).into())
}

fn answer(found: Finding, explained: Vec<Explained>) -> AskAnswer {
    let hit = show::hit(found.reply.hit());
    let candidates = explained.into_iter().map(candidate).collect();
    let (group, answer, similar) = match found.reply {
        Reply::Clear { group, answer, .. } => (Some(group), Some(answer), Vec::new()),
        Reply::Near { similar, .. } => (None, None, similar),
        Reply::Miss => (None, None, Vec::new()),
    };
    AskAnswer { hit, group, answer, similar, candidates, thresholds: THRESHOLDS }
}

fn candidate(explained: Explained) -> Candidate {
    let term = |matched: Matched| MatchedTerm {
        asked: matched.asked,
        term: matched.term,
        in_question: matched.in_question,
        weight: show::rounded(matched.weight),
    };
    Candidate {
        group: explained.candidate.group,
        language: explained.candidate.locale,
        question: explained.candidate.question,
        score: show::rounded(explained.candidate.score),
        telling: explained.telling,
        clear_from: explained.clear_from,
        matched: explained.matched.into_iter().map(term).collect(),
    }
}

fn table(tests: Vec<TestQuestion>, draft: Vec<TestOutcome>, live: Vec<TestOutcome>) -> RunTestsAnswer {
    let both = || draft.iter().zip(&live);
    let passed = draft.iter().filter(|outcome| outcome.passed).count();
    let broken = both().filter(|(draft, live)| !draft.passed && live.passed).count();
    let fixed = both().filter(|(draft, live)| draft.passed && !live.passed).count();
    let failed = draft.len() - passed;
    let outcomes = draft.into_iter().map(test_run).zip(live.into_iter().map(test_run));
    let results = tests.into_iter().map(wire_test).zip(outcomes);
    let results = results.map(|(test, (draft, live))| {
        let WireTest { question, language, expected } = test;
        TestResult { question, language, expected, draft, live }
    });
    let results = results.collect();
    RunTestsAnswer { passed, failed, broken, fixed, results }
}

fn test_run(outcome: TestOutcome) -> TestRun {
    TestRun {
        passed: outcome.passed,
        hit: show::hit(outcome.hit),
        candidates: show::found(outcome.candidates),
        expected_score: outcome.expected_score.map(|score| f64::from(score) / 1_000.0),
    }
}

fn wire_test(test: TestQuestion) -> WireTest {
    let expected = test.expected.map(|group| group.to_string());
    WireTest { question: test.question, language: test.language, expected }
}

fn core_test((place, test): (usize, WireTest)) -> Result<TestQuestion, ApiError> {
    let expected = test
        .expected
        .map(|group| GroupId::new(&group))
        .transpose()
        .map_err(|error| GroupError { field: format!("tests[{place}].expected"), why: error.to_string() })?;
    Ok(TestQuestion { question: test.question, language: test.language, expected })
}

//! What customers asked in vain, what they rated badly, and what agents answered instead.

use axum::Json;
use axum::extract::{Path, State};
use frontdesk_api::FieldError;
use frontdesk_api::native::knowledge::{
    AdoptRequest, BadlyRatedList, BadlyRatedQuery, KnowledgeGroup, QuestionState, SuggestionList,
    SuggestionQuery, SuggestionState as WireState, UnansweredList, UnansweredQuery,
};
use frontdesk_core::id::GroupId;
use frontdesk_core::knowledge::Adoption;
use frontdesk_core::port::{Judged, Settled, SuggestionState, UnansweredFilter, Verdict};
use frontdesk_core::time::Timestamp;
use http::StatusCode;

use super::{base_of, existing, show};
use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, NativeJson, NativeQuery};
use crate::knowledge::{BaseOf, take_in};
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, BadQuery, Conflict, NotFound};
use crate::route::openapi::segment::OfBase;

/// Questions that robots could not answer from a base, or after whose answer the customer wanted an agent.
#[utoipa::path(
    get,
    path = "/api/v1/knowledge/{base}/unanswered",
    operation_id = "listUnanswered",
    tag = "Knowledge",
    params(OfBase, UnansweredQuery),
    responses((status = 200, description = "The questions.", body = UnansweredList), BadQuery, NotFound),
)]
pub async fn unanswered(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path(base): Path<String>,
    NativeQuery(query): NativeQuery<UnansweredQuery>,
) -> Result<Json<UnansweredList>, NativeError> {
    let (of, wish) = (existing(&parts, &caller.tenant, &base).await?, query.check()?);
    let filter = UnansweredFilter {
        verdict: match wish.state {
            QuestionState::Open => None,
            QuestionState::Dismissed => Some(Verdict::Dismissed),
            QuestionState::Taken => Some(Verdict::Taken),
        },
        language: wish.language.map(str::to_owned),
        since: wish.since.map(Timestamp::from_millis),
        least: wish.least,
        limit: wish.limit,
    };
    let found = parts.store.unanswered(&of.tenant, &of.base, filter).await?;
    let questions = found.into_iter().map(|question| show::unanswered(&parts, question)).collect();
    Ok(Json(UnansweredList { questions }))
}

/// Shows a question no more, however often it is asked again.
#[utoipa::path(
    post,
    path = "/api/v1/knowledge/{base}/unanswered/{id}/dismiss",
    operation_id = "dismissUnanswered",
    tag = "Knowledge",
    params(
        OfBase,
        ("id" = String, Path, description = "The question."),
    ),
    responses((status = 204, description = "It is dismissed."), NotFound),
)]
pub async fn dismiss(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path((base, key)): Path<(String, String)>,
) -> Result<StatusCode, NativeError> {
    let of = base_of(&caller.tenant, &base)?;
    parts.store.unanswered_one(&of.tenant, &of.base, &key).await?.ok_or(ApiError::NotFound)?;
    let judged = Judged { verdict: Verdict::Dismissed, by: caller.agent.id.clone(), group: None };
    parts.store.judge(&of.tenant, &of.base, &key, Some(judged)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shows a question again that was dismissed or taken.
#[utoipa::path(
    post,
    path = "/api/v1/knowledge/{base}/unanswered/{id}/reopen",
    operation_id = "reopenUnanswered",
    tag = "Knowledge",
    params(
        OfBase,
        ("id" = String, Path, description = "The question."),
    ),
    responses((status = 204, description = "It is open."), NotFound),
)]
pub async fn reopen(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path((base, key)): Path<(String, String)>,
) -> Result<StatusCode, NativeError> {
    let of = base_of(&caller.tenant, &base)?;
    parts.store.unanswered_one(&of.tenant, &of.base, &key).await?.ok_or(ApiError::NotFound)?;
    parts.store.judge(&of.tenant, &of.base, &key, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a question into the draft: into a group that is there, or into a new one.
#[utoipa::path(
    post,
    path = "/api/v1/knowledge/{base}/unanswered/{id}/take",
    operation_id = "takeUnanswered",
    tag = "Knowledge",
    params(
        OfBase,
        ("id" = String, Path, description = "The question."),
    ),
    request_body = AdoptRequest,
    responses(
        (status = 200, description = "The group with the question.", body = KnowledgeGroup),
        BadBody,
        NotFound,
        Conflict,
    ),
)]
pub async fn take(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path((base, key)): Path<(String, String)>,
    NativeJson(request): NativeJson<AdoptRequest>,
) -> Result<Json<KnowledgeGroup>, NativeError> {
    let of = base_of(&caller.tenant, &base)?;
    let found = parts.store.unanswered_one(&of.tenant, &of.base, &key).await?.ok_or(ApiError::NotFound)?;
    let adoption = adoption(&request, found.text, found.language, None)?;
    Ok(Json(take_into_draft(&parts, &caller, &of, adoption, (key, false)).await?))
}

/// Answers of robots that customers said did not help.
#[utoipa::path(
    get,
    path = "/api/v1/knowledge/{base}/badly-rated",
    operation_id = "listBadlyRated",
    tag = "Knowledge",
    params(OfBase, BadlyRatedQuery),
    responses((status = 200, description = "The answers.", body = BadlyRatedList), BadQuery, NotFound),
)]
pub async fn badly_rated(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path(base): Path<String>,
    NativeQuery(query): NativeQuery<BadlyRatedQuery>,
) -> Result<Json<BadlyRatedList>, NativeError> {
    let (of, limit) = (existing(&parts, &caller.tenant, &base).await?, query.check()?);
    let found = parts.store.badly_rated(&of.tenant, &of.base, limit).await?;
    let answers = found.into_iter().map(|rated| show::badly_rated(&parts, rated)).collect();
    Ok(Json(BadlyRatedList { answers }))
}

/// What agents answered to questions that the robot could not, once the conversation was over.
#[utoipa::path(
    get,
    path = "/api/v1/knowledge/{base}/suggestions",
    operation_id = "listSuggestions",
    tag = "Knowledge",
    params(OfBase, SuggestionQuery),
    responses((status = 200, description = "The suggestions.", body = SuggestionList), BadQuery, NotFound),
)]
pub async fn suggestions(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path(base): Path<String>,
    NativeQuery(query): NativeQuery<SuggestionQuery>,
) -> Result<Json<SuggestionList>, NativeError> {
    let (of, wish) = (existing(&parts, &caller.tenant, &base).await?, query.check()?);
    let state = match wish.state {
        WireState::Open => SuggestionState::Open,
        WireState::Approved => SuggestionState::Approved,
        WireState::Rejected => SuggestionState::Rejected,
    };
    let found = parts.store.suggestions(&of.tenant, &of.base, state, wish.limit).await?;
    let suggestions = found.into_iter().map(|it| show::suggestion(&parts, it)).collect();
    Ok(Json(SuggestionList { suggestions }))
}

/// Takes a suggestion into the draft, as it is or in other words.
#[utoipa::path(
    post,
    path = "/api/v1/knowledge/{base}/suggestions/{id}/approve",
    operation_id = "approveSuggestion",
    tag = "Knowledge",
    params(
        OfBase,
        ("id" = String, Path, description = "The suggestion."),
    ),
    request_body = AdoptRequest,
    responses(
        (status = 200, description = "The group with the question.", body = KnowledgeGroup),
        BadBody,
        NotFound,
        Conflict,
    ),
)]
pub async fn approve(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path((base, key)): Path<(String, String)>,
    NativeJson(request): NativeJson<AdoptRequest>,
) -> Result<Json<KnowledgeGroup>, NativeError> {
    let of = base_of(&caller.tenant, &base)?;
    let found = parts.store.suggestion(&of.tenant, &of.base, &key).await?.ok_or(ApiError::NotFound)?;
    let adoption = adoption(&request, found.question, found.language, Some(found.answer))?;
    Ok(Json(take_into_draft(&parts, &caller, &of, adoption, (key, true)).await?))
}

/// The suggestion is not wanted, and is not made again.
#[utoipa::path(
    post,
    path = "/api/v1/knowledge/{base}/suggestions/{id}/reject",
    operation_id = "rejectSuggestion",
    tag = "Knowledge",
    params(
        OfBase,
        ("id" = String, Path, description = "The suggestion."),
    ),
    responses((status = 204, description = "It is rejected."), NotFound, Conflict),
)]
pub async fn reject(
    State(parts): State<Parts>,
    caller: AgentCaller,
    Path((base, key)): Path<(String, String)>,
) -> Result<StatusCode, NativeError> {
    let of = base_of(&caller.tenant, &base)?;
    let found = parts.store.suggestion(&of.tenant, &of.base, &key).await?.ok_or(ApiError::NotFound)?;
    let to = (SuggestionState::Rejected, caller.agent.id.clone(), None);
    let open = SuggestionState::Open;
    let done = found.state == SuggestionState::Rejected
        || parts.store.judge_suggestion(&of.tenant, &of.base, &key, open, to).await?;
    if done {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::from(frontdesk_core::port::KnowledgeError::Decided).into())
    }
}

fn adoption(
    request: &AdoptRequest,
    question: String,
    language: String,
    answer: Option<String>,
) -> Result<Adoption, ApiError> {
    let group = request.group()?.map(GroupId::new).transpose();
    let group = group.map_err(|error| FieldError::invalid("group", error.to_string()))?;
    let given = |text: Option<&str>| text.map(str::to_owned);
    Ok(Adoption {
        group,
        language: request.language()?.map_or(language, str::to_owned),
        question: given(request.question.as_deref()).unwrap_or(question),
        answer: given(request.answer.as_deref()).or(answer),
    })
}

async fn take_into_draft(
    parts: &Parts,
    caller: &AgentCaller,
    of: &BaseOf,
    adoption: Adoption,
    (key, is_suggestion): (String, bool),
) -> Result<KnowledgeGroup, ApiError> {
    let settled = |group: &frontdesk_core::knowledge::PlainGroup| Settled {
        key: key.clone(),
        is_suggestion,
        by: caller.agent.id.clone(),
        group: group.id.clone(),
    };
    let group = take_in(parts, of, adoption, settled).await?;
    Ok(show::group(&group))
}

//! The groups of a base: read in any state, changed in the draft.

use axum::Json;
use axum::extract::{Path, State};
use frontdesk_api::native::knowledge::{
    Duplicate, GroupQuery, GroupWish, KnowledgeGroup, KnowledgeGroupList, PutGroupAnswer, PutGroupRequest,
    RemoveGroupQuery,
};
use frontdesk_core::id::GroupId;
use frontdesk_core::knowledge::{PlainGroup, PlainText};
use frontdesk_core::port::{DraftGroup, Edit, Edition, Expected, GroupEdit};
use frontdesk_core::robot::{language_of, normalised};
use frontdesk_core::time::Timestamp;
use http::StatusCode;

use super::{base_of, edition, group_id, show};
use crate::error::{ApiError, NativeError};
use crate::extract::{NativeJson, NativeQuery, Principal};
use crate::knowledge::{cut, groups};
use crate::parts::Parts;
use crate::route::openapi::native::{BadBody, BadQuery, Conflict, NotFound};
use crate::route::openapi::segment::OfBase;

/// Groups of a base: of the draft, of what is live, or of a version that was published.
#[utoipa::path(
    get,
    path = "/api/v1/knowledge/{base}/groups",
    operation_id = "listKnowledgeGroups",
    tag = "Knowledge",
    params(OfBase, GroupQuery),
    responses((status = 200, description = "The groups, by their ids.", body = KnowledgeGroupList), BadQuery, NotFound),
)]
pub async fn list(
    State(parts): State<Parts>,
    caller: Principal,
    Path(base): Path<String>,
    NativeQuery(query): NativeQuery<GroupQuery>,
) -> Result<Json<KnowledgeGroupList>, NativeError> {
    let (of, wish) = (base_of(&caller.tenant, &base)?, query.check()?);
    let mut found = groups(&*parts.store, &of, edition(wish.edition)).await.map_err(ApiError::from)?;
    found.retain(|draft| is_wanted(draft, &wish));
    let has_more = found.len() > wish.limit;
    found.truncate(wish.limit);
    let next = found.last().filter(|_| has_more).map(|draft| draft.group.id.to_string());
    Ok(Json(KnowledgeGroupList { groups: found.iter().map(show::group).collect(), next }))
}

fn is_wanted(draft: &DraftGroup, wish: &GroupWish<'_>) -> bool {
    let group = &draft.group;
    let holds = |text: &str| {
        let text = text.to_lowercase();
        let is_in = |hay: &str| hay.to_lowercase().contains(&text);
        is_in(group.id.as_str())
            || group
                .texts
                .iter()
                .any(|it| is_in(&it.answer) || it.questions.iter().any(|question| is_in(&question.text)))
    };
    let speaks = |language: &str| {
        group.texts.iter().any(|text| {
            text.language.eq_ignore_ascii_case(language)
                || language_of(&text.language).as_deref() == Some(language)
        })
    };
    wish.after.is_none_or(|after| group.id.as_str() > after)
        && wish.enabled.is_none_or(|enabled| group.enabled == enabled)
        && wish.category.is_none_or(|category| group.category.as_deref() == Some(category))
        && wish.tag.is_none_or(|tag| group.tags.iter().any(|known| known == tag))
        && wish.language.is_none_or(speaks)
        && wish.text.is_none_or(holds)
}

/// One group of the draft.
#[utoipa::path(
    get,
    path = "/api/v1/knowledge/{base}/groups/{group}",
    operation_id = "readKnowledgeGroup",
    tag = "Knowledge",
    params(
        OfBase,
        ("group" = String, Path, description = "The group."),
    ),
    responses((status = 200, description = "The group.", body = KnowledgeGroup), NotFound),
)]
pub async fn read(
    State(parts): State<Parts>,
    caller: Principal,
    Path((base, group)): Path<(String, String)>,
) -> Result<Json<KnowledgeGroup>, NativeError> {
    let (of, id) = (base_of(&caller.tenant, &base)?, group_id(&group)?);
    let group = parts.store.group(&of.tenant, &of.base, &id).await?.ok_or(ApiError::NotFound)?;
    Ok(Json(show::group(&group)))
}

/// Puts a group into the draft, new or in the place of the one of the version that is given.
#[utoipa::path(
    put,
    path = "/api/v1/knowledge/{base}/groups/{group}",
    operation_id = "putKnowledgeGroup",
    tag = "Knowledge",
    params(
        OfBase,
        ("group" = String, Path, description = "The group: 1 to 64 characters."),
    ),
    request_body = PutGroupRequest,
    responses(
        (status = 200, description = "It is changed.", body = PutGroupAnswer),
        (status = 201, description = "It is made.", body = PutGroupAnswer),
        BadBody,
        NotFound,
        Conflict,
    ),
)]
pub async fn put(
    State(parts): State<Parts>,
    caller: Principal,
    Path((base, group)): Path<(String, String)>,
    NativeJson(request): NativeJson<PutGroupRequest>,
) -> Result<(StatusCode, Json<PutGroupAnswer>), NativeError> {
    let of = base_of(&caller.tenant, &base)?;
    let id = GroupId::new(&group).map_err(|error| ApiError::field_invalid("group", error))?;
    let version = request.version;
    let group = plain(id.clone(), request).checked().map_err(ApiError::from)?;
    let others = groups(&*parts.store, &of, Edition::Draft).await.map_err(ApiError::from)?;
    let duplicates = duplicates(&group, &others);
    let group = cut(parts.robots.dictionary(), vec![group]).await?.pop();
    let expected = version.map_or(Expected::Absent, Expected::Version);
    let edit = Edit { groups: vec![GroupEdit { id: id.clone(), expected, group }], ..Edit::default() };
    parts.store.edit(&of.tenant, &of.base, edit).await?;
    let group = parts.store.group(&of.tenant, &of.base, &id).await?.ok_or(ApiError::NotFound)?;
    let status = if version.is_none() { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(PutGroupAnswer { group: show::group(&group), duplicates })))
}

/// Takes a group out of the draft.
#[utoipa::path(
    delete,
    path = "/api/v1/knowledge/{base}/groups/{group}",
    operation_id = "removeKnowledgeGroup",
    tag = "Knowledge",
    params(
        OfBase,
        ("group" = String, Path, description = "The group."),
        RemoveGroupQuery,
    ),
    responses((status = 204, description = "The draft has no such group any more."), BadQuery, NotFound, Conflict),
)]
pub async fn remove(
    State(parts): State<Parts>,
    caller: Principal,
    Path((base, group)): Path<(String, String)>,
    NativeQuery(query): NativeQuery<RemoveGroupQuery>,
) -> Result<StatusCode, NativeError> {
    let (of, id) = (base_of(&caller.tenant, &base)?, group_id(&group)?);
    let is_there = parts.store.group(&of.tenant, &of.base, &id).await?.is_some();
    // Taken away before, and the answer was lost.
    let expected = query.check()?.filter(|_| is_there).map_or(Expected::Any, Expected::Version);
    let edit = Edit { groups: vec![GroupEdit { id, expected, group: None }], ..Edit::default() };
    parts.store.edit(&of.tenant, &of.base, edit).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn plain(id: GroupId, request: PutGroupRequest) -> PlainGroup {
    let texts = request.texts.into_iter().map(|text| PlainText {
        language: text.language,
        questions: text.questions,
        answer: text.answer,
    });
    PlainGroup {
        id,
        enabled: request.enabled,
        category: request.category,
        tags: request.tags,
        from: request.from.map(Timestamp::from_millis),
        until: request.until.map(Timestamp::from_millis),
        texts: texts.collect(),
    }
}

fn duplicates(group: &PlainGroup, others: &[DraftGroup]) -> Vec<Duplicate> {
    let key = |language: &str, text: &str| (language_of(language), normalised(text));
    let own: Vec<_> = group.questions().map(|(language, text)| (key(language, text), text)).collect();
    let mut found = Vec::new();
    for other in others.iter().filter(|other| other.group.id != group.id) {
        for text in &other.group.texts {
            for question in &text.questions {
                let theirs = key(&text.language, &question.text);
                if let Some((_, question)) = own.iter().find(|(own, _)| *own == theirs) {
                    let (question, group) = ((*question).to_owned(), other.group.id.to_string());
                    found.push(Duplicate { question, group });
                }
            }
        }
    }
    found
}

//! Surveys, as agents see them: asking by hand, and what customers answered.

use axum::Json;
use axum::extract::State;
use frontdesk_api::native::rating::{Rating as WireRating, RatingList};
use frontdesk_core::access::{On, Permission};
use frontdesk_core::conversation::Command;
use frontdesk_core::entry::{Audience, EntryBody, Rating};
use frontdesk_core::log::EntryNumber;
use frontdesk_core::port::{ConversationRow, ReadQuery, StoreError};
use frontdesk_core::seal::Sealed;
use frontdesk_core::time::Timestamp;
use http::StatusCode;

use super::access::{ReadableConversation, VisibleConversation, queue_of};
use crate::error::NativeError;
use crate::parts::Parts;
use crate::route::openapi::native::{Conflict, NotFound};
use crate::route::openapi::segment::OfConversation;

/// Most entries that are read at a time.
const PAGE: usize = 1_000;

/// Has the customer asked about the last service in a conversation, whatever the channel's rules say.
///
/// Whoever served may ask, and supervisors, for as long as an answer is taken. Who was asked already is not asked twice.
#[utoipa::path(
    post,
    path = "/api/v1/agent/conversations/{id}/survey",
    operation_id = "askSurvey",
    tag = "Conversations",
    params(OfConversation),
    responses((status = 204, description = "The customer is asked."), NotFound, Conflict),
)]
pub async fn ask(
    State(parts): State<Parts>,
    VisibleConversation { caller, row }: VisibleConversation,
) -> Result<StatusCode, NativeError> {
    let command = Command::AskSurvey {
        agent: caller.agent.id.clone(),
        is_supervisor: caller.may(
            Permission::ConversationsSupervise,
            On::Channel(&row.customer.channel, queue_of(&caller.tenant, &row)),
        ),
        conversation: row.conversation,
    };
    parts.run(row.log, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the customer of a conversation said of each service in it.
#[utoipa::path(
    get,
    path = "/api/v1/agent/conversations/{id}/ratings",
    operation_id = "listRatings",
    tag = "Conversations",
    params(OfConversation),
    responses((status = 200, description = "The ratings.", body = RatingList), NotFound),
)]
pub async fn ratings(
    State(parts): State<Parts>,
    ReadableConversation { row, .. }: ReadableConversation,
) -> Result<Json<RatingList>, NativeError> {
    Ok(Json(RatingList { ratings: last_ratings(&parts, &row).await? }))
}

/// The last rating of each service episode of a conversation, oldest first.
pub(in crate::route) async fn last_ratings(
    parts: &Parts,
    row: &ConversationRow,
) -> Result<Vec<WireRating>, StoreError> {
    let mut last: Vec<(Rating, Timestamp)> = Vec::new();
    for (rating, at) in given(parts, row).await? {
        // A second thought takes the place of the first.
        last.retain(|(earlier, _)| (earlier.episode, &earlier.agent) != (rating.episode, &rating.agent));
        last.push((rating, at));
    }
    let ratings = last.into_iter().map(|(rating, at)| WireRating {
        episode: rating.episode.map(|episode| parts.sealer.seal(Sealed::Episode, row.log, episode)),
        agent_id: rating.agent.to_string(),
        at: at.as_millis(),
        csat: rating.evaluation,
        nps: rating.nps,
        solved: rating.solved,
        comment: rating.comment.into(),
    });
    Ok(ratings.collect())
}

/// All ratings of a conversation, oldest first. They may come after its end, among what belongs to later ones.
async fn given(parts: &Parts, row: &ConversationRow) -> Result<Vec<(Rating, Timestamp)>, StoreError> {
    let mut ratings = Vec::new();
    let mut after = EntryNumber(row.first.0.saturating_sub(1));
    loop {
        let query = ReadQuery {
            after,
            through: EntryNumber::END,
            audience: Audience::AGENT,
            limit: PAGE,
            max_bytes: usize::MAX,
        };
        let page = parts.store.read(row.log, query).await?;
        let Some(last) = page.last() else { return Ok(ratings) };
        after = last.number;
        let is_full = page.len() == PAGE;
        let of_conversation = page.into_iter().filter(|entry| entry.conversation == row.conversation);
        ratings.extend(of_conversation.filter_map(|entry| match entry.body {
            EntryBody::RatedAgent(rating) => Some((rating, entry.at)),
            _ => None,
        }));
        if !is_full {
            return Ok(ratings);
        }
    }
}

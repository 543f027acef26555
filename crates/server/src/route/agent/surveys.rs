//! Surveys, as agents see them: asking by hand, and what customers answered.

use axum::Json;
use axum::extract::State;
use frontdesk_api::native::rating::{Rating as WireRating, RatingList};
use frontdesk_core::conversation::Command;
use frontdesk_core::directory::Role;
use frontdesk_core::entry::{Audience, EntryBody, Rating};
use frontdesk_core::log::EntryNumber;
use frontdesk_core::port::{ConversationRow, ReadQuery, StoreError};
use frontdesk_core::seal::Sealed;
use frontdesk_core::time::Timestamp;
use http::StatusCode;

use super::access::VisibleConversation;
use crate::error::NativeError;
use crate::parts::Parts;
use crate::route::openapi::native::{Conflict, NotFound};

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
    params(("id" = String, Path, description = "The conversation.")),
    responses((status = 204, description = "The customer is asked."), NotFound, Conflict),
)]
pub async fn ask(
    State(parts): State<Parts>,
    VisibleConversation { caller, row }: VisibleConversation,
) -> Result<StatusCode, NativeError> {
    let command = Command::AskSurvey {
        agent: caller.agent.id.clone(),
        is_supervisor: caller.agent.role >= Role::Supervisor,
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
    params(("id" = String, Path, description = "The conversation.")),
    responses((status = 200, description = "The ratings.", body = RatingList), NotFound),
)]
pub async fn ratings(
    State(parts): State<Parts>,
    VisibleConversation { row, .. }: VisibleConversation,
) -> Result<Json<RatingList>, NativeError> {
    let mut last: Vec<(Rating, Timestamp)> = Vec::new();
    for (rating, at) in given(&parts, &row).await? {
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
    Ok(Json(RatingList { ratings: ratings.collect() }))
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

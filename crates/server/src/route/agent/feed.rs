//! The agent's feed: the agent's own log and the logs of the conversations held, as one.

use axum::Json;
use axum::extract::State;
use frontdesk_api::native::feed::{FeedAnswer, FeedQuery};
use std::time::Duration;

use crate::deliver::AgentFeed;
use crate::error::{ApiError, NativeError};
use crate::extract::{AgentCaller, NativeQuery};
use crate::parts::Parts;
use crate::presence::HeldFeed;
use crate::route::openapi::native::BadQuery;

/// What happened since the cursor; held for up to `wait` seconds if nothing did.
///
/// It takes nothing away from another tab: each has its own cursor.
#[utoipa::path(
    get,
    path = "/api/v1/agent/feed",
    operation_id = "readFeed",
    tag = "Agents",
    params(FeedQuery),
    responses(
        (status = 200, description = "What happened, which may be nothing.", body = FeedAnswer),
        BadQuery,
    ),
)]
pub async fn feed(
    State(parts): State<Parts>,
    caller: AgentCaller,
    NativeQuery(query): NativeQuery<FeedQuery>,
) -> Result<Json<FeedAnswer>, NativeError> {
    let wish = query.check()?;
    let wait = Duration::from_secs(wish.wait_seconds.unwrap_or_default());
    let _place = parts.limits.hold_of_agent(&caller.tenant).map_err(ApiError::from)?;
    let _held = HeldFeed::of(&parts, &caller);
    let feed = AgentFeed::resume(&parts, &caller, wish.cursor).await?;
    Ok(Json(feed.next(wait).await?))
}

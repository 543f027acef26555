//! checkClickToCallSupport.

use axum::Json;
use frontdesk_api::messaging::click_to_call::{ClickToCallAnswer, ClickToCallQuery};

use super::must_be_web;
use crate::error::MessagingError;
use crate::extract::{CustomerCaller, MessagingQuery};

/// Says that there are no calls inside a chat (checkClickToCallSupport).
pub async fn check(
    caller: CustomerCaller,
    MessagingQuery(query): MessagingQuery<ClickToCallQuery>,
) -> Result<Json<ClickToCallAnswer>, MessagingError> {
    must_be_web(&caller, query.channel.as_deref())?;
    Ok(Json(ClickToCallAnswer::unsupported()))
}

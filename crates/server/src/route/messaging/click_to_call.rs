//! checkClickToCallSupport.

use axum::Json;
use frontdesk_api::messaging::click_to_call::{ClickToCallAnswer, ClickToCallQuery};

use super::must_be_web;
use crate::error::MessagingError;
use crate::extract::{CustomerCaller, MessagingQuery};
use crate::route::openapi::messaging::BadQuery;

/// Says that there are no calls inside a chat (checkClickToCallSupport).
#[utoipa::path(
    get,
    path = "/apiaccess/ccmessaging/v1/checkClickToCallSupport",
    operation_id = "checkClickToCallSupport",
    tag = "Messages",
    params(ClickToCallQuery),
    responses(
        (status = 200, description = "Neither is offered.", body = ClickToCallAnswer),
        BadQuery,
    ),
)]
pub async fn check(
    caller: CustomerCaller,
    MessagingQuery(query): MessagingQuery<ClickToCallQuery>,
) -> Result<Json<ClickToCallAnswer>, MessagingError> {
    must_be_web(&caller, query.channel.as_deref())?;
    Ok(Json(ClickToCallAnswer::unsupported()))
}

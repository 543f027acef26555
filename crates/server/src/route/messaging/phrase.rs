//! queryPhraseByKeyword: suggestions while the customer types.

use axum::Json;
use axum::extract::State;
use frontdesk_api::messaging::phrase::{MAX_PHRASES, PhraseAnswer, PhraseRequest};
use frontdesk_api::messaging::result::phrase as told;

use super::must_be_web;
use crate::error::MessagingError;
use crate::extract::{CustomerCaller, MessagingJson};
use crate::parts::Parts;
use crate::route::openapi::messaging::BadBody;

/// Questions that the channel's robot can answer and that begin like what is typed (queryPhraseByKeyword).
#[utoipa::path(
    post,
    path = "/apiaccess/ccmessaging/queryPhraseByKeyword",
    operation_id = "queryPhraseByKeyword",
    tag = "Messages",
    request_body = PhraseRequest,
    responses(
        (status = 200, description = "Done, or in `resultCode` why not.", body = PhraseAnswer),
        BadBody,
    ),
)]
pub async fn query_phrase(
    State(parts): State<Parts>,
    caller: CustomerCaller,
    MessagingJson(request): MessagingJson<PhraseRequest>,
) -> Result<Json<PhraseAnswer>, MessagingError> {
    let question = request.check()?;
    must_be_web(&caller, Some(question.channel))?;
    let robot = caller.channel.robot.as_ref().and_then(|robot| caller.tenant.robots.get(robot));
    let Some(robot) = robot else { return Ok(Json(told::NO_ROBOT.into())) };
    let tenant = &caller.tenant.tenant.id;
    let found = parts.robots.suggest(&parts, tenant, robot, question.content.0, question.locale).await?;
    Ok(Json(PhraseAnswer::found(found.into_iter().take(MAX_PHRASES).map(Into::into).collect())))
}

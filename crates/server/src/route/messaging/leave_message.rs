//! doLeaveMessage: a message to be answered later.

use axum::Json;
use axum::extract::State;
use frontdesk_api::FieldProblem;
use frontdesk_api::messaging::leave_message::LeaveMessageRequest;
use frontdesk_api::messaging::result::{ResultAnswer, leave_message as told};
use frontdesk_core::conversation::Command;

use super::must_be_web;
use crate::error::MessagingError;
use crate::extract::{CustomerCaller, MessagingJson};
use crate::parts::Parts;
use crate::route::openapi::messaging::{BadBody, NotFound};

/// Keeps a message to be answered later, and ends the flow of the conversation (doLeaveMessage).
#[utoipa::path(
    post,
    path = "/apiaccess/ccmessaging/doLeaveMessage",
    operation_id = "doLeaveMessage",
    tag = "Messages",
    request_body = LeaveMessageRequest,
    responses(
        (status = 200, description = "Done, or in `resultCode` why not.", body = ResultAnswer),
        BadBody,
        NotFound,
    ),
)]
pub async fn do_leave_message(
    State(parts): State<Parts>,
    caller: CustomerCaller,
    MessagingJson(request): MessagingJson<LeaveMessageRequest>,
) -> Result<Json<ResultAnswer>, MessagingError> {
    let left = match request.check() {
        Ok(left) => left,
        // The documented code for an empty parameter.
        Err(error) if error.problem == FieldProblem::Empty => return Ok(Json(told::MISSING.into())),
        Err(error) => return Err(error.into()),
    };
    must_be_web(&caller, Some(left.channel))?;
    // Despite its name, callId is the user id (2.9).
    caller.must_be("callId", Some(left.user_id), caller.user.as_str())?;
    if parts.blocks.keep_out(caller.log, parts.clock.now()) {
        return Ok(Json(told::FAILED.into()));
    }
    let command = Command::LeaveMessage { caller: left.caller.0.to_owned(), text: left.message.0.to_owned() };
    parts.run(caller.log, command).await?;
    Ok(Json(told::SAVED.into()))
}

//! getUserInfoBycallId: who is on the other side.

use axum::Json;
use axum::extract::State;
use frontdesk_api::messaging::user_info::{UserInfoAnswer, UserInfoRequest};
use frontdesk_core::id::CallId;

use crate::deliver::CHANNEL_TYPE;
use crate::error::{ApiError, MessagingError};
use crate::extract::{AppCaller, MessagingJson};
use crate::parts::Parts;
use crate::route::openapi::messaging::{BadBody, NotFound};

/// Who the customer of a conversation is (getUserInfoBycallId).
#[utoipa::path(
    post,
    path = "/apiaccess/rest/workbench/v1/getUserInfoBycallId",
    operation_id = "getUserInfoBycallId",
    tag = "Integration",
    request_body = UserInfoRequest,
    responses(
        (status = 200, description = "What is known of the customer.", body = UserInfoAnswer),
        BadBody,
        NotFound,
    ),
)]
pub async fn user_info_by_call_id(
    State(parts): State<Parts>,
    caller: AppCaller,
    MessagingJson(request): MessagingJson<UserInfoRequest>,
) -> Result<Json<UserInfoAnswer>, MessagingError> {
    let question = request.check()?;
    let tenant = &caller.tenant.tenant.id;
    if question.tenant_id != tenant.as_str() {
        return Err(ApiError::ReceiverMismatch("tenantId").into());
    }
    let call = CallId::new(question.call_id).map_err(|_| ApiError::NotFound)?;
    let row = parts.store.conversation_by_call(tenant, &call).await?;
    // A conversation of somebody else looks like none.
    let row = row.filter(|row| row.customer.user.as_str() == question.user_id).ok_or(ApiError::NotFound)?;
    Ok(Json(UserInfoAnswer {
        user_nickname: Some(row.customer.name),
        user_id: Some(row.customer.user.to_string()),
        channel: Some(CHANNEL_TYPE.to_owned()),
        create_time: Some(row.opened.as_millis().to_string()),
        channel_config_id: Some(row.customer.channel.to_string()),
        ..UserInfoAnswer::default()
    }))
}

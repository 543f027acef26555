//! send and sendAsync.

use axum::Json;
use axum::extract::State;
use frontdesk_api::messaging::result::{ResultAnswer, send as told};
use frontdesk_api::messaging::send::SendRequest;
use http::{HeaderMap, HeaderName};
use utoipa::IntoParams;

use crate::error::{ApiError, MessagingError};
use crate::extract::{CustomerCaller, MessagingJson};
use crate::parts::Parts;
use crate::route::openapi::messaging::{BadBody, NotFound};
use crate::uplink;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// What a message is repeated by if it has no `messageId`.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "stands for the header in the OpenAPI document")]
struct RepeatKeyHeader {
    /// Names this message, if it has no `messageId`. Repeated, it repeats the answer and not the message.
    #[param(rename = "Idempotency-Key", nullable = false, min_length = 1, max_length = 128)]
    key: Option<String>,
}

/// Takes whatever a customer sends, and answers with what became of it (send).
#[utoipa::path(
    post,
    path = "/apiaccess/ccmessaging/send",
    operation_id = "send",
    tag = "Messages",
    params(RepeatKeyHeader),
    request_body = SendRequest,
    responses(
        (status = 200, description = "Done, or in `resultCode` why not.", body = ResultAnswer),
        BadBody,
        NotFound,
    ),
)]
pub async fn send(
    State(parts): State<Parts>,
    caller: CustomerCaller,
    headers: HeaderMap,
    MessagingJson(request): MessagingJson<SendRequest>,
) -> Result<Json<ResultAnswer>, MessagingError> {
    Ok(answer(&parts, &caller, &headers, &request).await?)
}

/// The answer to a send.
pub(crate) async fn answer(
    parts: &Parts,
    caller: &CustomerCaller,
    headers: &HeaderMap,
    request: &SendRequest,
) -> Result<Json<ResultAnswer>, ApiError> {
    let result = uplink::take(parts, caller, repeat_key(headers), request).await?;
    Ok(Json(result.into()))
}

/// Takes whatever a customer sends, and answers only that it is safe (sendAsync).
#[utoipa::path(
    post,
    path = "/apiaccess/ccmessaging/sendAsync",
    operation_id = "sendAsync",
    tag = "Messages",
    params(RepeatKeyHeader),
    request_body = SendRequest,
    responses(
        (status = 200, description = "Done, or in `resultCode` why not.", body = ResultAnswer),
        BadBody,
        NotFound,
    ),
)]
pub async fn send_async(
    State(parts): State<Parts>,
    caller: CustomerCaller,
    headers: HeaderMap,
    MessagingJson(request): MessagingJson<SendRequest>,
) -> Result<Json<ResultAnswer>, MessagingError> {
    let result = uplink::take(&parts, &caller, repeat_key(&headers), &request).await?;
    let result = if result.is_success() { told::ACCEPTED_ASYNC } else { result };
    Ok(Json(result.into()))
}

/// A key that is no text is as good as none that fits.
fn repeat_key(headers: &HeaderMap) -> Option<&str> {
    headers.get(IDEMPOTENCY_KEY).map(|value| value.to_str().unwrap_or_default())
}

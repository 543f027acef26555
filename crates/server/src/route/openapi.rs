//! The OpenAPI document.

use axum::Json;
use utoipa::OpenApi;

/// The OpenAPI document of every route.
#[derive(Debug, OpenApi)]
#[openapi(info(title = "Frontdesk"))]
pub struct Document;

/// Gives the OpenAPI document.
pub async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}

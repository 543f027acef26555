//! The internal listener: health, readiness, metrics.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, StatusCode, header};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::parts::Parts;

/// The router of the internal listener.
pub fn router(parts: &Parts, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/healthz", get(healthy))
        .route("/readyz", get(ready))
        .route("/metrics", get(move || async move { render(&metrics) }))
        .with_state(parts.clone())
}

/// The process runs.
async fn healthy() -> &'static str {
    "ok\n"
}

/// The node can serve: it is not stopping, and the store answers.
async fn ready(State(parts): State<Parts>) -> (StatusCode, &'static str) {
    if parts.shutdown.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match parts.store.check().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n")
        }
    }
}

fn render(metrics: &PrometheusHandle) -> Response {
    let mut response = metrics.render().into_response();
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    response
}

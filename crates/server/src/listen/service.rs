//! From hyper's request to the router and back.

use std::any::Any;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::ConnectInfo;
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{Request, Response, StatusCode, header};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use tower::{Service, ServiceExt as _};

use super::refusal;
use super::settle::{Connection, ConnectionHandle};

/// `service` for one connection: requests get their extensions, and a panic becomes a 500.
pub(super) fn for_connection<S>(
    service: S,
    connection: Arc<Connection>,
) -> impl hyper::service::Service<
    Request<Incoming>,
    Response = Response<TrackedBody>,
    Error = Infallible,
    Future: Send,
> + Send
where
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
{
    hyper::service::service_fn(move |mut request: Request<Incoming>| {
        connection.progress.serving();
        let extensions = request.extensions_mut();
        extensions.insert(ConnectInfo(connection.peer));
        extensions.insert(ConnectionHandle(Arc::clone(&connection)));

        let connection = Arc::clone(&connection);
        AssertUnwindSafe(service.clone().oneshot(request)).catch_unwind().map(move |outcome| {
            let response = match outcome {
                Ok(Ok(response)) => response,
                Err(panic) => answer_panic(&*panic),
            };
            Ok(response.map(|body| TrackedBody { body, connection }))
        })
    })
}

fn answer_panic(panic: &(dyn Any + Send)) -> Response<Body> {
    let message =
        panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = message.unwrap_or("of another type"), "a handler panicked");
    let body = refusal::error_body("INTERNAL", "The server failed to answer.");
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response.headers_mut().insert(header::CONTENT_TYPE, refusal::JSON);
    response
}

/// An answer's body that tells when it has been handed over.
pub(super) struct TrackedBody {
    body: Body,
    connection: Arc<Connection>,
}

impl http_body::Body for TrackedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for TrackedBody {
    fn drop(&mut self) {
        self.connection.progress.answered();
    }
}

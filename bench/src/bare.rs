//! A bare hyper server: answers every request with the bytes of an empty poll, and does nothing else.
//!
//! It shows what HTTP alone costs on a machine. Same runtime, same allocator, same HTTP library as the product.

use std::convert::Infallible;

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Response};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const EMPTY_POLL: &[u8] =
    br#"{"resultCode":"0","resultDesc":"query user messages success.","downlinkMessages":[]}"#;

/// Serves on a free port until the process is ended. The first line of the output says where.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        while connections.try_join_next().is_some() {}
        connections.spawn(
            http1::Builder::new()
                .header_read_timeout(None)
                .serve_connection(TokioIo::new(stream), service_fn(|_| async { answer() })),
        );
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the shape that a hyper service has")]
fn answer() -> Result<Response<Full<Bytes>>, Infallible> {
    let mut response = Response::new(Full::new(Bytes::from_static(EMPTY_POLL)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(VARY, HeaderValue::from_static("origin"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("ccmessaging-token"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

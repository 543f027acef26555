//! Answers that need no handler.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

/// Media type of the error body.
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Refusals under way at the same time; connections beyond are closed without a word.
const REFUSALS_AT_ONCE: usize = 256;
/// Time for a refused peer to take its answer and close.
const REFUSAL_TIME: Duration = Duration::from_secs(1);
/// What is read of a refused peer's request, so that closing does not reset the connection under the answer.
const REFUSAL_READ_BYTES: u64 = 64 * 1024;
/// Seconds after which a refused peer may try again.
const RETRY_AFTER: u32 = 2;

/// The error body, in both documented shapes. `code` is a stable symbol, `text` a sentence.
pub(super) fn error_body(code: &str, text: &str) -> Bytes {
    let body = serde_json::json!({
        "errorCode": code,
        "exceptionInfo": text,
        "resultCode": code,
        "resultDesc": text,
    });
    Bytes::from(body.to_string())
}

/// Refuses connections above the limit.
pub(super) struct Refusals {
    answer: Bytes,
    places: Arc<Semaphore>,
}

impl Refusals {
    pub(super) fn new() -> Self {
        let body =
            error_body("TOO_MANY_CONNECTIONS", "The server has too many connections. Try again later.");
        let mut answer = format!(
            "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             retry-after: {RETRY_AFTER}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n",
            body.len(),
        )
        .into_bytes();
        answer.extend_from_slice(&body);
        Self { answer: answer.into(), places: Arc::new(Semaphore::new(REFUSALS_AT_ONCE)) }
    }

    /// Answers 503 and closes, without holding up the caller.
    pub(super) fn refuse(&self, mut stream: TcpStream, tracker: &TaskTracker) {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return;
        };
        let answer = self.answer.clone();
        tracker.spawn(async move {
            let refusal = async {
                stream.write_all(&answer).await?;
                stream.shutdown().await?;
                let mut rest = stream.take(REFUSAL_READ_BYTES);
                tokio::io::copy(&mut rest, &mut tokio::io::sink()).await
            };
            // A peer that does not take its answer, or is gone already, is not worth a line in the log.
            let _ = timeout(REFUSAL_TIME, refusal).await;
            drop(place);
        });
    }
}

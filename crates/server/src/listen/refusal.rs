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

/// A whole answer for a connection that gets no other. `head` are the status line and headers of its own.
fn last_answer(head: &str, code: &str, text: &str) -> Bytes {
    let body = error_body(code, text);
    let mut answer = format!(
        "HTTP/1.1 {head}content-type: application/json\r\ncontent-length: {}\r\ncache-control: no-store\r\n\
         connection: close\r\n\r\n",
        body.len(),
    )
    .into_bytes();
    answer.extend_from_slice(&body);
    answer.into()
}

/// Gives a peer its answer and lets it go.
async fn dismiss(mut stream: TcpStream, answer: &[u8]) {
    let refusal = async {
        stream.write_all(answer).await?;
        stream.shutdown().await?;
        let mut rest = stream.take(REFUSAL_READ_BYTES);
        tokio::io::copy(&mut rest, &mut tokio::io::sink()).await
    };
    // A peer that does not take its answer, or is gone already, is not worth a line in the log.
    let _ = timeout(REFUSAL_TIME, refusal).await;
}

/// Tells a peer that speaks plain HTTP to a port with encryption what is wrong.
pub(super) async fn ask_for_encryption(stream: TcpStream) {
    let text = "This port speaks HTTPS only: begin the address with https://.";
    dismiss(stream, &last_answer("400 Bad Request\r\n", "HTTPS_REQUIRED", text)).await;
}

/// Refuses connections above the limit.
pub(super) struct Refusals {
    answer: Bytes,
    places: Arc<Semaphore>,
}

impl Refusals {
    pub(super) fn new() -> Self {
        let head = format!("503 Service Unavailable\r\nretry-after: {RETRY_AFTER}\r\n");
        let text = "The server has too many connections. Try again later.";
        let answer = last_answer(&head, "TOO_MANY_CONNECTIONS", text);
        Self { answer, places: Arc::new(Semaphore::new(REFUSALS_AT_ONCE)) }
    }

    /// Answers 503 and closes, without holding up the caller.
    pub(super) fn refuse(&self, stream: TcpStream, tracker: &TaskTracker) {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return;
        };
        let answer = self.answer.clone();
        tracker.spawn(async move {
            dismiss(stream, &answer).await;
            drop(place);
        });
    }
}

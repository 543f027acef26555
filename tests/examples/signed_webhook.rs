//! Prints a webhook signed as Standard Webhooks has it, at the present moment, as JSON: verifiers in other languages
//! look at it.

use std::time::{SystemTime, UNIX_EPOCH};

use frontdesk_core::log::{EntryNumber, Life, LogId};
use frontdesk_core::push::standard_webhooks::{WebhookSecret, message_id, sign};
use frontdesk_core::time::Timestamp;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const BODY: &str = r#"{"messages":[{"content":"您好, ¿qué tal?"}],"timestamp":1}"#;

#[expect(clippy::disallowed_methods, reason = "verifiers compare with the present")]
fn main() -> anyhow::Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let at = Timestamp::from_millis(i64::try_from(now.as_millis())?);
    let secret = WebhookSecret::parse(SECRET).ok_or_else(|| anyhow::anyhow!("not a secret"))?;
    let id = message_id(LogId::from_bytes([1; 16]), EntryNumber(1), (EntryNumber(2), Life::FIRST));
    let headers = sign(&[secret], &id, at, BODY);
    let signed = serde_json::json!({
        "secret": SECRET,
        "body": BODY,
        "headers": {
            "webhook-id": headers.id,
            "webhook-timestamp": headers.timestamp,
            "webhook-signature": headers.signature,
        },
    });
    println!("{signed}");
    Ok(())
}

//! What only the server can make: nothing else may be taken for it.

use std::time::Duration;

use frontdesk_core::id::{AppKey, ChannelId, TenantId, UserId};
use frontdesk_core::log::{EntryNumber, Life, LogId};
use frontdesk_core::push::auth_v2::{self, Request};
use frontdesk_core::seal::{CursorPlace, NamedEntry, Sealed, Sealer};
use frontdesk_core::time::Timestamp;
use frontdesk_core::token::{AccessClaims, MessagingClaims, Scope, Signer, SigningKey, read_identity};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
const IDENTITY_KEY: &str = "0123456789012345678901234567890123456789012";

fn signer() -> Signer {
    Signer::new(&[SigningKey { id: "key".to_owned(), bytes: [7; 32] }])
}

fn tenant() -> TenantId {
    TenantId::new("demo").unwrap()
}

/// Genuine tokens, of both kinds.
pub(super) fn tokens() -> Vec<Vec<u8>> {
    let (iat, exp) = (NOW.as_seconds(), NOW.as_seconds() + 600);
    let app = AppKey::new("app").unwrap();
    let access =
        signer().access_token(&AccessClaims { tenant: tenant(), app, scope: Scope::Server, iat, exp });
    let (channel, user) = (ChannelId::new("web").unwrap(), UserId::new("ann").unwrap());
    let messaging = signer().messaging_token(&MessagingClaims::new(tenant(), channel, user, NOW));
    vec![access.into_bytes(), messaging.into_bytes()]
}

/// A token is read only if it is one that was made, byte for byte.
pub(super) fn read_tokens(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let signer = signer();
    let is_read = signer.read_access_token(text).is_some() || signer.read_messaging_token(text).is_some();
    assert!(!is_read || tokens().iter().any(|genuine| genuine == bytes), "a forged token: {text}");
    assert!(signer.read_visitor_secret(text).is_none() && read_identity(IDENTITY_KEY, text, NOW).is_none());
}

fn sealer() -> Sealer {
    Sealer::new([9; Sealer::KEY_BYTES])
}

fn log() -> LogId {
    LogId::from_bytes([3; 16])
}

/// Genuine identifiers, of every kind.
pub(super) fn sealed() -> Vec<Vec<u8>> {
    let sealer = sealer();
    let entry = |life| NamedEntry { log: log(), number: EntryNumber(7), life };
    let texts = [
        sealer.cursor(log(), CursorPlace { epoch: 1, number: EntryNumber(7) }),
        sealer.message_code(entry(Life::FIRST)),
        sealer.message_code(entry(Life(2))),
        sealer.seal(Sealed::Conversation, log(), 1),
        sealer.seal(Sealed::File, log(), 1),
        sealer.seal_bytes(b"purpose", b"anything"),
    ];
    texts.map(String::into_bytes).to_vec()
}

/// An identifier opens only if sealing what it names gives the same text again.
pub(super) fn open(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let sealer = sealer();
    if let Some(place) = sealer.open_cursor(log(), text) {
        assert_eq!(sealer.cursor(log(), place), text);
    }
    if let Some(entry) = sealer.open_message_code(text) {
        assert_eq!(sealer.message_code(entry), text);
    }
    for kind in [Sealed::Conversation, Sealed::File, Sealed::Ticket, Sealed::Episode, Sealed::Customer] {
        if let Some((log, number)) = sealer.open(kind, text) {
            assert_eq!(sealer.seal(kind, log, number), text);
        }
    }
    if let Some(plain) = sealer.open_bytes(b"purpose", text) {
        assert_eq!(sealer.seal_bytes(b"purpose", &plain), text);
    }
}

const REQUEST: Request<'_> = Request {
    method: "POST",
    path: "/webhooks/v1/messages",
    query: &[("a", "1")],
    headers: &[("host", "shop.example")],
    body: "{}",
};

/// A genuine signature.
pub(super) fn signatures() -> Vec<Vec<u8>> {
    vec![auth_v2::sign(&REQUEST, "42", IDENTITY_KEY, NOW).into_bytes()]
}

/// A signature is accepted only as it was made.
pub(super) fn verify(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let verdict = auth_v2::verify(text, &REQUEST, "42", IDENTITY_KEY, NOW, Duration::from_mins(5));
    assert!(verdict.is_err() || signatures()[0] == bytes, "a forged signature: {text}");
}

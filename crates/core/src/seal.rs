//! Public identifiers that carry their log, sealed.
//!
//! A message code, a conversation id, a file key or a cursor names its log (and so its shard) by itself, and nobody
//! can make one up or learn anything from it. AES-SIV is used because it is deterministic: the same entry always has
//! the same code.

use aes_siv::KeyInit;
use aes_siv::siv::Aes128Siv;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::ZeroizeOnDrop;

use crate::log::{EntryNumber, Life, LogId};

/// Tells message codes from all other identifiers.
const MESSAGE: &[u8] = b"message";

/// Seals and opens identifiers with the store's key, whose memory is overwritten when it is given back.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Sealer {
    key: [u8; Self::KEY_BYTES],
}

/// What kind of thing an identifier names: one kind can never be taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealed {
    /// A conversation.
    Conversation,
    /// A file.
    File,
    /// A ticket: a message left to be answered later.
    Ticket,
    /// A service episode, by the hand-over with which it began.
    Episode,
    /// A customer over all channels, by the log that the profile began with.
    Customer,
}

impl Sealed {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Conversation => b"conversation",
            Self::File => b"file",
            Self::Ticket => b"ticket",
            Self::Episode => b"episode",
            Self::Customer => b"customer",
        }
    }
}

/// An entry of some log, as a message code names it. There is never another one with the same code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedEntry {
    /// The log.
    pub log: LogId,
    /// Its number in the log.
    pub number: EntryNumber,
    /// The life of the store that gave the number.
    pub life: Life,
}

/// A place in a log as a client holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CursorPlace {
    /// Which life of the store the number belongs to; a restored backup has another.
    pub epoch: u64,
    /// Everything up to this entry is behind the cursor.
    pub number: EntryNumber,
}

impl Sealer {
    /// Bytes of a key.
    pub const KEY_BYTES: usize = 32;
    /// First character of every cursor of this format, with a dot behind it.
    const CURSOR_VERSION: &'static str = "1.";

    /// A sealer with the store's key.
    pub const fn new(key: [u8; Self::KEY_BYTES]) -> Self {
        Self { key }
    }

    /// The identifier of something that is the `number`th of its kind in a log. At most 64 characters, URL-safe.
    pub fn seal(&self, kind: Sealed, log: LogId, number: u64) -> String {
        let mut plain = [0; 24];
        plain[..16].copy_from_slice(log.as_bytes());
        plain[16..].copy_from_slice(&number.to_be_bytes());
        self.encrypt(&[kind.label()], &plain)
    }

    /// What an identifier names; `None` if it was not made by [`Self::seal`] for this kind.
    pub fn open(&self, kind: Sealed, text: &str) -> Option<(LogId, u64)> {
        let plain: [u8; 24] = self.decrypt(&[kind.label()], text)?.try_into().ok()?;
        let (log, number) = plain.split_first_chunk::<16>()?;
        Some((LogId::from_bytes(*log), u64::from_be_bytes(number.try_into().ok()?)))
    }

    /// The message code of an entry. At most 64 characters, URL-safe.
    pub fn message_code(&self, entry: NamedEntry) -> String {
        let mut plain = [0; 32];
        plain[..16].copy_from_slice(entry.log.as_bytes());
        plain[16..24].copy_from_slice(&entry.number.0.to_be_bytes());
        plain[24..].copy_from_slice(&entry.life.0.to_be_bytes());
        // The first life is not told: it has no number of its own.
        let told = if entry.life.is_first() { 24 } else { plain.len() };
        self.encrypt(&[MESSAGE], &plain[..told])
    }

    /// What a message code names; `None` if it is not one.
    pub fn open_message_code(&self, text: &str) -> Option<NamedEntry> {
        let plain = self.decrypt(&[MESSAGE], text)?;
        let (log, rest) = plain.split_first_chunk::<16>()?;
        let (number, life) = rest.split_first_chunk::<8>()?;
        let life = match life {
            [] => Life::FIRST,
            life => Life(u64::from_be_bytes(life.try_into().ok()?)),
        };
        let number = EntryNumber(u64::from_be_bytes(*number));
        Some(NamedEntry { log: LogId::from_bytes(*log), number, life })
    }

    /// A cursor, bound to its log. At most 64 characters, URL-safe.
    pub fn cursor(&self, log: LogId, place: CursorPlace) -> String {
        let mut plain = [0; 16];
        plain[..8].copy_from_slice(&place.epoch.to_be_bytes());
        plain[8..].copy_from_slice(&place.number.0.to_be_bytes());
        let sealed = self.encrypt(&[b"cursor", log.as_bytes()], &plain);
        format!("{}{sealed}", Self::CURSOR_VERSION)
    }

    /// The place that a cursor names; `None` if it is not a cursor of this log.
    pub fn open_cursor(&self, log: LogId, text: &str) -> Option<CursorPlace> {
        let sealed = text.strip_prefix(Self::CURSOR_VERSION)?;
        let plain: [u8; 16] = self.decrypt(&[b"cursor", log.as_bytes()], sealed)?.try_into().ok()?;
        let (epoch, number) = plain.split_first_chunk::<8>()?;
        Some(CursorPlace {
            epoch: u64::from_be_bytes(*epoch),
            number: EntryNumber(u64::from_be_bytes(number.try_into().ok()?)),
        })
    }

    /// Seals any bytes for a purpose; the answer is URL-safe text.
    pub fn seal_bytes(&self, purpose: &[u8], plain: &[u8]) -> String {
        self.encrypt(&[b"bytes", purpose], plain)
    }

    /// Opens what [`Self::seal_bytes`] sealed for the same purpose.
    pub fn open_bytes(&self, purpose: &[u8], text: &str) -> Option<Vec<u8>> {
        self.decrypt(&[b"bytes", purpose], text)
    }

    fn cipher(&self) -> Aes128Siv {
        Aes128Siv::new(&self.key.into())
    }

    fn encrypt(&self, headers: &[&[u8]], plain: &[u8]) -> String {
        let sealed = self.cipher().encrypt(headers, plain).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(sealed)
    }

    fn decrypt(&self, headers: &[&[u8]], text: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        self.cipher().decrypt(headers, &sealed).ok()
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer() -> Sealer {
        Sealer::new([9; 32])
    }

    #[test]
    fn an_identifier_opens_only_as_what_it_is() {
        let log = LogId::from_bytes([3; 16]);
        let id = sealer().seal(Sealed::Conversation, log, 42);
        assert!(id.len() <= 64, "{} characters", id.len());
        assert_eq!(sealer().open(Sealed::Conversation, &id), Some((log, 42)));
        assert_eq!(sealer().open(Sealed::File, &id), None);
        assert_eq!(sealer().open_message_code(&id), None);
        assert_eq!(Sealer::new([8; 32]).open(Sealed::Conversation, &id), None);
        assert_eq!(id, sealer().seal(Sealed::Conversation, log, 42), "the same thing keeps its identifier");
    }

    #[test]
    fn a_message_code_names_one_entry_of_one_life() {
        let entry =
            NamedEntry { log: LogId::from_bytes([3; 16]), number: EntryNumber(42), life: Life::FIRST };
        let later = NamedEntry { life: Life(u64::MAX), ..entry };
        let codes = [entry, later].map(|entry| {
            let code = sealer().message_code(entry);
            assert!(code.len() <= 64, "{} characters", code.len());
            assert_eq!(sealer().open_message_code(&code), Some(entry));
            assert_eq!(sealer().open(Sealed::Conversation, &code), None);
            assert_eq!(code, sealer().message_code(entry), "the same entry keeps its code");
            code
        });
        assert_ne!(codes[0], codes[1]);
    }

    #[test]
    fn a_cursor_is_bound_to_its_log() {
        let place = CursorPlace { epoch: 7, number: EntryNumber(u64::MAX) };
        let cursor = sealer().cursor(LogId::from_bytes([3; 16]), place);
        assert!(cursor.len() <= 128);
        assert_eq!(sealer().open_cursor(LogId::from_bytes([3; 16]), &cursor), Some(place));
        assert_eq!(sealer().open_cursor(LogId::from_bytes([4; 16]), &cursor), None);
        for garbage in ["", "1.", "2.abc", "1.%%%", "1.AAAA"] {
            assert_eq!(sealer().open_cursor(LogId::from_bytes([3; 16]), garbage), None);
        }
    }
}

//! Signed credentials: the AccessToken and the ccmessaging-token.

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use zeroize::ZeroizeOnDrop;

use crate::id::{AppKey, ChannelId, TenantId, UserId};
use crate::time::Timestamp;

/// Life of a ccmessaging-token.
pub const MESSAGING_LIFE: Duration = Duration::from_hours(1);
/// How long a ccmessaging-token is still honoured, and renewed, after its life.
pub const MESSAGING_GRACE: Duration = Duration::from_mins(2);
/// Life of an AccessToken unless the client asks for another.
pub const ACCESS_LIFE: Duration = Duration::from_mins(10);
/// Longest life of an AccessToken.
pub const ACCESS_MAX_LIFE: Duration = Duration::from_hours(1);

/// What an AccessToken allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Obtained with the app's secret: everything the app may do, applyToken included.
    Server,
    /// Only the calls of one customer.
    Customer {
        /// The channel.
        channel: ChannelId,
        /// The customer.
        user: UserId,
    },
}

/// What an AccessToken says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// Whose customers.
    pub tenant: TenantId,
    /// The app that it was given to; goes with `x-app-key`.
    pub app: AppKey,
    /// What it allows.
    pub scope: Scope,
    /// Seconds since the epoch at which it was made.
    pub iat: i64,
    /// Seconds since the epoch at which it ends.
    pub exp: i64,
}

/// What a ccmessaging-token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagingClaims {
    /// Whose customer.
    pub tenant: TenantId,
    /// The channel.
    pub channel: ChannelId,
    /// The customer.
    pub user: UserId,
    /// Seconds since the epoch at which it was made.
    pub iat: i64,
    /// Seconds since the epoch at which its life ends; it is honoured for [`MESSAGING_GRACE`] longer.
    pub exp: i64,
}

impl AccessClaims {
    /// The moment at which the token ends.
    pub const fn ends(&self) -> Timestamp {
        Timestamp::from_millis(self.exp.saturating_mul(1_000))
    }

    /// Whether the token still counts.
    pub const fn is_live(&self, now: Timestamp) -> bool {
        now.as_seconds() < self.exp
    }
}

impl MessagingClaims {
    /// Claims of a token made now.
    pub fn new(tenant: TenantId, channel: ChannelId, user: UserId, now: Timestamp) -> Self {
        let exp = now.plus(MESSAGING_LIFE).as_seconds();
        Self { tenant, channel, user, iat: now.as_seconds(), exp }
    }

    /// The last moment at which the token is honoured.
    pub fn honoured_until(&self) -> Timestamp {
        Timestamp::from_millis(self.exp.saturating_mul(1_000)).plus(MESSAGING_GRACE)
    }

    /// Whether the token still counts.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.honoured_until()
    }

    /// Whether an answer should carry a new token: half of this one's life is over.
    pub const fn wants_renewal(&self, now: Timestamp) -> bool {
        now.as_seconds() >= self.iat + (self.exp - self.iat) / 2
    }
}

/// What an anonymous visitor comes back with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorClaims {
    /// The tenant.
    pub tenant: TenantId,
    /// The channel.
    pub channel: ChannelId,
    /// The visitor.
    pub user: UserId,
    /// Seconds since the epoch at which it was made.
    pub iat: i64,
}

/// Whom a shop's back end vouches for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The customer's id.
    pub sub: String,
    /// The customer's name.
    #[serde(default)]
    pub name: Option<String>,
    /// Seconds since the epoch at which it ends.
    pub exp: i64,
}

/// Longest that an identity may still have to live: it is made for one page, not kept.
pub const IDENTITY_MAX_LIFE: Duration = Duration::from_hours(1);

/// What a shop's back end signed with the channel's key (a JWT, HS256), if it is genuine and fresh.
pub fn read_identity(key: &str, token: &str, now: Timestamp) -> Option<Identity> {
    let key = DecodingKey::from_secret(key.as_bytes());
    let identity = jsonwebtoken::decode::<Identity>(token, &key, &timeless_validation()).ok()?.claims;
    let fresh = now.as_seconds() < identity.exp && identity.exp <= now.plus(IDENTITY_MAX_LIFE).as_seconds();
    fresh.then_some(identity)
}

/// Time comes in from the caller, never from the process clock.
fn timeless_validation() -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    validation
}

/// A key that tokens are signed with. Its memory is overwritten when it is given back.
#[derive(Clone, ZeroizeOnDrop)]
pub struct SigningKey {
    /// Names the key in the tokens that it signed.
    #[zeroize(skip)]
    pub id: String,
    /// The key.
    pub bytes: [u8; 32],
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Signs tokens with the newest key and verifies them with any.
pub struct Signer {
    newest: Option<(String, EncodingKey)>,
    keys: Vec<(String, DecodingKey)>,
}

#[derive(Serialize, Deserialize)]
struct Typed<C> {
    /// Keeps one kind of token from being taken for another.
    typ: String,
    #[serde(rename = "c")]
    claims: C,
}

impl Signer {
    /// A signer with these keys; the last is the newest.
    pub fn new(keys: &[SigningKey]) -> Self {
        let newest = keys.last().map(|key| (key.id.clone(), EncodingKey::from_secret(&key.bytes)));
        let keys = keys.iter().map(|key| (key.id.clone(), DecodingKey::from_secret(&key.bytes))).collect();
        Self { newest, keys }
    }

    /// An AccessToken; empty if there is no key.
    pub fn access_token(&self, claims: &AccessClaims) -> String {
        self.sign("access", claims)
    }

    /// A ccmessaging-token; empty if there is no key.
    pub fn messaging_token(&self, claims: &MessagingClaims) -> String {
        self.sign("messaging", claims)
    }

    /// What an AccessToken says, if it is genuine. Whether it is live is the caller's question.
    pub fn read_access_token(&self, token: &str) -> Option<AccessClaims> {
        self.read("access", token)
    }

    /// What a ccmessaging-token says, if it is genuine. Whether it is live is the caller's question.
    pub fn read_messaging_token(&self, token: &str) -> Option<MessagingClaims> {
        self.read("messaging", token)
    }

    /// What an anonymous visitor comes back with; empty if there is no key.
    pub fn visitor_secret(&self, claims: &VisitorClaims) -> String {
        self.sign("visitor", claims)
    }

    /// What a visitor's secret says, if it is genuine.
    pub fn read_visitor_secret(&self, secret: &str) -> Option<VisitorClaims> {
        self.read("visitor", secret)
    }

    fn sign<C: Serialize>(&self, kind: &str, claims: C) -> String {
        let Some((id, key)) = &self.newest else { return String::new() };
        let header = Header { kid: Some(id.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, &Typed { typ: kind.to_owned(), claims }, key).unwrap_or_default()
    }

    fn read<C: serde::de::DeserializeOwned + Clone>(&self, kind: &str, token: &str) -> Option<C> {
        let id = jsonwebtoken::decode_header(token).ok()?.kid?;
        let (_, key) = self.keys.iter().find(|(key, _)| *key == id)?;
        let typed = jsonwebtoken::decode::<Typed<C>>(token, key, &timeless_validation()).ok()?.claims;
        (typed.typ == kind).then_some(typed.claims)
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("keys", &self.keys.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str) -> SigningKey {
        SigningKey { id: id.to_owned(), bytes: [u8::try_from(id.len()).expect("short"); 32] }
    }

    fn claims() -> MessagingClaims {
        MessagingClaims::new(
            TenantId::new("demo").unwrap(),
            ChannelId::new("web").unwrap(),
            UserId::new("ann").unwrap(),
            Timestamp::from_millis(1_000_000),
        )
    }

    #[test]
    fn a_token_survives_the_rotation_of_keys_but_not_tampering() {
        let token = Signer::new(&[key("a")]).messaging_token(&claims());
        let rotated = Signer::new(&[key("a"), key("bb")]);
        assert_eq!(rotated.read_messaging_token(&token), Some(claims()));
        assert_eq!(rotated.read_access_token(&token), None, "one kind is not the other");
        assert_eq!(Signer::new(&[key("bb")]).read_messaging_token(&token), None);
        for position in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
            let tampered = String::from_utf8(bytes).unwrap();
            // The last character of base64 has bits that say nothing.
            if position + 1 < token.len() {
                assert_eq!(rotated.read_messaging_token(&tampered), None, "changed at {position}");
            }
        }
    }

    #[test]
    fn a_token_is_renewed_from_half_life_and_honoured_past_its_hour() {
        let claims = claims();
        let after = |seconds: i64| Timestamp::from_millis(1_000_000 + seconds * 1_000);
        assert!(!claims.wants_renewal(after(1_799)));
        assert!(claims.wants_renewal(after(1_800)));
        assert!(claims.is_live(after(3_719)));
        assert!(!claims.is_live(after(3_720)));
    }
}

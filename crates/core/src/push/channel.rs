//! What is configured of push for a channel.

use serde::{Deserialize, Serialize};

use super::standard_webhooks::WebhookSecret;
use crate::secret::KeptSecret;

/// Where a channel's messages are pushed, and how the receiver knows that they are ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Push {
    /// What stands before the documented path, such as `https://shop.example/chat`.
    pub base_url: String,
    /// How the receiver verifies.
    pub verification: Verification,
    /// Secrets that also sign as Standard Webhooks do, the newest first; two while one replaces the other.
    #[serde(default)]
    pub webhook_secrets: Vec<KeptSecret>,
    /// Whether the receiver may be in a private network, and may be reached without TLS.
    #[serde(default)]
    pub allow_private: bool,
    /// Whether nothing is sent for now. What is to be sent waits.
    #[serde(default)]
    pub paused: bool,
    /// Certificates (PEM) that are trusted besides the public ones.
    #[serde(default)]
    pub trusted_certificates: Option<String>,
    /// Our certificate and its private key (PEM), for receivers that ask for one.
    #[serde(default)]
    pub client_identity: Option<KeptSecret>,
}

/// The documented ways to verify a push.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// Every request carries an `auth-v2` signature made with this key: exactly 43 of A-Z, a-z, 0-9.
    Signature {
        /// The message push key; empty before it is set, and then nothing is sent.
        #[serde(default)]
        push_key: KeptSecret,
    },
    /// Every request carries an access token, and goes to `pushMsg`.
    #[serde(rename = "oauth")]
    OAuth(OAuth),
}

/// An app at the receiver's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuth {
    /// Where access tokens are given; without it, tokenByAkSk below the base URL.
    #[serde(default)]
    pub token_url: Option<String>,
    /// The app's key (App ID).
    pub app_key: String,
    /// The app's secret (App key); empty before it is set, and then nothing is sent.
    #[serde(default)]
    pub app_secret: KeptSecret,
}

/// Why a configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// An address is not one.
    #[error("{0}: must be https://host[:port][/path], without credentials, query or fragment")]
    Url(&'static str),
    /// An address has no TLS.
    #[error("{0}: plain http is only for private networks (allow_private)")]
    NoTls(&'static str),
    /// A secret that is needed was not set yet.
    #[error("{0}: is not set yet")]
    NotSet(&'static str),
    /// The push key has another form.
    #[error("push_key: must be exactly 43 characters, each of A-Z, a-z and 0-9")]
    Key,
    /// A webhook secret has another form, or there are too many.
    #[error("webhook_secrets: at most two, each whsec_ and base64 of 24 to 64 bytes")]
    WebhookSecrets,
}

impl Push {
    /// Characters of a message push key.
    pub const KEY_CHARS: usize = 43;
    /// Where signed messages go, below the base URL.
    pub const MESSAGES_PATH: &'static str = "/webhooks/v1/messages";
    /// Where messages go with an access token.
    pub const PUSH_MSG_PATH: &'static str = "/apiaccess/ccmessaging/pushMsg";
    /// Where access tokens are given unless configured otherwise.
    pub const TOKEN_PATH: &'static str = "/apigovernance/api/oauth/tokenByAkSk";

    /// Whether the configuration can be used.
    pub fn check(&self) -> Result<(), PushError> {
        self.check_form()?;
        self.secret_to_set().map_or(Ok(()), |name| Err(PushError::NotSet(name)))
    }

    /// The secret that is needed and was not set yet.
    pub const fn secret_to_set(&self) -> Option<&'static str> {
        match &self.verification {
            Verification::Signature { push_key } if push_key.is_empty() => Some("push_key"),
            Verification::OAuth(app) if app.app_secret.is_empty() => Some("app_secret"),
            Verification::Signature { .. } | Verification::OAuth(_) => None,
        }
    }

    /// Whether the configuration can be used once the secret that it needs is set.
    pub fn check_form(&self) -> Result<(), PushError> {
        self.check_url("base_url", &self.base_url)?;
        match &self.verification {
            Verification::Signature { push_key } if push_key.is_empty() => {}
            Verification::Signature { push_key } => {
                let key = push_key.reveal();
                if key.len() != Self::KEY_CHARS || !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                    return Err(PushError::Key);
                }
            }
            Verification::OAuth(app) => {
                if let Some(url) = &app.token_url {
                    self.check_url("token_url", url)?;
                }
            }
        }
        let secrets = self.webhook_secrets.len();
        if secrets > 2 || self.parsed_webhook_secrets().len() != secrets {
            return Err(PushError::WebhookSecrets);
        }
        Ok(())
    }

    fn check_url(&self, field: &'static str, url: &str) -> Result<(), PushError> {
        let (scheme, rest) = url.split_once("://").ok_or(PushError::Url(field))?;
        let host = rest.split('/').next().unwrap_or_default();
        let is_clean = rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#@\\\"<>".contains(&byte));
        if !matches!(scheme, "http" | "https") || host.is_empty() || !is_clean {
            return Err(PushError::Url(field));
        }
        if scheme == "http" && !self.allow_private {
            return Err(PushError::NoTls(field));
        }
        Ok(())
    }

    /// Where messages are sent.
    pub fn messages_url(&self) -> String {
        let path = match self.verification {
            Verification::Signature { .. } => Self::MESSAGES_PATH,
            Verification::OAuth(_) => Self::PUSH_MSG_PATH,
        };
        format!("{}{path}", self.base_url.trim_end_matches('/'))
    }

    /// Where access tokens are asked for.
    pub fn token_url(&self, app: &OAuth) -> String {
        let standard = || format!("{}{}", self.base_url.trim_end_matches('/'), Self::TOKEN_PATH);
        app.token_url.clone().unwrap_or_else(standard)
    }

    /// The webhook secrets, ready to sign.
    pub fn parsed_webhook_secrets(&self) -> Vec<WebhookSecret> {
        self.webhook_secrets.iter().filter_map(|secret| WebhookSecret::parse(secret.reveal())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(base_url: &str, key: &str) -> Push {
        Push {
            base_url: base_url.to_owned(),
            verification: Verification::Signature { push_key: KeptSecret::new(key.to_owned()) },
            webhook_secrets: Vec::new(),
            allow_private: false,
            paused: false,
            trusted_certificates: None,
            client_identity: None,
        }
    }

    #[test]
    fn a_key_has_43_letters_and_digits() {
        let good = "a".repeat(43);
        assert_eq!(push("https://shop.example", &good).check(), Ok(()));
        for bad in ["a".repeat(42), "a".repeat(44), format!("{}-", "a".repeat(42)), "é".repeat(43)] {
            assert_eq!(push("https://shop.example", &bad).check(), Err(PushError::Key), "{bad}");
        }
    }

    #[test]
    fn a_base_url_is_plain_and_has_tls() {
        let check = |url: &str| push(url, &"a".repeat(43)).check();
        for bad in [
            "",
            "shop.example",
            "ftp://shop.example",
            "https://",
            "https://a@b",
            "https://a?b",
            "https://a#b",
        ] {
            assert_eq!(check(bad), Err(PushError::Url("base_url")), "{bad}");
        }
        assert_eq!(check("http://shop.example"), Err(PushError::NoTls("base_url")));
        assert_eq!(
            push("https://shop.example/chat/", "").messages_url(),
            "https://shop.example/chat/webhooks/v1/messages"
        );
    }

    #[test]
    fn nothing_secret_is_shown() {
        let key = "k".repeat(43);
        assert!(!format!("{:?}", push("https://shop.example", &key)).contains(&key));
    }
}

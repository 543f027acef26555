//! Which server is checked, and as whom.

use std::str::FromStr;

use frontdesk_api::Secret;

/// The server to check and the credentials to check it with.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where it is, such as `http://127.0.0.1:8080`, or the same with a path in front of the documented ones.
    pub url: String,
    /// The app's key.
    pub app_key: String,
    /// The app's secret.
    pub app_secret: Secret,
    /// The web channel's Configuration ID; a robot must answer there.
    pub channel: String,
    /// An agent who serves that channel. Without one, the checks that need an agent are skipped.
    pub agent: Option<AgentAccount>,
}

/// An agent's account, written `TENANT:ID:PASSWORD`; the password may hold colons.
#[derive(Debug, Clone)]
pub struct AgentAccount {
    /// The tenant.
    pub tenant: String,
    /// The agent's id.
    pub id: String,
    /// The agent's password.
    pub password: Secret,
}

/// The text is not `TENANT:ID:PASSWORD`.
#[derive(Debug, Clone, thiserror::Error)]
#[error("an agent's account is written TENANT:ID:PASSWORD")]
pub struct NotAnAccount;

impl FromStr for AgentAccount {
    type Err = NotAnAccount;

    fn from_str(text: &str) -> Result<Self, NotAnAccount> {
        let mut parts = text.splitn(3, ':').filter(|part| !part.is_empty());
        let (Some(tenant), Some(id), Some(password)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NotAnAccount);
        };
        Ok(Self { tenant: tenant.to_owned(), id: id.to_owned(), password: password.into() })
    }
}

/// The server could not be asked anything.
#[derive(Debug, thiserror::Error)]
#[error("{url} is not reachable: {why}")]
pub struct Unreachable {
    /// Where it should be.
    pub url: String,
    /// What went wrong.
    pub why: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_three_parts_and_keeps_its_password_to_itself() {
        let account: AgentAccount = "demo:101:a:b".parse().unwrap();
        assert_eq!(
            (account.tenant.as_str(), account.id.as_str(), account.password.expose()),
            ("demo", "101", "a:b")
        );
        assert!(!format!("{account:?}").contains("a:b"));
        for text in ["", "demo", "demo:101", "demo:101:", "::", ":101:x"] {
            assert!(text.parse::<AgentAccount>().is_err(), "{text}");
        }
    }
}

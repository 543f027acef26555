//! Why somebody is not signed in.

use http::StatusCode;

/// Why somebody is not signed in with an identity provider. What exactly was wrong with a provider's answer stands in
/// the server's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What was remembered of the sign-in is missing, too old, used, or that of another one.
    #[error("The sign-in took too long, was finished before, or was begun elsewhere. Begin it again.")]
    StateInvalid,
    /// The provider does not answer.
    #[error("The identity provider cannot be reached. Try again later.")]
    Unreachable,
    /// What the provider says of itself cannot be used.
    #[error("The identity provider's own description cannot be used. Ask your administrator.")]
    ProviderInvalid,
    /// The provider did not sign the person in.
    #[error("The identity provider has not signed you in.")]
    Denied,
    /// The provider does not take the code that it gave.
    #[error("The identity provider did not take its own code. Begin again.")]
    CodeRefused,
    /// What the provider says of the person is not signed by it, or not meant for this sign-in.
    #[error("What the identity provider says of you cannot be verified.")]
    TokenInvalid,
    /// The claim that names the agent is missing, is no name, or is an address that was not verified.
    #[error("The identity provider does not say who you are here. Ask your administrator.")]
    PersonUnnamed,
    /// Nobody has that name here.
    #[error("You have no account here. Ask your administrator.")]
    PersonUnknown,
    /// They may not sign in.
    #[error("Your account is deactivated.")]
    PersonDeactivated,
    /// None of their groups gives them a role.
    #[error("None of your groups may work here.")]
    NoRole,
    /// The code of the second factor is wrong.
    #[error("The code is wrong, or was used before.")]
    CodeWrong,
}

impl Refusal {
    /// The status, the stable code and the title.
    pub const fn told(self) -> (StatusCode, &'static str, &'static str) {
        const TITLE: &str = "Not signed in";
        let (status, code) = match self {
            Self::StateInvalid => (StatusCode::BAD_REQUEST, "SIGN_IN_STATE_INVALID"),
            Self::Unreachable => (StatusCode::SERVICE_UNAVAILABLE, "PROVIDER_UNREACHABLE"),
            Self::ProviderInvalid => (StatusCode::SERVICE_UNAVAILABLE, "PROVIDER_INVALID"),
            Self::Denied => (StatusCode::FORBIDDEN, "PROVIDER_DENIED"),
            Self::CodeRefused => (StatusCode::BAD_REQUEST, "PROVIDER_CODE_REFUSED"),
            Self::TokenInvalid => (StatusCode::FORBIDDEN, "ID_TOKEN_INVALID"),
            Self::PersonUnnamed => (StatusCode::FORBIDDEN, "PERSON_UNNAMED"),
            Self::PersonUnknown => (StatusCode::FORBIDDEN, "PERSON_UNKNOWN"),
            Self::PersonDeactivated => (StatusCode::FORBIDDEN, "PERSON_DEACTIVATED"),
            Self::NoRole => (StatusCode::FORBIDDEN, "NO_ROLE"),
            Self::CodeWrong => (StatusCode::UNAUTHORIZED, "TOTP_WRONG"),
        };
        (status, code, TITLE)
    }
}

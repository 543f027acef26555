//! What every interface of the gateway answers with.

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::{Deserialize as DeriveDeserialize, Serialize};

use crate::named::named;

named! {
    /// What became of a request, as the pages number it (`cec_07_0580`; codes of calls also in the published desk).
    Retcode {
        /// It was done.
        Success = "0",
        /// The address, or a value in it or in the body, does not fit.
        InvalidParameter = "000-002",
        /// The caller may not do this: the Guid is not this agent's.
        NoPermission = "000-003",
        /// A message does not fit.
        MessageInvalid = "000-006",
        /// A value of a sign-in is missing or does not fit.
        SignInInvalid = "100-001",
        /// The agent is signed in already.
        AlreadySignedIn = "100-002",
        /// The name or the password is wrong.
        WrongPassword = "100-004",
        /// The agent is not signed in, or not with this Guid.
        NotSignedIn = "100-006",
        /// It could not be done.
        Failed = "100-007",
        /// The agent's state does not allow it.
        StateError = "100-009",
        /// The agent cannot be signed out in this state.
        SignOutState = "100-010",
        /// A sign-in asks for something that is not offered.
        SignInUnsupported = "100-011",
        /// The type of agent is not known.
        AgentType = "100-012",
        /// The message is empty.
        EmptyMessage = "106-002",
        /// More sessions than an agent may have.
        TooManySessions = "106-003",
        /// Nothing is transferred to devices of this type.
        TransferDevice = "106-004",
        /// There is no call to answer.
        NoCallToAnswer = "200-002",
        /// There is no call to transfer.
        NoCallToTransfer = "200-012",
    }
}

/// An answer with a result. The pages show an empty `message` for questions and sign-ins, and `success` for acts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, DeriveDeserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = GatewayAnswer))]
pub struct Answer<T> {
    /// In words.
    #[cfg_attr(feature = "openapi", schema(example = "success"))]
    pub message: String,
    /// `0`; anything else is a failure.
    #[cfg_attr(feature = "openapi", schema(example = "0"))]
    pub retcode: String,
    /// What was asked for.
    pub result: T,
}

/// A result that says nothing: `{}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, DeriveDeserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Nothing {}

/// An answer that says why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, DeriveDeserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = GatewayFailure))]
pub struct Failure {
    /// In words.
    pub message: String,
    /// Why, as the pages number it.
    pub retcode: Retcode,
}

impl<T> Answer<T> {
    /// An act was done.
    pub fn done(result: T) -> Self {
        Self { message: "success".to_owned(), retcode: "0".to_owned(), result }
    }

    /// The answer to a question.
    pub fn of(result: T) -> Self {
        Self { message: String::new(), retcode: "0".to_owned(), result }
    }
}

/// A yes or no that may also arrive as a string, as the samples of the sign-in have it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Flag(pub bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FlagVisitor;

        impl Visitor<'_> for FlagVisitor {
            type Value = Flag;

            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("true or false")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Flag, E> {
                Ok(Flag(value))
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Flag, E> {
                match value {
                    "true" => Ok(Flag(true)),
                    "false" => Ok(Flag(false)),
                    other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
                }
            }
        }

        deserializer.deserialize_any(FlagVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_may_be_a_string() {
        let read: Vec<Flag> = serde_json::from_str(r#"[true, "true", "false"]"#).unwrap();
        assert_eq!(read, [Flag(true), Flag(true), Flag(false)]);
        assert!(serde_json::from_str::<Flag>("\"yes\"").is_err());
    }

    #[test]
    fn an_act_answers_as_the_page_shows_it() {
        let answer = serde_json::to_string(&Answer::done(Nothing {})).unwrap();
        assert_eq!(answer, r#"{"message":"success","retcode":"0","result":{}}"#);
    }
}

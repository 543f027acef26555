//! What a tenant wants to have masked.

use serde::{Deserialize, Serialize};

/// Something that Frontdesk knows how to find in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaskRule {
    /// Numbers of payment cards: 13 to 19 digits that begin as those of a scheme do and have the right check digit. The last
    /// four digits stay.
    PaymentCard,
    /// International bank account numbers with the right check digits.
    Iban,
    /// E-mail addresses.
    Email,
    /// Telephone numbers: international ones, and the common national ways of writing them.
    Phone,
    /// Social security numbers of the United States, written in their three groups.
    UsSsn,
    /// Resident identity numbers of China with the right check digit.
    CnResidentId,
}

impl MaskRule {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::PaymentCard, Self::Iban, Self::Email, Self::Phone, Self::UsSsn, Self::CnResidentId];

    /// What it is called in configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PaymentCard => "payment_card",
            Self::Iban => "iban",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::UsSsn => "us_ssn",
            Self::CnResidentId => "cn_resident_id",
        }
    }

    /// Whether it finds what people are reached by. Where somebody says how to reach them, that is left as it is.
    pub const fn is_contact(self) -> bool {
        matches!(self, Self::Email | Self::Phone)
    }
}

/// What is masked in what people write to a tenant. Nothing, unless something is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Masking {
    /// What Frontdesk knows how to find.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<MaskRule>,
    /// What else is to be found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<MaskingPattern>,
    /// Whether it is also taken out of what agents write: messages, whispers, notes and answers to tickets.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub agents: bool,
}

impl Masking {
    /// The most patterns of one tenant.
    pub const MOST_PATTERNS: usize = 32;

    /// Whether nothing is masked, for nobody.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A pattern of the tenant's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaskingPattern {
    /// What people call it; at most 64 characters.
    pub name: String,
    /// A regular expression; at most 512 characters. If it has groups, what they match is masked, otherwise all that it
    /// matches.
    pub pattern: String,
}

impl MaskingPattern {
    /// The longest name, in characters.
    pub const MOST_NAME: usize = 64;
    /// The longest pattern, in characters.
    pub const MOST_CHARACTERS: usize = 512;
}

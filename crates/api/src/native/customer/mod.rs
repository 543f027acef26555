//! Customers as agents see them: one person over all channels.

mod change;
mod erasure;
mod profile;
mod query;
mod timeline;

pub use change::{BlockRequest, CustomerChange, CustomerPatch, MergeRequest};
pub use erasure::ErasureReport;
pub use profile::{CustomerBlock, CustomerIdentity, CustomerList, CustomerMerge, CustomerProfile};
pub use query::{CustomerQuery, CustomerWish, PageQuery};
pub use timeline::{CustomerConversation, CustomerConversationList, TimelineAnswer, TimelineMessage};

use serde::{Deserialize, Serialize};

use crate::Redacted;
use crate::named::named;

/// Most customers, conversations or messages of one answer.
pub const MAX_LISTED: u64 = 100;
/// Customers, conversations or messages of one answer unless asked for otherwise.
pub const DEFAULT_LISTED: u64 = 20;
/// Longest name, in characters.
pub const MAX_NAME_CHARACTERS: usize = 128;
/// Longest note, in characters.
pub const MAX_NOTE_CHARACTERS: usize = 4_000;
/// Longest reason, in characters.
pub const MAX_REASON_CHARACTERS: usize = 500;

named! {
    /// How it is known that somebody is who they say.
    Trust {
        /// Nobody knows: an anonymous visitor of a page.
        Anonymous = "anonymous",
        /// The shop's back end obtained their credentials (applyToken).
        Vouched = "vouched",
        /// The shop's back end signed who they are, for a page.
        Signed = "signed",
    }
}

/// The value of an attribute: a text, a number, or yes and no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AttributeValue {
    /// Yes or no.
    Flag(bool),
    /// A number.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    Number(serde_json::Number),
    /// A text of at most 1,000 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    Text(Redacted),
}

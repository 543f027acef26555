//! When agents are there: `GET /api/v1/hours`.

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::field::{self, FieldError};

/// Query of `GET /api/v1/hours`. A channel, a queue, or both.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct HoursQuery {
    /// The channel's configuration id. The hours are its queue's, else its own.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "1011577355744904195"))]
    pub channel: Option<Text>,
    /// The queue. Its hours come before the channel's.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "support"))]
    pub queue: Option<Text>,
    /// The moment that is asked about, as of RFC 3339; now if absent.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "2026-12-24T18:00:00Z"))]
    pub at: Option<Text>,
}

/// A [`HoursQuery`] whose values have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoursQuestion<'a> {
    /// The channel, if given.
    pub channel: Option<&'a str>,
    /// The queue, if given.
    pub queue: Option<&'a str>,
    /// The moment, if given.
    pub at: Option<&'a str>,
}

impl HoursQuery {
    /// Reads the values: a channel or a queue must be among them.
    pub fn check(&self) -> Result<HoursQuestion<'_>, FieldError> {
        let channel = field::optional_identifier("channel", self.channel.as_deref())?;
        let queue = field::optional_identifier("queue", self.queue.as_deref())?;
        if channel.is_none() && queue.is_none() {
            return Err(FieldError::invalid("channel", "or `queue` must say whose hours they are"));
        }
        Ok(HoursQuestion { channel, queue, at: field::optional(self.at.as_deref()) })
    }
}

/// Answer of `GET /api/v1/hours`. Times are in milliseconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HoursAnswer {
    /// Whether work is done at that moment.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub open: bool,
    /// When it begins next; null while it is done, and if it never begins again.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub opens_at: Option<i64>,
    /// When it ends; null while it is not done, and if it never ends.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub closes_at: Option<i64>,
}

//! queryQueueInfo (`cec_07_0110)`: the customer's place in the queue.

use serde::{Deserialize, Serialize};

use super::result::{self, Outcome};
use crate::Text;
use crate::field::{self, FieldError};

/// Body of `POST /apiaccess/ccmessaging/queryQueueInfo`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueueInfoRequest {
    /// The customer's id; mandatory.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "u-77"))]
    pub user_id: Option<Text>,
    /// The channel's Configuration ID; mandatory.
    #[cfg_attr(
        feature = "openapi",
        schema(required = true, value_type = String, example = "1011577355744904195")
    )]
    pub channel_config_id: Option<Text>,
    /// The channel's type; mandatory, `WEB`.
    #[cfg_attr(feature = "openapi", schema(required = true, value_type = String, example = "WEB"))]
    pub channel: Option<Text>,
}

/// A [`QueueInfoRequest`] that has everything it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueQuestion<'a> {
    /// The customer's id.
    pub user_id: &'a str,
    /// The channel's Configuration ID.
    pub channel_config_id: &'a str,
    /// The channel's type.
    pub channel: &'a str,
}

impl QueueInfoRequest {
    /// Checks presence and lengths.
    pub fn check(&self) -> Result<QueueQuestion<'_>, FieldError> {
        Ok(QueueQuestion {
            user_id: field::identifier("userId", self.user_id.as_deref())?,
            channel_config_id: field::identifier("channelConfigId", self.channel_config_id.as_deref())?,
            channel: field::required("channel", self.channel.as_deref())?,
        })
    }
}

/// Answer of queryQueueInfo. For code 0 all numbers are there, for every other code only the result and its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueueInfoAnswer {
    /// The place in the queue; `1` is next.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub position: Option<u64>,
    /// How long this customer has waited in all queues, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 3))]
    pub total_wait_time: Option<u64>,
    /// How long this customer has waited in the present queue, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 3))]
    pub current_device_wait_time: Option<u64>,
    /// The longest wait that is configured, in seconds. On the wire `configMaxcWaitTime`, misspelt as documented.
    #[serde(rename = "configMaxcWaitTime", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 600))]
    pub config_max_wait_time: Option<u64>,
    /// How long the longest-waiting customer of the queue has waited, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 3))]
    pub longest_wait_time: Option<u64>,
    /// How long this customer will probably still wait, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 60))]
    pub estimate_wait_time: Option<u64>,
    /// `0` waiting; `160021` with an agent; `160004` no session; the others as documented.
    #[cfg_attr(feature = "openapi", schema(required = true, example = "0"))]
    pub result_code: String,
    /// The result in words; absent for code 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_desc: Option<String>,
}

/// The numbers of a customer who waits; times in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuePlace {
    /// The place in the queue; `1` is next.
    pub position: u64,
    /// Waited in all queues.
    pub total_wait_time: u64,
    /// Waited in the present queue.
    pub current_device_wait_time: u64,
    /// The longest wait that is configured.
    pub config_max_wait_time: u64,
    /// Waited by the longest-waiting customer of the queue.
    pub longest_wait_time: u64,
    /// Expected from now on.
    pub estimate_wait_time: u64,
}

impl From<QueuePlace> for QueueInfoAnswer {
    fn from(place: QueuePlace) -> Self {
        Self {
            position: Some(place.position),
            total_wait_time: Some(place.total_wait_time),
            current_device_wait_time: Some(place.current_device_wait_time),
            config_max_wait_time: Some(place.config_max_wait_time),
            longest_wait_time: Some(place.longest_wait_time),
            estimate_wait_time: Some(place.estimate_wait_time),
            result_code: result::queue::QUEUING.code.to_owned(),
            result_desc: None,
        }
    }
}

impl From<Outcome> for QueueInfoAnswer {
    fn from(outcome: Outcome) -> Self {
        Self {
            result_code: outcome.code.to_owned(),
            result_desc: Some(outcome.text.to_owned()),
            ..Self::default()
        }
    }
}

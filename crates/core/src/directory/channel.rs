//! Doors through which customers come.

use serde::{Deserialize, Serialize};

use crate::directory::{Patience, Survey};
use crate::hours::WorkingHours;
use crate::id::{ChannelId, QueueId, RobotId};
use crate::push::Push;

/// A door through which customers come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Its configuration id.
    pub id: ChannelId,
    /// Its name.
    pub name: String,
    /// The robot that answers first, if one does.
    pub robot: Option<RobotId>,
    /// The queue that customers wait in for an agent.
    pub queue: Option<QueueId>,
    /// Whether customers may still write after a time-out (the async switch).
    #[serde(default)]
    pub async_replies: bool,
    /// Most characters of one text sent to customers: 1 to [`Channel::MAX_TEXT_CHARS`].
    #[serde(default = "Channel::default_text_chars")]
    pub text_chars: usize,
    /// How much of an agent's capacity one conversation takes, 1 to 100.
    #[serde(default = "Channel::default_weight")]
    pub weight: u32,
    /// When agents work; without it, always.
    #[serde(default)]
    pub hours: Option<WorkingHours>,
    /// Seconds between two notes to a waiting customer of where they stand, for customers of this channel; 0 for none
    /// after the first. Without it, as the queue says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_tell_every: Option<u64>,
    /// What customers are asked at the end.
    #[serde(default)]
    pub survey: Survey,
    /// Whether an agent must say what came of a conversation before they end it.
    #[serde(default)]
    pub disposition_required: bool,
    /// How long a conversation survives what.
    #[serde(default)]
    pub patience: Patience,
    /// The key with which the shop's back end signs who a customer is; without one nobody is signed.
    #[serde(default)]
    pub identity_key: Option<String>,
    /// Whether only signed customers may come through pages.
    #[serde(default)]
    pub requires_identity: bool,
    /// Web origins whose pages may use the channel, such as `https://shop.example`; `*` for all.
    #[serde(default)]
    pub origins: Vec<String>,
    /// Where messages are pushed, if they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push: Option<Box<Push>>,
}

impl Channel {
    /// Documented longest down-link text, in characters.
    pub const DEFAULT_TEXT_CHARS: usize = 500;
    /// Longest that a channel may be set to.
    pub const MAX_TEXT_CHARS: usize = 4_000;

    /// A channel with nobody to answer yet.
    pub fn new(id: ChannelId, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            robot: None,
            queue: None,
            async_replies: false,
            text_chars: Self::DEFAULT_TEXT_CHARS,
            weight: 1,
            hours: None,
            queue_tell_every: None,
            survey: Survey::default(),
            disposition_required: false,
            patience: Patience::default(),
            identity_key: None,
            requires_identity: false,
            origins: Vec::new(),
            push: None,
        }
    }

    const fn default_weight() -> u32 {
        1
    }

    const fn default_text_chars() -> usize {
        Self::DEFAULT_TEXT_CHARS
    }
}

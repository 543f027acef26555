//! The CC-Messaging interfaces.

pub mod click_to_call;
pub mod file;
pub mod history;
pub mod leave_message;
pub mod phrase;
pub mod poll;
pub mod queue;
pub mod send;
pub mod stream;
pub mod survey;
pub mod token;
pub mod user_info;

use crate::deliver::CHANNEL_TYPE;
use crate::error::ApiError;
use crate::extract::CustomerCaller;

/// Refuses any channel type but the one that the family knows.
fn must_be_web(caller: &CustomerCaller, channel: Option<&str>) -> Result<(), ApiError> {
    caller.must_be("channel", channel, CHANNEL_TYPE)
}

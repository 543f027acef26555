//! Numbers: facts of conversations, what they add up to, and what agents did.

mod activity;
mod facts;
mod kept;
mod live;
mod port;
mod rebuild;
mod sums;

pub(super) use activity::{begin_wrap_up, end_wrap_up, follow_slots, follow_status};
pub(super) use facts::forget_tags;
pub(super) use kept::{keep_fact, remove_kept};
pub(super) use rebuild::is_going_on as is_rebuilding;

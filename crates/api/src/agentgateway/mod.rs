//! The agent gateway: the interfaces for agents' desks that were written against the published CC-Gateway, below
//! `/agentgateway/resource`.
//!
//! The shapes are those of the pages `cec_07_03xx` to `cec_07_05xx` and `cec_07_12xx` of the public API reference
//! (`api-ccfs-cec`). Where the pages and their samples disagree, what the samples send is read as well. Answers carry
//! `message`, `retcode` and, where there is something to tell, `result`; the event poll has `event` instead.

pub mod answer;
pub mod call_data;
pub mod event;
pub mod media_call;
pub mod sign_in;
pub mod skill;

pub use answer::{Answer, Failure, Flag, Nothing, Retcode};

/// The lowest agent number that the pages allow.
pub const LOWEST_AGENT: u32 = 101;
/// The highest agent number that the pages allow since 25.200; 59999 before.
pub const HIGHEST_AGENT: u32 = 999_999;
/// The media type of the conversations that are passed here, "multimedia Web Chat" (`cec_07_0512`).
pub const WEB_CHAT: u32 = 51;

/// Whether this is an agent's number as the paths take it: 101 to 999999, without anything before it.
pub fn is_agent_number(text: &str) -> bool {
    let is_plain = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    let in_range = |number: u32| (LOWEST_AGENT..=HIGHEST_AGENT).contains(&number);
    is_plain && text.parse().is_ok_and(in_range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_have_numbers_of_three_to_six_digits() {
        for good in ["101", "59999", "999999"] {
            assert!(is_agent_number(good), "{good}");
        }
        for bad in ["", "100", "0101", "1000000", "+101", "10x", "１０１"] {
            assert!(!is_agent_number(bad), "{bad}");
        }
    }
}

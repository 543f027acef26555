//! Skill queues and who serves them: `queuedevice`, `agentgroup`, and the questions of `onlineagent`.

use serde::{Deserialize, Serialize};

/// The numbers of skill queues whose ids are none lie from here on.
const MADE_UP: u32 = 1_000_000_000;

/// A skill queue (`cec_07_1206`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Skill {
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "Support"))]
    pub name: String,
    /// Its number.
    pub id: u32,
    /// What is served there: 51, multimedia Web Chat.
    pub mediatype: u32,
}

/// An agent who is free (`idleagent`, as the published desk reads it).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IdleAgent {
    /// The agent's number.
    #[cfg_attr(feature = "openapi", schema(example = "102"))]
    pub workno: String,
    /// The agent's name.
    pub name: String,
}

/// The number of the skill queue with this id: the gateway's desks know queues by numbers. An id that is one stands for
/// itself; any other has a number that follows from it and stays the same.
pub fn skill_number(id: &str) -> u32 {
    match id.parse() {
        Ok(number) if number < MADE_UP => number,
        // FNV-1a: of the few queues of a tenant, no two are likely to share a number.
        _ => {
            let hash = id
                .bytes()
                .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
            MADE_UP + hash % MADE_UP
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queues_have_numbers_that_fit_31_bits_and_stay() {
        assert_eq!(skill_number("20011"), 20011);
        let support = skill_number("support");
        assert_eq!(support, skill_number("support"));
        assert_ne!(support, skill_number("sales"));
        for id in ["support", "", "99999999999", "队列"] {
            let number = skill_number(id);
            assert!((MADE_UP..2 * MADE_UP).contains(&number) && i32::try_from(number).is_ok(), "{id}");
        }
    }
}

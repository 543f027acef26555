//! Robots, as configured.

use serde::{Deserialize, Serialize};

use crate::id::RobotId;

/// A robot that answers from a knowledge base.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Robot {
    /// Its id.
    pub id: RobotId,
    /// Its name as customers see it.
    pub nickname: String,
    /// Its picture.
    #[serde(default)]
    pub avatar: Option<String>,
    /// Its gender as shown to customers, such as `MALE`.
    #[serde(default)]
    pub gender: Option<String>,
    /// What it says first; nothing if empty.
    #[serde(default)]
    pub welcome: String,
    /// What a customer types to reach an agent; compared with the whole trimmed text, in any case.
    pub transfer_keyword: String,
    /// The knowledge base that it answers from.
    pub knowledge: String,
}

impl Robot {
    /// A robot that speaks under its id and answers from the knowledge base of the same name.
    pub fn new(id: RobotId) -> Self {
        Self {
            nickname: id.to_string(),
            avatar: None,
            gender: None,
            welcome: String::new(),
            transfer_keyword: "agent".to_owned(),
            knowledge: id.to_string(),
            id,
        }
    }

    /// Whether the text asks for an agent.
    pub fn is_transfer(&self, text: &str) -> bool {
        let keyword = self.transfer_keyword.trim();
        !keyword.is_empty() && text.trim().to_lowercase() == keyword.to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keyword_is_the_whole_text_in_any_case() {
        let robot = Robot {
            id: RobotId::new("r").unwrap(),
            nickname: "test".into(),
            avatar: None,
            gender: None,
            welcome: String::new(),
            transfer_keyword: "agent".into(),
            knowledge: "shop".into(),
        };
        assert!(robot.is_transfer("  AGENT "));
        assert!(!robot.is_transfer("an agent, please"));
    }
}

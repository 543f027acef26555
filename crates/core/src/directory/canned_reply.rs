//! Texts that agents send instead of typing them.

use serde::{Deserialize, Serialize};

use crate::access::{Permission, Permissions};
use crate::canned::{self, TemplateError};
use crate::directory::Agent;
use crate::directory::Channel;
use crate::id::{CannedReplyId, QueueId};
use crate::texts::language;

/// A text that agents send instead of typing it. `{{…}}` in it is filled in, see [`crate::canned`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CannedReply {
    /// Its id.
    pub id: CannedReplyId,
    /// What an agent types to get it: 1 to 32 characters without spaces.
    pub shortcut: String,
    /// What lists show: 1 to 100 characters.
    pub title: String,
    /// The text: 1 to 4,000 characters.
    pub text: String,
    /// Its language, such as `en`; without one it fits every language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The queues whose agents get it; empty for all agents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queues: Vec<QueueId>,
}

/// Why a canned reply cannot be configured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannedReplyError {
    /// The shortcut does not fit.
    #[error("must have 1 to {} characters, none of them a space", CannedReply::MAX_SHORTCUT)]
    Shortcut,
    /// The title does not fit.
    #[error("must have 1 to {} characters", CannedReply::MAX_TITLE)]
    Title,
    /// The text is empty or too long.
    #[error("must have 1 to {} characters", Channel::MAX_TEXT_CHARS)]
    Length,
    /// Something in the text cannot be filled in.
    #[error("{0}")]
    Text(#[from] TemplateError),
    /// The language is empty.
    #[error("must be a language such as en, or absent")]
    Language,
}

impl CannedReplyError {
    /// The field at fault.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Shortcut => "shortcut",
            Self::Title => "title",
            Self::Length | Self::Text(_) => "text",
            Self::Language => "language",
        }
    }
}

impl CannedReply {
    /// A reply that is called what its id is, without a text yet.
    pub fn new(id: CannedReplyId) -> Self {
        Self {
            shortcut: id.to_string(),
            title: id.to_string(),
            text: String::new(),
            language: None,
            queues: Vec::new(),
            id,
        }
    }

    /// Longest shortcut, in characters.
    pub const MAX_SHORTCUT: usize = 32;
    /// Longest title, in characters.
    pub const MAX_TITLE: usize = 100;

    /// Refuses what must not be configured. Whether the queues exist is known only to whoever knows the tenant.
    pub fn check(&self) -> Result<(), CannedReplyError> {
        let fits = |text: &str, max| !text.trim().is_empty() && text.chars().count() <= max;
        if !fits(&self.shortcut, Self::MAX_SHORTCUT)
            || self.shortcut.contains(|letter: char| letter.is_whitespace() || letter.is_control())
        {
            return Err(CannedReplyError::Shortcut);
        }
        if !fits(&self.title, Self::MAX_TITLE) {
            return Err(CannedReplyError::Title);
        }
        if !fits(&self.text, Channel::MAX_TEXT_CHARS) {
            return Err(CannedReplyError::Length);
        }
        if self.language.as_deref().is_some_and(|given| language(given).is_empty()) {
            return Err(CannedReplyError::Language);
        }
        Ok(canned::check_text(&self.text)?)
    }

    /// Whether an agent who may do this gets it: one of its queues is theirs, or they see every conversation.
    pub fn is_for(&self, agent: &Agent, permissions: Permissions) -> bool {
        self.queues.is_empty()
            || permissions.has(Permission::ConversationsReadAll)
            || self.queues.iter().any(|queue| agent.queues.contains(queue))
    }

    /// Whether it can be sent in a language, such as `en_US`.
    pub fn fits_language(&self, locale: &str) -> bool {
        self.language.as_deref().is_none_or(|own| language(own) == language(locale))
    }

    /// How well it fits what an agent has typed, the smaller the better: by its shortcut, by the beginning of its
    /// title, by a part of it. `None` if not at all. Upper and lower case are the same.
    pub fn rank(&self, typed: &str) -> Option<u8> {
        let typed = typed.to_lowercase();
        let (shortcut, title) = (self.shortcut.to_lowercase(), self.title.to_lowercase());
        if shortcut == typed {
            Some(0)
        } else if shortcut.starts_with(&typed) {
            Some(1)
        } else if title.starts_with(&typed) {
            Some(2)
        } else {
            title.contains(&typed).then_some(3)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::BuiltInRole;
    use crate::id::AgentId;

    fn reply() -> CannedReply {
        CannedReply {
            id: CannedReplyId::new("hello").unwrap(),
            shortcut: "hi".to_owned(),
            title: "Say hello".to_owned(),
            text: "Hello {{customer.name|there}}!".to_owned(),
            language: Some("en".to_owned()),
            queues: vec![QueueId::new("support").unwrap()],
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_field() {
        assert_eq!(reply().check(), Ok(()));
        let fault = |reply: CannedReply| reply.check().unwrap_err().field();
        assert_eq!(fault(CannedReply { shortcut: "two words".to_owned(), ..reply() }), "shortcut");
        assert_eq!(fault(CannedReply { shortcut: String::new(), ..reply() }), "shortcut");
        assert_eq!(fault(CannedReply { title: "x".repeat(101), ..reply() }), "title");
        assert_eq!(fault(CannedReply { text: "x".repeat(4_001), ..reply() }), "text");
        assert_eq!(fault(CannedReply { text: "{{customer.age}}".to_owned(), ..reply() }), "text");
        assert_eq!(fault(CannedReply { language: Some(String::new()), ..reply() }), "language");
    }

    #[test]
    fn it_is_found_by_its_shortcut_first() {
        let ranks = ["HI", "h", "say", "hello", "x"].map(|typed| reply().rank(typed));
        assert_eq!(ranks, [Some(0), Some(1), Some(2), Some(3), None]);
    }

    #[test]
    fn it_is_for_agents_of_its_queues_and_customers_of_its_language() {
        let agent = |queues: &[&str]| Agent {
            queues: queues.iter().map(|queue| QueueId::new(queue).unwrap()).collect(),
            ..Agent::new(AgentId::new("101").unwrap(), "Alex")
        };
        let may = |role: BuiltInRole| role.permissions();
        assert!(reply().is_for(&agent(&["sales", "support"]), may(BuiltInRole::Agent)));
        assert!(!reply().is_for(&agent(&["sales"]), may(BuiltInRole::Agent)));
        assert!(reply().is_for(&agent(&[]), may(BuiltInRole::Supervisor)));
        let for_all = CannedReply { queues: Vec::new(), ..reply() };
        assert!(for_all.is_for(&agent(&[]), may(BuiltInRole::Agent)));
        assert!(reply().fits_language("en_US") && !reply().fits_language("zh_CN"));
        assert!(CannedReply { language: None, ..reply() }.fits_language("zh_CN"));
    }
}

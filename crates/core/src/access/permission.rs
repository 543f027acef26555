//! What can be allowed.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! permissions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// Something that can be allowed. Its name is the one in configuration and on the wire, and never changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission {
            $($(#[$doc])* $variant,)+
        }

        impl Permission {
            /// Every permission.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

permissions! {
    /// See the conversations that one serves, served, takes part in, might be given or is mentioned in, their notes and
    /// their files.
    ConversationsRead = "conversations.read",
    /// See every conversation and every ticket within one's scope.
    ConversationsReadAll = "conversations.read_all",
    /// Be available, be given customers, and do with a conversation what agents do.
    ConversationsAnswer = "conversations.answer",
    /// Read along, barge in, and take conversations over.
    ConversationsSupervise = "conversations.supervise",
    /// Take everything that was said out of the system, as files.
    TranscriptsExport = "transcripts.export",
    /// See messages that customers left, of one's queues.
    TicketsRead = "tickets.read",
    /// Claim such messages and answer them.
    TicketsHandle = "tickets.handle",
    /// Do so in the place of whoever has claimed them.
    TicketsManage = "tickets.manage",
    /// See who is there, what they do and how much.
    AgentsRead = "agents.read",
    /// Declare the status of others.
    AgentsSupervise = "agents.supervise",
    /// See customers, their attributes and their earlier conversations.
    CustomersRead = "customers.read",
    /// Change customers, block them and merge them.
    CustomersManage = "customers.manage",
    /// Erase customers for good.
    CustomersErase = "customers.erase",
    /// Take everything that is held of a customer out of the system.
    CustomersExport = "customers.export",
    /// Search in what was said, as far as one may see it.
    Search = "search",
    /// See reports and live numbers.
    ReportsRead = "reports.read",
    /// Take reports out of the system, as files.
    ReportsExport = "reports.export",
    /// See what robots know, drafts included, and what they could not answer.
    KnowledgeRead = "knowledge.read",
    /// Change what robots know.
    KnowledgeManage = "knowledge.manage",
    /// Say what robots answer from: publish a draft, go back to an earlier version, and remove bases.
    KnowledgePublish = "knowledge.publish",
    /// See what is configured, without secrets.
    ConfigRead = "config.read",
    /// Change what is configured, except people, their roles and how they sign in.
    ConfigWrite = "config.write",
    /// Make, change and remove people and roles; see them as they are configured.
    PeopleManage = "people.manage",
    /// See and end the sign-ins of others.
    SessionsManage = "sessions.manage",
    /// Make, see and revoke API keys.
    KeysManage = "keys.manage",
    /// Look after the push of channels.
    PushManage = "push.manage",
    /// Read the audit log and take it out of the system.
    AuditRead = "audit.read",
}

impl Permission {
    /// The permission with a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.as_str() == name)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(u64);

impl Permissions {
    /// None.
    pub const NONE: Self = Self(0);

    /// All that there are.
    pub fn all() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    const fn bit(permission: Permission) -> u64 {
        1 << permission as u32
    }

    /// These and one more.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | Self::bit(permission))
    }

    /// Whether one is among them.
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & Self::bit(permission) != 0
    }

    /// Whether all of some others are among them.
    pub const fn covers(self, others: Self) -> bool {
        others.0 & !self.0 == 0
    }

    /// Each of them, in their order.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.has(*permission))
    }

    /// Those that others lack.
    #[must_use]
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(all: I) -> Self {
        all.into_iter().fold(Self::NONE, Self::with)
    }
}

impl Serialize for Permission {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Permission {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| serde::de::Error::custom(format!("there is no permission {name:?}")))
    }
}

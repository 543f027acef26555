//! Roles: names for sets of permissions.

use serde::{Deserialize, Serialize};

use crate::access::{Permission, Permissions};
use crate::id::RoleId;

/// A role that every tenant has. It cannot be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuiltInRole {
    /// Answers customers.
    Agent,
    /// An agent who also sees every conversation, helps with them, and reads the numbers.
    Supervisor,
    /// May do everything.
    Administrator,
    /// Sets up channels, robots and push, and has no people and no conversations.
    Integrator,
    /// Sees everything and changes nothing.
    Auditor,
}

impl BuiltInRole {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Agent, Self::Supervisor, Self::Administrator, Self::Integrator, Self::Auditor];

    /// Its id, as in configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Administrator => "administrator",
            Self::Integrator => "integrator",
            Self::Auditor => "auditor",
        }
    }

    /// Its id.
    pub fn id(self) -> RoleId {
        match RoleId::new(self.as_str()) {
            Ok(id) => id,
            Err(_) => unreachable!("letters are an id"),
        }
    }

    /// The built-in role with an id.
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == id)
    }

    /// What it allows.
    pub fn permissions(self) -> Permissions {
        use Permission::{
            AgentsRead, AgentsSupervise, AuditRead, ConfigRead, ConfigWrite, ConversationsAnswer,
            ConversationsRead, ConversationsReadAll, ConversationsSupervise, CustomersManage, CustomersRead,
            KnowledgeManage, KnowledgePublish, KnowledgeRead, PushManage, ReportsExport, ReportsRead, Search,
            TicketsHandle, TicketsManage, TicketsRead, TranscriptsExport,
        };
        let of = |more: &[Permission]| more.iter().copied().collect::<Permissions>();
        match self {
            Self::Agent => of(&[
                ConversationsRead,
                ConversationsAnswer,
                TicketsRead,
                TicketsHandle,
                CustomersRead,
                Search,
                KnowledgeRead,
            ]),
            Self::Supervisor => [
                ConversationsReadAll,
                ConversationsSupervise,
                TranscriptsExport,
                TicketsManage,
                AgentsRead,
                AgentsSupervise,
                CustomersManage,
                ReportsRead,
                ReportsExport,
                KnowledgeManage,
            ]
            .into_iter()
            .fold(Self::Agent.permissions(), Permissions::with),
            Self::Administrator => Permissions::all(),
            Self::Integrator => of(&[
                ConfigRead,
                ConfigWrite,
                PushManage,
                KnowledgeRead,
                KnowledgeManage,
                KnowledgePublish,
                ReportsRead,
            ]),
            Self::Auditor => of(&[
                ConversationsRead,
                ConversationsReadAll,
                TranscriptsExport,
                TicketsRead,
                AgentsRead,
                CustomersRead,
                Search,
                ReportsRead,
                ReportsExport,
                KnowledgeRead,
                ConfigRead,
                AuditRead,
            ]),
        }
    }
}

impl From<BuiltInRole> for RoleId {
    fn from(role: BuiltInRole) -> Self {
        role.id()
    }
}

impl Default for RoleId {
    /// Nobody may do more than answer customers unless it is said.
    fn default() -> Self {
        BuiltInRole::Agent.id()
    }
}

/// A role of a tenant's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its id; not one of the built-in roles'.
    pub id: RoleId,
    /// Its name.
    pub name: String,
    /// What it allows.
    #[serde(default)]
    pub permissions: Vec<Permission>,
    /// Whether whoever has it must sign in with a second factor.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub require_totp: bool,
}

impl Role {
    /// A role that allows nothing yet.
    pub fn new(id: RoleId, name: &str) -> Self {
        Self { id, name: name.to_owned(), permissions: Vec::new(), require_totp: false }
    }

    /// What it allows.
    pub fn permissions(&self) -> Permissions {
        self.permissions.iter().copied().collect()
    }
}

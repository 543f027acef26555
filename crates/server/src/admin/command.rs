//! Administrative commands, as they go over the admin socket, and their answers.

use std::borrow::Cow;
use std::path::PathBuf;

use frontdesk_api::native::config::{ConfigFileAnswer, ConfigProblem};
use frontdesk_core::access::grant::GrantRefusal;
use frontdesk_core::port::{BackupError, BackupProgress, BackupReport, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::knowledge::KnowledgeImport;
use super::shorthand::{NewAgent, NewChannel, NewRobot};

/// What an operator asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum AdminCommand {
    /// Everything configured of a tenant, or the list of tenants.
    List {
        /// The tenant; without one, all tenants are listed.
        tenant: Option<String>,
    },
    /// A new tenant, or a new name or language of one.
    PutTenant {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
        /// Its language.
        locale: String,
    },
    /// A new app; its secret is in the answer and nowhere else.
    AddApp {
        /// The tenant.
        tenant: String,
        /// The public half of its credentials; made up if not given.
        key: Option<String>,
        /// What it is for.
        name: String,
    },
    /// A channel, new or changed.
    PutChannel {
        /// The tenant.
        tenant: String,
        /// The channel.
        channel: NewChannel,
    },
    /// A robot, new or changed.
    PutRobot {
        /// The tenant.
        tenant: String,
        /// The robot.
        robot: NewRobot,
    },
    /// Replaces a robot's knowledge in one language.
    PutKnowledge {
        /// The tenant.
        tenant: String,
        /// The knowledge base.
        base: String,
        /// The knowledge, as TOML; it names its language.
        text: String,
    },
    /// Reads knowledge into the draft of a base.
    ImportKnowledge {
        /// The tenant.
        tenant: String,
        /// The knowledge base.
        base: String,
        /// The file.
        text: String,
        /// What it is, and how it is taken.
        wish: KnowledgeImport,
    },
    /// A knowledge base as a file.
    ExportKnowledge {
        /// The tenant.
        tenant: String,
        /// The knowledge base.
        base: String,
        /// `csv` or `json`.
        format: String,
        /// `draft`, `live` or the number of a version.
        version: String,
    },
    /// Lets robots answer from the draft of a knowledge base.
    PublishKnowledge {
        /// The tenant.
        tenant: String,
        /// The knowledge base.
        base: String,
        /// What is to be known about this version.
        note: String,
    },
    /// A queue, new or renamed.
    PutQueue {
        /// The tenant.
        tenant: String,
        /// Its id.
        id: String,
        /// Its name.
        name: String,
    },
    /// An agent, new or changed. Without a password one is made up; it is in the answer and nowhere else.
    PutAgent {
        /// The tenant.
        tenant: String,
        /// The agent.
        agent: NewAgent,
    },
    /// Changes anything configured, or makes it, by a JSON merge patch: what is not given stays, or is the default.
    Set {
        /// The tenant.
        tenant: String,
        /// What it is: `channel`, `robot`, `queue`, `agent` or another kind of item.
        kind: String,
        /// Its id.
        id: String,
        /// The merge patch, an object.
        change: Value,
    },
    /// Every item of a kind.
    ListKind {
        /// The tenant.
        tenant: String,
        /// The kind.
        kind: String,
    },
    /// One item.
    Get {
        /// The tenant.
        tenant: String,
        /// The kind.
        kind: String,
        /// Its id.
        id: String,
    },
    /// Gives values of an item their defaults again.
    Unset {
        /// The tenant.
        tenant: String,
        /// The kind.
        kind: String,
        /// Its id.
        id: String,
        /// The values, by their paths, such as `patience.warn_before`.
        values: Vec<String>,
    },
    /// A new secret for an app; it is in the answer and nowhere else.
    RotateSecret {
        /// The tenant.
        tenant: String,
        /// The app.
        key: String,
        /// Seconds for which the secret before is still good.
        keep_old_for: u64,
    },
    /// Takes a tenant away, with everything configured of it.
    RemoveTenant {
        /// The tenant.
        tenant: String,
        /// Also if customers have written to it.
        force: bool,
    },
    /// The file of everything configured of a tenant.
    ExportConfig {
        /// The tenant.
        tenant: String,
    },
    /// Makes a tenant what a file says, or tells what would change.
    ApplyConfig(ApplyConfig),
    /// A backup of everything stored, taken while the server runs.
    Backup {
        /// Where it is to be: an absolute path where nothing is yet.
        path: PathBuf,
    },
    /// Has all numbers made anew from the logs.
    RecomputeReports {
        /// The tenant; without one, those of all tenants.
        tenant: Option<String>,
    },
    /// Signs tokens with a new key from now on. What older keys signed stays valid for as long as it lives.
    RotateKeys,
    /// Empties the search index and has every log read anew.
    RebuildSearch,
    /// How far the search index is.
    SearchBacklog,
    /// Records that a tenant's audit log is exported, before it is.
    ExportAudit {
        /// The tenant.
        tenant: String,
    },
    /// Takes something away.
    Remove {
        /// The tenant.
        tenant: String,
        /// What it is: `app`, `channel`, `robot`, `queue` or `agent`.
        kind: String,
        /// Its id.
        id: String,
    },
}

impl AdminCommand {
    /// Whether nothing of it is to be recorded in the audit log: it tells an operator what is configured.
    pub(super) const fn only_looks(&self) -> bool {
        matches!(
            self,
            Self::List { .. }
                | Self::ListKind { .. }
                | Self::Get { .. }
                | Self::SearchBacklog
                | Self::ApplyConfig(ApplyConfig { dry_run: true, .. })
        )
    }

    /// Whether it hands out what somebody may have to answer for, so that it is recorded before it is done.
    pub(super) const fn hands_out(&self) -> bool {
        matches!(
            self,
            Self::Backup { .. }
                | Self::ExportAudit { .. }
                | Self::ExportConfig { .. }
                | Self::ExportKnowledge { .. }
        )
    }

    /// Whether it may change what nodes keep in memory.
    pub(super) const fn changes(&self) -> bool {
        match self {
            Self::ExportAudit { .. }
            | Self::List { .. }
            | Self::ListKind { .. }
            | Self::Get { .. }
            | Self::ExportConfig { .. }
            | Self::ApplyConfig(ApplyConfig { dry_run: true, .. })
            | Self::RecomputeReports { .. }
            | Self::RebuildSearch
            | Self::SearchBacklog
            | Self::ExportKnowledge { .. }
            | Self::Backup { .. } => false,
            Self::PutTenant { .. }
            | Self::AddApp { .. }
            | Self::PutChannel { .. }
            | Self::PutRobot { .. }
            | Self::PutKnowledge { .. }
            | Self::ImportKnowledge { .. }
            | Self::PublishKnowledge { .. }
            | Self::PutQueue { .. }
            | Self::PutAgent { .. }
            | Self::Set { .. }
            | Self::Unset { .. }
            | Self::RotateSecret { .. }
            | Self::ApplyConfig(_)
            | Self::RotateKeys
            | Self::RemoveTenant { .. }
            | Self::Remove { .. } => true,
        }
    }
}

/// What is to be done with a tenant's file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ApplyConfig {
    /// The file, as TOML.
    pub text: String,
    /// Takes away what is not in the file.
    pub prune: bool,
    /// Changes nothing, and tells what would.
    pub dry_run: bool,
}

/// What an operator is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdminAnswer {
    /// It is done.
    Done,
    /// It is done; this secret is shown once.
    Secret {
        /// Whose it is.
        of: String,
        /// The secret.
        secret: String,
    },
    /// How far it is; other answers follow.
    Progress(BackupProgress),
    /// There is a backup.
    BackedUp(BackupReport),
    /// How far the search index is.
    SearchBacklog {
        /// Logs of customers.
        logs: u64,
        /// Those that still have something to be taken in.
        behind: u64,
    },
    /// What is configured, without secrets; or what became of each entry of a file.
    Items(Vec<serde_json::Value>),
    /// One item, without secrets.
    Item(serde_json::Value),
    /// A file.
    File(String),
    /// What a file changed, or would.
    Changes(ConfigFileAnswer),
    /// Why a file cannot be applied. Nothing was changed.
    Problems(Vec<ConfigProblem>),
    /// A text, as it is.
    Text(String),
}

/// Why a command was not carried out. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// A value does not fit.
    #[error("{field}: {why}")]
    Invalid {
        /// Which.
        field: Cow<'static, str>,
        /// Why.
        why: String,
    },
    /// There is no such thing.
    #[error("there is no {0}")]
    Unknown(String),
    /// Something else needs it.
    #[error("is needed by {0}")]
    InUse(String),
    /// It is no longer as it was seen.
    #[error("was changed meanwhile")]
    ChangedMeanwhile,
    /// It is there, and should not be.
    #[error("exists already")]
    Exists,
    /// A file cannot be applied, for these reasons.
    #[error("{} problems in the file", .0.len())]
    Problems(Vec<ConfigProblem>),
    /// Whoever asks may not do this.
    #[error(transparent)]
    Refused(#[from] GrantRefusal),
    /// There is no backup.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AdminError {
    /// A stable name of what went wrong.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "FIELD_INVALID",
            Self::Unknown(_) => "NOT_FOUND",
            Self::ChangedMeanwhile => "CHANGED_MEANWHILE",
            Self::Exists => "EXISTS",
            Self::Problems(_) => "CONFIG_FILE_INVALID",
            Self::InUse(_) => "IN_USE",
            Self::Refused(_) => "FORBIDDEN",
            Self::Backup(_) => "BACKUP_FAILED",
            Self::Store(_) => "INTERNAL",
        }
    }

    /// A value does not fit.
    pub fn invalid(field: impl Into<Cow<'static, str>>, why: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), why: why.into() }
    }
}

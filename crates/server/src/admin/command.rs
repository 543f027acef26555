//! Administrative commands, as they go over the admin socket, and their answers.

use std::borrow::Cow;
use std::path::PathBuf;

use frontdesk_core::port::{BackupError, BackupProgress, BackupReport, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    /// A backup of everything stored, taken while the server runs.
    Backup {
        /// Where it is to be: an absolute path where nothing is yet.
        path: PathBuf,
    },
    /// Signs tokens with a new key from now on. What older keys signed stays valid for as long as it lives.
    RotateKeys,
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
    /// What is configured, without secrets.
    Items(Vec<serde_json::Value>),
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
    /// There is no backup.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AdminError {
    /// A value does not fit.
    pub fn invalid(field: impl Into<Cow<'static, str>>, why: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), why: why.into() }
    }
}

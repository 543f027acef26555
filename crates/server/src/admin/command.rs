//! Administrative commands, as they go over the admin socket, and their answers.

use std::path::PathBuf;

use frontdesk_core::directory::Role;
use frontdesk_core::port::{BackupError, BackupProgress, BackupReport, StoreError};
use serde::{Deserialize, Serialize};

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

/// A channel as an operator gives it; what is not given stays, or is the default.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewChannel {
    /// Its configuration id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its robot; empty for none.
    pub robot: Option<String>,
    /// Its queue; empty for none.
    pub queue: Option<String>,
    /// Whether customers may write after a time-out.
    pub async_replies: Option<bool>,
    /// Most characters of a text sent to customers.
    pub text_chars: Option<usize>,
    /// Whether customers are asked how it was.
    pub survey: Option<bool>,
    /// Seconds without a poll.
    pub session_silence: Option<u64>,
    /// Seconds in a queue.
    pub queue_wait: Option<u64>,
    /// Seconds without a word from the customer.
    pub customer_inactivity: Option<u64>,
    /// Working hours as JSON; empty for always.
    pub hours: Option<String>,
    /// The key with which the shop's back end signs who a customer is; empty for none.
    pub identity_key: Option<String>,
    /// Whether only signed customers may come through pages.
    pub requires_identity: Option<bool>,
    /// Web origins that may use it.
    pub origins: Option<Vec<String>>,
    /// Where and how messages are pushed, as TOML; empty for nowhere.
    pub push: Option<String>,
}

/// A robot as an operator gives it; what is not given stays, or is the default.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewRobot {
    /// Its id.
    pub id: String,
    /// Its name as customers see it.
    pub nickname: Option<String>,
    /// Its picture.
    pub avatar: Option<String>,
    /// Its gender.
    pub gender: Option<String>,
    /// What it says first.
    pub welcome: Option<String>,
    /// What brings an agent.
    pub transfer_keyword: Option<String>,
    /// Its knowledge base.
    pub knowledge: Option<String>,
}

/// An agent as an operator gives it; what is not given stays, or is the default.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewAgent {
    /// The name to sign in with.
    pub id: String,
    /// The name that customers see.
    pub nickname: Option<String>,
    /// `agent`, `supervisor` or `administrator`.
    pub role: Option<Role>,
    /// Most conversations at a time.
    pub capacity: Option<u32>,
    /// The queues that the agent serves.
    pub queues: Option<Vec<String>>,
    /// A new password.
    pub password: Option<String>,
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
        field: &'static str,
        /// Why.
        why: String,
    },
    /// There is no such thing.
    #[error("there is no {0}")]
    Unknown(String),
    /// There is no backup.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

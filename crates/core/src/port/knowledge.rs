//! Knowledge bases as stored: for each a draft, and the versions that were published.

use async_trait::async_trait;

use crate::id::{AgentId, BaseId, GroupId, TenantId};
use crate::knowledge::{Group, TestQuestion};
use crate::port::StoreError;
use crate::time::Timestamp;

/// How many versions of a base are kept.
pub const KEPT_VERSIONS: u64 = 20;

/// A knowledge base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// Its id, which robots name it by.
    pub id: BaseId,
    /// Its name for editors.
    pub name: String,
    /// Counts the changes of the draft.
    pub draft: u64,
    /// How many groups the draft has.
    pub groups: usize,
    /// In how many groups the draft differs from what is live.
    pub changes: usize,
    /// The version from which robots answer; `None` if nothing was ever published.
    pub live: Option<u64>,
    /// When that was published.
    pub published: Option<Timestamp>,
}

/// A version that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseVersion {
    /// Its number, from 1.
    pub version: u64,
    /// When it was published.
    pub at: Timestamp,
    /// Who published it; empty if it is not known.
    pub by: String,
    /// What they said about it.
    pub note: String,
    /// How many groups it has.
    pub groups: usize,
    /// The earlier version that it repeats, if it was rolled back to.
    pub repeats: Option<u64>,
}

/// Which state of a base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// What editors change.
    Draft,
    /// What robots answer from.
    Live,
    /// A version that was published.
    Version(u64),
}

/// A group of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftGroup {
    /// The draft's count when it was last changed; no two states of a group of one base share it.
    pub version: u64,
    /// The group.
    pub group: Group,
}

/// What a group must be for a change of it to be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Anything.
    Any,
    /// Not there.
    Absent,
    /// As it was when it had this version.
    Version(u64),
}

/// A change of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupEdit {
    /// Which.
    pub id: GroupId,
    /// What it must be.
    pub expected: Expected,
    /// What it is to be; `None` if it is to go.
    pub group: Option<Group>,
}

/// A change of a draft, made as a whole or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// The groups.
    pub groups: Vec<GroupEdit>,
    /// What the draft's count must be, if the change was planned on the whole of it.
    pub draft: Option<u64>,
    /// What is decided with it.
    pub settles: Option<Settled>,
}

/// What is decided when something that was learned goes into a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// What it is counted under.
    pub key: String,
    /// Whether it is a suggestion, which must be open; otherwise it is a question that was not answered.
    pub is_suggestion: bool,
    /// Who decides.
    pub by: AgentId,
    /// The group that it goes into.
    pub group: GroupId,
}

/// Who publishes, and what they say about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    /// Who; empty if it is not known.
    pub by: String,
    /// What they say about it.
    pub note: String,
    /// What the draft's count must be, if they looked at it.
    pub draft: Option<u64>,
}

/// What robots answer from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// Its version; zero if nothing was published.
    pub version: u64,
    /// When it was published. Later publications of a tenant's base of one name are later, also if the base was removed
    /// in between.
    pub published: Timestamp,
    /// Its groups.
    pub groups: Vec<Group>,
}

/// Why a base was not changed. Nothing was.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// There is no such base.
    #[error("there is no such knowledge base")]
    NoBase,
    /// There is no such version any more.
    #[error("there is no such version")]
    NoVersion,
    /// Somebody else has changed the group.
    #[error("the group {0} has changed")]
    GroupChanged(GroupId),
    /// Somebody else has changed the draft.
    #[error("the draft has changed")]
    DraftChanged,
    /// Somebody else has decided about the suggestion.
    #[error("it was decided before")]
    Decided,
    /// The base would have more groups than a base can have.
    #[error("the base would have too many groups")]
    TooManyGroups,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Knowledge bases as stored.
#[async_trait]
pub trait KnowledgeStore: Send + Sync {
    /// The bases of a tenant, by their ids.
    async fn bases(&self, tenant: &TenantId) -> Result<Vec<Base>, StoreError>;

    /// One base.
    async fn base(&self, tenant: &TenantId, base: &BaseId) -> Result<Option<Base>, StoreError>;

    /// Makes a base, or gives it another name; `None` leaves the name, or makes it the id. `true` if it was made.
    async fn put_base(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        name: Option<String>,
    ) -> Result<bool, StoreError>;

    /// Takes a base away with its draft, versions and tests, and what was asked of it; `false` if there was none.
    async fn remove_base(&self, tenant: &TenantId, base: &BaseId) -> Result<bool, StoreError>;

    /// The groups of a base in their order by id; `None` if there is no such base or version. Groups that are not of the
    /// draft have the version zero.
    async fn groups(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        edition: Edition,
    ) -> Result<Option<Vec<DraftGroup>>, StoreError>;

    /// One group of the draft.
    async fn group(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        group: &GroupId,
    ) -> Result<Option<DraftGroup>, StoreError>;

    /// Changes the draft; gives its new count. A group that is put as it is keeps its version.
    async fn edit(&self, tenant: &TenantId, base: &BaseId, edit: Edit) -> Result<u64, KnowledgeError>;

    /// Makes the draft live and gives its version. A draft that is live already makes no new one. The last
    /// [`KEPT_VERSIONS`] are kept.
    async fn publish(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        publication: Publication,
    ) -> Result<u64, KnowledgeError>;

    /// Makes an earlier version live again, as a new one. The draft follows if it had no changes.
    async fn roll_back(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        version: u64,
        publication: Publication,
    ) -> Result<u64, KnowledgeError>;

    /// Makes the draft what is live; gives its new count.
    async fn discard(&self, tenant: &TenantId, base: &BaseId) -> Result<u64, KnowledgeError>;

    /// The versions that are kept, newest first.
    async fn versions(&self, tenant: &TenantId, base: &BaseId) -> Result<Vec<BaseVersion>, StoreError>;

    /// What robots answer from; empty if there is nothing.
    async fn live(&self, tenant: &TenantId, base: &BaseId) -> Result<Live, StoreError>;

    /// When what is live was published, of every base of every tenant.
    async fn live_since(&self) -> Result<Vec<(TenantId, BaseId, Timestamp)>, StoreError>;

    /// The test questions of a base.
    async fn tests(&self, tenant: &TenantId, base: &BaseId) -> Result<Vec<TestQuestion>, StoreError>;

    /// Replaces the test questions of a base; `false` if there is no such base.
    async fn put_tests(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        tests: Vec<TestQuestion>,
    ) -> Result<bool, StoreError>;
}

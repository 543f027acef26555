//! What editors of knowledge learn from conversations, as stored.
//!
//! Questions and suggestions are kept by the entry that they come from, so that reading a conversation again changes
//! nothing; lists count those that are the same but for what customers do not mean.

use async_trait::async_trait;

use crate::id::{AgentId, BaseId, GroupId, TenantId};
use crate::knowledge::{AskedInVain, Lessons};
use crate::log::LogId;
use crate::port::StoreError;
use crate::robot::{Found, Hit};
use crate::time::Timestamp;

/// What was learned from a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learned {
    /// The tenant.
    pub tenant: TenantId,
    /// The customer's log.
    pub log: LogId,
    /// Which of the customer's conversations.
    pub conversation: u64,
    /// The customer's language.
    pub language: String,
    /// Whether all of the conversation was read: then it replaces what was learned from a part.
    pub whole: bool,
    /// What was learned.
    pub lessons: Lessons,
}

/// What an editor has decided about a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is to be shown no more.
    Dismissed,
    /// A group was made of it.
    Taken,
}

impl Verdict {
    /// The name as stored and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dismissed => "dismissed",
            Self::Taken => "taken",
        }
    }

    /// The verdict with this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Dismissed, Self::Taken].into_iter().find(|verdict| verdict.as_str() == name)
    }
}

/// A verdict, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What was decided.
    pub verdict: Verdict,
    /// Who decided it.
    pub by: AgentId,
    /// The group that was made of it, if one was.
    pub group: Option<GroupId>,
}

/// A question that the robot could not answer, however often it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// What it is counted under.
    pub key: String,
    /// How it was asked last.
    pub text: String,
    /// The language of the customer who asked last.
    pub language: String,
    /// How often it was asked.
    pub count: u64,
    /// How many of those who asked wanted an agent next.
    pub wanted_agent: u64,
    /// When it was first asked, of what is kept.
    pub first: Timestamp,
    /// When it was asked last.
    pub last: Timestamp,
    /// The log of the conversation in which it was asked last.
    pub log: LogId,
    /// Which of the customer's conversations that was.
    pub conversation: u64,
    /// How well the best group fitted then.
    pub hit: Hit,
    /// The groups that fitted best then, best first.
    pub candidates: Vec<Found>,
    /// What was decided about it.
    pub judged: Option<Judged>,
}

/// Which questions to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnansweredFilter {
    /// Those about which this was decided; without it, those about which nothing was.
    pub verdict: Option<Verdict>,
    /// Only those of customers of this language, which may be given without a country.
    pub language: Option<String>,
    /// Only those asked since.
    pub since: Option<Timestamp>,
    /// Only those asked at least so often.
    pub least: u64,
    /// At most so many.
    pub limit: usize,
}

/// An answer of the robot that a customer said did not help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadlyRated {
    /// The customer's log.
    pub log: LogId,
    /// Which of the customer's conversations.
    pub conversation: u64,
    /// The customer's language.
    pub language: String,
    /// The question, and what was found for it.
    pub asked: AskedInVain,
}

/// How far a suggestion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SuggestionState {
    /// Nobody has decided.
    Open,
    /// It is in the draft.
    Approved,
    /// It is not wanted, now or again.
    Rejected,
}

impl SuggestionState {
    /// The name as stored and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }

    /// The state with this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Open, Self::Approved, Self::Rejected].into_iter().find(|state| state.as_str() == name)
    }
}

/// What agents answered to a question that the robot could not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What the question is counted under.
    pub key: String,
    /// The question, as it was asked last.
    pub question: String,
    /// What an agent answered last.
    pub answer: String,
    /// The customer's language.
    pub language: String,
    /// Who answered last.
    pub agent: AgentId,
    /// In how many conversations it was answered.
    pub count: u64,
    /// When it was answered last.
    pub last: Timestamp,
    /// The log of that conversation.
    pub log: LogId,
    /// Which of the customer's conversations that was.
    pub conversation: u64,
    /// How far it is.
    pub state: SuggestionState,
    /// Who decided, if somebody has.
    pub by: Option<AgentId>,
    /// The group that it was taken into.
    pub group: Option<GroupId>,
}

/// What editors of knowledge learn from conversations.
#[async_trait]
pub trait LearningStore: Send + Sync {
    /// Keeps what was learned; what comes from the same entries replaces what is there if all of the conversation was
    /// read, and is dropped otherwise. Bases that are not there learn nothing. Of each base a bounded number is kept,
    /// the newest.
    async fn learn(&self, learned: Learned) -> Result<(), StoreError>;

    /// Questions that a base could not answer, those asked most often first.
    async fn unanswered(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        filter: UnansweredFilter,
    ) -> Result<Vec<Unanswered>, StoreError>;

    /// One of them by its key, whatever was decided about it.
    async fn unanswered_one(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        key: &str,
    ) -> Result<Option<Unanswered>, StoreError>;

    /// Decides about a question, or takes the decision back.
    async fn judge(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        key: &str,
        judged: Option<Judged>,
    ) -> Result<(), StoreError>;

    /// Answers that did not help, newest first, at most `limit`.
    async fn badly_rated(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        limit: usize,
    ) -> Result<Vec<BadlyRated>, StoreError>;

    /// Suggestions in a state, those made most often first, at most `limit`.
    async fn suggestions(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        state: SuggestionState,
        limit: usize,
    ) -> Result<Vec<Suggestion>, StoreError>;

    /// One suggestion by its key.
    async fn suggestion(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        key: &str,
    ) -> Result<Option<Suggestion>, StoreError>;

    /// Decides about a suggestion, if it is in the state `from`; `false` if it is not.
    async fn judge_suggestion(
        &self,
        tenant: &TenantId,
        base: &BaseId,
        key: &str,
        from: SuggestionState,
        to: (SuggestionState, AgentId, Option<GroupId>),
    ) -> Result<bool, StoreError>;
}

//! Who customers are: one person over all the channels that they come through.
//!
//! Whatever is said stays in the log of the channel where it was said. A profile joins logs and holds what the company
//! knows of the person. Each log has a profile of its own from the start; merging hangs one below another, and can be
//! undone.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, ChannelId, TenantId, UserId};
use crate::labels::Patch;
use crate::log::LogId;
use crate::time::Timestamp;

/// What an anonymous visitor's id begins with. No signed customer's does, so that neither can become the other.
pub const VISITOR_PREFIX: &str = "visitor-";

/// How it is known that somebody is who they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// Nobody knows: an anonymous visitor of a page.
    Anonymous,
    /// The company's back end obtained their credentials (applyToken).
    Vouched,
    /// The company's back end signed who they are, for a page.
    Signed,
}

impl Trust {
    /// The trust in a customer's id. `signed` says whether a page ever brought a signature of it.
    pub fn of(user: &UserId, signed: bool) -> Self {
        if user.as_str().starts_with(VISITOR_PREFIX) {
            Self::Anonymous
        } else if signed {
            Self::Signed
        } else {
            Self::Vouched
        }
    }

    /// Whether the company itself says who it is, in whichever way.
    pub const fn is_verified(self) -> bool {
        matches!(self, Self::Vouched | Self::Signed)
    }
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AttributeValue {
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(serde_json::Number),
    /// A text.
    Text(String),
}

/// Why a customer is kept out, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Why.
    pub reason: String,
    /// Until when; `None` for good.
    pub until: Option<Timestamp>,
    /// Since when.
    pub at: Timestamp,
    /// Who did it.
    pub by: AgentId,
}

/// A customer on one channel: one log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The log.
    pub log: LogId,
    /// The channel.
    pub channel: ChannelId,
    /// The customer's id there.
    pub user: UserId,
    /// Their name there.
    pub name: String,
    /// Their language there.
    pub locale: String,
    /// How it is known that it is them.
    pub trust: Trust,
    /// When they first did something; `None` if they have not yet.
    pub first_seen: Option<Timestamp>,
    /// When they last did something.
    pub last_seen: Option<Timestamp>,
    /// What its own profile was hung below, if it was.
    pub merged: Option<Merged>,
}

/// That a profile was hung below another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// Below which: the log that it began with.
    pub into: LogId,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: AgentId,
}

/// One person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The log that it began with, which names it.
    pub log: LogId,
    /// The tenant.
    pub tenant: TenantId,
    /// Every log of the person; that which it began with comes first.
    pub identities: Vec<Identity>,
    /// What is known of them. What was known of those that were merged counts where nothing else is known.
    pub facts: Facts,
    /// Whether the person is kept out.
    pub blocked: Option<Block>,
}

/// What the company knows of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// What agents call them; `None` for what they are called on their channels.
    pub name: Option<String>,
    /// What agents should know.
    pub note: Option<String>,
    /// Words to find them by.
    pub tags: BTreeSet<String>,
    /// What the company keeps; at most [`Facts::MAX_ATTRIBUTES`].
    pub attributes: BTreeMap<String, AttributeValue>,
}

/// A change of what is known of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactsPatch {
    /// The name.
    pub name: Patch<String>,
    /// The note.
    pub note: Patch<String>,
    /// All tags anew.
    pub tags: Patch<BTreeSet<String>>,
    /// The attributes that change, each with its new value or none; the others stay.
    pub attributes: Patch<BTreeMap<String, Option<AttributeValue>>>,
}

impl Facts {
    /// Most attributes of a person.
    pub const MAX_ATTRIBUTES: usize = 50;

    /// What is there after a change; `None` if there would be too many attributes.
    pub fn patched(&self, patch: &FactsPatch) -> Option<Self> {
        let mut after = self.clone();
        apply(&mut after.name, &patch.name);
        apply(&mut after.note, &patch.note);
        match &patch.tags {
            Patch::Keep => {}
            Patch::Clear => after.tags.clear(),
            Patch::Set(tags) => after.tags.clone_from(tags),
        }
        match &patch.attributes {
            Patch::Keep => {}
            Patch::Clear => after.attributes.clear(),
            Patch::Set(changes) => {
                for (key, value) in changes {
                    match value {
                        Some(value) => after.attributes.insert(key.clone(), value.clone()),
                        None => after.attributes.remove(key),
                    };
                }
            }
        }
        (after.attributes.len() <= Self::MAX_ATTRIBUTES).then_some(after)
    }

    /// With what is known of somebody who turned out to be the same person, where nothing is known yet.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        self.name = self.name.or(other.name);
        self.note = self.note.or(other.note);
        self.tags.extend(other.tags);
        for (key, value) in other.attributes {
            self.attributes.entry(key).or_insert(value);
        }
        self
    }
}

fn apply(slot: &mut Option<String>, patch: &Patch<String>) {
    match patch {
        Patch::Keep => {}
        Patch::Clear => *slot = None,
        Patch::Set(value) => *slot = Some(value.clone()),
    }
}

impl Profile {
    /// What they are called.
    pub fn name(&self) -> &str {
        let own = || self.identities.first().map_or("", |identity| identity.name.as_str());
        self.facts.name.as_deref().unwrap_or_else(own)
    }

    /// When they first did something on any channel.
    pub fn first_seen(&self) -> Option<Timestamp> {
        self.identities.iter().filter_map(|identity| identity.first_seen).min()
    }

    /// When they last did something on any channel.
    pub fn last_seen(&self) -> Option<Timestamp> {
        self.identities.iter().filter_map(|identity| identity.last_seen).max()
    }

    /// The least trust in any of their ids: what is true of the person as a whole.
    pub fn trust(&self) -> Trust {
        self.identities.iter().map(|identity| identity.trust).min().unwrap_or(Trust::Anonymous)
    }

    /// Whether another profile may become part of this one. Nobody of whom it is not known who they are is ever joined
    /// with somebody of whom it is: they would see and be taken for each other.
    pub fn may_take_in(&self, other: &Self) -> Result<(), MergeRefusal> {
        if self.tenant != other.tenant || self.identities.is_empty() || other.identities.is_empty() {
            return Err(MergeRefusal::NoCustomer);
        }
        if self.log == other.log {
            return Err(MergeRefusal::Same);
        }
        let is_verified = |identity: &Identity| identity.trust.is_verified();
        let verified = is_verified(&self.identities[0]);
        if self.identities.iter().chain(&other.identities).any(|identity| is_verified(identity) != verified) {
            return Err(MergeRefusal::Trust);
        }
        if self.identities.len() + other.identities.len() > Self::MAX_IDENTITIES {
            return Err(MergeRefusal::TooMany);
        }
        Ok(())
    }

    /// Most logs of one person.
    pub const MAX_IDENTITIES: usize = 50;
}

/// Why two profiles are not merged, or not taken apart. Nothing is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeRefusal {
    /// There is no such customer.
    #[error("there is no such customer")]
    NoCustomer,
    /// They are the same already.
    #[error("they are the same already")]
    Same,
    /// Of one it is known who they are, of the other not.
    #[error("of one it is known who they are, of the other not")]
    Trust,
    /// The person would have too many ids.
    #[error("the person would have more than {} ids", Profile::MAX_IDENTITIES)]
    TooMany,
    /// It is not part of another.
    #[error("the customer was not merged into another")]
    NotMerged,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(users: &[(&str, bool)]) -> Profile {
        let tenant = TenantId::new("demo").unwrap();
        let channel = ChannelId::new("web").unwrap();
        let identity = |(user, signed): &(&str, bool)| {
            let user = UserId::new(user).unwrap();
            Identity {
                log: LogId::of_customer(&tenant, &channel, &user),
                channel: channel.clone(),
                name: user.to_string(),
                trust: Trust::of(&user, *signed),
                user,
                locale: "en".to_owned(),
                first_seen: None,
                last_seen: None,
                merged: None,
            }
        };
        let identities: Vec<_> = users.iter().map(identity).collect();
        Profile { log: identities[0].log, tenant, identities, facts: Facts::default(), blocked: None }
    }

    #[test]
    fn only_equals_in_trust_are_joined() {
        let (ann, bob) = (profile(&[("ann", true)]), profile(&[("bob", false)]));
        let (visitor, other) = (profile(&[("visitor-1", false)]), profile(&[("visitor-2", false)]));
        assert_eq!(ann.may_take_in(&bob), Ok(()));
        assert_eq!(other.may_take_in(&visitor), Ok(()));
        assert_eq!(ann.may_take_in(&visitor), Err(MergeRefusal::Trust));
        assert_eq!(visitor.may_take_in(&ann), Err(MergeRefusal::Trust));
        assert_eq!(ann.may_take_in(&ann), Err(MergeRefusal::Same));
        let foreign = Profile { tenant: TenantId::new("rival").unwrap(), ..profile(&[("bob", true)]) };
        assert_eq!(ann.may_take_in(&foreign), Err(MergeRefusal::NoCustomer));
    }

    #[test]
    fn a_signature_makes_no_visitor_known() {
        assert_eq!(Trust::of(&UserId::new("visitor-1").unwrap(), true), Trust::Anonymous);
    }

    #[test]
    fn what_is_known_is_bounded_and_that_of_the_merged_comes_second() {
        let text = |value: &str| AttributeValue::Text(value.to_owned());
        let set = |count: usize| FactsPatch {
            attributes: Patch::Set((0..count).map(|n| (n.to_string(), Some(text("x")))).collect()),
            ..FactsPatch::default()
        };
        assert_eq!(Facts::default().patched(&set(51)), None);
        let known = Facts { name: Some("Ann".to_owned()), ..Facts::default().patched(&set(1)).unwrap() };
        let other = Facts {
            name: Some("Anna".to_owned()),
            attributes: BTreeMap::from([("0".to_owned(), text("y")), ("1".to_owned(), text("y"))]),
            ..Facts::default()
        };
        let both = known.or(other);
        assert_eq!(both.name.as_deref(), Some("Ann"));
        assert_eq!(both.attributes.values().collect::<Vec<_>>(), [&text("x"), &text("y")]);
    }
}

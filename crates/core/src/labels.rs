//! What agents put on a conversation so that it is found again and handled rightly: tags, a priority, attributes and a
//! disposition.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::DispositionId;

/// How urgent a conversation is. A customer who waits comes before those of a lower priority.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// After all others.
    Low,
    /// As it comes.
    #[default]
    Normal,
    /// Before those as they come.
    High,
    /// Before all others.
    Urgent,
}

impl Priority {
    /// Every priority, the lowest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    /// Its name, as in exports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// The priority as a number that grows with it, as stored: 0 to 3.
    pub const fn rank(self) -> u8 {
        self as u8
    }
}

/// What is on one conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Labels {
    /// Words to find it by; at most [`Labels::MAX_TAGS`].
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// How urgent it is.
    #[serde(skip_serializing_if = "is_normal")]
    pub priority: Priority,
    /// What the company keeps with it; at most [`Labels::MAX_ATTRIBUTES`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// What came of it: one of the tenant's list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disposition: Option<DispositionId>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_normal(priority: &Priority) -> bool {
    *priority == Priority::Normal
}

/// One field of a change, as a JSON merge patch (RFC 7396) has it. To be used with `#[serde(default)]`: a field that is
/// absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It goes, or takes its default (`null`).
    Clear,
    /// It becomes this.
    Set(T),
}

impl<T> Patch<T> {
    /// Whether nothing changes.
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep | Self::Clear => serializer.serialize_none(),
            Self::Set(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

/// A change of what is on a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabelPatch {
    /// All tags anew.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub tags: Patch<BTreeSet<String>>,
    /// The priority.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub priority: Patch<Priority>,
    /// The attributes that change, each with its new value or none; the others stay.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub attributes: Patch<BTreeMap<String, Option<String>>>,
    /// The disposition.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub disposition: Patch<DispositionId>,
}

impl LabelPatch {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Labels {
    /// Most tags of a conversation.
    pub const MAX_TAGS: usize = 20;
    /// Most attributes of a conversation.
    pub const MAX_ATTRIBUTES: usize = 50;

    /// What is there after a change.
    #[must_use]
    pub fn patched(&self, patch: &LabelPatch) -> Self {
        let mut after = self.clone();
        match &patch.tags {
            Patch::Keep => {}
            Patch::Clear => after.tags.clear(),
            Patch::Set(tags) => after.tags.clone_from(tags),
        }
        match patch.priority {
            Patch::Keep => {}
            Patch::Clear => after.priority = Priority::default(),
            Patch::Set(priority) => after.priority = priority,
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
        match &patch.disposition {
            Patch::Keep => {}
            Patch::Clear => after.disposition = None,
            Patch::Set(disposition) => after.disposition = Some(disposition.clone()),
        }
        after
    }

    /// The smallest change that leads from here to there.
    pub fn changes_to(&self, after: &Self) -> LabelPatch {
        let mut changes = LabelPatch::default();
        if self.tags != after.tags {
            changes.tags = Patch::Set(after.tags.clone());
        }
        if self.priority != after.priority {
            changes.priority = Patch::Set(after.priority);
        }
        let gone = self.attributes.keys().filter(|key| !after.attributes.contains_key(*key));
        let mut attributes: BTreeMap<String, Option<String>> = gone.map(|key| (key.clone(), None)).collect();
        let new = after.attributes.iter().filter(|(key, value)| self.attributes.get(*key) != Some(value));
        attributes.extend(new.map(|(key, value)| (key.clone(), Some(value.clone()))));
        if !attributes.is_empty() {
            changes.attributes = Patch::Set(attributes);
        }
        if self.disposition != after.disposition {
            changes.disposition = after.disposition.clone().map_or(Patch::Clear, Patch::Set);
        }
        changes
    }
}

/// Which conversations are looked for by what is on them. What is not given does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelFilter {
    /// It has this tag.
    pub tag: Option<String>,
    /// It has this priority.
    pub priority: Option<Priority>,
    /// It has this disposition.
    pub disposition: Option<DispositionId>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels() -> impl Strategy<Value = Labels> {
        let tags = proptest::collection::btree_set("[ab]{1,2}", 0..4);
        let priority = proptest::sample::select(Priority::ALL.to_vec());
        let attributes = proptest::collection::btree_map("[ab]{1,2}", "[xy]{0,2}", 0..4);
        let disposition = proptest::option::of("[cd]");
        (tags, priority, attributes, disposition).prop_map(|(tags, priority, attributes, disposition)| {
            Labels {
                tags,
                priority,
                attributes,
                disposition: disposition.map(|id| DispositionId::new(&id).expect("id")),
            }
        })
    }

    proptest! {
        #[test]
        fn the_change_from_one_to_another_leads_there_also_when_it_was_stored(
            before in labels(),
            after in labels(),
        ) {
            let changes = before.changes_to(&after);
            prop_assert_eq!(changes.is_empty(), before == after);
            let stored = serde_json::to_string(&changes).expect("JSON");
            let read: LabelPatch = serde_json::from_str(&stored).expect("a change");
            prop_assert_eq!(&read, &changes);
            prop_assert_eq!(before.patched(&read), after);
        }
    }

    #[test]
    fn null_clears_and_what_is_absent_stays() {
        let before: Labels = serde_json::from_str(
            r#"{"tags": ["a"], "priority": "high", "attributes": {"order": "7", "size": "L"}, "disposition": "d"}"#,
        )
        .unwrap();
        let patch = |text: &str| before.patched(&serde_json::from_str(text).unwrap());
        assert_eq!(patch("{}"), before);
        let cleared = r#"{"tags": null, "priority": null, "attributes": null, "disposition": null}"#;
        assert_eq!(patch(cleared), Labels::default());
        let one = patch(r#"{"attributes": {"order": null, "colour": "red"}}"#);
        let expected =
            [("colour", "red"), ("size", "L")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(one.attributes, BTreeMap::from(expected));
    }
}

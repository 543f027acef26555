use std::collections::BTreeMap;

use super::group::{Group, PlainGroup};
use crate::id::GroupId;

/// How two states of a base differ in one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The group.
    pub id: GroupId,
    /// How.
    pub kind: DifferenceKind,
    /// What it was; `None` if it was not there.
    pub before: Option<PlainGroup>,
    /// What it is; `None` if it is gone.
    pub after: Option<PlainGroup>,
}

/// How a group differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DifferenceKind {
    /// It was not there before.
    Added,
    /// It has changed.
    Changed,
    /// It is gone.
    Removed,
}

/// In what `after` differs from `before`, in the order of ids. How questions are cut makes no difference.
pub fn differences(before: &[Group], after: &[Group]) -> Vec<Difference> {
    let mut both: BTreeMap<&GroupId, (Option<&Group>, Option<&Group>)> = BTreeMap::new();
    for group in before {
        both.entry(&group.id).or_default().0 = Some(group);
    }
    for group in after {
        both.entry(&group.id).or_default().1 = Some(group);
    }
    let difference = |(id, (before, after)): (&GroupId, (Option<&Group>, Option<&Group>))| {
        let (before, after) = (before.map(Group::plain), after.map(Group::plain));
        let kind = match (&before, &after) {
            (None, _) => DifferenceKind::Added,
            (_, None) => DifferenceKind::Removed,
            (Some(before), Some(after)) if before == after => return None,
            (Some(_), Some(_)) => DifferenceKind::Changed,
        };
        Some(Difference { id: id.clone(), kind, before, after })
    };
    both.into_iter().filter_map(difference).collect()
}

//! From what is configured to what is wanted.

use std::collections::HashMap;

use crate::directory::{Item, KINDS};

/// One step from what is configured to what is wanted.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemChange {
    /// It is not there yet.
    Add(Item),
    /// It is there, and different.
    Replace {
        /// What it is.
        before: Box<Item>,
        /// What it is to be.
        after: Item,
    },
    /// It is there, and not wanted.
    Remove(Item),
}

impl ItemChange {
    /// What it is to be, or was if it goes.
    pub const fn item(&self) -> &Item {
        match self {
            Self::Add(item) | Self::Replace { after: item, .. } | Self::Remove(item) => item,
        }
    }
}

/// All steps from what is configured to what is wanted, by kind and id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The steps.
    pub changes: Vec<ItemChange>,
    /// What is not wanted and stays all the same.
    pub kept: Vec<Item>,
}

/// What must change so that a tenant's `current` items become the `wanted` ones. What is not among these goes if
/// `prune` says so, otherwise it stays. The tenant itself always stays.
pub fn plan(current: &[Item], wanted: &[Item], prune: bool) -> Plan {
    let (known, meant) = (by_name(current), by_name(wanted));
    let mut plan = Plan::default();
    for item in wanted {
        match known.get(&(item.kind(), item.id())) {
            None => plan.changes.push(ItemChange::Add(item.clone())),
            Some(before) if *before != item => {
                let before = Box::new(Item::clone(before));
                plan.changes.push(ItemChange::Replace { before, after: item.clone() });
            }
            Some(_) => {}
        }
    }
    for item in current.iter().filter(|item| !meant.contains_key(&(item.kind(), item.id()))) {
        if prune && !matches!(item, Item::Tenant(_)) {
            plan.changes.push(ItemChange::Remove(item.clone()));
        } else {
            plan.kept.push(item.clone());
        }
    }
    plan.changes.sort_by(|a, b| order(a.item()).cmp(&order(b.item())));
    plan.kept.sort_by(|a, b| order(a).cmp(&order(b)));
    plan
}

fn by_name(items: &[Item]) -> HashMap<(&str, &str), &Item> {
    items.iter().map(|item| ((item.kind(), item.id()), item)).collect()
}

fn order(item: &Item) -> (usize, &str) {
    (KINDS.iter().position(|kind| kind.name == item.kind()).unwrap_or(KINDS.len()), item.id())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{Agent, Queue, Tenant};
    use crate::id::{AgentId, QueueId, TenantId};

    fn tenant(name: &str) -> Item {
        Item::Tenant(Tenant::new(TenantId::new("shop").unwrap(), name, "en"))
    }

    fn queue(id: &str, name: &str) -> Item {
        Item::Queue(Queue::new(QueueId::new(id).unwrap(), name))
    }

    fn agent(id: &str) -> Item {
        Item::Agent(Agent::new(AgentId::new(id).unwrap(), id))
    }

    #[test]
    fn what_is_as_wanted_needs_nothing() {
        let items = [tenant("Shop"), queue("a", "A"), agent("a")];
        assert_eq!(plan(&items, &items, true), Plan::default());
        assert_eq!(plan(&[], &[], true), Plan::default());
    }

    #[test]
    fn steps_come_by_kind_and_id() {
        let current = [agent("7"), queue("old", "Old"), queue("b", "B"), tenant("Shop")];
        let wanted = [agent("9"), queue("b", "Bee"), queue("a", "A"), tenant("Shop")];
        let replaced = ItemChange::Replace { before: Box::new(queue("b", "B")), after: queue("b", "Bee") };
        let added = [ItemChange::Add(queue("a", "A")), replaced.clone(), ItemChange::Add(agent("9"))];
        let kept = vec![queue("old", "Old"), agent("7")];
        assert_eq!(plan(&current, &wanted, false), Plan { changes: added.to_vec(), kept });
        let pruned = [
            ItemChange::Add(queue("a", "A")),
            replaced,
            ItemChange::Remove(queue("old", "Old")),
            ItemChange::Remove(agent("7")),
            ItemChange::Add(agent("9")),
        ];
        assert_eq!(plan(&current, &wanted, true), Plan { changes: pruned.to_vec(), kept: vec![] });
    }

    #[test]
    fn the_tenant_itself_stays() {
        let planned = plan(&[tenant("Shop"), queue("a", "A")], &[], true);
        assert_eq!(planned.changes, [ItemChange::Remove(queue("a", "A"))]);
        assert_eq!(planned.kept, [tenant("Shop")]);
    }

    proptest::proptest! {
        /// Carrying out all steps gives what is wanted, and then there is nothing left to do.
        #[test]
        fn steps_lead_where_they_should(current in items(), wanted in items()) {
            let carried_out = |prune: bool| {
                let planned = plan(&current, &wanted, prune);
                let mut now = current.clone();
                for change in &planned.changes {
                    now.retain(|item| order(item) != order(change.item()));
                    if let ItemChange::Add(item) | ItemChange::Replace { after: item, .. } = change {
                        now.push(item.clone());
                    }
                }
                let again = plan(&now, &wanted, prune);
                (now, planned.kept, again)
            };
            let (mut now, kept, again) = carried_out(true);
            now.sort_by(|a, b| order(a).cmp(&order(b)));
            let mut expected = wanted.clone();
            expected.sort_by(|a, b| order(a).cmp(&order(b)));
            assert_eq!((now, kept, again), (expected, vec![], Plan::default()));
            let (now, kept, again) = carried_out(false);
            assert!(again.changes.is_empty() && again.kept == kept);
            assert_eq!(now.len(), wanted.len() + kept.len());
        }
    }

    fn items() -> impl proptest::strategy::Strategy<Value = Vec<Item>> {
        use proptest::strategy::Strategy as _;
        let ids = proptest::collection::btree_map((0..2_u8, 0..5_u8), 0..3_u8, 0..8);
        ids.prop_map(|ids| {
            let item = |((kind, id), name): ((u8, u8), u8)| match kind {
                0 => queue(&id.to_string(), &name.to_string()),
                _ => agent(&id.to_string()),
            };
            ids.into_iter().map(item).collect()
        })
    }
}

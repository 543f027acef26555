//! What could be done without end is counted: the first of its kind is recorded at once, further ones are counted for a
//! while, and then recorded as one.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use frontdesk_core::audit::{Actor, Draft, Outcome, Target};
use frontdesk_core::id::TenantId;
use frontdesk_core::time::Timestamp;
use serde_json::json;

/// Most addresses that are told of one count.
const MOST_ADDRESSES: usize = 5;

/// What is counted together. What a refused request was about is not looked at, but for sign-ins: somebody could name
/// something else each time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Kind {
    tenant: TenantId,
    actor: Actor,
    action: String,
    outcome: Outcome,
    target: Option<Target>,
}

#[derive(Debug)]
struct Tally {
    until: Timestamp,
    window: Duration,
    first: Timestamp,
    last: Timestamp,
    more: u64,
    draft: Draft,
    addresses: BTreeSet<String>,
}

impl Tally {
    /// What has been counted, as one record; nothing if nothing has.
    fn take(&mut self, now: Timestamp) -> Option<Draft> {
        self.until = now.plus(self.window);
        let times = std::mem::take(&mut self.more);
        let addresses = std::mem::take(&mut self.addresses);
        (times > 0).then(|| {
            let detail = json!({
                "times": times,
                "first": self.first.as_millis(),
                "last": self.last.as_millis(),
                "addresses": addresses,
            });
            let detail = detail.as_object().cloned().unwrap_or_default();
            Draft { address: None, detail, ..self.draft.clone() }
        })
    }
}

/// Everything that is being counted. It is in memory: a crash loses what was counted since the last record.
#[derive(Debug, Default)]
pub(crate) struct Tallies(Mutex<HashMap<Kind, Tally>>);

impl Tallies {
    fn tallies(&self) -> MutexGuard<'_, HashMap<Kind, Tally>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes something that happened; gives what is to be recorded now.
    pub(super) fn note(&self, draft: Draft, by_target: bool, window: Duration, now: Timestamp) -> Vec<Draft> {
        let kind = Kind {
            tenant: draft.tenant.clone(),
            actor: draft.actor.clone(),
            action: draft.action.clone(),
            outcome: draft.outcome.clone(),
            target: draft.target.clone().filter(|_| by_target),
        };
        let mut tallies = self.tallies();
        if let Some(tally) = tallies.get_mut(&kind) {
            if now < tally.until {
                if tally.more == 0 {
                    tally.first = now;
                }
                tally.more += 1;
                tally.last = now;
                if tally.addresses.len() < MOST_ADDRESSES {
                    tally.addresses.extend(draft.address);
                }
                return Vec::new();
            }
            return tally.take(now).into_iter().chain([draft]).collect();
        }
        let tally = Tally {
            until: now.plus(window),
            window,
            first: now,
            last: now,
            more: 0,
            draft: draft.clone(),
            addresses: BTreeSet::new(),
        };
        tallies.insert(kind, tally);
        vec![draft]
    }

    /// What was counted for long enough, or all of it.
    pub(super) fn ripe(&self, now: Timestamp, all: bool) -> Vec<Draft> {
        let mut ripe = Vec::new();
        self.tallies().retain(|_, tally| {
            if now < tally.until && !all {
                return true;
            }
            let counted = tally.take(now);
            let goes_on = counted.is_some();
            ripe.extend(counted);
            goes_on
        });
        ripe
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn draft(account: &str) -> Draft {
        let tenant = TenantId::new("demo").unwrap();
        Draft {
            actor: Actor::unknown(),
            address: Some("10.0.0.1".to_owned()),
            target: Some(Target::new("agent", account)),
            outcome: Outcome::refused("UNAUTHORIZED"),
            ..Draft::by_system(tenant, "agent.sign_in")
        }
    }

    #[test]
    fn a_flood_is_one_record_a_minute() {
        let tallies = Tallies::default();
        let at = |seconds: i64| Timestamp::from_millis(1_000 * seconds);
        assert_eq!(tallies.note(draft("101"), true, MINUTE, at(0)).len(), 1);
        for second in 1..50 {
            assert_eq!(tallies.note(draft("101"), true, MINUTE, at(second)), []);
        }
        assert_eq!(tallies.note(draft("102"), true, MINUTE, at(50)).len(), 1, "another account");
        assert_eq!(tallies.ripe(at(59), false), []);
        let counted = tallies.ripe(at(60), false);
        assert_eq!(counted.len(), 1);
        assert_eq!(counted[0].detail["times"], 49);
        assert_eq!(counted[0].detail["addresses"], json!(["10.0.0.1"]));
        assert_eq!(tallies.note(draft("101"), true, MINUTE, at(61)), [], "the next minute");
        assert_eq!(tallies.ripe(at(62), true).len(), 1, "a stop records what was counted");
        assert_eq!(tallies.ripe(at(200), false), []);
        assert_eq!(tallies.note(draft("101"), true, MINUTE, at(201)).len(), 1, "it was forgotten");
    }

    #[test]
    fn what_is_about_anything_is_counted_together() {
        let tallies = Tallies::default();
        let now = Timestamp::from_millis(0);
        let first = tallies.note(draft("a"), false, MINUTE, now).len();
        assert_eq!((first, tallies.note(draft("b"), false, MINUTE, now).len()), (1, 0));
    }
}

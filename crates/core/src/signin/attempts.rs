//! How often somebody may try to prove who they are.
//!
//! An attacker must not be able to guess, and must not be able to lock anybody out by trying. So failures are counted
//! for an account as seen from one address, and for an address as a whole, but a device that signed in to the account
//! before has a budget of its own, which nobody else can use up.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::secret::SecretHash;
use crate::time::Timestamp;

/// One try.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Whose account: the tenant and the name, as given.
    pub account: (&'a str, &'a str),
    /// Where it comes from; `None` if that is not known.
    pub address: Option<IpAddr>,
    /// The device, if it signed in to this account before.
    pub device: Option<SecretHash>,
}

/// How many failures in a row are borne, and how soon one more is.
#[derive(Clone, Copy, Debug)]
struct Budget {
    burst: i64,
    each: Duration,
}

/// A known device's for its account.
const DEVICE: Budget = Budget { burst: 10, each: Duration::from_secs(30) };
/// An address's for one account.
const ACCOUNT: Budget = Budget { burst: 5, each: Duration::from_secs(30) };
/// An address's for all accounts together. Many people can be behind one.
const ADDRESS: Budget = Budget { burst: 50, each: Duration::from_secs(5) };

type Key = [u8; 16];

/// The failures of late. What is remembered is bounded, and forgotten when it no longer matters.
#[derive(Debug)]
pub struct Attempts {
    /// When a budget will be whole again, in milliseconds.
    whole: HashMap<Key, i64>,
    most: usize,
}

impl Default for Attempts {
    fn default() -> Self {
        Self::with_room_for(Self::MOST)
    }
}

impl Attempts {
    /// How many budgets are remembered at most.
    pub const MOST: usize = 100_000;

    /// Remembers at most so many budgets.
    pub fn with_room_for(most: usize) -> Self {
        Self { whole: HashMap::new(), most: most.max(4) }
    }

    /// Counts a try as a failure, before it is known what comes of it: so many at once are no way around. If there were
    /// too many, nothing is counted, and the answer is how long to wait.
    pub fn take(&mut self, attempt: &Attempt<'_>, now: Timestamp) -> Result<(), Duration> {
        let budgets = budgets(attempt);
        let waits = budgets.iter().map(|(key, budget)| self.wait(key, *budget, now));
        let wait = waits.max().unwrap_or_default();
        if wait > 0 {
            return Err(Duration::from_millis(wait.unsigned_abs()));
        }
        for (key, budget) in budgets {
            self.make_room(now);
            let whole = self.whole.entry(key).or_insert(0);
            *whole = (*whole).max(now.as_millis()) + millis(budget.each);
        }
        Ok(())
    }

    /// The try was no failure after all.
    pub fn give_back(&mut self, attempt: &Attempt<'_>) {
        for (key, budget) in budgets(attempt) {
            if let Some(whole) = self.whole.get_mut(&key) {
                *whole -= millis(budget.each);
            }
        }
    }

    /// Milliseconds until one more failure is borne.
    fn wait(&self, key: &Key, budget: Budget, now: Timestamp) -> i64 {
        let whole = self.whole.get(key).copied().unwrap_or(0);
        // After a clock was set back nobody waits for longer than a budget lasts.
        let used = (whole - now.as_millis()).min(millis(budget.each) * budget.burst);
        (used - millis(budget.each) * (budget.burst - 1)).max(0)
    }

    fn make_room(&mut self, now: Timestamp) {
        if self.whole.len() < self.most {
            return;
        }
        self.whole.retain(|_, whole| *whole > now.as_millis());
        if self.whole.len() >= self.most {
            // Whoever used the least is forgotten first.
            let mut all: Vec<i64> = self.whole.values().copied().collect();
            let middle = all.len() / 2;
            let (_, median, _) = all.select_nth_unstable(middle);
            let median = *median;
            let mut spare = self.whole.len() - self.most / 2;
            self.whole.retain(|_, whole| {
                let goes = *whole <= median && spare > 0;
                spare -= usize::from(goes);
                !goes
            });
        }
    }
}

fn budgets(attempt: &Attempt<'_>) -> Vec<(Key, Budget)> {
    let (tenant, name) = attempt.account;
    if let Some(device) = attempt.device {
        return vec![(key(&[b"device", device.as_bytes(), tenant.as_bytes(), name.as_bytes()]), DEVICE)];
    }
    let address = network(attempt.address);
    vec![
        (key(&[b"account", tenant.as_bytes(), name.as_bytes(), &address]), ACCOUNT),
        (key(&[b"address", &address]), ADDRESS),
    ]
}

/// Whoever has one IPv6 address has a whole network of them.
fn network(address: Option<IpAddr>) -> Vec<u8> {
    match address.map(|address| address.to_canonical()) {
        None => Vec::new(),
        Some(IpAddr::V4(address)) => address.octets().to_vec(),
        Some(IpAddr::V6(address)) => address.octets().into_iter().take(8).collect(),
    }
}

fn key(parts: &[&[u8]]) -> Key {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let digest = hasher.finalize();
    let mut key = Key::default();
    key.copy_from_slice(&digest[..16]);
    key
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    const EVIL: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1));

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000 + seconds * 1_000)
    }

    fn from(address: IpAddr, name: &str) -> Attempt<'_> {
        Attempt { account: ("shop", name), address: Some(address), device: None }
    }

    fn fail(attempts: &mut Attempts, attempt: &Attempt<'_>, times: usize) {
        for _ in 0..times {
            attempts.take(attempt, at(0)).unwrap();
        }
    }

    #[test]
    fn failures_are_slowed_and_borne_again_after_a_while() {
        let mut attempts = Attempts::default();
        let evil = from(EVIL, "anna");
        fail(&mut attempts, &evil, 5);
        assert_eq!(attempts.take(&evil, at(0)), Err(Duration::from_secs(30)));
        assert_eq!(attempts.take(&evil, at(10)), Err(Duration::from_secs(20)));
        assert_eq!(attempts.take(&evil, at(30)), Ok(()));
        assert_eq!(attempts.take(&evil, at(30)), Err(Duration::from_secs(30)));
        // Whoever waits long enough begins anew.
        for _ in 0..5 {
            assert_eq!(attempts.take(&evil, at(1_000)), Ok(()));
        }
    }

    #[test]
    fn what_succeeds_costs_nothing() {
        let mut attempts = Attempts::default();
        let anna = from(HOME, "anna");
        for _ in 0..1_000 {
            attempts.take(&anna, at(0)).unwrap();
            attempts.give_back(&anna);
        }
        fail(&mut attempts, &anna, 5);
    }

    #[test]
    fn nobody_is_locked_out_by_others() {
        let mut attempts = Attempts::default();
        fail(&mut attempts, &from(EVIL, "anna"), 5);
        let elsewhere = from(HOME, "anna");
        assert_eq!(attempts.take(&elsewhere, at(0)), Ok(()), "from another address");
        // From the same address too, if the device is known.
        fail(&mut attempts, &from(HOME, "anna"), 4);
        assert!(attempts.take(&elsewhere, at(0)).is_err());
        let known = Attempt { device: Some(SecretHash::of("anna's")), ..elsewhere };
        fail(&mut attempts, &known, 10);
        assert_eq!(
            attempts.take(&known, at(0)),
            Err(Duration::from_secs(30)),
            "its budget has an end as well"
        );
        let another = Attempt { device: Some(SecretHash::of("anna's other")), ..elsewhere };
        assert_eq!(attempts.take(&another, at(0)), Ok(()));
    }

    #[test]
    fn an_address_cannot_go_through_all_accounts() {
        let mut attempts = Attempts::default();
        let names: Vec<String> = (0..50).map(|number| format!("agent-{number}")).collect();
        for name in &names {
            attempts.take(&from(EVIL, name), at(0)).unwrap();
        }
        assert_eq!(attempts.take(&from(EVIL, "one-more"), at(0)), Err(Duration::from_secs(5)));
        let neighbour = |last: u16| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, last));
        fail(&mut attempts, &from(neighbour(1), "anna"), 5);
        assert!(attempts.take(&from(neighbour(2), "anna"), at(0)).is_err(), "one network is one address");
    }

    #[test]
    fn what_is_remembered_is_bounded_and_the_worst_is_kept() {
        let mut attempts = Attempts::with_room_for(100);
        fail(&mut attempts, &from(EVIL, "anna"), 5);
        for number in 0..1_000_u32 {
            let address = IpAddr::V4(Ipv4Addr::from(number));
            let _ = attempts.take(&from(address, "anna"), at(0));
            assert!(attempts.whole.len() <= 101, "{}", attempts.whole.len());
        }
        assert!(attempts.take(&from(EVIL, "anna"), at(0)).is_err());
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out_for_long() {
        let mut attempts = Attempts::default();
        let anna = from(HOME, "anna");
        fail(&mut attempts, &anna, 5);
        assert_eq!(attempts.take(&anna, at(-900)), Err(Duration::from_secs(30)));
    }
}

//! What large bodies share while they come in.
//!
//! Two bounds, one within the other: no sender has more than a share, so that one who begins bodies without end is in
//! nobody's way but their own; and no tenant has all of it, since whoever may make customers has as many shares as they
//! like.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use frontdesk_core::id::{AgentId, AppKey, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::secret::SecretHash;

/// Whose share a body takes of the room.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Sender {
    /// A customer.
    Customer(TenantId, LogId),
    /// The back end of a tenant's shop.
    App(TenantId, AppKey),
    /// Somebody who works for a tenant.
    Person(TenantId, AgentId),
    /// A program of a tenant's.
    Program(TenantId, SecretHash),
    /// Somebody without credentials, from an address (of IPv6, from one network of 64 bits).
    Address(IpAddr),
    /// Somebody without credentials from nowhere: all of them are one.
    Nobody,
}

impl Sender {
    const fn tenant(&self) -> Option<&TenantId> {
        match self {
            Self::Customer(tenant, _)
            | Self::App(tenant, _)
            | Self::Person(tenant, _)
            | Self::Program(tenant, _) => Some(tenant),
            Self::Address(_) | Self::Nobody => None,
        }
    }
}

/// How many bytes there are.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    /// For everybody.
    all: usize,
    /// For a tenant, with all who call for it.
    tenant: usize,
    /// For a sender.
    sender: usize,
}

const SIZES: Sizes = Sizes { all: 256 << 20, tenant: 192 << 20, sender: 32 << 20 };

/// What is taken. Whoever has nothing is not in it.
#[derive(Debug, Default)]
struct Taken {
    all: usize,
    tenants: HashMap<TenantId, usize>,
    senders: HashMap<Sender, usize>,
}

/// What all large bodies share that are coming in at the same time.
#[derive(Debug)]
pub struct BodyRoom {
    sizes: Sizes,
    taken: Mutex<Taken>,
}

impl Default for BodyRoom {
    fn default() -> Self {
        Self { sizes: SIZES, taken: Mutex::default() }
    }
}

impl BodyRoom {
    #[cfg(test)]
    pub(super) fn sized(all: usize, tenant: usize, sender: usize) -> Self {
        Self { sizes: Sizes { all, tenant, sender }, taken: Mutex::default() }
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        let taken = self.taken();
        taken.all == 0 && taken.tenants.is_empty() && taken.senders.is_empty()
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Room for a body until what is returned is dropped; `None` if there is not so much left, or if the sender or their
    /// tenant would have more than they may. Whoever has nothing in it may have one body of any size: how large that may
    /// be is another bound.
    pub(super) fn take(&self, sender: &Sender, bytes: usize) -> Option<BodyPlace<'_>> {
        let mut taken = self.taken();
        let fits = |has: usize, most: usize| has == 0 || has.saturating_add(bytes) <= most;
        let has = |tenant: &TenantId| taken.tenants.get(tenant).copied().unwrap_or_default();
        let may = taken.all.saturating_add(bytes) <= self.sizes.all
            && sender.tenant().is_none_or(|tenant| fits(has(tenant), self.sizes.tenant))
            && fits(taken.senders.get(sender).copied().unwrap_or_default(), self.sizes.sender);
        if !may {
            return None;
        }
        taken.all += bytes;
        *taken.senders.entry(sender.clone()).or_default() += bytes;
        if let Some(tenant) = sender.tenant() {
            *taken.tenants.entry(tenant.clone()).or_default() += bytes;
        }
        Some(BodyPlace { room: self, sender: sender.clone(), bytes })
    }
}

/// Room that a body has. Dropped, it is free again.
#[derive(Debug)]
pub(super) struct BodyPlace<'a> {
    room: &'a BodyRoom,
    sender: Sender,
    bytes: usize,
}

impl Drop for BodyPlace<'_> {
    fn drop(&mut self) {
        let mut taken = self.room.taken();
        taken.all -= self.bytes;
        give_back(&mut taken.senders, &self.sender, self.bytes);
        if let Some(tenant) = self.sender.tenant() {
            give_back(&mut taken.tenants, tenant, self.bytes);
        }
    }
}

fn give_back<K: Hash + Eq>(taken: &mut HashMap<K, usize>, whose: &K, bytes: usize) {
    if let Some(count) = taken.get_mut(whose) {
        *count -= bytes;
        if *count == 0 {
            taken.remove(whose);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn app(tenant: &str, key: &str) -> Sender {
        Sender::App(TenantId::new(tenant).unwrap(), AppKey::new(key).unwrap())
    }

    fn stranger(last: u8) -> Sender {
        Sender::Address(Ipv4Addr::new(10, 0, 0, last).into())
    }

    #[test]
    fn no_sender_takes_all_of_it() {
        let room = BodyRoom::sized(100, 80, 20);
        for (one, other) in
            [(app("shop", "a"), app("shop", "b")), (stranger(1), stranger(2)), (stranger(3), Sender::Nobody)]
        {
            let first = room.take(&one, 20).unwrap();
            assert!(room.take(&one, 1).is_none(), "{one:?} has its share");
            assert!(room.take(&other, 20).is_some(), "{other:?} has another");
            drop(first);
            assert!(room.take(&one, 20).is_some());
        }
        assert!(room.is_empty());
    }

    #[test]
    fn no_tenant_takes_all_of_it() {
        let room = BodyRoom::sized(100, 80, 20);
        let names = ["a", "b", "c", "d", "e"];
        let taken: Vec<_> = names.iter().filter_map(|name| room.take(&app("shop", name), 20)).collect();
        assert_eq!(taken.len(), 4);
        let other = room.take(&app("rival", "a"), 20).unwrap();
        assert!(room.take(&stranger(1), 1).is_none(), "and all together have so much");
        drop((taken, other));
        assert!(room.is_empty());
    }

    #[test]
    fn a_body_larger_than_a_share_comes_alone() {
        let room = BodyRoom::sized(100, 80, 20);
        let large = room.take(&stranger(1), 90).unwrap();
        assert!(room.take(&stranger(1), 1).is_none());
        drop(large);
        let small = room.take(&stranger(1), 1).unwrap();
        assert!(room.take(&stranger(1), 20).is_none());
        assert!(room.take(&stranger(2), 100).is_none(), "no more than there is");
        drop(small);
        assert!(room.is_empty());
    }
}

//! What administration works with.

use frontdesk_core::access::grant::GrantRefusal;
use frontdesk_core::access::{Rights, grant};
use frontdesk_core::directory::{Item, TenantDirectory};
use frontdesk_core::port::{Clock, Random, Store};

use crate::audit::Act;
use crate::parts::{Parts, World};

/// What administration works with, in a server and without one.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// Where everything is stored.
    pub store: &'a dyn Store,
    /// Randomness.
    pub random: &'a dyn Random,
    /// The time.
    pub clock: &'a dyn Clock,
    /// What whoever asks may do; `None` for an operator, who may do everything.
    pub rights: Option<&'a Rights>,
    /// What is being done: what changes because of it is recorded as this.
    pub act: &'a Act,
}

impl std::fmt::Debug for Means<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Means").finish_non_exhaustive()
    }
}

impl<'a> Means<'a> {
    /// In a server.
    pub fn in_server(parts: &'a Parts, act: &'a Act) -> Self {
        Self { store: &*parts.store, random: &*parts.random, clock: &*parts.clock, rights: None, act }
    }

    /// On a store that no server uses.
    pub fn without_server(world: &'a World, act: &'a Act) -> Self {
        Self { store: &*world.store, random: &*world.random, clock: &*world.clock, rights: None, act }
    }

    /// The same for somebody who may not do everything.
    #[must_use]
    pub const fn within(self, rights: &'a Rights) -> Self {
        Self { rights: Some(rights), ..self }
    }

    /// Refuses what whoever asks may not even know of.
    pub(super) fn may_know(&self, tenant: &TenantDirectory, item: Option<&Item>) -> Result<(), GrantRefusal> {
        match (self.rights, item) {
            (Some(rights), Some(item)) if grant::lies_outside(tenant, rights, item) => {
                Err(GrantRefusal::Outside)
            }
            _ => Ok(()),
        }
    }
}

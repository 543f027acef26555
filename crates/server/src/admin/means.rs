//! What administration works with.

use frontdesk_core::port::{Clock, Random, Store};

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
}

impl std::fmt::Debug for Means<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Means").finish_non_exhaustive()
    }
}

impl<'a> From<&'a Parts> for Means<'a> {
    fn from(parts: &'a Parts) -> Self {
        Self { store: &*parts.store, random: &*parts.random, clock: &*parts.clock }
    }
}

impl<'a> From<&'a World> for Means<'a> {
    fn from(world: &'a World) -> Self {
        Self { store: &*world.store, random: &*world.random, clock: &*world.clock }
    }
}

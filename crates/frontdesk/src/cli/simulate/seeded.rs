//! Randomness that can be had again.

use std::sync::{Mutex, PoisonError};

use frontdesk_core::port::Random;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// Randomness of a seed: several streams of one seed have nothing to do with each other.
#[derive(Debug)]
pub(super) struct Seeded(Mutex<ChaCha8Rng>);

impl Seeded {
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Self(Mutex::new(generator))
    }
}

impl Random for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}

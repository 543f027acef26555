//! Who is let in.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use frontdesk_core::limit::{Place, Places};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::limit::Limit;
use crate::limit::address::household;

/// How often it is logged that an address has too many connections. The metric counts each.
const SAID_EVERY: Duration = Duration::from_mins(1);

/// The places that a connection takes for as long as this lives.
pub(super) struct Admission {
    _of_all: OwnedSemaphorePermit,
    _of_address: Option<Place<IpAddr>>,
}

/// How many connections each address has.
pub(super) struct Addresses {
    most: Option<u64>,
    places: Places<IpAddr>,
    said: Mutex<Option<Instant>>,
}

impl Addresses {
    pub(super) fn new(most: Option<u64>) -> Self {
        Self { most, places: Places::default(), said: Mutex::default() }
    }

    fn take(&self, address: IpAddr, most: u64) -> Option<Place<IpAddr>> {
        let place = self.places.take(address, most).ok();
        if place.is_none() {
            self.say(address, most);
            let limit = Limit::AddressConnections.name();
            metrics::counter!("frontdesk_limit_refusals_total", "limit" => limit).increment(1);
        }
        place
    }

    /// Logs a refusal, unless one was logged shortly before.
    fn say(&self, address: IpAddr, most: u64) {
        let now = Instant::now();
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.is_none_or(|before| now.duration_since(before) >= SAID_EVERY) {
            *said = Some(now);
            tracing::warn!(
                %address,
                most,
                "an address has as many connections as it may; if it is a proxy, name it in limits.trusted_proxies"
            );
        }
    }
}

impl Admission {
    /// A place for a new connection, if there is one and its address may have it.
    pub(super) fn ask(all: &Arc<Semaphore>, addresses: &Addresses, peer: SocketAddr) -> Option<Self> {
        let of_address = match addresses.most {
            None => None,
            Some(most) => Some(addresses.take(household(peer.ip()), most)?),
        };
        let of_all = Arc::clone(all).try_acquire_owned().ok()?;
        Some(Self { _of_all: of_all, _of_address: of_address })
    }
}

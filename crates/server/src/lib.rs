//! The server of Frontdesk: HTTP in, events out.
//!
//! Where to look:
//! - [`router`]: every route, with who may call it. [`front`]: the two that nearly all requests are for, ahead of it.
//! - [`route`]: the handlers. [`extract`]: who calls and what they say. [`error`]: what they are told when it fails.
//! - [`signin`]: proving who one is, and what follows. [`setup`]: making the first tenant.
//! - [`presence`]: who of the agents is heard of. [`gateway`]: desks that were written against the published CC-Gateway.
//! - [`engine`]: carries commands out: load, decide, commit, and what follows.
//! - [`uplink`]: what a customer sends. [`deliver`]: how what a log holds reaches those who read it. [`hub`]: who waits for what.
//! - [`nodes`]: what is heard of other nodes.
//! - [`blocks`]: customers who are kept out. [`waiting_lists`]: which queues have changed.
//! - [`work`]: what goes on in the background.
//! - [`limit`]: who may do how much.
//! - [`robot`], [`files`], [`admin`]: knowledge, files, administration.
//! - [`audit`]: who did what.
//! - [`pages`]: what browsers load.
//! - [`listen`]: connections. [`cors`]: web pages of other origins. [`config`]: settings. [`parts`]: every long-lived collaborator.

pub mod admin;
pub mod audit;
pub mod blocks;
pub mod config;
pub mod cors;
pub mod deliver;
pub mod engine;
pub mod error;
pub mod extract;
pub mod files;
pub mod front;
pub mod gateway;
pub mod hub;
pub mod knowledge;
pub mod limit;
pub mod listen;
pub mod nodes;
mod outgoing;
pub mod pages;
pub mod parts;
pub mod presence;
pub mod robot;
pub mod route;
pub mod router;
pub mod setup;
pub mod signin;
pub mod telemetry;
pub mod uplink;
pub mod waiting;
pub mod waiting_lists;
pub mod work;

use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;

use crate::front::Front;
use crate::listen::{Limits, Listener};
use crate::parts::Parts;

/// Where a server listens.
#[derive(Debug)]
pub struct Listeners {
    /// Where clients connect, with TLS or without.
    pub public: Listener,
    /// Where health checks and metrics are served, if they are. Never with TLS: it is for the operator's own network.
    pub internal: Option<(TcpListener, PrometheusHandle)>,
    /// How many connections the process can have open, if that is less than there may be.
    pub max_connections: Option<u32>,
}

/// Serves until the parts' shutdown is requested, then stops in order: no new work, waiting polls answered, connections
/// and background work ended within bounds, positions written, the store closed.
pub async fn serve(parts: Parts, listeners: Listeners) {
    work::start(&parts);
    let settle_silence = Duration::from_millis(parts.settings.poll_settle_ms);
    let mut limits = Limits { settle_silence, ..Limits::default() };
    limits.max_connections = limits.max_connections.min(listeners.max_connections.unwrap_or(u32::MAX));
    let max_connections_per_address = parts.limits.config().connections_of_an_address();
    let (shutdown, tasks) = (&parts.shutdown, &parts.tasks);
    if let Some(tls) = &listeners.public.tls {
        tasks.spawn(Arc::clone(tls).follow(shutdown.clone()));
    }
    let public = listen::serve(
        listeners.public,
        Front::new(&parts),
        Limits { max_connections_per_address, ..limits.clone() },
        shutdown.clone(),
        tasks.clone(),
    );
    match listeners.internal {
        Some((listener, metrics)) => {
            let router = route::internal::router(&parts, metrics);
            let internal = listen::serve(listener, router, limits, shutdown.clone(), tasks.clone());
            tokio::join!(public, internal);
        }
        None => public.await,
    }
    tasks.close();
    tasks.wait().await;
    parts.nodes.leave().await;
    parts.positions.finish().await;
    parts.store.close().await;
}

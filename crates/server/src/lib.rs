//! The server of Frontdesk: HTTP in, events out.
//!
//! Where to look:
//! - [`router`]: every route, with who may call it.
//! - [`route`]: the handlers. [`extract`]: who calls and what they say. [`error`]: what they are told when it fails.
//! - [`engine`]: carries commands out: load, decide, commit, and what follows.
//! - [`uplink`]: what a customer sends. [`deliver`]: how what a log holds reaches those who read it. [`hub`]: who waits for what.
//! - [`work`]: what goes on in the background.
//! - [`robot`], [`files`], [`admin`]: knowledge, files, administration.
//! - [`pages`]: what browsers load.
//! - [`listen`]: connections. [`cors`]: web pages of other origins. [`config`]: settings. [`parts`]: every long-lived collaborator.

pub mod admin;
pub mod config;
pub mod cors;
pub mod deliver;
pub mod engine;
pub mod error;
pub mod extract;
pub mod files;
pub mod hub;
pub mod listen;
pub mod pages;
pub mod parts;
pub mod robot;
pub mod route;
pub mod router;
pub mod telemetry;
pub mod uplink;
pub mod waiting;
pub mod work;

use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;

use crate::listen::Limits;
use crate::parts::Parts;

/// Where a server listens.
#[derive(Debug)]
pub struct Listeners {
    /// Where clients connect.
    pub public: TcpListener,
    /// Where health checks and metrics are served, if they are.
    pub internal: Option<(TcpListener, PrometheusHandle)>,
}

/// Serves until the parts' shutdown is requested, then stops in order: no new work, waiting polls answered, connections
/// and background work ended within bounds, positions written, the store closed.
pub async fn serve(parts: Parts, listeners: Listeners) {
    work::start(&parts);
    let settle_silence = Duration::from_millis(parts.settings.poll_settle_ms);
    let limits = Limits { settle_silence, ..Limits::default() };
    let (shutdown, tasks) = (&parts.shutdown, &parts.tasks);
    let public = listen::serve(
        listeners.public,
        router::router(&parts),
        limits.clone(),
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
    parts.positions.finish().await;
    parts.store.close().await;
}

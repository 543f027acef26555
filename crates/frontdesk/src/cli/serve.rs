//! `frontdesk serve`.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use frontdesk_core::secret::GeneratedSecret;
use frontdesk_server::config::{Config, InternalListen, LogConfig, LogFormat};
use frontdesk_server::listen::tls::Tls;
use frontdesk_server::listen::{Limits, Listener};
use frontdesk_server::parts::Parts;
use frontdesk_server::{Listeners, admin, telemetry};
use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::boot;

pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    refuse(&config)?;
    start_logging(&config.log)?;
    // Nobody who wants a certificate renewed ends a server that is still starting.
    let hangup = signal(SignalKind::hangup()).context("SIGHUP cannot be received")?;
    let metrics = telemetry::install().context("metrics could not be set up")?;
    // Before anything is opened: what cannot be served is not begun.
    let tls = speaks_tls(&config).await?;
    let (mut world, directory) = boot::open_world(&config).await?;
    if config.demo {
        // Of several nodes that start at once one seeds.
        let _alone = boot::alone(&config).await?;
        admin::seed(&*world.store, &*world.random).await.context("the demonstration could not be seeded")?;
    }
    world.nodes = boot::join(&config).await?;
    let listener = bind(config.listen)?;
    let internal = match config.internal_listen {
        InternalListen::Off => None,
        InternalListen::On(address) => Some((bind(address)?, metrics)),
    };
    let public = listener.local_addr()?;
    let internal_address = internal.as_ref().map(|(listener, _)| listener.local_addr()).transpose()?;

    let shutdown = CancellationToken::new();
    let parts = Parts::new(config.messaging.clone(), world, shutdown.clone()).await?;
    admin::listen(&parts, &directory.admin_socket()).context("the admin socket could not be opened")?;
    // Whoever reads that the server listens may ask it to stop at once.
    let terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be received")?;
    let interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be received")?;
    parts.tasks.spawn(stop_on_signal(terminate, interrupt, shutdown.clone()));
    parts.tasks.spawn(renew_on_signal(hangup, tls.clone(), shutdown.clone()));
    let setup = parts.setup.offer(&*parts.store, &*parts.clock, &*parts.random).await?;
    let url = format!("{}://{public}", if tls.is_some() { "https" } else { "http" });
    announce(&url, internal_address, &config, setup.as_ref())?;
    let public = Listener { tcp: listener, tls };
    let max_connections = boot::open_files().map(connections_within);
    frontdesk_server::serve(parts, Listeners { public, internal, max_connections }).await;
    tracing::info!("stopped");
    Ok(())
}

/// How many connections there may be at a time; says so if it is fewer than there could be.
fn connections_within(files: u64) -> u32 {
    let connections = u32::try_from(boot::connections_within(files)).unwrap_or(u32::MAX);
    if connections < Limits::default().max_connections {
        tracing::info!(connections, files, "the system's limit of open files is a limit of connections");
    }
    connections
}

/// Refuses what can be seen to be wrong in the configuration alone.
pub(super) fn refuse(config: &Config) -> anyhow::Result<()> {
    if config.demo && !config.listen.ip().is_loopback() {
        bail!(
            "the demonstration's credentials are public, so it listens on loopback only, not on {}; \
             choose an address such as 127.0.0.1:8080, or leave --demo away",
            config.listen
        );
    }
    filter(&config.log).map(drop)
}

async fn speaks_tls(config: &Config) -> anyhow::Result<Option<Arc<Tls>>> {
    let Some(files) = config.tls.files()? else { return Ok(None) };
    let tls = Tls::load(files, config.tls.transport_security()).await?;
    Ok(Some(Arc::new(tls)))
}

/// The certificate is all that is read from files and can be read again while the server runs: what tenants configure
/// counts at once.
async fn renew_on_signal(mut hangup: Signal, tls: Option<Arc<Tls>>, shutdown: CancellationToken) {
    while let Some(Some(())) = shutdown.run_until_cancelled(hangup.recv()).await {
        if let Some(tls) = &tls {
            tls.ask_to_renew();
        } else {
            tracing::info!("SIGHUP: there is no certificate to be read again; nothing else is");
        }
    }
}

/// How many connections may wait to be accepted; the kernel's own limit (`somaxconn`) may be lower. After a restart
/// everybody comes back at once, and whoever finds no room tries again only a second later.
const BACKLOG: u32 = 4096;

fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    listen(address).with_context(|| format!("cannot listen on {address}"))
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A server that has just stopped leaves connections behind that are none any more.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn filter(config: &LogConfig) -> anyhow::Result<EnvFilter> {
    // Migrations tell every step of theirs; whoever wants that names the target, which wins.
    EnvFilter::try_new(format!("refinery_core=warn,{}", config.filter))
        .with_context(|| format!("log.filter {:?} is not understood", config.filter))
}

fn start_logging(config: &LogConfig) -> anyhow::Result<()> {
    let filter = filter(config)?;
    // Whoever read the lines may be gone; to complain of that on the same stream would be a panic.
    let lines = tracing_subscriber::fmt().with_env_filter(filter).log_internal_errors(false);
    let lines = lines.with_writer(io::stderr);
    let started = match config.format {
        LogFormat::Text => lines.with_ansi(false).try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging could not be set up: {error}"))
}

async fn stop_on_signal(mut terminate: Signal, mut interrupt: Signal, shutdown: CancellationToken) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = shutdown.cancelled() => {}
    }
    shutdown.cancel();
    tracing::info!("stopping");
}

/// The first line is read by programs; what follows is for people.
fn announce(
    url: &str,
    internal: Option<SocketAddr>,
    config: &Config,
    setup: Option<&GeneratedSecret>,
) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "frontdesk listening on {url}")?;
    if let Some(internal) = internal {
        writeln!(out, "health and metrics on http://{internal} (/healthz, /readyz, /metrics)")?;
    }
    writeln!(out, "data in {}", config.data_dir.display())?;
    if let Some(code) = setup {
        // Behind the #, a browser keeps it to itself: it is in no server's log.
        writeln!(out, "nobody is here yet: make your company and its administrator, within 24 hours, at")?;
        writeln!(out, "  {url}/desk/setup#{}", code.reveal())?;
    }
    if config.demo {
        // As it was called, so that the line can be pasted from the same folder.
        let program = std::env::args().next().unwrap_or_else(|| "frontdesk".to_owned());
        let session = include_str!("demo.txt").replace("{url}", url);
        writeln!(out, "{}", session.replace("{program}", &program))?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_crowd_that_comes_at_once_finds_room_before_it_is_accepted() {
        let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let crowd: io::Result<Vec<_>> =
            (0..1_000).map(|_| TcpStream::connect_timeout(&address, Duration::from_secs(20))).collect();
        assert!(crowd.is_ok(), "{crowd:?}");
    }
}

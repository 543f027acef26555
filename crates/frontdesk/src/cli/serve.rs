//! `frontdesk serve`.

use std::io::Write as _;
use std::net::SocketAddr;

use anyhow::{Context as _, bail};
use frontdesk_server::config::{Config, InternalListen, LogConfig, LogFormat};
use frontdesk_server::parts::Parts;
use frontdesk_server::{Listeners, admin, telemetry};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::boot;

pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    if config.demo && !config.listen.ip().is_loopback() {
        bail!(
            "the demonstration's credentials are public, so it listens on loopback only, not on {}; \
             choose an address such as 127.0.0.1:8080, or leave --demo away",
            config.listen
        );
    }
    start_logging(&config.log)?;
    let metrics = telemetry::install().context("metrics could not be set up")?;
    let (world, directory) = boot::open_world(&config).await?;
    if config.demo {
        admin::seed(&*world.store, &*world.random).await.context("the demonstration could not be seeded")?;
    }
    let listener = bind(config.listen).await?;
    let internal = match config.internal_listen {
        InternalListen::Off => None,
        InternalListen::On(address) => Some((bind(address).await?, metrics)),
    };
    let public = listener.local_addr()?;
    let internal_address = internal.as_ref().map(|(listener, _)| listener.local_addr()).transpose()?;

    let shutdown = CancellationToken::new();
    let parts = Parts::new(config.messaging.clone(), world, shutdown.clone()).await?;
    admin::listen(&parts, &directory.admin_socket()).context("the admin socket could not be opened")?;
    // Whoever reads that the server listens may ask it to stop at once.
    let terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be received")?;
    let interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be received")?;
    parts.tasks.spawn(stop_on_signal(terminate, interrupt, shutdown));
    announce(public, internal_address, &config)?;
    frontdesk_server::serve(parts, Listeners { public: listener, internal }).await;
    tracing::info!("stopped");
    Ok(())
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

fn start_logging(config: &LogConfig) -> anyhow::Result<()> {
    // Migrations tell every step of theirs; whoever wants that names the target, which wins.
    let filter = EnvFilter::try_new(format!("refinery_core=warn,{}", config.filter))
        .with_context(|| format!("log.filter {:?} is not understood", config.filter))?;
    // Whoever read the lines may be gone; to complain of that on the same stream would be a panic.
    let lines = tracing_subscriber::fmt().with_env_filter(filter).log_internal_errors(false);
    let lines = lines.with_writer(std::io::stderr);
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
fn announce(public: SocketAddr, internal: Option<SocketAddr>, config: &Config) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "frontdesk listening on http://{public}")?;
    if let Some(internal) = internal {
        writeln!(out, "health and metrics on http://{internal} (/healthz, /readyz, /metrics)")?;
    }
    writeln!(out, "data in {}", config.data_dir.display())?;
    if config.demo {
        // As it was called, so that the line can be pasted from the same folder.
        let program = std::env::args().next().unwrap_or_else(|| "frontdesk".to_owned());
        let session = include_str!("demo.txt").replace("{url}", &format!("http://{public}"));
        writeln!(out, "{}", session.replace("{program}", &program))?;
    }
    out.flush()
}

//! The command line.

mod admin;
mod audit;
mod backup;
mod chat;
mod config;
mod config_file;
mod conformance;
mod doctor;
mod key;
mod knowledge;
mod migrate;
mod moving;
mod restore;
mod search;
mod serve;
mod simulate;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use frontdesk_server::config::{Config, InternalListen};

/// A self-hosted contact-centre messaging server.
#[derive(Debug, Parser)]
#[command(name = "frontdesk", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the server.
    Serve(Common),
    /// Configures tenants, apps, channels, robots, queues and agents, with or without a running server.
    Admin(admin::Admin),

    /// Says whether a server can run like this, and what to do where it cannot; changes nothing.
    Doctor(doctor::Doctor),

    /// Writes a backup of everything stored, with or without a running server.
    Backup(backup::BackupArgs),
    /// Puts a backup into an empty data directory or database; no server may run on it.
    Restore(restore::RestoreArgs),

    /// Moves everything from a data directory into an empty PostgreSQL database; no server may run on either.
    Move(moving::MoveArgs),

    /// Brings the tables of a database up to date, and distributes them where Citus is there; a server does so at its start.
    Migrate(migrate::MigrateArgs),

    /// Lists and rotates the keys that secrets in the store are sealed with.
    Key(key::KeyCommand),

    /// Examines and exports the audit log, with or without a running server.
    Audit(audit::AuditCommand),

    /// Talks to a running server from the terminal, as a customer.
    Chat(chat::Chat),
    /// Checks that a server keeps the contract that customers' clients rely on.
    Conformance(conformance::Conformance),
    /// Simulates queues and agents under rules of routing, before customers meet them.
    Simulate(simulate::Simulate),
    /// Shows or checks the configuration of the server; exports, compares and applies that of a tenant.
    Config(config::ConfigCommand),
}

/// Where the configuration comes from. Flags win over variables, variables over the file, the file over defaults.
#[derive(Debug, Args)]
struct Common {
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE", env = "FRONTDESK_CONFIG")]
    config: Option<PathBuf>,
    /// Where clients connect, such as 127.0.0.1:8080; port 0 takes any free one.
    #[arg(long, value_name = "ADDR")]
    listen: Option<std::net::SocketAddr>,
    /// Where health checks and metrics are served, or `off`.
    #[arg(long, value_name = "ADDR")]
    internal_listen: Option<InternalListen>,
    /// Where data is kept.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Certificate for HTTPS (PEM), with those between it and the authority's.
    #[arg(long, value_name = "FILE")]
    tls_certificate: Option<PathBuf>,
    /// Private key of the certificate (PEM).
    #[arg(long, value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// Seeds demonstration data; only on loopback.
    #[arg(long)]
    demo: bool,
}

impl Common {
    fn load(self) -> anyhow::Result<Config> {
        let mut config = read(self.config.as_deref())?;
        config.listen = self.listen.unwrap_or(config.listen);
        config.internal_listen = self.internal_listen.unwrap_or(config.internal_listen);
        config.data_dir = self.data_dir.unwrap_or(config.data_dir);
        config.tls.certificate = self.tls_certificate.unwrap_or(config.tls.certificate);
        config.tls.key = self.tls_key.unwrap_or(config.tls.key);
        config.demo |= self.demo;
        Ok(config)
    }
}

/// Reads the configuration: defaults, a file, variables.
fn read(file: Option<&std::path::Path>) -> anyhow::Result<Config> {
    use anyhow::Context as _;
    let text = file
        .map(|path| {
            let text = std::fs::read_to_string(path);
            text.map(|text| (path.display().to_string(), text))
                .with_context(|| format!("cannot read {}", path.display()))
        })
        .transpose()?;
    let file = text.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
    Ok(Config::load(file, crate::boot::variable)?)
}

/// Runs what the command line asks for.
pub(crate) fn run(cli: Cli) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match cli.command {
            Command::Serve(common) => serve::run(common.load()?).await,
            Command::Admin(admin) => admin::run(admin).await,

            Command::Doctor(options) => doctor::run(options).await,

            Command::Backup(args) => backup::run(args).await,
            Command::Restore(args) => restore::run(args).await,

            Command::Move(args) => moving::run(args).await,

            Command::Migrate(args) => migrate::run(args).await,

            Command::Key(command) => key::run(command),

            Command::Audit(command) => audit::run(command).await,

            Command::Chat(chat) => chat::run(chat).await,
            Command::Conformance(options) => conformance::run(options).await,
            Command::Simulate(options) => simulate::run(options).await,
            Command::Config(command) => config::run(command).await,
        }
    })
}

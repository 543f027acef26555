//! The command line.

mod admin;
mod backup;
mod chat;
mod config;
mod conformance;
mod restore;
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

    /// Writes a backup of everything stored, with or without a running server.
    Backup(backup::BackupArgs),
    /// Puts a backup into an empty data directory; no server may run on it.
    Restore(restore::RestoreArgs),

    /// Talks to a running server from the terminal, as a customer.
    Chat(chat::Chat),
    /// Checks that a server keeps the contract that customers' clients rely on.
    Conformance(conformance::Conformance),
    /// Simulates queues and agents under rules of routing, before customers meet them.
    Simulate(simulate::Simulate),
    /// Shows or checks the configuration.
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

            Command::Backup(args) => backup::run(args).await,
            Command::Restore(args) => restore::run(args),

            Command::Chat(chat) => chat::run(chat).await,
            Command::Conformance(options) => conformance::run(options).await,
            Command::Simulate(options) => simulate::run(options).await,
            Command::Config(command) => config::run(command),
        }
    })
}

//! `frontdesk config`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use frontdesk_server::config::Config;

use super::config_file::{self, FileArgs, Place};
use crate::boot;

#[derive(Debug, Args)]
pub(super) struct ConfigCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Says whether a configuration file and the variables fit.
    Check {
        /// Configuration file (TOML).
        #[arg(long, value_name = "FILE", env = "FRONTDESK_CONFIG")]
        config: Option<PathBuf>,
    },
    /// Prints the configuration in force, or every key with its default and meaning.
    Print {
        /// Configuration file (TOML).
        #[arg(long, value_name = "FILE", env = "FRONTDESK_CONFIG")]
        config: Option<PathBuf>,
        /// Every key with its default and meaning.
        #[arg(long)]
        example: bool,
    },
    /// Writes everything configured of a tenant to standard output, as one commented file without secrets.
    Export {
        #[command(flatten)]
        place: Place,
        /// The tenant.
        #[arg(long)]
        tenant: String,
    },
    /// Shows what differs between a file and what is configured. Ends with 0 if nothing does, 1 if something does, and
    /// 2 if that cannot be told.
    Diff {
        #[command(flatten)]
        file: FileArgs,
    },
    /// Makes the tenant that a file names what the file says, all of it or nothing.
    Apply {
        #[command(flatten)]
        file: FileArgs,
        /// Changes nothing and shows what would be changed.
        #[arg(long)]
        dry_run: bool,
        /// Takes away what is not in the file.
        #[arg(long)]
        prune: bool,
    },
}

pub(super) async fn run(command: ConfigCommand) -> anyhow::Result<()> {
    match command.action {
        Action::Check { config } => {
            let config = super::read(config.as_deref())?;
            config.tls.files()?;
            boot::bucket(&config)?;
            println!("the configuration fits");
        }
        Action::Print { example: true, .. } => print!("{}", Config::EXAMPLE),
        Action::Export { place, tenant } => config_file::export(place, tenant).await?,
        Action::Diff { file } => config_file::diff(file).await,
        Action::Apply { file, dry_run, prune } => config_file::apply(file, dry_run, prune).await?,
        Action::Print { config, example: false } => {
            let mut config = super::read(config.as_deref())?;
            config.store = config.store.without_passwords();
            config.files = config.files.without_secrets();
            print!("{}", toml::to_string_pretty(&config)?);
        }
    }
    Ok(())
}

//! `frontdesk config`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use frontdesk_server::config::Config;

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
}

pub(super) fn run(command: ConfigCommand) -> anyhow::Result<()> {
    match command.action {
        Action::Check { config } => {
            super::read(config.as_deref())?;
            println!("the configuration fits");
        }
        Action::Print { example: true, .. } => print!("{}", Config::EXAMPLE),
        Action::Print { config, example: false } => {
            print!("{}", toml::to_string_pretty(&super::read(config.as_deref())?)?);
        }
    }
    Ok(())
}

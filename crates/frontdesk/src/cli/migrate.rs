//! `frontdesk migrate`.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use frontdesk_store::{Layout, UpToDate, bring_up_to_date};

#[derive(Debug, Args)]
pub(super) struct MigrateArgs {
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE", env = "FRONTDESK_CONFIG")]
    config: Option<PathBuf>,
}

pub(super) async fn run(args: MigrateArgs) -> anyhow::Result<()> {
    let config = super::read(args.config.as_deref())?;
    if config.store.url.is_empty() {
        bail!(
            "there is no store.url (FRONTDESK_STORE_URL): the store of a data directory is brought up to date by the server"
        );
    }
    tell(&bring_up_to_date(&config.store.url).await?);
    Ok(())
}

fn tell(done: &UpToDate) {
    for migration in &done.applied {
        println!("applied {migration}");
    }
    let lies = match done.layout {
        Layout::Together => "all tables are in this database",
        Layout::DistributedNow => "the tables were distributed over the nodes of Citus",
        Layout::Distributed => "the tables are distributed over the nodes of Citus",
    };
    println!("{} is up to date; {lies}", done.path.display());
}

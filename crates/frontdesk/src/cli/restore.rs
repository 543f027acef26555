//! `frontdesk restore`.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use frontdesk_core::audit::action;
use frontdesk_core::port::Clock as _;
use frontdesk_server::admin::this_operator;
use frontdesk_server::config::Config;
use frontdesk_store::{
    DataDir, IntoDatabase, MovedAside, Restored, forget_place, record_in_every_chain, restore,
    restore_into_database,
};

use super::moving::Teller;
use crate::boot::{self, SystemClock, SystemRandom};

#[derive(Debug, Args)]
pub(super) struct RestoreArgs {
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE", env = "FRONTDESK_CONFIG")]
    config: Option<PathBuf>,
    /// Where data is to be kept.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The folder that `frontdesk backup` wrote. With store.url it goes into that database, which must be empty.
    #[arg(long, value_name = "DIR", required_unless_present = "epoch")]
    from: Option<PathBuf>,
    /// Moves what is in the data directory aside, into a folder `replaced-…` in it.
    #[arg(long)]
    force: bool,
    /// Puts nothing back, but begins a new epoch: after a database, disk or machine was put back by other means.
    #[arg(long, conflicts_with_all = ["from", "force"])]
    epoch: bool,
}

pub(super) async fn run(args: RestoreArgs) -> anyhow::Result<()> {
    let mut config = super::read(args.config.as_deref())?;
    config.data_dir = args.data_dir.unwrap_or(config.data_dir);
    let is_database = boot::is_database(&config)?;
    let Some(from) = args.from else { return renew(&config, is_database).await };
    let restored = if is_database {
        if args.force {
            bail!("a database cannot be moved aside: make a new one, and let store.url name it");
        }
        into_database(&from, &config).await?
    } else {
        into_directory(&from, &config.data_dir, args.force)?
    };
    tell(&restored);
    Ok(())
}

fn into_directory(from: &Path, data_dir: &Path, force: bool) -> anyhow::Result<Restored> {
    let aside = if force { MovedAside::At(SystemClock.now()) } else { MovedAside::Nothing };
    eprintln!("checking and copying {} ...", from.display());
    let by = (&this_operator()?, SystemClock.now());
    let restored = restore(from, data_dir, aside, &SystemRandom, by)?;
    println!("restored into {}", data_dir.display());
    Ok(restored)
}

async fn into_database(from: &Path, config: &Config) -> anyhow::Result<Restored> {
    let files = Some(config.store.files.clone()).filter(|files| !files.as_os_str().is_empty());
    let into = IntoDatabase { url: config.store.url.clone(), files, data_dir: config.data_dir.clone() };
    eprintln!("checking and copying {} ...", from.display());
    let teller = Teller::of("restore");
    let told = |progress| teller.tell(progress);
    let by = this_operator()?;
    let restored =
        Box::pin(restore_into_database(from, &into, &SystemClock, &SystemRandom, &by, &told)).await;
    teller.end();
    let restored = restored?;
    println!("restored into the database");
    Ok(restored)
}

fn tell(restored: &Restored) {
    let manifest = &restored.manifest;
    println!(
        "{} entries in {} logs, {} files, as they were {} minutes ago",
        manifest.entries,
        manifest.logs,
        manifest.files.len(),
        SystemClock.now().since(manifest.taken).as_secs() / 60
    );
    println!(
        "The store has a new epoch: every client is told once that there may be a gap. Its keys are the old ones."
    );
    if let Some(aside) = &restored.aside {
        println!("what was there before lies in {}", aside.display());
    }
    if manifest.objects > 0 {
        println!(
            "The bytes of {} files are in S3-compatible storage and not in the backup: files.url has to name where they are.",
            manifest.objects
        );
    }
    for name in &manifest.missing {
        eprintln!("missing: the bytes of file {name} are not in the backup");
    }
}

/// The store is opened as one that was put back.
async fn renew(config: &Config, is_database: bool) -> anyhow::Result<()> {
    if is_database {
        forget_place(&config.store.url, &SystemClock).await?;
    } else {
        if !DataDir::database_of(&config.data_dir).exists() {
            bail!("there is no store in {}", config.data_dir.display());
        }
        DataDir::open(&config.data_dir)?.forget_witness()?;
    }
    let (world, _directory) = boot::open_world(config).await?;
    let recorded = record_in_every_chain(&*world.store, action::RESTORED, &this_operator()?).await;
    world.store.close().await;
    recorded?;
    println!("The store has a new epoch: every client is told once that there may be a gap.");
    Ok(())
}

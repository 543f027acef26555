//! `frontdesk restore`.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use frontdesk_core::port::Clock as _;
use frontdesk_store::{MovedAside, restore};

use crate::boot::{SystemClock, SystemRandom};

#[derive(Debug, Args)]
pub(super) struct RestoreArgs {
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE", env = "FRONTDESK_CONFIG")]
    config: Option<PathBuf>,
    /// Where data is to be kept.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The folder that `frontdesk backup` wrote.
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// Moves what is in the data directory aside, into a folder `replaced-…` in it.
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: RestoreArgs) -> anyhow::Result<()> {
    let mut config = super::read(args.config.as_deref())?;
    config.data_dir = args.data_dir.unwrap_or(config.data_dir);
    if !config.store.url.is_empty() {
        bail!("store.url is set: a database server is restored with its own means");
    }
    let aside = if args.force { MovedAside::At(SystemClock.now()) } else { MovedAside::Nothing };
    eprintln!("checking and copying {} ...", args.from.display());
    let restored = restore(&args.from, &config.data_dir, aside, &SystemRandom)?;
    let manifest = &restored.manifest;
    println!("restored into {}", config.data_dir.display());
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
    for name in &manifest.missing {
        eprintln!("missing: the bytes of file {name} are not in the backup");
    }
    Ok(())
}

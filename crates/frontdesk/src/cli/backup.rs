//! `frontdesk backup`.

use std::io::{IsTerminal as _, Write as _};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args;
use frontdesk_core::port::{BackupProgress, BackupReport, OnProgress};
use frontdesk_server::admin::{AdminAnswer, AdminCommand};
use frontdesk_store::DataDir;

use super::admin::carry_out;

#[derive(Debug, Args)]
pub(super) struct BackupArgs {
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE", env = "FRONTDESK_CONFIG")]
    config: Option<PathBuf>,
    /// Where data is kept.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The folder to write, where nothing is yet. A running server writes it itself, so it must be allowed to.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

pub(super) async fn run(args: BackupArgs) -> anyhow::Result<()> {
    let mut config = super::read(args.config.as_deref())?;
    config.data_dir = args.data_dir.unwrap_or(config.data_dir);
    if config.store.url.is_empty() && !DataDir::database_of(&config.data_dir).exists() {
        bail!("there is no store in {}", config.data_dir.display());
    }
    let path =
        std::path::absolute(&args.to).with_context(|| format!("{} names no folder", args.to.display()))?;
    let answer = carry_out(&config, AdminCommand::Backup { path }, progress()).await;
    if std::io::stderr().is_terminal() {
        eprintln!();
    }
    match answer? {
        AdminAnswer::BackedUp(report) => tell(&report),
        other => bail!("that is no answer to the command: {other:?}"),
    }
    Ok(())
}

/// Progress on one line of a terminal; nothing in a log.
fn progress() -> OnProgress {
    let is_terminal = std::io::stderr().is_terminal();
    Arc::new(move |step| {
        if is_terminal {
            let (what, done, total) = match step {
                BackupProgress::Database { done, total } => ("database", done, total),
                BackupProgress::Files { done, total } => ("files", done, total),
            };
            // Progress that cannot be shown is none that matters.
            let _ = write!(std::io::stderr(), "\r{what}: {done} of {total}        ");
        }
        ControlFlow::Continue(())
    })
}

fn tell(report: &BackupReport) {
    println!("backup written to {}", report.path.display());
    println!(
        "{} entries in {} logs, {} files, {} bytes",
        report.entries, report.logs, report.files, report.bytes
    );
    if report.objects > 0 {
        println!("{} files more are in S3-compatible storage: the backup only names them", report.objects);
    }
    for name in &report.missing {
        eprintln!("missing: the bytes of file {name} were not there; the manifest says so");
    }
}

//! `frontdesk config export`, `diff` and `apply`: a tenant's configuration as one file.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use frontdesk_core::port::Clock as _;
use frontdesk_server::admin::{AdminAnswer, AdminCommand, AdminError, ApplyConfig, judge};
use frontdesk_server::config::Config;
use frontdesk_store::DataDir;

use super::admin::{carry_out, quiet, text_of};
use crate::boot::{self, SystemClock};

/// Where the tenant is.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// Configuration file of the server (TOML).
    #[arg(long, value_name = "FILE", env = "FRONTDESK_CONFIG")]
    config: Option<PathBuf>,
    /// Where data is kept.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// A tenant's file, and where the tenant is.
#[derive(Debug, Args)]
pub(super) struct FileArgs {
    #[command(flatten)]
    place: Place,
    /// The file; `-` reads standard input.
    file: PathBuf,
}

/// The exit code of `diff` where something differs.
const DIFFERENT: i32 = 1;
/// The exit code of `diff` where that cannot be told.
const UNKNOWN: i32 = 2;

impl Place {
    fn load(self) -> anyhow::Result<Config> {
        let mut config = super::read(self.config.as_deref())?;
        config.data_dir = self.data_dir.unwrap_or(config.data_dir);
        Ok(config)
    }
}

fn has_store(config: &Config) -> bool {
    !config.store.url.is_empty() || DataDir::database_of(&config.data_dir).exists()
}

/// Nothing is made where something is only looked at.
fn must_have_store(config: &Config) -> anyhow::Result<()> {
    if !has_store(config) {
        bail!("there is no store in {}", config.data_dir.display());
    }
    Ok(())
}

pub(super) async fn export(place: Place, tenant: String) -> anyhow::Result<()> {
    let config = place.load()?;
    must_have_store(&config)?;
    match carry_out(&config, AdminCommand::ExportConfig { tenant }, quiet()).await? {
        AdminAnswer::File(text) => {
            let mut out = std::io::stdout().lock();
            out.write_all(text.as_bytes())?;
            Ok(out.flush()?)
        }
        other => bail!("that is no answer to the command: {other:?}"),
    }
}

pub(super) async fn diff(args: FileArgs) {
    let code = match compare(args).await {
        Ok(true) => return,
        Ok(false) => DIFFERENT,
        Err(error) => {
            eprintln!("frontdesk: {error:#}");
            UNKNOWN
        }
    };
    std::process::exit(code);
}

/// Whether nothing differs.
async fn compare(args: FileArgs) -> anyhow::Result<bool> {
    let FileArgs { place, file } = args;
    let config = place.load()?;
    let text = text_of(&file)?;
    must_have_store(&config)?;
    // What is not in the file differs as well.
    let wanted = ApplyConfig { text, prune: true, dry_run: true };
    let answer = carry_out(&config, AdminCommand::ApplyConfig(wanted), quiet()).await?;
    let Shown { changes, .. } = show(&file, answer)?;
    Ok(changes == 0)
}

pub(super) async fn apply(args: FileArgs, dry_run: bool, prune: bool) -> anyhow::Result<()> {
    let FileArgs { place, file } = args;
    let config = place.load()?;
    let wanted = ApplyConfig { text: text_of(&file)?, prune, dry_run };
    let answer = if dry_run && !has_store(&config) {
        match judge(&wanted, &[], SystemClock.now()) {
            Ok(answer) => AdminAnswer::Changes(answer),
            Err(AdminError::Problems(problems)) => AdminAnswer::Problems(problems),
            Err(error) => return Err(error.into()),
        }
    } else {
        carry_out(&config, AdminCommand::ApplyConfig(wanted), quiet()).await?
    };
    let Shown { changes, applied } = show(&file, answer)?;
    match (changes, applied) {
        (0, _) => eprintln!("nothing to change"),
        (changes, true) => eprintln!("applied: {changes} changed"),
        (changes, false) => eprintln!("not applied, as asked for: {changes} to change"),
    }
    Ok(())
}

/// What was shown.
struct Shown {
    changes: usize,
    applied: bool,
}

/// Shows changes on standard output, and everything else on standard error.
fn show(file: &Path, answer: AdminAnswer) -> anyhow::Result<Shown> {
    let answer = match answer {
        AdminAnswer::Changes(answer) => answer,
        AdminAnswer::Problems(problems) => {
            for problem in &problems {
                eprintln!("{}:{problem}", file.display());
            }
            match problems.len() {
                1 => bail!("the file cannot be applied"),
                many => bail!("the file cannot be applied: {many} problems"),
            }
        }
        other => bail!("that is no answer to the command: {other:?}"),
    };
    let mut out = std::io::stdout().lock();
    let is_coloured = out.is_terminal() && boot::variable("NO_COLOR").is_none_or(|value| value.is_empty());
    for change in &answer.changes {
        writeln!(out, "{} {}.{}", change.change, change.kind, change.id)?;
        for line in change.diff.lines() {
            let colour = if line.starts_with('+') { "32" } else { "31" };
            if is_coloured { writeln!(out, "\x1b[{colour}m{line}\x1b[0m")? } else { writeln!(out, "{line}")? }
        }
    }
    out.flush()?;
    for kept in &answer.kept {
        eprintln!("not in the file, and kept: {}.{} (--prune takes it away)", kept.kind, kept.id);
    }
    for secret in &answer.secrets_to_set {
        eprintln!("to be set: {}.{}: {}", secret.kind, secret.id, secret.field);
        eprintln!("  {}", secret.how);
    }
    Ok(Shown { changes: answer.changes.len(), applied: answer.applied })
}

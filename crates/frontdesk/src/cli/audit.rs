//! `frontdesk audit`.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use frontdesk_core::audit::{Head, Verdict, verify_export};
use frontdesk_core::id::TenantId;
use frontdesk_server::admin::{AdminAnswer, AdminCommand};
use frontdesk_store::{AuditInspector, DataDir};

use super::admin::{carry_out, quiet};

#[derive(Debug, Args)]
pub(super) struct AuditCommand {
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE", env = "FRONTDESK_CONFIG", global = true)]
    config: Option<PathBuf>,
    /// Where data is kept.
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<PathBuf>,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Examines the chains: ends with 0 if all are intact, with 1 if one is broken, with 2 if that cannot be told.
    Verify {
        /// The tenant; all of them unless given.
        #[arg(long)]
        tenant: Option<String>,
        /// A head that was noted elsewhere, as `frontdesk audit head` prints it; may be given several times.
        #[arg(long = "head", value_name = "NUMBER:HASH")]
        heads: Vec<Head>,
        /// Examines a file that was exported, instead of the store.
        #[arg(long, value_name = "FILE", conflicts_with = "tenant")]
        file: Option<PathBuf>,
    },
    /// Writes a tenant's audit log to standard output, as JSON lines. That is recorded in it.
    Export {
        /// The tenant.
        #[arg(long)]
        tenant: String,
    },
    /// Prints each tenant and the head of its chain, to be noted elsewhere.
    Head {
        /// The tenant; all of them unless given.
        #[arg(long)]
        tenant: Option<String>,
    },
}

/// The exit code where a chain is broken.
const BROKEN: i32 = 1;
/// The exit code where it cannot be told.
const UNKNOWN: i32 = 2;

pub(super) async fn run(command: AuditCommand) -> anyhow::Result<()> {
    let mut config = super::read(command.config.as_deref())?;
    config.data_dir = command.data_dir.unwrap_or(config.data_dir);
    match command.action {
        Action::Verify { tenant, heads, file } => {
            let verified = match file {
                Some(file) => verify_file(&file, &heads),
                None => open(&config.data_dir).and_then(|log| verify(&log, tenant.as_deref(), &heads)),
            };
            match verified {
                Ok(true) => Ok(()),
                Ok(false) => std::process::exit(BROKEN),
                Err(error) => {
                    eprintln!("frontdesk: {error:#}");
                    std::process::exit(UNKNOWN);
                }
            }
        }
        Action::Export { tenant } => {
            let log_of = open(&config.data_dir)?;
            known(&log_of, &tenant)?;
            drop(log_of);
            // Recorded first, so that it is in what is exported.
            let note = AdminCommand::ExportAudit { tenant: tenant.clone() };
            match carry_out(&config, note, quiet()).await? {
                AdminAnswer::Done => {}
                other => bail!("that is no answer to the command: {other:?}"),
            }
            let log = open(&config.data_dir)?;
            log.export(&known(&log, &tenant)?, &mut std::io::stdout().lock())?;
            Ok(())
        }
        Action::Head { tenant } => {
            let log = open(&config.data_dir)?;
            let mut out = std::io::stdout().lock();
            for tenant in wanted(&log, tenant.as_deref())? {
                if let Some(head) = log.head(&tenant)? {
                    writeln!(out, "{tenant} {head}")?;
                }
            }
            Ok(())
        }
    }
}

fn open(directory: &Path) -> anyhow::Result<AuditInspector> {
    if !DataDir::database_of(directory).exists() {
        bail!("there is no store in {}", directory.display());
    }
    Ok(AuditInspector::open(directory)?)
}

fn known(log: &AuditInspector, tenant: &str) -> anyhow::Result<TenantId> {
    let all = log.tenants()?;
    all.into_iter()
        .find(|known| known.as_str() == tenant)
        .with_context(|| format!("there is no audit log of a tenant {tenant:?}"))
}

fn wanted(log: &AuditInspector, tenant: Option<&str>) -> anyhow::Result<Vec<TenantId>> {
    match tenant {
        Some(tenant) => Ok(vec![known(log, tenant)?]),
        None => Ok(log.tenants()?),
    }
}

/// Whether all chains are intact.
fn verify(log: &AuditInspector, tenant: Option<&str>, heads: &[Head]) -> anyhow::Result<bool> {
    let tenants = wanted(log, tenant)?;
    if !heads.is_empty() && tenants.len() > 1 {
        bail!("say with --tenant whose head it is");
    }
    if !log.has_file() {
        eprintln!("frontdesk: the file that notes the heads beside the database is gone");
    }
    let mut intact = true;
    for tenant in tenants {
        let found = log.verify(&tenant, heads)?;
        intact &= tell(&tenant, &found.verdict);
    }
    Ok(intact)
}

fn verify_file(file: &Path, heads: &[Head]) -> anyhow::Result<bool> {
    let lines = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    let found =
        verify_export(BufReader::new(lines).lines(), heads).with_context(|| file.display().to_string())?;
    if found.after.number > 0 {
        println!("{} begins after {}", found.tenant, found.after);
    }
    Ok(tell(&found.tenant, &found.verdict))
}

fn tell(tenant: &TenantId, verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Intact(head) => {
            println!("{tenant} intact {head}");
            true
        }
        Verdict::Broken(found) => {
            println!("{tenant} broken {found}");
            false
        }
    }
}

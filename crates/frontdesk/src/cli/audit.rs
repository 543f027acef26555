//! `frontdesk audit`.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use frontdesk_core::audit::{Head, Verdict, verify_export};
use frontdesk_core::id::TenantId;
use frontdesk_server::admin::{AdminAnswer, AdminCommand};
use frontdesk_server::config::Config;
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
                None => verify(&config, tenant.as_deref(), &heads).await,
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
            known(&open(&config).await?, &tenant).await?;
            // Recorded first, so that it is in what is exported.
            let note = AdminCommand::ExportAudit { tenant: tenant.clone() };
            match carry_out(&config, note, quiet()).await? {
                AdminAnswer::Done => {}
                other => bail!("that is no answer to the command: {other:?}"),
            }
            let log = open(&config).await?;
            log.export(&known(&log, &tenant).await?, &mut BufWriter::new(std::io::stdout())).await?;
            Ok(())
        }
        Action::Head { tenant } => {
            let log = open(&config).await?;
            for tenant in wanted(&log, tenant.as_deref()).await? {
                if let Some(head) = log.head(&tenant).await? {
                    writeln!(std::io::stdout(), "{tenant} {head}")?;
                }
            }
            Ok(())
        }
    }
}

async fn open(config: &Config) -> anyhow::Result<AuditInspector> {
    if !config.store.url.is_empty() {
        return Ok(AuditInspector::of_database(&config.store.url).await?);
    }
    let directory = &config.data_dir;
    if !DataDir::database_of(directory).exists() {
        bail!("there is no store in {}", directory.display());
    }
    Ok(AuditInspector::of_directory(directory)?)
}

async fn known(log: &AuditInspector, tenant: &str) -> anyhow::Result<TenantId> {
    let all = log.tenants().await?;
    all.into_iter()
        .find(|known| known.as_str() == tenant)
        .with_context(|| format!("there is no audit log of a tenant {tenant:?}"))
}

async fn wanted(log: &AuditInspector, tenant: Option<&str>) -> anyhow::Result<Vec<TenantId>> {
    match tenant {
        Some(tenant) => Ok(vec![known(log, tenant).await?]),
        None => Ok(log.tenants().await?),
    }
}

/// Whether all chains are intact.
async fn verify(config: &Config, tenant: Option<&str>, heads: &[Head]) -> anyhow::Result<bool> {
    let log = open(config).await?;
    let tenants = wanted(&log, tenant).await?;
    if !heads.is_empty() && tenants.len() > 1 {
        bail!("say with --tenant whose head it is");
    }
    if log.lacks_file() {
        eprintln!("frontdesk: the file that notes the heads beside the database is gone");
    }
    let mut intact = true;
    for tenant in tenants {
        intact &= tell(&tenant, &log.verify(&tenant, heads).await?);
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

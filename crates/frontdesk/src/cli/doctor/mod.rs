//! `frontdesk doctor`: whether a server can run like this, and what to do where it cannot. Nothing is changed, and a server
//! that runs is not disturbed; a bucket of files has an object more for a moment.
//!
//! - `finding`: what is told. `server`: whether one runs. `store`, `database` and `bucket`: where data is
//!   kept.
//! - `machine`: folders, disk, open files. `ports`: addresses. `certificate`: HTTPS.

mod bucket;
mod certificate;
mod cluster;
mod database;
mod finding;
mod machine;
mod ports;
mod server;
mod store;
mod validity;

use anyhow::bail;
use clap::Args;
use frontdesk_server::config::Config;

use self::finding::{Finding, Report};
use self::server::Running;
use super::{Common, serve};
use crate::boot;

#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    common: Common,
    /// Tells what was found as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(options: Doctor) -> anyhow::Result<()> {
    let findings = match load(options.common) {
        Ok(config) => examine(&config).await?,
        Err(error) => vec![Finding::wrong(
            "configuration",
            format!("{error:#}"),
            "correct it; `frontdesk config print --example` has every key with its meaning",
        )],
    };
    let report = Report::of(findings);
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    let wrong = report.wrong();
    if !wrong.is_empty() {
        bail!("not everything is well: {}", wrong.join(", "));
    }
    Ok(())
}

/// The configuration, if `serve` would take it.
fn load(common: Common) -> anyhow::Result<Config> {
    let config = common.load()?;
    serve::refuse(&config)?;
    boot::is_database(&config)?;
    Ok(config)
}

async fn examine(config: &Config) -> anyhow::Result<Vec<Finding>> {
    let running = server::find(&config.data_dir).await;
    let mut findings = vec![Finding::well("configuration", configured(config)), told(running, config)];
    findings.extend(machine::data_directory(config));
    if boot::is_database(config)? {
        findings.extend(database::examine(config, running).await);
    } else {
        findings.push(store::examine(config, running));
    }
    findings.extend(bucket::examine(config).await);
    findings.extend(machine::disk(config));
    findings.push(certificate::examine(config).await);
    findings.extend(ports::examine(config, running).await);
    findings.push(machine::open_files(running));
    Ok(findings)
}

fn configured(config: &Config) -> String {
    let store = if config.store.url.is_empty() { "a file in it" } else { "PostgreSQL" };
    format!("data in {}, the store is {store}", config.data_dir.display())
}

fn told(running: Option<Running>, config: &Config) -> Finding {
    let directory = config.data_dir.display();
    Finding::well(
        "server",
        match running {
            Some(Running { pid: Some(pid) }) => format!("runs on {directory}, process {pid}"),
            Some(Running { pid: None }) => format!("runs on {directory}"),
            None => format!("none runs on {directory}"),
        },
    )
}

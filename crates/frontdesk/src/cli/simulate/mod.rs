//! `frontdesk simulate`: tries rules of routing out before customers do.

mod plot;
mod recorded;
mod seeded;
mod table;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use frontdesk_core::directory::Queue;
use frontdesk_core::port::Random;
use frontdesk_core::simulation::{Arrival, Options, Scenario, arrivals, simulate};
use frontdesk_server::admin::{AdminAnswer, AdminCommand};
use frontdesk_server::config::Config;

use self::seeded::Seeded;

#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// The scenario (TOML): queues with their rules, who works when, who comes.
    scenario: PathBuf,
    /// Recorded traffic (CSV with a header: at, queue, handling and, if known, patience, locale, weight; seconds)
    /// in place of the scenario's.
    #[arg(long, value_name = "FILE")]
    traffic: Option<PathBuf>,
    /// Takes the queues of this tenant where the scenario has none.
    #[arg(long)]
    tenant: Option<String>,
    /// Configuration file (TOML) of the server whose tenant it is.
    #[arg(long, value_name = "FILE", env = "FRONTDESK_CONFIG")]
    config: Option<PathBuf>,
    /// Where that server keeps its data.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The same seed makes the same customers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds within which a customer is to be answered.
    #[arg(long, default_value_t = 20)]
    threshold: u64,
    /// Seconds of the stretches that the time is cut into.
    #[arg(long, default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..))]
    stretch: u64,
    /// Draws waits, service level and load into this file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Prints everything that was measured as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(options: Simulate) -> anyhow::Result<()> {
    let mut scenario = read(&options.scenario)?;
    if scenario.queues.is_empty()
        && let Some(tenant) = options.tenant
    {
        let mut config = super::read(options.config.as_deref())?;
        config.data_dir = options.data_dir.unwrap_or(config.data_dir);
        scenario.queues = queues_of(tenant, &config).await?;
    }
    let who_comes = match &options.traffic {
        Some(file) => recorded::read(file, &scenario)?,
        None => made_up(&scenario, options.seed)?,
    };
    let measured = Options {
        threshold: Duration::from_secs(options.threshold),
        stretch: Duration::from_secs(options.stretch),
    };
    let report = simulate(&scenario, &who_comes, measured)?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        table::print(&report);
    }
    if let Some(file) = &options.svg {
        let drawing = plot::draw(&report).context("cannot draw")?;
        std::fs::write(file, drawing).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<Scenario> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is no scenario", file.display()))
}

/// Each kind of traffic has randomness of its own.
fn made_up(scenario: &Scenario, seed: u64) -> anyhow::Result<Vec<Arrival>> {
    let streams: Vec<Seeded> =
        (0..).map(|stream| Seeded::new(seed, stream)).take(scenario.traffic.len()).collect();
    let randomness: Vec<&dyn Random> = streams.iter().map(|stream| stream as &dyn Random).collect();
    Ok(arrivals(scenario, &randomness)?)
}

/// Through a running server or without one, as every administrative command.
async fn queues_of(tenant: String, config: &Config) -> anyhow::Result<Vec<Queue>> {
    let list = AdminCommand::List { tenant: Some(tenant) };
    let AdminAnswer::Items(items) = super::admin::carry_out(config, list, super::admin::quiet()).await?
    else {
        bail!("that is no answer to the command");
    };
    let queues = items.into_iter().filter(|item| item["kind"] == "queue");
    queues.map(|mut item| Ok(serde_json::from_value(item["item"].take())?)).collect()
}

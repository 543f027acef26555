//! `frontdesk conformance`.

use anyhow::bail;
use clap::Args;
use frontdesk_client::conformance::{self, AgentAccount, Target};

#[derive(Debug, Args)]
pub(super) struct Conformance {
    /// The server.
    #[arg(long, env = "FRONTDESK_URL")]
    url: String,
    /// The app's key.
    #[arg(long, env = "FRONTDESK_APP_KEY")]
    app_key: String,
    /// The app's secret.
    #[arg(long, env = "FRONTDESK_APP_SECRET", hide_env_values = true)]
    app_secret: String,
    /// The web channel, where a robot must answer.
    #[arg(long, env = "FRONTDESK_CHANNEL")]
    channel: String,
    /// An agent who serves the channel; without one, what needs an agent is skipped.
    #[arg(long, value_name = "TENANT:ID:PASSWORD", env = "FRONTDESK_AGENT", hide_env_values = true)]
    agent: Option<AgentAccount>,
    /// Prints the report as JSON.
    #[arg(long)]
    json: bool,
}

/// The exit code where there is no server to check.
const UNREACHABLE: i32 = 2;

pub(super) async fn run(options: Conformance) -> anyhow::Result<()> {
    let target = Target {
        url: options.url,
        app_key: options.app_key,
        app_secret: options.app_secret.into(),
        channel: options.channel,
        agent: options.agent,
    };
    let report = match conformance::run(target).await {
        Ok(report) => report,
        Err(error) => {
            eprintln!("frontdesk: {error}");
            std::process::exit(UNREACHABLE);
        }
    };
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("{report}");
    }
    match report.failed().count() {
        0 => Ok(()),
        failed => bail!("{failed} of {} checks failed", report.checks.len()),
    }
}

//! Making the search index anew.

use std::io::ErrorKind;
use std::time::Duration;

use anyhow::{Context as _, bail};
use frontdesk_server::admin::{AdminAnswer, AdminCommand, ask};
use frontdesk_server::config::Config;
use frontdesk_store::DataDir;

use super::admin::{carry_out, quiet};

/// How often a running server is asked how far it is.
const PAUSE: Duration = Duration::from_millis(500);

/// Empties the index. A running server fills it at once, and is asked until it has; without one, the next does.
pub(super) async fn rebuild(config: &Config) -> anyhow::Result<()> {
    let socket = DataDir::admin_socket_of(&config.data_dir);
    match ask(&socket, &AdminCommand::RebuildSearch, quiet()).await {
        Ok(answer) => told(&answer.map_err(|error| anyhow::anyhow!(error))?)?,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
            told(&carry_out(config, AdminCommand::RebuildSearch, quiet()).await?)?;
            println!("the search index is empty; the server fills it when it runs next");
            return Ok(());
        }
        Err(error) => return Err(error).context("the running server does not answer on its admin socket"),
    };
    // Where much is going on there is always something new: nearly all, twice, is all of what there was.
    let mut nearly = false;
    loop {
        let answer = carry_out(config, AdminCommand::SearchBacklog, quiet()).await?;
        let (logs, behind) = told(&answer)?;
        if behind == 0 || (nearly && behind * 100 <= logs) {
            println!("done");
            return Ok(());
        }
        nearly = behind * 100 <= logs;
        tokio::time::sleep(PAUSE).await;
    }
}

/// Shows how far the index is: how many logs there are, and how many of them are left.
fn told(answer: &AdminAnswer) -> anyhow::Result<(u64, u64)> {
    let AdminAnswer::SearchBacklog { logs, behind } = answer else {
        bail!("that is no answer to the command");
    };
    println!("{} of {logs} customers' logs are in the search index", logs.saturating_sub(*behind));
    Ok((*logs, *behind))
}

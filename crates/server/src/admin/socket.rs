//! The admin socket: how commands reach the server that holds the data directory. One JSON line asks, one answers.
//! Whoever may open the data directory may administer it.

use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};

use super::command::{AdminAnswer, AdminCommand, run};
use crate::parts::Parts;
use crate::work::match_all;

/// Longest command, which is a knowledge base.
const MAX_LINE: u64 = 64 << 20;

/// Takes commands at a path until the node stops. A socket left by a process that died is replaced: whoever calls this
/// holds the data directory's lock.
pub fn listen(parts: &Parts, path: &Path) -> io::Result<()> {
    if path.exists() {
        std::fs::remove_file(path)?;
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    let (parts, path) = (parts.clone(), path.to_owned());
    parts.tasks.clone().spawn(async move {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = parts.shutdown.cancelled() => break,
            };
            match accepted {
                Ok((stream, _)) => {
                    let worker = parts.clone();
                    parts.tasks.spawn(async move {
                        let served = tokio::select! {
                            served = serve(&worker, stream) => served,
                            () = worker.shutdown.cancelled() => Ok(()),
                        };
                        if let Err(error) = served {
                            tracing::warn!(%error, "an admin connection broke");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "the admin socket does not accept");
                    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                }
            }
        }
        // The lock is still held, so nobody else's socket can be there.
        drop(std::fs::remove_file(&path));
    });
    Ok(())
}

/// Asks the server that holds a data directory. `NotFound` or `ConnectionRefused` mean that none runs.
pub async fn ask(path: &Path, command: &AdminCommand) -> io::Result<Result<AdminAnswer, String>> {
    let mut stream = UnixStream::connect(path).await?;
    let mut line = serde_json::to_vec(command)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(serde_json::from_slice(&answer)?)
}

async fn serve(parts: &Parts, mut stream: UnixStream) -> io::Result<()> {
    let mut line = Vec::new();
    BufReader::new((&mut stream).take(MAX_LINE)).read_until(b'\n', &mut line).await?;
    let answer = match serde_json::from_slice::<AdminCommand>(&line) {
        Ok(command) => carry_out(parts, command).await,
        Err(error) => Err(format!("the command is not understood: {error}")),
    };
    stream.write_all(&serde_json::to_vec(&answer)?).await?;
    stream.shutdown().await
}

async fn carry_out(parts: &Parts, command: AdminCommand) -> Result<AdminAnswer, String> {
    let changes = !matches!(command, AdminCommand::List { .. });
    let answer = run(&*parts.store, &*parts.random, command).await.map_err(|error| error.to_string())?;
    if changes {
        parts.reload().await.map_err(|error| error.to_string())?;
        // A queue may have got an agent, or an agent more room.
        match_all(parts).await.map_err(|error| error.to_string())?;
    }
    Ok(answer)
}

//! The admin socket: how commands reach the server that holds the data directory. One JSON line asks, one answers;
//! before it, lines may tell how far what takes long is.
//! Whoever may open the data directory may administer it.

use std::io;
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use frontdesk_core::port::{BackupError, OnProgress};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;

use super::command::{AdminAnswer, AdminCommand};
use super::effect::take_effect;
use super::means::Means;
use super::operator::operator;
use super::run::run;
use crate::audit::Act;
use crate::parts::Parts;

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

/// Asks the server that holds a data directory. `NotFound` or `ConnectionRefused` mean that none runs. To go away
/// before the answer ends what takes long.
pub async fn ask(
    path: &Path,
    command: &AdminCommand,
    progress: OnProgress,
) -> io::Result<Result<AdminAnswer, String>> {
    let mut stream = UnixStream::connect(path).await?;
    let mut line = serde_json::to_vec(command)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut answers = BufReader::new(stream).lines();
    while let Some(answer) = answers.next_line().await? {
        match serde_json::from_str(&answer)? {
            Ok(AdminAnswer::Progress(step)) => {
                if progress(step).is_break() {
                    return Ok(Err(BackupError::Stopped.to_string()));
                }
            }
            answer => return Ok(answer),
        }
    }
    Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server went away before it answered"))
}

async fn serve(parts: &Parts, mut stream: UnixStream) -> io::Result<()> {
    let act = Act::by(operator(&stream)?);
    let mut line = Vec::new();
    BufReader::new((&mut stream).take(MAX_LINE)).read_until(b'\n', &mut line).await?;
    let answer = match serde_json::from_slice::<AdminCommand>(&line) {
        Ok(command) => carry_out_telling(parts, &act, &mut stream, command).await?,
        Err(error) => Err(format!("the command is not understood: {error}")),
    };
    write(&mut stream, &answer).await?;
    stream.shutdown().await
}

async fn write(stream: &mut UnixStream, answer: &Result<AdminAnswer, String>) -> io::Result<()> {
    let mut line = serde_json::to_vec(answer)?;
    line.push(b'\n');
    stream.write_all(&line).await
}

/// Carries a command out and tells how far it is. It ends early if nobody listens any more.
async fn carry_out_telling(
    parts: &Parts,
    act: &Act,
    stream: &mut UnixStream,
    command: AdminCommand,
) -> io::Result<Result<AdminAnswer, String>> {
    let (tell, mut told) = mpsc::channel(1);
    let progress: OnProgress = Arc::new(move |step| match tell.try_send(step) {
        // Who reads slowly misses a step.
        Ok(()) | Err(mpsc::error::TrySendError::Full(_)) => ControlFlow::Continue(()),
        Err(mpsc::error::TrySendError::Closed(_)) => ControlFlow::Break(()),
    });
    let work = carry_out(parts, act, command, progress);
    tokio::pin!(work);
    loop {
        tokio::select! {
            answer = &mut work => return Ok(answer),
            Some(step) = told.recv() => write(stream, &Ok(AdminAnswer::Progress(step))).await?,
        }
    }
}

async fn carry_out(
    parts: &Parts,
    act: &Act,
    command: AdminCommand,
    progress: OnProgress,
) -> Result<AdminAnswer, String> {
    let changes = command.changes();
    let answer =
        run(Means::in_server(parts, act), command, progress).await.map_err(|error| error.to_string())?;
    if let AdminAnswer::BackedUp(report) = &answer {
        let (path, missing) = (report.path.display(), report.missing.len());
        tracing::info!(%path, entries = report.entries, files = report.files, missing, "backup written");
    }
    if changes {
        take_effect(parts).await.map_err(|error| error.to_string())?;
    }
    Ok(answer)
}

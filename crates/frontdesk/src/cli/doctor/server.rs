//! Whether a server runs on a data directory.

use std::path::Path;
use std::time::Duration;

use frontdesk_store::DataDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::time::timeout;

/// How long the server's word is waited for. That it does not come changes nothing.
const PATIENCE: Duration = Duration::from_secs(2);

/// A server that runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Running {
    /// Its process, where the system tells.
    pub(super) pid: Option<u32>,
}

/// The server that has the admin socket of a data directory. The lock is not asked for: for a moment it would be taken.
pub(super) async fn find(directory: &Path) -> Option<Running> {
    let mut stream = UnixStream::connect(DataDir::admin_socket_of(directory)).await.ok()?;
    let pid = stream.peer_cred().ok().and_then(|other| other.pid()).and_then(|pid| u32::try_from(pid).ok());
    // Who asks nothing is told so. To leave before that would be noted in the server's log.
    let mut told = Vec::new();
    let leave = async {
        stream.shutdown().await?;
        stream.read_to_end(&mut told).await
    };
    let _ = timeout(PATIENCE, leave).await;
    Some(Running { pid })
}

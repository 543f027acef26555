//! The network between a server and its database, which does what networks do.

use std::future::pending;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// After this the database has noticed that a forgotten connection leads nowhere, as it does by asking the other end now and
/// then.
const NOTICED: Duration = Duration::from_secs(20);

/// What passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passing {
    Everything,
    /// Nothing, and neither side is told.
    Nothing,
    /// Nothing, and whoever tries is told.
    Refused,
}

#[derive(Clone, Copy, Debug)]
struct Weather {
    passing: Passing,
    /// Connections numbered below this are forgotten: nothing passes over them any more, and nobody is told.
    forgotten: u64,
}

impl Weather {
    fn passes(&self, number: u64) -> bool {
        self.passing == Passing::Everything && number >= self.forgotten
    }
}

/// A proxy in front of a database that listens on a socket in the file system. It stops when it is dropped.
#[derive(Debug)]
pub struct Wire {
    /// Where it listens.
    pub address: SocketAddr,
    weather: watch::Sender<Weather>,
    accepted: Arc<AtomicU64>,
    running: JoinHandle<()>,
}

impl Wire {
    /// Starts a proxy through which everything passes.
    pub async fn start(database: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (weather, changes) = watch::channel(Weather { passing: Passing::Everything, forgotten: 0 });
        let accepted = Arc::<AtomicU64>::default();
        let running = tokio::task::spawn(accept(listener, database, changes, Arc::clone(&accepted)));
        Self { address, weather, accepted, running }
    }

    /// From now on nothing passes, and nobody is told: packets get lost.
    pub fn stall(&self) {
        self.weather.send_modify(|weather| weather.passing = Passing::Nothing);
    }

    /// From now on every connection is reset.
    pub fn refuse(&self) {
        self.weather.send_modify(|weather| weather.passing = Passing::Refused);
    }

    /// Everything passes again, also what was held up meanwhile.
    pub fn heal(&self) {
        self.weather.send_modify(|weather| weather.passing = Passing::Everything);
    }

    /// Everything passes again over connections that are made from now on. Those of before stay silent, as behind a router
    /// that was replaced.
    pub fn forget(&self) {
        self.weather.send_modify(|weather| {
            weather.passing = Passing::Everything;
            weather.forgotten = self.accepted.load(Ordering::SeqCst);
        });
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn accept(
    listener: TcpListener,
    database: PathBuf,
    weather: watch::Receiver<Weather>,
    accepted: Arc<AtomicU64>,
) {
    let mut carried = JoinSet::new();
    loop {
        tokio::select! {
            Ok((node, _)) = listener.accept() => {
                let number = accepted.fetch_add(1, Ordering::SeqCst);
                carried.spawn(carry(node, database.clone(), weather.clone(), number));
            }
            Some(_) = carried.join_next() => {}
        }
    }
}

/// Waits until the weather is so; `false` if it will not change any more.
async fn until(weather: &mut watch::Receiver<Weather>, is_so: impl FnMut(&Weather) -> bool) -> bool {
    weather.wait_for(is_so).await.is_ok()
}

async fn carry(mut node: TcpStream, database: PathBuf, weather: watch::Receiver<Weather>, number: u64) {
    let mut changes = weather.clone();
    let is_reset = tokio::select! {
        is_refused = connect_and_pass(&mut node, database, weather, number) => is_refused,
        _ = until(&mut changes, |weather| weather.passing == Passing::Refused) => true,
    };
    if is_reset {
        // Closing with a linger of nothing sends a reset. It may be gone already.
        let _ = node.set_zero_linger();
    }
}

/// Runs until one side ends; whether the database is not there.
async fn connect_and_pass(
    node: &mut TcpStream,
    database: PathBuf,
    mut weather: watch::Receiver<Weather>,
    number: u64,
) -> bool {
    if !until(&mut weather, |weather| weather.passes(number)).await {
        return false;
    }
    let Ok(server) = UnixStream::connect(database).await else { return true };
    let (from_server, to_server) = server.into_split();
    let (from_node, to_node) = node.split();
    let mut changes = weather.clone();
    let forgotten = async {
        until(&mut changes, |weather| number < weather.forgotten).await;
        tokio::time::sleep(NOTICED).await;
    };
    let is_forgotten = tokio::select! {
        () = pass(from_node, to_server, weather.clone(), number) => false,
        () = pass(from_server, to_node, weather, number) => false,
        () = forgotten => true,
    };
    if is_forgotten {
        // The database's side has ended; the other one is not told.
        pending::<()>().await;
    }
    false
}

/// Passes on what comes from one side, while anything passes. What comes meanwhile is taken and held up: neither side notices by
/// a buffer that is full.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut weather: watch::Receiver<Weather>,
    number: u64,
) {
    let mut held = Vec::with_capacity(16 << 10);
    let mut has_ended = false;
    while !has_ended {
        let passes = weather.borrow_and_update().passes(number);
        if passes && !held.is_empty() {
            if to.write_all(&held).await.is_err() {
                return;
            }
            held.clear();
        }
        tokio::select! {
            read = from.read_buf(&mut held) => has_ended = !matches!(read, Ok(1..)),
            changed = weather.changed() => has_ended = changed.is_err(),
        }
    }
    if until(&mut weather, |weather| weather.passes(number)).await {
        let _ = to.write_all(&held).await;
    }
}

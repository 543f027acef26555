//! The line to the storage, which a test can cut or silence.

use std::net::SocketAddr;

use frontdesk_store::BucketOptions;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How the line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// All is passed on.
    Open,
    /// Connections are closed at once, those that are open as well.
    Cut,
    /// Connections are taken and nothing is ever said, on those that are open neither.
    Silent,
}

/// A line to the storage of a bucket.
pub(super) struct Line {
    /// The bucket, at the other end of it.
    pub(super) bucket: BucketOptions,
    way: watch::Sender<Way>,
    running: JoinHandle<()>,
}

impl Line {
    pub(super) async fn to(bucket: &BucketOptions) -> Self {
        let upstream: SocketAddr = bucket.endpoint.strip_prefix("http://").unwrap().parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (way, seen) = watch::channel(Way::Open);
        let running = tokio::task::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::task::spawn(carry(client, upstream, seen.clone()));
            }
        });
        Self { bucket: BucketOptions { endpoint, ..bucket.clone() }, way, running }
    }

    pub(super) fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn carry(mut client: TcpStream, upstream: SocketAddr, mut seen: watch::Receiver<Way>) {
    if *seen.borrow() == Way::Open {
        let passing = async {
            if let Ok(mut server) = TcpStream::connect(upstream).await {
                let _either_side_ends = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            }
        };
        tokio::select! {
            _ = seen.wait_for(|way| *way != Way::Open) => {}
            () = passing => return,
        }
    }
    // Whoever is connected hears nothing until that is over, and then that the connection is.
    let _changed = seen.wait_for(|way| *way != Way::Silent).await;
}

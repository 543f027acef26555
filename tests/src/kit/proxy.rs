//! Proxies that do to connections what networks do.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// What a proxy does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Passes everything on.
    Forward,
    /// Passes so many bytes of what the server says on, then resets both sides.
    CutAfter(usize),
    /// Passes the request on and then nothing, in either direction: neither side hears that the other is gone.
    Swallow,
}

/// A proxy between a client and a server, connection by connection. It stops when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    /// Where it listens.
    pub url: String,
    plans: Arc<Mutex<VecDeque<Plan>>>,
    cut: mpsc::UnboundedReceiver<usize>,
    running: JoinHandle<()>,
}

impl Proxy {
    /// Starts a proxy in front of a server.
    pub async fn start(server: &str) -> Self {
        let upstream = address_of(server);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let plans = Arc::<Mutex<VecDeque<Plan>>>::default();
        let (report, cut) = mpsc::unbounded_channel();
        let queue = Arc::clone(&plans);
        let running = tokio::task::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let plan = queue.lock().unwrap().pop_front().unwrap_or(Plan::Forward);
                tokio::task::spawn(carry(client, upstream, plan, report.clone()));
            }
        });
        Self { url, plans, cut, running }
    }

    /// What to do with the next connection that has no plan yet. Without one it is passed on.
    pub fn plan(&self, plan: Plan) {
        self.plans.lock().unwrap().push_back(plan);
    }

    /// How many bytes the server had said through the next connection that was cut.
    pub async fn cut(&mut self) -> usize {
        self.cut.recv().await.unwrap()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn carry(
    mut client: TcpStream,
    upstream: SocketAddr,
    plan: Plan,
    report: mpsc::UnboundedSender<usize>,
) {
    let mut server = TcpStream::connect(upstream).await.unwrap();
    match plan {
        Plan::Forward => {
            let _either_side_ends = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        }
        Plan::CutAfter(bytes) => {
            let passed = pass_on(&mut client, &mut server, bytes).await;
            reset(client);
            reset(server);
            let _nobody_asks = report.send(passed);
        }
        Plan::Swallow => {
            let mut request = vec![0; 1 << 16];
            let length = client.read(&mut request).await.unwrap_or(0);
            let _gone = server.write_all(&request[..length]).await;
            let _nobody_asks = report.send(0);
            // Both stay open, and nobody reads.
            std::future::pending::<()>().await;
        }
    }
}

/// Passes a number of bytes of what the server says; ends early if one side ends.
async fn pass_on(client: &mut TcpStream, server: &mut TcpStream, bytes: usize) -> usize {
    let (mut up, mut down) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut passed = 0;
    let mut asked = false;
    // Nothing may be cut before the request has reached the server.
    while passed < bytes || !asked {
        let wanted = (bytes - passed).clamp(1, down.len());
        tokio::select! {
            read = client.read(&mut up) => match read {
                Ok(length) if length > 0 => {
                    asked = true;
                    if server.write_all(&up[..length]).await.is_err() {
                        return passed;
                    }
                }
                _ => return passed,
            },
            read = server.read(&mut down[..wanted]), if passed < bytes => match read {
                Ok(length) if length > 0 => {
                    if client.write_all(&down[..length]).await.is_err() {
                        return passed;
                    }
                    passed += length;
                }
                _ => return passed,
            },
        }
    }
    if bytes == 0 {
        // The server begins to answer, and nobody hears it.
        let _anything = server.peek(&mut [0]).await;
    }
    passed
}

fn reset(stream: TcpStream) {
    // Closing with a linger of nothing sends a reset.
    stream.set_zero_linger().unwrap();
    drop(stream);
}

/// A proxy that tries every GET twice: the first answer is begun and thrown away.
#[derive(Debug)]
pub struct Repeater {
    /// Where it listens.
    pub url: String,
    running: JoinHandle<()>,
}

impl Repeater {
    /// Starts one in front of a server.
    pub async fn start(server: &str) -> Self {
        let upstream = address_of(server);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let running = tokio::task::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::task::spawn(repeat(client, upstream));
            }
        });
        Self { url, running }
    }
}

impl Drop for Repeater {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn repeat(mut client: TcpStream, upstream: SocketAddr) {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        if !matches!(client.read_buf(&mut request).await, Ok(length) if length > 0) {
            return;
        }
    }
    if request.starts_with(b"GET ") {
        let mut first = TcpStream::connect(upstream).await.unwrap();
        first.write_all(&request).await.unwrap();
        let _begun = first.peek(&mut [0]).await;
        reset(first);
    }
    let mut second = TcpStream::connect(upstream).await.unwrap();
    second.write_all(&request).await.unwrap();
    let _either_side_ends = tokio::io::copy_bidirectional(&mut client, &mut second).await;
}

fn address_of(url: &str) -> SocketAddr {
    url.trim_start_matches("http://").parse().unwrap()
}

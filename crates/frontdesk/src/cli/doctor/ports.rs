//! The addresses that the server listens on.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use frontdesk_server::config::{Config, InternalListen};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::finding::Finding;
use super::server::Running;

/// How long a connection to this machine may take.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn examine(config: &Config, running: Option<Running>) -> Vec<Finding> {
    let mut findings = vec![address("listen", config.listen, running).await];
    if let InternalListen::On(internal) = config.internal_listen {
        findings.push(address("internal_listen", internal, running).await);
    }
    findings
}

async fn address(key: &'static str, address: SocketAddr, running: Option<Running>) -> Finding {
    if address.port() == 0 {
        return Finding::well(key, format!("{address}: any port that is free"));
    }
    match running {
        Some(_) => taken(key, address).await,
        None => free(key, address).await,
    }
}

/// The server that runs should be there.
async fn taken(key: &'static str, address: SocketAddr) -> Finding {
    match timeout(PATIENCE, TcpStream::connect(reachable(address))).await {
        Ok(Ok(_)) => Finding::well(key, format!("{address}: somebody listens, as the running server should")),
        _ => Finding::warning(
            key,
            format!("{address}: a server runs on the data directory, and nobody listens here"),
            "ask with the configuration and the flags that the server was started with, or start it anew with these",
        ),
    }
}

/// An address that a client on this machine connects to.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// The server that is to be started must be able to listen. The port is held for a moment only.
async fn free(key: &'static str, address: SocketAddr) -> Finding {
    let Err(error) = TcpListener::bind(address).await else {
        return Finding::well(key, format!("{address}: free"));
    };
    let advice = match error.kind() {
        ErrorKind::AddrInUse => format!(
            "see who listens there (ss -ltnp 'sport = :{}') and end it, or choose another port for {key}",
            address.port()
        ),
        ErrorKind::PermissionDenied => {
            "ports below 1024 are for root: choose a higher one, or give the server CAP_NET_BIND_SERVICE".to_owned()
        }
        ErrorKind::AddrNotAvailable => {
            "this machine has no such address: choose one of those that `ip address` shows, or 0.0.0.0 for all".to_owned()
        }
        _ => format!("choose another address for {key}"),
    };
    Finding::wrong(key, format!("cannot listen on {address}: {error}"), advice)
}

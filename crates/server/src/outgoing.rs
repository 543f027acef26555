//! How servers of others are reached: TLS, no redirects, no proxies, and only addresses that are allowed.

use std::error::Error as _;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::push::is_public;
use frontdesk_core::secret::KeptSecret;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Certificate, Client, Identity, Response, Url, redirect, tls};

/// Longest that a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a connection is kept without use.
const IDLE: Duration = Duration::from_mins(1);

/// An address that nothing is sent to.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not a public address; if the receiver is in a private network, set allow_private")]
struct NotPublic(IpAddr);

/// What is configured of the way to a server.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Way<'a> {
    /// Whether it may be in a private network.
    pub(crate) allow_private: bool,
    /// Certificates (PEM) that are trusted besides the public ones.
    pub(crate) trusted_certificates: Option<&'a str>,
    /// Our certificate and its private key (PEM).
    pub(crate) client_identity: Option<&'a KeptSecret>,
}

/// A client for a server.
pub(crate) fn build(way: Way<'_>) -> Result<Client, String> {
    let mut builder = Client::builder()
        .redirect(redirect::Policy::none())
        // A proxy would connect to where the addresses were not checked.
        .no_proxy()
        .tls_version_min(tls::Version::TLS_1_2)
        .http1_only()
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .user_agent(concat!("frontdesk/", env!("CARGO_PKG_VERSION")))
        .dns_resolver(Arc::new(CheckedNames { allow_private: way.allow_private }));
    if let Some(pem) = way.trusted_certificates {
        let certificates = Certificate::from_pem_bundle(pem.as_bytes()).map_err(|error| cause(&error))?;
        if certificates.is_empty() {
            return Err("there is no certificate in trusted_certificates".to_owned());
        }
        builder = builder.tls_certs_merge(certificates);
    }
    if let Some(pem) = way.client_identity {
        let identity = Identity::from_pem(pem.reveal().as_bytes()).map_err(|error| cause(&error))?;
        builder = builder.identity(identity);
    }
    builder.build().map_err(|error| cause(&error))
}

/// Refuses an address that stands in a URL by itself; names are checked when they are resolved.
pub(crate) fn check_literal(allow_private: bool, url: &Url) -> Result<(), String> {
    let host = url.host_str().unwrap_or_default();
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match literal {
        Ok(address) if !allow_private && !is_public(address) => Err(NotPublic(address).to_string()),
        _ => Ok(()),
    }
}

/// Resolves names, and gives only the addresses that may be connected to: nothing is looked up a second time.
#[derive(Debug)]
struct CheckedNames {
    allow_private: bool,
}

impl Resolve for CheckedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !allow_private {
                check_found(&found)?;
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Refuses what a name was resolved to. One private address is enough to distrust the name.
fn check_found(found: &[SocketAddr]) -> Result<(), NotPublic> {
    let private = found.iter().map(SocketAddr::ip).find(|address| !is_public(*address));
    private.map_or(Ok(()), |address| Err(NotPublic(address)))
}

/// The body of an answer, if it has at most so many bytes.
pub(crate) async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| cause(&error))? {
        if body.len() + chunk.len() > most {
            return Err(format!("the answer is longer than {most} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The innermost reason, which is the one that helps.
pub(crate) fn cause(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    if error.source().is_some() { innermost.to_string() } else { "the request failed".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(found: &[&str]) -> Result<(), String> {
        let found: Vec<SocketAddr> =
            found.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect();
        check_found(&found).map_err(|error| error.to_string())
    }

    #[test]
    fn a_name_with_one_private_address_is_refused() {
        check(&["1.1.1.1", "2606:4700:4700::1111"]).unwrap();
        for private in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:192.168.0.1"] {
            for found in [&["1.1.1.1", private][..], &[private, "1.1.1.1"], &[private]] {
                let refused = check(found).unwrap_err();
                let address: IpAddr = private.parse().unwrap();
                assert!(refused.starts_with(&format!("{address} is not a public address")), "{refused}");
            }
        }
    }

    /// However it is written, the name is looked at by what it is resolved to.
    #[tokio::test]
    async fn names_of_this_machine_are_refused_unless_private_ones_are_allowed() {
        for name in ["localhost", "LOCALHOST"] {
            let resolve = |allow_private| CheckedNames { allow_private }.resolve(name.parse().unwrap());
            let Err(refused) = resolve(false).await else { panic!("{name} was allowed") };
            assert!(refused.is::<NotPublic>(), "{name}: {refused}");
            let Ok(mut found) = resolve(true).await else { panic!("{name} was not resolved") };
            assert!(found.all(|address| address.ip().is_loopback()), "{name}");
        }
    }
}

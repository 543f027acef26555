//! Where a server is and how it is reached; every call goes through here.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use frontdesk_api::Secret;
use reqwest::header::{CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue, UPGRADE};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Url, Version};
use serde::Serialize;

use crate::answer::{Answer, Opened, broken};
use crate::error::{Error, Route};

/// The customer's token, which servers renew in the same header of an answer.
pub(crate) const MESSAGING_TOKEN: HeaderName = HeaderName::from_static("ccmessaging-token");
/// The app's public key.
pub(crate) const APP_KEY: HeaderName = HeaderName::from_static("x-app-key");

/// How long a whole call may take, unless told otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How much longer than its hold a held call may take.
const HOLD_MARGIN: Duration = Duration::from_secs(10);

/// A server's address and the HTTP client that reaches it.
///
/// Clones share the HTTP client and its connections.
#[derive(Clone)]
pub struct Endpoint {
    http: reqwest::Client,
    /// Speaks HTTP/1.1 alone, which is what a connection can be turned into a WebSocket from.
    upgrading: reqwest::Client,
    base: Url,
    timeout: Duration,
}

impl Endpoint {
    /// The server at this address: `https://host`, `http://127.0.0.1:8080`, or either with a path in front of the
    /// documented ones.
    ///
    /// Redirects are not followed, since they would carry credentials elsewhere. A loopback address is reached without
    /// a proxy, and plain `http` does not need any certificates to be installed.
    pub fn new(address: &str) -> Result<Self, Error> {
        let base = parse(address)?;
        let builder = || {
            let builder = reqwest::Client::builder()
                .user_agent(concat!("frontdesk-client/", env!("CARGO_PKG_VERSION")))
                .redirect(Policy::none())
                .connect_timeout(CONNECT_TIMEOUT);
            if is_loopback(&base) { builder.no_proxy() } else { builder }
        };
        let (http, upgrading) = if base.scheme() == "http" {
            let http = builder().tls_certs_only([]).build().map_err(Error::Setup)?;
            (http.clone(), http)
        } else {
            let upgrading = builder().http1_only().build().map_err(Error::Setup)?;
            (builder().build().map_err(Error::Setup)?, upgrading)
        };
        Ok(Self { http, upgrading, base, timeout: TIMEOUT })
    }

    /// The server at this address, reached through this HTTP client, whose settings stay as they are but for the
    /// time-out of each call. It should not follow redirects, nor have a time-out of its own, which would end streams.
    /// If it agrees on HTTP/2 with the server, feeds use Server-sent events instead of a WebSocket.
    pub fn with_http(address: &str, http: reqwest::Client) -> Result<Self, Error> {
        Ok(Self { upgrading: http.clone(), http, base: parse(address)?, timeout: TIMEOUT })
    }

    /// The same with another time-out for a whole call (30 s if never set). Held calls have their hold and 10 s.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// A request to a path as the server's routes have it, `names` standing in for its `{…}` in order.
    pub(crate) fn request(&self, method: Method, path: &'static str, names: &[&str]) -> Request {
        let builder = self.http.request(method.clone(), self.url(path, names));
        Request { route: Route { method, path }, builder, timeout: Some(self.timeout) }
    }

    /// A request for turning the connection into another protocol's, for as long as that takes.
    pub(crate) fn upgrade(&self, path: &'static str, protocol: &'static str) -> Request {
        let builder = self.upgrading.get(self.url(path, &[])).version(Version::HTTP_11);
        let builder = builder.header(CONNECTION, "Upgrade").header(UPGRADE, protocol);
        Request { route: Route { method: Method::GET, path }, builder, timeout: None }
    }

    fn url(&self, path: &str, names: &[&str]) -> Url {
        let mut url = self.base.clone();
        let mut names = names.iter().copied();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty();
            for part in path.trim_start_matches('/').split('/') {
                segments.push(if part.starts_with('{') { names.next().unwrap_or_default() } else { part });
            }
        }
        url
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = self.base.origin().ascii_serialization();
        out.debug_struct("Endpoint")
            .field("origin", &origin)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

fn parse(address: &str) -> Result<Url, Error> {
    let mut url = Url::parse(address).map_err(|_| Error::Address("is no URL"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Error::Address("must begin with http:// or https://"));
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// A call that is being put together.
pub(crate) struct Request {
    route: Route,
    builder: RequestBuilder,
    /// How long the whole call may take, until the answer's last byte.
    timeout: Option<Duration>,
}

impl Request {
    /// With this JSON body.
    pub(crate) fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        Self { builder: self.builder.json(body), ..self }
    }

    /// With this body of this media type.
    pub(crate) fn body(self, media: &str, body: Vec<u8>) -> Self {
        Self { builder: self.builder.header(CONTENT_TYPE, media).body(body), ..self }
    }

    /// With this query.
    pub(crate) fn query<T: Serialize + ?Sized>(self, query: &T) -> Self {
        Self { builder: self.builder.query(query), ..self }
    }

    /// With this header.
    pub(crate) fn header(self, name: HeaderName, value: &str) -> Self {
        Self { builder: self.builder.header(name, value), ..self }
    }

    /// With this header, which the HTTP client shows nobody.
    pub(crate) fn secret_header(self, name: HeaderName, secret: &Secret) -> Self {
        let builder = match HeaderValue::from_str(secret.expose()) {
            Ok(mut value) => {
                value.set_sensitive(true);
                self.builder.header(name, value)
            }
            // The same text fails again, and the request with it once it is sent.
            Err(_) => self.builder.header(name, secret.expose()),
        };
        Self { builder, ..self }
    }

    /// With `Authorization: Bearer …`.
    pub(crate) fn bearer(self, token: &Secret) -> Self {
        Self { builder: self.builder.bearer_auth(token.expose()), ..self }
    }

    /// Held by the server for up to this long.
    pub(crate) fn held_for(self, hold: Duration) -> Self {
        Self { timeout: Some(hold.saturating_add(HOLD_MARGIN)), ..self }
    }

    /// Answered for as long as the server has something to say.
    pub(crate) fn streaming(self) -> Self {
        Self { timeout: None, ..self }
    }

    /// Sends it and reads the whole answer.
    pub(crate) async fn send(self) -> Result<Answer, Error> {
        self.open().await?.read().await
    }

    /// Sends it and reads the answer's head.
    pub(crate) async fn open(self) -> Result<Opened, Error> {
        let Self { route, builder, timeout } = self;
        let builder = match timeout {
            Some(timeout) => builder.timeout(timeout),
            None => builder,
        };
        match builder.send().await {
            Ok(response) => Ok(Opened { route, response }),
            Err(source) => Err(broken(route, source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_put_behind_the_address_and_names_are_escaped() {
        let url = |address: &str, path, names: &[&str]| {
            Endpoint::new(address).unwrap().url(path, names).to_string()
        };
        assert_eq!(url("http://127.0.0.1:8080", "/a/b", &[]), "http://127.0.0.1:8080/a/b");
        assert_eq!(
            url("http://[::1]/desk/?x=1#y", "/a/{id}/b", &["1/2 ü"]),
            "http://[::1]/desk/a/1%2F2%20%C3%BC/b"
        );
    }

    #[test]
    fn an_address_must_be_one_of_http() {
        let refused = |address| Endpoint::new(address).unwrap_err().to_string();
        assert_eq!(refused("127.0.0.1:8080"), "the server's address is no URL");
        assert_eq!(refused("ftp://host"), "the server's address must begin with http:// or https://");
    }

    #[test]
    fn loopback_is_recognised() {
        let loopback = |address| is_loopback(&parse(address).unwrap());
        assert!(loopback("http://127.0.0.1:1") && loopback("http://[::1]") && loopback("http://localhost"));
        assert!(!loopback("http://192.0.2.1") && !loopback("https://chat.example"));
    }

    #[test]
    fn debug_shows_no_credentials_of_the_address() {
        let endpoint = Endpoint::new("http://user:pass@127.0.0.1:1/").unwrap();
        assert!(!format!("{endpoint:?}").contains("pass"), "{endpoint:?}");
    }
}

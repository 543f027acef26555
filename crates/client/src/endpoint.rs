//! Where a server is and how it is reached; every call goes through here.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use frontdesk_api::Secret;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorAnswer, Route, StatusError};

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
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("frontdesk-client/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT);
        if base.scheme() == "http" {
            builder = builder.tls_certs_only([]);
        }
        if is_loopback(&base) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(Error::Setup)?;
        Ok(Self { http, base, timeout: TIMEOUT })
    }

    /// The server at this address, reached through this HTTP client, whose settings stay as they are but for the
    /// time-out of each call. It should not follow redirects.
    pub fn with_http(address: &str, http: reqwest::Client) -> Result<Self, Error> {
        Ok(Self { http, base: parse(address)?, timeout: TIMEOUT })
    }

    /// The same with another time-out for a whole call (30 s if never set). Held calls have their hold and 10 s.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// A request to a path as the server's routes have it, `names` standing in for its `{…}` in order.
    pub(crate) fn request(&self, method: Method, path: &'static str, names: &[&str]) -> Request {
        let builder = self.http.request(method.clone(), self.url(path, names)).timeout(self.timeout);
        Request { route: Route { method, path }, builder }
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
        Self { builder: self.builder.timeout(hold.saturating_add(HOLD_MARGIN)), ..self }
    }

    /// Sends it and reads the whole answer.
    pub(crate) async fn send(self) -> Result<Answer, Error> {
        let Self { route, builder } = self;
        let received = async {
            let response = builder.send().await?;
            let (status, headers) = (response.status(), response.headers().clone());
            Ok((status, headers, response.bytes().await?))
        };
        match received.await {
            Ok((status, headers, body)) => Ok(Answer { route, status, headers, body }),
            // A query in the address may hold ids and cursors.
            Err(source) => {
                let source: reqwest::Error = source;
                Err(Error::Transport { route, source: source.without_url() })
            }
        }
    }
}

/// A whole answer of any status.
pub(crate) struct Answer {
    route: Route,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    pub(crate) fn is_unauthorized(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED
    }

    /// The renewed customer's token, if the server sent one.
    pub(crate) fn messaging_token(&self) -> Option<Secret> {
        let token = self.headers.get(MESSAGING_TOKEN)?.to_str().ok()?.trim();
        (!token.is_empty()).then(|| Secret::from(token))
    }

    /// The body of a successful answer.
    pub(crate) fn bytes(self) -> Result<Bytes, Error> {
        if self.status.is_success() {
            return Ok(self.body);
        }
        let text = |name| self.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let retry_after = text(RETRY_AFTER).and_then(|seconds| seconds.trim().parse().ok());
        Err(Error::Status(Box::new(StatusError {
            status: self.status,
            retry_after: retry_after.map(Duration::from_secs),
            answer: ErrorAnswer::read(text(CONTENT_TYPE).unwrap_or_default(), &self.body),
            route: self.route,
        })))
    }

    /// The JSON of a successful answer.
    pub(crate) fn decode<T: DeserializeOwned>(self) -> Result<T, Error> {
        let route = self.route.clone();
        let body = self.bytes()?;
        serde_json::from_slice(&body).map_err(|_| Error::Decode { route, place: misfit::<T>(&body) })
    }

    /// The JSON of a successful answer, if `outcome` finds the result code of success in it.
    pub(crate) fn decode_success<T: DeserializeOwned>(
        self,
        outcome: impl FnOnce(&T) -> (&str, Option<&str>),
    ) -> Result<T, Error> {
        let route = self.route.clone();
        let answer: T = self.decode()?;
        let (code, text) = outcome(&answer);
        if code == frontdesk_api::messaging::result::SUCCESS {
            return Ok(answer);
        }
        let (code, text) = (code.to_owned(), text.unwrap_or_default().to_owned());
        Err(Error::Refused { route, code, text })
    }
}

/// Where a body does not fit: names only, since the JSON reader's own words would quote values.
fn misfit<T: DeserializeOwned>(body: &[u8]) -> String {
    let mut reader = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Ok(_) => ".".to_owned(),
        Err(error) => error.path().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use frontdesk_api::messaging::poll::PollAnswer;

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
    fn a_misfit_is_named_without_its_value() {
        let body = br#"{"downlinkMessages":[{"content":"my address","timestamp":"my birthday"}]}"#;
        let answer = Answer {
            route: Route { method: Method::GET, path: "/poll" },
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: Bytes::from_static(body),
        };
        let error = answer.decode::<PollAnswer>().unwrap_err();
        assert_eq!(error.to_string(), "GET /poll: the answer does not fit at downlinkMessages[0].timestamp");
        assert!(!format!("{error:?}").contains("my "));
    }

    #[test]
    fn debug_shows_no_credentials_of_the_address() {
        let endpoint = Endpoint::new("http://user:pass@127.0.0.1:1/").unwrap();
        assert!(!format!("{endpoint:?}").contains("pass"), "{endpoint:?}");
    }
}

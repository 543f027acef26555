//! Where a browser goes after a sign-in, and where it reaches this server.

use frontdesk_core::directory::IdentityProvider;
use http::{HeaderMap, header};
use openidconnect::url::{Position, Url};

use crate::error::ApiError;
use crate::signin::cookie::is_plain_loopback;

/// Where a browser goes that does not say where.
const DESK: &str = "/desk/";
/// Longest address, in bytes.
const MOST_BYTES: usize = 2_048;
/// Stands for this server while an address is looked at. Nobody has this name.
const HERE: &str = "http://here.invalid/";

/// A place of this server: a path, perhaps with a query and a fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// Reads an address as a browser would. Refuses whatever leads to another origin.
    pub fn read(given: Option<&str>) -> Result<Self, ApiError> {
        let given = given.unwrap_or(DESK);
        Self::within(given).ok_or_else(|| {
            ApiError::field_invalid("returnTo", "must be a path of this server, such as /desk/")
        })
    }

    fn within(given: &str) -> Option<Self> {
        if given.len() > MOST_BYTES || !given.starts_with('/') {
            return None;
        }
        let (here, found) = (Url::parse(HERE).ok()?, Url::parse(HERE).ok()?.join(given).ok()?);
        let path = &found[Position::BeforePath..];
        // What is left after the steps up may look like another host.
        let is_here = found.origin() == here.origin() && found.username().is_empty();
        (is_here && !path.starts_with("//") && !path.contains('\\')).then(|| Self(path.to_owned()))
    }

    /// As a browser is told.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where browsers reach this server, as far as the request tells.
pub fn origin_of(provider: &IdentityProvider, asked: &HeaderMap) -> Result<String, ApiError> {
    if let Some(url) = &provider.public_url {
        return Ok(url.clone());
    }
    let host = asked.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if is_plain_loopback(asked) { "http" } else { "https" };
    let origin = Url::parse(&format!("{scheme}://{host}/")).ok().filter(|url| {
        url.has_host() && url.path() == "/" && url.query().is_none() && url.username().is_empty()
    });
    origin.map(|url| url.origin().ascii_serialization()).ok_or_else(|| ApiError::Body {
        field: "host".to_owned(),
        message: "The request does not say where it was sent to.".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use frontdesk_core::id::IdentityProviderId;
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_places_of_this_server_are_returned_to() {
        let read = |text: &str| ReturnTo::within(text).map(|place| place.0);
        for fine in ["/", "/desk/", "/desk/c?id=1&x=//evil.example#top", "/a%2F%2Fb"] {
            assert_eq!(read(fine).as_deref(), Some(fine));
        }
        assert_eq!(read("/a/../b").as_deref(), Some("/b"));
        for foreign in [
            "",
            "desk",
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/..//evil.example",
            "/.//evil.example",
            "/%2e%2e//evil.example",
            "javascript:alert(1)",
            " //evil.example",
        ] {
            assert_eq!(read(foreign), None, "{foreign:?}");
        }
        assert_eq!(read(&format!("/{}", "x".repeat(MOST_BYTES))), None);
        assert_eq!(ReturnTo::read(None).unwrap().as_str(), "/desk/");
    }

    #[test]
    fn this_server_is_where_it_was_asked() {
        let mut provider = IdentityProvider::new(IdentityProviderId::new("corp").unwrap(), "Corp");
        let origin = |provider: &IdentityProvider, host: &'static str| {
            let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
            origin_of(provider, &headers).ok()
        };
        assert_eq!(origin(&provider, "127.0.0.1:8080").as_deref(), Some("http://127.0.0.1:8080"));
        assert_eq!(origin(&provider, "desk.example").as_deref(), Some("https://desk.example"));
        for broken in ["", "desk.example/x", "a@desk.example", "desk.example?x"] {
            assert_eq!(origin(&provider, broken), None, "{broken:?}");
        }
        provider.public_url = Some("https://desk.example".to_owned());
        assert_eq!(origin(&provider, "").as_deref(), Some("https://desk.example"));
    }
}

//! Which page a request comes from.

use http::{HeaderMap, HeaderName, header};

use crate::error::ApiError;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// What only a script of this server's own pages can add: for others a browser would have to ask first, and these routes
/// never agree.
const OWN_PAGE: HeaderName = HeaderName::from_static("x-frontdesk");

/// Refuses what a browser sends by itself because some other page made it: a cookie alone proves nothing of who asks.
/// The page must say that it is one of this server, and so must the browser.
pub fn must_be_own_page(headers: &HeaderMap) -> Result<(), ApiError> {
    if text(headers, OWN_PAGE) == Some("1") { must_be_same_origin(headers) } else { Err(ApiError::CrossSite) }
}

/// The same for a form of this server's own pages, which cannot add a header: the browser alone says so.
pub fn must_be_same_origin(headers: &HeaderMap) -> Result<(), ApiError> {
    let is_same_origin = match text(headers, FETCH_SITE) {
        Some(site) => site == "same-origin",
        // Browsers of before 2023 do not say it, but send the origin.
        None => {
            text(headers, header::ORIGIN).zip(text(headers, header::HOST)).is_some_and(|(origin, host)| {
                origin.split_once("://").is_some_and(|(_, of)| of.eq_ignore_ascii_case(host))
            })
        }
    };
    if is_same_origin { Ok(()) } else { Err(ApiError::CrossSite) }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn accepted(headers: &[(&'static str, &'static str)]) -> bool {
        let all = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        must_be_own_page(&all.collect()).is_ok()
    }

    #[test]
    fn page_and_browser_must_both_say_so() {
        assert!(accepted(&[("x-frontdesk", "1"), ("sec-fetch-site", "same-origin")]));
        for site in ["cross-site", "same-site", "none", ""] {
            assert!(!accepted(&[("x-frontdesk", "1"), ("sec-fetch-site", site)]), "{site:?}");
        }
        assert!(!accepted(&[("sec-fetch-site", "same-origin")]));
        assert!(!accepted(&[("x-frontdesk", "yes"), ("sec-fetch-site", "same-origin")]));
        let host = ("host", "desk.example:8443");
        assert!(accepted(&[("x-frontdesk", "1"), host, ("origin", "https://desk.example:8443")]));
        assert!(!accepted(&[("x-frontdesk", "1"), host, ("origin", "https://desk.example")]));
        assert!(!accepted(&[("x-frontdesk", "1"), host, ("origin", "null")]));
        assert!(!accepted(&[("x-frontdesk", "1"), host]));
        // What the browser says of the site comes first.
        assert!(!accepted(&[
            ("x-frontdesk", "1"),
            host,
            ("origin", "https://desk.example:8443"),
            ("sec-fetch-site", "cross-site"),
        ]));
    }
}

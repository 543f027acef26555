//! The cookies of pages: the sign-in, and the device.

use std::net::IpAddr;
use std::time::Duration;

use frontdesk_core::secret::GeneratedSecret;
use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Holds the token of a sign-in.
pub const SESSION: &str = "fd_session";
/// Holds what makes the device known at later logins.
pub const DEVICE: &str = "fd_device";
/// Where the device's cookie goes: nowhere else is it of any use.
const DEVICE_PATH: &str = "/api/v1/agent/login";
/// Holds what has to be remembered while somebody is at an identity provider.
pub const AWAY: &str = "fd_signin";
/// Holds what has to be remembered while somebody still has to give a code.
pub const WAITING: &str = "fd_signin_code";
/// Where both go: nowhere else are they of any use.
const SIGN_IN_PATH: &str = "/api/v1/signin";
const DEVICE_LIFE: Duration = Duration::from_hours(365 * 24);
const STRICT: &str = "Strict";
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The value of a cookie.
pub fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, value)| *known == name && !value.is_empty()).map(|(_, value)| value)
}

/// Keeps a sign-in. `asked` are the headers of the request.
pub fn keep_session(asked: &HeaderMap, token: &GeneratedSecret, life: Duration) -> Option<HeaderValue> {
    set(asked, (SESSION, token.reveal()), "/", life, STRICT)
}

/// Keeps what makes a device known.
pub fn keep_device(asked: &HeaderMap, device: &str) -> Option<HeaderValue> {
    set(asked, (DEVICE, device), DEVICE_PATH, DEVICE_LIFE, STRICT)
}

/// Keeps what is remembered while somebody is at an identity provider. It must come back with the browser that the
/// provider sends back, so pages of others can have it sent as well; it opens nothing without what the provider says.
pub fn keep_away(asked: &HeaderMap, kept: &str, life: Duration) -> Option<HeaderValue> {
    set(asked, (AWAY, kept), SIGN_IN_PATH, life, "Lax")
}

/// Keeps what is remembered while somebody still has to give a code.
pub fn keep_waiting(asked: &HeaderMap, kept: &str, life: Duration) -> Option<HeaderValue> {
    set(asked, (WAITING, kept), SIGN_IN_PATH, life, STRICT)
}

/// Forgets a sign-in.
pub fn forget_session(asked: &HeaderMap) -> Option<HeaderValue> {
    set(asked, (SESSION, ""), "/", Duration::ZERO, STRICT)
}

fn set(
    asked: &HeaderMap,
    (name, value): (&str, &str),
    path: &str,
    life: Duration,
    same_site: &str,
) -> Option<HeaderValue> {
    let secure = if is_plain_loopback(asked) { "" } else { "; Secure" };
    let seconds = life.as_secs();
    let text =
        format!("{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite={same_site}{secure}");
    let mut cookie = HeaderValue::from_str(&text).ok()?;
    cookie.set_sensitive(true);
    Some(cookie)
}

/// Whether a browser reached this machine itself without encryption: it would not send a secure cookie back.
pub(super) fn is_plain_loopback(asked: &HeaderMap) -> bool {
    let text = |name: HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
    if text(FORWARDED_PROTO).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https")) {
        return false;
    }
    let Some(host) = text(header::HOST) else { return false };
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let sent = headers(&[("cookie", "a=1; fd_session=fda_x;b=fd_session=2"), ("cookie", "fd_device=d")]);
        assert_eq!(value(&sent, SESSION), Some("fda_x"));
        assert_eq!(value(&sent, DEVICE), Some("d"));
        assert_eq!(value(&sent, "c"), None);
        assert_eq!(value(&headers(&[("cookie", "fd_session=")]), SESSION), None);
    }

    #[test]
    fn only_plain_loopback_goes_without_secure() {
        for host in ["127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080", "127.0.0.2"] {
            assert!(is_plain_loopback(&headers(&[("host", host)])), "{host}");
            assert!(
                !is_plain_loopback(&headers(&[("host", host), ("x-forwarded-proto", "https")])),
                "{host}"
            );
        }
        for host in ["desk.example", "10.0.0.1:8080", "localhost.evil.example", "[2001:db8::1]:80", ""] {
            assert!(!is_plain_loopback(&headers(&[("host", host)])), "{host}");
        }
        assert!(!is_plain_loopback(&HeaderMap::new()));
    }
}

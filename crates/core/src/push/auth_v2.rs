//! The `auth-v2` signature of a request (`cec_07_0003`), which push carries in its `Authorization` header.
//!
//! The header is `auth-v2/{accessKey}/{timestamp}/{signedHeaders}/{signature}`. The push pages print it without the
//! last part; a signature that is not sent proves nothing, so it is there as in every other use of the format.
//!
//! Of the headers only `host` is signed, as the published demonstration does it. The body is part of what is signed
//! anyway, and it is always JSON: signing its type would add nothing but a way to disagree.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::time::Timestamp;

const SCHEME: &str = "auth-v2";
const TIME_FORMAT: &str = "%Y-%m-%dT%H:%M:%SZ";

/// A request as it is signed.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Its method in upper case.
    pub method: &'a str,
    /// The path as it stands in the request line.
    pub path: &'a str,
    /// The query's names and values, decoded.
    pub query: &'a [(&'a str, &'a str)],
    /// The signed headers; names in any case.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: &'a str,
}

/// Why a signature is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The header has another form.
    #[error("the header is not auth-v2/accessKey/timestamp/signedHeaders/signature")]
    Malformed,
    /// The access key is another.
    #[error("the access key is another")]
    AccessKey,
    /// It was made too long ago, or in the future.
    #[error("the signature's time is too far from now")]
    Time,
    /// A signed header is missing from the request, or one was given that is not signed.
    #[error("the signed headers are others")]
    Headers,
    /// The signature is not this request's.
    #[error("the signature does not match")]
    Signature,
}

/// Signs a request: gives the value of its `Authorization` header.
pub fn sign(request: &Request<'_>, access_key: &str, secret_key: &str, at: Timestamp) -> String {
    let prefix = format!("{SCHEME}/{access_key}/{}/{}", written(at), signed_headers(request));
    let signature = signature(request, &prefix, secret_key);
    format!("{prefix}/{signature}")
}

/// Checks the value of an `Authorization` header against a request. `request.headers` must hold the signed headers and
/// no others.
pub fn verify(
    header: &str,
    request: &Request<'_>,
    access_key: &str,
    secret_key: &str,
    now: Timestamp,
    tolerance: std::time::Duration,
) -> Result<(), Refused> {
    let parts: Vec<&str> = header.split('/').collect();
    let [SCHEME, key, time, headers, given] = parts[..] else { return Err(Refused::Malformed) };
    if key != access_key {
        return Err(Refused::AccessKey);
    }
    let at: jiff::Timestamp = time.parse().map_err(|_| Refused::Malformed)?;
    let at = Timestamp::from_millis(at.as_millisecond());
    if now.since(at).max(at.since(now)) > tolerance {
        return Err(Refused::Time);
    }
    if headers != signed_headers(request) {
        return Err(Refused::Headers);
    }
    let expected = signature(request, &format!("{SCHEME}/{key}/{time}/{headers}"), secret_key);
    let matches = bool::from(expected.as_bytes().ct_eq(given.as_bytes()));
    if matches { Ok(()) } else { Err(Refused::Signature) }
}

fn written(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default().strftime(TIME_FORMAT).to_string()
}

fn signed_headers(request: &Request<'_>) -> String {
    let mut names: Vec<String> = request.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort();
    names.join(";")
}

/// The key that signs is the *hexadecimal text* of the first code, not its bytes.
fn signature(request: &Request<'_>, prefix: &str, secret_key: &str) -> String {
    let signing_key = code(secret_key, prefix);
    code(&signing_key, &canonical(request))
}

fn canonical(request: &Request<'_>) -> String {
    let joined = |items: &[(&str, &str)], between: char, end: &str| {
        let mut items: Vec<String> = items
            .iter()
            .map(|(name, value)| format!("{}{between}{}", encoded(name), encoded(value)))
            .collect();
        items.sort();
        items.join(end)
    };
    let mut text = format!("{}\n{}\n", request.method, request.path);
    if !request.query.is_empty() {
        text.push_str(&joined(request.query, '=', "&"));
        text.push('\n');
    }
    let lower: Vec<(String, &str)> =
        request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), *value)).collect();
    let lower: Vec<(&str, &str)> = lower.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    text.push_str(&signed_headers(request));
    text.push('\n');
    text.push_str(&joined(&lower, ':', "\n"));
    text.push('\n');
    text.push_str(&encoded(request.body));
    text
}

/// Percent-encoding of everything that RFC 3986 does not call unreserved.
fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a string never fails.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn code(key: &str, text: &str) -> String {
    // A key of any length is fine for HMAC.
    Hmac::<Sha256>::new_from_slice(key.as_bytes())
        .map(|mut mac| {
            mac.update(text.as_bytes());
            hex::encode(mac.finalize().into_bytes())
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const KEY: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";
    const AT: Timestamp = Timestamp::from_millis(1_700_000_000_000);
    const MINUTE: Duration = Duration::from_mins(1);

    fn request(body: &str) -> Request<'_> {
        Request {
            method: "POST",
            path: "/webhooks/v1/messages",
            query: &[],
            headers: &[("Host", "shop.example:8443")],
            body,
        }
    }

    fn check(header: &str, body: &str, now: i64) -> Result<(), Refused> {
        verify(header, &request(body), "42", KEY, Timestamp::from_millis(now), MINUTE)
    }

    #[test]
    fn the_header_has_five_parts_and_the_time_in_utc() {
        let header = sign(&request("{}"), "42", KEY, AT);
        let (prefix, signature) = header.rsplit_once('/').unwrap();
        assert_eq!(prefix, "auth-v2/42/2023-11-14T22:13:20Z/host");
        assert_eq!(signature.len(), 64);
    }

    #[test]
    fn what_is_signed_is_what_was_published() {
        let request = Request {
            method: "GET",
            path: "/a/b",
            query: &[("z", ""), ("a b", "ü/")],
            headers: &[("Host", "h:1"), ("Content-Type", "application/json")],
            body: "",
        };
        let expected = "GET\n/a/b\na%20b=%C3%BC%2F&z=\ncontent-type;host\n\
                        content-type:application%2Fjson\nhost:h%3A1\n";
        assert_eq!(canonical(&request), expected);
    }

    #[test]
    fn any_change_is_noticed() {
        let header = sign(&request("{\"a\":1}"), "42", KEY, AT);
        assert_eq!(check(&header, "{\"a\":1}", AT.as_millis() + 30_000), Ok(()));
        assert_eq!(check(&header, "{\"a\":2}", AT.as_millis()), Err(Refused::Signature));
        assert_eq!(check(&header, "{\"a\":1}", AT.as_millis() + 61_000), Err(Refused::Time));
        assert_eq!(
            check(&header.replace("/42/", "/43/"), "{\"a\":1}", AT.as_millis()),
            Err(Refused::AccessKey)
        );
        assert_eq!(check(&header.replace("/host/", "/host;x/"), "", AT.as_millis()), Err(Refused::Headers));
        for bad in ["", "Bearer x", "auth-v2/42/now/host/00", "auth-v2/42/2023-11-14T22:13:20Z/host"] {
            assert_eq!(check(bad, "", AT.as_millis()), Err(Refused::Malformed), "{bad}");
        }
    }
}

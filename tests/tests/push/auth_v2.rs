//! A second verifier of auth-v2, written from the published description alone, with an HMAC of its own.

use sha2::{Digest, Sha256};

/// A request as it was received.
pub(crate) struct Received<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) host: &'a str,
    pub(crate) body: &'a str,
}

/// The access key and the time of a genuine request.
pub(crate) fn verify(
    authorization: &str,
    key: &str,
    request: &Received<'_>,
) -> Result<(String, String), String> {
    let (prefix, signature) = authorization.rsplit_once('/').ok_or("no signature")?;
    let mut parts = prefix.splitn(4, '/');
    let mut part = || parts.next().unwrap_or_default().to_owned();
    let (scheme, access_key, time, signed) = (part(), part(), part(), part());
    if scheme != "auth-v2" || signed != "host" {
        return Err(format!("{scheme} signs {signed}"));
    }
    let canonical = [
        request.method.to_owned(),
        request.path.to_owned(),
        signed,
        format!("host:{}", escape(request.host)),
        escape(request.body),
    ]
    .join("\n");
    let signing_key = hex(&hmac(key.as_bytes(), prefix.as_bytes()));
    let expected = hex(&hmac(signing_key.as_bytes(), canonical.as_bytes()));
    if expected == signature { Ok((access_key, time)) } else { Err("another signature".to_owned()) }
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'~' | b'-' => {
                char::from(byte).to_string()
            }
            other => format!("%{}", hex(&[other]).to_uppercase()),
        })
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// RFC 2104.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    if key.len() > 64 {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let padded = |with: u8| block.iter().map(|byte| byte ^ with).collect::<Vec<u8>>();
    let inner = Sha256::digest([padded(0x36), text.to_vec()].concat());
    Sha256::digest([padded(0x5c), inner.to_vec()].concat()).to_vec()
}

#[test]
fn the_hmac_is_that_of_rfc_4231() {
    let code = hex(&hmac(b"Jefe", b"what do ya want for nothing?"));
    assert_eq!(code, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

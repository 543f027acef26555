//! What a client says of the encodings that it understands (RFC 9110, section 12.5.3).

use http::{HeaderMap, header};

/// How a body is encoded, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    Plain,
}

impl Encoding {
    const COMPRESSED: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// Its name in headers.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Plain => "identity",
        }
    }
}

/// The encodings that a client accepts, best first; the plain one is always among them, since a client that wants
/// none of the others is better served than refused.
pub(super) fn accepted(headers: &HeaderMap) -> Vec<Encoding> {
    let mut weighed: Vec<(u16, Encoding)> = Encoding::COMPRESSED
        .into_iter()
        .map(|encoding| (weight(headers, encoding.name()), encoding))
        .filter(|(weight, _)| *weight > 0)
        .collect();
    weighed.sort_by_key(|(weight, encoding)| (std::cmp::Reverse(*weight), *encoding));
    weighed.into_iter().map(|(_, encoding)| encoding).chain([Encoding::Plain]).collect()
}

/// In thousandths; 0 for what is not accepted.
fn weight(headers: &HeaderMap, name: &str) -> u16 {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut everything_else = 0;
    for item in lists.flat_map(|list| list.split(',')) {
        let mut parts = item.split(';').map(str::trim);
        let coding = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let weight = weight.map_or(1_000, thousandths);
        if coding.eq_ignore_ascii_case(name) {
            return weight;
        }
        if coding == "*" {
            everything_else = weight;
        }
    }
    everything_else
}

/// A weight that cannot be read counts as none.
fn thousandths(text: &str) -> u16 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|letter| letter.is_ascii_digit()) {
        return 0;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().unwrap_or(0);
    match whole {
        "0" => fraction,
        "1" if fraction == 0 => 1_000,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::Encoding::{Brotli, Gzip, Plain};
    use super::{Encoding, accepted};

    fn of(list: &'static str) -> Vec<Encoding> {
        accepted(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(list))]))
    }

    #[test]
    fn the_best_that_is_accepted_comes_first() {
        assert_eq!(accepted(&HeaderMap::new()), [Plain]);
        assert_eq!(of("gzip, deflate, br, zstd"), [Brotli, Gzip, Plain]);
        assert_eq!(of("GZIP"), [Gzip, Plain]);
        assert_eq!(of("br;q=0.5, gzip;q=0.8"), [Gzip, Brotli, Plain]);
        assert_eq!(of("br; q=1.000, gzip;q=1"), [Brotli, Gzip, Plain]);
        assert_eq!(of("*"), [Brotli, Gzip, Plain]);
        assert_eq!(of("*;q=0.1, br;q=0"), [Gzip, Plain]);
        assert_eq!(of("gzip;q=0, identity"), [Plain]);
        assert_eq!(of("br;q=2, gzip;q=x, brotli"), [Plain]);
    }
}

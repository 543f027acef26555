//! Where a request comes from.
//!
//! A proxy adds the address that it was called from at the right of a header; what stands left of that was there before,
//! and anybody can have written it. So the header is read from the right, for as long as what is read was written by a
//! trusted proxy. Which header that is must be said: a proxy passes the other one on as the client sent it.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap, HeaderName, header};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::parts::Parts;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// A network, such as `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(IpNet);

impl Network {
    fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let one = || text.parse::<IpAddr>().map(IpNet::from);
        text.parse::<IpNet>().or_else(|_| one()).map(Self).map_err(|_| format!("{text:?} is no network"))
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.0.to_string()
    }
}

/// In which header trusted proxies say whom they speak for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProxyHeader {
    /// `X-Forwarded-For`: addresses with commas between them.
    XForwardedFor,
    /// `Forwarded`, as of RFC 7239.
    Forwarded,
}

/// Where a request comes from, as far as that can be trusted.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// For a connection from `peer`.
    pub fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[Network], header: ProxyHeader) -> Self {
        let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
        let mut known = peer.to_canonical();
        if !is_trusted(known) {
            return Self(known);
        }
        let name = match header {
            ProxyHeader::XForwardedFor => X_FORWARDED_FOR,
            ProxyHeader::Forwarded => header::FORWARDED,
        };
        let lines = headers.get_all(name);
        // Several lines are one list.
        let hops: Vec<&str> =
            lines.iter().flat_map(|line| line.to_str().unwrap_or("unknown").split(',')).collect();
        for hop in hops.into_iter().rev() {
            let hop = match header {
                ProxyHeader::XForwardedFor => Some(hop),
                ProxyHeader::Forwarded => spoken_for(hop),
            };
            // Whoever does not say for whom they speak is all that is known.
            let Some(address) = hop.and_then(read_address) else { break };
            known = address;
            if !is_trusted(known) {
                break;
            }
        }
        Self(known)
    }

    /// For a request; `None` if it did not come over a connection.
    pub fn of_request(parts: &Parts, extensions: &Extensions, headers: &HeaderMap) -> Option<Self> {
        let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
        let config = parts.limits.config();
        Some(Self::of(peer.ip(), headers, &config.trusted_proxies, config.proxy_header))
    }

    /// The address.
    pub const fn ip(self) -> IpAddr {
        self.0
    }

    /// What is limited by: of IPv6 the network of a household, which has as many addresses as it likes.
    pub fn household(self) -> IpAddr {
        household(self.0)
    }
}

/// See [`ClientAddress::household`].
pub fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address @ IpAddr::V4(_) => address,
    }
}

impl fmt::Debug for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The `for=` of one element of `Forwarded`.
fn spoken_for(element: &str) -> Option<&str> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| value.trim().trim_matches('"'))
    })
}

/// An address as proxies write it: with or without a port, IPv6 in brackets or not.
fn read_address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let address = text.parse::<IpAddr>().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|it| it.ip()));
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    address.or_else(bracketed).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(peer: &str, header: ProxyHeader, lines: &[&str], trusted: &[&str]) -> String {
        let name = match header {
            ProxyHeader::XForwardedFor => X_FORWARDED_FOR,
            ProxyHeader::Forwarded => header::FORWARDED,
        };
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(&name, line.parse().unwrap());
        }
        let trusted: Vec<Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        ClientAddress::of(peer.parse().unwrap(), &headers, &trusted, header).ip().to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed_and_from_the_right() {
        let by_x = |peer: &str, lines: &[&str]| {
            found(peer, ProxyHeader::XForwardedFor, lines, &["10.0.0.0/8", "::1"])
        };
        assert_eq!(by_x("203.0.113.9", &["198.51.100.1"]), "203.0.113.9", "anybody can write a header");
        assert_eq!(by_x("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(by_x("10.0.0.1", &["1.1.1.1, 198.51.100.1"]), "198.51.100.1", "the left is the client's");
        assert_eq!(by_x("10.0.0.1", &["198.51.100.1, 10.2.3.4"]), "198.51.100.1");
        assert_eq!(by_x("10.0.0.1", &["1.1.1.1", "198.51.100.1", "10.2.3.4"]), "198.51.100.1");
        assert_eq!(by_x("10.0.0.1", &["10.9.9.9"]), "10.9.9.9");
        assert_eq!(by_x("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(
            by_x("10.0.0.1", &["1.1.1.1, nonsense"]),
            "10.0.0.1",
            "what is behind nonsense is unknown"
        );
        assert_eq!(by_x("10.0.0.1", &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(by_x("::ffff:10.0.0.1", &["::ffff:198.51.100.1"]), "198.51.100.1");
        assert_eq!(by_x("::1", &["2001:db8::7"]), "2001:db8::7");
    }

    #[test]
    fn forwarded_is_read_as_the_rfc_has_it() {
        let by_forwarded = |lines: &[&str]| found("10.0.0.1", ProxyHeader::Forwarded, lines, &["10.0.0.0/8"]);
        assert_eq!(by_forwarded(&["for=198.51.100.1;proto=https;by=10.0.0.1"]), "198.51.100.1");
        assert_eq!(by_forwarded(&[r#"For="[2001:db8:cafe::17]:4711""#]), "2001:db8:cafe::17");
        assert_eq!(by_forwarded(&["for=1.1.1.1, for=198.51.100.1, for=10.1.1.1"]), "198.51.100.1");
        assert_eq!(by_forwarded(&["for=1.1.1.1, for=_hidden, for=10.1.1.1"]), "10.1.1.1");
        assert_eq!(by_forwarded(&["for=1.1.1.1, proto=https"]), "10.0.0.1");
        let other = found("10.0.0.1", ProxyHeader::XForwardedFor, &[], &["10.0.0.0/8"]);
        assert_eq!(other, "10.0.0.1");
    }

    #[test]
    fn a_household_is_one_whatever_addresses_it_takes() {
        let of = |text: &str| household(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:aaaa::1"), of("2001:db8:1:2:bbbb::2"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:203.0.113.9"), "203.0.113.9");
    }

    #[test]
    fn a_network_is_written_as_it_is_read() {
        for text in ["10.0.0.0/8", "2001:db8::/32", "192.0.2.1/32"] {
            assert_eq!(String::from(text.parse::<Network>().unwrap()), text);
        }
        assert_eq!(String::from("192.0.2.1".parse::<Network>().unwrap()), "192.0.2.1/32");
        assert!("10.0.0.0/33".parse::<Network>().is_err() && "proxy".parse::<Network>().is_err());
    }
}

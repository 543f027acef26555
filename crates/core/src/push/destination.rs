//! Where push may go: to the public internet, so that nobody can use it to reach into the network it runs in.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address belongs to the public internet. Whatever is reserved, private, local, shared by a provider,
/// meant for documentation or for many at once does not; nor does an IPv6 address that leads to such an IPv4 one.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    // In this order: "this network" and everything from multicast on, what the customers of a provider share, protocol
    // assignments, the old relays from IPv6, measurements between networks.
    let is_reserved = matches!(
        (a, b, c),
        (0 | 224..=255, _, _) | (100, 64..=127, _) | (192, 0, 0) | (192, 88, 99) | (198, 18..=19, _)
    );
    !(is_reserved
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = embedded_v4(address) {
        return is_public_v4(inner);
    }
    let segments = address.segments();
    // Only 2000::/3 is given out; of that, some is not for use.
    let is_given_out = segments[0] & 0xe000 == 0x2000;
    // Documentation, and protocol assignments: Teredo, benchmarking, ORCHID and the like.
    let is_reserved = matches!(segments, [0x2001, 0x0db8 | 0..=0x01ff, ..] | [0x3fff, 0..=0x0fff, ..]);
    is_given_out && !is_reserved
}

/// The IPv4 address that an IPv6 address leads to, if it leads to one.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [s0, s1, s2, s3, s4, s5, s6, s7] = address.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match (s0, s1) {
        // ::ffff:a.b.c.d (mapped) and ::a.b.c.d (compatible; :: and ::1 among them are not public either way).
        (0, 0) if [s2, s3, s4] == [0; 3] && matches!(s5, 0 | 0xffff) => Some(v4(s6, s7)),
        // Translation: 64:ff9b::/96 and 64:ff9b:1::/48.
        (0x64, 0xff9b) => Some(v4(s6, s7)),
        // 6to4.
        (0x2002, _) => Some(v4(s1, s2)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> bool {
        is_public(text.parse().unwrap())
    }

    #[test]
    fn what_is_not_for_everybody_is_not_public() {
        let private = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::a00:1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2001:20::1",
            "100::1",
            "3fff::1",
            "5f00::1",
        ];
        for address in private {
            assert!(!public(address), "{address}");
        }
    }

    #[test]
    fn the_internet_is_public() {
        let all = [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.0.1",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2a00::1",
        ];
        for address in all {
            assert!(public(address), "{address}");
        }
    }
}

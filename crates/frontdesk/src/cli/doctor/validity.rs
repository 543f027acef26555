//! For how long a certificate is good: the one thing of it that is read here, by the positions of RFC 5280, 4.1.

use frontdesk_core::time::Timestamp;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
/// `[0]`, explicit: the version, which the first one leaves away.
const VERSION: u8 = 0xA0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// From when until when a certificate is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Validity {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

/// Reads it from a certificate in DER; `None` if it is none.
pub(super) fn validity(certificate: &[u8]) -> Option<Validity> {
    let (certificate, _) = take(certificate, SEQUENCE)?;
    let (signed, _) = take(certificate, SEQUENCE)?;
    let rest = take(signed, VERSION).map_or(signed, |(_, rest)| rest);
    let (_serial_number, rest) = take(rest, INTEGER)?;
    let (_signature, rest) = take(rest, SEQUENCE)?;
    let (_issuer, rest) = take(rest, SEQUENCE)?;
    let (validity, _) = take(rest, SEQUENCE)?;
    let (from, rest) = time(validity)?;
    let (until, _) = time(rest)?;
    Some(Validity { from, until })
}

/// The contents of the element with this tag that bytes begin with, and what follows it.
fn take(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&[found, length], rest) = bytes.split_first_chunk()?;
    if found != tag {
        return None;
    }
    // Up to 127 it is the length; above, how many bytes the length has.
    let (length, rest) = match length {
        0..=0x7F => (usize::from(length), rest),
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(length & 0x7F))?;
            (length.iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte)), rest)
        }
        0x80 | 0x85.. => return None,
    };
    rest.split_at_checked(length)
}

/// A moment in either of the two forms, both in UTC and with seconds, and what follows it.
fn time(bytes: &[u8]) -> Option<(Timestamp, &[u8])> {
    let (digits, rest) = if let Some((text, rest)) = take(bytes, UTC_TIME) {
        let text = std::str::from_utf8(text).ok()?;
        // Two digits are a year from 1950 to 2049.
        let century = if text.get(..2)?.parse::<u8>().ok()? < 50 { "20" } else { "19" };
        (format!("{century}{text}"), rest)
    } else {
        let (text, rest) = take(bytes, GENERALIZED_TIME)?;
        (std::str::from_utf8(text).ok()?.to_owned(), rest)
    };
    let part = |from: usize, to: usize| digits.get(from..to);
    let [year, month, day] = [part(0, 4)?, part(4, 6)?, part(6, 8)?];
    let [hour, minute, second] = [part(8, 10)?, part(10, 12)?, part(12, 14)?];
    if digits.get(14..) != Some("Z") {
        return None;
    }
    // Certificates that never expire say so by the last second of the year 9999, which is beyond what is counted.
    let year = if year == "9999" { "9998" } else { year };
    let moment = Timestamp::from_rfc3339(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z"))?;
    Some((moment, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
        let length = u8::try_from(contents.len()).unwrap();
        let head = if length < 0x80 { vec![tag, length] } else { vec![tag, 0x81, length] };
        [head, contents.to_vec()].concat()
    }

    fn certificate(version: &[u8], from: &[u8], until: &[u8]) -> Vec<u8> {
        let validity = element(SEQUENCE, &[from, until].concat());
        let issuer = element(SEQUENCE, &[7; 130]);
        let serial_number = element(INTEGER, &[1]);
        let signature = element(SEQUENCE, &[5, 0]);
        let signed = [version, &serial_number, &signature, &issuer, &validity].concat();
        element(SEQUENCE, &element(SEQUENCE, &signed))
    }

    fn moment(text: &str) -> Timestamp {
        Timestamp::from_rfc3339(text).unwrap()
    }

    #[test]
    fn both_forms_of_time_are_read() {
        let from = element(UTC_TIME, b"991231235959Z");
        let until = element(GENERALIZED_TIME, b"20510203040506Z");
        let version = element(VERSION, &element(INTEGER, &[2]));
        let wanted = Validity { from: moment("1999-12-31T23:59:59Z"), until: moment("2051-02-03T04:05:06Z") };
        assert_eq!(validity(&certificate(&version, &from, &until)), Some(wanted));
        assert_eq!(validity(&certificate(&[], &from, &until)), Some(wanted));
    }

    #[test]
    fn what_never_expires_is_far_away() {
        let from = element(UTC_TIME, b"260101000000Z");
        let until = element(GENERALIZED_TIME, b"99991231235959Z");
        let found = validity(&certificate(&[], &from, &until)).unwrap();
        assert_eq!(found.from, moment("2026-01-01T00:00:00Z"));
        assert!(found.until > moment("9000-01-01T00:00:00Z"));
    }

    #[test]
    fn what_is_cut_short_or_none_is_refused() {
        let time = element(UTC_TIME, b"260101000000Z");
        let whole = certificate(&[], &time, &time);
        for length in 0..whole.len() {
            assert_eq!(validity(&whole[..length]), None, "{length}");
        }
        for wrong in
            [&b"260101000000"[..], b"260101000000+", b"26010100000Z", b"\xFF60101000000Z", b"261301000000Z"]
        {
            assert_eq!(validity(&certificate(&[], &element(UTC_TIME, wrong), &time)), None);
        }
        assert_eq!(validity(b"nothing of the kind"), None);
    }
}

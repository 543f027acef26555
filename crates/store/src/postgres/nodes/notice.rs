//! One notification: who tells, which of theirs it is, and hints, as JSON.
//!
//! Nodes of different versions hear each other. A new kind of hint is nothing to those that do not know it, so it never takes the
//! place of one that they need; what a kind says is never changed.

use std::fmt;

use frontdesk_core::entry::Audience;
use frontdesk_core::id::{ChannelId, QueueId, TenantId};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::Hint;
use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// The payload that says that what is configured was changed. It goes along with the change, in its transaction.
pub(super) const CONFIGURED: &str = "configured";

/// PostgreSQL takes payloads of less than 8,000 bytes.
const MOST_BYTES: usize = 7_500;

/// A notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    /// The number that a node gave itself when it started.
    pub(super) node: u64,
    /// How many this node has sent before; they are numbered without gaps.
    pub(super) count: u64,
    /// The hints; `None` if there may be some that are not understood though they should be.
    pub(super) hints: Option<Vec<Hint>>,
}

/// A notification as it is written. What a newer version adds beside these fields is nothing to this one.
#[derive(Serialize, Deserialize)]
struct Payload<H> {
    node: u64,
    count: u64,
    hints: H,
}

/// Who tells, of a notification of which nothing else is understood.
#[derive(Deserialize)]
struct Head {
    node: u64,
    count: u64,
}

/// A hint as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
enum Written {
    /// Log, number, audience.
    #[serde(rename = "c")]
    Committed(String, u64, u8),
    /// Log, audience.
    #[serde(rename = "t")]
    Typing(String, u8),
    /// Tenant, channel, log.
    #[serde(rename = "p")]
    Push(String, String, String),
    /// Tenant, queue.
    #[serde(rename = "q")]
    Queue(String, String),
    /// Of a kind that only newer versions know: it concerns what this one does not do.
    #[serde(skip)]
    Newer,
}

/// The kinds of hints, by how they are written.
#[derive(Deserialize)]
#[serde(field_identifier)]
enum Kind {
    #[serde(rename = "c")]
    Committed,
    #[serde(rename = "t")]
    Typing,
    #[serde(rename = "p")]
    Push,
    #[serde(rename = "q")]
    Queue,
    #[serde(other)]
    Newer,
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(HintVisitor)
    }
}

struct HintVisitor;

impl<'de> Visitor<'de> for HintVisitor {
    type Value = Written;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a hint")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Written, A::Error> {
        let kind = map.next_key()?.ok_or_else(|| A::Error::custom("a hint without a kind"))?;
        Ok(match kind {
            Kind::Committed => {
                let (log, number, audience) = map.next_value()?;
                Written::Committed(log, number, audience)
            }
            Kind::Typing => {
                let (log, audience) = map.next_value()?;
                Written::Typing(log, audience)
            }
            Kind::Push => {
                let (tenant, channel, log) = map.next_value()?;
                Written::Push(tenant, channel, log)
            }
            Kind::Queue => {
                let (tenant, queue) = map.next_value()?;
                Written::Queue(tenant, queue)
            }
            Kind::Newer => {
                map.next_value::<IgnoredAny>()?;
                Written::Newer
            }
        })
    }
}

impl Written {
    fn of(hint: &Hint) -> Self {
        match hint {
            Hint::Committed { log, number, audience } => {
                Self::Committed(log.to_string(), number.0, audience.bits())
            }
            Hint::Typing { log, audience } => Self::Typing(log.to_string(), audience.bits()),
            Hint::Push { tenant, channel, log } => {
                Self::Push(tenant.to_string(), channel.to_string(), log.to_string())
            }
            Hint::Queue { tenant, queue } => Self::Queue(tenant.to_string(), queue.to_string()),
        }
    }

    /// The hint; `None` if it is not understood.
    fn hint(self) -> Option<Hint> {
        Some(match self {
            Self::Committed(log, number, audience) => Hint::Committed {
                log: parse_log(&log)?,
                number: EntryNumber(number),
                audience: Audience::from_bits(audience),
            },
            Self::Typing(log, audience) => {
                Hint::Typing { log: parse_log(&log)?, audience: Audience::from_bits(audience) }
            }
            Self::Push(tenant, channel, log) => Hint::Push {
                tenant: TenantId::new(&tenant).ok()?,
                channel: ChannelId::new(&channel).ok()?,
                log: parse_log(&log)?,
            },
            Self::Queue(tenant, queue) => {
                Hint::Queue { tenant: TenantId::new(&tenant).ok()?, queue: QueueId::new(&queue).ok()? }
            }
            Self::Newer => return None,
        })
    }
}

fn parse_log(text: &str) -> Option<LogId> {
    let mut bytes = [0; 16];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(LogId::from_bytes(bytes))
}

/// What is sent next: as many hints as one notification has room for, which are taken.
pub(super) fn next_payload(node: u64, count: u64, hints: &mut Vec<Hint>) -> Option<String> {
    let mut notice = Payload { node, count, hints: Vec::new() };
    let mut bytes = serde_json::to_string(&notice).ok()?.len();
    let mut taken = 0;
    for hint in &*hints {
        let written = Written::of(hint);
        bytes += serde_json::to_string(&written).ok()?.len() + 1;
        if bytes > MOST_BYTES {
            break;
        }
        notice.hints.push(written);
        taken += 1;
    }
    hints.drain(..taken);
    serde_json::to_string(&notice).ok()
}

impl Notice {
    /// `None` of what is no notification of a node.
    pub(super) fn parse(payload: &str) -> Option<Self> {
        if let Ok(Payload { node, count, hints }) = serde_json::from_str::<Payload<Vec<Written>>>(payload) {
            let known = hints.into_iter().filter(|hint| *hint != Written::Newer);
            return Some(Self { node, count, hints: known.map(Written::hint).collect() });
        }
        // A newer version may write hints in another way. That the node is there is understood all the same.
        let Head { node, count } = serde_json::from_str(payload).ok()?;
        Some(Self { node, count, hints: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn committed(number: u64) -> Hint {
        Hint::Committed {
            log: LogId::from_bytes([7; 16]),
            number: EntryNumber(number),
            audience: Audience::OWN.and(Audience::AGENT),
        }
    }

    #[test]
    fn what_is_told_is_heard() {
        let hints = vec![
            committed(u64::from(u32::MAX)),
            Hint::Typing { log: LogId::from_bytes([1; 16]), audience: Audience::TYPING },
            Hint::Push {
                tenant: TenantId::new("demo").unwrap(),
                channel: ChannelId::new("web").unwrap(),
                log: LogId::from_bytes([2; 16]),
            },
            Hint::Queue { tenant: TenantId::new("demo").unwrap(), queue: QueueId::new("support").unwrap() },
        ];
        let mut unsent = hints.clone();
        let payload = next_payload(u64::MAX, 3, &mut unsent).unwrap();
        assert!(unsent.is_empty());
        let notice = Notice::parse(&payload).unwrap();
        assert_eq!((notice.node, notice.count), (u64::MAX, 3));
        assert_eq!(notice.hints.unwrap(), hints);
    }

    #[test]
    fn no_notification_is_too_long() {
        let mut unsent: Vec<Hint> = (0..1_000).map(committed).collect();
        let mut heard = Vec::new();
        let mut count = 0;
        while !unsent.is_empty() {
            let payload = next_payload(1, count, &mut unsent).unwrap();
            assert!(payload.len() < 8_000, "{}", payload.len());
            heard.extend(Notice::parse(&payload).unwrap().hints.unwrap());
            count += 1;
        }
        assert_eq!(heard, (0..1_000).map(committed).collect::<Vec<_>>());
    }

    #[test]
    fn of_what_a_newer_version_says_the_known_is_understood() {
        let known = r#"{"c":["07070707070707070707070707070707",3,1]}"#;
        let said =
            format!(r#"{{"node":1,"new":true,"count":2,"hints":[{{"n":{{"a":[1]}}}},{known},{{"m":7}}]}}"#);
        let log = LogId::from_bytes([7; 16]);
        let hint = Hint::Committed { log, number: EntryNumber(3), audience: Audience::from_bits(1) };
        assert_eq!(Notice::parse(&said), Some(Notice { node: 1, count: 2, hints: Some(vec![hint]) }));
    }

    #[test]
    fn a_node_whose_hints_are_not_understood_is_heard_all_the_same() {
        let heard = Some(Notice { node: 1, count: 2, hints: None });
        for hints in [r#"[{"c":["no log",3,1]}]"#, r#"[{"c":[1,2,3,4]}]"#, r#""c""#, "[{}]"] {
            assert_eq!(
                Notice::parse(&format!(r#"{{"node":1,"count":2,"hints":{hints}}}"#)),
                heard,
                "{hints}"
            );
        }
        assert_eq!(Notice::parse(r#"{"node":1,"count":2}"#), heard);
        assert_eq!(Notice::parse("something"), None);
    }
}

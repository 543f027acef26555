//! What a feed receives.

use frontdesk_api::messaging::poll::{
    AcknowledgedMessage, AcknowledgedPollAnswer, Gap, GapReason, PollEvent,
};

/// One thing that a feed gives.
#[derive(Debug, Clone, PartialEq)]
pub enum FeedItem {
    /// A message.
    Message(Box<AcknowledgedMessage>),
    /// An event of the classes asked for.
    Event(PollEvent),
    /// Something was missed; the feed goes on behind it.
    Gap(FeedGap),
}

impl FeedItem {
    /// The message, if it is one.
    pub fn message(&self) -> Option<&AcknowledgedMessage> {
        match self {
            Self::Message(message) => Some(message),
            Self::Event(_) | Self::Gap(_) => None,
        }
    }

    /// The number of its entry in the customer's log; `None` for what is not kept there.
    pub(super) fn seq(&self) -> Option<u64> {
        match self {
            // A server that knows the classic poll alone numbers nothing.
            Self::Message(message) => (message.seq > 0).then_some(message.seq),
            Self::Event(event) => event.seq,
            Self::Gap(_) => None,
        }
    }

    /// What tells it apart from others; empty if nothing does.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Message(message) if message.message_id.is_empty() => {
                message.message.message_code.clone().unwrap_or_default()
            }
            Self::Message(message) => message.message_id.clone(),
            Self::Event(PollEvent { seq: Some(seq), class, data, .. }) => {
                format!("{seq} {class} {}", data["state"])
            }
            Self::Event(_) | Self::Gap(_) => String::new(),
        }
    }
}

/// Messages were missed for good, or the place is one that the server does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedGap {
    /// Why.
    pub cause: GapCause,
}

/// Why something was missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GapCause {
    /// It was older than the delivery period (`EXPIRED`).
    Expired,
    /// There was too much of it (`OVERFLOW`).
    Overflow,
    /// The server's store is another one, since a backup was restored (`EPOCH`). What came before may come again, and
    /// what came after the backup may be gone: whoever shows messages shows the history anew.
    Epoch,
    /// The server does not know the place that was kept, as after `Epoch` (`CURSOR_INVALID`, `CURSOR_AHEAD`).
    UnknownPlace,
}

impl GapCause {
    /// Whether numbers and codes begin again, and may come again for something else.
    pub(super) const fn begins_anew(self) -> bool {
        matches!(self, Self::Epoch | Self::UnknownPlace)
    }
}

impl From<GapReason> for GapCause {
    fn from(reason: GapReason) -> Self {
        match reason {
            GapReason::Expired => Self::Expired,
            GapReason::Overflow => Self::Overflow,
            GapReason::Epoch => Self::Epoch,
        }
    }
}

/// What came together.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// What was missed before it, and where delivery goes on.
    pub(super) gap: Option<Gap>,
    /// In the order of the log.
    pub(super) items: Vec<FeedItem>,
    /// The cursor behind all of it; none if more of the last entry is to come.
    pub(super) cursor: Option<String>,
}

impl Batch {
    /// One thing out of a stream.
    pub(super) fn of(item: FeedItem, cursor: Option<String>) -> Self {
        Self { gap: None, items: vec![item], cursor }
    }
}

impl From<AcknowledgedPollAnswer> for Batch {
    fn from(answer: AcknowledgedPollAnswer) -> Self {
        let messages = answer.downlink_messages.into_iter().map(|message| FeedItem::Message(message.into()));
        // Over a stream too, an entry's message comes behind its events.
        let mut items: Vec<_> = answer.events.into_iter().map(FeedItem::Event).chain(messages).collect();
        items.sort_by_key(|item| item.seq().unwrap_or(u64::MAX));
        let cursor = Some(answer.next_cursor).filter(|cursor| !cursor.is_empty());
        Self { gap: answer.gap, items, cursor }
    }
}

//! Entries that have no number yet, as both stores take them.

use frontdesk_core::entry::{Audience, EntryBody};
use frontdesk_core::message::Author;
use frontdesk_core::port::StoreError;

use crate::value::words;

/// Whether somebody said something with an entry, as the column of that name has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// Nobody.
    Nothing,
    /// An agent, to the customer.
    ByAgent,
    /// Anybody else.
    Otherwise,
}

impl Said {
    pub(crate) fn of(body: &EntryBody, audience: Audience) -> Self {
        match body {
            EntryBody::Said(message) => match message.author {
                Author::Agent(_) if audience.meets(Audience::DOWNLINK) => Self::ByAgent,
                Author::Agent(_) | Author::Customer | Author::Robot(_) | Author::System => Self::Otherwise,
            },
            _ => Self::Nothing,
        }
    }

    pub(crate) const fn from_stored(said: i64) -> Self {
        match said {
            0 => Self::Nothing,
            2 => Self::ByAgent,
            _ => Self::Otherwise,
        }
    }

    pub(crate) const fn stored(self) -> i64 {
        match self {
            Self::Nothing => 0,
            Self::Otherwise => 1,
            Self::ByAgent => 2,
        }
    }
}

/// An entry that has no number yet, already put into words, so that the writer thread does not have to.
pub(crate) struct NewEntry {
    pub(crate) body: EntryBody,
    pub(crate) text: String,
    pub(crate) audience: Audience,
}

impl NewEntry {
    pub(crate) fn new(body: EntryBody) -> Result<Self, StoreError> {
        Ok(Self { text: words(&body)?, audience: body.audience(), body })
    }

    /// How long it is as stored, in bytes.
    pub(crate) const fn len(&self) -> usize {
        self.text.len()
    }
}

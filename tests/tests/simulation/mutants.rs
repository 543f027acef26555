//! Rules broken on purpose, to see that the simulation notices. They sit where the server's code meets what surrounds it:
//! the code itself is the one that is served.

use frontdesk_core::conversation::{LogState, Session};
use frontdesk_core::port::{Commit, QueueItem};

/// A rule that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutant {
    /// A commit is written although the state has changed since.
    VersionIgnored,
    /// Who leaves a queue is taken out also if they have come back under a newer fence.
    FenceIgnored,
    /// A message is acknowledged, and written a moment later.
    AcknowledgedTooSoon,
    /// An entry is left out when a log is read.
    EntrySkipped,
    /// Entries are read with the time of the one before.
    TimeStandsStill,
    /// A device's position is written one further than it is.
    CursorTooFar,
    /// No timer is ever set.
    TimerForgotten,
    /// Somebody who has an open conversation seems to have none.
    TwoConversations,
    /// Agents are given one customer more than they can hold.
    CapacityIgnored,
    /// Hints get lost, and nobody is told that something may have been missed.
    HintsLost,
    /// No rule is broken: as many hints get lost as with the one before, of which few would not be made up for by the next.
    HintsInterrupted,
    /// Who comes back to a queue is not put into it.
    QueueRowLost,
    /// What a request can be repeated by is not kept.
    RepeatsForgotten,
    /// What must follow a commit is not found again after a crash.
    IntentsForgotten,
    /// Claims whose node died are not found again.
    ClaimsForgotten,
    /// Slots that were reserved for a transfer which did not come about are not found again.
    ReservationsForgotten,
    /// No rule is broken: answers to reservations get lost often, as with the one before, which nobody would notice otherwise.
    ReservationsInterrupted,
}

impl Mutant {
    pub(crate) const ALL: [Self; 17] = [
        Self::VersionIgnored,
        Self::FenceIgnored,
        Self::AcknowledgedTooSoon,
        Self::EntrySkipped,
        Self::TimeStandsStill,
        Self::CursorTooFar,
        Self::TimerForgotten,
        Self::TwoConversations,
        Self::CapacityIgnored,
        Self::HintsLost,
        Self::HintsInterrupted,
        Self::QueueRowLost,
        Self::RepeatsForgotten,
        Self::IntentsForgotten,
        Self::ClaimsForgotten,
        Self::ReservationsForgotten,
        Self::ReservationsInterrupted,
    ];

    /// The mutant of this name, as it stands in the code.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mutant| format!("{mutant:?}") == name)
    }

    /// What is written instead of a decision.
    pub(crate) fn spoil_commit(self, commit: &mut Commit) {
        match self {
            Self::TimerForgotten => commit.timer = None,
            Self::RepeatsForgotten => commit.idempotency = None,
            _ => {}
        }
    }

    /// What is read instead of a log's state.
    pub(crate) fn spoil_state(self, state: &mut LogState) {
        if self == Self::TwoConversations && state.version % 7 == 3 {
            state.session = Session::Closed { offline: false };
        }
    }

    /// Whether this customer is not put into the queue.
    pub(crate) fn loses(self, item: &QueueItem) -> bool {
        self == Self::QueueRowLost && item.fence % 8 == 4
    }

    /// Whether what was found is hidden.
    pub(crate) fn hides_from(self, method: &str) -> bool {
        matches!(
            (self, method),
            (Self::IntentsForgotten, "pending_intents")
                | (Self::ClaimsForgotten, "stale_claims")
                | (Self::ReservationsForgotten, "stale_reservations")
        )
    }

    /// How many of a thousand answers to this are lost, if that is another number than the climate's. Between a reservation
    /// and its transfer is so little time, and so few transfers go to an agent who has room, that it hardly ever happens.
    pub(crate) fn loses_answers(self, method: &str) -> Option<u64> {
        let interrupts = matches!(self, Self::ReservationsForgotten | Self::ReservationsInterrupted);
        (interrupts && method == "reserve").then_some(600)
    }

    /// How many of a thousand hints are lost, if that is another number than the climate's.
    pub(crate) fn loses_hints(self) -> Option<u64> {
        matches!(self, Self::HintsLost | Self::HintsInterrupted).then_some(600)
    }

    /// The same trouble without a broken rule, which must show nothing.
    pub(crate) fn unspoilt(self) -> Option<Self> {
        match self {
            Self::ReservationsForgotten => Some(Self::ReservationsInterrupted),
            Self::HintsLost => Some(Self::HintsInterrupted),
            _ => None,
        }
    }

    /// By how much agents can hold more than they can.
    pub(crate) fn more_capacity(self) -> u32 {
        u32::from(self == Self::CapacityIgnored)
    }
}

//! What is done to the servers and to what is between them and the database.

use std::fmt;
use std::time::{Duration, Instant};

use frontdesk_tests::kit::{Dice, Ending};

use super::cluster::Cluster;

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Victim {
    /// The one that leads.
    Leader,
    /// Any that does not.
    Other,
}

/// Which ways to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ways {
    Both,
    /// Over which it reads and writes.
    Queries,
    /// Over which it hears the others, and leads.
    Listening,
}

/// What becomes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Connections are reset, and new ones are refused.
    Refused,
    /// Nothing passes and nobody is told; then everything goes on.
    Stalled,
    /// The same, but connections of before stay silent for ever.
    Forgotten,
}

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A server is killed and started again.
    Kill(Victim),
    /// The database is ended and started again.
    Database(Ending),
    /// A server is cut off from the database for a while.
    Network(Victim, Ways, Cut),
}

impl Fault {
    /// Everything that goes wrong in one round.
    pub(super) const ALL: [Self; 9] = [
        Self::Kill(Victim::Leader),
        Self::Kill(Victim::Other),
        Self::Database(Ending::Fast),
        Self::Database(Ending::Immediate),
        Self::Network(Victim::Leader, Ways::Both, Cut::Forgotten),
        Self::Network(Victim::Other, Ways::Both, Cut::Refused),
        Self::Network(Victim::Other, Ways::Queries, Cut::Stalled),
        Self::Network(Victim::Other, Ways::Listening, Cut::Stalled),
        Self::Network(Victim::Leader, Ways::Listening, Cut::Forgotten),
    ];

    /// All of them in some order.
    pub(super) fn round(dice: &Dice) -> Vec<Self> {
        let mut faults = Self::ALL.to_vec();
        for last in (1..faults.len()).rev() {
            faults.swap(last, usize::try_from(dice.below(last as u64 + 1)).unwrap());
        }
        faults
    }

    /// Whether another server must lead afterwards.
    const fn takes_the_lead(self) -> bool {
        matches!(self, Self::Kill(Victim::Leader) | Self::Network(Victim::Leader, ..))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whom = |victim: &Victim| if *victim == Victim::Leader { "the leader" } else { "a server" };
        match self {
            Self::Kill(victim) => write!(f, "{} is killed", whom(victim)),
            Self::Database(Ending::Fast) => write!(f, "the database restarts in order"),
            Self::Database(Ending::Immediate) => write!(f, "the database crashes"),
            Self::Network(victim, ways, cut) => {
                let ways = match ways {
                    Ways::Both => "all connections",
                    Ways::Queries => "the connections of queries",
                    Ways::Listening => "the connection of hints",
                };
                let cut = match cut {
                    Cut::Refused => "are reset and refused",
                    Cut::Stalled => "fall silent and go on",
                    Cut::Forgotten => "fall silent for ever",
                };
                write!(f, "{ways} of {} {cut}", whom(victim))
            }
        }
    }
}

/// What came of a fault.
pub(super) struct Struck {
    /// When it began.
    pub(super) begun: Instant,
    /// When there was nothing in the way any more.
    pub(super) healed: Instant,
    /// How long after its beginning another server led, if one had to.
    pub(super) led_after: Option<Duration>,
}

/// Has something go wrong, and mends it after a while.
pub(super) async fn strike(cluster: &mut Cluster, fault: Fault, dice: &Dice) -> Struck {
    let (leader, _) = cluster.led_by_other_than(None).await;
    let others: Vec<usize> = (0..cluster.count()).filter(|number| *number != leader).collect();
    let other = others[usize::try_from(dice.below(others.len() as u64)).unwrap()];
    let number = |victim| if victim == Victim::Leader { leader } else { other };
    let lasts = Duration::from_millis(2_000 + dice.below(2_000));
    let begun = Instant::now();
    match fault {
        Fault::Kill(victim) => cluster.kill(number(victim)),
        Fault::Database(ending) => cluster.restart_database(ending).await,
        Fault::Network(victim, ways, cut) => cut_off(cluster, number(victim), ways, cut),
    }
    let led_after = if fault.takes_the_lead() {
        cluster.led_by_other_than(Some(leader)).await;
        Some(begun.elapsed())
    } else {
        None
    };
    let healed = match fault {
        // Whatever the dead server did is done by the others from now on.
        Fault::Kill(victim) => {
            tokio::time::sleep(lasts.saturating_sub(begun.elapsed())).await;
            cluster.restart(number(victim)).await;
            begun
        }
        Fault::Database(_) => Instant::now(),
        Fault::Network(victim, ways, cut) => {
            tokio::time::sleep(lasts.saturating_sub(begun.elapsed())).await;
            mend(cluster, number(victim), ways, cut);
            Instant::now()
        }
    };
    Struck { begun, healed, led_after }
}

/// Cuts a server off.
pub(super) fn cut_off(cluster: &Cluster, number: usize, ways: Ways, cut: Cut) {
    let node = &cluster.nodes[number];
    for (wire, other) in [(&node.queries, Ways::Listening), (&node.listening, Ways::Queries)] {
        if ways == other {
            continue;
        }
        match cut {
            Cut::Refused => wire.refuse(),
            Cut::Stalled | Cut::Forgotten => wire.stall(),
        }
    }
}

/// Ends what [`cut_off`] began.
pub(super) fn mend(cluster: &Cluster, number: usize, ways: Ways, cut: Cut) {
    let node = &cluster.nodes[number];
    for (wire, other) in [(&node.queries, Ways::Listening), (&node.listening, Ways::Queries)] {
        if ways == other {
            continue;
        }
        match cut {
            Cut::Refused | Cut::Stalled => wire.heal(),
            Cut::Forgotten => wire.forget(),
        }
    }
}

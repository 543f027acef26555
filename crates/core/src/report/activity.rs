//! How agents spend their time: what they declare, and whether they have a customer. It is written down when it changes,
//! beside the logs.

use std::collections::BTreeMap;

use crate::id::AgentId;
use crate::report::Period;
use crate::routing::AgentStatus;
use crate::time::Timestamp;

/// What an agent does for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActivityKind {
    /// Takes customers.
    Online,
    /// Is signed in and takes no more customers.
    Busy,
    /// Is signed in and not at the desk.
    Away,
    /// Is signed in, but no desk of theirs is heard of.
    Unreachable,
    /// Has at least one customer, or an offer of one, or after-call work.
    Engaged,
    /// Does after-call work; once for each customer that it is about.
    WrapUp,
}

impl ActivityKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Online, Self::Busy, Self::Away, Self::Unreachable, Self::Engaged, Self::WrapUp];

    /// The kind as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Busy => "busy",
            Self::Away => "away",
            Self::Unreachable => "unreachable",
            Self::Engaged => "engaged",
            Self::WrapUp => "wrap_up",
        }
    }

    /// The kind that is stored so.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// What an agent does who declares this; nothing if they are not signed in.
    pub const fn of_status(status: AgentStatus, is_reachable: bool) -> Option<Self> {
        match (status, is_reachable) {
            (AgentStatus::Offline, _) => None,
            (_, false) => Some(Self::Unreachable),
            (AgentStatus::Online, true) => Some(Self::Online),
            (AgentStatus::Busy, true) => Some(Self::Busy),
            (AgentStatus::Away, true) => Some(Self::Away),
        }
    }
}

/// What an agent did, or does, for a while.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Activity {
    /// Who.
    pub agent: AgentId,
    /// What.
    pub kind: ActivityKind,
    /// Since when.
    pub since: Timestamp,
    /// Until when; `None` while it lasts.
    pub until: Option<Timestamp>,
    /// Why, if the agent said so.
    pub reason: Option<String>,
}

/// How long something was done, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ActivityTimes {
    /// Online.
    pub online: i64,
    /// Busy.
    pub busy: i64,
    /// Away.
    pub away: i64,
    /// Signed in and not heard of.
    pub unreachable: i64,
    /// After-call work, counted once for each customer.
    pub wrap_up: i64,
    /// Online or busy, with a customer.
    pub occupied: i64,
}

impl ActivityTimes {
    /// Online or busy.
    pub const fn present(&self) -> i64 {
        self.online + self.busy
    }

    /// Adds all of another.
    pub const fn merge(&mut self, other: &Self) {
        self.online += other.online;
        self.busy += other.busy;
        self.away += other.away;
        self.unreachable += other.unreachable;
        self.wrap_up += other.wrap_up;
        self.occupied += other.occupied;
    }
}

/// Adds up what agents did in each of these periods, which follow each other in time. What lasts, lasts until `now`.
pub fn add_activities(
    activities: &[Activity],
    periods: &[Period],
    now: Timestamp,
) -> BTreeMap<(usize, AgentId), ActivityTimes> {
    let mut times: BTreeMap<(usize, AgentId), ActivityTimes> = BTreeMap::new();
    let mut put =
        |agent: &AgentId, (from, to): (Timestamp, Timestamp), add: &dyn Fn(&mut ActivityTimes, i64)| {
            let first = periods.partition_point(|period| period.to <= from);
            for (index, period) in
                periods.iter().enumerate().skip(first).take_while(|(_, period)| period.from < to)
            {
                let length = to.min(period.to).as_millis() - from.max(period.from).as_millis();
                if length > 0 {
                    add(times.entry((index, agent.clone())).or_default(), length);
                }
            }
        };
    let mut by_agent: BTreeMap<&AgentId, Vec<&Activity>> = BTreeMap::new();
    for activity in activities {
        by_agent.entry(&activity.agent).or_default().push(activity);
    }
    for (agent, own) in by_agent {
        let end = |activity: &Activity| activity.until.unwrap_or(now);
        for activity in &own {
            put(agent, (activity.since, end(activity)), &|times, length| match activity.kind {
                ActivityKind::Online => times.online += length,
                ActivityKind::Busy => times.busy += length,
                ActivityKind::Away => times.away += length,
                ActivityKind::Unreachable => times.unreachable += length,
                ActivityKind::WrapUp => times.wrap_up += length,
                ActivityKind::Engaged => {}
            });
        }
        let spans = |kinds: &[ActivityKind]| {
            let of_kind = own.iter().filter(|activity| kinds.contains(&activity.kind));
            let mut spans: Vec<_> = of_kind.map(|activity| (activity.since, end(activity))).collect();
            spans.sort_unstable();
            spans
        };
        let present = spans(&[ActivityKind::Online, ActivityKind::Busy]);
        for both in overlaps(&present, &spans(&[ActivityKind::Engaged])) {
            put(agent, both, &|times, length| times.occupied += length);
        }
    }
    times
}

/// Where two lists of spans, each in order and without overlaps of its own, overlap.
fn overlaps(one: &[(Timestamp, Timestamp)], other: &[(Timestamp, Timestamp)]) -> Vec<(Timestamp, Timestamp)> {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    let mut found = Vec::new();
    while let (Some(left), Some(right)) = (one.peek(), other.peek()) {
        let both = (left.0.max(right.0), left.1.min(right.1));
        if both.0 < both.1 {
            found.push(both);
        }
        if left.1 <= right.1 {
            one.next();
        } else {
            other.next();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_millis(minute * 60_000)
    }

    #[test]
    fn time_is_split_over_periods_and_occupied_only_while_present() {
        let agent = AgentId::new("101").unwrap();
        let did = |kind, since, until: Option<i64>| Activity {
            agent: agent.clone(),
            kind,
            since: at(since),
            until: until.map(at),
            reason: None,
        };
        let activities = [
            did(ActivityKind::Online, 0, Some(20)),
            did(ActivityKind::Away, 20, Some(25)),
            did(ActivityKind::Busy, 25, None),
            did(ActivityKind::Engaged, 10, Some(28)),
        ];
        let period = |from, to| Period { from: at(from), to: at(to), label: String::new() };
        let times = add_activities(&activities, &[period(0, 15), period(15, 30), period(30, 45)], at(40));
        let minutes = |index: usize| {
            let times = times[&(index, agent.clone())];
            [times.online, times.busy, times.away, times.occupied].map(|millis| millis / 60_000)
        };
        assert_eq!(minutes(0), [15, 0, 0, 5]);
        assert_eq!(minutes(1), [5, 5, 5, 8]);
        assert_eq!(minutes(2), [0, 10, 0, 0]);
    }
}

//! Which free agent gets which waiting customer.

use std::cmp::Ordering;

use crate::directory::Strategy;
use crate::id::AgentId;
use crate::routing::AgentStatus;
use crate::texts::language;
use crate::time::Timestamp;

/// An agent who might get a waiting customer: one who serves the queue and knows what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The agent.
    pub agent: AgentId,
    /// What the agent declares.
    pub status: AgentStatus,
    /// Whether the agent's desk has been heard of lately.
    pub reachable: bool,
    /// How much of the capacity is in use, in units of channels' weights; after-call work counts.
    pub held: u32,
    /// How much the agent can hold.
    pub capacity: u32,
    /// When the agent last got a customer.
    pub last_assigned: Option<Timestamp>,
    /// Since when the agent has been free: the end of their last conversation, or when they came online.
    pub idle_since: Option<Timestamp>,
    /// The languages that the agent writes; empty for any.
    pub languages: Vec<String>,
}

impl Candidate {
    /// Whether the agent takes customers now, if there is room.
    pub const fn is_there(&self) -> bool {
        matches!(self.status, AgentStatus::Online) && self.reachable
    }

    /// Whether the agent can take one more of this weight.
    pub const fn has_room(&self, weight: u32) -> bool {
        self.held.saturating_add(weight) <= self.capacity
    }

    fn speaks(&self, locale: &str) -> bool {
        let wanted = language(locale);
        self.languages.is_empty()
            || wanted.is_empty()
            || self.languages.iter().any(|spoken| language(spoken) == wanted)
    }
}

/// What a waiting customer asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// How much of an agent's capacity the conversation takes.
    pub weight: u32,
    /// The customer's locale.
    pub locale: String,
    /// The agent who gets the customer only if nobody else is free.
    pub avoid: Option<AgentId>,
    /// The agent who gets the customer if free, and who is waited for until this moment, as long as they are there.
    pub prefer: Option<(AgentId, Timestamp)>,
    /// Agents who did not accept the customer, and until when they are not asked again.
    pub declined: Vec<(AgentId, Timestamp)>,
}

/// How a queue finds an agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MatchRules {
    /// Who of several free agents gets the next customer.
    pub strategy: Strategy,
    /// Whether customers go to agents who speak their language only.
    pub match_language: bool,
}

/// What was found for a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The agent at this place among the candidates.
    Candidate(usize),
    /// Nobody now; at this moment more agents may take the customer than can now, without any other event.
    Later(Timestamp),
    /// Nobody, until an agent becomes free.
    Nobody,
}

/// Finds an agent for one customer.
///
/// The preferred agent gets them if free, and is waited for while merely busy, until the moment that is given. Otherwise
/// it is the queue's strategy that says who of those with room gets them; the agent to avoid is the last resort.
pub fn choose(candidates: &[Candidate], demand: &Demand, rules: MatchRules, now: Timestamp) -> Choice {
    choose_among(candidates.iter().enumerate(), demand, rules, now)
}

/// The same among some of the candidates, each with the place that is told.
fn choose_among<'a>(
    candidates: impl Iterator<Item = (usize, &'a Candidate)> + Clone,
    demand: &Demand,
    rules: MatchRules,
    now: Timestamp,
) -> Choice {
    let declined_until = |agent: &AgentId| {
        demand
            .declined
            .iter()
            .filter(|(who, until)| who == agent && *until > now)
            .map(|(_, until)| *until)
            .max()
    };
    let fits = |candidate: &Candidate| {
        candidate.is_there() && (!rules.match_language || candidate.speaks(&demand.locale))
    };
    let preferred = demand.prefer.as_ref().and_then(|(agent, until)| {
        let mut found = candidates.clone().filter(|(_, candidate)| candidate.agent == *agent);
        let (place, candidate) = found.next().filter(|(_, candidate)| fits(candidate))?;
        declined_until(agent).is_none().then_some((place, candidate, *until))
    });
    match preferred {
        Some((place, candidate, _)) if candidate.has_room(demand.weight) => return Choice::Candidate(place),
        // Who could never take the customer is not busy.
        Some((_, candidate, until)) if until > now && candidate.capacity >= demand.weight => {
            return Choice::Later(until);
        }
        _ => {}
    }
    let mut later: Option<Timestamp> = None;
    let mut best: Option<(usize, &Candidate)> = None;
    for (place, candidate) in candidates {
        if !fits(candidate) || !candidate.has_room(demand.weight) {
            continue;
        }
        if let Some(until) = declined_until(&candidate.agent) {
            later = Some(later.map_or(until, |earlier| earlier.min(until)));
            continue;
        }
        let is_better = best.is_none_or(|(_, best)| {
            compare(candidate, best, demand.avoid.as_ref(), rules.strategy) == Ordering::Less
        });
        if is_better {
            best = Some((place, candidate));
        }
    }
    match (best, later) {
        (Some((place, _)), _) => Choice::Candidate(place),
        (None, Some(later)) => Choice::Later(later),
        (None, None) => Choice::Nobody,
    }
}

/// `Less` if `a` is to be given the customer rather than `b`. Never equal for different agents, so that every node
/// chooses the same.
fn compare(a: &Candidate, b: &Candidate, avoid: Option<&AgentId>, strategy: Strategy) -> Ordering {
    let is_avoided = |candidate: &Candidate| avoid == Some(&candidate.agent);
    let by_avoidance = is_avoided(a).cmp(&is_avoided(b));
    let by_load = || {
        // Parts of the capacity in use, compared without division.
        let (a, b) = (u64::from(a.held) * u64::from(b.capacity), u64::from(b.held) * u64::from(a.capacity));
        a.cmp(&b)
    };
    let by_assignment = || a.last_assigned.unwrap_or_default().cmp(&b.last_assigned.unwrap_or_default());
    let by_idleness = || {
        let rank = |candidate: &Candidate| (candidate.held > 0, candidate.idle_since.unwrap_or_default());
        rank(a).cmp(&rank(b))
    };
    let by_strategy = || match strategy {
        Strategy::LeastBusy => by_load().then_with(by_assignment),
        Strategy::LongestIdle => by_idleness().then_with(by_assignment),
        Strategy::RoundRobin => by_assignment(),
    };
    by_avoidance.then_with(by_strategy).then_with(|| a.agent.cmp(&b.agent))
}

/// A customer and the agent who was found for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The customer's place among those who wait.
    pub waiting: usize,
    /// The agent.
    pub agent: AgentId,
}

/// What one look at a queue found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matched {
    /// Who goes to whom.
    pub matches: Vec<Match>,
    /// When to look again although nothing else happens; `None` if only an event can change anything.
    pub again: Option<Timestamp>,
}

/// Goes through those who wait, in their order, and finds an agent for each as long as agents are free. A customer
/// who must wait for somebody in particular holds nobody up.
pub fn match_waiting(
    waiting: &[Demand],
    candidates: &mut [Candidate],
    rules: MatchRules,
    now: Timestamp,
) -> Matched {
    let everybody = (0..candidates.len()).collect();
    let mut look = Matcher::new(candidates, vec![(rules, everybody)], now);
    let mut matches = Vec::new();
    for (place, demand) in waiting.iter().enumerate() {
        if !look.has_room(0) {
            break;
        }
        if let Some(candidate) = look.find(0, demand) {
            matches.push(Match { waiting: place, agent: candidate.agent.clone() });
        }
    }
    Matched { matches, again: look.again() }
}

/// One look at several queues that share agents. Whoever holds it asks for one customer after the other, in the order
/// in which they are to be served.
#[derive(Debug)]
pub struct Matcher<'a> {
    candidates: &'a mut [Candidate],
    queues: Vec<Staffed>,
    now: Timestamp,
    again: Option<Timestamp>,
    /// The last assignment of all.
    latest: Timestamp,
}

/// A queue, and who of the candidates serves it.
#[derive(Debug)]
struct Staffed {
    rules: MatchRules,
    staff: Vec<usize>,
    has_room: bool,
}

impl<'a> Matcher<'a> {
    /// Each queue has its rules and the places of the candidates who serve it. A place where nobody is counts for
    /// nothing.
    pub fn new(
        candidates: &'a mut [Candidate],
        queues: Vec<(MatchRules, Vec<usize>)>,
        now: Timestamp,
    ) -> Self {
        let latest =
            candidates.iter().filter_map(|candidate| candidate.last_assigned).max().unwrap_or_default();
        let queues =
            queues.into_iter().map(|(rules, staff)| Staffed { rules, staff, has_room: true }).collect();
        let mut matcher = Self { candidates, queues, now, again: None, latest };
        matcher.look_for_room();
        matcher
    }

    /// Whether anybody who serves this queue can take anything at all.
    pub fn has_room(&self, queue: usize) -> bool {
        self.queues.get(queue).is_some_and(|queue| queue.has_room)
    }

    /// Finds an agent for a customer of this queue, who then holds as much more.
    pub fn find(&mut self, queue: usize, demand: &Demand) -> Option<&Candidate> {
        let Staffed { rules, staff, .. } = self.queues.get(queue)?;
        let among = staff.iter().filter_map(|place| Some((*place, self.candidates.get(*place)?)));
        match choose_among(among, demand, *rules, self.now) {
            Choice::Candidate(chosen) => {
                // Everyone after the one before, so that the order in which agents got customers is known of a single
                // look too, and after a clock was set back.
                self.latest = self.now.max(self.latest.next());
                let candidate = self.candidates.get_mut(chosen)?;
                candidate.held = candidate.held.saturating_add(demand.weight);
                candidate.last_assigned = Some(self.latest);
                if !candidate.has_room(1) {
                    self.look_for_room();
                }
                self.candidates.get(chosen)
            }
            Choice::Later(at) => {
                self.again = Some(self.again.map_or(at, |again| again.min(at)));
                None
            }
            Choice::Nobody => None,
        }
    }

    /// When to look again although nothing else happens; `None` if only an event can change anything.
    pub const fn again(&self) -> Option<Timestamp> {
        self.again
    }

    fn look_for_room(&mut self) {
        for queue in &mut self.queues {
            let mut staff = queue.staff.iter().filter_map(|place| self.candidates.get(*place));
            queue.has_room =
                queue.has_room && staff.any(|candidate| candidate.is_there() && candidate.has_room(1));
        }
    }
}

#[cfg(test)]
mod tests;

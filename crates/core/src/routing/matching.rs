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
    /// The agent who is waited for until this moment, as long as they are there.
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
/// The preferred agent gets them if free, and is waited for while merely busy. Otherwise it is the queue's strategy
/// that says who of those with room gets them; the agent to avoid is the last resort.
pub fn choose(candidates: &[Candidate], demand: &Demand, rules: MatchRules, now: Timestamp) -> Choice {
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
    let preferred = demand.prefer.as_ref().filter(|(_, until)| *until > now).and_then(|(agent, until)| {
        let place = candidates.iter().position(|candidate| candidate.agent == *agent && fits(candidate))?;
        declined_until(agent).is_none().then_some((place, *until))
    });
    if let Some((place, until)) = preferred {
        let has_room = candidates.get(place).is_some_and(|candidate| candidate.has_room(demand.weight));
        return if has_room { Choice::Candidate(place) } else { Choice::Later(until) };
    }
    let mut later: Option<Timestamp> = None;
    let mut best: Option<(usize, &Candidate)> = None;
    for (place, candidate) in candidates.iter().enumerate() {
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
    let mut matched = Matched::default();
    for (place, demand) in waiting.iter().enumerate() {
        if !candidates.iter().any(|candidate| candidate.is_there() && candidate.has_room(1)) {
            break;
        }
        match choose(candidates, demand, rules, now) {
            Choice::Candidate(chosen) => {
                let Some(candidate) = candidates.get_mut(chosen) else { continue };
                candidate.held = candidate.held.saturating_add(demand.weight);
                candidate.last_assigned = Some(now);
                matched.matches.push(Match { waiting: place, agent: candidate.agent.clone() });
            }
            Choice::Later(at) => matched.again = Some(matched.again.map_or(at, |again| again.min(at))),
            Choice::Nobody => {}
        }
    }
    matched
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(100_000);

    fn agent(name: &str) -> AgentId {
        AgentId::new(name).unwrap()
    }

    fn candidate(name: &str, held: u32, last: i64) -> Candidate {
        Candidate {
            agent: agent(name),
            status: AgentStatus::Online,
            reachable: true,
            held,
            capacity: 2,
            last_assigned: Some(Timestamp::from_millis(last)),
            idle_since: Some(Timestamp::from_millis(last)),
            languages: Vec::new(),
        }
    }

    fn demand() -> Demand {
        Demand { weight: 1, ..Demand::default() }
    }

    fn chosen(candidates: &[Candidate], demand: &Demand, rules: MatchRules) -> Option<String> {
        match choose(candidates, demand, rules, NOW) {
            Choice::Candidate(place) => Some(candidates[place].agent.to_string()),
            Choice::Later(_) | Choice::Nobody => None,
        }
    }

    fn by(strategy: Strategy) -> MatchRules {
        MatchRules { strategy, ..MatchRules::default() }
    }

    #[test]
    fn the_least_busy_is_the_one_with_most_room_then_the_longest_unassigned() {
        let mut roomy = candidate("roomy", 2, 50);
        roomy.capacity = 10;
        let candidates = [candidate("full", 2, 0), candidate("half", 1, 5), roomy];
        assert_eq!(chosen(&candidates, &demand(), by(Strategy::LeastBusy)).as_deref(), Some("roomy"));
        let equal = [candidate("late", 1, 9), candidate("early", 1, 5)];
        assert_eq!(chosen(&equal, &demand(), by(Strategy::LeastBusy)).as_deref(), Some("early"));
    }

    #[test]
    fn each_strategy_has_its_own_order() {
        let mut busy = candidate("busy", 1, 1);
        busy.idle_since = Some(Timestamp::from_millis(1));
        let mut fresh = candidate("fresh", 0, 30);
        fresh.idle_since = Some(Timestamp::from_millis(90));
        let mut rested = candidate("rested", 0, 60);
        rested.idle_since = Some(Timestamp::from_millis(70));
        let candidates = [busy, fresh, rested];
        assert_eq!(chosen(&candidates, &demand(), by(Strategy::LongestIdle)).as_deref(), Some("rested"));
        assert_eq!(chosen(&candidates, &demand(), by(Strategy::RoundRobin)).as_deref(), Some("busy"));
        assert_eq!(chosen(&candidates, &demand(), by(Strategy::LeastBusy)).as_deref(), Some("fresh"));
    }

    #[test]
    fn the_agent_to_avoid_is_the_last_resort() {
        let avoiding = Demand { avoid: Some(agent("idle")), ..demand() };
        let candidates = [candidate("late", 1, 9), candidate("idle", 0, 5)];
        assert_eq!(chosen(&candidates, &avoiding, MatchRules::default()).as_deref(), Some("late"));
        assert_eq!(chosen(&candidates[1..], &avoiding, MatchRules::default()).as_deref(), Some("idle"));
    }

    #[test]
    fn a_preferred_agent_is_waited_for_while_busy_and_not_when_away() {
        let until = NOW.plus(std::time::Duration::from_secs(30));
        let sticky = Demand { prefer: Some((agent("known"), until)), ..demand() };
        let mut known = candidate("known", 2, 9);
        let other = candidate("other", 0, 5);
        let choice =
            |known: &Candidate| choose(&[known.clone(), other.clone()], &sticky, MatchRules::default(), NOW);
        assert_eq!(choice(&known), Choice::Later(until));
        known.held = 1;
        assert_eq!(choice(&known), Choice::Candidate(0));
        known.status = AgentStatus::Away;
        assert_eq!(choice(&known), Choice::Candidate(1));
        known = Candidate { reachable: false, ..candidate("known", 0, 9) };
        assert_eq!(choice(&known), Choice::Candidate(1));
        let late = Demand { prefer: Some((agent("known"), NOW)), ..demand() };
        let full = candidate("known", 2, 9);
        assert_eq!(choose(&[full, other], &late, MatchRules::default(), NOW), Choice::Candidate(1));
    }

    #[test]
    fn who_declined_is_asked_again_only_later() {
        let until = NOW.plus(std::time::Duration::from_secs(30));
        let declined = Demand { declined: vec![(agent("a"), until)], ..demand() };
        let candidates = [candidate("a", 0, 1), candidate("b", 0, 2)];
        assert_eq!(choose(&candidates, &declined, MatchRules::default(), NOW), Choice::Candidate(1));
        assert_eq!(choose(&candidates[..1], &declined, MatchRules::default(), NOW), Choice::Later(until));
        assert_eq!(choose(&candidates[..1], &declined, MatchRules::default(), until), Choice::Candidate(0));
    }

    #[test]
    fn language_matters_only_where_the_queue_says_so() {
        let mut french = candidate("french", 0, 1);
        french.languages = vec!["fr".to_owned()];
        let german = Demand { locale: "de_DE".to_owned(), ..demand() };
        let strict = MatchRules { match_language: true, ..MatchRules::default() };
        assert_eq!(choose(&[french.clone()], &german, strict, NOW), Choice::Nobody);
        assert_eq!(choose(&[french], &german, MatchRules::default(), NOW), Choice::Candidate(0));
    }

    #[test]
    fn who_waits_for_somebody_in_particular_holds_nobody_up_and_nobody_is_overfilled() {
        let until = NOW.plus(std::time::Duration::from_secs(30));
        let sticky = Demand { prefer: Some((agent("full"), until)), ..demand() };
        let heavy = Demand { weight: 2, ..demand() };
        let waiting = [sticky, heavy, demand()];
        let mut candidates = [candidate("full", 2, 1), candidate("free", 0, 2)];
        let matched = match_waiting(&waiting, &mut candidates, MatchRules::default(), NOW);
        assert_eq!(matched.matches, [Match { waiting: 1, agent: agent("free") }]);
        assert_eq!(matched.again, Some(until));
        assert_eq!(candidates[1].held, 2);
    }
}

//! Single choices and small queues.

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
    assert_eq!(choose(&[full, other.clone()], &late, MatchRules::default(), NOW), Choice::Candidate(1));
    let free = candidate("known", 1, 9);
    assert_eq!(choose(&[free, other], &late, MatchRules::default(), NOW), Choice::Candidate(0));
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

#[test]
fn in_turn_means_in_turn_within_one_look_too() {
    let mut candidates = [candidate("a", 0, 3), candidate("b", 0, 1), candidate("c", 0, 2)];
    let matched = match_waiting(&vec![demand(); 6], &mut candidates, by(Strategy::RoundRobin), NOW);
    let agents: Vec<_> = matched.matches.iter().map(|found| found.agent.to_string()).collect();
    assert_eq!(agents, ["b", "c", "a", "b", "c", "a"]);
}

#[test]
fn queues_that_share_agents_share_their_room() {
    let mut candidates = [candidate("both", 0, 1), candidate("one", 0, 2)];
    let queues = vec![(MatchRules::default(), vec![0, 1]), (MatchRules::default(), vec![0, 9])];
    let mut matcher = Matcher::new(&mut candidates, queues, NOW);
    let heavy = Demand { weight: 2, ..demand() };
    assert_eq!(matcher.find(1, &heavy).map(|found| found.agent.clone()), Some(agent("both")));
    assert!(matcher.has_room(0) && !matcher.has_room(1));
    assert_eq!(matcher.find(1, &demand()), None);
    assert_eq!(matcher.find(0, &demand()).map(|found| found.agent.clone()), Some(agent("one")));
}

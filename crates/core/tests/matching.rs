//! Whoever waits and whoever serves, in whatever numbers: what one look at a queue must never get wrong.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use frontdesk_core::directory::Strategy as By;
use frontdesk_core::id::AgentId;
use frontdesk_core::routing::{
    AgentStatus, Candidate, Choice, Demand, MatchRules, Matched, choose, match_waiting,
};
use frontdesk_core::time::Timestamp;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

const NOW: Timestamp = Timestamp::from_millis(1_000_000);
const AGENTS: usize = 6;

fn agent(number: usize) -> AgentId {
    AgentId::new(&format!("a{number}")).unwrap()
}

fn moment() -> impl Strategy<Value = Timestamp> {
    (0..2_000_i64).prop_map(|seconds| Timestamp::from_millis(seconds * 1_000))
}

fn languages() -> impl Strategy<Value = Vec<String>> {
    vec(select(vec!["en", "de", "fr"]).prop_map(str::to_owned), 0..2)
}

fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
    let status =
        select(vec![AgentStatus::Online, AgentStatus::Online, AgentStatus::Online, AgentStatus::Away]);
    let one = (
        status,
        prop::bool::weighted(0.9),
        0..6_u32,
        0..6_u32,
        option::of(moment()),
        option::of(moment()),
        languages(),
    );
    vec(one, 0..AGENTS).prop_map(|drawn| {
        let candidates = drawn.into_iter().enumerate();
        let candidate =
            |(number, (status, reachable, held, capacity, last_assigned, idle_since, languages))| Candidate {
                agent: agent(number),
                status,
                reachable,
                held,
                capacity,
                last_assigned,
                idle_since,
                languages,
            };
        candidates.map(candidate).collect()
    })
}

fn demand() -> impl Strategy<Value = Demand> {
    let who = || 0..AGENTS + 1;
    let locale = select(vec!["", "en_US", "de", "fr-FR", "zh_CN"]);
    let declined = vec((who(), moment()).prop_map(|(number, until)| (agent(number), until)), 0..3);
    (1..4_u32, locale, option::of(who()), option::of((who(), moment())), declined).prop_map(
        |(weight, locale, avoid, prefer, declined)| Demand {
            weight,
            locale: locale.to_owned(),
            avoid: avoid.map(agent),
            prefer: prefer.map(|(number, until)| (agent(number), until)),
            declined,
        },
    )
}

fn rules() -> impl Strategy<Value = MatchRules> {
    let strategy = select(vec![By::LeastBusy, By::LongestIdle, By::RoundRobin]);
    (strategy, any::<bool>()).prop_map(|(strategy, match_language)| MatchRules { strategy, match_language })
}

fn look(waiting: &[Demand], before: &[Candidate], rules: MatchRules) -> (Matched, Vec<Candidate>) {
    let mut after = before.to_vec();
    let matched = match_waiting(waiting, &mut after, rules, NOW);
    (matched, after)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// Nobody gets more than fits, or anything while away; what each holds is what they held and what they were given.
    #[test]
    fn nobody_is_overfilled(waiting in vec(demand(), 0..30), before in candidates(), rules in rules()) {
        let (matched, after) = look(&waiting, &before, rules);
        for (before, after) in before.iter().zip(&after) {
            let given = matched.matches.iter().filter(|found| found.agent == after.agent);
            let weight: u32 = given.map(|found| waiting[found.waiting].weight).sum();
            prop_assert_eq!(before.held + weight, after.held);
            if weight > 0 {
                prop_assert!(before.is_there() && after.held <= after.capacity);
            }
        }
    }

    /// Nobody is free for somebody who still waits, unless they wait for somebody in particular; and then it is known
    /// when to look again.
    #[test]
    fn nobody_waits_for_nothing(waiting in vec(demand(), 0..30), before in candidates(), rules in rules()) {
        let (matched, after) = look(&waiting, &before, rules);
        // Once nobody has room, only somebody who becomes free changes anything.
        let has_room = after.iter().any(|candidate| candidate.is_there() && candidate.has_room(1));
        for (place, demand) in waiting.iter().enumerate() {
            if matched.matches.iter().any(|found| found.waiting == place) {
                continue;
            }
            match choose(&after, demand, rules, NOW) {
                Choice::Candidate(_) => prop_assert!(false, "{} was forgotten", place),
                Choice::Later(at) => {
                    prop_assert!(at > NOW);
                    prop_assert!(!has_room || matched.again.is_some_and(|again| again <= at));
                }
                Choice::Nobody => {}
            }
        }
        prop_assert!(matched.again.is_none_or(|again| again > NOW));
    }

    /// Of customers who ask for the same, whoever comes first is served first.
    #[test]
    fn age_decides_among_equals(
        one in demand(), other in demand(), order in vec(any::<bool>(), 0..30), before in candidates(), rules in rules(),
    ) {
        let waiting: Vec<Demand> =
            order.iter().map(|first| if *first { one.clone() } else { other.clone() }).collect();
        let (matched, _) = look(&waiting, &before, rules);
        let mut places = matched.matches.iter().map(|found| found.waiting);
        prop_assert!(matched.matches.is_sorted_by_key(|found| found.waiting));
        for kind in [&one, &other] {
            let equals: Vec<usize> = (0..waiting.len()).filter(|place| waiting[*place] == *kind).collect();
            let served: Vec<bool> =
                equals.iter().map(|place| places.clone().any(|found| found == *place)).collect();
            prop_assert!(served.is_sorted_by_key(|served| !served), "{:?}", served);
        }
        prop_assert!(places.all(|place| place < waiting.len()));
    }

    /// Who gets whom does not depend on the order in which agents are known.
    #[test]
    fn every_node_finds_the_same(waiting in vec(demand(), 0..30), before in candidates(), rules in rules()) {
        let (matched, _) = look(&waiting, &before, rules);
        let backwards: Vec<Candidate> = before.into_iter().rev().collect();
        prop_assert_eq!(look(&waiting, &backwards, rules).0, matched);
    }

    /// Whoever declined is not asked, and whoever does not write the language neither; the preferred agent comes first.
    #[test]
    fn wishes_are_kept(waiting in vec(demand(), 1..30), before in candidates(), rules in rules()) {
        let (matched, _) = look(&waiting, &before, rules);
        for found in &matched.matches {
            let demand = &waiting[found.waiting];
            let declined = demand.declined.iter().any(|(who, until)| *who == found.agent && *until > NOW);
            prop_assert!(!declined);
            let candidate = before.iter().find(|candidate| candidate.agent == found.agent).unwrap();
            let language = demand.locale.get(..2).unwrap_or_default();
            let writes = candidate.languages.is_empty() || candidate.languages.iter().any(|known| known == language);
            prop_assert!(!rules.match_language || language.is_empty() || writes);
        }
        let first = Demand { declined: Vec::new(), ..waiting[0].clone() };
        if let (Some((preferred, _)), false) = (&first.prefer, rules.match_language)
            && let Some(candidate) = before.iter().find(|candidate| candidate.agent == *preferred)
            && candidate.is_there()
            && candidate.has_room(first.weight)
        {
            let (matched, _) = look(std::slice::from_ref(&first), &before, rules);
            prop_assert_eq!(&matched.matches[0].agent, preferred);
        }
    }
}

#[test]
fn customers_are_spread_evenly_by_turns_and_by_load() {
    let free = |number: usize| Candidate {
        agent: agent(number),
        status: AgentStatus::Online,
        reachable: true,
        held: 0,
        capacity: 10,
        last_assigned: None,
        idle_since: Some(NOW.plus(Duration::from_secs(number as u64))),
        languages: Vec::new(),
    };
    let before: Vec<Candidate> = (0..4).map(free).collect();
    let waiting = vec![Demand { weight: 1, ..Demand::default() }; 22];
    for strategy in [By::LeastBusy, By::RoundRobin] {
        let (_, after) = look(&waiting, &before, MatchRules { strategy, match_language: false });
        let held: Vec<u32> = after.iter().map(|candidate| candidate.held).collect();
        assert_eq!(held, [6, 6, 5, 5], "{strategy:?}");
    }
}

//! Numbers: kept with the mark, added up by stretches, listed in order, made anew.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::conversation::Control;
use frontdesk_core::directory::RetentionClass;
use frontdesk_core::entry::EndReason;
use frontdesk_core::id::{CallId, RobotId, TenantId};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{
    Declaration, FactPlace, FactQuery, FoldedEntries, Purpose, RollupQuery, Rollups, Store,
};
use frontdesk_core::report::{
    ActivityKind, ConversationFact, Count, Ending, EpisodeEnd, EpisodeFact, EpisodeStart, MessageCounts,
    Moment, Subject, difference,
};
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::time::Timestamp;

use super::{agent, closed, commit, opened, queue, register, said, tell, tenant, write};

const QUARTER: i64 = 15 * 60 * 1_000;
const DAYS: i64 = 30;
const PURPOSE: Purpose = Purpose::Reports;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// A conversation that an agent had until its end.
fn over(conversation: u64, began: i64, ended: i64, by: &str) -> ConversationFact {
    let episode = EpisodeFact {
        agent: agent(by),
        queue: Some(queue("support")),
        began: at(began),
        start: EpisodeStart::Queue,
        ended: Some((at(ended), EpisodeEnd::Ended)),
        first_response_millis: None,
        messages: 0,
        asked: false,
        rating: None,
    };
    ConversationFact {
        conversation,
        call: CallId::new(&format!("{began}-{conversation}")).unwrap(),
        began: at(began),
        ended: Some(Ending { at: at(ended), reason: EndReason::Agent }),
        reopens: None,
        robot: None,
        robot_millis: 0,
        asked_robot: false,
        handed_to_people: Some(at(began)),
        first_response_millis: None,
        unanswered_millis: 0,
        waits: Vec::new(),
        episodes: vec![episode],
        messages: MessageCounts::default(),
        turned_away: 0,
        left_message: false,
        tags: BTreeSet::new(),
        priority: frontdesk_core::labels::Priority::Normal,
        disposition: None,
        promises: Vec::new(),
        robot_helped: 0,
        robot_failed: 0,
        moment: Moment::default(),
    }
}

/// Writes to a log and keeps facts as if they had been made of what was written.
async fn keep(store: &dyn Store, log: LogId, facts: Vec<ConversationFact>) -> bool {
    let written = store.commit(commit(log, 0, tell(vec![said("something")]))).await.unwrap();
    let from = store.pending(PURPOSE, log).await.unwrap().expect("a mark");
    keep_from(store, log, (from, written.first), facts).await
}

async fn keep_from(
    store: &dyn Store,
    log: LogId,
    (from, through): (EntryNumber, EntryNumber),
    facts: Vec<ConversationFact>,
) -> bool {
    let numbers = facts.iter().map(|fact| fact.conversation).collect();
    let before = store.facts(log, numbers).await.unwrap();
    let known = |fact: &ConversationFact| before.iter().find(|known| known.conversation == fact.conversation);
    let mut sums = frontdesk_core::report::Contributions::new();
    for (key, measures) in facts.iter().flat_map(|fact| difference(known(fact), Some(fact))) {
        sums.entry(key).or_default().merge(&measures);
    }
    store.keep_folded(FoldedEntries { log, from, through, facts, sums }).await.unwrap()
}

fn query(subject: Subject, periods: &[(i64, i64)]) -> RollupQuery {
    RollupQuery {
        subject,
        periods: periods.iter().map(|(from, to)| (at(*from * QUARTER), at(*to * QUARTER))).collect(),
        channel: None,
        name: None,
        agent: None,
        by_channel: false,
        by_name: false,
        by_agent: false,
        limit: 1_000,
    }
}

async fn sums(store: &dyn Store, query: RollupQuery) -> Rollups {
    store.rollups(&tenant(), query).await.unwrap()
}

/// Facts are kept once, with the step of the mark; a step from elsewhere keeps nothing.
pub async fn facts_are_kept_with_the_mark(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    let fact = over(1, 0, QUARTER, "101");
    assert!(keep(&*store, log, vec![fact.clone()]).await);
    assert_eq!(store.pending(PURPOSE, log).await.unwrap(), None, "it has caught up");
    assert_eq!(store.facts(log, [1, 2].into()).await.unwrap(), std::slice::from_ref(&fact));
    let stale = (EntryNumber(0), EntryNumber(1));
    assert!(!keep_from(&*store, log, stale, vec![over(2, 0, QUARTER, "101")]).await, "no mark stands there");
    assert_eq!(store.facts(log, [1, 2].into()).await.unwrap(), [fact]);
    let whole = sums(&*store, query(Subject::Conversation, &[(0, 4)])).await;
    assert_eq!(whole.groups[0].1.get(Count::Conversations), 1);
}

/// A fact that changes takes off what it added before.
pub async fn a_changed_fact_changes_the_sums_by_the_difference(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    let mut fact = over(1, 0, QUARTER, "101");
    assert!(keep(&*store, log, vec![fact.clone()]).await);
    fact.tags.insert("vip".to_owned());
    fact.ended = Some(Ending { at: at(9 * QUARTER), reason: EndReason::Agent });
    assert!(keep(&*store, log, vec![fact]).await);
    let quarters: Vec<(i64, i64)> = (0..12).map(|quarter| (quarter, quarter + 1)).collect();
    let found = sums(&*store, query(Subject::Conversation, &quarters)).await;
    let shown: Vec<_> = found
        .groups
        .iter()
        .map(|(group, sum)| (group.period, sum.get(Count::Began), sum.get(Count::Conversations)))
        .collect();
    assert_eq!(shown, [(0, 1, 0), (9, 0, 1)]);
    let mut tags = query(Subject::Tag, &[(0, 12)]);
    tags.by_name = true;
    let tags = sums(&*store, tags).await;
    assert_eq!(tags.groups.iter().map(|(group, _)| &*group.name).collect::<Vec<_>>(), ["vip"]);
}

/// Any stretch is added up from the longest pieces in it; groups and filters tell apart what they are asked to.
pub async fn sums_are_added_up_from_few_pieces(store: Arc<dyn Store>) {
    let (ann, bob) = (register(&*store, "ann").await, register(&*store, "bob").await);
    for (log, by) in [(ann, "101"), (bob, "102")] {
        let facts = (0..DAYS * 24).map(|hour| {
            let began = hour * 4 * QUARTER;
            over(u64::try_from(hour).unwrap() + 1, began, began + 1, by)
        });
        assert!(keep(&*store, log, facts.collect()).await);
    }
    let all = sums(&*store, query(Subject::Episode, &[(0, DAYS * 96)])).await;
    assert_eq!(all.groups[0].1.get(Count::Episodes), 2 * DAYS * 24);
    assert_eq!(all.read, 2 * 9, "three times eight days, and six more");
    // Half an hour past midnight to the same moment days later, as days of a half-hour zone are.
    let mut shifted = query(Subject::Episode, &[(2, 98), (98, 194)]);
    shifted.by_agent = true;
    let shifted = sums(&*store, shifted).await;
    let shown: Vec<_> = shifted
        .groups
        .iter()
        .map(|(group, sum)| (group.period, &*group.agent, sum.get(Count::Episodes)))
        .collect();
    assert_eq!(shown, [(0, "101", 24), (0, "102", 24), (1, "101", 24), (1, "102", 24)]);
    let mut one = query(Subject::Episode, &[(0, 96)]);
    one.agent = Some(agent("102"));
    assert_eq!(sums(&*store, one.clone()).await.groups[0].1.get(Count::Episodes), 24);
    one.name = Some("elsewhere".to_owned());
    assert_eq!(sums(&*store, one).await.groups, []);
    let mut cut = query(Subject::Episode, &[(0, 96)]);
    (cut.by_agent, cut.limit) = (true, 1);
    let cut = sums(&*store, cut).await;
    assert_eq!((cut.groups.len(), cut.is_cut), (1, true));
    let other = TenantId::new("other").unwrap();
    let theirs = store.rollups(&other, query(Subject::Episode, &[(0, 96)])).await.unwrap();
    assert_eq!(theirs, Rollups::default());
}

/// Exports go on where they were, and miss and repeat nothing.
pub async fn what_is_over_is_listed_in_its_order(store: Arc<dyn Store>) {
    let (ann, bob) = (register(&*store, "ann").await, register(&*store, "bob").await);
    let mut expected = Vec::new();
    for log in [ann, bob] {
        let facts: Vec<_> = (1..=5).map(|n| over(n, 0, i64::try_from(n).unwrap() * 1_000, "101")).collect();
        expected.extend(facts.iter().map(|fact| FactPlace {
            ended: fact.ended.unwrap().at,
            log,
            conversation: fact.conversation,
            episode: 0,
        }));
        assert!(keep(&*store, log, facts).await);
    }
    expected.sort();
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let query = FactQuery { from: at(0), to: at(5_001), channel: None, after, limit: 3 };
        let page = store.ended_conversations(&tenant(), query.clone()).await.unwrap();
        let episodes = store.ended_episodes(&tenant(), query).await.unwrap();
        let places =
            |rows: &[frontdesk_core::port::FactRow]| rows.iter().map(|row| row.place).collect::<Vec<_>>();
        assert_eq!(places(&page), places(&episodes), "each has one episode that ended with it");
        let Some(last) = page.last() else { break };
        after = Some(last.place);
        found.extend(places(&page));
    }
    assert_eq!(found, expected);
    let some = FactQuery { from: at(2_000), to: at(3_000), channel: None, after: None, limit: 10 };
    let some = store.ended_conversations(&tenant(), some).await.unwrap();
    assert_eq!(some.iter().map(|row| row.fact.conversation).collect::<Vec<_>>(), [2, 2]);
    assert_eq!(some[0].customer.log(), some[0].place.log);
}

/// A rebuild takes everything away, in steps, and marks every log from its beginning; until then nothing is kept.
pub async fn numbers_are_made_anew_step_by_step(store: Arc<dyn Store>) {
    let logs = [register(&*store, "ann").await, register(&*store, "bob").await];
    for log in logs {
        assert!(keep(&*store, log, vec![over(1, 0, 1, "101"), over(2, 0, 1, "101")]).await);
    }
    assert!(!store.go_on_rebuilding(1).await.unwrap());
    assert_eq!(store.report_lag(&tenant()).await.unwrap().logs, 0);
    store.rebuild_reports(Some(tenant())).await.unwrap();
    assert!(store.report_lag(&tenant()).await.unwrap().is_rebuilding);
    assert!(!keep(&*store, logs[0], vec![over(3, 0, 1, "101")]).await, "it would be lost");
    let mut steps = 0;
    while store.go_on_rebuilding(1).await.unwrap() {
        steps += 1;
    }
    assert!(steps > 8, "{steps} steps of one row each");
    assert_eq!(sums(&*store, query(Subject::Conversation, &[(0, 4)])).await.groups, []);
    for log in logs {
        assert_eq!(store.pending(PURPOSE, log).await.unwrap(), Some(EntryNumber(0)));
        assert_eq!(store.facts(log, [1, 2].into()).await.unwrap(), []);
    }
    let lag = store.report_lag(&tenant()).await.unwrap();
    assert_eq!((lag.logs, lag.is_rebuilding), (2, false));
    // Other definitions are a reason as well; the same ones are none.
    store.use_definitions(1).await.unwrap();
    store.use_definitions(1).await.unwrap();
    assert!(!store.report_lag(&tenant()).await.unwrap().is_rebuilding);
    store.use_definitions(2).await.unwrap();
    assert!(store.report_lag(&tenant()).await.unwrap().is_rebuilding);
}

/// Numbers of conversations that were removed stay when all are made anew, and also when their rows are gone.
pub async fn facts_of_what_was_removed_are_kept(store: Arc<dyn Store>) {
    const LATER: Timestamp = Timestamp::from_millis(9_000_000_000_000);
    let [gone, stays] = [register(&*store, "ann").await, register(&*store, "bob").await];
    for (log, call) in [(gone, "1-1"), (stays, "1-2")] {
        let robot = Control::Robot(RobotId::new("r").unwrap());
        write(&*store, log, |state| opened(state, call, 1, robot.clone())).await;
    }
    let last = write(&*store, gone, closed).await.first;
    for (log, last) in [(gone, last), (stays, EntryNumber(1))] {
        let fact = over(1, 0, QUARTER, "101");
        assert!(keep_from(&*store, log, (EntryNumber(0), last), vec![fact]).await);
        super::retention::readers_have_read(&*store, log).await;
    }
    let counted = async || {
        let found = sums(&*store, query(Subject::Episode, &[(0, 4)])).await;
        found.groups.first().map_or(0, |(_, sum)| sum.get(Count::Episodes))
    };
    let listed = async || {
        let query = FactQuery { from: at(0), to: LATER, channel: None, after: None, limit: 10 };
        store.ended_conversations(&tenant(), query).await.unwrap().len()
    };
    let made_anew = async || {
        store.rebuild_reports(Some(tenant())).await.unwrap();
        while store.go_on_rebuilding(1).await.unwrap() {}
    };
    let removed = async |class| super::retention::removed(&*store, class, LATER, 10).await;
    assert_eq!(removed(RetentionClass::ReportRows).await, [0], "what is still there can be made anew");
    store.rebuild_reports(Some(tenant())).await.unwrap();
    assert_eq!(removed(RetentionClass::Conversations).await, [0], "not while numbers are made anew");
    while store.go_on_rebuilding(1).await.unwrap() {}
    for (log, last) in [(gone, last), (stays, EntryNumber(1))] {
        assert!(keep_from(&*store, log, (EntryNumber(0), last), vec![over(1, 0, QUARTER, "101")]).await);
    }
    assert_eq!(removed(RetentionClass::Conversations).await, [1]);
    assert_eq!((counted().await, listed().await), (2, 2));
    made_anew().await;
    assert_eq!((counted().await, listed().await), (1, 1), "the other is to be read again");
    assert_eq!(store.pending(PURPOSE, gone).await.unwrap(), Some(last), "of this nothing is");
    assert_eq!(removed(RetentionClass::ReportRows).await, [1]);
    made_anew().await;
    assert_eq!((counted().await, listed().await), (1, 0));
}

/// Each change of what an agent declares, or of whether they have somebody, is kept with its time.
pub async fn what_agents_do_is_kept(store: Arc<dyn Store>) {
    let (tenant, agent) = (tenant(), agent("101"));
    let declare = async |status, reason: Option<&str>| {
        let declaration = Declaration { status, reason: reason.map(str::to_owned), heard: None };
        store.declare(&tenant, &agent, declaration).await.unwrap();
    };
    let done = async || {
        let all = (at(0), at(i64::MAX));
        let activities = store.activities(&tenant, Some(agent.clone()), all).await.unwrap();
        let shown = activities.into_iter().map(|activity| {
            assert!(activity.until.is_none_or(|until| until >= activity.since));
            (activity.kind, activity.until.is_none(), activity.reason)
        });
        let mut shown: Vec<_> = shown.collect();
        shown.sort();
        shown
    };
    declare(AgentStatus::Online, None).await;
    declare(AgentStatus::Online, None).await;
    assert_eq!(done().await, [(ActivityKind::Online, true, None)], "the same again is no change");
    tokio::time::sleep(Duration::from_millis(2)).await;
    let log = register(&*store, "ann").await;
    let now = Timestamp::from_millis(1);
    store.seize(&tenant, &agent, 1, (log, 1), now).await.unwrap();
    declare(AgentStatus::Away, Some("lunch")).await;
    let lunch = Some("lunch".to_owned());
    let busy = [
        (ActivityKind::Online, false, None),
        (ActivityKind::Away, true, lunch.clone()),
        (ActivityKind::Engaged, true, None),
    ];
    assert_eq!(done().await, busy);
    store.give_back_slot(&tenant, &agent, (log, 2), now).await.unwrap();
    declare(AgentStatus::Offline, None).await;
    let gone = [
        (ActivityKind::Online, false, None),
        (ActivityKind::Away, false, lunch),
        (ActivityKind::Engaged, false, None),
    ];
    assert_eq!(done().await, gone);
}

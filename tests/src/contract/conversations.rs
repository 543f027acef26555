//! Conversations as lists show them.

use std::sync::Arc;

use frontdesk_core::conversation::{Control, Participant, Participation};
use frontdesk_core::id::{CallId, RobotId, TenantId};
use frontdesk_core::labels::Labels;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{ConversationFilter, ConversationRow, ConversationStatus, Store};
use frontdesk_core::time::Timestamp;

use super::{
    agent, closed, commit, customer, handed, opened, queue, register, said, tell, tenant, with_participants,
    write,
};

fn robot() -> Control {
    Control::Robot(RobotId::new("r").unwrap())
}

fn waiting(name: &str, since: i64) -> Control {
    Control::queue(queue(name), Timestamp::from_millis(since))
}

/// A customer with an open conversation.
async fn open_log(store: &dyn Store, user: &str, opened_at: i64, control: Control) -> LogId {
    let log = register(store, user).await;
    write(store, log, |state| opened(state, &format!("1-{user}"), opened_at, control.clone())).await;
    log
}

async fn row(store: &dyn Store, log: LogId, conversation: u64) -> ConversationRow {
    store.conversation(log, conversation).await.unwrap().expect("there is such a conversation")
}

/// The row says at every step where the conversation is.
pub async fn a_conversation_is_followed_from_start_to_end(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    store.commit(commit(log, 0, tell(vec![said("left before")]))).await.unwrap();
    assert_eq!(store.conversation(log, 1).await.unwrap(), None);
    write(&*store, log, |state| opened(state, "1-1", 1_000, robot())).await;
    let start = row(&*store, log, 1).await;
    let expected = ConversationRow {
        log,
        customer: customer("ann"),
        conversation: 1,
        call: CallId::new("1-1").unwrap(),
        opened: Timestamp::from_millis(1_000),
        ended: None,
        first: EntryNumber(2),
        last: None,
        status: ConversationStatus::Robot,
        waited_in: None,
        served_by: None,
        labels: Labels::default(),
        mentioned: Vec::new(),
        participants: Vec::new(),
    };
    assert_eq!(start, expected);

    write(&*store, log, |state| handed(state, waiting("support", 2_000))).await;
    let since = Timestamp::from_millis(2_000);
    let status = ConversationStatus::Queue { queue: queue("support"), since };
    let expected = ConversationRow { waited_in: Some(queue("support")), ..expected };
    assert_eq!(row(&*store, log, 1).await, ConversationRow { status, ..expected.clone() });

    write(&*store, log, |state| handed(state, Control::Agent(agent("101")))).await;
    let status = ConversationStatus::Agent(agent("101"));
    let served_by = Some(agent("101"));
    let held = ConversationRow { status, served_by, ..expected.clone() };
    assert_eq!(row(&*store, log, 1).await, held);

    write(&*store, log, |state| handed(state, waiting("support", 3_000))).await;
    assert_eq!(row(&*store, log, 1).await.served_by, Some(agent("101")), "who served last is kept");

    let end = write(&*store, log, closed).await;
    let over = row(&*store, log, 1).await;
    let ended = ConversationRow {
        status: ConversationStatus::Closed,
        ended: Some(end.times[0]),
        last: Some(end.first),
        ..held
    };
    assert_eq!(over, ended);
    let state = store.load(log).await.unwrap().unwrap().state;
    store.commit(commit(log, state.version, tell(vec![said("after")]))).await.unwrap();
    assert_eq!(row(&*store, log, 1).await, ended, "what comes later is no part of it");
}

/// A second conversation leaves the first as it ended.
pub async fn each_conversation_has_its_own_row(store: Arc<dyn Store>) {
    let log = open_log(&*store, "ann", 1_000, Control::Agent(agent("101"))).await;
    write(&*store, log, closed).await;
    let first = row(&*store, log, 1).await;
    write(&*store, log, |state| opened(state, "2-2", 5_000, robot())).await;
    assert_eq!(row(&*store, log, 1).await, first);
    let second = row(&*store, log, 2).await;
    assert_eq!((second.first, second.served_by, second.ended), (EntryNumber(3), None, None));
    assert_eq!(store.conversation(log, 3).await.unwrap(), None);
}

/// Held, waiting and open ones, each in its order, never another tenant's, never too many.
pub async fn lists_show_what_they_are_asked_for(store: Arc<dyn Store>) {
    let held = open_log(&*store, "held", 1_000, Control::Agent(agent("101"))).await;
    open_log(&*store, "others", 1_500, Control::Agent(agent("102"))).await;
    let second = open_log(&*store, "second", 2_000, waiting("support", 7_000)).await;
    let first = open_log(&*store, "first", 3_000, waiting("sales", 6_000)).await;
    open_log(&*store, "elsewhere", 3_500, waiting("repairs", 5_000)).await;
    let over = open_log(&*store, "over", 500, Control::Agent(agent("101"))).await;
    write(&*store, over, closed).await;

    let list = async |filter: ConversationFilter, limit| {
        let rows = store.conversations(&tenant(), filter, limit).await.unwrap();
        rows.into_iter().map(|row| row.log).collect::<Vec<_>>()
    };
    assert_eq!(list(ConversationFilter::HeldBy(agent("101")), 10).await, [held]);
    let queues = || ConversationFilter::Waiting(vec![queue("support"), queue("sales"), queue("support")]);
    assert_eq!(list(queues(), 10).await, [first, second], "longest first over all the queues");
    assert_eq!(list(queues(), 1).await, [first]);
    assert_eq!(list(ConversationFilter::Waiting(Vec::new()), 10).await, []);
    let open = list(ConversationFilter::Open, 10).await;
    assert_eq!(open.len(), 5);
    assert!(!open.contains(&over));
    assert_eq!(list(ConversationFilter::Open, 2).await.len(), 2);
    let other = TenantId::new("other").unwrap();
    assert_eq!(store.conversations(&other, ConversationFilter::Open, 10).await.unwrap(), []);

    write(&*store, first, |state| handed(state, Control::Agent(agent("101")))).await;
    assert_eq!(list(queues(), 10).await, [second]);
    assert_eq!(list(ConversationFilter::HeldBy(agent("101")), 10).await, [held, first]);
}

/// Who takes part is told with the conversation and found by agent, until they leave or it ends.
pub async fn who_takes_part_is_found(store: Arc<dyn Store>) {
    let log = open_log(&*store, "ann", 1_000, Control::Agent(agent("101"))).await;
    let other = open_log(&*store, "bob", 2_000, Control::Agent(agent("101"))).await;
    let takes_part = |name: &str, mode| Participant { agent: agent(name), mode, by: Some(agent("101")) };
    let kim = takes_part("102", Participation::Consult);
    let boss = Participant { by: None, ..takes_part("201", Participation::Monitor) };
    let found = async |name: &str| {
        let filter = ConversationFilter::JoinedBy(agent(name));
        let rows = store.conversations(&tenant(), filter, 10).await.unwrap();
        rows.into_iter().map(|row| row.log).collect::<Vec<_>>()
    };
    let joined = async |log, participants: &[Participant]| {
        write(&*store, log, |state| with_participants(state, participants)).await;
        assert_eq!(row(&*store, log, 1).await.participants, participants);
    };
    joined(log, std::slice::from_ref(&kim)).await;
    joined(log, &[kim.clone(), boss.clone()]).await;
    joined(other, std::slice::from_ref(&boss)).await;
    assert_eq!((found("102").await, found("201").await), (vec![log], vec![log, other]));
    assert_eq!(found("101").await, [], "who has it does not take part beside themselves");
    joined(log, &[boss]).await;
    assert_eq!(found("102").await, []);
    write(&*store, log, closed).await;
    assert_eq!((row(&*store, log, 1).await.participants, found("201").await), (vec![], vec![other]));
    let elsewhere = TenantId::new("other").unwrap();
    let filter = ConversationFilter::JoinedBy(agent("201"));
    assert_eq!(store.conversations(&elsewhere, filter, 10).await.unwrap(), []);
}

/// Open or over, by its tenant only.
pub async fn a_conversation_is_found_by_its_call(store: Arc<dyn Store>) {
    let log = open_log(&*store, "ann", 1_000, robot()).await;
    let call = CallId::new("1-ann").unwrap();
    let found = store.conversation_by_call(&tenant(), &call).await.unwrap();
    assert_eq!(found, Some(row(&*store, log, 1).await));
    write(&*store, log, closed).await;
    let found = store.conversation_by_call(&tenant(), &call).await.unwrap().unwrap();
    assert_eq!(found.status, ConversationStatus::Closed);
    let other = TenantId::new("other").unwrap();
    assert_eq!(store.conversation_by_call(&other, &call).await.unwrap(), None);
    let unknown = CallId::new("1-bob").unwrap();
    assert_eq!(store.conversation_by_call(&tenant(), &unknown).await.unwrap(), None);
}

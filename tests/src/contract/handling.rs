//! What agents put on conversations, and whether a colleague was faster.

use std::collections::BTreeMap;
use std::sync::Arc;

use frontdesk_core::conversation::{Control, Decision, Outcome};
use frontdesk_core::entry::{Audience, EntryBody};
use frontdesk_core::id::{DispositionId, TenantId};
use frontdesk_core::labels::{LabelFilter, Labels, Priority};
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::note::Note;
use frontdesk_core::port::{
    Commit, CommitError, ConversationFilter, ConversationRow, Idempotency, ReadQuery, Store,
};
use tokio::task::JoinSet;

use super::{agent, closed, commit, handed, opened, queue, register, said, tell, tenant, told, write};

async fn open_log(store: &dyn Store, user: &str, opened_at: i64, control: Control) -> LogId {
    let log = register(store, user).await;
    write(store, log, |state| opened(state, &format!("1-{user}"), opened_at, control.clone())).await;
    log
}

fn with_alex() -> Control {
    Control::Agent(agent("101"))
}

async fn row(store: &dyn Store, log: LogId, conversation: u64) -> ConversationRow {
    store.conversation(log, conversation).await.unwrap().expect("there is such a conversation")
}

fn labels(tags: &[&str], priority: Priority, disposition: Option<&str>) -> Labels {
    Labels {
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        priority,
        attributes: BTreeMap::from([("order".to_owned(), "4711 \"顾\"".to_owned())]),
        disposition: disposition.map(|id| DispositionId::new(id).unwrap()),
    }
}

/// Puts labels on a conversation, as the rules do: with a new version of the state.
async fn label(store: &dyn Store, log: LogId, conversation: u64, labels: &Labels) {
    write(store, log, |state| {
        let mut after = state.clone();
        after.version += 1;
        Decision {
            conversation,
            state: Some(after),
            labels: Some(labels.clone()),
            ..tell(vec![told("labelled")])
        }
    })
    .await;
}

fn note(mentions: &[&str]) -> Note {
    Note {
        agent: agent("101"),
        nickname: "Alex".to_owned(),
        text: "look at this".to_owned(),
        mentions: mentions.iter().map(|name| agent(name)).collect(),
    }
}

/// Labels stay with their own conversation, through hand-overs and its end, and can be changed after it.
pub async fn labels_stay_with_their_conversation(store: Arc<dyn Store>) {
    let log = open_log(&*store, "ann", 1_000, with_alex()).await;
    assert_eq!(row(&*store, log, 1).await.labels, Labels::default());
    let first = labels(&["refund", "vip"], Priority::High, None);
    label(&*store, log, 1, &first).await;
    write(&*store, log, |state| handed(state, Control::Agent(agent("102")))).await;
    write(&*store, log, closed).await;
    let over = row(&*store, log, 1).await;
    assert_eq!(over.labels, first);
    write(&*store, log, |state| opened(state, "2-2", 5_000, with_alex())).await;
    assert_eq!(row(&*store, log, 2).await.labels, Labels::default(), "the next one begins with none");
    let late = labels(&["refund"], Priority::Normal, Some("solved"));
    label(&*store, log, 1, &late).await;
    assert_eq!(row(&*store, log, 1).await, ConversationRow { labels: late, ..over });
    assert_eq!(row(&*store, log, 2).await.labels, Labels::default());
    let by_call = frontdesk_core::id::CallId::new("1-ann").unwrap();
    let found = store.conversation_by_call(&tenant(), &by_call).await.unwrap();
    assert_eq!(found, Some(row(&*store, log, 1).await));
}

/// A change that was made on an older version is refused whole, so that no label is lost.
pub async fn of_two_changes_of_labels_at_once_none_is_lost(store: Arc<dyn Store>) {
    let log = open_log(&*store, "ann", 1_000, with_alex()).await;
    let mut tasks = JoinSet::new();
    for index in 0..10 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            loop {
                let state = store.load(log).await.unwrap().unwrap().state;
                let mut labels = row(&*store, log, 1).await.labels;
                labels.tags.insert(format!("tag {index}"));
                let mut after = state.clone();
                after.version += 1;
                let decision =
                    Decision { state: Some(after), labels: Some(labels), ..tell(vec![told("labelled")]) };
                match store.commit(commit(log, state.version, decision)).await {
                    Ok(_) => return,
                    Err(CommitError::Conflict) => {}
                    Err(error) => panic!("not written: {error}"),
                }
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(row(&*store, log, 1).await.labels.tags.len(), 10);
}

/// Lists by tag, priority and disposition, within each scope, in its order, never another tenant's, never too many.
pub async fn conversations_are_found_by_their_labels(store: Arc<dyn Store>) {
    let waiting =
        |since| Control::queue(queue("support"), frontdesk_core::time::Timestamp::from_millis(since));
    let urgent = labels(&["refund", "vip"], Priority::Urgent, None);
    let refund = labels(&["refund"], Priority::Normal, Some("solved"));
    let mut ended = Vec::new();
    for (user, at) in [("a", 100), ("b", 200), ("c", 300)] {
        let log = open_log(&*store, user, at, with_alex()).await;
        label(&*store, log, 1, &refund).await;
        write(&*store, log, closed).await;
        ended.push(log);
    }
    let held = open_log(&*store, "held", 1_000, with_alex()).await;
    label(&*store, held, 1, &urgent).await;
    let plain = open_log(&*store, "plain", 1_100, with_alex()).await;
    let second = open_log(&*store, "second", 2_000, waiting(7_000)).await;
    let first = open_log(&*store, "first", 3_000, waiting(6_000)).await;
    for log in [first, second] {
        label(&*store, log, 1, &refund).await;
    }

    let list = async |filter: ConversationFilter, labels: LabelFilter, limit| {
        let rows = store.conversations_labelled(&tenant(), filter, labels, limit).await.unwrap();
        rows.into_iter().map(|row| row.log).collect::<Vec<_>>()
    };
    let tagged = |tag: &str| LabelFilter { tag: Some(tag.to_owned()), ..LabelFilter::default() };
    let of = |priority| LabelFilter { priority: Some(priority), ..LabelFilter::default() };
    let came_out = |id: &str| LabelFilter {
        disposition: Some(DispositionId::new(id).unwrap()),
        ..LabelFilter::default()
    };
    let mine = || ConversationFilter::HeldBy(agent("101"));
    let queues = || ConversationFilter::Waiting(vec![queue("sales"), queue("support")]);
    let newest_first: Vec<LogId> = ended.iter().rev().copied().collect();
    assert_eq!(list(ConversationFilter::Ended, tagged("refund"), 10).await, newest_first);
    assert_eq!(list(ConversationFilter::Ended, came_out("solved"), 2).await, newest_first[..2]);
    assert_eq!(list(ConversationFilter::Ended, of(Priority::Normal), 10).await, newest_first);
    assert_eq!(list(ConversationFilter::Ended, tagged("vip"), 10).await, []);
    assert_eq!(list(ConversationFilter::Ended, LabelFilter::default(), 10).await, newest_first);
    assert_eq!(list(mine(), tagged("refund"), 10).await, [held]);
    assert_eq!(list(mine(), of(Priority::Urgent), 10).await, [held]);
    assert_eq!(list(mine(), of(Priority::Normal), 10).await, [plain]);
    assert_eq!(list(queues(), tagged("refund"), 10).await, [first, second], "longest first");
    assert_eq!(list(queues(), of(Priority::Low), 10).await, []);
    assert_eq!(list(ConversationFilter::Open, tagged("refund"), 10).await, [held, second, first]);
    let both = LabelFilter { priority: Some(Priority::Urgent), ..tagged("vip") };
    assert_eq!(list(ConversationFilter::Open, both, 10).await, [held]);
    let neither = LabelFilter { disposition: came_out("solved").disposition, ..tagged("vip") };
    assert_eq!(list(ConversationFilter::Open, neither, 10).await, []);
    let other = TenantId::new("other").unwrap();
    let filter = ConversationFilter::Ended;
    assert_eq!(store.conversations_labelled(&other, filter, tagged("refund"), 10).await.unwrap(), []);
    let plain_list = store.conversations(&tenant(), ConversationFilter::Ended, 2).await.unwrap();
    assert_eq!(plain_list.iter().map(|row| row.log).collect::<Vec<_>>(), newest_first[..2]);

    label(&*store, held, 1, &Labels::default()).await;
    assert_eq!(list(mine(), tagged("vip"), 10).await, [], "what was taken off is not found any more");
    assert_eq!(list(mine(), of(Priority::Urgent), 10).await, []);
}

/// Who is mentioned is known with the conversation, each once, together with the note.
pub async fn those_who_are_mentioned_are_known(store: Arc<dyn Store>) {
    let log = open_log(&*store, "ann", 1_000, with_alex()).await;
    for names in [&["102", "103"][..], &["102"], &[]] {
        let note = note(names);
        let decision = Decision { mentioned: note.mentions.clone(), ..tell(vec![EntryBody::Note(note)]) };
        store.commit(commit(log, 1, decision)).await.unwrap();
    }
    assert_eq!(row(&*store, log, 1).await.mentioned, [agent("102"), agent("103")]);
    write(&*store, log, closed).await;
    write(&*store, log, |state| opened(state, "2-2", 5_000, with_alex())).await;
    assert_eq!(row(&*store, log, 2).await.mentioned, []);
    let refused = Decision { mentioned: vec![agent("104")], ..tell(vec![EntryBody::Note(note(&["104"]))]) };
    let refused = store.commit(commit(log, 1, refused)).await;
    assert!(matches!(refused, Err(CommitError::Conflict)), "{refused:?}");
    assert_eq!(row(&*store, log, 1).await.mentioned.len(), 2);
}

/// What belongs to a conversation although it is over moves its end; agents alone see a note.
pub async fn an_afterthought_belongs_to_its_conversation(store: Arc<dyn Store>) {
    let log = open_log(&*store, "ann", 1_000, with_alex()).await;
    write(&*store, log, closed).await;
    write(&*store, log, |state| opened(state, "2-2", 5_000, with_alex())).await;
    let (first, second) = (row(&*store, log, 1).await, row(&*store, log, 2).await);
    let noted = store
        .commit(commit(log, 3, Decision { is_afterthought: true, ..tell(vec![EntryBody::Note(note(&[]))]) }))
        .await
        .unwrap();
    assert_eq!(row(&*store, log, 1).await, ConversationRow { last: Some(noted.first), ..first });
    assert_eq!(row(&*store, log, 2).await, second);
    let everybody_else = Audience::DOWNLINK
        .and(Audience::READ)
        .and(Audience::SESSION)
        .and(Audience::QUEUE)
        .and(Audience::OWN)
        .and(Audience::TYPING);
    assert!(store.heads(log).await.unwrap().of(everybody_else) < noted.first);
    let query = ReadQuery {
        after: EntryNumber(noted.first.0 - 1),
        through: EntryNumber::END,
        audience: everybody_else,
        limit: 10,
        max_bytes: usize::MAX,
    };
    assert_eq!(store.read(log, query).await.unwrap(), []);
}

/// Of ten agents who answer at once, each having seen the same, one is written; the others must look again.
pub async fn of_answers_to_the_same_message_at_once_one_is_written(store: Arc<dyn Store>) {
    let log = open_log(&*store, "ann", 1_000, with_alex()).await;
    let asked = store.commit(commit(log, 1, tell(vec![said("hello?")]))).await.unwrap();
    let mut tasks = JoinSet::new();
    for index in 0..10 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let answer = tell(vec![told(&format!("answer {index}"))]);
            let decision = Decision { unless_newer: Some(asked.first), ..answer };
            store.commit(commit(log, 1, decision)).await
        });
    }
    let answers = tasks.join_all().await;
    let written = answers.iter().filter(|answer| answer.is_ok()).count();
    let conflicts = answers.iter().filter(|answer| matches!(answer, Err(CommitError::Conflict))).count();
    assert_eq!((written, conflicts), (1, 9), "{answers:?}");
    let next = EntryNumber(asked.first.0 + 1);
    assert_eq!(store.heads(log).await.unwrap().of(Audience::AGENT), next);
    let seen = Decision { unless_newer: Some(next), ..tell(vec![told("having seen it")]) };
    store.commit(commit(log, 1, seen)).await.unwrap();
}

/// What was written under a key can be found again.
pub async fn a_repeated_key_tells_what_was_written(store: Arc<dyn Store>) {
    let log = open_log(&*store, "ann", 1_000, with_alex()).await;
    let with_key = || Commit {
        idempotency: Some(Idempotency { key: "k".to_owned(), fingerprint: [7; 32], outcome: Outcome::Noted }),
        ..commit(log, 1, tell(vec![EntryBody::Note(note(&[])), told("and more")]))
    };
    let written = store.commit(with_key()).await.unwrap();
    let again = store.commit(with_key()).await;
    let Err(CommitError::Repeated(repeated)) = again else { panic!("written twice: {again:?}") };
    assert_eq!(repeated.first, written.first);
    assert_eq!(store.repeated(log, "k").await.unwrap(), Some(repeated));
}

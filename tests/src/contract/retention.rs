//! What was kept for long enough goes, and nothing else.

use std::convert::Infallible;
use std::sync::Arc;

use frontdesk_core::audit::{Draft, Record, Verdict, verify};
use frontdesk_core::conversation::Control;
use frontdesk_core::directory::RetentionClass;
use frontdesk_core::entry::{Audience, Entry};
use frontdesk_core::id::RobotId;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::port::{
    Attempt, ConversationFilter, FileRecord, Purpose, ReadQuery, Removal, Store, TicketFilter,
};
use frontdesk_core::ticket::{Ticket, TicketChange, TicketId, TicketState, TicketStep};
use frontdesk_core::time::Timestamp;

use super::{agent, closed, customer, opened, register, said, tell, tenant, texts, write};

/// After everything that a case writes.
const LATER: Timestamp = Timestamp::from_millis(9_000_000_000_000);

fn robot() -> Control {
    Control::Robot(RobotId::new("r").unwrap())
}

/// A conversation of this many entries, and the number of its last.
async fn conversation(store: &dyn Store, log: LogId, call: &str, entries: usize) -> EntryNumber {
    write(store, log, |state| opened(state, call, 1, robot())).await;
    for number in 2..entries {
        write(store, log, |state| {
            let mut decision = tell(vec![said(&format!("{call} {number}"))]);
            decision.conversation = state.conversations;
            decision
        })
        .await;
    }
    write(store, log, closed).await.first
}

/// Standing readers have read all of a log.
pub(super) async fn readers_have_read(store: &dyn Store, log: LogId) {
    let head = store.heads(log).await.unwrap().of(Audience::ALL);
    for purpose in Purpose::STANDING {
        if let Some(from) = store.pending(purpose, log).await.unwrap() {
            assert!(store.move_pending(purpose, log, from, head).await.unwrap());
        }
    }
}

/// Removes portions until there is nothing more, and tells how many rows went in each.
pub(super) async fn removed(
    store: &dyn Store,
    class: RetentionClass,
    before: Timestamp,
    limit: usize,
) -> Vec<u64> {
    let (mut portions, mut after) = (Vec::new(), None);
    loop {
        let removal = Removal { tenant: tenant(), class, before, after, limit };
        let removed = store.remove_old(removal).await.unwrap();
        portions.push(removed.rows);
        assert!(portions.len() < 100, "{portions:?}");
        if !removed.more {
            return portions;
        }
        after = removed.after;
    }
}

async fn all(store: &dyn Store, log: LogId) -> Vec<Entry> {
    let query = ReadQuery {
        after: EntryNumber::START,
        through: EntryNumber::END,
        audience: Audience::ALL,
        limit: 1_000,
        max_bytes: usize::MAX,
    };
    store.read(log, query).await.unwrap()
}

/// Entries of what is over go, once every reader has read them; the log goes on from where it was.
pub async fn what_is_over_goes_and_the_log_goes_on(store: Arc<dyn Store>) {
    let (ann, bob) = (register(&*store, "ann").await, register(&*store, "bob").await);
    let last = conversation(&*store, ann, "1-1", 5).await;
    conversation(&*store, bob, "1-2", 5).await;
    let all_old = async || removed(&*store, RetentionClass::Conversations, LATER, 100).await;
    assert_eq!(all_old().await, [0], "nobody has read it");
    readers_have_read(&*store, ann).await;
    let early = Timestamp::from_millis(1);
    assert_eq!(removed(&*store, RetentionClass::Conversations, early, 100).await, [0], "it is not old");
    let heads = store.heads(ann).await.unwrap();
    let used = store.usage(&tenant()).await.unwrap();
    assert_eq!(all_old().await, [4]);
    assert!(store.usage(&tenant()).await.unwrap().bytes() < used.bytes());
    let left = all(&*store, ann).await;
    assert_eq!(
        left.iter().map(|entry| entry.number).collect::<Vec<_>>(),
        [last],
        "its last one holds the place"
    );
    assert_eq!(store.heads(ann).await.unwrap(), heads);
    assert_eq!(store.conversation(ann, 1).await.unwrap(), None);
    let ended = store.conversations(&tenant(), ConversationFilter::Ended, 10).await.unwrap();
    assert_eq!(ended.len(), 1, "that of Bob, whom nobody has read");
    assert_eq!(all(&*store, bob).await.len(), 5);
    // That something is missing is known.
    let zero = Timestamp::ZERO;
    let before = |after: u64| store.last_before(ann, EntryNumber(after), zero);
    assert_eq!(before(0).await.unwrap(), Some(EntryNumber(last.0 - 1)));
    assert_eq!(before(last.0 - 1).await.unwrap(), None);
    assert_eq!(store.last_before(bob, EntryNumber::START, zero).await.unwrap(), None);
    let next = write(&*store, ann, |state| opened(state, "1-3", 2, robot())).await;
    assert_eq!(next.first, EntryNumber(last.0 + 1));
    assert_eq!(store.conversation(ann, 2).await.unwrap().unwrap().first, next.first);
}

/// The contents of the last entry of a log go, too.
pub async fn what_stays_of_the_last_entry_says_nothing(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    conversation(&*store, log, "1-1", 3).await;
    write(&*store, log, |_| tell(vec![said("by the way")])).await;
    readers_have_read(&*store, log).await;
    assert_eq!(texts(&all(&*store, log).await).last(), Some(&"by the way"));
    removed(&*store, RetentionClass::Conversations, LATER, 100).await;
    assert_eq!(texts(&all(&*store, log).await), [""]);
    assert_eq!(removed(&*store, RetentionClass::Conversations, LATER, 100).await, [0]);
}

/// What goes on stays, however old it is: an open conversation, and a ticket that is not done with.
pub async fn what_goes_on_stays(store: Arc<dyn Store>) {
    let (ann, bob) = (register(&*store, "ann").await, register(&*store, "bob").await);
    let last = conversation(&*store, ann, "1-1", 4).await;
    write(&*store, ann, |state| opened(state, "1-2", 1, robot())).await;
    let left = conversation(&*store, bob, "1-3", 4).await;
    let ticket = Ticket {
        id: TicketId { log: bob, number: left },
        tenant: tenant(),
        channel: customer("bob").channel,
        queue: None,
        caller: "13800000000".to_owned(),
        opened: Timestamp::from_millis(1),
        state: TicketState::Open,
        agent: None,
        answer: None,
        changed: Timestamp::ZERO,
    };
    store.open_ticket(ticket.clone()).await.unwrap();
    for log in [ann, bob] {
        readers_have_read(&*store, log).await;
    }
    let all_old = async || removed(&*store, RetentionClass::Conversations, LATER, 100).await;
    assert_eq!(all_old().await, [4], "the first of Ann's");
    assert_eq!(all(&*store, ann).await[0].number, EntryNumber(last.0 + 1));
    assert!(store.conversation(ann, 2).await.unwrap().is_some());
    assert_eq!(all(&*store, bob).await.len(), 4);
    let close = TicketChange { agent: agent("101"), is_supervisor: true, step: TicketStep::Close };
    store.change_ticket(ticket.id, close).await.unwrap();
    assert_eq!(all_old().await, [3]);
    assert_eq!(store.tickets(&tenant(), TicketFilter::default(), 10).await.unwrap(), []);
}

/// A portion is of whole conversations, and the next one goes on behind it.
pub async fn conversations_go_in_portions(store: Arc<dyn Store>) {
    let (ann, bob) = (register(&*store, "ann").await, register(&*store, "bob").await);
    for call in ["1-1", "1-2", "1-3"] {
        conversation(&*store, ann, call, 4).await;
    }
    conversation(&*store, bob, "1-4", 4).await;
    for log in [ann, bob] {
        readers_have_read(&*store, log).await;
    }
    let portions = removed(&*store, RetentionClass::Conversations, LATER, 3).await;
    assert!(portions.iter().all(|rows| *rows <= 4), "{portions:?}");
    assert_eq!(portions.iter().sum::<u64>(), 14, "all but the last of each: {portions:?}");
    let ended = store.conversations(&tenant(), ConversationFilter::Ended, 10).await.unwrap();
    assert!(ended.is_empty(), "{ended:?}");
}

/// Files go by their age, but for those of an open conversation.
pub async fn files_go_unless_they_are_needed(store: Arc<dyn Store>) {
    let (ann, bob) = (register(&*store, "ann").await, register(&*store, "bob").await);
    let put = async |log: LogId, number: u64, at: i64| {
        let at = Timestamp::from_millis(at);
        let record =
            FileRecord { log, number, file_type: "png".to_owned(), name: None, size: 10, at, object: None };
        store.put_file(&tenant(), record).await.unwrap();
    };
    let own = LogId::of_agent(&tenant(), &agent("101"));
    put(ann, u64::MAX, 5).await;
    put(own, 1, 2_000_000_000_000).await;
    put(ann, 2, 8_000_000_000_000).await;
    store.share_file((own, 1), bob).await.unwrap();
    write(&*store, bob, |state| opened(state, "1-1", 1, robot())).await;
    let used = store.usage(&tenant()).await.unwrap().bytes();
    let before = Timestamp::from_millis(7_000_000_000_000);
    let all_old = async || removed(&*store, RetentionClass::Files, before, 1).await.iter().sum::<u64>();
    assert_eq!(all_old().await, 1);
    assert_eq!(store.file(ann, u64::MAX).await.unwrap(), None);
    assert_eq!(store.erased_blobs(10).await.unwrap(), [FileRecord::blob_name(ann, u64::MAX)]);
    assert_eq!(store.usage(&tenant()).await.unwrap().bytes(), used - 10);
    assert!(store.file(own, 1).await.unwrap().is_some(), "Bob may look at it");
    write(&*store, bob, closed).await;
    assert_eq!(all_old().await, 1);
    assert!(!store.may_fetch((own, 1), bob).await.unwrap());
    assert!(store.file(ann, 2).await.unwrap().is_some(), "it is not old");
}

/// A chain is cut at its front, and what is left follows from there.
pub async fn a_chain_is_cut_and_still_fits_together(store: Arc<dyn Store>) {
    let draft = |action: &str| Draft::by_system(tenant(), action);
    for action in ["a", "b", "c", "d", "e"] {
        store.append_audit(vec![draft(action)]).await.unwrap();
    }
    let early = Timestamp::from_millis(1);
    assert_eq!(removed(&*store, RetentionClass::AuditLog, early, 10).await, [0]);
    let fits = async || {
        let span = store.audit_span(&tenant(), None, None).await.unwrap();
        let rows = store.audit_range(&tenant(), 0, u64::MAX, 100).await.unwrap();
        let actions: Vec<_> = rows.iter().map(|row| Record::read(&row.body).unwrap().action).collect();
        let rows = rows.into_iter().map(Ok::<_, Infallible>);
        assert_eq!(verify(&tenant(), span.after, rows, &[]).unwrap(), Verdict::Intact(span.last));
        (span.after.number, actions)
    };
    let whole = fits().await;
    assert_eq!((whole.0, whole.1.len()), (0, 5));
    let cut =
        Removal { tenant: tenant(), class: RetentionClass::AuditLog, before: LATER, after: None, limit: 3 };
    let first = store.remove_old(cut.clone()).await.unwrap();
    assert_eq!((first.rows, first.more), (3, true));
    let owned = |actions: &[&str]| actions.iter().map(|action| (*action).to_owned()).collect::<Vec<_>>();
    assert_eq!(fits().await, (3, owned(&["d", "e", "audit.cut"])));
    // The last one stays: the chain goes on from it.
    let rest = Removal { limit: 10, ..cut };
    assert_eq!(store.remove_old(rest).await.unwrap().rows, 2);
    assert_eq!(fits().await, (5, owned(&["audit.cut", "audit.cut"])));
    store.append_audit(vec![draft("f")]).await.unwrap();
    assert_eq!(fits().await, (5, owned(&["audit.cut", "audit.cut", "f"])));
}

/// Attempts to push go by their age.
pub async fn deliveries_go_by_their_age(store: Arc<dyn Store>) {
    let whose = customer("ann");
    let attempt = |at: i64| Attempt {
        tenant: tenant(),
        channel: whose.channel.clone(),
        user: whose.user.clone(),
        at: Timestamp::from_millis(at),
        after: EntryNumber(0),
        through: EntryNumber(1),
        nth: 1,
        status: Some(200),
        error: None,
        millis: 1,
    };
    store.note_attempts(vec![attempt(10), attempt(20), attempt(30)]).await.unwrap();
    let before = Timestamp::from_millis(30);
    assert_eq!(removed(&*store, RetentionClass::Deliveries, before, 1).await, [1, 1, 0]);
    let left = store.attempts((&tenant(), &whose.channel), 10).await.unwrap();
    assert_eq!(left, [attempt(30)]);
}

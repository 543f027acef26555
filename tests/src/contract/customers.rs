//! Customers over all their channels.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::conversation::Control;
use frontdesk_core::customer::{AttributeValue, Block, FactsPatch, MergeRefusal, Profile, Trust};
use frontdesk_core::entry::EntryBody;
use frontdesk_core::id::{ChannelId, UserId};
use frontdesk_core::labels::Patch;
use frontdesk_core::log::LogId;
use frontdesk_core::note::Note;
use frontdesk_core::port::{
    ConversationPlace, Customer, CustomerError, CustomerFilter, CustomerPlace, FileRecord, HistoryQuery,
    Store,
};
use frontdesk_core::search::folded;
use frontdesk_core::time::Timestamp;

use super::search::{search_for, write_and_index};
use super::{agent, closed, customer, opened, register, said, tenant, write};

async fn on_app(store: &dyn Store, user: &str) -> LogId {
    let customer = Customer { channel: ChannelId::new("app").unwrap(), ..customer(user) };
    store.register(&customer).await.unwrap()
}

async fn profile(store: &dyn Store, log: LogId) -> Profile {
    store.customer(log).await.unwrap().unwrap()
}

async fn listed(store: &dyn Store, filter: CustomerFilter) -> Vec<LogId> {
    store.customers(&tenant(), filter, 100).await.unwrap().into_iter().map(|profile| profile.log).collect()
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::Text(value.to_owned())
}

/// A profile is there as soon as the log is, and knows what the reader has seen.
pub async fn a_profile_comes_with_the_first_word(store: Arc<dyn Store>) {
    let unknown = customer("nobody").log();
    assert_eq!(store.customer(unknown).await.unwrap(), None);
    let log = register(&*store, "ann").await;
    let fresh = profile(&*store, log).await;
    assert_eq!((fresh.log, fresh.name(), fresh.trust()), (log, "Dear ann", Trust::Vouched));
    assert_eq!((fresh.first_seen(), fresh.last_seen()), (None, None));
    store.note_signed(log).await.unwrap();
    write_and_index(&*store, log, vec![said("one")]).await;
    write_and_index(&*store, log, vec![said("two"), super::told("three")]).await;
    let known = profile(&*store, log).await;
    assert_eq!((known.trust(), known.identities.len()), (Trust::Signed, 1));
    assert!(known.first_seen() < known.last_seen() && known.first_seen().is_some(), "{known:?}");
    let visitor = register(&*store, "visitor-1").await;
    store.note_signed(visitor).await.unwrap();
    assert_eq!(profile(&*store, visitor).await.trust(), Trust::Anonymous);
}

/// What is known changes by what is given, and is bounded.
pub async fn what_is_known_of_a_customer_changes(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    let attributes = [("vip", AttributeValue::Flag(true)), ("orders", AttributeValue::Number(7.into()))];
    let attributes = attributes.map(|(key, value)| (key.to_owned(), Some(value)));
    let patch = FactsPatch {
        name: Patch::Set("Ann Chen".to_owned()),
        tags: Patch::Set(BTreeSet::from(["loyal".to_owned()])),
        attributes: Patch::Set(BTreeMap::from(attributes)),
        ..FactsPatch::default()
    };
    let changed = store.change_customer(log, patch).await.unwrap();
    assert_eq!((changed.name(), changed.facts.attributes.len()), ("Ann Chen", 2));
    let patch = FactsPatch {
        name: Patch::Clear,
        attributes: Patch::Set(BTreeMap::from([("vip".to_owned(), None)])),
        ..FactsPatch::default()
    };
    store.change_customer(log, patch).await.unwrap();
    let known = profile(&*store, log).await;
    assert_eq!((known.name(), known.facts.tags.len(), known.facts.attributes.len()), ("Dear ann", 1, 1));
    let many = (0..51).map(|number| (number.to_string(), Some(text("x")))).collect();
    let patch = FactsPatch { attributes: Patch::Set(many), ..FactsPatch::default() };
    let refused = store.change_customer(log, patch).await;
    assert!(matches!(refused, Err(CustomerError::TooManyAttributes)), "{refused:?}");
    let missing = store.change_customer(customer("nobody").log(), FactsPatch::default()).await;
    assert!(matches!(missing, Err(CustomerError::NoCustomer)), "{missing:?}");
}

/// Those seen last come first; each filter finds whom it should.
pub async fn customers_are_listed_and_found(store: Arc<dyn Store>) {
    let mut logs = Vec::new();
    for user in ["ann", "bob", "bo"] {
        let log = register(&*store, user).await;
        write_and_index(&*store, log, vec![said("hello")]).await;
        write_and_index(&*store, log, vec![said("hello"); logs.len() + 1]).await;
        logs.push(log);
    }
    let rival = Customer { tenant: "rival".parse().unwrap(), ..customer("ann") };
    let theirs = store.register(&rival).await.unwrap();
    write_and_index(&*store, theirs, vec![said("hello")]).await;
    let (ann, bob, bo) = (logs[0], logs[1], logs[2]);
    let mut newest: Vec<Profile> = store.customers(&tenant(), CustomerFilter::default(), 10).await.unwrap();
    assert_eq!(newest.len(), 3);
    assert!(newest.is_sorted_by(|one, next| one.last_seen() >= next.last_seen()), "{newest:?}");
    let first = newest.remove(0);
    let after = Some(CustomerPlace { seen: first.last_seen().unwrap(), log: first.log });
    let rest = listed(&*store, CustomerFilter { after, ..CustomerFilter::default() }).await;
    assert_eq!(rest, newest.iter().map(|profile| profile.log).collect::<Vec<_>>());

    let patch = FactsPatch {
        name: Patch::Set("王小明".to_owned()),
        tags: Patch::Set(BTreeSet::from(["loyal".to_owned()])),
        attributes: Patch::Set(BTreeMap::from([
            ("size".to_owned(), Some(text("L"))),
            ("orders".to_owned(), Some(AttributeValue::Number(7.into()))),
            ("vip".to_owned(), Some(AttributeValue::Flag(true))),
        ])),
        ..FactsPatch::default()
    };
    store.change_customer(bob, patch).await.unwrap();
    let none = CustomerFilter::default;
    let has = |key: &str, value| CustomerFilter { attribute: Some((key.to_owned(), value)), ..none() };
    let named = |name: &str| CustomerFilter { text: Some(folded(name)), ..none() };
    let sorted = |mut logs: Vec<LogId>| {
        logs.sort_unstable();
        logs
    };
    let web = ChannelId::new("web").unwrap();
    for (filter, expected) in [
        (named("小明"), vec![bob]),
        (named("DEAR B"), vec![bob, bo]),
        (CustomerFilter { user: Some("bo".to_owned()), ..none() }, vec![bob, bo]),
        (CustomerFilter { user: Some("BOB".to_owned()), ..none() }, vec![]),
        (CustomerFilter { tag: Some("loyal".to_owned()), ..none() }, vec![bob]),
        (CustomerFilter { channel: Some(web), ..none() }, vec![ann, bob, bo]),
        (CustomerFilter { logs: Some(vec![ann, theirs]), ..none() }, vec![ann]),
        (CustomerFilter { seen_before: Some(Timestamp::ZERO), ..none() }, vec![]),
        (has("size", text("L")), vec![bob]),
        (has("size", text("M")), vec![]),
        (has("orders", AttributeValue::Number(7.into())), vec![bob]),
        (has("orders", text("7")), vec![]),
        (has("vip", AttributeValue::Flag(true)), vec![bob]),
        (has("vip", AttributeValue::Flag(false)), vec![]),
    ] {
        assert_eq!(sorted(listed(&*store, filter.clone()).await), sorted(expected), "{filter:?}");
    }
}

/// Logs stay apart; the profile has them all, and gives each back as it was.
pub async fn profiles_are_joined_and_taken_apart(store: Arc<dyn Store>) {
    let (ann, app, third) =
        (register(&*store, "ann").await, on_app(&*store, "wx-1").await, on_app(&*store, "wx-2").await);
    for log in [ann, app, third] {
        write_and_index(&*store, log, vec![said("hello")]).await;
    }
    let patch = FactsPatch { name: Patch::Set("Anna".to_owned()), ..FactsPatch::default() };
    store.change_customer(app, patch).await.unwrap();
    let before = profile(&*store, app).await;
    let sam = agent("201");
    store.merge_customers(third, app, &sam).await.unwrap();
    let whole = store.merge_customers(app, ann, &sam).await.unwrap();
    assert_eq!((whole.log, whole.identities.len(), whole.name()), (ann, 3, "Anna"));
    for log in [ann, app, third] {
        assert_eq!(profile(&*store, log).await, whole);
    }
    assert_eq!(listed(&*store, CustomerFilter::default()).await, [ann]);
    let by_part = CustomerFilter { user: Some("wx-2".to_owned()), ..CustomerFilter::default() };
    assert_eq!(listed(&*store, by_part).await, [ann]);
    let again = store.merge_customers(third, ann, &sam).await;
    assert!(matches!(again, Err(CustomerError::Merge(MergeRefusal::Same))), "{again:?}");

    let apart = store.unmerge_customer(app).await.unwrap();
    assert_eq!((apart.log, apart.identities.len()), (app, 2), "what hung below it goes with it");
    store.unmerge_customer(third).await.unwrap();
    assert_eq!(profile(&*store, app).await, before);
    assert_eq!(profile(&*store, ann).await.name(), "Dear ann");
    assert_eq!(listed(&*store, CustomerFilter::default()).await.len(), 3);
    let refused = store.unmerge_customer(ann).await;
    assert!(matches!(refused, Err(CustomerError::Merge(MergeRefusal::NotMerged))), "{refused:?}");
}

/// Nobody unknown becomes part of somebody known, nor the other way round, nor across tenants.
pub async fn only_equals_in_trust_are_merged(store: Arc<dyn Store>) {
    let (ann, visitor) = (register(&*store, "ann").await, register(&*store, "visitor-1").await);
    let rival = Customer { tenant: "rival".parse().unwrap(), ..customer("ann") };
    let theirs = store.register(&rival).await.unwrap();
    let before = (profile(&*store, ann).await, profile(&*store, visitor).await);
    let sam = agent("201");
    for (log, into, why) in [
        (visitor, ann, MergeRefusal::Trust),
        (ann, visitor, MergeRefusal::Trust),
        (theirs, ann, MergeRefusal::NoCustomer),
        (ann, ann, MergeRefusal::Same),
    ] {
        let refused = store.merge_customers(log, into, &sam).await;
        assert!(matches!(&refused, Err(CustomerError::Merge(refusal)) if *refusal == why), "{refused:?}");
    }
    assert_eq!((profile(&*store, ann).await, profile(&*store, visitor).await), before);
}

/// Everybody is kept out with all their logs, also those that join later, until it is over.
pub async fn who_is_kept_out_is_known_until_it_is_over(store: Arc<dyn Store>) {
    let (ann, app) = (register(&*store, "ann").await, on_app(&*store, "wx-1").await);
    let block = |until| Block {
        reason: "rude".to_owned(),
        until,
        at: Timestamp::from_millis(1_700_000_000_000),
        by: agent("201"),
    };
    let over = Timestamp::from_millis(1_600_000_000_000);
    store.block_customer(ann, Some(block(Some(over)))).await.unwrap();
    assert_eq!((profile(&*store, ann).await.blocked, store.blocked_logs().await.unwrap()), (None, vec![]));
    let until = Timestamp::from_millis(1_700_000_000_000).plus(Duration::from_hours(1));
    store.block_customer(ann, Some(block(Some(until)))).await.unwrap();
    assert_eq!(profile(&*store, ann).await.blocked, Some(block(Some(until))));
    assert_eq!(store.blocked_logs().await.unwrap(), [(ann, Some(until))]);
    let only = |blocked| CustomerFilter { blocked: Some(blocked), ..CustomerFilter::default() };
    store.block_customer(app, None).await.unwrap();
    assert_eq!(
        (listed(&*store, only(true)).await, listed(&*store, only(false)).await),
        (vec![ann], vec![app])
    );
    store.merge_customers(ann, app, &agent("201")).await.unwrap();
    let mut logs = store.blocked_logs().await.unwrap();
    logs.sort_unstable();
    let mut both = vec![(ann, Some(until)), (app, Some(until))];
    both.sort_unstable();
    assert_eq!(logs, both);
    assert_eq!(store.block_customer(app, None).await.unwrap().blocked, None);
    assert_eq!(store.blocked_logs().await.unwrap(), []);
}

/// Conversations of one person, those opened last first, in pages.
pub async fn conversations_of_all_channels_are_listed(store: Arc<dyn Store>) {
    let (ann, app) = (register(&*store, "ann").await, on_app(&*store, "wx-1").await);
    let other = register(&*store, "bob").await;
    let robot = Control::Robot("shop".parse().unwrap());
    for (log, call, at) in [(ann, "1-1", 10), (app, "1-2", 20), (other, "1-3", 25), (ann, "1-4", 30)] {
        write(&*store, log, |state| opened(state, call, at, robot.clone())).await;
        write(&*store, log, closed).await;
    }
    let calls = async |after, limit| {
        let rows = store.conversations_of(ann, after, limit).await.unwrap();
        rows.iter().map(|row| row.call.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(calls(None, 10).await, ["1-4", "1-1"]);
    store.merge_customers(app, ann, &agent("201")).await.unwrap();
    assert_eq!(calls(None, 2).await, ["1-4", "1-2"]);
    let place = ConversationPlace { opened: Timestamp::from_millis(20), log: app };
    assert_eq!(calls(Some(place), 2).await, ["1-1"]);
}

/// Neither search nor lists know somebody who was forgotten; others are as they were.
pub async fn who_is_forgotten_is_not_found(store: Arc<dyn Store>) {
    let (ann, bob) = (register(&*store, "ann").await, register(&*store, "bob").await);
    for log in [ann, bob] {
        write_and_index(&*store, log, vec![said("secret"), said("more secrets")]).await;
    }
    let tags = FactsPatch { tags: Patch::Set(BTreeSet::from(["loyal".to_owned()])), ..FactsPatch::default() };
    store.change_customer(ann, tags).await.unwrap();
    let forgotten = store.forget_customer(ann).await.unwrap();
    assert_eq!((forgotten.logs, forgotten.indexed, forgotten.profiles), (1, 2, 1));
    let hits = store.search(search_for("secret"), 10).await.unwrap().hits;
    assert_eq!(hits.iter().map(|hit| hit.log).collect::<Vec<_>>(), [bob]);
    assert_eq!(listed(&*store, CustomerFilter::default()).await, [bob]);
    assert!(profile(&*store, ann).await.facts.tags.is_empty());
    assert_eq!(store.forget_customer(ann).await.unwrap().indexed, 0);
}

/// Nothing of what was said, of files, names and ids is left of somebody who was erased; who comes again begins anew.
pub async fn who_is_erased_leaves_no_word(store: Arc<dyn Store>) {
    let (ann, bob) = (register(&*store, "ann").await, register(&*store, "bob").await);
    let robot = Control::Robot("shop".parse().unwrap());
    write(&*store, ann, |state| opened(state, "1-1", 10, robot.clone())).await;
    let note = Note {
        agent: agent("101"),
        nickname: "Alex".to_owned(),
        text: "knows zebra".to_owned(),
        mentions: Vec::new(),
    };
    let state = store.load(ann).await.unwrap().unwrap().state;
    let words = vec![said("my secret is zebra"), EntryBody::Note(note)];
    store.commit(super::commit(ann, state.version, super::tell(words))).await.unwrap();
    let open = store.erase_customer(ann).await;
    assert!(matches!(open, Err(CustomerError::Open)), "{open:?}");
    write(&*store, ann, closed).await;
    let made = super::search::unread(&*store, ann).await;
    store.index(vec![made]).await.unwrap();
    write_and_index(&*store, bob, vec![said("bob's zebra")]).await;
    let file = |log, number| FileRecord {
        log,
        number,
        file_type: "png".to_owned(),
        name: Some("zebra.png".to_owned()),
        size: 1,
        at: Timestamp::ZERO,
        object: None,
    };
    // Numbers of files are any 64 bits.
    let large = u64::MAX - 7;
    let alex = LogId::of_agent(&tenant(), &agent("101"));
    for record in [file(ann, large), file(alex, 2), file(alex, 3)] {
        store.put_file(&tenant(), record).await.unwrap();
    }
    let files = store.files_of(alex, None, 10).await.unwrap();
    assert_eq!(files.iter().map(|file| file.number).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(store.files_of(alex, Some(2), 10).await.unwrap().len(), 1);
    assert_eq!(store.files_of(alex, None, 1).await.unwrap().len(), 1);
    store.share_file((alex, 2), ann).await.unwrap();
    store.share_file((alex, 3), ann).await.unwrap();
    store.share_file((alex, 3), bob).await.unwrap();

    let erased = store.erase_customer(ann).await.unwrap();
    assert_eq!((erased.entries, erased.indexed, erased.files, erased.blobs.len()), (2, 2, 2, 2));
    while store.scrub_erased().await.unwrap() {}
    assert_eq!(store.files_of(ann, None, 10).await.unwrap(), []);
    let mut blobs = store.erased_blobs(10).await.unwrap();
    blobs.sort_unstable();
    let mut named = vec![FileRecord::blob_name(ann, large), FileRecord::blob_name(alex, 2)];
    named.sort_unstable();
    assert_eq!(blobs, named);
    store.finish_erasing(blobs).await.unwrap();
    assert_eq!(store.erased_blobs(10).await.unwrap(), [] as [&str; 0]);
    let everything = HistoryQuery { from: None, to: None, offset: 0, limit: 100, messages_only: false };
    let left = format!("{:?}", store.history(ann, everything).await.unwrap());
    let left = left + &serde_json::to_string(&bodies(&*store, ann).await).unwrap();
    assert!(!left.contains("zebra") && left.contains("Alex"), "{left}");
    let view = store.load(ann).await.unwrap().unwrap();
    assert!(view.customer.user != UserId::new("ann").unwrap() && view.customer.name.is_empty());
    assert!(store.file(alex, 3).await.unwrap().is_some(), "somebody else may fetch it");
    assert!(store.file(ann, large).await.unwrap().is_none());
    let hits = store.search(search_for("zebra"), 10).await.unwrap().hits;
    assert_eq!(hits.iter().map(|hit| hit.log).collect::<Vec<_>>(), [bob]);

    assert_eq!(register(&*store, "ann").await, ann);
    let again = store.load(ann).await.unwrap().unwrap();
    assert_eq!((again.customer, again.state.conversations), (customer("ann"), 1));
}

async fn bodies(store: &dyn Store, log: LogId) -> Vec<EntryBody> {
    let everything = HistoryQuery { from: None, to: None, offset: 0, limit: 100, messages_only: false };
    store.history(log, everything).await.unwrap().into_iter().map(|entry| entry.body).collect()
}

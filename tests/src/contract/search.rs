//! The search index.

use std::sync::Arc;

use frontdesk_core::entry::{Audience, EntryBody};
use frontdesk_core::id::ChannelId;
use frontdesk_core::log::{EntryNumber, LogId};
use frontdesk_core::message::{Author, Message};
use frontdesk_core::port::{
    Customer, IndexedEntry, IndexedLog, Purpose, Reach, ReadQuery, SearchQuery, SearchScope, Store,
};
use frontdesk_core::search::{Phrase, Speaker, findable, tokens};

use super::{agent, commit, customer, queue, register, said, tell, tenant};

/// What a search for a text asks for.
pub fn search_for(text: &str) -> SearchQuery {
    SearchQuery {
        scope: SearchScope { tenant: tenant(), channels: None, queues: None, reach: None },
        phrases: vec![Phrase::new(text, false).unwrap()],
        from: None,
        channel: None,
        queue: None,
        agent: None,
        conversation: None,
        logs: Vec::new(),
        before: None,
        after: None,
        below: None,
    }
}

/// What is made of everything that a log has after the reader's mark.
pub async fn unread(store: &dyn Store, log: LogId) -> IndexedLog {
    let from = store.pending(Purpose::Search, log).await.unwrap().unwrap();
    let query = ReadQuery {
        after: from,
        through: EntryNumber::END,
        audience: Audience::ALL,
        limit: usize::MAX,
        max_bytes: usize::MAX,
    };
    let entries = store.read(log, query).await.unwrap();
    let found = entries.iter().filter_map(|entry| {
        let found = findable(&entry.body)?;
        Some(IndexedEntry {
            number: entry.number,
            at: entry.at,
            conversation: entry.conversation,
            by: found.by,
            words: tokens(&found.text).into_iter().map(|token| token.text).collect(),
            agents: Vec::new(),
            queues: Vec::new(),
        })
    });
    let own = entries.iter().filter(|entry| entry.body.audience().meets(Audience::OWN));
    let seen = own.fold(None, |seen, entry| Some((seen.map_or(entry.at, |(first, _)| first), entry.at)));
    IndexedLog {
        log,
        from,
        through: entries.last().map_or(from, |entry| entry.number),
        entries: found.collect(),
        gone: Vec::new(),
        seen,
    }
}

/// Writes something to a log and takes it in.
pub async fn write_and_index(store: &dyn Store, log: LogId, bodies: Vec<EntryBody>) {
    store.commit(commit(log, 0, tell(bodies))).await.unwrap();
    let made = unread(store, log).await;
    store.index(vec![made]).await.unwrap();
}

async fn found(store: &dyn Store, query: SearchQuery) -> Vec<String> {
    let hits = store.search(query, 100).await.unwrap().hits;
    let text = |body: &EntryBody| findable(body).unwrap().text.into_owned();
    hits.iter().map(|hit| text(&hit.entry.body)).collect()
}

fn agent_said(name: &str, text: &str) -> EntryBody {
    EntryBody::Said(Message::text(Author::Agent(agent(name)), text))
}

/// The newest comes first, whoever said it, and a page goes on where the last ended.
pub async fn what_was_taken_in_is_found_newest_first(store: Arc<dyn Store>) {
    let (ann, bob) = (register(&*store, "ann").await, register(&*store, "bob").await);
    write_and_index(&*store, ann, vec![said("parcel one")]).await;
    write_and_index(&*store, bob, vec![said("parcel two"), said("else")]).await;
    write_and_index(&*store, ann, vec![said("a PARCEL, three")]).await;
    let all = ["a PARCEL, three", "parcel two", "parcel one"];
    assert_eq!(found(&*store, search_for("parcel")).await, all);
    let first = store.search(search_for("parcel"), 2).await.unwrap().hits;
    assert_eq!((first.len(), first[0].log, &first[0].customer), (2, ann, &customer("ann")));
    assert_eq!(first[0].entry.number, EntryNumber(2));
    let rest = SearchQuery { below: Some(first[1].place), ..search_for("parcel") };
    assert_eq!(found(&*store, rest).await, ["parcel one"]);
    assert_eq!(found(&*store, search_for("parce")).await, [] as [&str; 0]);
}

/// Words next to each other, parts of texts without spaces, beginnings, and several at once.
pub async fn phrases_and_beginnings_are_found(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    let texts = ["where is my late parcel", "a parcel, late", "我想退货，订单A-10023", "货物退回"];
    write_and_index(&*store, log, texts.map(said).to_vec()).await;
    for (question, expected) in [
        ("late parcel", vec![texts[0]]),
        ("退货", vec![texts[2]]),
        ("想退货", vec![texts[2]]),
        ("货", vec![texts[3], texts[2]]),
        ("a-10023", vec![texts[2]]),
        ("0023", vec![texts[2]]),
        ("退货，订单", vec![texts[2]]),
        ("退货订单", vec![]),
        ("单a", vec![texts[2]]),
        ("货退", vec![]),
    ] {
        assert_eq!(found(&*store, search_for(question)).await, expected, "{question}");
    }
    let begins = SearchQuery { phrases: vec![Phrase::new("parc", true).unwrap()], ..search_for("x") };
    assert_eq!(found(&*store, begins).await, [texts[1], texts[0]]);
    let both = ["late", "where"].map(|word| Phrase::new(word, false).unwrap()).to_vec();
    assert_eq!(found(&*store, SearchQuery { phrases: both, ..search_for("x") }).await, [texts[0]]);
}

/// By speaker, channel, conversation, log, agent, queue and time.
pub async fn what_is_found_can_be_narrowed(store: Arc<dyn Store>) {
    let ann = register(&*store, "ann").await;
    let app = Customer { channel: ChannelId::new("app").unwrap(), ..customer("ann") };
    let other = store.register(&app).await.unwrap();
    store
        .commit(commit(ann, 0, tell(vec![said("word by ann"), agent_said("101", "word by alex")])))
        .await
        .unwrap();
    let mut made = unread(&*store, ann).await;
    let middle = made.entries[1].at;
    made.entries[1].agents = vec![agent("101")];
    made.entries[1].queues = vec![queue("vip")];
    store.index(vec![made]).await.unwrap();
    write_and_index(&*store, other, vec![said("word by app")]).await;
    let word = || search_for("word");
    for (query, expected) in [
        (SearchQuery { from: Some(Speaker::Agent), ..word() }, vec!["word by alex"]),
        (SearchQuery { channel: Some(app.channel.clone()), ..word() }, vec!["word by app"]),
        (SearchQuery { conversation: Some((ann, 1)), ..word() }, vec!["word by alex", "word by ann"]),
        (SearchQuery { conversation: Some((ann, 2)), ..word() }, vec![]),
        (SearchQuery { logs: vec![other], ..word() }, vec!["word by app"]),
        (SearchQuery { agent: Some(agent("101")), ..word() }, vec!["word by alex"]),
        (SearchQuery { agent: Some(agent("102")), ..word() }, vec![]),
        (SearchQuery { queue: Some(queue("vip")), ..word() }, vec!["word by alex"]),
        (SearchQuery { before: Some(middle), ..word() }, vec!["word by app", "word by ann"]),
        (SearchQuery { after: Some(middle), ..word() }, vec!["word by alex"]),
        (SearchQuery { after: Some(middle.next()), ..word() }, vec![]),
    ] {
        assert_eq!(found(&*store, query.clone()).await, expected, "{query:?}");
    }
}

/// Nothing of another tenant is found, nor what is out of reach.
pub async fn a_search_stays_within_its_scope(store: Arc<dyn Store>) {
    let ann = register(&*store, "ann").await;
    let rival = Customer { tenant: "rival".parse().unwrap(), ..customer("ann") };
    let theirs = store.register(&rival).await.unwrap();
    let app = Customer { channel: ChannelId::new("app").unwrap(), ..customer("bob") };
    let bob = store.register(&app).await.unwrap();
    for (log, text) in [(theirs, "secret of a rival"), (bob, "secret of bob")] {
        write_and_index(&*store, log, vec![said(text)]).await;
    }
    store.commit(commit(ann, 0, tell(vec![said("secret of ann")]))).await.unwrap();
    let mut made = unread(&*store, ann).await;
    made.entries[0].agents = vec![agent("101")];
    made.entries[0].queues = vec![queue("vip")];
    store.index(vec![made]).await.unwrap();
    let within = async |change: &dyn Fn(&mut SearchScope)| {
        let mut query = search_for("secret");
        change(&mut query.scope);
        found(&*store, query).await
    };
    let reach = |name: &str, channels: &[&str], conversations: &[(LogId, u64)]| {
        Some(Reach {
            agent: agent(name),
            channels: channels.iter().map(|id| ChannelId::new(id).unwrap()).collect(),
            conversations: conversations.to_vec(),
        })
    };
    assert_eq!(within(&|_| {}).await, ["secret of ann", "secret of bob"]);
    assert_eq!(within(&|scope| scope.tenant = rival.tenant.clone()).await, ["secret of a rival"]);
    assert_eq!(within(&|scope| scope.channels = Some(vec![app.channel.clone()])).await, ["secret of bob"]);
    assert_eq!(within(&|scope| scope.channels = Some(Vec::new())).await, [] as [&str; 0]);
    assert_eq!(within(&|scope| scope.queues = Some(vec![queue("vip")])).await, ["secret of ann"]);
    assert_eq!(within(&|scope| scope.reach = reach("101", &[], &[])).await, ["secret of ann"]);
    assert_eq!(within(&|scope| scope.reach = reach("102", &[], &[])).await, [] as [&str; 0]);
    assert_eq!(within(&|scope| scope.reach = reach("102", &["app"], &[])).await, ["secret of bob"]);
    assert_eq!(within(&|scope| scope.reach = reach("102", &[], &[(ann, 1)])).await, ["secret of ann"]);
    let theirs = SearchQuery { conversation: Some((theirs, 1)), ..search_for("secret") };
    assert_eq!(found(&*store, theirs).await, [] as [&str; 0], "not even by its id");
}

/// What was taken back is not found, whether the index knows or not.
pub async fn what_was_taken_back_is_not_found(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    write_and_index(&*store, log, vec![agent_said("101", "a slip"), agent_said("101", "a slip too")]).await;
    let mut back = tell(vec![said("why a slip")]);
    back.amend =
        Some((EntryNumber(1), EntryBody::Said(Message::text(Author::Agent(agent("101")), "").recalled())));
    store.commit(commit(log, 0, back)).await.unwrap();
    assert_eq!(found(&*store, search_for("slip")).await, ["a slip too"]);
    let mut made = unread(&*store, log).await;
    let query = ReadQuery {
        after: EntryNumber(1),
        through: EntryNumber(2),
        audience: Audience::ALL,
        limit: 1,
        max_bytes: usize::MAX,
    };
    let second = store.read(log, query).await.unwrap().remove(0);
    made.gone = vec![(second.number, second.at)];
    store.index(vec![made]).await.unwrap();
    assert_eq!(found(&*store, search_for("slip")).await, ["why a slip"]);
}

/// Taken in again, an entry is found by what it was taken in with last, and once.
pub async fn an_entry_is_taken_in_once(store: Arc<dyn Store>) {
    let log = register(&*store, "ann").await;
    store.commit(commit(log, 0, tell(vec![said("hello")]))).await.unwrap();
    let made = unread(&*store, log).await;
    store.index(vec![made.clone()]).await.unwrap();
    store.commit(commit(log, 0, tell(vec![said("there")]))).await.unwrap();
    let mut again = unread(&*store, log).await;
    let mut known = made.entries[0].clone();
    known.agents = vec![agent("101")];
    again.entries.push(known);
    store.index(vec![again]).await.unwrap();
    assert_eq!(found(&*store, search_for("hello")).await, ["hello"]);
    let by_agent = SearchQuery { agent: Some(agent("101")), ..search_for("hello") };
    assert_eq!(found(&*store, by_agent).await, ["hello"]);
}

/// However many logs are written to in the same millisecond, all of it is found.
pub async fn entries_of_one_moment_are_all_found(store: Arc<dyn Store>) {
    let mut logs = Vec::new();
    for number in 0..60 {
        let log = register(&*store, &format!("u{number}")).await;
        store.commit(commit(log, 0, tell(vec![said("busy")]))).await.unwrap();
        logs.push(unread(&*store, log).await);
    }
    let moments: std::collections::HashSet<_> = logs.iter().map(|made| made.entries[0].at).collect();
    assert_eq!(moments.len(), 1, "the clock stands still");
    store.index(logs).await.unwrap();
    assert_eq!(found(&*store, search_for("busy")).await.len(), 60);
}

/// A reader that is told to read again does not skip what it was to read.
pub async fn a_reader_that_was_overtaken_takes_nothing_in(store: Arc<dyn Store>) {
    let (ann, bob) = (register(&*store, "ann").await, register(&*store, "bob").await);
    for log in [ann, bob] {
        store.commit(commit(log, 0, tell(vec![said("one")]))).await.unwrap();
    }
    let stale = unread(&*store, ann).await;
    store.index(vec![stale.clone()]).await.unwrap();
    store.commit(commit(ann, 0, tell(vec![said("two")]))).await.unwrap();
    let fresh = unread(&*store, bob).await;
    store.index(vec![stale, fresh]).await.unwrap();
    assert_eq!(store.pending(Purpose::Search, ann).await.unwrap(), Some(EntryNumber(1)));
    assert_eq!(found(&*store, search_for("one")).await.len(), 2, "others are taken in");
}

/// Emptied, the index finds nothing until the reader has been through every log again.
pub async fn the_index_is_made_anew(store: Arc<dyn Store>) {
    let (ann, bob) = (register(&*store, "ann").await, register(&*store, "bob").await);
    for log in [ann, bob] {
        write_and_index(&*store, log, vec![said("hello"), said("again")]).await;
    }
    let behind = async || {
        let backlog = store.search_backlog().await.unwrap();
        (backlog.logs, backlog.behind)
    };
    assert_eq!(behind().await, (2, 0));
    store.rebuild_search().await.unwrap();
    assert_eq!((behind().await, found(&*store, search_for("hello")).await), ((2, 2), Vec::new()));
    let made = unread(&*store, bob).await;
    store.index(vec![made]).await.unwrap();
    assert_eq!((behind().await, found(&*store, search_for("hello")).await.len()), ((2, 1), 1));
    let made = unread(&*store, ann).await;
    store.index(vec![made]).await.unwrap();
    assert_eq!((behind().await, found(&*store, search_for("again")).await.len()), ((2, 0), 2));
}

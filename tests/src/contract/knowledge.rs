//! Knowledge bases: drafts, versions, and what is live.

use std::sync::Arc;

use frontdesk_core::id::{BaseId, GroupId, TenantId};
use frontdesk_core::knowledge::{Group, PlainGroup, PlainText, TestQuestion};
use frontdesk_core::port::{
    Base, Edit, Edition, Expected, GroupEdit, KEPT_VERSIONS, KnowledgeError, Publication, Store,
};
use frontdesk_core::robot::Dictionary;

use super::tenant;

pub(super) fn base(name: &str) -> BaseId {
    BaseId::new(name).unwrap()
}

fn other() -> TenantId {
    TenantId::new("other").unwrap()
}

pub(super) fn group(id: &str, answer: &str) -> Group {
    let text = PlainText {
        language: "zh".to_owned(),
        questions: vec!["怎么退货".to_owned(), format!("{id}?")],
        answer: answer.to_owned(),
    };
    let plain = PlainGroup {
        id: GroupId::new(id).unwrap(),
        enabled: true,
        category: Some("returns".to_owned()),
        tags: vec!["a".to_owned()],
        from: None,
        until: Some(frontdesk_core::time::Timestamp::from_millis(4_000_000_000_000)),
        texts: vec![text],
    };
    Group::cut(plain, &Dictionary::new())
}

fn put(id: &str, answer: &str, expected: Expected) -> GroupEdit {
    GroupEdit { id: GroupId::new(id).unwrap(), expected, group: Some(group(id, answer)) }
}

fn remove(id: &str, expected: Expected) -> GroupEdit {
    GroupEdit { id: GroupId::new(id).unwrap(), expected, group: None }
}

async fn edit(store: &dyn Store, groups: Vec<GroupEdit>) -> Result<u64, KnowledgeError> {
    store.edit(&tenant(), &base("shop"), Edit { groups, ..Edit::default() }).await
}

async fn publish(store: &dyn Store) -> u64 {
    store.publish(&tenant(), &base("shop"), Publication::default()).await.unwrap()
}

/// Makes a base and publishes an answer in it.
pub(super) async fn publish_an_answer(store: &dyn Store) {
    store.put_base(&tenant(), &base("shop"), None).await.unwrap();
    edit(store, vec![put("return", "Send it back.", Expected::Any)]).await.unwrap();
    publish(store).await;
}

/// Ids, versions and answers.
async fn groups(store: &dyn Store, edition: Edition) -> Option<Vec<(String, u64, String)>> {
    let groups = store.groups(&tenant(), &base("shop"), edition).await.unwrap()?;
    let short = |draft: frontdesk_core::port::DraftGroup| {
        (draft.group.id.to_string(), draft.version, draft.group.texts[0].answer.clone())
    };
    Some(groups.into_iter().map(short).collect())
}

fn shown(groups: &[(&str, u64, &str)]) -> Vec<(String, u64, String)> {
    groups.iter().map(|(id, version, answer)| ((*id).to_owned(), *version, (*answer).to_owned())).collect()
}

async fn known(store: &dyn Store) -> Base {
    store.base(&tenant(), &base("shop")).await.unwrap().unwrap()
}

/// A base is there once it was made, has the name it was given, and leaves nothing behind.
pub async fn a_base_is_made_named_and_removed(store: Arc<dyn Store>) {
    assert_eq!(store.bases(&tenant()).await.unwrap(), []);
    assert!(!store.remove_base(&tenant(), &base("shop")).await.unwrap());
    assert!(matches!(edit(&*store, vec![put("a", "1", Expected::Any)]).await, Err(KnowledgeError::NoBase)));
    assert!(store.put_base(&tenant(), &base("shop"), None).await.unwrap());
    assert!(!store.put_base(&tenant(), &base("shop"), Some("Web shop".to_owned())).await.unwrap());
    assert!(!store.put_base(&tenant(), &base("shop"), None).await.unwrap());
    store.put_base(&tenant(), &base("faq"), None).await.unwrap();
    let names = |bases: Vec<Base>| -> Vec<(String, String)> {
        bases.into_iter().map(|base| (base.id.to_string(), base.name)).collect()
    };
    let expected = [("faq".to_owned(), "faq".to_owned()), ("shop".to_owned(), "Web shop".to_owned())];
    assert_eq!(names(store.bases(&tenant()).await.unwrap()), expected);
    assert_eq!(store.bases(&other()).await.unwrap(), [], "bases belong to a tenant");
    edit(&*store, vec![put("a", "1", Expected::Any)]).await.unwrap();
    publish(&*store).await;
    assert!(store.remove_base(&tenant(), &base("shop")).await.unwrap());
    assert_eq!(groups(&*store, Edition::Draft).await, None);
    assert_eq!(store.live(&tenant(), &base("shop")).await.unwrap().groups, []);
    store.put_base(&tenant(), &base("shop"), None).await.unwrap();
    assert_eq!(groups(&*store, Edition::Draft).await, Some(shown(&[])));
    assert_eq!(store.versions(&tenant(), &base("shop")).await.unwrap(), []);
}

/// Editors who saw an old state change nothing, nor does anything else of their change.
pub async fn a_change_is_refused_if_somebody_was_faster(store: Arc<dyn Store>) {
    store.put_base(&tenant(), &base("shop"), None).await.unwrap();
    edit(&*store, vec![put("a", "1", Expected::Absent)]).await.unwrap();
    let taken = edit(&*store, vec![put("b", "1", Expected::Any), put("a", "2", Expected::Absent)]).await;
    assert!(matches!(taken, Err(KnowledgeError::GroupChanged(id)) if id.as_str() == "a"));
    assert_eq!(groups(&*store, Edition::Draft).await, Some(shown(&[("a", 1, "1")])));
    assert_eq!(edit(&*store, vec![put("a", "2", Expected::Version(1))]).await.unwrap(), 2);
    for stale in [put("a", "3", Expected::Version(1)), remove("a", Expected::Version(1))] {
        assert!(matches!(edit(&*store, vec![stale]).await, Err(KnowledgeError::GroupChanged(_))));
    }
    let absent = edit(&*store, vec![put("c", "1", Expected::Version(1))]).await;
    assert!(matches!(absent, Err(KnowledgeError::GroupChanged(_))));
    let whole = Edit { groups: vec![put("c", "1", Expected::Any)], draft: Some(1), settles: None };
    let stale = store.edit(&tenant(), &base("shop"), whole).await;
    assert!(matches!(stale, Err(KnowledgeError::DraftChanged)));
    // What is so already keeps its version, and the draft its count.
    assert_eq!(edit(&*store, vec![put("a", "2", Expected::Any)]).await.unwrap(), 2);
    assert_eq!(edit(&*store, vec![remove("a", Expected::Version(2))]).await.unwrap(), 3);
    // A group that comes back is another than it was.
    edit(&*store, vec![put("a", "1", Expected::Absent)]).await.unwrap();
    assert_eq!(groups(&*store, Edition::Draft).await, Some(shown(&[("a", 4, "1")])));
    let one = store.group(&tenant(), &base("shop"), &GroupId::new("a").unwrap()).await.unwrap().unwrap();
    assert_eq!((one.version, one.group), (4, group("a", "1")), "with its terms");
}

/// Robots see nothing of a draft before it is published, and all of it then.
pub async fn a_draft_is_live_once_it_is_published(store: Arc<dyn Store>) {
    store.put_base(&tenant(), &base("shop"), None).await.unwrap();
    edit(&*store, vec![put("a", "1", Expected::Any), put("b", "1", Expected::Any)]).await.unwrap();
    assert_eq!(groups(&*store, Edition::Live).await, Some(shown(&[])));
    assert_eq!((known(&*store).await.changes, known(&*store).await.live), (2, None));
    let wrong = Publication { draft: Some(7), ..Publication::default() };
    let stale = store.publish(&tenant(), &base("shop"), wrong).await;
    assert!(matches!(stale, Err(KnowledgeError::DraftChanged)));
    let by = Publication { by: "901".to_owned(), note: "first".to_owned(), draft: Some(1) };
    assert_eq!(store.publish(&tenant(), &base("shop"), by).await.unwrap(), 1);
    assert_eq!(groups(&*store, Edition::Live).await, Some(shown(&[("a", 0, "1"), ("b", 0, "1")])));
    let live = store.live(&tenant(), &base("shop")).await.unwrap();
    assert_eq!((live.version, live.groups), (1, vec![group("a", "1"), group("b", "1")]));
    assert_eq!(publish(&*store).await, 1, "there is nothing to publish");
    edit(&*store, vec![put("a", "2", Expected::Any), remove("b", Expected::Any)]).await.unwrap();
    assert_eq!(known(&*store).await.changes, 2);
    assert_eq!(groups(&*store, Edition::Live).await, Some(shown(&[("a", 0, "1"), ("b", 0, "1")])));
    assert_eq!(publish(&*store).await, 2);
    assert_eq!(groups(&*store, Edition::Live).await, Some(shown(&[("a", 0, "2")])));
    assert_eq!(groups(&*store, Edition::Version(1)).await, Some(shown(&[("a", 0, "1"), ("b", 0, "1")])));
    assert_eq!(groups(&*store, Edition::Version(3)).await, None);
    let versions = store.versions(&tenant(), &base("shop")).await.unwrap();
    let told: Vec<_> =
        versions.iter().map(|it| (it.version, it.by.as_str(), it.note.as_str(), it.groups)).collect();
    assert_eq!(told, [(2, "", "", 1), (1, "901", "first", 2)]);
    assert!(versions[0].at > versions[1].at, "one after the other, although the clock stands still");
    let since = store.live_since().await.unwrap();
    assert_eq!(since, [(tenant(), base("shop"), versions[0].at)]);
}

/// An earlier version is live again under a new number; a draft with changes keeps them.
pub async fn a_version_comes_back_as_it_was(store: Arc<dyn Store>) {
    store.put_base(&tenant(), &base("shop"), None).await.unwrap();
    edit(&*store, vec![put("a", "1", Expected::Any), put("b", "1", Expected::Any)]).await.unwrap();
    publish(&*store).await;
    edit(
        &*store,
        vec![put("a", "2", Expected::Any), put("c", "2", Expected::Any), remove("b", Expected::Any)],
    )
    .await
    .unwrap();
    publish(&*store).await;
    let back =
        async |version: u64| store.roll_back(&tenant(), &base("shop"), version, Publication::default()).await;
    assert!(matches!(back(9).await, Err(KnowledgeError::NoVersion)));
    assert_eq!(back(2).await.unwrap(), 2, "it is live already");
    assert_eq!(back(1).await.unwrap(), 3);
    let first = shown(&[("a", 0, "1"), ("b", 0, "1")]);
    assert_eq!(groups(&*store, Edition::Live).await, Some(first));
    assert_eq!(known(&*store).await.changes, 0, "the draft had no changes, so it follows");
    assert_eq!(groups(&*store, Edition::Draft).await, Some(shown(&[("a", 3, "1"), ("b", 3, "1")])));
    assert_eq!(groups(&*store, Edition::Version(2)).await, Some(shown(&[("a", 0, "2"), ("c", 0, "2")])));
    assert_eq!(store.versions(&tenant(), &base("shop")).await.unwrap()[0].repeats, Some(1));
    edit(&*store, vec![put("d", "4", Expected::Any)]).await.unwrap();
    assert_eq!(back(2).await.unwrap(), 4);
    assert_eq!(groups(&*store, Edition::Live).await, Some(shown(&[("a", 0, "2"), ("c", 0, "2")])));
    assert_eq!(groups(&*store, Edition::Draft).await.unwrap().len(), 3, "it had changes, so it stays");
}

/// Versions that are too old go, and nothing of those that stay goes with them.
pub async fn the_last_versions_are_kept(store: Arc<dyn Store>) {
    store.put_base(&tenant(), &base("shop"), None).await.unwrap();
    edit(&*store, vec![put("always", "1", Expected::Any)]).await.unwrap();
    let all = KEPT_VERSIONS + 3;
    for version in 1..=all {
        edit(&*store, vec![put("a", &version.to_string(), Expected::Any)]).await.unwrap();
        assert_eq!(publish(&*store).await, version);
    }
    let versions = store.versions(&tenant(), &base("shop")).await.unwrap();
    let numbers: Vec<u64> = versions.iter().map(|version| version.version).collect();
    assert_eq!(numbers, (4..=all).rev().collect::<Vec<_>>());
    assert_eq!(groups(&*store, Edition::Version(3)).await, None);
    for version in 4..=all {
        let expected = [("a", 0, version.to_string()), ("always", 0, "1".to_owned())];
        let expected: Vec<_> =
            expected.into_iter().map(|(id, zero, answer)| (id.to_owned(), zero, answer)).collect();
        assert_eq!(groups(&*store, Edition::Version(version)).await, Some(expected));
    }
}

/// A draft that is thrown away is what is live; groups that did not change keep their versions.
pub async fn a_draft_can_be_thrown_away(store: Arc<dyn Store>) {
    store.put_base(&tenant(), &base("shop"), None).await.unwrap();
    edit(&*store, vec![put("a", "1", Expected::Any), put("b", "1", Expected::Any)]).await.unwrap();
    publish(&*store).await;
    assert_eq!(store.discard(&tenant(), &base("shop")).await.unwrap(), 1, "there is nothing to throw away");
    edit(&*store, vec![put("a", "2", Expected::Any), put("c", "2", Expected::Any)]).await.unwrap();
    assert_eq!(store.discard(&tenant(), &base("shop")).await.unwrap(), 3);
    assert_eq!(groups(&*store, Edition::Draft).await, Some(shown(&[("a", 3, "1"), ("b", 1, "1")])));
    assert!(matches!(store.discard(&tenant(), &base("faq")).await, Err(KnowledgeError::NoBase)));
}

/// Whoever remembers what was live before a base was removed notices that another one is.
pub async fn a_base_of_the_same_name_is_published_later(store: Arc<dyn Store>) {
    let mut seen = Vec::new();
    for _ in 0..3 {
        store.put_base(&tenant(), &base("shop"), None).await.unwrap();
        edit(&*store, vec![put("a", "1", Expected::Any)]).await.unwrap();
        publish(&*store).await;
        seen.push(store.live(&tenant(), &base("shop")).await.unwrap().published);
        store.remove_base(&tenant(), &base("shop")).await.unwrap();
    }
    assert!(seen.is_sorted_by(|left, right| left < right), "{seen:?}");
}

/// Test questions are replaced as a whole.
pub async fn test_questions_are_kept(store: Arc<dyn Store>) {
    let test = |question: &str| TestQuestion {
        question: question.to_owned(),
        language: None,
        expected: Some(GroupId::new("a").unwrap()),
    };
    assert!(!store.put_tests(&tenant(), &base("shop"), vec![test("one")]).await.unwrap());
    store.put_base(&tenant(), &base("shop"), None).await.unwrap();
    assert_eq!(store.tests(&tenant(), &base("shop")).await.unwrap(), []);
    assert!(store.put_tests(&tenant(), &base("shop"), vec![test("one"), test("two")]).await.unwrap());
    assert!(store.put_tests(&tenant(), &base("shop"), vec![test("three")]).await.unwrap());
    assert_eq!(store.tests(&tenant(), &base("shop")).await.unwrap(), [test("three")]);
}

//! What agents note about a conversation and put on it.

use std::collections::BTreeMap;

use frontdesk_core::conversation::{Command, Control, Decision, Labelling, Outcome, Refusal};
use frontdesk_core::directory::Disposition;
use frontdesk_core::entry::EntryBody;
use frontdesk_core::id::DispositionId;
use frontdesk_core::labels::{LabelPatch, Labels, Patch, Priority};
use frontdesk_core::note::Note;

use super::{Story, chat};
use crate::shop::agent_id;

fn note(conversation: u64, mentions: &[&str]) -> Command {
    let note = Note {
        agent: agent_id("102"),
        nickname: "Kim".to_owned(),
        text: "look".to_owned(),
        mentions: mentions.iter().map(|id| agent_id(id)).collect(),
    };
    Command::Note { conversation, note }
}

fn label(conversation: u64, before: &Labels, patch: LabelPatch) -> Command {
    let before = before.clone();
    Command::Label(Box::new(Labelling { agent: agent_id("102"), conversation, patch, before }))
}

fn solved() -> DispositionId {
    DispositionId::new("solved").expect("id")
}

fn with_dispositions(mut story: Story) -> Story {
    story.shop.dispositions = vec![Disposition { id: solved(), name: "Solved".to_owned() }];
    story
}

fn decided(story: &mut Story, command: Command) -> Decision {
    story.does(command).expect("not refused").1.expect("something is written")
}

#[test]
fn noting_by_whoever_may_see_it_also_after_the_end() {
    let mut story = Story::with_alex();
    story.shows(
        note(1, &["101", "103"]),
        Outcome::Noted,
        &["noted by 102: look"],
        &["tell 101: mentioned in 1", "tell 103: mentioned in 1"],
    );
    let open = decided(&mut story, note(1, &["101"]));
    assert_eq!((open.is_afterthought, open.mentioned, open.state), (false, vec![agent_id("101")], None));
    story.does(Command::Disconnect).expect("leaves");
    assert!(decided(&mut story, note(1, &[])).is_afterthought);
    story.does(Command::Connect).expect("comes back");
    let late = decided(&mut story, note(1, &[]));
    assert_eq!((late.is_afterthought, late.conversation), (true, 1));
    let now = decided(&mut story, note(2, &[]));
    assert_eq!((now.is_afterthought, now.conversation), (false, 2));
    for unknown in [0, 3] {
        story.refuses(note(unknown, &[]), Refusal::NoSession);
    }
}

#[test]
fn labelling_writes_what_became_different() {
    let mut story = with_dispositions(Story::with_alex());
    let before = Labels::default();
    let patch = LabelPatch {
        tags: Patch::Set(["refund".to_owned()].into()),
        priority: Patch::Set(Priority::Urgent),
        disposition: Patch::Clear,
        ..LabelPatch::default()
    };
    let version = story.state.version;
    let decision = decided(&mut story, label(1, &before, patch.clone()));
    let expected = LabelPatch { disposition: Patch::Keep, ..patch.clone() };
    assert_eq!(
        decision.entries,
        [EntryBody::Labelled { agent: agent_id("102"), changes: expected }],
        "what was so already is no change"
    );
    let after = decision.labels.expect("labels");
    assert_eq!((after.priority, after.tags.len()), (Priority::Urgent, 1));
    assert_eq!(story.state.version, version + 1, "so that nobody labels on older labels");
    assert_eq!(story.state.open().expect("open").priority, Priority::Urgent);
    story.shows(label(1, &after, patch), Outcome::Noted, &[], &[]);

    // The priority goes with the conversation wherever it goes, and ends with it.
    story.does(story.transfer_to("101", "102")).expect("to Kim");
    let open = story.state.open().expect("open");
    assert_eq!((&open.control, open.priority), (&Control::Agent(agent_id("102")), Priority::Urgent));
    story.does(Command::Disconnect).expect("leaves");
    story.does(Command::Connect).expect("comes back");
    assert_eq!(story.state.open().expect("open").priority, Priority::Normal);
}

#[test]
fn labelling_an_older_conversation_leaves_the_open_one_as_it_is() {
    let mut story = with_dispositions(Story::with_alex());
    story.does(Command::Disconnect).expect("leaves");
    let urgent = LabelPatch { priority: Patch::Set(Priority::Urgent), ..LabelPatch::default() };
    let closed = decided(&mut story, label(1, &Labels::default(), urgent.clone()));
    assert_eq!((closed.conversation, story.state.open()), (1, None));
    story.does(Command::Connect).expect("comes back");
    let late = decided(&mut story, label(1, &Labels::default(), urgent));
    assert_eq!(late.conversation, 1);
    assert_eq!(story.state.open().expect("open").priority, Priority::Normal);
    story.does(chat("hello")).expect("talks");
}

#[test]
fn what_cannot_be_put_on_a_conversation_is_refused() {
    let mut story = with_dispositions(Story::with_alex());
    let unknown = DispositionId::new("sold").expect("id");
    let patch = LabelPatch { disposition: Patch::Set(unknown), ..LabelPatch::default() };
    story.refuses(label(1, &Labels::default(), patch), Refusal::UnknownDisposition);
    let attributes = |range: std::ops::Range<u32>| -> BTreeMap<String, String> {
        range.map(|number| (number.to_string(), String::new())).collect()
    };
    let full = Labels { attributes: attributes(0..50), ..Labels::default() };
    let set = |key: &str, value: Option<&str>| (key.to_owned(), value.map(str::to_owned));
    let patch = |changes: Vec<(String, Option<String>)>| LabelPatch {
        attributes: Patch::Set(changes.into_iter().collect()),
        ..LabelPatch::default()
    };
    story.refuses(label(1, &full, patch(vec![set("more", Some("1"))])), Refusal::TooManyAttributes);
    let instead = patch(vec![set("more", Some("1")), set("7", None)]);
    let decision = decided(&mut story, label(1, &full, instead));
    assert_eq!(decision.labels.expect("labels").attributes.len(), 50);
    story.refuses(label(2, &full, LabelPatch::default()), Refusal::NoSession);
}

#[test]
fn where_it_is_wanted_the_end_waits_for_a_disposition() {
    let mut story = with_dispositions(Story::with_alex());
    story.shop.channel.disposition_required = true;
    let end = || Command::AgentEnds { agent: agent_id("101") };
    story.refuses(end(), Refusal::DispositionRequired);
    let patch = LabelPatch { disposition: Patch::Set(solved()), ..LabelPatch::default() };
    story.does(label(1, &Labels::default(), patch)).expect("labelled");
    story.does(end()).expect("ends");

    // Customers and timers are never held up, nor are agents who have nothing to choose from.
    let mut story = with_dispositions(Story::with_alex());
    story.shop.channel.disposition_required = true;
    story.does(Command::Disconnect).expect("leaves");
    let mut story = Story::with_alex();
    story.shop.channel.disposition_required = true;
    story.does(end()).expect("ends");
}

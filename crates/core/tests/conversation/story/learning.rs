//! What editors of knowledge learn from.

use frontdesk_core::conversation::{Command, Outcome, RobotSays};
use frontdesk_core::entry::EntryBody;
use frontdesk_core::message::MediaType;
use frontdesk_core::robot::Hit;

use super::{Story, agent_says, chat};
use crate::shop::{customer_says, found};

fn asks(text: &str, hit: Hit) -> Command {
    let answer = RobotSays {
        texts: vec!["One.".to_owned(), "Two.".to_owned()],
        similar: Vec::new(),
        trace: Some(found(hit)),
    };
    Command::Chat { message: customer_says(MediaType::Text, text), answer: Some(answer) }
}

const TURN: [&str; 3] = ["customer: why", "robot: One. [turn 1]", "robot: Two. [turn 1]"];

#[test]
fn what_the_robot_found_stands_in_the_log_with_its_first_words() {
    let mut story = Story::new();
    story.does(Command::Connect).expect("connects");
    let entries = story.does(asks("why", Hit::Clear)).expect("asked").1.expect("a decision").entries;
    let traces: Vec<_> = entries
        .iter()
        .map(|entry| match entry {
            EntryBody::Said(message) => message.extras.found.as_deref().cloned(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(traces, [None, Some(found(Hit::Clear)), None]);
}

#[test]
fn only_what_was_asked_in_vain_teaches_at_once() {
    let mut story = Story::new();
    story.does(Command::Connect).expect("connects");
    story.shows(asks("why", Hit::Clear), Outcome::SentToRobot, &TURN, &[]);
    for hit in [Hit::Near, Hit::Miss] {
        let mut story = Story::new();
        story.does(Command::Connect).expect("connects");
        story.shows(asks("why", hit), Outcome::SentToRobot, &TURN, &["learn from 1"]);
    }
}

#[test]
fn who_leaves_the_robot_after_an_answer_teaches() {
    let mut story = Story::new();
    story.does(Command::Connect).expect("connects");
    story.does(asks("why", Hit::Clear)).expect("asked");
    story.shows(
        Command::TransferToAgent,
        Outcome::Transferring,
        &["robot: Transfer to manual labor", "queued in support"],
        &["enqueue in support under 2", "learn from all of 1"],
    );
    story.does(story.assign("101")).expect("assigned");
    story.shows(chat("why"), Outcome::SentToAgent, &["customer: why"], &[]);
    story.shows(agent_says("101", "So."), Outcome::Noted, &["101: So."], &[]);
    let (_, ended) = story.does(Command::Disconnect).expect("ended");
    let intents = ended.expect("a decision").intents;
    assert_eq!(intents.iter().map(super::intent_line).next_back().as_deref(), Some("learn from all of 1"));
}

#[test]
fn a_conversation_without_the_robot_teaches_nothing() {
    let mut story = Story::new();
    story.does(Command::Connect).expect("connects");
    story.does(Command::TransferToAgent).expect("queued");
    story.does(story.assign("101")).expect("assigned");
    let intents = story.does(Command::Disconnect).expect("ended").1.expect("a decision").intents;
    assert!(intents.iter().all(|intent| !super::intent_line(intent).starts_with("learn")), "{intents:?}");
}

//! Rating, and leaving a message.

use frontdesk_core::conversation::{Command, Outcome, RatingGiven, Refusal};

use super::{Story, asks};

fn rate(evaluation: u8) -> Command {
    let comment = "quick".to_owned();
    Command::RateAgent(RatingGiven {
        episode: None,
        evaluation: Some(evaluation),
        comment,
        nps: Some(9),
        solved: Some(true),
    })
}

fn rate_robot(turn: &str) -> Command {
    Command::RateRobot { turn: turn.to_owned(), satisfied: true, comment: None }
}

fn leave_message() -> Command {
    Command::LeaveMessage { caller: "13800000000".to_owned(), text: "call me back".to_owned() }
}

const LEFT: &str = "left for 13800000000: call me back";
const TICKET: &str = "ticket of 13800000000 for support";

#[test]
fn the_agent_who_served_last_is_rated() {
    let mut story = Story::with_alex();
    story.shows(rate(5), Outcome::Noted, &["rated 101 (2) 5"], &[]);
    story.does(story.transfer_to("101", "102")).expect("passed on");
    story.does(Command::Disconnect).expect("leaves");
    story.shows(rate(2), Outcome::Noted, &["rated 102 (3) 2"], &[]);
}

#[test]
fn a_rating_belongs_to_the_conversation_that_was_served() {
    let mut story = Story::with_alex();
    story.does(Command::Disconnect).expect("leaves");
    story.does(Command::Connect).expect("waits again");
    let (_, decision) = story.does(rate(4)).expect("rates");
    assert_eq!(decision.expect("a decision").conversation, 1);
    story.does(story.assign("102")).expect("assigned");
    let (_, decision) = story.does(rate(3)).expect("rates");
    assert_eq!(decision.expect("a decision").conversation, 2);
}

#[test]
fn whom_nobody_served_has_nothing_to_rate() {
    let mut story = Story::new();
    story.refuses(rate(5), Refusal::NothingToRate);
    story.does(Command::Connect).expect("connects");
    story.does(Command::TransferToAgent).expect("queued");
    story.refuses(rate(5), Refusal::NothingToRate);
}

#[test]
fn the_robots_turns_are_rated() {
    let mut story = Story::new();
    story.refuses(rate_robot("1"), Refusal::NothingToRate);
    story.does(Command::Connect).expect("connects");
    story.refuses(rate_robot("1"), Refusal::NothingToRate);
    story.does(asks("hours", &["Nine to five."], &[])).expect("asked");
    story.shows(rate_robot("1"), Outcome::Noted, &["rated turn 1: true"], &["learn from all of 1"]);
    for turn in ["0", "2", "-1", "", "one", "99999999999"] {
        story.refuses(rate_robot(turn), Refusal::NothingToRate);
    }
}

#[test]
fn a_message_left_without_a_conversation() {
    let mut story = Story::new();
    let (_, decision) = story.does(leave_message()).expect("left");
    assert_eq!(decision.expect("a decision").conversation, 0);
    story.shows(leave_message(), Outcome::Noted, &[LEFT], &[TICKET]);
    assert_eq!(story.state.version, 0);
}

#[test]
fn a_message_left_with_the_robot_ends_the_conversation() {
    let mut story = Story::new();
    story.does(Command::Connect).expect("connects");
    story.shows(leave_message(), Outcome::Noted, &[LEFT, "ended: Customer"], &[TICKET]);
}

#[test]
fn a_message_left_while_waiting_ends_the_wait() {
    let mut story = Story::without_robot();
    story.does(Command::Connect).expect("connects");
    story.shows(leave_message(), Outcome::Noted, &[LEFT, "ended: Customer"], &["leave queue of 1", TICKET]);
}

#[test]
fn a_message_left_with_an_agent_ends_nothing() {
    let mut story = Story::with_alex();
    story.shows(leave_message(), Outcome::Noted, &[LEFT], &[TICKET]);
    assert!(story.state.agent().is_some());
}

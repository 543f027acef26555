//! How conversations end, and what comes after.

use frontdesk_core::conversation::{Availability, Command, Outcome, Refusal, Session};

use super::{Story, agent_says, asks, chat};
use crate::shop::{agent_id, robot};

const TIP: &str = "Nobody could answer in time. Leave your message here and we will reply.";

#[test]
fn the_customer_leaves_the_robot() {
    let mut story = Story::new();
    story.does(Command::Connect).expect("connects");
    story.shows(Command::Disconnect, Outcome::LeftRobot, &["ended: Customer"], &[]);
    assert_eq!(story.state.session, Session::Closed { offline: false });
    story.refuses(Command::Disconnect, Refusal::NoSession);
}

#[test]
fn the_customer_leaves_the_agent() {
    let mut story = Story::with_alex();
    story.shows(
        Command::Disconnect,
        Outcome::LeftAgent,
        &["ended: Customer"],
        &["free slot of 101 under 2", "tell 101: 1 is gone, Ended"],
    );
}

#[test]
fn the_agent_ends_it() {
    let mut story = Story::with_alex();
    story.shop.channel.async_replies = true;
    story.shows(
        Command::AgentEnds { agent: agent_id("101") },
        Outcome::Noted,
        &["ended by 101: Agent"],
        &["free slot of 101 under 2", "tell 101: 1 is gone, Ended"],
    );
    // The async switch is about time-outs alone.
    story.refuses(chat("wait"), Refusal::NoSession);
}

#[test]
fn the_next_conversation_has_its_own_number() {
    let mut story = Story::new();
    story.does(Command::Connect).expect("connects");
    let first = story.state.open().expect("open").call.clone();
    story.does(Command::Disconnect).expect("leaves");
    let (_, decision) = story.does(Command::Connect).expect("connects");
    assert_eq!(decision.expect("a decision").conversation, 2);
    let second = story.state.open().expect("open").call.clone();
    assert_ne!(first, second, "also within one second");
    let shape = |call: &str| call.split('-').map(|part| part.parse::<u64>().is_ok()).collect::<Vec<_>>();
    assert_eq!(shape(second.as_str()), [true, true]);
    assert!(second.as_str().starts_with("1619590480-"));
}

#[test]
fn clients_that_fall_silent() {
    let mut story = Story::with_alex();
    story.passes_polling(200);
    story.passes(300);
    assert_eq!(story.deadline(), Some(story.now));
    story.shows(
        story.check_timers(),
        Outcome::LeftAgent,
        &["ended: Silence"],
        &["free slot of 101 under 2", "tell 101: 1 is gone, Ended"],
    );
    assert_eq!(story.deadline(), None);
}

#[test]
fn a_customer_who_has_nothing_to_ask_the_robot() {
    let mut story = Story::new();
    story.does(Command::Connect).expect("connects");
    story.passes_polling(1_800);
    story.shows(story.check_timers(), Outcome::LeftAgent, &["ended: Inactivity"], &[]);
}

#[test]
fn a_customer_who_says_nothing() {
    let mut story = Story::with_alex();
    story.passes_polling(100);
    story.does(chat("hello")).expect("said");
    story.passes_polling(1_700);
    // From then on it is the customer's turn.
    story.does(agent_says("101", "Are you there?")).expect("said");
    story.passes_polling(1_799);
    story.shows(story.check_timers(), Outcome::Noted, &[], &[]);
    story.passes_polling(1);
    story.shows(
        story.check_timers(),
        Outcome::LeftAgent,
        &["ended: Inactivity"],
        &["free slot of 101 under 2", "tell 101: 1 is gone, Ended"],
    );
}

#[test]
fn two_who_say_nothing() {
    let mut story = Story::with_alex();
    story.does(chat("hello")).expect("said");
    story.passes_polling(1_800);
    story.shows(
        story.check_timers(),
        Outcome::LeftAgent,
        &["ended: Inactivity"],
        &["free slot of 101 under 2", "tell 101: 1 is gone, Ended"],
    );
}

#[test]
fn who_has_waited_is_not_ended_for_it_when_served() {
    let mut story = Story::new();
    story.does(Command::Connect).expect("connects");
    story.does(asks("hours", &["Nine to five."], &[])).expect("asked");
    story.passes_polling(1_700);
    story.does(Command::TransferToAgent).expect("queued");
    story.passes_polling(200);
    story.does(story.assign("101")).expect("assigned");
    story.shows(story.check_timers(), Outcome::Noted, &[], &[]);
    story.passes_polling(1_800);
    assert_eq!(story.deadline(), Some(story.now));
}

#[test]
fn with_the_async_switch_a_time_out_leaves_the_door_open() {
    let mut story = Story::new();
    story.shop.channel.async_replies = true;
    story.does(Command::Connect).expect("connects");
    story.does(Command::TransferToAgent).expect("queued");
    story.passes_polling(600);
    let ended = format!("ended, may still write: QueueTimeout: {TIP}");
    story.shows(story.check_timers(), Outcome::LeftAgent, &[&ended], &["leave queue of 2"]);
    story.refuses(Command::Disconnect, Refusal::NoSession);

    story.shows(
        asks("hours", &["Nine to five."], &[]),
        Outcome::SentToRobot,
        &["connected to shop-robot", "customer: hours", "robot: Nine to five. [turn 1]"],
        &[],
    );
    assert_eq!((story.state.version, story.state.fence, story.state.conversations), (4, 4, 2));
    assert_eq!(story.state.open().expect("open").robot_turns, 1);
}

/// A customer who may write although nobody answered in time; fence and version are 2.
fn left_alone() -> Story {
    let mut story = Story::without_robot();
    story.shop.channel.async_replies = true;
    story.does(Command::Connect).expect("connects");
    story.passes_polling(600);
    story.does(story.check_timers()).expect("ends");
    assert_eq!((story.state.version, story.state.fence), (2, 2));
    story
}

#[test]
fn writing_again_without_a_robot_waits_for_an_agent_although_nobody_is_there() {
    let mut story = left_alone();
    story.shop.make(Availability::NobodySignedIn);
    story.shows(
        chat("hello?"),
        Outcome::SentToAgent,
        &["connected", "queued in support", "customer: hello?"],
        &["enqueue in support under 3"],
    );
    assert_eq!((story.state.version, story.state.fence, story.state.conversations), (3, 3, 2));
}

#[test]
fn writing_the_keyword_again_hands_over_twice_in_one_commit() {
    let mut story = left_alone();
    story.shop.robot = Some(robot());
    story.shows(
        chat("agent"),
        Outcome::SentToRobot,
        &[
            "connected to shop-robot",
            "customer: agent",
            "robot: Transfer to manual labor",
            "queued in support",
        ],
        &["enqueue in support under 4"],
    );
    assert_eq!((story.state.version, story.state.fence, story.state.conversations), (3, 4, 2));
    story.shows(
        story.assign("101"),
        Outcome::Noted,
        &["assigned to 101 (Alex)", "system: Connected Agent"],
        &["tell 101: 2 is yours", "finish claim of 4"],
    );
}

#[test]
fn connecting_again_after_a_time_out_is_a_plain_connect() {
    let mut story = left_alone();
    story.shows(
        Command::Connect,
        Outcome::WithAgent,
        &["connected", "queued in support"],
        &["enqueue in support under 3"],
    );
}

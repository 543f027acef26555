//! Waiting for an agent.

use frontdesk_core::conversation::{Availability, Command, Outcome, Refusal};

use super::{Story, chat};
use crate::shop::agent_id;

#[test]
fn without_a_robot_a_customer_waits_at_once() {
    let mut story = Story::without_robot();
    story.shows(
        Command::Connect,
        Outcome::WithAgent,
        &["connected", "queued in support"],
        &["enqueue in support under 1"],
    );
}

#[test]
fn without_a_robot_somebody_must_be_there() {
    let mut story = Story::without_robot();
    story.shop.availability = Availability::NobodySignedIn;
    story.refuses(Command::Connect, Refusal::NoAgents);
    story.shop.availability = Availability::OutsideHours;
    story.refuses(Command::Connect, Refusal::OutsideHours);
    story.shop.channel.queue = None;
    story.refuses(Command::Connect, Refusal::NotConfigured);
}

#[test]
fn who_waits_is_told_once() {
    let mut story = Story::without_robot();
    story.does(Command::Connect).expect("connects");
    let fence = story.state.fence;
    story.shows(Command::TellQueuing { fence }, Outcome::Noted, &["system: Queuing... [queuing]"], &[]);
    assert_eq!(story.state.fence, fence, "control stays where it is");
    story.shows(Command::TellQueuing { fence }, Outcome::Noted, &[], &[]);
    story.refuses(Command::TellQueuing { fence: fence - 1 }, Refusal::Fenced);
    story.does(story.assign("101")).expect("assigned");
    story.refuses(Command::TellQueuing { fence }, Refusal::Fenced);
}

#[test]
fn what_is_said_while_waiting_is_for_the_agent() {
    let mut story = Story::without_robot();
    story.does(Command::Connect).expect("connects");
    story.shows(chat("phone:1, mail:2"), Outcome::SentToAgent, &["customer: phone:1, mail:2"], &[]);
    story.shows(Command::TransferToAgent, Outcome::Transferring, &[], &[]);
    assert_eq!(story.state.version, 1);
}

#[test]
fn an_assignment_that_comes_twice_is_done_once() {
    let mut story = Story::without_robot();
    story.does(Command::Connect).expect("connects");
    let assign = story.assign("101");
    story.shows(
        assign.clone(),
        Outcome::Noted,
        &["assigned to 101 (Alex)", "system: Connected Agent"],
        &["tell 101: 1 is yours", "finish claim of 1"],
    );
    story.shows(assign, Outcome::Noted, &[], &[]);
    story.refuses(Command::Assign { agent: agent_id("102"), fence: 1 }, Refusal::Fenced);
}

#[test]
fn an_assignment_that_comes_late_is_refused() {
    let mut story = Story::without_robot();
    story.does(Command::Connect).expect("connects");
    let late = story.assign("101");
    story.shows(Command::Disconnect, Outcome::LeftAgent, &["ended: Customer"], &["leave queue of 1"]);
    story.refuses(late.clone(), Refusal::Fenced);
    story.does(Command::Connect).expect("connects again");
    story.refuses(late, Refusal::Fenced);
}

#[test]
fn who_waits_must_be_there() {
    let mut story = Story::without_robot();
    story.does(Command::Connect).expect("connects");
    story.passes(300);
    assert_eq!(story.deadline(), Some(story.now));
    story.shows(story.check_timers(), Outcome::LeftAgent, &["ended: Silence"], &["leave queue of 1"]);
}

#[test]
fn nobody_free_in_time_ends_the_wait() {
    let mut story = Story::without_robot();
    story.does(Command::Connect).expect("connects");
    story.passes_polling(599);
    story.shows(story.check_timers(), Outcome::Noted, &[], &[]);
    story.passes_polling(1);
    assert_eq!(story.deadline(), Some(story.now));
    story.shows(story.check_timers(), Outcome::LeftAgent, &["ended: QueueTimeout"], &["leave queue of 1"]);
    story.refuses(chat("hello?"), Refusal::NoSession);
}

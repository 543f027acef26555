//! Waiting for an agent.

use frontdesk_core::conversation::{Availability, Command, Outcome, Refusal};
use frontdesk_core::routing::Place;

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
    story.shop.make(Availability::NobodySignedIn);
    story.refuses(Command::Connect, Refusal::NoAgents);
    story.shop.make(Availability::OutsideHours);
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

const fn place(position: u32, minutes: u64) -> Place {
    Place { position, minutes: Some(minutes) }
}

#[test]
fn who_waits_is_told_where_they_stand_when_it_changes() {
    let mut story = Story::without_robot();
    story.shop.place = Some(place(3, 5));
    story.does(Command::Connect).expect("connects");
    let queuing = "system: Queuing... [place 3, Some(5) min] [queuing]";
    story.shows(Command::TellQueuing { fence: 1 }, Outcome::Noted, &[queuing], &[]);
    story.passes_polling(10);
    assert_eq!(story.deadline(), Some(story.now.plus(std::time::Duration::from_secs(10))));
    story.shows(story.check_timers(), Outcome::Noted, &[], &[]);
    story.shop.place = Some(place(2, 4));
    let second =
        "system: You are number 2 in the queue. The wait will be about 4 min. [place 2, Some(4) min]";
    story.shows(story.check_timers(), Outcome::Noted, &[second], &[]);
    assert_eq!(story.state.fence, 1, "control stays where it is");
    // Not more often than every ten seconds, however fast it goes.
    story.shop.place = Some(place(1, 1));
    story.passes_polling(9);
    story.shows(story.check_timers(), Outcome::Noted, &[], &[]);
    story.passes_polling(1);
    let first = "system: You are number 1 in the queue. The wait will be about 1 min. [place 1, Some(1) min]";
    story.shows(story.check_timers(), Outcome::Noted, &[first], &[]);
    story.shop.place = Some(Place { position: 1, minutes: None });
    story.passes_polling(10);
    let unknown = "system: You are number 1 in the queue. [place 1, None min]";
    story.shows(story.check_timers(), Outcome::Noted, &[unknown], &[]);
    story.shop.locale = "zh";
    story.shop.place = Some(place(2, 3));
    story.passes_polling(10);
    let chinese = "system: 您当前排在第2位,预计等待约3分钟。 [place 2, Some(3) min]";
    story.shows(story.check_timers(), Outcome::Noted, &[chinese], &[]);
}

#[test]
fn how_often_is_the_channels_then_the_queues_affair() {
    let mut story = Story::without_robot();
    story.shop.place = Some(place(3, 5));
    story.shop.change("support", |queue| queue.tell_every = 30);
    story.does(Command::Connect).expect("connects");
    let after = |seconds| Some(crate::shop::MORNING.plus(std::time::Duration::from_secs(seconds)));
    assert_eq!(story.deadline(), after(30));
    story.shop.channel.queue_tell_every = Some(5);
    assert_eq!(story.deadline(), after(5));
    story.shop.channel.queue_tell_every = Some(0);
    assert_eq!(story.deadline(), after(300), "only the end is left");
}

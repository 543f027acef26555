//! Who is silent, and what it leads to: a warning before the end (pain 19 of the peers).

use frontdesk_core::conversation::{Command, Intent, Outcome, Standing};
use frontdesk_core::directory::AgentSilence;

use super::{Story, agent_says, asks, chat};
use crate::shop::{MORNING, STAFFED, queue};

const WARNING: &str =
    "system: Are you still there? Without an answer this conversation will end in 60 seconds.";
const ENDED: [&str; 2] = ["free slot of 101 under 2", "tell 101: 1 is gone, Ended"];

/// Whom Alex has just answered; the conversation ends after ten minutes of silence, a minute after a warning.
fn answered() -> Story {
    let mut story = Story::with_alex();
    story.shop.channel.patience.customer_inactivity = 600;
    story.shop.channel.patience.warn_before = 60;
    story.does(chat("hello")).expect("said");
    story.passes_polling(30);
    story.does(agent_says("101", "How can I help?")).expect("said");
    story
}

#[test]
fn a_silent_customer_is_warned_and_then_let_go_however_much_they_poll() {
    let mut story = answered();
    story.passes_polling(539);
    story.shows(story.check_timers(), Outcome::Noted, &[], &[]);
    story.passes_polling(1);
    assert_eq!(story.deadline(), Some(story.now));
    story.shows(story.check_timers(), Outcome::Noted, &[WARNING], &[]);
    assert_eq!(story.state.fence, 2, "control stays where it is");
    story.passes_polling(59);
    story.shows(story.check_timers(), Outcome::Noted, &[], &[]);
    story.passes_polling(1);
    assert_eq!(story.deadline(), Some(story.now));
    story.shows(story.check_timers(), Outcome::LeftAgent, &["ended: Inactivity"], &ENDED);
}

#[test]
fn a_word_after_the_warning_keeps_the_conversation() {
    let mut story = answered();
    story.passes_polling(540);
    story.does(story.check_timers()).expect("warned");
    story.passes_polling(30);
    story.does(chat("yes")).expect("said");
    story.passes_polling(30);
    story.shows(story.check_timers(), Outcome::Noted, &[], &[]);
    story.does(agent_says("101", "Good")).expect("said");
    story.passes_polling(540);
    story.shows(story.check_timers(), Outcome::Noted, &[WARNING], &[]);
}

#[test]
fn nobody_is_let_go_without_the_warning_however_late_it_comes() {
    let mut story = answered();
    story.passes_polling(10_000);
    story.shows(story.check_timers(), Outcome::Noted, &[WARNING], &[]);
    story.passes_polling(59);
    story.shows(story.check_timers(), Outcome::Noted, &[], &[]);
    story.passes_polling(1);
    story.shows(story.check_timers(), Outcome::LeftAgent, &["ended: Inactivity"], &ENDED);
}

#[test]
fn with_the_robot_another_clock_counts() {
    let mut story = Story::new();
    story.shop.channel.patience.robot_inactivity = Some(300);
    story.shop.channel.patience.session_silence = 100_000;
    story.shop.channel.patience.warn_before = 120;
    story.does(Command::Connect).expect("connects");
    story.passes_polling(10);
    story.does(asks("hours", &["Nine to five."], &[])).expect("asked");
    story.passes_polling(180);
    let warning = "system: Are you still there? Without an answer this conversation will end in 2 min.";
    story.shows(story.check_timers(), Outcome::Noted, &[warning], &[]);
    story.passes_polling(120);
    story.shows(story.check_timers(), Outcome::LeftAgent, &["ended: Inactivity"], &[]);
}

#[test]
fn a_silent_agent_is_reminded_once_and_the_customer_is_not_let_go_for_it() {
    let mut story = answered();
    story.shop.channel.patience.agent_inactivity = 120;
    story.does(chat("My parcel is late")).expect("said");
    story.passes_polling(120);
    assert_eq!(story.deadline(), Some(story.now));
    story.shows(story.check_timers(), Outcome::Noted, &["101 was reminded"], &[]);
    story.shows(story.check_timers(), Outcome::Noted, &[], &[]);
    // It is not the customer's turn: their clock begins when the agent's has run out.
    story.passes_polling(539);
    story.shows(story.check_timers(), Outcome::Noted, &[], &[]);
    story.does(chat("Hello?")).expect("said");
    story.passes_polling(120);
    story.shows(story.check_timers(), Outcome::Noted, &["101 was reminded"], &[]);
    story.does(agent_says("101", "Sorry")).expect("said");
    story.passes_polling(300);
    story.shows(story.check_timers(), Outcome::Noted, &[], &[]);
}

#[test]
fn whom_the_agent_does_not_answer_gets_another_one_first_in_line() {
    let mut story = answered();
    story.shop.channel.patience.agent_inactivity = 120;
    story.shop.channel.patience.agent_silence = AgentSilence::Requeue;
    story.does(chat("My parcel is late")).expect("said");
    story.passes_polling(120);
    let said = "system: Your agent cannot answer at the moment. You will be passed on to the next one.";
    let (_, decision) = story.does(story.check_timers()).expect("queued");
    let decision = decision.expect("a decision");
    let entries: Vec<String> = decision.entries.iter().map(super::line).collect();
    assert_eq!(entries, ["not in support: AgentSilent", said, "queued in support by 101"]);
    let enqueue = decision.intents.last().expect("queued").clone();
    let Intent::Enqueue { since, avoid, .. } = enqueue else { panic!("{enqueue:?}") };
    assert_eq!((since, avoid), (MORNING, Some(crate::shop::agent_id("101"))), "before all who came later");
    // The wait itself is a new one.
    story.passes_polling(599);
    story.shows(story.check_timers(), Outcome::Noted, &[], &[]);
}

#[test]
fn where_nobody_else_is_the_agent_is_reminded_instead() {
    let mut story = answered();
    story.shop.channel.patience.agent_inactivity = 120;
    story.shop.channel.patience.agent_silence = AgentSilence::Requeue;
    story.shop.standings.insert(queue("support"), Standing { signed_in: false, ..STAFFED });
    story.does(chat("My parcel is late")).expect("said");
    story.passes_polling(120);
    story.shows(story.check_timers(), Outcome::Noted, &["101 was reminded"], &[]);
}

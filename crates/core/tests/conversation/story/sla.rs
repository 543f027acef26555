//! What customers are promised, over simulated time.

use std::time::Duration;

use frontdesk_core::conversation::{Command, Outcome, SlaStanding, TimerRules, sla_clocks};
use frontdesk_core::directory::{SlaPause, SlaPolicy};
use frontdesk_core::entry::SlaTarget;
use frontdesk_core::hours::{Interval, WorkingHours};
use frontdesk_core::time::Timestamp;

use super::{Story, agent_says, chat};
use crate::shop::{MORNING, agent_id};

/// A customer who waits, and was promised something.
fn promised(change: impl FnOnce(&mut SlaPolicy)) -> Story {
    let mut story = Story::without_robot();
    let patience = &mut story.shop.channel.patience;
    (patience.session_silence, patience.queue_wait) = (10_000_000, 10_000_000);
    patience.customer_inactivity = 10_000_000;
    story.shop.channel.queue_tell_every = Some(0);
    story.shop.promise(change);
    story.does(Command::Connect).expect("connects");
    story
}

impl Story {
    /// What is noted when the clocks are looked at after so many seconds.
    fn noted_after(&mut self, seconds: u64) -> Vec<String> {
        self.passes_polling(seconds);
        let check = self.check_timers();
        let (_, decision) = self.does(check).expect("looked at");
        decision.unwrap_or_default().entries.iter().map(super::line).collect()
    }

    /// When the clocks must be looked at next, in seconds from now.
    fn looks_in(&self) -> Option<u64> {
        let far = Duration::from_hours(1_000);
        self.deadline().map(|at| at.since(self.now)).filter(|span| *span < far).map(|span| span.as_secs())
    }

    /// Each promise with the seconds until it is due.
    fn clocks(&self) -> Vec<(SlaTarget, Option<u64>, SlaStanding)> {
        let (channel, queues) = (&self.shop.channel, &self.shop.queues);
        let rules = TimerRules { channel, queues, now: self.now };
        let Some(conversation) = self.state.open() else { return Vec::new() };
        let clocks = sla_clocks(conversation, &rules);
        let shown = clocks
            .into_iter()
            .map(|clock| (clock.target, clock.due.map(|due| due.since(self.now).as_secs()), clock.standing));
        shown.collect()
    }

    fn taken_by(&mut self, agent: &str) {
        self.does(self.assign(agent)).expect("assigned");
    }
}

const NOTHING: [&str; 0] = [];

#[test]
fn the_first_reply_is_warned_of_and_missed_once() {
    let mut story = promised(|policy| policy.first_reply = Some(100));
    assert_eq!(story.looks_in(), Some(80));
    assert_eq!(story.noted_after(79), NOTHING);
    assert_eq!(story.noted_after(1), ["gold: FirstReply Warned"]);
    assert_eq!(story.looks_in(), Some(20));
    // That an agent has the customer is no word of the agent's, and the customer's next word none either.
    story.taken_by("101");
    story.does(chat("hello?")).expect("said");
    assert_eq!(story.clocks(), [(SlaTarget::FirstReply, Some(20), SlaStanding::Warned)]);
    assert_eq!(story.noted_after(20), ["gold: FirstReply Breached"]);
    assert_eq!(story.looks_in(), None);
    assert_eq!(story.noted_after(500), NOTHING);
    story.does(agent_says("101", "At last.")).expect("said");
    assert_eq!(story.clocks(), [(SlaTarget::FirstReply, None, SlaStanding::Breached)]);
}

#[test]
fn a_first_reply_in_time_is_met() {
    let mut story = promised(|policy| policy.first_reply = Some(100));
    story.passes_polling(50);
    story.taken_by("101");
    assert_eq!(story.clocks(), [(SlaTarget::FirstReply, Some(50), SlaStanding::Running)]);
    story.does(agent_says("101", "Hello.")).expect("said");
    assert_eq!(story.clocks(), [(SlaTarget::FirstReply, None, SlaStanding::Met)]);
    assert_eq!(story.looks_in(), None);
    assert_eq!(story.noted_after(1_000), NOTHING);
}

#[test]
fn what_was_missed_is_noted_with_the_late_word_itself() {
    let mut story = promised(|policy| policy.first_reply = Some(100));
    story.taken_by("101");
    story.passes_polling(101);
    story.shows(
        agent_says("101", "Sorry."),
        Outcome::Noted,
        &["101: Sorry.", "gold: FirstReply Breached"],
        &[],
    );
}

#[test]
fn the_next_reply_counts_from_the_first_word_that_is_not_answered() {
    let mut story = promised(|policy| policy.next_reply = Some(100));
    story.taken_by("101");
    assert_eq!(story.clocks(), [], "before the first word there is no next one");
    story.does(agent_says("101", "Hello.")).expect("said");
    assert_eq!(story.looks_in(), None, "it is the customer's turn");
    story.passes_polling(900);
    story.does(chat("My parcel")).expect("said");
    let version = story.state.version;
    story.passes_polling(50);
    story.does(chat("is lost.")).expect("said");
    assert_eq!(story.state.version, version, "a further word changes no state");
    assert_eq!(story.clocks(), [(SlaTarget::NextReply, Some(50), SlaStanding::Running)]);
    assert_eq!(story.looks_in(), Some(30));
    assert_eq!(story.noted_after(30), ["gold: NextReply Warned"]);
    story.does(agent_says("101", "Let me look.")).expect("said");
    assert_eq!(story.noted_after(500), NOTHING);
    // The next time it is warned of again.
    story.does(chat("Well?")).expect("said");
    assert_eq!(story.noted_after(80), ["gold: NextReply Warned"]);
    assert_eq!(story.noted_after(20), ["gold: NextReply Breached"]);
    assert_eq!(story.noted_after(20), NOTHING);
}

#[test]
fn the_resolution_counts_all_the_time_unless_it_pauses() {
    let mut story = promised(|policy| policy.resolution = Some(1_000));
    story.taken_by("101");
    story.does(agent_says("101", "Hello.")).expect("said");
    assert_eq!(story.noted_after(800), ["gold: Resolution Warned"]);
    story.passes_polling(300);
    story.shows(
        Command::AgentEnds { agent: agent_id("101") },
        Outcome::Noted,
        &["ended by 101: Agent", "gold: Resolution Breached"],
        &["free slot of 101 under 2", "tell 101: 1 is gone, Ended"],
    );
    assert_eq!(story.clocks(), []);
}

#[test]
fn the_resolution_pauses_while_it_is_the_customers_turn() {
    let mut story = promised(|policy| {
        policy.resolution = Some(1_000);
        policy.pause = vec![SlaPause::WaitingForCustomer];
    });
    story.passes_polling(100);
    story.taken_by("101");
    story.passes_polling(100);
    story.does(agent_says("101", "Which order?")).expect("said");
    assert_eq!(story.clocks(), [(SlaTarget::Resolution, None, SlaStanding::Paused)]);
    assert_eq!(story.looks_in(), None);
    assert_eq!(story.noted_after(5_000), NOTHING);
    story.does(chat("4711")).expect("said");
    assert_eq!(story.clocks(), [(SlaTarget::Resolution, Some(800), SlaStanding::Running)]);
    assert_eq!(story.looks_in(), Some(600));
    assert_eq!(story.noted_after(600), ["gold: Resolution Warned"]);
    // While it pauses it stays as it is.
    story.does(agent_says("101", "Found it.")).expect("said");
    assert_eq!(story.noted_after(5_000), NOTHING);
    story.does(chat("And?")).expect("said");
    assert_eq!(story.clocks(), [(SlaTarget::Resolution, Some(200), SlaStanding::Warned)]);
    assert_eq!(story.noted_after(200), ["gold: Resolution Breached"]);
}

#[test]
fn closed_hours_do_not_count_if_they_pause() {
    // It is 06:14:40 UTC on a Wednesday; work is done from 06:00 to 07:00.
    let hour = |day| Interval { day, from: time("06:00"), to: time("07:00") };
    let hours = WorkingHours::new("UTC", (1..=7).map(hour).collect(), Vec::new()).expect("hours");
    let of_policy = |pause: Vec<SlaPause>| {
        move |policy: &mut SlaPolicy| {
            policy.first_reply = Some(3_600);
            policy.pause = pause;
        }
    };
    let mut story = promised(of_policy(vec![SlaPause::OutsideHours]));
    story.shop.change("support", |queue| queue.hours = Some(hours.clone()));
    let (to_closing, day) = (45 * 60 + 20, 24 * 3_600);
    assert_eq!(story.now, MORNING);
    // Of the hour 45:20 are left today, and 14:40 come tomorrow; four fifths of it are 48:00.
    let tomorrow = Timestamp::from_millis(MORNING.as_millis()).plus(Duration::from_secs(day));
    assert_eq!(story.clocks(), [(SlaTarget::FirstReply, Some(day), SlaStanding::Running)]);
    assert_eq!(story.looks_in(), Some(day - 14 * 60 - 40 + 48 * 60 - to_closing));
    story.passes_polling(to_closing + 3_600);
    assert_eq!(story.noted_after(0), NOTHING, "two hours have passed, and nothing counts at night");
    assert_eq!(story.noted_after(tomorrow.since(story.now).as_secs() - 1), ["gold: FirstReply Warned"]);
    assert_eq!(story.noted_after(1), ["gold: FirstReply Breached"]);

    let mut story = promised(of_policy(Vec::new()));
    story.shop.change("support", |queue| queue.hours = Some(hours));
    assert_eq!(story.clocks(), [(SlaTarget::FirstReply, Some(3_600), SlaStanding::Running)]);
}

#[test]
fn what_was_spent_in_closed_hours_is_not_spent() {
    let hour = |day| Interval { day, from: time("06:00"), to: time("07:00") };
    let mut story = promised(|policy| {
        policy.resolution = Some(3_600);
        policy.pause = vec![SlaPause::OutsideHours, SlaPause::WaitingForCustomer];
    });
    let hours = WorkingHours::new("UTC", (1..=7).map(hour).collect(), Vec::new()).expect("hours");
    story.shop.channel.hours = Some(hours);
    story.taken_by("101");
    // The agent's word comes ten hours later: 45:20 of them counted.
    story.passes_polling(36_000);
    story.does(agent_says("101", "Sorry, it was night.")).expect("said");
    story.passes_polling(86_400 - 36_000 - 880);
    story.does(chat("Good morning")).expect("said");
    assert_eq!(story.clocks(), [(SlaTarget::Resolution, Some(880), SlaStanding::Running)]);
}

#[test]
fn a_promise_outlives_a_transfer_and_waits_with_the_robot() {
    let mut story = promised(|policy| policy.next_reply = Some(100));
    story.taken_by("101");
    story.does(agent_says("101", "One moment.")).expect("said");
    story.does(story.transfer_to("101", "102")).expect("passed on");
    assert_eq!(story.looks_in(), None, "the customer has been answered");
    story.does(chat("Hello?")).expect("said");
    story.does(story.transfer_to("102", "101")).expect("passed on");
    assert_eq!(story.clocks(), [(SlaTarget::NextReply, Some(100), SlaStanding::Running)]);
}

#[test]
fn the_policy_with_the_highest_priority_applies() {
    let mut story = Story::new();
    story.shop.promise(|policy| policy.first_reply = Some(100));
    let mut urgent = SlaPolicy::new(frontdesk_core::id::SlaPolicyId::new("urgent").expect("id"), "Urgent");
    (urgent.first_reply, urgent.priority) = (Some(10), 1);
    story.shop.sla.insert(urgent.id.clone(), urgent.into());
    story.does(Command::Connect).expect("connects");
    assert_eq!(story.clocks(), [], "the robot promises nothing");
    story.does(Command::TransferToAgent).expect("waits");
    assert_eq!(story.clocks(), [(SlaTarget::FirstReply, Some(10), SlaStanding::Running)]);
}

fn time(text: &str) -> jiff::civil::Time {
    text.parse().expect("a time")
}

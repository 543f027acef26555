//! Where customers go whom the queue cannot take: closed, not staffed, or full.

use frontdesk_core::conversation::{
    Availability, Command, Control, Outcome, Refusal, Session, Standing, TransferTarget,
};
use frontdesk_core::directory::Overflow;
use frontdesk_core::hours::{Interval, WorkingHours};
use frontdesk_core::id::QueueId;

use super::{Story, chat};
use crate::shop::{STAFFED, agent_id, never, queue};

const ASKED: &str =
    "system: Nobody can talk to you right now. Please leave a message and we will get back to you.";
const STAYS: &str =
    "robot: Nobody can talk to you right now. I will go on helping you; type \"agent\" to try again later.";

fn to(id: &str) -> Overflow {
    Overflow::Queue(queue(id))
}

fn nobody(story: &mut Story, id: &str) {
    story.shop.standings.insert(queue(id), Standing { signed_in: false, ..STAFFED });
}

fn waits_in(story: &Story) -> Option<&QueueId> {
    match story.state.control() {
        Some(Control::Queue { queue, .. }) => Some(queue),
        _ => None,
    }
}

/// A shop whose queue has this rule for each obstacle, in turn.
fn for_each_obstacle(rule: &Overflow, check: impl Fn(Story, &'static str)) {
    for (availability, why) in [
        (Availability::OutsideHours, "OutsideHours"),
        (Availability::NobodySignedIn, "NoAgents"),
        (Availability::Full, "Full"),
    ] {
        let mut story = Story::new();
        story.shop.make(availability);
        story.shop.change("support", |queue| {
            queue.outside_hours = rule.clone();
            queue.no_agents = rule.clone();
            queue.when_full = rule.clone();
        });
        // Another queue has its own hours, staff and room.
        let day_and_night = (1..=7).map(|day| interval(day, 0, 0)).collect();
        let always = WorkingHours::new("UTC", day_and_night, vec![]).expect("hours");
        story.shop.change("wide", |queue| queue.hours = Some(always));
        story.shop.standings.insert(queue("wide"), STAFFED);
        check(story, why);
    }
}

fn interval(day: i8, from: i8, to: i8) -> Interval {
    let time = |hour| jiff::civil::time(hour, 0, 0, 0);
    Interval { day, from: time(from), to: time(to) }
}

#[test]
fn another_queue_takes_them() {
    for_each_obstacle(&to("wide"), |mut story, why| {
        story.does(Command::Connect).expect("connects");
        story.shows(
            Command::TransferToAgent,
            Outcome::Transferring,
            &["robot: Transfer to manual labor", &format!("not in support: {why}"), "queued in wide"],
            &["enqueue in wide under 2"],
        );
    });
}

#[test]
fn they_wait_nevertheless() {
    for_each_obstacle(&Overflow::Wait, |mut story, _| {
        story.shop.robot = None;
        story.shows(
            Command::Connect,
            Outcome::WithAgent,
            &["connected", "queued in support"],
            &["enqueue in support under 1"],
        );
    });
}

#[test]
fn the_robot_keeps_them_and_says_so() {
    for_each_obstacle(&Overflow::Robot, |mut story, why| {
        story.does(Command::Connect).expect("connects");
        let outcome = if why == "OutsideHours" { Outcome::OutsideHours } else { Outcome::NobodyToBeHad };
        let diverted = format!("not in support: {why}");
        story.shows(Command::TransferToAgent, outcome, &[&diverted, STAYS], &[]);
        story.shows(chat("agent"), Outcome::SentToRobot, &["customer: agent", &diverted, STAYS], &[]);
        // Without a robot there is nobody to keep them.
        story.does(Command::Disconnect).expect("leaves");
        story.shop.robot = None;
        assert!(story.does(Command::Connect).is_err());
    });
}

#[test]
fn with_a_robot_they_are_asked_for_a_message_and_may_go_on() {
    for_each_obstacle(&Overflow::LeaveMessage, |mut story, why| {
        story.does(Command::Connect).expect("connects");
        let diverted = format!("not in support: {why}");
        let (_, decision) = story.does(Command::TransferToAgent).expect("asked");
        assert_eq!(decision.expect("told").entries.len(), 2);
        story.shows(chat("agent"), Outcome::SentToRobot, &["customer: agent", &diverted, ASKED], &[]);
        let left = Command::LeaveMessage { caller: "138".to_owned(), text: "call me".to_owned() };
        story.shows(left, Outcome::Noted, &["left for 138: call me", "ended: Customer"], &[]);
    });
}

#[test]
fn without_a_robot_they_are_asked_for_a_message_and_the_conversation_ends() {
    let mut story = Story::without_robot();
    story.shop.make(Availability::NobodySignedIn);
    story.shop.change("support", |queue| queue.no_agents = Overflow::LeaveMessage);
    let diverted = "not in support: NoAgents";
    let ended = ["connected", diverted, ASKED, "ended: MessageAsked"];
    story.shows(Command::Connect, Outcome::NobodyToBeHad, &ended, &[]);
    assert_eq!((story.state.version, story.state.fence, story.state.conversations), (1, 1, 1));
    let left = || Command::LeaveMessage { caller: "138".to_owned(), text: "call me".to_owned() };
    story.shows(left(), Outcome::Noted, &["left for 138: call me"], &[]);
    story.refuses(chat("hello?"), Refusal::NoSession);

    story.shop.channel.async_replies = true;
    let tip = ASKED.trim_start_matches("system: ");
    let ended = format!("ended, may still write: MessageAsked: {tip}");
    story.shows(Command::Connect, Outcome::NobodyToBeHad, &["connected", diverted, &ended], &[]);
    assert_eq!(story.state.session, Session::Closed { offline: true });
    story.shows(
        chat("I need help"),
        Outcome::SentToAgent,
        &["connected", "queued in support", "customer: I need help"],
        &["enqueue in support under 3"],
    );
}

#[test]
fn a_way_around_leads_on_and_a_circle_ends_as_a_refusal() {
    let mut story = Story::without_robot();
    for id in ["support", "wide", "last"] {
        nobody(&mut story, id);
    }
    story.shop.change("support", |queue| queue.no_agents = to("wide"));
    story.shop.change("wide", |queue| queue.no_agents = to("last"));
    story.shop.change("last", |queue| queue.no_agents = to("support"));
    story.refuses(Command::Connect, Refusal::NoAgents);
    story.shop.change("last", |queue| queue.no_agents = to("last"));
    story.refuses(Command::Connect, Refusal::NoAgents);
    story.shop.change("last", |queue| queue.no_agents = Overflow::Wait);
    story.does(Command::Connect).expect("connects");
    assert_eq!(waits_in(&story), Some(&queue("last")));
}

#[test]
fn a_full_queue_refuses_the_next_and_a_queue_has_its_own_hours() {
    let mut story = Story::without_robot();
    story.shop.make(Availability::Full);
    story.refuses(Command::Connect, Refusal::QueueFull);
    story.shop.change("support", |queue| queue.max_waiting = Some(2));
    story.does(Command::Connect).expect("connects");
    story.does(Command::Disconnect).expect("leaves");
    story.shop.change("support", |queue| queue.hours = Some(never()));
    story.refuses(Command::Connect, Refusal::OutsideHours);
    // The channel's count only where the queue has none.
    let day_and_night = (1..=7).map(|day| interval(day, 0, 0)).collect();
    let always = WorkingHours::new("UTC", day_and_night, vec![]).expect("hours");
    story.shop.channel.hours = Some(never());
    story.shop.change("support", |queue| queue.hours = Some(always));
    story.does(Command::Connect).expect("connects");
}

#[test]
fn who_waits_for_the_opening_need_not_find_anybody() {
    let mut story = Story::without_robot();
    story.shop.channel.hours = Some(never());
    nobody(&mut story, "support");
    story.shop.change("support", |queue| queue.outside_hours = Overflow::Wait);
    story.does(Command::Connect).expect("connects");
    assert_eq!(waits_in(&story), Some(&queue("support")));
}

#[test]
fn who_comes_too_late_is_told_when_it_opens() {
    let mut story = Story::new();
    // The morning is a Wednesday.
    let thursdays = WorkingHours::new("Asia/Shanghai", vec![interval(4, 9, 17)], vec![]).expect("hours");
    story.shop.channel.hours = Some(thursdays);
    story.does(Command::Connect).expect("connects");
    let closed = "The current time is not within the working time of the service agents.";
    let told = format!("robot: {closed} We are open again on Thursday, 29 April, at 09:00.");
    story.shows(chat("agent"), Outcome::SentToRobot, &["customer: agent", &told], &[]);
    story.shop.locale = "zh_CN";
    let told = "robot: 当前时间不在坐席的工作时间内。 我们将于4月29日09:00恢复服务。";
    story.shows(chat("agent"), Outcome::SentToRobot, &["customer: agent", told], &[]);
    story.refuses(Command::TransferToAgent, Refusal::OutsideHours);
    story.shop.channel.hours = Some(never());
    story.shop.locale = "en";
    let told = format!("robot: {closed}");
    story.shows(chat("agent"), Outcome::SentToRobot, &["customer: agent", &told], &[]);
}

#[test]
fn an_agent_keeps_whom_no_queue_takes() {
    let mut story = Story::with_alex();
    nobody(&mut story, "returns");
    let pass_on = || Command::AgentTransfers {
        agent: agent_id("101"),
        target: TransferTarget::Queue(queue("returns")),
    };
    story.refuses(pass_on(), Refusal::NoAgents);
    assert_eq!(story.state.agent(), Some(&agent_id("101")));

    story.shop.robot = Some(crate::shop::robot());
    story.shop.change("returns", |queue| queue.no_agents = Overflow::Robot);
    story.shows(
        pass_on(),
        Outcome::Noted,
        &["not in returns: NoAgents", "given to shop-robot by 101", STAYS],
        &["free slot of 101 under 2", "tell 101: 1 is gone, Transferred"],
    );

    let mut story = Story::with_alex();
    nobody(&mut story, "returns");
    story.shop.change("returns", |queue| queue.no_agents = Overflow::LeaveMessage);
    story.shows(
        pass_on(),
        Outcome::Noted,
        &["not in returns: NoAgents", ASKED, "ended: MessageAsked"],
        &["free slot of 101 under 2", "tell 101: 1 is gone, Ended"],
    );
}

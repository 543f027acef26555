//! Waiting for long.

use frontdesk_core::conversation::{Command, Control, Intent, Outcome, Standing};
use frontdesk_core::directory::{Escalation, Overflow};

use super::Story;
use crate::shop::{MORNING, STAFFED, queue, robot};

fn to(id: &str) -> Overflow {
    Overflow::Queue(queue(id))
}

/// A customer who has just begun to wait in a queue with these steps; `wide` is served.
fn waiting(steps: &[(u64, Overflow)]) -> Story {
    let mut story = Story::without_robot();
    let steps = steps.iter().map(|(after, then)| Escalation { after: *after, then: then.clone() });
    story.shop.change("support", |queue| {
        queue.escalation = steps.collect();
        queue.tell_every = 0;
    });
    story.shop.change("wide", |queue| queue.tell_every = 0);
    story.shop.standings.insert(queue("wide"), STAFFED);
    story.does(Command::Connect).expect("connects");
    story.does(Command::TellQueuing { fence: 1 }).expect("told");
    story
}

#[test]
fn a_wider_queue_takes_who_waits_for_long_and_they_keep_their_age() {
    let mut story = waiting(&[(30, to("wide")), (90, Overflow::LeaveMessage)]);
    story.passes_polling(29);
    story.shows(story.check_timers(), Outcome::Noted, &[], &[]);
    story.passes_polling(1);
    story.shows(
        story.check_timers(),
        Outcome::Noted,
        &["not in support: Escalated", "queued in wide"],
        &["leave queue of 1", "enqueue in wide under 2"],
    );
    let Some(Control::Queue { since, told, .. }) = story.state.control() else { panic!("waits") };
    assert_eq!((*since, *told), (MORNING, true));
    let before = story.clocks;
    assert_eq!(story.deadline(), Some(MORNING.plus(std::time::Duration::from_secs(90))));
    story.shows(Command::CheckTimers(before), Outcome::Noted, &[], &[]);

    story.passes_polling(60);
    let asked =
        "system: Nobody can talk to you right now. Please leave a message and we will get back to you.";
    story.shows(
        story.check_timers(),
        Outcome::Noted,
        &["not in wide: Escalated", asked, "ended: MessageAsked"],
        &["leave queue of 2"],
    );
}

#[test]
fn the_item_in_the_queue_keeps_the_age_too() {
    let mut story = waiting(&[(30, to("wide"))]);
    story.passes_polling(45);
    let (_, decision) = story.does(story.check_timers()).expect("moved on");
    let since = decision.expect("a decision").intents.into_iter().find_map(|intent| match intent {
        Intent::Enqueue { since, .. } => Some(since),
        _ => None,
    });
    assert_eq!(since, Some(MORNING));
}

#[test]
fn only_the_first_queues_steps_apply() {
    let mut story = waiting(&[(30, to("wide"))]);
    story.shop.change("wide", |wide| {
        wide.escalation = vec![Escalation { after: 40, then: Overflow::Queue(queue("support")) }];
    });
    story.passes_polling(30);
    story.does(story.check_timers()).expect("moved on");
    story.passes_polling(100);
    story.shows(story.check_timers(), Outcome::Noted, &[], &[]);
}

#[test]
fn nobody_is_sent_where_nobody_is() {
    let mut story = waiting(&[(30, to("wide"))]);
    story.shop.standings.insert(queue("wide"), Standing { signed_in: false, ..STAFFED });
    story.passes_polling(35);
    story.shows(story.check_timers(), Outcome::Noted, &[], &[]);
    let again = MORNING.plus(std::time::Duration::from_secs(40));
    assert_eq!(story.deadline(), Some(again), "it is tried again");
    story.shop.standings.insert(queue("wide"), STAFFED);
    story.passes_polling(5);
    story.shows(
        story.check_timers(),
        Outcome::Noted,
        &["not in support: Escalated", "queued in wide"],
        &["leave queue of 1", "enqueue in wide under 2"],
    );
}

#[test]
fn a_step_that_cannot_be_done_holds_up_no_later_one() {
    let mut story = waiting(&[(30, to("gone")), (60, to("wide"))]);
    story.shop.standings.insert(queue("gone"), Standing { signed_in: false, ..STAFFED });
    story.passes_polling(60);
    story.shows(
        story.check_timers(),
        Outcome::Noted,
        &["not in support: Escalated", "queued in wide"],
        &["leave queue of 1", "enqueue in wide under 2"],
    );
}

#[test]
fn the_robot_takes_who_waits_for_long() {
    let mut story = waiting(&[(30, Overflow::Robot)]);
    story.shop.robot = Some(robot());
    story.passes_polling(30);
    let stays = "robot: Nobody can talk to you right now. I will go on helping you; type \"agent\" to try again later.";
    story.shows(
        story.check_timers(),
        Outcome::Noted,
        &["not in support: Escalated", "given to shop-robot", stays],
        &["leave queue of 1"],
    );
    // They can try again.
    story.does(Command::TransferToAgent).expect("queued");
    assert_eq!(story.state.fence, 3);
}

#[test]
fn without_a_robot_that_step_ends_the_wait_as_a_refusal_does() {
    for then in [Overflow::Robot, Overflow::Refuse] {
        let mut story = waiting(&[(30, then)]);
        story.passes_polling(30);
        story.shows(
            story.check_timers(),
            Outcome::Noted,
            &["not in support: Escalated", "ended: QueueTimeout"],
            &["leave queue of 1"],
        );
    }
}

#[test]
fn waiting_on_is_no_step_and_the_wait_still_ends() {
    let mut story = waiting(&[(30, Overflow::Wait)]);
    story.passes_polling(40);
    story.shows(story.check_timers(), Outcome::Noted, &[], &[]);
    story.passes_polling(250);
    assert_eq!(story.deadline(), Some(story.clocks.seen.plus(std::time::Duration::from_mins(5))));
    story.passes_polling(310);
    story.shows(story.check_timers(), Outcome::LeftAgent, &["ended: QueueTimeout"], &["leave queue of 1"]);
}

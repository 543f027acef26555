//! An agent who cannot be reached any more (pain 18 of the peers: presence that is wrong, so that chats go nowhere).

use frontdesk_core::conversation::{Command, Intent, Outcome, Refusal, Standing};
use frontdesk_core::directory::Overflow;
use frontdesk_core::hours::WorkingHours;
use frontdesk_core::time::Timestamp;

use super::{Story, agent_says, chat};
use crate::shop::{STAFFED, agent_id, queue};

const LOST: &str =
    "system: The connection to the agent was lost. Someone else will take over; you are first in line.";

fn vanishes(agent: &str) -> Command {
    Command::AgentVanished { agent: agent_id(agent) }
}

#[test]
fn the_customer_goes_back_first_in_line_and_is_told() {
    let mut story = Story::with_alex();
    story.does(chat("hello")).expect("said");
    story.passes_polling(75);
    let (outcome, decision) = story.does(vanishes("101")).expect("taken back");
    let decision = decision.expect("a decision");
    assert_eq!(outcome, Outcome::Noted);
    let entries: Vec<String> = decision.entries.iter().map(super::line).collect();
    assert_eq!(entries, ["not in support: AgentVanished", LOST, "queued in support by 101"]);
    let intents: Vec<String> = decision.intents.iter().map(super::intent_line).collect();
    assert_eq!(
        intents,
        [
            "give back slot of 101 under 2",
            "tell 101: 1 is gone, Vanished",
            "enqueue in support under 3 but not to 101"
        ]
    );
    let Some(Intent::Enqueue { since, .. }) = decision.intents.last() else { panic!("queued") };
    assert_eq!(*since, Timestamp::ZERO, "before everybody");
    assert_eq!(story.state.fence, 3, "what the agent begins late is refused");
    story.refuses(agent_says("101", "Sorry, my train"), Refusal::NotTheAgents);
}

#[test]
fn the_wait_is_a_new_one_and_its_rules_apply() {
    let mut story = Story::with_alex();
    story.shop.change("support", |queue| queue.tell_every = 0);
    story.passes_polling(500);
    story.does(vanishes("101")).expect("taken back");
    story.passes_polling(599);
    story.shows(story.check_timers(), Outcome::Noted, &[], &[]);
    story.passes_polling(1);
    story.shows(story.check_timers(), Outcome::LeftAgent, &["ended: QueueTimeout"], &["leave queue of 3"]);
}

#[test]
fn they_wait_even_where_a_new_customer_could_not() {
    let mut story = Story::with_alex();
    story.shop.standings.insert(queue("support"), Standing { signed_in: false, ..STAFFED });
    story.shop.channel.hours = Some(WorkingHours::new("UTC", vec![], vec![]).expect("hours"));
    story.shop.change("support", |queue| {
        queue.no_agents = Overflow::Refuse;
        queue.outside_hours = Overflow::LeaveMessage;
    });
    let (_, decision) = story.does(vanishes("101")).expect("taken back");
    let last = decision.expect("a decision").entries.pop().expect("queued");
    assert_eq!(super::line(&last), "queued in support by 101");
}

#[test]
fn they_go_back_to_where_they_came_from() {
    let mut story = Story::with_alex();
    story.shop.change("returns", |_| {});
    let target = frontdesk_core::conversation::TransferTarget::Queue(queue("returns"));
    story.does(Command::AgentTransfers { agent: agent_id("101"), target }).expect("passed on");
    story.does(story.assign("102")).expect("assigned");
    let queued = |story: &mut Story, agent: &str| {
        let (_, decision) = story.does(vanishes(agent)).expect("taken back");
        super::line(decision.expect("a decision").entries.last().expect("queued"))
    };
    assert_eq!(queued(&mut story, "102"), "queued in returns by 102");
    story.does(story.assign("101")).expect("assigned");
    story.shop.queues.remove(&queue("returns"));
    assert_eq!(
        queued(&mut story, "101"),
        "queued in support by 101",
        "of a queue that is gone, the channel's"
    );
}

#[test]
fn without_any_queue_the_conversation_ends_and_the_customer_is_told() {
    let mut story = Story::with_alex();
    story.shop.queues.clear();
    story.shows(
        vanishes("101"),
        Outcome::Noted,
        &["ended: QueueTimeout"],
        &["free slot of 101 under 2", "tell 101: 1 is gone, Ended"],
    );
}

#[test]
fn nobody_loses_what_they_do_not_have() {
    let mut story = Story::with_alex();
    story.refuses(vanishes("102"), Refusal::NotTheAgents);
    story.does(vanishes("101")).expect("taken back");
    story.refuses(vanishes("101"), Refusal::NotTheAgents);
    story.does(Command::Disconnect).expect("leaves");
    story.refuses(vanishes("101"), Refusal::NoSession);
}

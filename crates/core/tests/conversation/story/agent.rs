//! With an agent.

use frontdesk_core::conversation::{Command, Outcome, Refusal, TransferTarget};

use super::{Story, agent_says, chat};
use crate::shop::{agent_id, queue};

#[test]
fn talking() {
    let mut story = Story::with_alex();
    story.shows(chat("hello"), Outcome::SentToAgent, &["customer: hello"], &[]);
    story.shows(agent_says("101", "Hi"), Outcome::Noted, &["101: Hi"], &[]);
    let read = Command::AgentReads { agent: agent_id("101"), messages: vec!["m-1".to_owned()] };
    story.shows(read, Outcome::Noted, &["101 has read m-1"], &[]);
    let nothing = Command::AgentReads { agent: agent_id("101"), messages: vec![] };
    story.shows(nothing, Outcome::Noted, &[], &[]);
    assert_eq!(story.state.version, 2, "talking changes no state");
    story.refuses(Command::TransferToAgent, Refusal::AlreadyWithAgent);
}

#[test]
fn the_keyword_means_nothing_to_an_agent() {
    let mut story = Story::new();
    story.does(Command::Connect).expect("connects");
    story.does(Command::TransferToAgent).expect("queued");
    story.does(story.assign("101")).expect("assigned");
    story.shows(chat("agent"), Outcome::SentToAgent, &["customer: agent"], &[]);
}

#[test]
fn only_the_agent_who_has_it_acts_on_it() {
    let mut story = Story::with_alex();
    let kim = agent_id("102");
    let target = TransferTarget::Queue(queue("support"));
    for command in [
        agent_says("102", "Hi"),
        Command::AgentReads { agent: kim.clone(), messages: vec!["m-1".to_owned()] },
        Command::AgentTransfers { agent: kim.clone(), target },
        Command::AgentEnds { agent: kim },
    ] {
        story.refuses(command, Refusal::NotTheAgents);
    }
    story.does(Command::Disconnect).expect("leaves");
    story.refuses(agent_says("101", "Still there?"), Refusal::NoSession);
}

#[test]
fn passed_on_to_a_queue() {
    let mut story = Story::with_alex();
    let target = TransferTarget::Queue(queue("returns"));
    story.shows(
        Command::AgentTransfers { agent: agent_id("101"), target },
        Outcome::Noted,
        &["queued in returns by 101"],
        &[
            "give back slot of 101 under 2",
            "tell 101: 1 is gone, Transferred",
            "enqueue in returns under 3 but not to 101",
        ],
    );
    story.refuses(agent_says("101", "One more thing"), Refusal::NotTheAgents);
    // The wait is a new one: its end frees no slot.
    story.shows(Command::Disconnect, Outcome::LeftAgent, &["ended: Customer"], &["leave queue of 3"]);
}

#[test]
fn passed_on_to_another_agent() {
    let mut story = Story::with_alex();
    story.shows(
        story.transfer_to("101", "102"),
        Outcome::Noted,
        &["assigned to 102 (Kim) by 101", "system: Connected Agent"],
        &[
            "give back slot of 101 under 2",
            "tell 101: 1 is gone, Transferred",
            "tell 102: 1 is yours",
            "confirm reservation of 102 under 2",
        ],
    );
    story.refuses(story.transfer_to("101", "102"), Refusal::NotTheAgents);
    story.refuses(story.transfer_to("102", "102"), Refusal::ToOneself);
    story.shows(
        Command::AgentEnds { agent: agent_id("102") },
        Outcome::Noted,
        &["ended by 102: Agent"],
        &["free slot of 102 under 3", "tell 102: 1 is gone, Ended"],
    );
}

#[test]
fn a_slot_taken_before_the_customer_came_back_is_worth_nothing() {
    let mut story = Story::with_alex();
    let late = story.transfer_to("101", "102");
    story.does(story.transfer_to("101", "102")).expect("to Kim");
    story.does(story.transfer_to("102", "101")).expect("and back");
    story.refuses(late, Refusal::Fenced);
}

#[test]
fn an_agent_without_a_known_name_is_called_by_their_id() {
    let mut story = Story::without_robot();
    story.shop.agents.clear();
    story.does(Command::Connect).expect("connects");
    story.shows(
        story.assign("101"),
        Outcome::Noted,
        &["assigned to 101 (101)", "system: Connected Agent"],
        &["tell 101: 1 is yours", "finish claim of 1"],
    );
}

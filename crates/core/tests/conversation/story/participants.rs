//! Colleagues and supervisors in a conversation that an agent has.

use frontdesk_core::conversation::{Command, Outcome, Participation, Refusal, TransferTarget};
use frontdesk_core::message::{Author, Message};

use super::{Story, agent_says, chat};
use crate::shop::{agent_id, queue};

use Participation::{Conference, Consult};

fn invites(agent: &str, guest: &str, mode: Participation) -> Command {
    Command::AgentInvites { agent: agent_id(agent), guest: agent_id(guest), mode }
}

fn leaves(agent: &str, guest: &str) -> Command {
    Command::AgentLeaves { agent: agent_id(agent), guest: agent_id(guest) }
}

fn monitors(agent: &str) -> Command {
    Command::AgentMonitors { agent: agent_id(agent) }
}

fn barges_in(agent: &str) -> Command {
    Command::AgentBargesIn { agent: agent_id(agent) }
}

fn whispers(agent: &str, text: &str) -> Command {
    let agent = agent_id(agent);
    Command::AgentWhispers { agent: agent.clone(), message: Message::text(Author::Agent(agent), text) }
}

fn takes_over(story: &Story, agent: &str) -> Command {
    Command::AgentTakesOver { agent: agent_id(agent), fence: story.state.fence }
}

fn transfers(agent: &str, target: TransferTarget) -> Command {
    Command::AgentTransfers { agent: agent_id(agent), target }
}

#[test]
fn a_colleague_is_consulted_and_then_gets_the_conversation() {
    let mut story = Story::with_alex();
    story.shows(
        invites("101", "102", Consult),
        Outcome::Noted,
        &["102 (Kim) joins by 101: Consult"],
        &["tell 102: takes part in 1, Consult"],
    );
    story.refuses(invites("101", "102", Consult), Refusal::AlreadyTakesPart);
    story.refuses(agent_says("102", "Hi"), Refusal::NotTheAgents);
    story.shows(
        whispers("102", "Ask for the order"),
        Outcome::Noted,
        &["102 whispers: Ask for the order"],
        &[],
    );
    story.shows(whispers("101", "I did"), Outcome::Noted, &["101 whispers: I did"], &[]);
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
    assert!(story.state.open().expect("open").participants.is_empty(), "who has it is no participant");
}

#[test]
fn a_colleague_who_was_brought_in_speaks_to_the_customer() {
    let mut story = Story::with_alex();
    story.does(invites("101", "102", Consult)).expect("consulted");
    story.shows(
        invites("101", "102", Conference),
        Outcome::Noted,
        &["102 (Kim) joins by 101: Conference", "system: Kim joined the conversation."],
        &["tell 102: takes part in 1, Conference"],
    );
    story.shows(agent_says("102", "Hi"), Outcome::Noted, &["102: Hi"], &[]);
    let read = Command::AgentReads { agent: agent_id("102"), messages: vec!["m-1".to_owned()] };
    story.shows(read, Outcome::Noted, &["102 has read m-1"], &[]);
    story.shows(chat("hello both"), Outcome::SentToAgent, &["customer: hello both"], &[]);
    for command in [
        Command::AgentEnds { agent: agent_id("102") },
        transfers("102", TransferTarget::Queue(queue("support"))),
        invites("102", "201", Consult),
        leaves("102", "101"),
    ] {
        story.refuses(command, Refusal::NotTheAgents);
    }
    story.shows(
        leaves("102", "102"),
        Outcome::Noted,
        &["102 (Kim) leaves: Conference", "system: Kim left the conversation."],
        &["tell 102: 1 is gone, Left"],
    );
    story.refuses(agent_says("102", "One more thing"), Refusal::NotTheAgents);
    story.shows(leaves("102", "102"), Outcome::Noted, &[], &[]);
    assert_eq!(story.state.fence, 2, "control was with Alex all the time");
}

#[test]
fn who_was_asked_in_is_sent_away() {
    let mut story = Story::with_alex();
    story.does(invites("101", "102", Consult)).expect("consulted");
    story.shows(
        leaves("101", "102"),
        Outcome::Noted,
        &["102 (Kim) leaves by 101: Consult"],
        &["tell 102: 1 is gone, Removed"],
    );
    story.does(barges_in("201")).expect("barges in");
    story.refuses(leaves("101", "201"), Refusal::NotInvited);
}

#[test]
fn nobody_is_asked_in_who_has_it_or_without_an_agent() {
    let mut story = Story::with_alex();
    story.refuses(invites("101", "101", Consult), Refusal::ToOneself);
    story.refuses(monitors("101"), Refusal::ToOneself);
    story.refuses(barges_in("101"), Refusal::ToOneself);
    story.refuses(takes_over(&story, "101"), Refusal::ToOneself);
    story.refuses(whispers("102", "psst"), Refusal::NotTheAgents);
    story.does(transfers("101", TransferTarget::Queue(queue("support")))).expect("queued");
    for command in [monitors("201"), barges_in("201"), takes_over(&story, "201"), whispers("101", "psst")] {
        story.refuses(command, Refusal::NotWithAgent);
    }
    story.does(Command::Disconnect).expect("leaves");
    for command in [monitors("201"), leaves("101", "102"), whispers("101", "psst")] {
        story.refuses(command, Refusal::NoSession);
    }
}

#[test]
fn a_supervisor_reads_along_whispers_and_barges_in() {
    let mut story = Story::with_alex();
    story.shows(
        monitors("201"),
        Outcome::Noted,
        &["201 (Lee) joins: Monitor"],
        &["tell 201: takes part in 1, Monitor"],
    );
    story.refuses(monitors("201"), Refusal::AlreadyTakesPart);
    // Of the supervisor the agent learns nothing, whatever they try.
    story.shows(leaves("101", "201"), Outcome::Noted, &[], &[]);
    story.refuses(agent_says("201", "Hi"), Refusal::NotTheAgents);
    story.shows(whispers("201", "Offer a refund"), Outcome::Noted, &["201 whispers: Offer a refund"], &[]);
    story.shows(
        barges_in("201"),
        Outcome::Noted,
        &["201 (Lee) joins: Conference", "system: Lee joined the conversation."],
        &["tell 201: takes part in 1, Conference"],
    );
    story.refuses(barges_in("201"), Refusal::AlreadyTakesPart);
    story.shows(agent_says("201", "Hi"), Outcome::Noted, &["201: Hi"], &[]);
    story.shows(agent_says("101", "My supervisor"), Outcome::Noted, &["101: My supervisor"], &[]);
}

#[test]
fn a_monitor_who_is_asked_in_by_chance_is_one_no_longer() {
    let mut story = Story::with_alex();
    story.does(monitors("201")).expect("monitors");
    story.shows(
        invites("101", "201", Consult),
        Outcome::Noted,
        &["201 (Lee) joins by 101: Consult"],
        &["tell 201: takes part in 1, Consult"],
    );
    assert_eq!(story.state.open().expect("open").participants.len(), 1);
}

#[test]
fn a_supervisor_takes_the_conversation() {
    let mut story = Story::with_alex();
    story.does(invites("101", "102", Consult)).expect("consulted");
    story.does(monitors("201")).expect("monitors");
    let late = takes_over(&story, "201");
    story.shows(
        takes_over(&story, "201"),
        Outcome::Noted,
        &["taken over by 201 (Lee) from 101", "system: Connected Agent"],
        &[
            "give back slot of 101 under 2",
            "tell 101: 1 is gone, TakenOver",
            "tell 201: 1 is yours",
            "confirm reservation of 201 under 2",
        ],
    );
    story.refuses(agent_says("101", "Wait"), Refusal::NotTheAgents);
    story.refuses(Command::AgentTakesOver { agent: agent_id("101"), fence: 2 }, Refusal::Fenced);
    story.refuses(late, Refusal::ToOneself);
    // Kim is still there, and is now the supervisor's to keep.
    story.shows(
        Command::AgentEnds { agent: agent_id("201") },
        Outcome::Noted,
        &["ended by 201: Agent"],
        &["free slot of 201 under 3", "tell 201: 1 is gone, Ended", "tell 102: 1 is gone, Ended"],
    );
}

#[test]
fn participants_go_when_the_conversation_leaves_its_agents() {
    let mut story = Story::with_alex();
    story.does(invites("101", "102", Conference)).expect("brought in");
    story.does(monitors("201")).expect("monitors");
    story.shows(
        transfers("101", TransferTarget::Queue(queue("support"))),
        Outcome::Noted,
        &["queued in support by 101"],
        &[
            "give back slot of 101 under 2",
            "tell 101: 1 is gone, Transferred",
            "enqueue in support under 3 but not to 101",
            "tell 102: 1 is gone, Transferred",
            "tell 201: 1 is gone, Transferred",
        ],
    );
    story.refuses(agent_says("102", "Hi"), Refusal::NotTheAgents);
    story.does(story.assign("101")).expect("back");
    assert!(story.state.open().expect("open").participants.is_empty());
}

#[test]
fn back_to_the_robot() {
    let mut story = Story::new();
    story.does(Command::Connect).expect("connects");
    story.does(Command::TransferToAgent).expect("queued");
    story.does(story.assign("101")).expect("assigned");
    story.does(invites("101", "102", Consult)).expect("consulted");
    story.shows(
        transfers("101", TransferTarget::Robot),
        Outcome::Noted,
        &["given to shop-robot by 101", "robot: You are talking to the robot again."],
        &[
            "give back slot of 101 under 3",
            "tell 101: 1 is gone, Transferred",
            "tell 102: 1 is gone, Transferred",
        ],
    );
    story.refuses(agent_says("101", "Still there?"), Refusal::NotTheAgents);
    story.shows(Command::Disconnect, Outcome::LeftRobot, &["ended: Customer"], &[]);
    let mut story = Story::with_alex();
    story.refuses(transfers("101", TransferTarget::Robot), Refusal::NoRobot);
}

#[test]
fn so_many_take_part_that_nobody_else_can() {
    let mut story = Story::with_alex();
    for n in 0..10 {
        story.does(invites("101", &format!("30{n}"), Consult)).expect("consulted");
    }
    story.refuses(invites("101", "102", Consult), Refusal::TooManyParticipants);
    // Nobody learns from a refusal that somebody monitors.
    for n in 0..10 {
        story.does(monitors(&format!("20{n}"))).expect("monitors");
    }
    story.refuses(monitors("299"), Refusal::TooManyParticipants);
    story.refuses(barges_in("201"), Refusal::TooManyParticipants);
    story.does(leaves("101", "301")).expect("leaves");
    story.does(invites("101", "102", Consult)).expect("consulted");
}

//! With the robot.

use frontdesk_core::conversation::{Availability, Command, Control, Outcome, Refusal};
use frontdesk_core::entry::EntryBody;
use frontdesk_core::id::RobotId;
use frontdesk_core::message::{Author, Extras, MediaType, Message};

use super::{Story, asks, chat};
use crate::shop::customer_says;

/// The example of the documented poll page: CONNECT, then TRANS2AGENT with an agent free.
#[test]
fn the_poll_pages_example() {
    let mut story = Story::new();
    let mut said = Vec::new();
    for command in [Command::Connect, Command::TransferToAgent] {
        said.extend(story.does(command).expect("not refused").1.expect("a decision").entries);
    }
    said.extend(story.does(story.assign("101")).expect("not refused").1.expect("a decision").entries);
    said.retain(|entry| matches!(entry, EntryBody::Said(_)));

    let by_robot = |text: &str| Message {
        author: Author::Robot(RobotId::new("shop-robot").expect("id")),
        media: MediaType::Text,
        content: text.to_owned(),
        nickname: Some("test".to_owned()),
        avatar: Some("1".to_owned()),
        extras: Extras { gender: Some("MALE".to_owned()), ..Extras::default() },
    };
    let by_system =
        Message { nickname: Some("System".to_owned()), ..Message::text(Author::System, "Connected Agent") };
    let expected =
        [by_robot("Welcome,welcome"), by_robot("Transfer to manual labor"), by_system].map(EntryBody::Said);
    // Compared as stored: messages do not show their contents when they are printed.
    assert_eq!(serde_json::to_value(&said).expect("JSON"), serde_json::to_value(expected).expect("JSON"));
}

#[test]
fn the_same_step_by_step() {
    let mut story = Story::new();
    story.shows(
        Command::Connect,
        Outcome::WithRobot,
        &["connected to shop-robot", "robot: Welcome,welcome"],
        &[],
    );
    assert_eq!((story.state.version, story.state.fence, story.state.conversations), (1, 1, 1));
    story.shows(
        Command::TransferToAgent,
        Outcome::Transferring,
        &["robot: Transfer to manual labor", "queued in support"],
        &["enqueue in support under 2"],
    );
    assert_eq!((story.state.version, story.state.fence), (2, 2));
    story.shows(
        story.assign("101"),
        Outcome::Noted,
        &["assigned to 101 (Alex)", "system: Connected Agent"],
        &["tell 101: 1 is yours", "finish claim of 2"],
    );
    assert_eq!((story.state.version, story.state.fence, story.state.conversations), (3, 3, 1));
}

#[test]
fn the_system_speaks_the_customers_language() {
    let mut story = Story::new();
    story.shop.locale = "zh_CN";
    story.does(Command::Connect).expect("connects");
    story.shows(
        Command::TransferToAgent,
        Outcome::Transferring,
        &["robot: 转人工", "queued in support"],
        &["enqueue in support under 2"],
    );
}

#[test]
fn a_repeated_connect_changes_nothing() {
    let mut story = Story::new();
    story.does(Command::Connect).expect("connects");
    story.shows(Command::Connect, Outcome::WithRobot, &[], &[]);
    story.does(Command::TransferToAgent).expect("queued");
    story.shows(Command::Connect, Outcome::WithAgent, &[], &[]);
    story.does(story.assign("101")).expect("assigned");
    story.shows(Command::Connect, Outcome::WithAgent, &[], &[]);
    assert_eq!(story.state.conversations, 1);
}

#[test]
fn a_robot_without_a_welcome_says_nothing_first() {
    let mut story = Story::new();
    if let Some(robot) = &mut story.shop.robot {
        robot.welcome = " ".to_owned();
    }
    story.shows(Command::Connect, Outcome::WithRobot, &["connected to shop-robot"], &[]);
}

#[test]
fn the_robot_answers_in_turns() {
    let mut story = Story::new();
    story.does(Command::Connect).expect("connects");
    story.shows(
        asks("hours", &["Monday to Friday,", "nine to five."], &["Are you open today?"]),
        Outcome::SentToRobot,
        &[
            "customer: hours",
            "robot: Monday to Friday, [turn 1]",
            "robot: nine to five. [turn 1] [similar: Are you open today?]",
        ],
        &[],
    );
    story.shows(
        asks("thanks", &["You are welcome."], &[]),
        Outcome::SentToRobot,
        &["customer: thanks", "robot: You are welcome. [turn 2]"],
        &[],
    );
    let picture = Command::Chat { message: customer_says(MediaType::Image, "key-1"), answer: None };
    story.shows(picture, Outcome::SentToRobot, &["customer: key-1"], &[]);
}

#[test]
fn the_typed_keyword_brings_an_agent() {
    let mut story = Story::new();
    story.does(Command::Connect).expect("connects");
    story.shows(
        chat(" AGENT "),
        Outcome::SentToRobot,
        &["customer:  AGENT ", "robot: Transfer to manual labor", "queued in support"],
        &["enqueue in support under 2"],
    );
}

#[test]
fn the_name_of_a_file_is_no_keyword() {
    let mut story = Story::new();
    story.does(Command::Connect).expect("connects");
    let picture = Command::Chat { message: customer_says(MediaType::Image, "agent"), answer: None };
    story.shows(picture, Outcome::SentToRobot, &["customer: agent"], &[]);
}

#[test]
fn the_robot_keeps_whom_nobody_can_take() {
    for (availability, refusal, text) in [
        (Availability::NobodySignedIn, Refusal::NoAgents, "No agents available currently"),
        (
            Availability::OutsideHours,
            Refusal::OutsideHours,
            "The current time is not within the working time of the service agents.",
        ),
    ] {
        let mut story = Story::new();
        story.shop.make(availability);
        story.does(Command::Connect).expect("the robot is always there");
        story.refuses(Command::TransferToAgent, refusal);
        let regret = format!("robot: {text}");
        story.shows(chat("agent"), Outcome::SentToRobot, &["customer: agent", &regret], &[]);
        assert!(matches!(story.state.control(), Some(Control::Robot(_))));
    }
}

#[test]
fn a_channel_without_a_queue_has_no_agents() {
    let mut story = Story::new();
    story.shop.channel.queue = None;
    story.does(Command::Connect).expect("connects");
    story.refuses(Command::TransferToAgent, Refusal::NotConfigured);
    story.shows(
        chat("agent"),
        Outcome::SentToRobot,
        &["customer: agent", "robot: No agents available currently"],
        &[],
    );
}

#[test]
fn whose_robot_is_gone_gets_an_agent() {
    let mut story = Story::new();
    story.does(Command::Connect).expect("connects");
    story.shop.robot = None;
    story.shows(
        chat("hours"),
        Outcome::SentToAgent,
        &["customer: hours", "queued in support"],
        &["enqueue in support under 2"],
    );
}

#[test]
fn whose_robot_is_gone_is_told_when_there_is_no_agent_either() {
    let mut story = Story::new();
    story.does(Command::Connect).expect("connects");
    story.shop.robot = None;
    story.shop.make(Availability::NobodySignedIn);
    let told = ["customer: hours", "system: No agents available currently"];
    story.shows(chat("hours"), Outcome::SentToRobot, &told, &[]);
    story.shop.make(Availability::SignedIn);
    story.shop.channel.queue = None;
    story.shows(chat("hours"), Outcome::SentToRobot, &told, &[]);
}

#[test]
fn without_a_conversation_there_is_nothing_to_say() {
    let mut story = Story::new();
    for command in [chat("hello"), Command::TransferToAgent, Command::Disconnect, Command::Typing] {
        story.refuses(command, Refusal::NoSession);
    }
    story.refuses(Command::ReadByCustomer { messages: vec!["c1".to_owned()] }, Refusal::NoSession);
    story.refuses(story.check_timers(), Refusal::NoSession);
}

#[test]
fn typing_and_reading() {
    let mut story = Story::new();
    story.does(Command::Connect).expect("connects");
    story.shows(Command::Typing, Outcome::Noted, &[], &[]);
    story.shows(Command::ReadByCustomer { messages: vec![] }, Outcome::Noted, &[], &[]);
    let read = Command::ReadByCustomer { messages: vec!["c1".to_owned(), "c2".to_owned()] };
    story.shows(read, Outcome::Noted, &["customer has read c1,c2"], &[]);
}

//! Surveys belong to service episodes: pain 21 of the peers' page (asked once only, the wrong agent rated, asked when it
//! cannot be answered, answers that open conversations again).

use std::time::Duration;

use frontdesk_core::conversation::{Command, Outcome, RatingGiven, Refusal, Session, survey_is_due};
use frontdesk_core::directory::{Survey, SurveyQuestion};
use frontdesk_core::entry::{EndReason, EntryBody};

use super::{Story, agent_says, chat};
use crate::shop::agent_id;

fn rate(episode: Option<u64>, evaluation: u8) -> Command {
    let (comment, evaluation) = (String::new(), Some(evaluation));
    Command::RateAgent(RatingGiven { episode, evaluation, comment, nps: Some(10), solved: None })
}

fn ask(agent: &str, is_supervisor: bool, conversation: u64) -> Command {
    Command::AskSurvey { agent: agent_id(agent), is_supervisor, conversation }
}

fn asking(change: impl FnOnce(&mut Survey)) -> Story {
    let mut story = Story::with_alex();
    story.shop.channel.survey.enabled = true;
    change(&mut story.shop.channel.survey);
    story
}

impl Story {
    fn is_due(&self) -> bool {
        survey_is_due(&self.state, &self.shop.channel.survey, self.now)
    }

    /// The customer leaves and comes back to an agent.
    fn served_again(&mut self, agent: &str) {
        self.does(Command::Connect).expect("connects");
        self.does(self.assign(agent)).expect("assigned");
    }

    /// What the customer is asked when they leave.
    fn leaves(&mut self) -> Vec<String> {
        let (_, decision) = self.does(Command::Disconnect).expect("leaves");
        decision.expect("a decision").entries[1..].iter().map(super::line).collect()
    }
}

#[test]
fn the_end_asks_about_the_last_episode() {
    let mut story = asking(|_| {});
    assert!(story.is_due(), "who asks before the end is about to leave");
    let (_, decision) = story.does(Command::AgentEnds { agent: agent_id("101") }).expect("ends");
    let due = EntryBody::SurveyDue {
        episode: 2,
        agent: agent_id("101"),
        questions: vec![SurveyQuestion::Csat],
        until: Some(story.now.plus(Duration::from_hours(24))),
        by: None,
    };
    assert_eq!(decision.expect("a decision").entries[1], due);
    assert!(story.is_due());
}

#[test]
fn pain_21_each_episode_is_asked_about() {
    let mut story = asking(|_| {});
    assert_eq!(story.leaves(), ["asked about 101 (2)"]);
    story.served_again("102");
    assert_eq!(story.leaves(), ["asked about 102 (5)"]);
}

#[test]
fn pain_21_a_rating_is_of_the_agent_who_served_then() {
    let mut story = asking(|_| {});
    story.leaves();
    story.does(Command::Connect).expect("waits again");
    story.shows(rate(None, 4), Outcome::Noted, &["rated 101 (2) 4"], &[]);
    story.does(story.assign("102")).expect("assigned");
    story.refuses(rate(Some(2), 1), Refusal::SurveyOver);
    story.shows(rate(None, 3), Outcome::Noted, &["rated 102 (5) 3"], &[]);
}

#[test]
fn pain_21_an_answer_opens_nothing() {
    let mut story = asking(|_| {});
    story.leaves();
    let before = story.state.clone();
    story.shows(rate(Some(2), 5), Outcome::Noted, &["rated 101 (2) 5"], &[]);
    assert_eq!(story.state.session, Session::Closed { offline: false });
    assert_eq!((story.state.conversations, story.state.fence), (before.conversations, before.fence));
    assert_eq!(story.deadline(), None);
    assert!(!story.is_due(), "who has answered is not asked again");
    // A second thought takes the place of the first.
    story.shows(rate(Some(2), 1), Outcome::Noted, &["rated 101 (2) 1"], &[]);
}

#[test]
fn pain_21_an_answer_that_comes_too_late_is_refused() {
    let mut story = asking(|survey| survey.window = 600);
    story.passes_polling(5_000);
    story.shows(rate(None, 5), Outcome::Noted, &["rated 101 (2) 5"], &[]);
    story.leaves();
    story.passes(600);
    story.shows(rate(None, 4), Outcome::Noted, &["rated 101 (2) 4"], &[]);
    story.passes(1);
    story.refuses(rate(None, 5), Refusal::SurveyOver);
    story.refuses(ask("101", false, 1), Refusal::SurveyOver);
    assert!(!story.is_due());
}

#[test]
fn an_episode_ends_when_the_agent_passes_the_customer_on() {
    let mut story = asking(|_| {});
    story.does(story.transfer_to("101", "102")).expect("passed on");
    let episode = &story.state.last_served.as_ref().expect("served").episode;
    assert_eq!((episode.number, episode.ended), (story.state.fence, None), "it is another agent's");
    assert_eq!(story.leaves(), ["asked about 102 (3)"]);
}

#[test]
fn only_after_some_ends() {
    let mut story = asking(|survey| survey.after = Some(vec![EndReason::Agent]));
    assert!(!story.is_due());
    assert_eq!(story.leaves(), [""; 0]);
    assert!(!story.is_due());
    story.served_again("101");
    story.shows(
        Command::AgentEnds { agent: agent_id("101") },
        Outcome::Noted,
        &["ended by 101: Agent", "asked about 101 (5)"],
        &["free slot of 101 under 5", "tell 101: 2 is gone, Ended"],
    );
    assert!(story.is_due());
}

#[test]
fn only_where_an_agent_said_something() {
    let mut story = asking(|survey| survey.only_answered = true);
    story.does(chat("hello?")).expect("said");
    assert!(!story.is_due());
    assert_eq!(story.leaves(), [""; 0]);
    story.served_again("101");
    story.does(agent_says("101", "Here I am.")).expect("said");
    let version = story.state.version;
    story.does(agent_says("101", "How can I help?")).expect("said");
    assert_eq!(story.state.version, version, "only the first word changes the state");
    assert!(story.is_due());
    assert_eq!(story.leaves(), ["asked about 101 (5)"]);
}

#[test]
fn not_too_often() {
    let mut story = asking(|survey| survey.at_most_every = 3_600);
    assert_eq!(story.leaves(), ["asked about 101 (2)"]);
    story.passes(1_800);
    story.served_again("102");
    assert!(!story.is_due());
    assert_eq!(story.leaves(), [""; 0]);
    story.passes(1_800);
    story.served_again("102");
    assert!(story.is_due(), "the hour is over");
    assert_eq!(story.leaves(), ["asked about 102 (8)"]);
}

#[test]
fn not_where_nothing_is_asked() {
    let mut story = asking(|survey| survey.enabled = false);
    assert!(!story.is_due());
    assert_eq!(story.leaves(), [""; 0]);
    story.shows(rate(None, 5), Outcome::Noted, &["rated 101 (2) 5"], &[]);
}

#[test]
fn an_agent_has_the_customer_asked() {
    let mut story = asking(|survey| survey.enabled = false);
    story.refuses(ask("102", false, 1), Refusal::NotTheAgents);
    story.refuses(ask("101", false, 2), Refusal::NothingToRate);
    story.shows(ask("101", false, 1), Outcome::Noted, &["asked about 101 (2) by 101"], &[]);
    story.shows(ask("201", true, 1), Outcome::Noted, &[], &[]);
    assert!(story.is_due());
    assert_eq!(story.leaves(), [""; 0], "once is enough");
    story.shows(rate(None, 5), Outcome::Noted, &["rated 101 (2) 5"], &[]);
    story.shows(ask("101", false, 1), Outcome::Noted, &[], &[]);
    story.shop.channel.survey.questions.clear();
    story.refuses(ask("101", false, 1), Refusal::NotConfigured);
}

#[test]
fn where_no_agent_has_been_the_robot_may_be_rated() {
    let mut story = Story::new();
    story.shop.channel.survey.enabled = true;
    story.does(Command::Connect).expect("connects");
    assert!(story.is_due());
    story.shop.channel.survey.only_answered = true;
    assert!(!story.is_due());
}

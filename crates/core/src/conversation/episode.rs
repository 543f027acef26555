//! Service episodes: one agent's service from taking the customer to letting them go, what the customer is asked about
//! it, and what they answer.
//!
//! A rating belongs to an episode and names its agent, whoever serves the customer when it comes. It is an entry and
//! nothing more: it opens no conversation.

use serde::{Deserialize, Serialize};

use crate::conversation::command::RatingGiven;
use crate::conversation::{Decided, Decision, Facts, LogState, Outcome, Refusal, Served};
use crate::directory::Survey;
use crate::entry::{EndReason, EntryBody};
use crate::id::AgentId;
use crate::message::Author;
use crate::time::Timestamp;

/// One agent's service of a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Episode {
    /// The hand-over with which it began: the log's fence from then on. No two episodes of a log share it.
    pub number: u64,
    /// When it began.
    pub began: Timestamp,
    /// When the agent no longer had the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// Whether the agent has said anything to the customer. Noted only where the rules ask for it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_spoken: bool,
    /// When the customer was asked about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<Timestamp>,
    /// When the customer last answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rated: Option<Timestamp>,
    /// When the customer was last asked about an earlier one, or rated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_before: Option<Timestamp>,
}

impl Episode {
    pub(super) fn is_unknown(&self) -> bool {
        *self == Self::default()
    }

    /// Until when an answer is taken; `None` while the agent has the customer.
    pub fn open_until(&self, survey: &Survey) -> Option<Timestamp> {
        self.ended.map(|ended| ended.plus(survey.window()))
    }

    fn takes_answers(&self, survey: &Survey, now: Timestamp) -> bool {
        self.open_until(survey).is_none_or(|until| now <= until)
    }
}

/// Whether the customer is to be asked now: what getsatisfactionsurveymode answers. Who asks while the conversation goes
/// on is about to leave it. Where no agent has had the conversation it is the robot that would be rated, about which
/// only whether anybody is asked at all says something.
pub fn survey_is_due(state: &LogState, survey: &Survey, now: Timestamp) -> bool {
    let served = state.last_served.as_ref().filter(|served| served.conversation == state.conversations);
    let Some(Served { episode, .. }) = served else { return survey.enabled && !survey.only_answered };
    if episode.rated.is_some() || !episode.takes_answers(survey, now) {
        return false;
    }
    episode.asked.is_some()
        || (state.open().is_some() && is_wanted(episode, survey, EndReason::Customer, now))
}

/// Whether the rules want the customer to be asked after such an end.
fn is_wanted(episode: &Episode, survey: &Survey, reason: EndReason, now: Timestamp) -> bool {
    let is_too_soon = episode.asked_before.is_some_and(|before| before.plus(survey.at_most_every()) > now);
    survey.enabled
        && !survey.questions.is_empty()
        && survey.is_after(reason)
        && (episode.has_spoken || !survey.only_answered)
        && !is_too_soon
}

/// Keeps the episode in step with what was decided, and asks the customer at the end if the rules want it.
pub(super) fn follow(state: &LogState, decided: &mut Decided, facts: &Facts<'_>) {
    let Some(decision) = &mut decided.decision else { return };
    if facts.channel.survey.only_answered {
        note_word(state, decision);
    }
    let Some(after) = &mut decision.state else { return };
    let is_same = after.agent() == state.agent() && after.conversations == state.conversations;
    if after.agent().is_some() && !is_same {
        begin(state, after, facts.now);
    } else if state.agent().is_some()
        && !is_same
        && let Some(served) = &mut after.last_served
    {
        served.episode.ended = Some(facts.now);
    }
    let is_over = state.open().is_some() && after.open().is_none();
    let reason = decision.entries.iter().find_map(|entry| match entry {
        EntryBody::Ended { reason, .. } => Some(*reason),
        _ => None,
    });
    if let (true, Some(reason), Some(served)) = (is_over, reason, &mut after.last_served)
        && served.conversation == state.conversations
    {
        let (survey, episode) = (&facts.channel.survey, &served.episode);
        let is_open = episode.asked.is_none() && episode.rated.is_none();
        if is_open
            && episode.takes_answers(survey, facts.now)
            && is_wanted(episode, survey, reason, facts.now)
        {
            decision.entries.push(ask(served, survey, None, facts.now));
        }
    }
}

/// The first word of the agent is remembered: some customers are asked only then.
fn note_word(state: &LogState, decision: &mut Decision) {
    let Some((agent, served)) = state.agent().zip(state.last_served.as_ref()) else { return };
    let says = |entry: &EntryBody| {
        matches!(entry, EntryBody::Said(message) if message.author == Author::Agent(agent.clone()))
            && entry.is_for_customer()
    };
    if served.episode.has_spoken || served.agent != *agent || !decision.entries.iter().any(says) {
        return;
    }
    if let Some(served) = &mut decision.state_after(state).last_served {
        served.episode.has_spoken = true;
    }
}

fn begin(before: &LogState, after: &mut LogState, now: Timestamp) {
    let earlier = before.last_served.as_ref().map(|served| &served.episode);
    let asked_before = earlier.and_then(|episode| episode.asked.max(episode.rated).max(episode.asked_before));
    let number = after.fence;
    if let Some(served) = &mut after.last_served {
        served.episode = Episode { number, began: now, asked_before, ..Episode::default() };
    }
}

/// Asks the customer.
fn ask(served: &mut Served, survey: &Survey, by: Option<AgentId>, now: Timestamp) -> EntryBody {
    served.episode.asked = Some(now);
    EntryBody::SurveyDue {
        episode: served.episode.number,
        agent: served.agent.clone(),
        questions: survey.questions.clone(),
        until: served.episode.open_until(survey),
        by,
    }
}

/// An agent, or a supervisor in an agent's place, wants the customer to be asked, whatever the rules say. Who was asked
/// already is not asked twice.
pub(super) fn ask_by_hand(
    state: &LogState,
    agent: AgentId,
    is_supervisor: bool,
    conversation: u64,
    facts: &Facts<'_>,
) -> Result<Decided, Refusal> {
    let survey = &facts.channel.survey;
    let served = state.last_served.as_ref().filter(|served| served.conversation == conversation);
    let served = served.ok_or(Refusal::NothingToRate)?;
    if served.agent != agent && !is_supervisor {
        return Err(Refusal::NotTheAgents);
    }
    if survey.questions.is_empty() {
        return Err(Refusal::NotConfigured);
    }
    if !served.episode.takes_answers(survey, facts.now) {
        return Err(Refusal::SurveyOver);
    }
    if served.episode.asked.is_some() || served.episode.rated.is_some() {
        return Ok(Decided::nothing(Outcome::Noted));
    }
    let mut decision = Decision { conversation, ..Decision::default() };
    if let Some(served) = &mut decision.state_after(state).last_served {
        let asked = ask(served, survey, Some(agent), facts.now);
        decision.entries.push(asked);
    }
    Ok(Decided::write(decision, Outcome::Noted))
}

/// The customer rates an episode: the one that they were asked about, else the last. A later answer takes the place of
/// an earlier one for as long as answers are taken.
pub(super) fn rate(state: &LogState, rating: RatingGiven, facts: &Facts<'_>) -> Result<Decided, Refusal> {
    let served = state.last_served.as_ref().ok_or(Refusal::NothingToRate)?;
    let is_other = rating.episode.is_some_and(|episode| episode != served.episode.number);
    if is_other || !served.episode.takes_answers(&facts.channel.survey, facts.now) {
        return Err(Refusal::SurveyOver);
    }
    let number = served.episode.number;
    let rated = EntryBody::RatedAgent(rating.about(served.agent.clone(), number));
    let mut decision =
        Decision { conversation: served.conversation, entries: vec![rated], ..Decision::default() };
    if let Some(served) = &mut decision.state_after(state).last_served {
        served.episode.rated = Some(facts.now);
    }
    Ok(Decided::write(decision, Outcome::Noted))
}

use sha2::{Digest as _, Sha256};

use crate::entry::{Entry, EntryBody};
use crate::id::AgentId;
use crate::log::EntryNumber;
use crate::message::{Author, MediaType, Message};
use crate::robot::{Hit, Trace, normalised};
use crate::time::Timestamp;

/// Longest text that is kept of a question or an answer, in characters.
pub const MAX_LESSON_CHARACTERS: usize = 1_000;
/// How many of an agent's replies are looked at for the answer: the first is often a greeting, and later ones are about
/// something else.
const REPLIES: usize = 3;

/// What editors can learn from a conversation, or a part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lessons {
    /// What the robot was asked, of which there is something to tell; and what was rated.
    pub asked: Vec<AskedInVain>,
    /// What an agent answered to what the robot could not.
    pub answered: Option<AnsweredByAgent>,
}

/// A question that the robot was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedInVain {
    /// The entry with the question.
    pub number: EntryNumber,
    /// Which of the robot's turns answered it.
    pub turn: u32,
    /// When it was asked.
    pub at: Timestamp,
    /// The question, cut off at [`MAX_LESSON_CHARACTERS`].
    pub text: String,
    /// What the robot found.
    pub found: Trace,
    /// Whether the customer wanted an agent next.
    pub wanted_agent: bool,
    /// Whether the customer said last that the answer did not help.
    pub rated_badly: bool,
    /// What the customer wrote about it.
    pub comment: Option<String>,
}

impl AskedInVain {
    /// Whether there is anything to tell of it.
    pub fn is_noteworthy(&self) -> bool {
        self.found.hit != Hit::Clear || self.wanted_agent || self.rated_badly
    }
}

/// What an agent answered to what the robot could not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnsweredByAgent {
    /// The entry with the question.
    pub number: EntryNumber,
    /// The question.
    pub question: String,
    /// What the robot found.
    pub found: Trace,
    /// The agent.
    pub agent: AgentId,
    /// The longest of the agent's first replies, cut off at [`MAX_LESSON_CHARACTERS`].
    pub answer: String,
    /// When it was answered.
    pub at: Timestamp,
}

/// What questions are counted under that are the same but for what customers do not mean: a short hash, so that
/// addresses can name it.
pub fn question_key(text: &str) -> String {
    let digest = Sha256::digest(normalised(text));
    hex::encode(digest.get(..12).unwrap_or_default())
}

/// What editors can learn from entries of one conversation, in their order. What an agent answered is told once the
/// conversation is over.
pub fn lessons(entries: &[Entry]) -> Lessons {
    let mut reading = Reading::default();
    for entry in entries {
        reading.take(entry);
    }
    reading.finish()
}

#[derive(Default)]
struct Reading {
    asked: Vec<AskedInVain>,
    rated: Vec<u32>,
    /// What the customer said last.
    said: Option<(EntryNumber, Timestamp, String)>,
    replies: Vec<Reply>,
    /// The agent goes on with what they said last.
    is_replying: bool,
    is_over: bool,
}

struct Reply {
    agent: AgentId,
    at: Timestamp,
    text: String,
}

impl Reading {
    fn take(&mut self, entry: &Entry) {
        match &entry.body {
            EntryBody::Said(message) if message.media == MediaType::Text => self.hear(entry, message),
            EntryBody::Queued { .. } | EntryBody::Diverted { .. } if self.replies.is_empty() => {
                if let Some(last) = self.asked.last_mut() {
                    last.wanted_agent = true;
                }
            }
            EntryBody::RatedRobot { turn, satisfied, comment } => {
                let turn = turn.parse().unwrap_or(0);
                if let Some(asked) = self.asked.iter_mut().find(|asked| asked.turn == turn) {
                    asked.rated_badly = !satisfied;
                    asked.comment = comment.as_deref().filter(|_| !satisfied).map(cut_off);
                    self.rated.push(turn);
                }
            }
            EntryBody::Ended { .. } => self.is_over = true,
            _ => {}
        }
    }

    fn hear(&mut self, entry: &Entry, message: &Message) {
        match &message.author {
            Author::Customer => {
                self.said = Some((entry.number, entry.at, cut_off(&message.content)));
                self.is_replying = false;
            }
            // Who types what brings an agent is not answered by a turn.
            Author::Robot(_) if message.extras.turn.is_none() => {
                if let (Some(_), Some(last)) = (self.said.take(), self.asked.last_mut()) {
                    last.wanted_agent = true;
                }
            }
            Author::Robot(_) => {
                if let (Some(found), Some(turn), Some((number, at, text))) =
                    (&message.extras.found, message.extras.turn, self.said.take())
                {
                    self.asked.push(AskedInVain {
                        number,
                        turn,
                        at,
                        text,
                        found: Trace::clone(found),
                        wanted_agent: false,
                        rated_badly: false,
                        comment: None,
                    });
                }
            }
            Author::Agent(agent) => self.hear_agent(agent, entry.at, &message.content),
            Author::System => {}
        }
    }

    fn hear_agent(&mut self, agent: &AgentId, at: Timestamp, text: &str) {
        // What was taken back is empty.
        if self.asked.is_empty() || text.trim().is_empty() {
            return;
        }
        let goes_on = self.is_replying && self.replies.last().is_some_and(|reply| reply.agent == *agent);
        if goes_on && let Some(reply) = self.replies.last_mut() {
            reply.text.push('\n');
            reply.text.push_str(text.trim());
        } else if self.replies.len() < REPLIES {
            self.replies.push(Reply { agent: agent.clone(), at, text: text.trim().to_owned() });
        } else {
            return;
        }
        self.is_replying = true;
    }

    fn finish(mut self) -> Lessons {
        let question =
            self.asked.iter().rev().find(|asked| asked.found.hit != Hit::Clear || asked.wanted_agent);
        // Of replies of one length the first counts.
        let longest = self.replies.into_iter().rev().max_by_key(|reply| reply.text.chars().count());
        let answered = match (question, longest) {
            (Some(question), Some(reply)) if self.is_over => Some(AnsweredByAgent {
                number: question.number,
                question: question.text.clone(),
                found: question.found.clone(),
                agent: reply.agent,
                answer: cut_off(&reply.text),
                at: reply.at,
            }),
            _ => None,
        };
        let rated = self.rated;
        self.asked.retain(|asked| asked.is_noteworthy() || rated.contains(&asked.turn));
        Lessons { asked: self.asked, answered }
    }
}

fn cut_off(text: &str) -> String {
    text.trim().chars().filter(|character| *character != '\0').take(MAX_LESSON_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::EndReason;
    use crate::id::{BaseId, QueueId, RobotId};
    use crate::log::Life;
    use crate::message::Extras;

    fn customer(text: &str) -> EntryBody {
        EntryBody::Said(Message::text(Author::Customer, text))
    }

    fn robot(turn: u32, hit: Hit) -> EntryBody {
        let found = Trace { base: BaseId::new("shop").unwrap(), version: 1, hit, candidates: Vec::new() };
        EntryBody::Said(Message {
            extras: Extras { turn: Some(turn), found: Some(Box::new(found)), ..Extras::default() },
            ..Message::text(Author::Robot(RobotId::new("r").unwrap()), "…")
        })
    }

    fn agent(text: &str) -> EntryBody {
        EntryBody::Said(Message::text(Author::Agent(AgentId::new("101").unwrap()), text))
    }

    fn queued() -> EntryBody {
        EntryBody::Queued { queue: QueueId::new("support").unwrap(), from: None }
    }

    fn rated(turn: u32, satisfied: bool) -> EntryBody {
        EntryBody::RatedRobot { turn: turn.to_string(), satisfied, comment: Some("no".to_owned()) }
    }

    fn ended() -> EntryBody {
        EntryBody::Ended { reason: EndReason::Agent, agent: None, offline: false, tip: None }
    }

    fn learn(bodies: Vec<EntryBody>) -> Lessons {
        let entry = |(number, body)| Entry {
            number: EntryNumber(number),
            life: Life::default(),
            at: Timestamp::from_millis(i64::try_from(number).unwrap()),
            conversation: 1,
            body,
        };
        lessons(&(1..).zip(bodies).map(entry).collect::<Vec<_>>())
    }

    fn told(lessons: &Lessons) -> Vec<(&str, bool, bool)> {
        let asked = lessons.asked.iter();
        asked.map(|asked| (asked.text.as_str(), asked.wanted_agent, asked.rated_badly)).collect()
    }

    #[test]
    fn a_clear_answer_teaches_nothing() {
        assert_eq!(learn(vec![customer("How?"), robot(1, Hit::Clear), ended()]), Lessons::default());
    }

    #[test]
    fn what_was_asked_in_vain_is_told() {
        let lessons = learn(vec![
            customer("one"),
            robot(1, Hit::Miss),
            customer("two"),
            robot(2, Hit::Clear),
            customer("three"),
            robot(3, Hit::Near),
        ]);
        assert_eq!(told(&lessons), [("one", false, false), ("three", false, false)]);
        assert_eq!(lessons.asked[1].number, EntryNumber(5));
    }

    #[test]
    fn an_answer_after_which_an_agent_is_wanted_was_none() {
        let lessons = learn(vec![customer("one"), robot(1, Hit::Clear), customer("agent"), queued()]);
        assert_eq!(told(&lessons), [("one", true, false)]);
    }

    #[test]
    fn who_wants_an_agent_when_there_is_none_wants_one() {
        let regret =
            EntryBody::Said(Message::text(Author::Robot(RobotId::new("r").unwrap()), "Nobody is there."));
        let lessons = learn(vec![customer("one"), robot(1, Hit::Clear), customer("agent"), regret]);
        assert_eq!(told(&lessons), [("one", true, false)]);
    }

    #[test]
    fn the_last_rating_counts() {
        let turns = || vec![customer("one"), robot(1, Hit::Clear), customer("two"), robot(2, Hit::Clear)];
        let with = |more: Vec<EntryBody>| learn(turns().into_iter().chain(more).collect());
        let lessons = with(vec![rated(1, false)]);
        assert_eq!(told(&lessons), [("one", false, true)]);
        assert_eq!(lessons.asked[0].comment.as_deref(), Some("no"));
        let changed = with(vec![rated(1, false), rated(1, true)]);
        assert!(!changed.asked[0].is_noteworthy(), "it is told so that it can be forgotten");
    }

    #[test]
    fn the_longest_of_the_first_replies_is_the_answer() {
        let conversation = |end: Vec<EntryBody>| {
            let talk = vec![
                customer("My drone is stuck in a tree"),
                robot(1, Hit::Miss),
                queued(),
                agent("Hello, Alex here."),
                customer("It is stuck."),
                agent("Shake the tree."),
                agent("Gently, and stand aside."),
                customer("Thanks"),
                agent("You are welcome."),
            ];
            learn(talk.into_iter().chain(end).collect())
        };
        assert_eq!(conversation(vec![]).answered, None, "it goes on");
        let answered = conversation(vec![ended()]).answered.unwrap();
        assert_eq!(answered.question, "My drone is stuck in a tree");
        assert_eq!(answered.answer, "Shake the tree.\nGently, and stand aside.");
        assert_eq!((answered.number, answered.at), (EntryNumber(1), Timestamp::from_millis(6)));
    }

    #[test]
    fn what_was_taken_back_is_no_answer() {
        let lessons = learn(vec![customer("one"), robot(1, Hit::Miss), queued(), agent(""), ended()]);
        assert_eq!(lessons.answered, None);
    }

    #[test]
    fn the_same_question_has_one_key() {
        assert_eq!(question_key("Where is my PARCEL?"), question_key("where is my parcel"));
        assert_ne!(question_key("Where is my parcel?"), question_key("Where is my shoe?"));
        assert_eq!(question_key("").len(), 24);
    }
}

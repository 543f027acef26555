//! What must be true of a customer's log and of what the customer received, whatever happened in between.

use std::collections::{HashMap, HashSet};

/// What a sender knows of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The server said that it has it.
    Acknowledged,
    /// The server said that it does not take it.
    Refused,
    /// The server was killed before it answered.
    Unknown,
}

/// A message as its sender has it. Contents are unique.
#[derive(Clone, Debug)]
pub struct Sent {
    /// What was said.
    pub content: String,
    /// What became of it, as far as the sender was told.
    pub fate: Fate,
    /// The server said that the robot has it.
    pub to_robot: bool,
}

/// A message as a poll gave it.
#[derive(Clone, Debug)]
pub struct Received {
    /// How many servers had been killed before.
    pub kills: usize,
    /// Its message code.
    pub code: String,
    /// Its timestamp, in milliseconds since 1970.
    pub at: i64,
    /// Whether it is of the control type `CHAT`.
    pub is_chat: bool,
    /// What it says.
    pub content: String,
}

/// A message as the log has it.
#[derive(Clone, Debug)]
pub struct Logged {
    /// Its message code.
    pub code: String,
    /// When it was written, in milliseconds since 1970.
    pub at: i64,
    /// `USER`, `ROBOT`, `AGENT` or `SYSTEM`.
    pub source: String,
    /// What it says.
    pub content: String,
}

/// Everything known of one customer.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// The customer's id.
    pub user: String,
    /// What each sender sent, in order.
    pub sent: HashMap<String, Vec<Sent>>,
    /// How many times an agent was told that they had ended the conversation.
    pub ended: usize,
    /// What their client received, in order.
    pub received: Vec<Received>,
    /// The log, oldest first.
    pub log: Vec<Logged>,
}

impl Story {
    /// What is not as it must be.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        self.check_log(&mut faults);
        for (sender, sent) in &self.sent {
            self.check_sent(sender, sent, &mut faults);
        }
        self.check_received(&mut faults);
        self.check_delivered(&mut faults);
        for fault in &mut faults {
            *fault = format!("{}: {fault}", self.user);
        }
        faults
    }

    fn check_log(&self, faults: &mut Vec<String>) {
        for pair in self.log.windows(2) {
            if pair[0].at >= pair[1].at {
                faults.push(format!("the log's time does not increase: {pair:?}"));
            }
        }
    }

    fn check_sent(&self, sender: &str, sent: &[Sent], faults: &mut Vec<String>) {
        let mut last = None;
        for message in sent {
            let places: Vec<usize> =
                (0..self.log.len()).filter(|place| self.log[*place].content == message.content).collect();
            let fits = match message.fate {
                Fate::Acknowledged => places.len() == 1,
                Fate::Refused => places.is_empty(),
                Fate::Unknown => places.len() <= 1,
            };
            if !fits {
                faults.push(format!("{sender}: {message:?} is in the log {} times", places.len()));
            }
            let Some(place) = places.first().copied() else { continue };
            if last.is_some_and(|last| place < last) {
                faults.push(format!("{sender}: {message:?} is in the log before an earlier one"));
            }
            last = Some(place);
            let answer = self.log.get(place + 1).map(|next| next.source.as_str());
            if message.to_robot && answer != Some("ROBOT") {
                faults.push(format!("{sender}: the robot's answer to {message:?} is not in the log"));
            }
        }
    }

    /// Within one life of the server nothing comes twice; after a kill it may, but nothing is skipped and made up for
    /// later.
    fn check_received(&self, faults: &mut Vec<String>) {
        let mut by_life: HashMap<usize, Vec<&Received>> = HashMap::new();
        for received in &self.received {
            by_life.entry(received.kills).or_default().push(received);
        }
        for received in by_life.values() {
            for pair in received.windows(2) {
                if pair[0].at >= pair[1].at {
                    faults.push(format!("received twice or out of order in one life: {pair:?}"));
                }
            }
        }
        for pair in self.first_received().windows(2) {
            if pair[0].at >= pair[1].at {
                faults.push(format!("received late: {pair:?}"));
            }
        }
    }

    fn check_delivered(&self, faults: &mut Vec<String>) {
        let chats = self.first_received().into_iter().filter(|received| received.is_chat);
        let chats: Vec<_> = chats.map(|chat| (&chat.code, chat.at, &chat.content)).collect();
        let logged = self.log.iter().filter(|logged| logged.source != "USER");
        let logged: Vec<_> = logged.map(|logged| (&logged.code, logged.at, &logged.content)).collect();
        for missing in logged.iter().filter(|logged| !chats.contains(logged)) {
            faults.push(format!("in the log, but never received: {missing:?}"));
        }
        for invented in chats.iter().filter(|chat| !logged.contains(chat)) {
            faults.push(format!("received, but not in the log: {invented:?}"));
        }
        let told = self.first_received().into_iter().filter(|received| !received.is_chat).count();
        if told < self.ended {
            faults.push(format!("ended {} times by agents, but told so {told} times", self.ended));
        }
    }

    fn first_received(&self) -> Vec<&Received> {
        let mut known = HashSet::new();
        self.received.iter().filter(|received| known.insert(received.code.as_str())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A story without faults: a question, the robot's answer, and an agent's word that came twice across a kill.
    fn fine() -> Story {
        let logged = |at: i64, source: &str, content: &str| Logged {
            code: format!("c{at}"),
            at,
            source: source.to_owned(),
            content: content.to_owned(),
        };
        let received = |kills: usize, at: i64, content: &str| Received {
            kills,
            code: format!("c{at}"),
            at,
            is_chat: true,
            content: content.to_owned(),
        };
        let sent =
            |content: &str, fate: Fate, to_robot: bool| Sent { content: content.to_owned(), fate, to_robot };
        Story {
            user: "ann".to_owned(),
            sent: HashMap::from([
                (
                    "ann".to_owned(),
                    vec![
                        sent("one", Fate::Acknowledged, true),
                        sent("two", Fate::Unknown, false),
                        sent("three", Fate::Acknowledged, false),
                        sent("four", Fate::Refused, false),
                    ],
                ),
                ("101".to_owned(), vec![sent("hello", Fate::Acknowledged, false)]),
            ]),
            ended: 0,
            received: vec![received(0, 2, "answer"), received(0, 4, "hello"), received(1, 4, "hello")],
            log: vec![
                logged(1, "USER", "one"),
                logged(2, "ROBOT", "answer"),
                logged(3, "USER", "three"),
                logged(4, "AGENT", "hello"),
            ],
        }
    }

    #[test]
    fn the_checker_finds_every_kind_of_fault() {
        assert_eq!(fine().faults(), [] as [String; 0]);
        let broken = |what: &str, spoil: &dyn Fn(&mut Story)| {
            let mut story = fine();
            spoil(&mut story);
            let faults = story.faults();
            assert!(faults.iter().any(|fault| fault.contains(what)), "{what}: {faults:?}");
        };
        broken("is in the log 0 times", &|story| drop(story.log.remove(2)));
        broken("is in the log 2 times", &|story| story.log[3].content = "three".to_owned());
        broken("is in the log 1 times", &|story| story.log[3].content = "four".to_owned());
        broken("time does not increase", &|story| story.log[1].at = 1);
        broken("before an earlier one", &|story| {
            story.log[0].content = "three".to_owned();
            story.log[2].content = "one".to_owned();
        });
        broken("robot's answer", &|story| drop(story.log.remove(1)));
        broken("twice or out of order", &|story| story.received[2].kills = 0);
        broken("received late", &|story| story.received.swap(0, 1));
        broken("never received", &|story| drop(story.received.remove(0)));
        broken("not in the log", &|story| story.received[0].content = "something else".to_owned());
        broken("told so 0 times", &|story| story.ended = 1);
    }
}

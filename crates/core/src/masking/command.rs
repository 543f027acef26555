//! Masking what a command brings, before anything is decided about it.

use super::masker::Masker;
use crate::conversation::{Command, CustomerMessage, RatingGiven};
use crate::note::Note;

impl Masker {
    /// A command without what must not be kept: everything after it, the robot's answer as well as what is stored, sees only
    /// that.
    #[must_use]
    pub fn command(&self, command: Command) -> Command {
        if self.is_idle() {
            return command;
        }
        match command {
            Command::Chat { message, answer } => Command::Chat { message: self.said(message), answer },
            Command::RateAgent(rating) => Command::RateAgent(RatingGiven {
                comment: self.or_as_it_is(rating.comment.clone()),
                ..rating
            }),
            Command::RateRobot { turn, satisfied, comment } => {
                Command::RateRobot { turn, satisfied, comment: comment.map(|text| self.or_as_it_is(text)) }
            }
            Command::LeaveMessage { caller, text } => Command::LeaveMessage {
                caller: self.contact(&caller).unwrap_or(caller),
                text: self.or_as_it_is(text),
            },
            other if self.is_for_agents() => self.of_agent(other),
            other => other,
        }
    }

    fn of_agent(&self, command: Command) -> Command {
        match command {
            Command::AgentSays { agent, message } => {
                Command::AgentSays { agent, message: self.message(message) }
            }
            Command::AgentWhispers { agent, message } => {
                Command::AgentWhispers { agent, message: self.message(message) }
            }
            Command::AnswerTicket { agent, ticket, conversation, message } => {
                Command::AnswerTicket { agent, ticket, conversation, message: self.message(message) }
            }
            Command::Note { conversation, note } => {
                let text = self.or_as_it_is(note.text.clone());
                Command::Note { conversation, note: Note { text, ..note } }
            }
            other => other,
        }
    }

    fn said(&self, mut message: CustomerMessage) -> CustomerMessage {
        if let Some(masked) = self.content(message.media, &message.content) {
            message.content = masked;
            message.masked = true;
        }
        message
    }

    fn or_as_it_is(&self, text: String) -> String {
        self.text(&text).unwrap_or(text)
    }
}

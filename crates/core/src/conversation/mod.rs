//! A customer's conversations: their state, and the one function that decides every change of it.
//!
//! [`decide`] takes the state of a log, a [`Command`] and the [`Facts`] around it, and says what is to be written and
//! what the caller is to be told. It does nothing itself: the store commits the decision if the state is still the
//! one that was seen, otherwise the caller loads again and decides again.
//!
//! At every moment one owner has control of a conversation: the robot, a queue or one agent. Every hand-over raises
//! the *fence*; what was begun under an older fence is refused. While an agent has it, others can take part in it, which
//! gives them no control.

mod agent;
mod command;
mod control;
mod customer;
mod decision;
mod episode;
mod inactivity;
mod labels;
mod learning;
mod newer;
mod notes;
mod overflow;
mod participants;
mod sla;
mod state;
mod tickets;
mod timer;
mod vanish;
mod waiting;

pub use command::{
    Availability, Command, CustomerMessage, Facts, RatingGiven, Refusal, RobotSays, Standing, TransferTarget,
};
pub use decision::{Decided, Decision, Intent, Outcome};
pub use episode::{Episode, survey_is_due};
pub use labels::Labelling;
pub use newer::Seen;
pub use overflow::{Asks, asks};
pub use participants::{Participant, Participation};
pub use sla::{Sla, SlaClock, SlaStanding, sla_clocks};
pub use state::{Control, Conversation, LogState, Remembered, Served, Session, Waiting};
pub use timer::{Clocks, TimerRules, next_deadline};

/// Decides what a command does to a log.
///
/// `Err` means that the command is refused and nothing is written; it says why.
pub fn decide(state: &LogState, command: Command, facts: &Facts<'_>) -> Result<Decided, Refusal> {
    let looks = sla::looks(&command);
    let mut decided = decide_command(state, command, facts)?;
    episode::follow(state, &mut decided, facts);
    sla::follow(state, &mut decided, looks, facts);
    learning::follow(state, &mut decided);
    Ok(decided)
}

fn decide_command(state: &LogState, command: Command, facts: &Facts<'_>) -> Result<Decided, Refusal> {
    match command {
        Command::Connect => customer::connect(state, facts),
        Command::Chat { message, answer } => customer::chat(state, message, answer.as_ref(), facts),
        Command::TransferToAgent => customer::transfer_to_agent(state, facts),
        Command::Disconnect => customer::disconnect(state),
        Command::Typing => customer::typing(state),
        Command::ReadByCustomer { messages } => customer::read(state, messages),
        Command::RateAgent(rating) => episode::rate(state, rating, facts),
        Command::RateRobot { turn, satisfied, comment } => {
            customer::rate_robot(state, turn, satisfied, comment)
        }
        Command::LeaveMessage { caller, text } => Ok(tickets::leave(state, caller, text, facts)),
        Command::AnswerTicket { agent, ticket, conversation, message } => {
            Ok(tickets::answer(state, agent, (ticket, conversation), message))
        }
        Command::AskSurvey { agent, is_supervisor, conversation } => {
            episode::ask_by_hand(state, agent, is_supervisor, conversation, facts)
        }
        Command::Assign { agent, fence } => control::assign(state, &agent, fence, facts),
        Command::TellQueuing { fence } => waiting::tell_queuing(state, fence, facts),
        Command::AgentSays { agent, message } => agent::say(state, &agent, message),
        Command::AgentRecalls { agent, number, life, message } => {
            agent::recall(state, &agent, (number, life), &message)
        }
        Command::AgentReads { agent, messages } => agent::read(state, &agent, messages),
        Command::AgentTransfers { agent, target } => agent::transfer(state, &agent, target, facts),
        Command::AgentVanished { agent } => vanish::take_back(state, &agent, facts),
        Command::AgentEnds { agent } => agent::end(state, &agent, facts),
        Command::Note { conversation, note } => notes::note(state, conversation, note),
        Command::Label(asked) => labels::label(state, *asked, facts),
        Command::AgentInvites { agent, guest, mode } => {
            participants::invite(state, &agent, &guest, mode, facts)
        }
        Command::AgentLeaves { agent, guest } => participants::leave(state, &agent, &guest, facts),
        Command::AgentMonitors { agent } => participants::monitor(state, &agent, facts),
        Command::AgentBargesIn { agent } => participants::barge_in(state, &agent, facts),
        Command::AgentTakesOver { agent, fence } => participants::take_over(state, &agent, fence, facts),
        Command::AgentWhispers { agent, message } => participants::whisper(state, &agent, message),
        Command::CheckTimers(clocks) => timer::check(state, clocks, facts),
    }
}

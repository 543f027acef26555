//! An agent who cannot be reached any more loses their customers to the queue.

use crate::conversation::agent::held_by;
use crate::conversation::control::{leave, said_by_system, wait};
use crate::conversation::inactivity::came_from;
use crate::conversation::overflow::Diverted;
use crate::conversation::timer::time_out;
use crate::conversation::{Control, Conversation, Decided, Decision, Facts, LogState, Outcome, Refusal};
use crate::entry::{Departure, Diversion, EntryBody};
use crate::id::{AgentId, QueueId};
use crate::texts::Text;
use crate::time::Timestamp;

/// Back to the queue that the customer came from, before everybody there. Whether anybody could serve them is not asked:
/// they were being served, so they wait, and what happens to those who wait for long happens to them too.
pub(super) fn take_back(state: &LogState, agent: &AgentId, facts: &Facts<'_>) -> Result<Decided, Refusal> {
    let conversation = held_by(state, agent)?;
    let Some(queue) = queue_of(conversation, facts) else {
        return Ok(Decided::write(time_out(state, conversation, facts), Outcome::Noted));
    };
    // The wait as such is a new one; only the place in the line is not.
    let control = Control::queue(queue.clone(), facts.now);
    let mut decision = Decision {
        conversation: state.conversations,
        entries: vec![
            Diverted::new(queue.clone(), Diversion::AgentVanished).entry(),
            EntryBody::Said(said_by_system(facts, Text::AgentVanished)),
        ],
        state: Some(state.handed_over(conversation, control, facts.now)),
        intents: leave(state, conversation, Departure::Vanished),
        ..Decision::default()
    };
    wait(&mut decision, queue, Timestamp::ZERO, Some(agent.clone()));
    Ok(Decided::write(decision, Outcome::Noted))
}

/// A queue that still exists; `None` if there is no longer any.
fn queue_of(conversation: &Conversation, facts: &Facts<'_>) -> Option<QueueId> {
    let before = came_from(conversation, facts.channel).into_iter();
    before.chain(&facts.channel.queue).find(|queue| facts.queues.contains_key(*queue)).cloned()
}

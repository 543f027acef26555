//! Waiting in a queue: what the customer is told, and what happens when it takes long.

use std::time::Duration;

use crate::conversation::control::{give_to_robot, robot_stays, system_says, wait};
use crate::conversation::overflow::{Diverted, Way, end_with_message, reachable, way};
use crate::conversation::timer::{TimerRules, time_out};
use crate::conversation::{
    Asks, Control, Conversation, Decided, Decision, Facts, Intent, LogState, Outcome, Refusal, Session,
    Waiting,
};
use crate::directory::{Escalation, Overflow};
use crate::entry::{Diversion, EntryBody};
use crate::id::QueueId;
use crate::message::Message;
use crate::routing::Place;
use crate::texts::Text;
use crate::time::Timestamp;

/// How long until a step of the escalation is tried again that was not possible.
const TRY_AGAIN: Duration = Duration::from_secs(10);

/// A wait, and the rules for it.
struct Wait<'a> {
    queue: &'a QueueId,
    since: Timestamp,
    told: bool,
    so_far: &'a Waiting,
    rules: TimerRules<'a>,
}

impl<'a> Wait<'a> {
    fn of(conversation: &'a Conversation, rules: TimerRules<'a>) -> Option<Self> {
        match &conversation.control {
            Control::Queue { queue, since, told, waiting } => {
                Some(Self { queue, since: *since, told: *told, so_far: waiting, rules })
            }
            Control::Robot(_) | Control::Agent(_) => None,
        }
    }

    /// How often the customer is told where they stand; `None` for never.
    fn tell_every(&self) -> Option<Duration> {
        let queue = || self.rules.queues.get(self.queue).map(|queue| queue.tell_every);
        let seconds = self.rules.channel.queue_tell_every.or_else(queue)?;
        (seconds > 0).then(|| Duration::from_secs(seconds))
    }

    fn told_last(&self) -> Timestamp {
        self.so_far.told.map_or(self.since, |(at, _)| at)
    }

    fn tell_is_due(&self) -> bool {
        self.tell_every().is_some_and(|every| self.told_last().plus(every) <= self.rules.now)
    }

    /// The queue in which the wait began.
    fn first(&self) -> &'a QueueId {
        self.so_far.first.as_ref().unwrap_or(self.queue)
    }

    /// What is left of the escalation, with when: the steps' places in the list.
    fn steps(&self) -> impl DoubleEndedIterator<Item = (usize, Timestamp, &'a Escalation)> {
        let steps = self.rules.queues.get(self.first()).map_or(&[][..], |queue| &queue.escalation);
        let since = self.since;
        let left = steps.iter().enumerate().skip(self.so_far.steps);
        left.map(move |(place, step)| (place, since.plus(Duration::from_secs(step.after)), step))
            .filter(|(_, _, step)| step.then != Overflow::Wait)
    }

    fn steps_due(&self) -> impl DoubleEndedIterator<Item = (usize, Timestamp, &'a Escalation)> {
        let now = self.rules.now;
        self.steps().filter(move |(_, at, _)| *at <= now)
    }
}

/// The next moment of a row that began at `from` and goes on every so often.
fn next_of(from: Timestamp, every: Duration, now: Timestamp) -> Timestamp {
    let every_millis = every.as_millis().max(1);
    let passed = now.since(from).as_millis() / every_millis + 1;
    let span = u64::try_from(passed.saturating_mul(every_millis)).unwrap_or(u64::MAX);
    from.plus(Duration::from_millis(span))
}

/// When a waiting customer must be looked at next, other than for the end of the wait.
pub(super) fn deadline(conversation: &Conversation, rules: TimerRules<'_>) -> Option<Timestamp> {
    let wait = Wait::of(conversation, rules)?;
    let tell = wait.tell_every().map(|every| next_of(wait.told_last(), every, rules.now));
    // A step whose time has come and that is still there could not be done.
    let again = wait.steps_due().next().map(|(_, at, _)| next_of(at, TRY_AGAIN, rules.now));
    let step = wait.steps().map(|(_, at, _)| at).find(|at| *at > rules.now);
    [tell, again, step].into_iter().flatten().min()
}

/// What must be looked up to look at a waiting customer.
pub(super) fn asks(conversation: &Conversation, rules: &TimerRules<'_>) -> Asks {
    let Some(wait) = Wait::of(conversation, *rules) else { return Asks::default() };
    let wider = wait.steps_due().filter_map(|(_, _, step)| match &step.then {
        Overflow::Queue(queue) => Some(queue),
        _ => None,
    });
    Asks { queues: reachable(rules.queues, wider), place: wait.tell_is_due(), ..Asks::default() }
}

/// Looks at a waiting customer: a step of the escalation, or a note of where they stand.
pub(super) fn look(state: &LogState, conversation: &Conversation, facts: &Facts<'_>) -> Option<Decision> {
    let wait = Wait::of(conversation, facts.rules())?;
    // The latest step that can be done: what was missed while nobody looked is not made up for.
    let escalated = wait
        .steps_due()
        .rev()
        .find_map(|(place, _, step)| escalate(state, conversation, &wait, place, step, facts));
    escalated
        .or_else(|| if wait.tell_is_due() { tell_place(state, conversation, &wait, facts) } else { None })
}

fn escalate(
    state: &LogState,
    conversation: &Conversation,
    wait: &Wait<'_>,
    place: usize,
    step: &Escalation,
    facts: &Facts<'_>,
) -> Option<Decision> {
    let diverted = Diverted::new(wait.queue.clone(), Diversion::Escalated);
    match (&step.then, facts.robot) {
        (Overflow::Wait, _) => None,
        (Overflow::Queue(wider), _) => match way(wider, facts) {
            Way::Queue { queue, .. } if queue != *wait.queue => {
                Some(move_on(state, conversation, wait, queue, place, facts))
            }
            // Where nobody can be had either the customer is not sent.
            Way::Queue { .. } | Way::Robot(..) | Way::LeaveMessage(_) | Way::Refused(_) => None,
        },
        (Overflow::Robot, Some(robot)) => {
            let mut decision = give_to_robot(state, conversation, robot, robot_stays(robot, facts), facts);
            decision.entries.insert(0, diverted.entry());
            Some(decision)
        }
        (Overflow::LeaveMessage, _) => Some(end_with_message(state, conversation, diverted, facts)),
        (Overflow::Robot | Overflow::Refuse, _) => {
            let mut decision = time_out(state, conversation, facts);
            decision.entries.insert(0, diverted.entry());
            Some(decision)
        }
    }
}

/// From one queue to a wider one. The customer keeps their age.
fn move_on(
    state: &LogState,
    conversation: &Conversation,
    wait_so_far: &Wait<'_>,
    to: QueueId,
    place: usize,
    facts: &Facts<'_>,
) -> Decision {
    let since = wait_so_far.since;
    let waiting =
        Waiting { first: Some(wait_so_far.first().clone()), steps: place + 1, told: wait_so_far.so_far.told };
    let control = Control::Queue { queue: to.clone(), since, told: wait_so_far.told, waiting };
    let mut decision = Decision {
        conversation: state.conversations,
        entries: vec![Diverted::new(wait_so_far.queue.clone(), Diversion::Escalated).entry()],
        state: Some(state.handed_over(conversation, control, facts.now)),
        intents: vec![Intent::LeaveQueue { fence: state.fence }],
        ..Decision::default()
    };
    wait(&mut decision, to, since, None);
    decision
}

/// Tells the customer where they stand, if that has changed.
fn tell_place(
    state: &LogState,
    conversation: &Conversation,
    wait: &Wait<'_>,
    facts: &Facts<'_>,
) -> Option<Decision> {
    let place = facts.place.filter(|place| wait.so_far.told.and_then(|(_, told)| told) != Some(*place))?;
    let mut message = system_says(facts, place_text(place, facts));
    message.extras.place = Some(place);
    Some(told(state, conversation, wait, message, facts))
}

fn place_text(place: Place, facts: &Facts<'_>) -> String {
    let text = match place.minutes {
        Some(_) => Text::QueueEstimate,
        None => Text::QueuePlace,
    };
    let minutes = place.minutes.unwrap_or_default().to_string();
    let position = place.position.to_string();
    facts.texts.get(text).replace("{position}", &position).replace("{minutes}", &minutes)
}

/// Nobody is free: the customer is told, once for each wait.
pub(super) fn tell_queuing(state: &LogState, fence: u64, facts: &Facts<'_>) -> Result<Decided, Refusal> {
    let conversation = state.open().ok_or(Refusal::Fenced)?;
    let wait = Wait::of(conversation, facts.rules()).filter(|_| state.fence == fence);
    let wait = wait.ok_or(Refusal::Fenced)?;
    if wait.told {
        return Ok(Decided::nothing(Outcome::Noted));
    }
    let mut message = system_says(facts, facts.texts.get(Text::Queuing));
    message.extras.queuing = true;
    message.extras.place = facts.place;
    Ok(Decided::write(told(state, conversation, &wait, message, facts), Outcome::Noted))
}

/// The customer is told something of their wait. Control stays where it is.
fn told(
    state: &LogState,
    conversation: &Conversation,
    wait: &Wait<'_>,
    message: Message,
    facts: &Facts<'_>,
) -> Decision {
    let waiting = Waiting { told: Some((facts.now, facts.place)), ..wait.so_far.clone() };
    let control = Control::Queue { queue: wait.queue.clone(), since: wait.since, told: true, waiting };
    let session = Session::Open(Conversation { control, ..conversation.clone() });
    Decision {
        conversation: state.conversations,
        entries: vec![EntryBody::Said(message)],
        state: Some(state.with(session)),
        ..Decision::default()
    }
}

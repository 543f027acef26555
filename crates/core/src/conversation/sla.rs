//! What a customer was promised (service level): whose turn it is, when which promise is due, and that it is missed or
//! about to be.
//!
//! Whose turn it is changes with the first word of either side, and only then the state does: that is what all clocks
//! are read off. Time is counted as the policy says, of which the conversation keeps what held when it began to wait.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::conversation::{
    Command, Control, Conversation, Decided, Decision, Facts, LogState, Session, TimerRules,
};
use crate::directory::{SlaPause, SlaPolicy};
use crate::entry::{EntryBody, SlaNews, SlaTarget};
use crate::hours::WorkingHours;
use crate::id::{QueueId, SlaPolicyId};
use crate::message::Author;
use crate::time::Timestamp;

/// What a customer was promised, and how it stands with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sla {
    /// The policy that promises it.
    pub policy: SlaPolicyId,
    /// The queue whose hours count.
    queue: QueueId,
    first_reply: Option<u64>,
    next_reply: Option<u64>,
    resolution: Option<u64>,
    pause: Vec<SlaPause>,
    /// Since when the customer waits for a word of an agent; `None` while it is the customer's turn, or the robot's.
    waits: Option<Timestamp>,
    /// An agent has said something.
    has_replied: bool,
    /// What has been counted of the resolution, in milliseconds, up to `runs`.
    spent: u64,
    /// Since when the resolution runs; `None` while it pauses.
    runs: Option<Timestamp>,
    marks: Marks,
}

/// What was noted of each promise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Marks {
    first_reply: Option<SlaNews>,
    next_reply: Option<SlaNews>,
    resolution: Option<SlaNews>,
}

impl Marks {
    const fn of(&mut self, target: SlaTarget) -> &mut Option<SlaNews> {
        match target {
            SlaTarget::FirstReply => &mut self.first_reply,
            SlaTarget::NextReply => &mut self.next_reply,
            SlaTarget::Resolution => &mut self.resolution,
        }
    }
}

/// A clock that runs.
#[derive(Clone, Copy, Debug)]
struct Running {
    target: SlaTarget,
    warn: Timestamp,
    due: Timestamp,
}

/// How it stands with one promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlaClock {
    /// Which.
    pub target: SlaTarget,
    /// When it is due; `None` while it does not run.
    pub due: Option<Timestamp>,
    /// How it stands.
    pub standing: SlaStanding,
}

/// How it stands with a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlaStanding {
    /// Its time runs.
    Running,
    /// Its time does not run now.
    Paused,
    /// Four fifths of the time have passed.
    Warned,
    /// It was not kept.
    Breached,
    /// It was kept.
    Met,
}

/// Part of the time after which it is warned: four fifths.
const WARN_AT: (u64, u64) = (4, 5);

impl Sla {
    fn begin(policy: &SlaPolicy, queue: QueueId, now: Timestamp) -> Self {
        Self {
            policy: policy.id.clone(),
            queue,
            first_reply: policy.first_reply,
            next_reply: policy.next_reply,
            resolution: policy.resolution,
            pause: policy.pause.clone(),
            waits: Some(now),
            has_replied: false,
            spent: 0,
            runs: Some(now),
            marks: Marks::default(),
        }
    }

    fn pauses(&self, pause: SlaPause) -> bool {
        self.pause.contains(&pause)
    }

    fn hours<'a>(&self, rules: &TimerRules<'a>) -> Option<&'a WorkingHours> {
        if !self.pauses(SlaPause::OutsideHours) {
            return None;
        }
        let own = rules.queues.get(&self.queue).and_then(|queue| queue.hours.as_ref());
        own.or(rules.channel.hours.as_ref())
    }

    /// The clocks that run. What never comes because it never opens again is none.
    fn running(&self, rules: &TimerRules<'_>) -> impl Iterator<Item = Running> {
        let reply =
            |target, seconds: Option<u64>| Some((target, self.waits?, seconds?.saturating_mul(1_000), 0));
        let first = || reply(SlaTarget::FirstReply, self.first_reply);
        let next = || reply(SlaTarget::NextReply, self.next_reply);
        let of_replies = if self.has_replied { next() } else { first() };
        let of_all = self.runs.zip(self.resolution).map(|(since, seconds)| {
            (SlaTarget::Resolution, since, seconds.saturating_mul(1_000), self.spent)
        });
        let hours = self.hours(rules);
        of_replies.into_iter().chain(of_all).filter_map(move |(target, since, promised, spent)| {
            let after = |millis: u64| {
                let left = Duration::from_millis(millis.saturating_sub(spent));
                match hours {
                    Some(hours) => hours.add_open_time(since, left),
                    None => Some(since.plus(left)),
                }
            };
            let warn = after(promised / WARN_AT.1 * WARN_AT.0)?;
            Some(Running { target, warn, due: after(promised)? })
        })
    }

    /// What has to be noted by now, each once.
    fn news(&mut self, rules: &TimerRules<'_>) -> Vec<EntryBody> {
        let mut news = Vec::new();
        for Running { target, warn, due } in self.running(rules).collect::<Vec<_>>() {
            let what = match (rules.now >= due, rules.now >= warn) {
                (true, _) => SlaNews::Breached,
                (false, true) => SlaNews::Warned,
                (false, false) => continue,
            };
            let mark = self.marks.of(target);
            if *mark < Some(what) {
                *mark = Some(what);
                news.push(EntryBody::Sla { policy: self.policy.clone(), target, what, due });
            }
        }
        news
    }

    /// What is promised from now on, as of which it is noted whether it was kept.
    fn promises(&self, rules: &TimerRules<'_>) -> Vec<EntryBody> {
        let all = [
            (SlaTarget::FirstReply, self.first_reply),
            (SlaTarget::NextReply, self.next_reply),
            (SlaTarget::Resolution, self.resolution),
        ];
        let noted = all.into_iter().filter_map(|(target, seconds)| {
            let length = Duration::from_secs(seconds?);
            let open = self.hours(rules).and_then(|hours| hours.add_open_time(rules.now, length));
            let due = open.unwrap_or_else(|| rules.now.plus(length));
            Some(EntryBody::Sla { policy: self.policy.clone(), target, what: SlaNews::Promised, due })
        });
        noted.collect()
    }

    /// It is an agent's turn from now on.
    fn wait(&mut self, now: Timestamp) {
        if self.waits.is_none() {
            self.waits = Some(now);
            self.marks.next_reply = None;
        }
        self.runs = self.runs.or(Some(now));
    }

    /// It is no longer an agent's turn.
    fn rest(&mut self, rules: &TimerRules<'_>) {
        self.waits = None;
        if !self.pauses(SlaPause::WaitingForCustomer) {
            return;
        }
        if let Some(since) = self.runs.take() {
            let passed = match self.hours(rules) {
                Some(hours) => hours.open_span(since, rules.now),
                None => rules.now.since(since),
            };
            self.spent = self.spent.saturating_add(u64::try_from(passed.as_millis()).unwrap_or(u64::MAX));
        }
    }

    fn next(&self, rules: &TimerRules<'_>) -> Option<Timestamp> {
        let mut marks = self.marks;
        let moments = self.running(rules).filter_map(|running| match marks.of(running.target) {
            None | Some(SlaNews::Promised) => Some(running.warn),
            Some(SlaNews::Warned) => Some(running.due),
            Some(SlaNews::Breached) => None,
        });
        moments.min()
    }

    fn clocks(&self, rules: &TimerRules<'_>) -> Vec<SlaClock> {
        let running: Vec<Running> = self.running(rules).collect();
        let mut marks = self.marks;
        let mut clock = |target: SlaTarget, promised: Option<u64>, is_met: bool| {
            promised?;
            let due = running.iter().find(|running| running.target == target).map(|running| running.due);
            let standing = match (*marks.of(target), due) {
                (Some(SlaNews::Breached), _) => SlaStanding::Breached,
                _ if is_met => SlaStanding::Met,
                (_, None) => SlaStanding::Paused,
                (Some(SlaNews::Warned), Some(_)) => SlaStanding::Warned,
                (None | Some(SlaNews::Promised), Some(_)) => SlaStanding::Running,
            };
            Some(SlaClock { target, due, standing })
        };
        let first = clock(SlaTarget::FirstReply, self.first_reply, self.has_replied);
        // Before the first word there is no next one, and while it is the customer's turn none is owed.
        let owed = self.next_reply.filter(|_| self.has_replied && self.waits.is_some());
        let next = clock(SlaTarget::NextReply, owed, false);
        let all = clock(SlaTarget::Resolution, self.resolution, false);
        [first, next, all].into_iter().flatten().collect()
    }
}

/// When a promise must be looked at next.
pub(super) fn deadline(conversation: &Conversation, rules: &TimerRules<'_>) -> Option<Timestamp> {
    conversation.remembered.sla.as_ref()?.next(rules)
}

/// How it stands with what the customer of an open conversation was promised; empty if they were promised nothing.
pub fn sla_clocks(conversation: &Conversation, rules: &TimerRules<'_>) -> Vec<SlaClock> {
    conversation.remembered.sla.as_ref().map(|sla| sla.clocks(rules)).unwrap_or_default()
}

/// Keeps the promises in step with what was decided, and notes what is missed or about to be. What is noted comes after
/// everything else: others know the first entries of a decision by their place.
pub(super) fn follow(state: &LogState, decided: &mut Decided, looks: bool, facts: &Facts<'_>) {
    // What is about an earlier conversation, such as its rating, is none of this one's.
    let is_about = |decision: &Decision| decision.conversation >= state.conversations;
    if !decided.decision.as_ref().map_or(looks, is_about) {
        return;
    }
    let rules = facts.rules();
    let before = state.open().and_then(|conversation| conversation.remembered.sla.as_deref());
    let mut sla = before.cloned();
    let mut news = sla.as_mut().map(|sla| sla.news(&rules)).unwrap_or_default();
    let decision = decided.decision.as_ref();
    let entries = decision.map_or(&[][..], |decision| &decision.entries);
    let open = decision.and_then(|decision| decision.state.as_ref()).unwrap_or(state).open();
    let is_human = open.is_some_and(|open| !matches!(open.control, Control::Robot(_)));
    if let Some(sla) = &mut sla {
        hear(sla, entries, is_human, &rules);
    }
    match (open, &sla) {
        (Some(open), None) if is_human => {
            sla = promised(open, facts);
            news.extend(sla.iter().flat_map(|sla| sla.promises(&rules)));
        }
        _ => {}
    }
    let is_changed = open.is_some() && sla.as_ref() != before;
    if !is_changed && news.is_empty() {
        return;
    }
    let decision = decided
        .decision
        .get_or_insert_with(|| Decision { conversation: state.conversations, ..Decision::default() });
    decision.entries.extend(news);
    if let Session::Open(conversation) = &mut decision.state_after(state).session {
        conversation.remembered.sla = sla.map(Box::new);
    }
}

/// Takes note of who spoke, and of who has the conversation now.
fn hear(sla: &mut Sla, entries: &[EntryBody], is_human: bool, rules: &TimerRules<'_>) {
    for entry in entries {
        let EntryBody::Said(message) = entry else { continue };
        match &message.author {
            Author::Agent(_) if entry.is_for_customer() => {
                sla.has_replied = true;
                sla.rest(rules);
            }
            Author::Customer if is_human => sla.wait(rules.now),
            Author::Agent(_) | Author::Customer | Author::Robot(_) | Author::System => {}
        }
    }
    let was_with_robot = entries.iter().any(|entry| matches!(entry, EntryBody::Queued { .. }));
    match (is_human, sla.waits) {
        (false, Some(_)) => sla.rest(rules),
        // Back from the robot, or passed on: somebody new is to say something.
        (true, None) if was_with_robot => sla.wait(rules.now),
        _ => {}
    }
}

/// What customers of the queue are promised who begin to wait now.
fn promised(conversation: &Conversation, facts: &Facts<'_>) -> Option<Sla> {
    let queue = match &conversation.control {
        Control::Queue { queue, .. } => Some(queue),
        Control::Agent(_) | Control::Robot(_) => conversation.remembered.queue.as_ref(),
    };
    let queue = queue.or(facts.channel.queue.as_ref())?;
    let policies = facts.sla.values().filter(|policy| policy.is_for(queue));
    let policy = policies.max_by(|a, b| a.priority.cmp(&b.priority).then_with(|| b.id.cmp(&a.id)))?;
    Some(Sla::begin(policy, queue.clone(), facts.now))
}

/// Whether a command looks at the clocks by itself.
pub(super) const fn looks(command: &Command) -> bool {
    matches!(command, Command::CheckTimers(_))
}

use jiff::civil::time;

use super::*;
use crate::directory::{
    Agent, AgentSilence, AwayReason, Directory, Escalation, Overflow, Queue, SkillLevel, SkillNeeded, Sticky,
    Tenant,
};
use crate::hours::Interval;
use crate::id::{AgentId, ChannelId, QueueId, RobotId, TenantId};
use crate::texts::Text;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn id(queue: &str) -> QueueId {
    QueueId::new(queue).unwrap()
}

fn queue(name: &str) -> Queue {
    Queue::new(id(name), name)
}

/// A tenant with the queues `wide` and `night`, and these.
fn refused(others: &[Queue], item: &Item) -> Option<(String, String)> {
    let tenant = TenantId::new("shop").unwrap();
    let owner = Tenant::new(tenant.clone(), "", "en");
    let mut items = vec![(tenant.clone(), Item::Tenant(owner))];
    let queues = [queue("wide"), queue("night")].into_iter().chain(others.iter().cloned());
    items.extend(queues.map(|queue| (tenant.clone(), Item::Queue(queue))));
    let directory = Directory::new(items);
    let error = check(directory.tenant(&tenant).unwrap(), item, NOW).err()?;
    Some((error.field, error.why))
}

#[track_caller]
fn queue_refused(change: impl FnOnce(&mut Queue), field: &str, why: &str) {
    let mut first = queue("first");
    change(&mut first);
    assert_eq!(refused(&[], &Item::Queue(first)), Some((field.to_owned(), why.to_owned())));
}

#[test]
fn reasons_are_named_once() {
    let reasons = |reasons: &[(&str, &str)]| {
        let reason = |(id, name): &(&str, &str)| AwayReason { id: (*id).into(), name: (*name).into() };
        let tenant = Tenant::new(TenantId::new("shop").unwrap(), "Shop", "en");
        refused(&[], &Item::Tenant(Tenant { away_reasons: reasons.iter().map(reason).collect(), ..tenant }))
    };
    let at_fault = |field: &str, why: &str| Some((field.to_owned(), why.to_owned()));
    assert_eq!(reasons(&[("lunch", "Lunch"), ("break", "Break")]), None);
    assert_eq!(reasons(&[("lunch", " ")]), at_fault("away_reasons[0].name", "must not be empty"));
    let twice = at_fault("away_reasons[1].id", "\"lunch\" is named twice");
    assert_eq!(reasons(&[("lunch", "Lunch"), ("lunch", "Tea")]), twice);
}

fn steps(steps: &[(u64, Overflow)]) -> Vec<Escalation> {
    steps.iter().map(|(after, then)| Escalation { after: *after, then: then.clone() }).collect()
}

fn to(queue: &str) -> Overflow {
    Overflow::Queue(id(queue))
}

fn never() -> WorkingHours {
    WorkingHours::new("UTC", vec![], vec![]).unwrap()
}

#[test]
fn sensible_rules_are_accepted() {
    let mut first = queue("first");
    first.needs = vec![SkillNeeded { skill: "returns".into(), level: 3 }];
    first.hours = Some(never());
    first.outside_hours = to("wide");
    first.no_agents = to("wide");
    first.when_full = Overflow::Wait;
    first.max_waiting = Some(1);
    first.escalation = steps(&[(30, to("wide")), (60, to("night")), (90, Overflow::LeaveMessage)]);
    first.tell_every = 0;
    assert_eq!(
        refused(&[], &Item::Queue(first)),
        None,
        "also hours that never open: then it is always elsewhere"
    );
}

#[test]
fn circular_escalation_is_refused() {
    let escalating = |list: &[(u64, Overflow)]| {
        let list = steps(list);
        move |queue: &mut Queue| queue.escalation = list
    };
    queue_refused(escalating(&[(30, to("first"))]), "escalation[0].then", "leads to the queue itself");
    queue_refused(
        escalating(&[(30, to("wide")), (60, to("wide"))]),
        "escalation[1].then",
        "\"wide\" is named twice",
    );
    queue_refused(escalating(&[(30, to("nowhere"))]), "escalation[0].then", "there is no queue \"nowhere\"");
    queue_refused(
        escalating(&[(30, to("wide")), (30, to("night"))]),
        "escalation[1].after",
        "must be later than the step before",
    );
    queue_refused(
        escalating(&[(30, Overflow::Robot), (60, to("wide"))]),
        "escalation[1].then",
        "nobody waits any more after the step before",
    );
    queue_refused(escalating(&[(0, to("wide"))]), "escalation[0].after", "must be 1 to 31536000, not 0");
}

#[test]
fn circles_of_overflow_are_refused() {
    queue_refused(|queue| queue.when_full = to("first"), "when_full", "leads back to the queue itself");
    queue_refused(|queue| queue.no_agents = to("nowhere"), "no_agents", "there is no queue \"nowhere\"");
    let second = Queue { no_agents: to("third"), ..queue("second") };
    let third = Queue { outside_hours: to("first"), ..queue("third") };
    let first = Queue { when_full: to("second"), ..queue("first") };
    let why = "leads back to the queue itself through \"third\"".to_owned();
    assert_eq!(refused(&[second, third], &Item::Queue(first)), Some(("when_full".to_owned(), why)));
    let second = Queue { no_agents: to("third"), ..queue("second") };
    let third = Queue { no_agents: to("second"), ..queue("third") };
    let first = Queue { when_full: to("second"), ..queue("first") };
    assert_eq!(
        refused(&[second, third], &Item::Queue(first)),
        None,
        "a circle of others is no matter of this one"
    );
}

#[test]
fn nobody_waits_for_the_opening_of_what_never_opens() {
    let why = "never open again, and customers are to wait for it (`outside_hours`)";
    let waits = |queue: &mut Queue| (queue.hours, queue.outside_hours) = (Some(never()), Overflow::Wait);
    queue_refused(waits, "hours", why);
    let mut channel = Channel::new(ChannelId::new("web").unwrap(), "Web");
    (channel.queue, channel.hours) = (Some(id("patient")), Some(never()));
    let patient = Queue { outside_hours: Overflow::Wait, ..queue("patient") };
    let error = Some(("hours".to_owned(), why.to_owned()));
    assert_eq!(refused(std::slice::from_ref(&patient), &Item::Channel(channel.clone())), error);
    let monday = Interval { day: 1, from: time(9, 0, 0, 0), to: time(17, 0, 0, 0) };
    channel.hours = Some(WorkingHours::new("UTC", vec![monday], vec![]).unwrap());
    assert_eq!(refused(&[patient], &Item::Channel(channel)), None);
}

#[test]
fn numbers_out_of_range_are_refused() {
    let need = |skill: &str, level| SkillNeeded { skill: skill.into(), level };
    let needs = |needs: &[SkillNeeded]| {
        let needs = needs.to_vec();
        move |queue: &mut Queue| queue.needs = needs
    };
    queue_refused(needs(&[need("returns", 11)]), "needs[0].level", "must be 1 to 10, not 11");
    queue_refused(needs(&[need("a", 1), need("a", 2)]), "needs[1].skill", "\"a\" is named twice");
    queue_refused(needs(&[need(" ", 1)]), "needs[0].skill", "must not be empty");
    for seconds in 1..=4 {
        let why = format!("must be 5 to 3600, not {seconds}, or 0 for none");
        queue_refused(|queue| queue.tell_every = seconds, "tell_every", &why);
    }
    let why = "must be at least 1; without it, any number may wait";
    queue_refused(|queue| queue.max_waiting = Some(0), "max_waiting", why);
    queue_refused(|queue| queue.accept_within = Some(0), "accept_within", "must be 1 to 3600, not 0");
    let sticky = Sticky { within: 0, wait: 0 };
    queue_refused(|queue| queue.sticky = Some(sticky), "sticky.within", "must be 1 to 31536000, not 0");
}

#[test]
fn agents_that_cannot_work_are_refused() {
    let agent = Agent::new(AgentId::new("101").unwrap(), "Alex");
    let refused = |agent: Agent| refused(&[], &Item::Agent(agent)).map(|(field, _)| field);
    assert_eq!(refused(Agent { capacity: 0, ..agent.clone() }).as_deref(), Some("capacity"));
    assert_eq!(refused(Agent { queues: vec![id("nowhere")], ..agent.clone() }).as_deref(), Some("queues[0]"));
    let twice = vec![id("wide"), id("wide")];
    assert_eq!(refused(Agent { queues: twice, ..agent.clone() }).as_deref(), Some("queues[1]"));
    let level = vec![SkillLevel { skill: "returns".into(), level: 0 }];
    assert_eq!(refused(Agent { skills: level, ..agent.clone() }).as_deref(), Some("skills[0].level"));
    assert_eq!(refused(agent), None, "without queues yet");
}

#[test]
fn channels_that_cannot_be_meant_are_refused() {
    let channel = || Channel::new(ChannelId::new("web").unwrap(), "Web");
    let field = |change: fn(&mut Channel)| {
        let mut channel = channel();
        change(&mut channel);
        refused(&[], &Item::Channel(channel)).map(|(field, _)| field)
    };
    assert_eq!(refused(&[], &Item::Channel(channel())), None);
    assert_eq!(field(|channel| channel.weight = 0).as_deref(), Some("weight"));
    assert_eq!(field(|channel| channel.queue = Some(id("nowhere"))).as_deref(), Some("queue"));
    assert_eq!(field(|channel| channel.robot = RobotId::new("r").ok()).as_deref(), Some("robot"));
    assert_eq!(field(|channel| channel.queue_tell_every = Some(3)).as_deref(), Some("queue_tell_every"));
    let warns_too_early = |channel: &mut Channel| {
        channel.patience.robot_inactivity = Some(60);
        channel.patience.agent_silence = AgentSilence::Requeue;
        channel.patience.warn_before = 60;
    };
    assert_eq!(field(warns_too_early).as_deref(), Some("patience.warn_before"));
    assert_eq!(field(|channel| channel.patience.queue_wait = 0).as_deref(), Some("patience.queue_wait"));
}

#[test]
fn own_wording_that_nobody_would_see_or_that_asks_for_too_much_is_refused() {
    let tenant = |locale: &str, language: &str, text: Text, own: &str| {
        let mut tenant = Tenant::new(TenantId::new("shop").unwrap(), "", locale);
        tenant.texts.entry(language.to_owned()).or_default().insert(text, own.to_owned());
        refused(&[], &Item::Tenant(tenant))
    };
    let field = |locale, language, text, own| tenant(locale, language, text, own).map(|(field, _)| field);
    assert_eq!(field("zh_CN", "en", Text::QueuePlace, "You are number {position}."), None);
    assert_eq!(field("en", "de", Text::Queuing, "Bitte warten"), None, "a language that is not shipped");
    assert_eq!(field("en", "en_US", Text::Queuing, "Hold on").as_deref(), Some("texts.en_US"));
    assert_eq!(field("en", "EN", Text::Queuing, "Hold on").as_deref(), Some("texts.EN"));
    assert_eq!(field("en", "", Text::Queuing, "Hold on").as_deref(), Some("texts."));
    assert_eq!(field("en", "en", Text::Queuing, " ").as_deref(), Some("texts.en.queuing"));
    assert_eq!(field("", "en", Text::Queuing, "Hold on").as_deref(), Some("locale"));
    assert_eq!(field("en", "en", Text::Queuing, &"x".repeat(1_001)).as_deref(), Some("texts.en.queuing"));
    assert_eq!(
        tenant("en", "en", Text::QueuePlace, "{name}, you are next"),
        Some((
            "texts.en.queue-place".to_owned(),
            "has {name}, but only {position} can stand in it".to_owned()
        ))
    );
    let (_, why) = tenant("en", "en", Text::Queuing, "{minutes} more").unwrap();
    assert_eq!(why, "has {minutes}, but only nothing can stand in it");
}

//! The rules of a queue.

use super::{ConfigError, MOST_SECONDS, check_skills, check_tell_every, needed, never_opens, within};
use crate::directory::{Escalation, Overflow, Queue, TenantDirectory};
use crate::hours::WorkingHours;
use crate::id::QueueId;
use crate::time::Timestamp;

pub(super) fn check(directory: &TenantDirectory, queue: &Queue, now: Timestamp) -> Result<(), ConfigError> {
    check_skills("needs", needed(&queue.needs))?;
    if let Some(seconds) = queue.accept_within {
        within("accept_within", seconds, 1, 3_600)?;
    }
    within("wrap_up", queue.wrap_up, 0, 86_400)?;
    if let Some(sticky) = queue.sticky {
        within("sticky.within", sticky.within, 1, MOST_SECONDS)?;
        within("sticky.wait", sticky.wait, 0, 86_400)?;
    }
    if queue.max_waiting == Some(0) {
        return Err(ConfigError::new("max_waiting", "must be at least 1; without it, any number may wait"));
    }
    check_tell_every("tell_every", queue.tell_every)?;
    can_wait_for_opening("hours", queue.hours.as_ref(), &queue.outside_hours, now)?;
    for (field, overflow) in overflows(queue) {
        if let Overflow::Queue(target) = overflow {
            check_detour(directory, queue, field, target)?;
        }
    }
    check_escalation(directory, queue)
}

/// Whoever waits for the opening of something that never opens waits in vain.
pub(super) fn can_wait_for_opening(
    field: &str,
    hours: Option<&WorkingHours>,
    outside: &Overflow,
    now: Timestamp,
) -> Result<(), ConfigError> {
    if never_opens(hours, now) && *outside == Overflow::Wait {
        let why = "never open again, and customers are to wait for it (`outside_hours`)";
        return Err(ConfigError::new(field, why));
    }
    Ok(())
}

fn overflows(queue: &Queue) -> [(&'static str, &Overflow); 3] {
    [
        ("outside_hours", &queue.outside_hours),
        ("no_agents", &queue.no_agents),
        ("when_full", &queue.when_full),
    ]
}

/// Another queue is there, and however customers are sent on from it, they do not come back.
fn check_detour(
    directory: &TenantDirectory,
    queue: &Queue,
    field: &str,
    target: &QueueId,
) -> Result<(), ConfigError> {
    if *target == queue.id {
        return Err(ConfigError::new(field, "leads back to the queue itself"));
    }
    if !directory.queues.contains_key(target) {
        return Err(ConfigError::new(field, format!("there is no queue {:?}", target.as_str())));
    }
    let mut reached = vec![target];
    let mut next = 0;
    while let Some(here) = reached.get(next).copied() {
        next += 1;
        let Some(there) = directory.queues.get(here) else { continue };
        for (_, overflow) in overflows(there) {
            let Overflow::Queue(onwards) = overflow else { continue };
            if *onwards == queue.id {
                let why = format!("leads back to the queue itself through {:?}", here.as_str());
                return Err(ConfigError::new(field, why));
            }
            if !reached.contains(&onwards) {
                reached.push(onwards);
            }
        }
    }
    Ok(())
}

/// Steps come one after the other, each to somewhere new, and nothing comes after the one that ends the wait.
fn check_escalation(directory: &TenantDirectory, queue: &Queue) -> Result<(), ConfigError> {
    let steps = &queue.escalation;
    for (place, Escalation { after, then }) in steps.iter().enumerate() {
        let field = |name: &str| format!("escalation[{place}].{name}");
        within(&field("after"), *after, 1, MOST_SECONDS)?;
        let earlier = steps.get(..place).unwrap_or_default();
        if let Some(before) = earlier.last() {
            if before.after >= *after {
                return Err(ConfigError::new(field("after"), "must be later than the step before"));
            }
            if matches!(before.then, Overflow::Refuse | Overflow::Robot | Overflow::LeaveMessage) {
                let why = "nobody waits any more after the step before";
                return Err(ConfigError::new(field("then"), why));
            }
        }
        let Overflow::Queue(target) = then else { continue };
        if *target == queue.id {
            return Err(ConfigError::new(field("then"), "leads to the queue itself"));
        }
        if !directory.queues.contains_key(target) {
            return Err(ConfigError::new(field("then"), format!("there is no queue {:?}", target.as_str())));
        }
        if earlier.iter().any(|step| step.then == *then) {
            return Err(ConfigError::new(field("then"), format!("{:?} is named twice", target.as_str())));
        }
    }
    Ok(())
}

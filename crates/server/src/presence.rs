//! Who of the agents is heard of on this node.
//!
//! Any request with an agent's credentials is a sign of life, and a feed that is held is one all the while. What is known
//! here is written down in groups, a few times within the span in which an agent counts as reachable, and at once when an
//! agent is back: that way all nodes, and this one after a restart, agree. A sign costs no write of its own.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use frontdesk_core::directory::Agent;
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::routing::AgentStatus;
use frontdesk_core::time::Timestamp;

use crate::extract::AgentCaller;
use crate::parts::Parts;
use crate::work;

/// A sign of an agent: whose, and when.
pub type Sign = (TenantId, AgentId, Timestamp);

/// Who is heard of on this node.
#[derive(Debug)]
pub struct Presence {
    agents: Mutex<HashMap<TenantId, HashMap<AgentId, Seen>>>,
    /// Who always counts as reachable may have changed.
    reconsider: AtomicBool,
}

impl Default for Presence {
    /// At the start nobody knows how the node was configured before.
    fn default() -> Self {
        Self { agents: Mutex::default(), reconsider: AtomicBool::new(true) }
    }
}

/// What is known of one agent here.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// The last sign.
    at: Timestamp,
    /// How many feeds are held.
    held: u32,
    /// The last sign that was written down.
    noted: Timestamp,
    /// The store has been told since the agent was last lost.
    is_told: bool,
}

impl Presence {
    fn agents(&self) -> MutexGuard<'_, HashMap<TenantId, HashMap<AgentId, Seen>>> {
        // A thread that panicked left plain data that is still whole.
        self.agents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, tenant: &TenantId, agent: &AgentId, change: impl FnOnce(&mut Seen) -> T) -> T {
        let mut agents = self.agents();
        if let Some(seen) = agents.get_mut(tenant).and_then(|agents| agents.get_mut(agent)) {
            return change(seen);
        }
        change(agents.entry(tenant.clone()).or_default().entry(agent.clone()).or_default())
    }

    /// The agent gave a sign. `true` if the store is to be told at once: the agent may have been unreachable.
    fn saw(&self, tenant: &TenantId, agent: &AgentId, now: Timestamp) -> bool {
        self.change(tenant, agent, |seen| {
            seen.at = now;
            !std::mem::replace(&mut seen.is_told, true)
        })
    }

    /// Signs to be written down, where agents count as reachable for this span after one. Those that are older say
    /// nothing any more, and whoever has been gone for long is forgotten.
    pub fn take_signs(&self, now: Timestamp, span: Duration) -> Vec<Sign> {
        /// Into how many parts the span is divided: as often signs are written down.
        const PARTS: u32 = 3;
        const REMEMBERED: Duration = Duration::from_mins(10);
        let mut signs = Vec::new();
        let mut agents = self.agents();
        for (tenant, agents) in agents.iter_mut() {
            for (agent, seen) in agents.iter_mut() {
                if seen.held > 0 {
                    seen.at = now;
                }
                // After a clock was set back, what was noted lies ahead.
                let is_due = now.since(seen.noted) >= span / PARTS || seen.noted > now;
                if is_due && seen.at != seen.noted && now.since(seen.at) < span {
                    seen.noted = seen.at;
                    signs.push((tenant.clone(), agent.clone(), seen.at));
                }
            }
            agents.retain(|_, seen| seen.held > 0 || now.since(seen.at) < REMEMBERED);
        }
        signs
    }

    /// These agents count as lost: their next sign is told at once.
    pub fn lost(&self, agents: &[(TenantId, AgentId)]) {
        self.change_all(agents, |seen| seen.is_told = false);
    }

    /// These agents' signs could not be written down: they are to be again, and the next one at once.
    pub fn not_noted(&self, agents: &[(TenantId, AgentId)]) {
        self.change_all(agents, |seen| (seen.noted, seen.is_told) = (Timestamp::ZERO, false));
    }

    fn change_all(&self, whose: &[(TenantId, AgentId)], change: impl Fn(&mut Seen)) {
        let mut agents = self.agents();
        for (tenant, agent) in whose {
            if let Some(seen) = agents.get_mut(tenant).and_then(|agents| agents.get_mut(agent)) {
                change(seen);
            }
        }
    }

    /// Who always counts as reachable is to be looked at again.
    pub fn reconsider(&self) {
        self.reconsider.store(true, Ordering::SeqCst);
    }

    /// Whether that was asked for since the last call.
    pub fn take_reconsider(&self) -> bool {
        self.reconsider.swap(false, Ordering::SeqCst)
    }
}

/// Whether an agent who declares this counts as reachable, heard of or not. Nobody does who is signed out.
pub fn is_exempt(parts: &Parts, agent: Option<&Agent>, status: AgentStatus) -> bool {
    parts.settings.agent_reachability().is_none()
        || status.is_signed_in() && agent.is_some_and(|agent| agent.always_reachable)
}

/// An agent's credentials were presented.
pub fn saw(parts: &Parts, caller: &AgentCaller) {
    if parts.settings.agent_reachability().is_none() {
        return;
    }
    let (tenant, agent, now) = (&caller.tenant.tenant.id, &caller.agent.id, parts.clock.now());
    if parts.presence.saw(tenant, agent, now) {
        let (worker, sign) = (parts.clone(), (tenant.clone(), agent.clone(), now));
        parts.tasks.spawn(async move { work::hear(&worker, vec![sign]).await });
    }
}

/// A feed of an agent that is held. As long as it lives, the agent is there.
#[derive(Debug)]
pub struct HeldFeed {
    parts: Parts,
    tenant: TenantId,
    agent: AgentId,
}

impl HeldFeed {
    /// The caller's feed is held from now on.
    pub fn of(parts: &Parts, caller: &AgentCaller) -> Self {
        let (tenant, agent) = (caller.tenant.tenant.id.clone(), caller.agent.id.clone());
        parts.presence.change(&tenant, &agent, |seen| seen.held += 1);
        Self { parts: parts.clone(), tenant, agent }
    }
}

impl Drop for HeldFeed {
    fn drop(&mut self) {
        let now = self.parts.clock.now();
        self.parts.presence.change(&self.tenant, &self.agent, |seen| {
            seen.held = seen.held.saturating_sub(1);
            seen.at = now;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Duration = Duration::from_secs(15);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    fn someone() -> (TenantId, AgentId) {
        (TenantId::new("shop").unwrap(), AgentId::new("101").unwrap())
    }

    #[test]
    fn a_sign_is_told_at_once_only_after_the_agent_was_gone() {
        let (presence, (tenant, agent)) = (Presence::default(), someone());
        assert!(presence.saw(&tenant, &agent, at(100)));
        assert!(!presence.saw(&tenant, &agent, at(101)));
        presence.lost(&[(tenant.clone(), agent.clone())]);
        assert!(presence.saw(&tenant, &agent, at(102)));
    }

    #[test]
    fn what_could_not_be_written_down_is_again_and_whoever_was_lost_stays_so() {
        let (presence, (tenant, agent)) = (Presence::default(), someone());
        let whose = [(tenant.clone(), agent.clone())];
        presence.saw(&tenant, &agent, at(100));
        assert_eq!(presence.take_signs(at(101), SPAN).len(), 1);
        presence.not_noted(&whose);
        assert_eq!(presence.take_signs(at(102), SPAN).len(), 1);
        presence.lost(&whose);
        assert_eq!(presence.take_signs(at(110), SPAN), []);
    }

    #[test]
    fn signs_are_written_down_now_and_then() {
        let (presence, (tenant, agent)) = (Presence::default(), someone());
        let signs = |now| -> Vec<Timestamp> {
            presence.take_signs(at(now), SPAN).into_iter().map(|(_, _, at)| at).collect()
        };
        presence.saw(&tenant, &agent, at(100));
        assert_eq!(signs(101), [at(100)]);
        presence.saw(&tenant, &agent, at(102));
        assert_eq!(signs(103), [], "not so soon");
        assert_eq!(signs(105), [at(102)]);
        presence.saw(&tenant, &agent, at(106));
        assert_eq!(signs(121), [], "that was too long ago to say anything");
        assert_eq!(signs(200), [], "nothing new");
        presence.change(&tenant, &agent, |seen| seen.held = 1);
        assert_eq!(signs(300), [at(300)], "a feed that is held is a sign all the while");
        presence.change(&tenant, &agent, |seen| seen.held = 0);
        presence.saw(&tenant, &agent, at(50));
        assert_eq!(signs(50), [at(50)], "the clock was set back");
        assert_eq!(signs(1_000), []);
        assert!(presence.agents()[&tenant].is_empty(), "and long gone, they are forgotten");
    }
}

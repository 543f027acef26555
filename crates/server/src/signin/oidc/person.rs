//! Who somebody is here whom a provider has signed in.

use std::sync::Arc;
use std::time::Duration;

use frontdesk_core::access::grant;
use frontdesk_core::audit::{Actor, ActorKind};
use frontdesk_core::directory::{Agent, Directory, IdentityProvider, Item, TenantDirectory};
use frontdesk_core::id::{AgentId, RoleId, TenantId};
use frontdesk_core::port::ItemChanges;
use frontdesk_core::time::Timestamp;

use super::refusal::Refusal;
use super::tokens::Claims;
use crate::admin::{changed as record_of, check_in, end_sign_ins, take_effect};
use crate::audit::Act;
use crate::error::ApiError;
use crate::parts::Parts;

/// How often a change is decided anew because something else was changed meanwhile.
const TRIES: usize = 16;
/// Longest name of a person, in characters.
const MOST_NAME_CHARS: usize = 256;

/// Somebody whom a provider has signed in.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// Who it is.
    pub agent: Arc<Agent>,
    /// The moment from which on their sign-in counts.
    pub at: Timestamp,
}

/// Finds, changes or makes the agent of whom a provider speaks.
pub(super) async fn admit(
    parts: &Parts,
    (tenant, provider): (&TenantId, &IdentityProvider),
    claims: &Claims,
    now: Timestamp,
) -> Result<Admitted, ApiError> {
    let id = agent_of(provider, claims)?;
    let role = role_of(provider, claims)?;
    for _ in 0..TRIES {
        let seen = parts.store.configured().await?;
        let directory = Directory::new(seen.items);
        let directory = directory.tenant(tenant).ok_or(ApiError::NotFound)?;
        if directory.identity_providers.get(&provider.id).is_none_or(|known| **known != *provider) {
            return Err(Refusal::StateInvalid.into());
        }
        let before = directory.agents.get(&id);
        let (agent, at) = match before {
            Some(agent) if agent.deactivated => return Err(Refusal::PersonDeactivated.into()),
            Some(agent) if role.as_ref().is_none_or(|role| agent.role == *role) => {
                return Ok(Admitted { agent: Arc::clone(agent), at: now });
            }
            // Their sign-ins of before may be over; this one is not.
            Some(agent) => {
                (changed(directory, agent, role.as_ref(), now), now.plus(Duration::from_millis(1)))
            }
            None => {
                let agent = newcomer(provider, &id, role.as_ref(), claims)?;
                parts.has_room_for(directory, "agent", 1)?;
                (agent, now)
            }
        };
        somebody_stays(directory, &agent)?;
        let item = Item::Agent(agent);
        check_in(directory, &item, now)?;
        let act = Act::by(Actor::new(ActorKind::System, format!("provider:{}", provider.id)));
        let before = before.map(|agent| Item::Agent(Agent::clone(agent)));
        let audit = vec![record_of(&act, tenant, before.as_ref(), &item)];
        let put = vec![(tenant.clone(), item)];
        let changes = ItemChanges { put, audit, version: Some(seen.version), ..ItemChanges::default() };
        if parts.store.change_items(changes).await? {
            take_effect(parts).await?;
            let agent = parts.directory.load().agent(tenant, &id).cloned().ok_or(ApiError::Unauthorized)?;
            tracing::info!(%tenant, agent = %id, role = %agent.role, "an identity provider made or changed an agent");
            return Ok(Admitted { agent, at });
        }
    }
    Err(ApiError::Busy)
}

/// The name of the agent. An address that was not verified proves nothing: anybody can give anybody's.
fn agent_of(provider: &IdentityProvider, claims: &Claims) -> Result<AgentId, Refusal> {
    if provider.agent_claim == "email" && !claims.holds("email_verified") {
        return Err(Refusal::PersonUnnamed);
    }
    let name = claims.text(&provider.agent_claim).ok_or(Refusal::PersonUnnamed)?;
    AgentId::new(name).map_err(|_| Refusal::PersonUnnamed)
}

/// The role that their groups give them; `None` if groups do not matter.
fn role_of(provider: &IdentityProvider, claims: &Claims) -> Result<Option<RoleId>, Refusal> {
    let Some(claim) = &provider.groups_claim else { return Ok(None) };
    provider.role_of(&claims.texts(claim)).cloned().map(Some).ok_or(Refusal::NoRole)
}

fn changed(directory: &TenantDirectory, before: &Agent, role: Option<&RoleId>, now: Timestamp) -> Agent {
    let mut agent = before.clone();
    if let Some(role) = role {
        agent.role = role.clone();
    }
    end_sign_ins(directory, before, &mut agent, now);
    agent
}

/// Somebody new. They have no password, and nobody signs in with one.
fn newcomer(
    provider: &IdentityProvider,
    id: &AgentId,
    role: Option<&RoleId>,
    claims: &Claims,
) -> Result<Agent, Refusal> {
    if !provider.creates_people {
        return Err(Refusal::PersonUnknown);
    }
    let role = role.or(provider.role.as_ref()).ok_or(Refusal::NoRole)?;
    let name: String = claims.text("name").unwrap_or(id.as_str()).chars().take(MOST_NAME_CHARS).collect();
    Ok(Agent { role: role.clone(), ..Agent::new(id.clone(), &name) })
}

/// Groups are changed elsewhere, where nobody knows who is the last to look after the people here.
fn somebody_stays(before: &TenantDirectory, agent: &Agent) -> Result<(), ApiError> {
    let mut after = before.clone();
    after.agents.insert(agent.id.clone(), Arc::new(agent.clone()));
    Ok(grant::somebody_stays(before, &after)?)
}

#[cfg(test)]
mod tests {
    use frontdesk_core::directory::GroupRole;
    use frontdesk_core::id::IdentityProviderId;
    use serde_json::json;

    use super::*;

    fn provider() -> IdentityProvider {
        IdentityProvider::new(IdentityProviderId::new("corp").unwrap(), "Corp")
    }

    #[test]
    fn an_address_names_somebody_only_if_it_was_verified() {
        let by_mail = IdentityProvider { agent_claim: "email".to_owned(), ..provider() };
        let named = |claims| agent_of(&by_mail, &Claims::of(claims)).map(|id| id.to_string());
        let address = "ann@shop.example";
        assert_eq!(named(json!({ "email": address, "email_verified": true })).as_deref(), Ok(address));
        assert_eq!(named(json!({ "email": address, "email_verified": false })), Err(Refusal::PersonUnnamed));
        assert_eq!(named(json!({ "email": address })), Err(Refusal::PersonUnnamed));
        let named = |claims| agent_of(&provider(), &Claims::of(claims)).map(|id| id.to_string());
        assert_eq!(named(json!({ "preferred_username": "ann" })).as_deref(), Ok("ann"));
        for unnamed in [json!({}), json!({ "preferred_username": "" }), json!({ "preferred_username": 1 })] {
            assert_eq!(named(unnamed), Err(Refusal::PersonUnnamed));
        }
    }

    #[test]
    fn roles_follow_groups_only_where_they_are_to() {
        let role = RoleId::new("supervisor").unwrap();
        let groups = Claims::of(json!({ "groups": ["leads"] }));
        assert_eq!(role_of(&provider(), &groups), Ok(None));
        let follows = IdentityProvider {
            groups_claim: Some("groups".to_owned()),
            group_roles: vec![GroupRole { group: "leads".to_owned(), role: role.clone() }],
            ..provider()
        };
        assert_eq!(role_of(&follows, &groups), Ok(Some(role)));
        assert_eq!(role_of(&follows, &Claims::of(json!({}))), Err(Refusal::NoRole));
    }
}

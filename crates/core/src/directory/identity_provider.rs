//! Where people sign in with an account that they have elsewhere.

use serde::{Deserialize, Serialize};

use crate::id::{IdentityProviderId, RoleId};
use crate::secret::KeptSecret;

/// A provider of OpenID Connect that a tenant's people sign in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityProvider {
    /// Its id, which is part of the address that it sends people back to.
    pub id: IdentityProviderId,
    /// What stands on the button.
    pub name: String,
    /// The provider as it calls itself; its discovery document lies below this address.
    #[serde(default)]
    pub issuer: String,
    /// What it knows this server as.
    #[serde(default)]
    pub client_id: String,
    /// What this server proves that with; empty before there is one, and then nobody signs in with the provider.
    #[serde(default, skip_serializing_if = "KeptSecret::is_empty")]
    pub client_secret: KeptSecret,
    /// What it is asked for besides `openid`.
    #[serde(default = "IdentityProvider::default_scopes")]
    pub scopes: Vec<String>,
    /// The claim that names the agent. Whoever can choose it freely at the provider can be anybody here.
    #[serde(default = "IdentityProvider::default_agent_claim")]
    pub agent_claim: String,
    /// The claim with somebody's groups. With it their role follows their groups at each sign-in.
    #[serde(default)]
    pub groups_claim: Option<String>,
    /// The roles that groups give; the first one that fits counts.
    #[serde(default)]
    pub group_roles: Vec<GroupRole>,
    /// The role of those whose groups give none, and of new people where groups do not matter.
    #[serde(default)]
    pub role: Option<RoleId>,
    /// Whether people who are not known yet become agents when they first sign in.
    #[serde(default)]
    pub creates_people: bool,
    /// Whether a second factor that somebody has here is asked for as well. If not, the provider's word is enough.
    #[serde(default = "IdentityProvider::default_asks_totp")]
    pub asks_totp: bool,
    /// Where browsers reach this server, such as `https://desk.example`, if it is not what they ask for.
    #[serde(default)]
    pub public_url: Option<String>,
    /// Whether the provider may be in a private network, and may be reached without TLS.
    #[serde(default)]
    pub allow_private: bool,
    /// Certificates (PEM) that are trusted besides the public ones.
    #[serde(default)]
    pub trusted_certificates: Option<String>,
}

/// A role that a group gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupRole {
    /// The group, as the provider writes it.
    pub group: String,
    /// The role.
    pub role: RoleId,
}

impl IdentityProvider {
    /// A provider of which nothing is known yet.
    pub fn new(id: IdentityProviderId, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            issuer: String::new(),
            client_id: String::new(),
            client_secret: KeptSecret::default(),
            scopes: Self::default_scopes(),
            agent_claim: Self::default_agent_claim(),
            groups_claim: None,
            group_roles: Vec::new(),
            role: None,
            creates_people: false,
            asks_totp: true,
            public_url: None,
            allow_private: false,
            trusted_certificates: None,
        }
    }

    /// Whether people can sign in with it.
    pub const fn is_ready(&self) -> bool {
        !self.client_secret.is_empty()
    }

    /// The role that somebody of these groups has; `None` if they get none.
    pub fn role_of(&self, groups: &[String]) -> Option<&RoleId> {
        let given = self.group_roles.iter().find(|of| groups.contains(&of.group));
        given.map(|of| &of.role).or(self.role.as_ref())
    }

    /// Every role that it can give.
    pub fn roles(&self) -> impl Iterator<Item = &RoleId> {
        self.group_roles.iter().map(|of| &of.role).chain(&self.role)
    }

    fn default_scopes() -> Vec<String> {
        vec!["profile".to_owned(), "email".to_owned()]
    }

    fn default_agent_claim() -> String {
        "preferred_username".to_owned()
    }

    const fn default_asks_totp() -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_group_that_fits_gives_the_role() {
        let role = |name: &str| RoleId::new(name).unwrap();
        let gives = |group: &str, name: &str| GroupRole { group: group.to_owned(), role: role(name) };
        let mut provider = IdentityProvider::new(IdentityProviderId::new("corp").unwrap(), "Corp");
        provider.group_roles = vec![gives("leads", "supervisor"), gives("desk", "agent")];
        let of = |provider: &IdentityProvider, groups: &[&str]| {
            let groups: Vec<String> = groups.iter().map(|&group| group.to_owned()).collect();
            provider.role_of(&groups).map(ToString::to_string)
        };
        assert_eq!(of(&provider, &["desk", "leads"]).as_deref(), Some("supervisor"));
        assert_eq!(of(&provider, &["other", "desk"]).as_deref(), Some("agent"));
        assert_eq!(of(&provider, &["Desk"]), None);
        provider.role = Some(role("auditor"));
        assert_eq!(of(&provider, &[]).as_deref(), Some("auditor"));
        assert_eq!(provider.roles().count(), 3);
    }
}

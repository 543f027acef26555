//! Roles and scopes: every built-in role, a role for each permission alone, everywhere, within and outside of a scope.

use frontdesk_core::access::{AccessScope, BuiltInRole, Permission, Permissions, Role};
use frontdesk_core::id::{ChannelId, QueueId, RoleId, TenantId};
use frontdesk_core::port::ApiKey;
use frontdesk_core::secret::SecretHash;
use frontdesk_server::router::{Route, routes};
use frontdesk_tests::kit::CHANNEL;
use reqwest::StatusCode;

use super::callers::Caller;
use super::every_route::{Verdict, verdict, wanted};
use super::examples::example;
use super::others::{routes_about_a_conversation, shows_nothing};
use super::stage::{DEMO, SECOND_CHANNEL, Stage, Subject};

/// Scopes that the subject and what the examples name lie in.
fn within() -> [(&'static str, AccessScope); 2] {
    let queues = ["support", "spare"].map(|id| QueueId::new(id).unwrap()).to_vec();
    let channels = vec![ChannelId::new(CHANNEL).unwrap()];
    [
        ("everywhere", AccessScope::default()),
        ("in the queue and the channel", AccessScope { queues, channels }),
    ]
}

/// Scopes that they do not lie in.
fn outside() -> [(&'static str, AccessScope); 2] {
    let queues = vec![QueueId::new("aside").unwrap()];
    let channels = vec![ChannelId::new(SECOND_CHANNEL).unwrap()];
    [
        ("in another queue", AccessScope { queues, ..AccessScope::default() }),
        ("in another channel", AccessScope { channels, ..AccessScope::default() }),
    ]
}

fn id_of(permission: Permission) -> RoleId {
    RoleId::new(&format!("only-{permission}")).unwrap()
}

/// A role for each permission alone.
fn single() -> Vec<Role> {
    let role = |permission: &Permission| Role {
        permissions: vec![*permission],
        ..Role::new(id_of(*permission), permission.as_str())
    };
    Permission::ALL.iter().map(role).collect()
}

/// Every role, and what it allows.
fn roles() -> Vec<(RoleId, Permissions)> {
    let built_in = BuiltInRole::ALL.map(|role| (role.id(), role.permissions()));
    built_in
        .into_iter()
        .chain(single().into_iter().map(|role| (role.id.clone(), role.permissions())))
        .collect()
}

/// Somebody for each role and each scope.
pub(super) async fn of_roles(stage: &Stage) -> Vec<Caller> {
    let mut people = Vec::new();
    for (role, permissions) in roles() {
        let scopes = within().map(|scope| (true, scope)).into_iter();
        for (sees, (place, scope)) in scopes.chain(outside().map(|scope| (false, scope))) {
            let everywhere = scope.is_everything();
            // One permission alone is tried everywhere.
            if everywhere || BuiltInRole::parse(role.as_str()).is_some() {
                people.push((format!("{role} {place}"), role.clone(), scope, permissions, sees));
            }
        }
    }
    let put: Vec<_> =
        people.iter().map(|(id, role, scope, ..)| (id.clone(), role.clone(), scope.clone())).collect();
    stage.put_people(single(), &put).await;
    let mut callers = programs(stage, &people).await;
    callers.extend(must_enrol(stage).await);
    callers.push(of_page(stage).await);
    for (id, _, _, permissions, sees) in people {
        let caller = Caller::staff(&id, stage.agent(DEMO, &id).await.http, permissions);
        // Nobody of them serves the subject: who may not read everything sees nothing of them.
        let sees = sees && permissions.has(Permission::ConversationsReadAll);
        callers.push(if sees { caller } else { caller.stranger() });
    }
    callers
}

/// A program with an API key for each built-in role and scope, and for each permission alone.
async fn programs(stage: &Stage, people: &[(String, RoleId, AccessScope, Permissions, bool)]) -> Vec<Caller> {
    let mut callers = Vec::new();
    for (name, role, scope, permissions, sees) in people {
        let secret = format!("fdk_{}", name.replace(' ', "-"));
        let key = ApiKey {
            tenant: TenantId::new(DEMO).unwrap(),
            name: name.clone(),
            role: role.clone(),
            scope: scope.clone(),
            created: stage.now(),
            created_by: "901".to_owned(),
            expires: None,
            used: None,
        };
        stage.server.parts.store.add_key(SecretHash::of(&secret), key).await.unwrap();
        let http = stage.anybody().with("authorization", format!("Bearer {secret}"));
        let caller = Caller::staff(&format!("a program as {name}"), http, *permissions);
        let caller = Caller { is_program: true, ..caller };
        let sees = *sees && permissions.has(Permission::ConversationsReadAll);
        callers.push(if sees { caller } else { caller.stranger() });
    }
    callers
}

/// Somebody who may do everything once they have a second factor.
async fn must_enrol(stage: &Stage) -> Vec<Caller> {
    let role = Role {
        permissions: Permission::ALL.to_vec(),
        require_totp: true,
        ..Role::new(RoleId::new("careful").unwrap(), "Careful")
    };
    let person = ("careful".to_owned(), role.id.clone(), AccessScope::default());
    stage.put_people(vec![role], &[person]).await;
    let http = stage.agent(DEMO, "careful").await.http;
    vec![Caller { must_enrol: true, ..Caller::staff("without a second factor", http, Permissions::all()) }]
}

/// A page of this server, with a cookie.
async fn of_page(stage: &Stage) -> Caller {
    let token = stage.session(DEMO, "201", std::time::Duration::from_hours(1)).await;
    let http = stage.anybody().with("cookie", format!("fd_session={token}"));
    let http = http.with("x-frontdesk", "1".to_owned()).with("sec-fetch-site", "same-origin".to_owned());
    Caller::staff("a supervisor's page", http, BuiltInRole::Supervisor.permissions())
}

/// What is done to a customer on all their channels at once.
const REACHES_ALL_CHANNELS: [&str; 6] = [
    "/api/v1/customers/{customer}/block",
    "/api/v1/customers/{customer}/unblock",
    "/api/v1/customers/{customer}/merge",
    "/api/v1/customers/{customer}/unmerge",
    "/api/v1/customers/{customer}/erase",
    "/api/v1/customers/{customer}/export",
];

#[tokio::test]
async fn every_role_is_let_through_where_it_may() {
    let stage = Stage::set_up().await;
    let ann = stage.subject(DEMO, "u-77").await;
    let callers = of_roles(&stage).await;
    // Signing out is possible once for each.
    for route in
        routes().into_iter().filter(|route| route.access.is_staff() && !route.path.ends_with("logout"))
    {
        for caller in &callers {
            if verdict(&route, caller) != Verdict::Allowed {
                continue;
            }
            let answer = example(&route.method, route.path, &ann).send(&caller.http).await;
            let what = format!("{} {} by {}: {}", route.method, route.path, caller.name, answer.text);
            let is_answer = answer.status.is_success()
                || matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::CONFLICT)
                // Nobody gives or takes charge of what they do not have.
                || answer.json["code"] == "MORE_THAN_OWN"
                // What only the person at hand knows.
                || matches!(route.path, "/api/v1/agent/password" | "/api/v1/agent/totp" | "/api/v1/agent/totp/confirm")
                // What is the whole tenant's is not for who has a part of it.
                || (route.path == "/api/v1/config/apps/{id}/secret" || REACHES_ALL_CHANNELS.contains(&route.path))
                    && answer.status == StatusCode::FORBIDDEN && !caller.name.contains("everywhere")
                // The stage's agents name a queue that is not there.
                || answer.json["code"] == "CONFIG_FILE_INVALID"
                // What is not in one's scope cannot be named.
                || answer.status == StatusCode::BAD_REQUEST && caller.name.contains("another");
            assert!(is_answer, "{} {what}", answer.status);
            let is_only_for_all =
                REACHES_ALL_CHANNELS.contains(&route.path) && !caller.name.contains("everywhere");
            if caller.of_subject && route.method == reqwest::Method::GET && !is_only_for_all {
                assert_eq!(answer.status, StatusCode::OK, "{what}");
            }
        }
    }
}

#[tokio::test]
async fn what_lies_outside_of_a_scope_looks_like_nothing() {
    let stage = Stage::set_up().await;
    let ann = stage.subject(DEMO, "u-77").await;
    let none = Subject {
        tenant: DEMO,
        customer: ann.customer.clone(),
        call: String::new(),
        conversation: "made-up".to_owned(),
        file: "made-up".to_owned(),
        message: "made-up".to_owned(),
        ticket: "made-up".to_owned(),
        profile: "made-up".to_owned(),
        other_profile: "made-up".to_owned(),
        merged_profile: "made-up".to_owned(),
        cursor: String::new(),
    };
    let before = stage.log_of(&ann).await;
    let admin = BuiltInRole::Administrator;
    let people: Vec<_> =
        outside().into_iter().map(|(place, scope)| (place.to_owned(), admin.id(), scope)).collect();
    stage.put_people(Vec::new(), &people).await;
    for (id, ..) in &people {
        let http = stage.agent(DEMO, id).await.http;
        for route in routes_about_a_conversation() {
            let what = format!("{} {} {id}", route.method, route.path);
            let foreign = example(&route.method, route.path, &ann).send(&http).await;
            let unknown = example(&route.method, route.path, &none).send(&http).await;
            assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{what}: {}", unknown.text);
            assert_eq!((foreign.status, &foreign.text), (unknown.status, &unknown.text), "{what}");
        }
        for list in ["conversations?scope=all", "conversations?scope=waiting", "tickets", "feed"] {
            shows_nothing(&http.get(&format!("/api/v1/agent/{list}")).await, &ann, list);
        }
        let queues = http.get("/api/v1/config/channels").await;
        assert!(!queues.text.contains(CHANNEL), "{id}: {}", queues.text);
        for path in [format!("config/channels/{CHANNEL}"), format!("push/{CHANNEL}/deliveries")] {
            let answer = http.get(&format!("/api/v1/{path}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id} {path}: {}", answer.text);
        }
    }
    let of_queue = stage.agent(DEMO, "in another queue").await.http;
    for path in ["config/queues", "agents", "config/agents"] {
        let list = of_queue.get(&format!("/api/v1/{path}")).await;
        assert_eq!(list.status, StatusCode::OK, "{path}: {}", list.text);
        assert!(
            !list.text.contains("\"101\"") && !list.text.contains("\"support\""),
            "{path}: {}",
            list.text
        );
    }
    for path in ["agents/101/status", "agents/999/status"] {
        let answer = of_queue.put(&format!("/api/v1/{path}"), serde_json::json!({ "status": "away" })).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.text);
    }
    assert_eq!(stage.log_of(&ann).await, before, "somebody from outside changed a conversation");
}

/// Whoever is refused is so by the permission that the route names, and each permission is good for something or kept
/// for a part of the server that asks for it by itself.
#[test]
fn every_route_of_the_staff_names_what_it_wants() {
    let of_staff: Vec<Route> = routes().into_iter().filter(|route| route.access.is_staff()).collect();
    assert!(of_staff.len() >= 50, "{}", of_staff.len());
    for route in of_staff {
        // Asking a robot changes nothing.
        let asks = route.path.ends_with("/ask") || route.path.ends_with("/tests/run");
        let changes = route.method != reqwest::Method::GET && !asks;
        let auditor = BuiltInRole::Auditor.permissions();
        let is_auditors = wanted(&route).is_some_and(|wanted| auditor.has(wanted));
        assert!(!(changes && is_auditors), "{} {}: an auditor changes nothing", route.method, route.path);
    }
}

//! Identifiers that somebody else has, and such that nobody has.

use std::collections::BTreeMap;

use frontdesk_core::directory::KINDS;
use frontdesk_core::knowledge::question_key;
use serde_json::{Value, json};

use super::super::stage::{ASKED_ELSEWHERE, RIVAL, Stage, Subject, text};
use super::fields::Of;

/// What the other tenant calls everything that has a name, and what nobody calls anything. They are equally long.
const ELSEWHERE: &str = "only-rival";
const NOWHERE: &str = "only-nobod";

/// An identifier that somebody else has, and one like it that nobody has.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) elsewhere: String,
    pub(super) nowhere: String,
}

impl Pair {
    fn new(elsewhere: &str, nowhere: &str) -> Self {
        Self { elsewhere: elsewhere.to_owned(), nowhere: nowhere.to_owned() }
    }

    /// One that was made by the server, and the same with its letters in another order.
    fn made(elsewhere: &str) -> Self {
        Self::new(elsewhere, &elsewhere.chars().rev().collect::<String>())
    }
}

pub(super) type Names = BTreeMap<Of, Pair>;

/// Of a customer: of their own tenant, or of another.
pub(super) fn of_customer(subject: &Subject) -> Names {
    let user = &subject.customer.user;
    BTreeMap::from([
        (Of::Call, Pair::new(&subject.call, "1700000000-1")),
        (Of::Conversation, Pair::made(&subject.conversation)),
        (Of::Cursor, Pair::made(&subject.cursor)),
        (Of::File, Pair::made(&subject.file)),
        (Of::Message, Pair::made(&subject.message)),
        (Of::Profile, Pair::made(&subject.profile)),
        (Of::Sent, Pair::new(&sent_by(subject), "nobody-said-this")),
        (Of::Ticket, Pair::made(&subject.ticket)),
        (Of::User, Pair::new(user, &user.replace("u-", "v-"))),
    ])
}

/// What a customer calls a message of theirs.
pub(super) fn sent_by(subject: &Subject) -> String {
    format!("said-by-{}", subject.customer.user)
}

/// Of another tenant, which has one of everything that has a name.
pub(super) async fn of_tenant(stage: &Stage, subject: &Subject) -> Names {
    assert_eq!(subject.tenant, RIVAL);
    let administrator = stage.agent(RIVAL, "901").await.http;
    let put = async |path: &str, body: Value| {
        let made = administrator.put(path, body).await;
        assert!(made.status.is_success(), "{path}: {}", made.text);
    };
    for kind in KINDS.iter().filter(|kind| kind.plural != "tenants") {
        put(&format!("/api/v1/config/{}/{ELSEWHERE}", kind.plural), configured(kind.plural)).await;
    }
    put("/api/v1/knowledge/shop", json!({ "name": "Shop" })).await;
    put(&format!("/api/v1/knowledge/{ELSEWHERE}"), json!({ "name": "Only" })).await;
    let texts = json!([{ "language": "en", "questions": ["What is only here?"], "answer": "This." }]);
    put(&format!("/api/v1/knowledge/shop/groups/{ELSEWHERE}"), json!({ "texts": texts })).await;
    let changed = administrator
        .patch(
            &format!("/api/v1/config/tenants/{RIVAL}"),
            json!({ "dispositions": [{ "id": ELSEWHERE, "name": "Only" }] }),
        )
        .await;
    assert!(changed.status.is_success(), "{}", changed.text);
    let labels = json!({ "tags": [ELSEWHERE], "disposition": ELSEWHERE });
    let conversation = format!("/api/v1/agent/conversations/{}", subject.conversation);
    let labelled = stage.agent(RIVAL, "101").await.http.patch(&conversation, labels).await;
    assert!(labelled.status.is_success(), "{}", labelled.text);
    let made = administrator.post("/api/v1/keys", json!({ "name": "Only", "role": "agent" })).await;
    let sessions = administrator.get("/api/v1/sessions").await;

    let mut names = of_customer(subject);
    let chosen = Pair::new(ELSEWHERE, NOWHERE);
    for of in [
        Of::App,
        Of::Base,
        Of::Channel,
        Of::Configured,
        Of::Disposition,
        Of::Group,
        Of::Queue,
        Of::Role,
        Of::Tag,
    ] {
        names.insert(of, chosen.clone());
    }
    names.extend([
        // Numbers, so that desks of the agent gateway can say them.
        (Of::Agent, Pair::new("777", "778")),
        (Of::Key, Pair::made(&text(&made.json["key"]["id"]))),
        (Of::Question, Pair::new(&question_key(ASKED_ELSEWHERE), &question_key("Did nobody ask this?"))),
        (Of::Session, Pair::made(&text(&sessions.json["sessions"][0]["id"]))),
        (Of::Tenant, Pair::new(RIVAL, "ivalr")),
    ]);
    names
}

/// What makes an item of a kind.
fn configured(kind: &str) -> Value {
    match kind {
        "robots" | "agents" => json!({ "nickname": "Only" }),
        "canned-replies" => json!({ "shortcut": "only", "title": "Only", "text": "Only" }),
        "roles" => json!({ "name": "Only", "permissions": ["reports.read"] }),
        "sla-policies" => json!({ "name": "Only", "first_reply": 60 }),
        "identity-providers" => json!({
            "name": "Only", "issuer": "https://id.example", "client_id": "x", "client_secret": "y",
        }),
        _ => json!({ "name": "Only" }),
    }
}

/// What items of a kind name of others: the item with everything that it needs, and where the name stands in it.
pub(super) fn references() -> Vec<(&'static str, &'static str, Value)> {
    let provider = || configured("identity-providers");
    vec![
        ("channels", "robot", configured("channels")),
        ("channels", "queue", configured("channels")),
        ("agents", "role", configured("agents")),
        ("agents", "queues[]", configured("agents")),
        ("agents", "scope.queues[]", configured("agents")),
        ("agents", "scope.channels[]", configured("agents")),
        ("canned-replies", "queues[]", configured("canned-replies")),
        ("sla-policies", "queues[]", configured("sla-policies")),
        ("queues", "no_agents.queue", configured("queues")),
        ("queues", "when_full.queue", configured("queues")),
        ("identity-providers", "role", provider()),
    ]
}

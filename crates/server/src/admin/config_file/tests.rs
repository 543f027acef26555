use frontdesk_core::directory::{
    Agent, App, Channel, Disposition, Escalation, Item, Overflow, Queue, Survey, Tenant,
};
use frontdesk_core::hours::{Exception, Interval, WorkingHours};
use frontdesk_core::id::{AgentId, AppKey, ChannelId, DispositionId, QueueId, TenantId};
use frontdesk_core::push::{OAuth, Push, Verification};
use frontdesk_core::secret::KeptSecret;
use frontdesk_core::texts::Text;
use frontdesk_core::time::Timestamp;
use jiff::civil::{date, time};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::text::{assignment, leaves};
use super::wanted::read;
use super::write::export;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn shop() -> TenantId {
    TenantId::new("shop").unwrap()
}

fn hours() -> WorkingHours {
    let open = Interval { day: 1, from: time(9, 0, 0, 0), to: time(17, 30, 0, 0) };
    let exception = |open| Exception { date: date(2027, 12, 24), open };
    WorkingHours::new("Europe/Berlin", vec![open], vec![exception(vec![open]), exception(vec![])]).unwrap()
}

/// A tenant that uses what there is, with a secret wherever one can be.
fn rich() -> Vec<(TenantId, Item)> {
    let queue = |id: &str| QueueId::new(id).unwrap();
    let key = || KeptSecret::new("S3cret".to_owned() + &"k".repeat(37));
    let mut tenant = Tenant::new(shop(), "Chairs \"and\" more", "en");
    tenant
        .texts
        .entry("en".into())
        .or_default()
        .insert(Text::QueuePlace, "You are\nnumber {position}".into());
    tenant.dispositions = vec![Disposition { id: DispositionId::new("ok").unwrap(), name: "Solved".into() }];
    let push = Push {
        base_url: "https://shop.example/chat".into(),
        verification: Verification::Signature { push_key: key() },
        webhook_secrets: vec![KeptSecret::new(format!("whsec_S3cret{}", "k".repeat(26)))],
        allow_private: true,
        paused: false,
        trusted_certificates: None,
        client_identity: None,
    };
    let oauth = OAuth { token_url: None, app_key: "theirs".into(), app_secret: key() };
    let by_token = Push { verification: Verification::OAuth(oauth), webhook_secrets: vec![], ..push.clone() };
    let channel = |id: &str, push: Push| Channel {
        queue: Some(queue("sales")),
        hours: Some(hours()),
        survey: Survey { after: Some(vec![]), ..Survey::default() },
        identity_key: Some(key().reveal().to_owned()),
        origins: vec!["https://shop.example".into()],
        push: Some(Box::new(push)),
        ..Channel::new(ChannelId::new(id).unwrap(), "Web")
    };
    let items = vec![
        Item::Tenant(tenant),
        Item::App(App {
            secret_hash: "S3cret".into(),
            ..App::new(AppKey::new("back end").unwrap(), "Back end")
        }),
        Item::Queue(Queue {
            outside_hours: Overflow::Queue(queue("wide")),
            escalation: vec![Escalation { after: 30, then: Overflow::Queue(queue("wide")) }],
            hours: Some(hours()),
            ..Queue::new(queue("sales"), "Sales")
        }),
        Item::Queue(Queue::new(queue("wide"), "Everybody")),
        Item::Channel(channel("web", push)),
        Item::Channel(channel("app.1", by_token)),
        Item::Agent(Agent {
            queues: vec![queue("sales")],
            password_hash: "S3cret".into(),
            ..Agent::new(AgentId::new("7").unwrap(), "Ann")
        }),
    ];
    items.into_iter().map(|item| (shop(), item)).collect()
}

fn problems(text: &str) -> Vec<String> {
    let problems = read(text, &rich(), false, NOW).unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_written_reads_as_it_was_with_its_secrets() {
    let items = rich();
    let file = export(&items, &shop());
    let wanted = read(&file, &items, true, NOW).unwrap();
    assert_eq!(wanted.tenant, shop());
    for (_, item) in &items {
        assert!(wanted.items.contains(item), "{item:?}\n{:?}", wanted.items);
    }
    assert_eq!(wanted.items.len(), items.len());
}

#[test]
fn nothing_secret_is_written() {
    let file = export(&rich(), &shop());
    assert!(!file.contains("S3cret"), "{file}");
    // Hashes as they look like in the store: of passwords and of secrets.
    assert!(!file.contains("$argon2") && !file.contains("_hash"));
}

#[test]
fn it_reads_as_it_was_where_there_are_no_secrets_and_is_written_the_same() {
    let file = export(&rich(), &shop());
    let wanted = read(&file, &[], true, NOW).unwrap();
    let bare: Vec<_> = wanted.items.into_iter().map(|item| (shop(), item)).collect();
    assert_eq!(export(&bare, &shop()), file);
}

#[test]
fn every_line_has_its_place() {
    let file = export(&rich(), &shop());
    let lines: Vec<&str> = file.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    let expected = r#"[tenant]
id = "shop"
name = "Chairs \"and\" more"
locale = "en"
texts.en.queue-place = """
You are
number {position}"""
dispositions = [
    { id = "ok", name = "Solved" },
]
[apps."back end"]
name = "Back end"
[queues.sales]
name = "Sales"
strategy = "least_busy"
priority = 0
match_language = false
wrap_up = 0
hours.zone = "Europe/Berlin"
hours.week = [
    { day = 1, from = "09:00:00", to = "17:30:00" },
]
hours.exceptions = [
    { date = "2027-12-24", open = [{ day = 1, from = "09:00:00", to = "17:30:00" }] },
    { date = "2027-12-24", open = [] },
]
outside_hours.queue = "wide"
no_agents = "refuse"
when_full = "refuse"
escalation = [
    { after = 30, then = { queue = "wide" } },
]
tell_every = 10"#;
    let expected: Vec<&str> = expected.lines().collect();
    assert_eq!(lines.get(..expected.len()).unwrap_or(&lines), expected);
    assert!(lines.contains(&"push.verification.signature = {}"));
    assert!(lines.contains(&"push.verification.oauth.app_key = \"theirs\""));
}

#[test]
fn every_problem_is_named_with_its_line() {
    let text = r#"
[tenant]
id = "shop"
colour = "red"

[queues.sales]
name = 4
strategy = "random"
escalation = [
    { after = 30, then = { queue = "wide" } },
    { after = 20, then = { queue = "wide" } },
]

[agents.7]
queues = ["sales", "nowhere"]
capacity = 0
password = "S3cret"

[tables.1]
legs = 4

[channels.web]
robot = "nobody"
push.base_url = "ftp://x"
push.verification.signature.push_key = "x"
"#;
    let expected = [
        "4: tenants.shop.colour: unknown field `colour`, expected one of ",
        "7: queues.sales.name: invalid type: integer `4`, expected a string",
        "8: queues.sales.strategy: unknown variant `random`, expected one of ",
        "11: queues.sales.escalation[1].after: must be later than the step before",
        "15: agents.7.queues[1]: there is no queue \"nowhere\"",
        "16: agents.7.capacity: must be 1 to 100000, not 0",
        "17: agents.7.password: is a secret, and secrets do not belong into the file",
        "19: there is no kind \"tables\"; there are apps, queues, ",
        "23: channels.web.robot: there is no robot \"nobody\"",
        "24: channels.web.push: base_url: must be https://",
        "25: channels.web.push.verification.signature.push_key: is a secret, ",
    ];
    let found = problems(text);
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found} is not {expected}");
    }
}

#[test]
fn what_is_no_file_of_a_tenant_is_refused() {
    assert_eq!(
        problems("[queues.x]\n"),
        ["1: the file does not name its tenant: [tenant] with id = \"…\" is missing"]
    );
    let syntax = problems("[tenant]\nid = \"shop\"\nname =\nlocale = [\n");
    assert!(syntax.iter().any(|problem| problem.starts_with("3: ")), "{syntax:?}");
    let twice = problems("[tenant]\nid = \"shop\"\n[queues.a]\n[queues.a]\n");
    assert!(twice[0].starts_with("4: "), "{twice:?}");
    assert_eq!(problems("queues = 1\n[tenant]\nid = \"shop\"\n"), ["1: `queues` is not a table"]);
}

#[test]
fn what_stays_must_fit_what_the_file_says() {
    let others = [(TenantId::new("other").unwrap(), Item::App(App::new(AppKey::new("theirs").unwrap(), "")))];
    let configured = [rich(), others.to_vec()].concat();
    // The queue `wide` that stays leads nowhere new, but the file makes a circle with it.
    let text = "[tenant]\nid = \"shop\"\n[queues.wide]\nno_agents.queue = \"sales\"\n[apps.theirs]\n";
    let problems = read(text, &configured, false, NOW).unwrap_err();
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert!(problems[0].starts_with("4: queues.wide.no_agents: leads back"), "{problems:?}");
    assert_eq!(problems[1], "5: apps.theirs: the key is taken");
    assert!(problems[2].starts_with("queues.sales: is not in the file and stays, but no longer fits: "));
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a\"'\\\\\n\r\t\u{0}\u{7f}\u{85}é ]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    /// Whatever a value is, TOML gives it back.
    #[test]
    fn any_value_is_read_as_it_was(value in prop::collection::btree_map(any::<String>(), any_value(), 1..4)) {
        let value = json!(value);
        let text: String = leaves(&value).iter().map(|(path, value)| assignment(path, value)).collect();
        let read: Value = toml::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        prop_assert_eq!(read, value, "{}", text);
    }
}

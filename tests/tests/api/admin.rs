//! Administration: a tenant is set up from nothing, and everything in it works.

use frontdesk_core::access::BuiltInRole;
use frontdesk_server::admin::{AdminAnswer, AdminCommand, NewAgent, NewChannel, NewRobot};
use frontdesk_tests::kit::{Agent, App, Server};
use serde_json::{Value, json};

const TENANT: &str = "shop";

async fn secret(server: &Server, command: AdminCommand) -> String {
    match server.admin(command).await.unwrap() {
        AdminAnswer::Secret { secret, .. } => secret,
        other => panic!("{other:?}"),
    }
}

async fn done(server: &Server, command: AdminCommand) {
    let answer = server.admin(command).await.unwrap();
    assert!(matches!(answer, AdminAnswer::Done), "{answer:?}");
}

async fn refused(server: &Server, command: AdminCommand) -> String {
    server.admin(command).await.unwrap_err().to_string()
}

async fn set_up(server: &Server) -> (App, Agent) {
    let tenant = || TENANT.to_owned();
    done(server, AdminCommand::PutTenant { id: tenant(), name: "Shop".into(), locale: "en".into() }).await;
    done(server, AdminCommand::PutQueue { tenant: tenant(), id: "sales".into(), name: "Sales".into() }).await;
    let robot = NewRobot {
        id: "helper".into(),
        nickname: Some("Robo".into()),
        welcome: Some("Hi".into()),
        transfer_keyword: Some("human".into()),
        ..NewRobot::default()
    };
    done(server, AdminCommand::PutRobot { tenant: tenant(), robot }).await;
    let text = "locale = \"en\"\n[[group]]\nid = \"hours\"\nanswer = \"Nine to five.\"\nquestions = [\"When are you open?\"]\n";
    done(server, AdminCommand::PutKnowledge { tenant: tenant(), base: "helper".into(), text: text.into() })
        .await;
    let channel = NewChannel {
        id: "web-1".into(),
        robot: Some("helper".into()),
        queue: Some("sales".into()),
        ..NewChannel::default()
    };
    done(server, AdminCommand::PutChannel { tenant: tenant(), channel }).await;
    let key = secret(
        server,
        AdminCommand::AddApp { tenant: tenant(), key: Some("shop-app".into()), name: "x".into() },
    )
    .await;
    let agent = NewAgent { id: "7".into(), queues: Some(vec!["sales".into()]), ..NewAgent::default() };
    let password = secret(server, AdminCommand::PutAgent { tenant: tenant(), agent }).await;
    let anybody = server.anybody();
    (App::sign_in(&anybody, "shop-app", &key).await, Agent::sign_in(&anybody, TENANT, "7", &password).await)
}

#[tokio::test]
async fn a_tenant_from_nothing() {
    let server = Server::start().await;
    let (app, agent) = set_up(&server).await;
    agent.declare("online").await;
    let customer = app.customer_of("web-1", "u-77", "en").await;
    let send = async |control: &str, content: &str| {
        let mut body = customer.message(control, content);
        body["to"] = json!("web-1");
        assert_eq!(customer.call("send", body).await.code(), "0");
    };
    send("CONNECT", "").await;
    send("CHAT", "When are you open?").await;
    send("CHAT", "HUMAN").await;
    assert_eq!(
        customer.drain_texts().await,
        ["Hi", "Nine to five.", "Transfer to manual labor", "Connected Agent"]
    );
    assert_eq!(agent.held().await.len(), 1);
    let other = server.agent("201").await;
    assert_eq!(other.conversations("all").await.len(), 0, "tenants see nothing of each other");
}

#[tokio::test]
async fn secrets_are_shown_once() {
    let server = Server::start().await;
    set_up(&server).await;
    let AdminAnswer::Items(items) =
        server.admin(AdminCommand::List { tenant: Some(TENANT.into()) }).await.unwrap()
    else {
        panic!("no list")
    };
    let listed = json!(items).to_string();
    assert!(!listed.contains("hash") && !listed.contains("fds_"), "{listed}");
    let mut kinds: Vec<&str> = items.iter().map(|item| item["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["agent", "app", "channel", "queue", "robot", "tenant"]);
    let AdminAnswer::Items(tenants) = server.admin(AdminCommand::List { tenant: None }).await.unwrap() else {
        panic!("no list")
    };
    let mut names: Vec<&Value> = tenants.iter().map(|tenant| &tenant["item"]["id"]).collect();
    names.sort_by_key(ToString::to_string);
    assert_eq!(names, ["demo", "shop"]);
}

#[tokio::test]
async fn what_was_not_given_stays() {
    let server = Server::start().await;
    let (app, agent) = set_up(&server).await;
    let change = NewAgent {
        id: "7".into(),
        nickname: Some("Sue".into()),
        role: Some(BuiltInRole::Supervisor.id()),
        ..NewAgent::default()
    };
    done(&server, AdminCommand::PutAgent { tenant: TENANT.into(), agent: change }).await;
    assert_eq!(agent.held().await.len(), 0, "the sign-in goes on");
    let channel = NewChannel { id: "web-1".into(), session_silence: Some(60), ..NewChannel::default() };
    done(&server, AdminCommand::PutChannel { tenant: TENANT.into(), channel }).await;
    agent.declare("online").await;
    let customer = app.customer_of("web-1", "u-77", "en").await;
    for control in ["CONNECT", "TRANS2AGENT"] {
        let mut body = customer.message(control, "");
        body["to"] = json!("web-1");
        assert_eq!(customer.call("send", body).await.code(), "0");
    }
    let conversation = agent.only_conversation().await;
    agent.say(&conversation, "hello").await;
    assert_eq!(customer.drain().await.last().unwrap()["senderNickname"], "Sue");
}

#[tokio::test]
async fn what_is_taken_away_is_gone_at_once() {
    let server = Server::start().await;
    let (app, agent) = set_up(&server).await;
    let customer = app.customer_of("web-1", "u-77", "en").await;
    let poll = "/apiaccess/ccmessaging/poll?wait=0";
    assert_eq!(customer.http.get(poll).await.status, 200);
    let remove = |kind: &str, id: &str| AdminCommand::Remove {
        tenant: TENANT.into(),
        kind: kind.into(),
        id: id.into(),
    };
    done(&server, remove("agent", "7")).await;
    assert_eq!(agent.http.get("/api/v1/agent/conversations").await.problem().0, 401);
    done(&server, remove("app", "shop-app")).await;
    assert_eq!(customer.http.get(poll).await.failure().0, 401);
    assert_eq!(refused(&server, remove("app", "shop-app")).await, "there is no app \"shop-app\"");
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let server = Server::start().await;
    set_up(&server).await;
    let channel = |change: fn(&mut NewChannel)| {
        let mut channel = NewChannel { id: "web-1".into(), ..NewChannel::default() };
        change(&mut channel);
        AdminCommand::PutChannel { tenant: TENANT.into(), channel }
    };
    let robot = refused(&server, channel(|channel| channel.robot = Some("nobody".into()))).await;
    assert_eq!(robot, "robot: there is no robot \"nobody\"");
    let queue = refused(&server, channel(|channel| channel.queue = Some("none".into()))).await;
    assert_eq!(queue, "queue: there is no queue \"none\"");
    let chars = refused(&server, channel(|channel| channel.text_chars = Some(4_001))).await;
    assert_eq!(chars, "text_chars: must be 1 to 4000, not 4001");
    let add = AdminCommand::AddApp { tenant: TENANT.into(), key: Some("demo-app".into()), name: "x".into() };
    assert_eq!(refused(&server, add).await, "key: is taken");
    let nowhere = AdminCommand::PutQueue { tenant: "nowhere".into(), id: "q".into(), name: "q".into() };
    assert_eq!(refused(&server, nowhere).await, "there is no tenant \"nowhere\"");
    let idle = NewAgent { id: "8".into(), capacity: Some(0), ..NewAgent::default() };
    let put = AdminCommand::PutAgent { tenant: TENANT.into(), agent: idle };
    assert_eq!(refused(&server, put).await, "capacity: must be 1 to 100000, not 0");
    let text = "locale = \"en\"\n[[group]]\nid = \"x\"\nanswer = \"y\"\nquestions = []\n";
    let put = AdminCommand::PutKnowledge { tenant: TENANT.into(), base: "helper".into(), text: text.into() };
    assert_eq!(refused(&server, put).await, "knowledge: group \"x\" has no questions");
}

#[tokio::test]
async fn keys_are_rotated_and_older_tokens_stay_valid() {
    let server = Server::start().await;
    let before = server.customer("u-77").await;
    let newest = async || server.parts.store.keys().await.unwrap().signing.last().unwrap().id.clone();
    let old = newest().await;
    server.admin(AdminCommand::RotateKeys).await.unwrap();
    assert_ne!(newest().await, old);
    assert_eq!(before.send("CONNECT", "").await.code(), "0");
    let after = server.customer("u-78").await;
    assert_eq!(after.send("CONNECT", "").await.code(), "0");
    let head = |customer: &frontdesk_tests::kit::Customer| {
        customer.http.header("ccmessaging-token").unwrap().split('.').next().unwrap().to_owned()
    };
    assert_ne!(head(&before), head(&after), "the header of a token names its key");
}

//! Supervisors: reading along, whispering, barging in, taking over.

use frontdesk_core::entry::{Audience, EntryBody};
use frontdesk_core::id::{AgentId, TenantId};
use frontdesk_core::log::LogId;
use frontdesk_core::port::HistoryQuery;
use frontdesk_server::admin::{AdminCommand, NewAgent};
use frontdesk_tests::kit::{Agent, Customer, Server, agent_says, hide, shown, system_says};
use serde_json::{Value, json};

use super::desk::{Desk, asking, comes, comes_in, lines, released, told};

const SAM: (&str, &str) = ("201", "Sam");

/// Alex serves a customer; Sam supervises, and has not even declared to be there.
async fn office() -> (Server, Agent, Agent, Customer, String) {
    let server = Server::start().await;
    let (alex, sam) = (server.online("101").await, server.agent("201").await);
    let customer = asking(&server, "u-77").await;
    customer.drain().await;
    let conversation = alex.only_conversation().await;
    (server, alex, sam, customer, conversation)
}

#[tokio::test]
async fn a_supervisor_reads_along_and_nobody_knows() {
    let (server, alex, sam, customer, conversation) = office().await;
    let ((mut here, _), (mut boss, _)) = (Desk::open(&alex).await, Desk::open(&sam).await);
    sam.acts(&conversation, "monitor", json!({})).await;
    assert_eq!(told(&boss.next(5).await), [comes_in(SAM, "monitor", None)]);
    customer.sends("CHAT", "hello").await;
    alex.say(&conversation, "good day").await;
    let said = ["u-77: hello".to_owned(), "Alex: good day".to_owned()];
    assert_eq!(lines(&boss.next(5).await), said);
    let (mut late, greeting) = Desk::open(&sam).await;
    assert_eq!(told(&greeting)[0], comes_in(SAM, "monitor", None), "a desk opened later is told too");
    let own = &sam.conversations("mine").await[0];
    assert_eq!((&own["role"], &own["participants"][0]["agentId"]), (&json!("monitor"), &json!("201")));

    // The agent learns nothing, whatever they look at or try.
    assert_eq!(lines(&here.next(5).await), said);
    let listed = &alex.conversations("mine").await[0];
    assert_eq!(listed.get("participants"), None);
    let gone = alex.undo(&conversation, "participants/201").await;
    let never = alex.undo(&conversation, "participants/102").await;
    assert_eq!((gone.status, gone.text), (never.status, never.text), "as if nobody were there");
    let others = server.agent("901").await.conversations("all").await;
    assert_eq!(others[0].get("participants"), None, "not even other supervisors");

    // Nor does the customer's side of anything that a monitor could touch.
    for (verb, body) in [
        ("messages", json!({ "mediaType": "TEXT", "content": "hi" })),
        ("read", json!({})),
        ("typing", json!({})),
        ("end", json!({})),
        ("transfer", json!({ "queue": "support" })),
    ] {
        assert_eq!(sam.act(&conversation, verb, body).await.problem(), (409, "NOT_YOURS", None), "{verb}");
    }
    let stop = sam.undo(&conversation, "monitor").await;
    assert_eq!((stop.status.as_u16(), stop.text.as_str()), (204, ""));
    assert_eq!(told(&boss.next(5).await), [released("agent", "left")]);
    assert_eq!(told(&late.next(5).await).last(), Some(&released("agent", "left")));
    alex.say(&conversation, "anything else?").await;
    assert!(boss.next(0).await.is_empty());
    assert_eq!(sam.undo(&conversation, "monitor").await.status, 204, "again changes nothing");
    assert_eq!(lines(&here.next(5).await), ["Alex: anything else?"]);
}

#[tokio::test]
async fn what_a_supervisor_does_in_secret_is_on_record() {
    let (server, _, sam, _, conversation) = office().await;
    sam.acts(&conversation, "monitor", json!({})).await;
    sam.undo(&conversation, "monitor").await;
    let own = LogId::of_agent(&TenantId::new("demo").unwrap(), &AgentId::new("201").unwrap());
    let everything = HistoryQuery { from: None, to: None, offset: 0, limit: 10, messages_only: false };
    let of_sam: Vec<Value> = server
        .parts
        .store
        .history(own, everything)
        .await
        .unwrap()
        .into_iter()
        .rev()
        .map(|entry| hide(&serde_json::to_value(&entry.body).unwrap(), &["log", "number"]))
        .collect();
    assert_eq!(
        of_sam,
        [
            json!({ "kind": "takes_part", "log": "[log]", "conversation": 1, "number": "[number]", "mode": "monitor" }),
            json!({ "kind": "taken_away", "log": "[log]", "conversation": 1, "number": "[number]", "why": "left" }),
        ]
    );
    let of_customer: Vec<EntryBody> = server.stored("u-77").await;
    let seen_by_nobody = |body: &&EntryBody| body.audience() == Audience::NONE;
    assert_eq!(of_customer.iter().filter(seen_by_nobody).count(), 2, "{of_customer:?}");
}

#[tokio::test]
async fn a_supervisor_whispers_then_barges_in() {
    let (_server, alex, sam, customer, conversation) = office().await;
    let ((mut here, _), (mut boss, _)) = (Desk::open(&alex).await, Desk::open(&sam).await);
    let stranger = sam.act(&conversation, "whisper", json!({ "text": "psst" })).await;
    assert_eq!(stranger.problem(), (409, "NOT_YOURS", None), "one has to be there to whisper");
    sam.acts(&conversation, "monitor", json!({})).await;
    sam.acts(&conversation, "whisper", json!({ "text": "Offer a refund" })).await;
    assert_eq!(lines(&here.next(5).await), ["(Sam: Offer a refund)"]);
    sam.acts(&conversation, "barge", json!({})).await;
    assert_eq!(sam.act(&conversation, "barge", json!({})).await.problem(), (409, "ALREADY_TAKES_PART", None));
    assert_eq!(sam.say(&conversation, "I am the supervisor").await.status, 201);
    let told_alex = told(&here.next(5).await);
    assert_eq!(told_alex[0], comes("joined", SAM, "conference", None));
    let events = boss.next(5).await;
    let parts: Vec<&Value> = events.iter().filter(|event| event["type"] == "joined").collect();
    assert_eq!(
        parts.iter().map(|event| event["mode"].as_str().unwrap()).collect::<Vec<_>>(),
        ["monitor", "conference"]
    );
    let mut sams = agent_says("u-77", "I am the supervisor");
    sams["senderNickname"] = json!("Sam");
    assert_eq!(shown(&customer.drain().await), [system_says("u-77", "Sam joined the conversation."), sams]);
    // The agent still has it.
    assert_eq!(alex.only_conversation().await, conversation);
    assert_eq!(sam.act(&conversation, "end", json!({})).await.problem(), (409, "NOT_YOURS", None));
    alex.acts(&conversation, "end", json!({})).await;
    assert_eq!(told(&boss.next(5).await).last().unwrap()["type"], "ended");
    assert_eq!(sam.held().await, [""; 0]);
}

#[tokio::test]
async fn a_supervisor_takes_over() {
    let (server, alex, sam, customer, conversation) = office().await;
    alex.declare("busy").await;
    let ((mut here, _), (mut boss, _)) = (Desk::open(&alex).await, Desk::open(&sam).await);
    sam.acts(&conversation, "monitor", json!({})).await;
    let over = sam.act(&conversation, "take-over", json!({})).await;
    assert_eq!((over.status.as_u16(), over.text.as_str()), (204, ""));
    assert_eq!(told(&here.next(5).await).last(), Some(&released("agent", "takenOver")));
    let events = boss.next(5).await;
    let last = events.iter().rfind(|event| event["type"] == "assigned").expect("an assignment");
    assert_eq!(last["conversation"]["role"], "holder");
    assert_eq!(shown(&customer.drain().await), [system_says("u-77", "Connected Agent")]);
    assert_eq!(alex.say(&conversation, "but").await.problem(), (409, "NOT_YOURS", None));
    assert_eq!(sam.say(&conversation, "I take care of it").await.status, 201);
    assert_eq!(sam.act(&conversation, "take-over", json!({})).await.problem(), (409, "TO_ONESELF", None));
    assert_eq!((alex.held().await.len(), sam.only_conversation().await), (0, conversation.clone()));
    // It counts: one slot is free again, and one is the supervisor's.
    assert_eq!(held(&server, &["101", "201"]).await, [0, 1]);
    sam.acts(&conversation, "end", json!({})).await;
    assert_eq!(held(&server, &["101", "201"]).await, [0, 0]);
}

async fn held(server: &Server, agents: &[&str]) -> Vec<u32> {
    let agents: Vec<AgentId> = agents.iter().map(|agent| AgentId::new(agent).unwrap()).collect();
    let states = server.parts.store.agent_states(&TenantId::new("demo").unwrap(), &agents).await.unwrap();
    states.iter().map(|state| state.held).collect()
}

#[tokio::test]
async fn neither_status_nor_capacity_stands_in_the_way_of_a_take_over() {
    let (server, alex, sam, _, first) = office().await;
    let one = NewAgent { id: "201".into(), capacity: Some(1), ..NewAgent::default() };
    server.admin(AdminCommand::PutAgent { tenant: "demo".into(), agent: one }).await.unwrap();
    asking(&server, "u-78").await;
    for conversation in alex.held().await {
        sam.acts(&conversation, "take-over", json!({})).await;
    }
    assert_eq!(held(&server, &["101", "201"]).await, [0, 2]);
    assert!(sam.held().await.contains(&first));
}

#[tokio::test]
async fn who_is_taken_from_gets_the_next_customer() {
    let (server, alex, sam, _, conversation) = office().await;
    let one = NewAgent { id: "101".into(), capacity: Some(1), ..NewAgent::default() };
    server.admin(AdminCommand::PutAgent { tenant: "demo".into(), agent: one }).await.unwrap();
    asking(&server, "u-78").await;
    sam.acts(&conversation, "take-over", json!({})).await;
    assert_eq!(alex.conversations("mine").await[0]["customer"]["userId"], "u-78");
}

#[tokio::test]
async fn supervision_is_for_conversations_that_an_agent_has() {
    let (server, alex, sam, customer, conversation) = office().await;
    server.customer("u-79").await.sends("CONNECT", "").await;
    let all = sam.conversations("all").await;
    let robots = all.iter().find(|one| one["control"] == "robot").unwrap()["id"].as_str().unwrap().to_owned();
    alex.declare("busy").await;
    alex.acts(&conversation, "transfer", json!({ "queue": "support" })).await;
    for waits in [&conversation, &robots] {
        for verb in ["monitor", "barge", "take-over"] {
            let refused = sam.act(waits, verb, json!({})).await;
            assert_eq!(refused.problem(), (409, "NOT_WITH_AGENT", None), "{verb}");
        }
    }
    customer.sends("DISCONNECT", "").await;
    for verb in ["monitor", "barge", "take-over"] {
        let refused = sam.act(&conversation, verb, json!({})).await;
        assert_eq!(refused.problem(), (409, "CONVERSATION_ENDED", None), "{verb}");
        assert_eq!(alex.act(&conversation, verb, json!({})).await.problem(), (403, "FORBIDDEN", None));
        assert_eq!(sam.act("made-up", verb, json!({})).await.problem(), (404, "NOT_FOUND", None), "{verb}");
    }
}

/// As many as can be monitored at a time, and all in one cursor.
#[tokio::test]
async fn a_supervisor_reads_along_in_many_conversations() {
    let server = Server::start().await;
    let (alex, sam) = (server.agent("101").await, server.agent("201").await);
    let many = NewAgent { id: "101".into(), capacity: Some(100), ..NewAgent::default() };
    server.admin(AdminCommand::PutAgent { tenant: "demo".into(), agent: many }).await.unwrap();
    alex.declare("online").await;
    let app = server.app().await;
    for n in 0..21 {
        let customer = app.customer(&format!("u-{n}"), "en").await;
        customer.sends("CONNECT", "").await;
        customer.sends("TRANS2AGENT", "").await;
    }
    let (mut boss, _) = Desk::open(&sam).await;
    let held = alex.held().await;
    for conversation in &held[..20] {
        sam.acts(conversation, "monitor", json!({})).await;
    }
    let refused = sam.act(&held[20], "monitor", json!({})).await;
    assert_eq!(refused.problem(), (409, "TOO_MANY_JOINED", None));
    let events = boss.next(5).await;
    assert_eq!(events.iter().filter(|event| event["type"] == "joined").count(), 20);
    assert!(boss.cursor.len() <= 2_048);
    alex.say(&held[19], "hello").await;
    assert_eq!(lines(&boss.next(5).await), ["Alex: hello"]);
    sam.undo(&held[0], "monitor").await;
    sam.acts(&held[20], "monitor", json!({})).await;
}

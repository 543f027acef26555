//! TRANS2AGENT, and whether an agent can be had.

use frontdesk_tests::kit::{Customer, Server, downlink, robot_says, shown, system_says};
use serde_json::{Value, json};

async fn connected(server: &Server, locale: &str) -> Customer {
    let customer = server.app().await.customer("u-77", locale).await;
    customer.sends("CONNECT", "").await;
    customer.drain().await;
    customer
}

fn result(code: &str, text: &str) -> (u16, Value) {
    (200, json!({ "resultCode": code, "resultDesc": text }))
}

#[tokio::test]
async fn with_an_agent_free_nothing_is_said_of_queuing() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = connected(&server, "en").await;
    let answer = customer.send("TRANS2AGENT", "Where is my order?").await;
    assert_eq!(answer.shown(), result("0", "transfer to agent successfully."));
    let said = shown(&customer.drain().await);
    let expected = [robot_says("u-77", "Transfer to manual labor"), system_says("u-77", "Connected Agent")];
    assert_eq!(said, expected, "what was said with the wish is no question");
    agent.only_conversation().await;
    let again = customer.send("TRANS2AGENT", "").await;
    assert_eq!(
        again.shown(),
        result("13", "fail to transfer from robot to agent,it has been agent service.")
    );
}

#[tokio::test]
async fn with_nobody_signed_in_the_robot_keeps_the_conversation() {
    let server = Server::start().await;
    let customer = connected(&server, "en").await;
    let nobody = result("13", "No agents available currently");
    assert_eq!(customer.send("TRANS2AGENT", "").await.shown(), nobody);
    let agent = server.agent("101").await;
    assert_eq!(customer.send("TRANS2AGENT", "").await.shown(), nobody, "an agent who takes no part yet");
    agent.declare("online").await;
    agent.declare("offline").await;
    assert_eq!(customer.send("TRANS2AGENT", "").await.shown(), nobody, "an agent who left");
    server.online("201").await;
    assert_eq!(customer.send("TRANS2AGENT", "").await.shown(), nobody, "a supervisor who serves no queue");
    customer.sends("CHAT", "Where is my order?").await;
    let texts = customer.drain_texts().await;
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].starts_with("Open My orders"), "{texts:?}");
}

#[tokio::test]
async fn with_all_busy_or_away_the_customer_is_queued() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    for status in ["busy", "away"] {
        agent.declare(status).await;
        let customer = connected(&server, "en").await;
        let answer = customer.send("TRANS2AGENT", "").await;
        assert_eq!(answer.shown(), result("0", "transfer to agent successfully."));
        let said = shown(&customer.drain().await);
        let queuing = json!({ "content": "Queuing...", "senderNickname": "System", "queueFlag": "Y" });
        let expected = [robot_says("u-77", "Transfer to manual labor"), downlink("u-77", queuing)];
        assert_eq!(said, expected, "{status}");
        let again = customer.send("TRANS2AGENT", "").await;
        assert_eq!(again.shown(), result("0", "transfer to agent successfully."));
        assert_eq!(customer.drain_texts().await, [""; 0], "who waits already is told nothing twice");
        customer.sends("DISCONNECT", "").await;
    }
}

#[tokio::test]
async fn without_a_session_or_a_queue_it_says_so() {
    let server = Server::start().await;
    server.online("101").await;
    let customer = server.customer("u-77").await;
    assert_eq!(
        customer.send("TRANS2AGENT", "").await.shown(),
        result("13", "fail to transfer from robot to agent,session keep touch failed.")
    );
    server.change_channel(|channel| channel.queue = None).await;
    customer.sends("CONNECT", "").await;
    assert_eq!(
        customer.send("TRANS2AGENT", "").await.shown(),
        result("13", "transfer to agent failed, none channel config found.")
    );
}

#[tokio::test]
async fn a_chinese_customer_gets_chinese_texts_of_the_system() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    agent.declare("busy").await;
    let customer = connected(&server, "zh_CN").await;
    customer.sends("TRANS2AGENT", "").await;
    agent.declare("online").await;
    let said = shown(&customer.drain().await);
    let queuing = json!({ "content": "排队中...", "senderNickname": "系统", "queueFlag": "Y" });
    let connected = json!({ "content": "已接入人工坐席", "senderNickname": "系统" });
    assert_eq!(said, [robot_says("u-77", "转人工"), downlink("u-77", queuing), downlink("u-77", connected)]);
}

#[tokio::test]
async fn texts_of_the_system_are_the_tenants_own() {
    use frontdesk_core::directory::Item;
    use frontdesk_core::texts::Text;

    let server = Server::start().await;
    let id = frontdesk_core::id::TenantId::new("demo").unwrap();
    let mut tenant = server.parts.directory.load().tenant(&id).unwrap().tenant.clone();
    let own = [(Text::ConnectedAgent, "Here we are".to_owned()), (Text::SystemNickname, "Shop".to_owned())];
    tenant.texts.insert("en".to_owned(), own.into());
    server.parts.store.put_items(vec![(id, Item::Tenant(tenant))], Vec::new()).await.unwrap();
    server.parts.reload().await.unwrap();
    server.online("101").await;
    let customer = connected(&server, "en_US").await;
    customer.sends("TRANS2AGENT", "").await;
    let said = shown(&customer.drain().await);
    let own = downlink("u-77", json!({ "content": "Here we are", "senderNickname": "Shop" }));
    assert_eq!(said, [robot_says("u-77", "Transfer to manual labor"), own]);
}

//! The agent gateway: a desk written against it serves customers, beside a colleague's native desk.

use frontdesk_server::config::Settings;
use frontdesk_tests::kit::{CHANNEL, Server, ServerOptions};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::desk::{Desk, asking, kinds};
use super::gateway_desk::{BASE, GatewayDesk, retcode, text};

/// A server whose event polls give up soon.
pub(crate) async fn brief() -> Server {
    brief_with(|_| {}).await
}

/// The same, with other settings.
pub(crate) async fn brief_with(change: impl FnOnce(&mut Settings)) -> Server {
    let mut settings = Settings { poll_hold_ms: 300, agent_gateway_poll_hold_ms: 300, ..Settings::default() };
    change(&mut settings);
    Server::start_with(ServerOptions { settings: Some(settings), ..ServerOptions::default() }).await
}

#[tokio::test]
async fn a_desk_serves_a_customer_and_passes_them_on_to_a_native_desk() {
    let server = brief().await;
    let desk = GatewayDesk::ready(&server, "101").await;
    assert_eq!(desk.state().await, 4);

    let ann = asking(&server, "ann").await;
    let call = desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await;
    let id = text(&call, "callid");
    assert_eq!(
        call,
        json!({
            "caller": "ann", "called": CHANNEL, "callid": id, "feature": "0", "type": "main", "mediaAbility": "5",
        })
    );
    assert_eq!(desk.state().await, 7);

    ann.sends("CHAT", "Where is my parcel?").await;
    let said = desk.poll().await.unwrap();
    assert_eq!(said["jsonKey"], json!(["eventType", "workNo", "content"]));
    assert_eq!(
        said["content"],
        json!({
            "callid": id, "caller": "ann", "called": CHANNEL, "feature": 0, "type": "main",
            "message": "Where is my parcel?", "mediaAbility": "5",
            "jsonKey": ["callid", "caller", "called", "feature", "type", "message", "mediaAbility"],
        })
    );
    let answer = desk.says(&id, json!("It is on its way.")).await;
    assert_eq!(answer.text, r#"{"message":"success","retcode":"0","result":{}}"#);
    assert_eq!(ann.drain_texts().await.last().unwrap(), "It is on its way.");
    assert_eq!(desk.poll().await, None, "what the agent says is no news to them");

    // A colleague with a native desk gets her, with what goes with the call.
    let colleague = server.online("102").await;
    let (mut native, _) = Desk::open(&colleague).await;
    let transfer = json!({
        "callid": id, "devicetype": 2, "mode": 2, "address": "102", "calldata": "order 4711",
    });
    desk.does(Method::POST, "mediacall transfer", transfer).await;
    assert_eq!(desk.hears(&["AgentEvent_Call_Release"]).await, json!(id));
    desk.hears(&["AgentState_Ready"]).await;
    assert_eq!(kinds(&native.next(20).await)[0], "assigned");
    let conversation = colleague.only_conversation().await;
    let hers = colleague.http.get(&format!("/api/v1/agent/conversations/{conversation}")).await;
    assert_eq!(hers.json["attributes"], json!({ "calldata": "order 4711" }));
    ann.sends("CHAT", "Thank you").await;
    assert_eq!(desk.poll().await, None, "she is not this desk's any more");
    assert_ne!(retcode(&desk.says(&id, json!("Wait!")).await), "0");

    // And back, as the colleague wants it.
    colleague.acts(&conversation, "transfer", json!({ "agentId": "101" })).await;
    let call = desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await;
    assert_eq!(call["callid"], id.as_str());
    let known = desk.does(Method::GET, "calldata callinfo", Value::Null).await;
    assert_eq!((&known["callid"], &known["calldata"]), (&json!(id), &json!("order 4711")));
    assert_eq!((&known["callskill"], &known["endtime"]), (&json!("Support"), &Value::Null));

    desk.act(&format!("voicecall dropcall/{id}")).await;
    let gone = desk.hears(&["AgentEvent_Customer_Release"]).await;
    assert_eq!(gone, json!({ "callid": id, "number": "ann" }));
    assert_eq!(desk.hears(&["AgentEvent_Call_Release"]).await, json!(id));
    desk.hears(&["AgentState_Ready"]).await;
    assert_eq!(ann.send("CHAT", "anybody?").await.code(), "5", "the conversation is over");
    let known = desk.does(Method::GET, &format!("calldata callinfobycallid/{id}"), Value::Null).await;
    assert!(known["endtime"].as_i64() >= known["begintime"].as_i64(), "{known}");

    desk.does(Method::DELETE, "onlineagent logout", Value::Null).await;
    assert_eq!(desk.refused(Method::GET, "agentevent", Value::Null).await, "100-006");
    assert_eq!(server.agent("201").await.sees("101").await["status"], "offline");
}

#[tokio::test]
async fn what_the_customer_ends_and_sends_is_told() {
    let server = brief_with(|settings| settings.agent_gateway_json_messages = true).await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let ann = asking(&server, "ann").await;
    let call = desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await;
    ann.sends("CHAT", "hello").await;
    let said = desk.hears(&["AgentEvent_MessageData"]).await;
    let object: Value = serde_json::from_str(&text(&said, "message")).unwrap();
    assert!(object["messageCode"].as_str().is_some_and(|code| !code.is_empty()), "{object}");
    assert_eq!(
        (&object["content"], &object["controlType"], &object["mediaType"], &object["from"], &object["to"]),
        (&json!("hello"), &json!("CHAT"), &json!("TEXT"), &json!("ann"), &json!(CHANNEL))
    );
    ann.sends("DISCONNECT", "").await;
    desk.hears(&["AgentEvent_Customer_Release", "AgentEvent_Call_Release", "AgentState_Ready"]).await;
    assert_ne!(retcode(&desk.says(&text(&call, "callid"), json!("bye")).await), "0");
}

#[tokio::test]
async fn messages_have_their_forms_and_their_sizes() {
    let server = brief_with(|settings| settings.agent_gateway_message_bytes = 200).await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let ann = asking(&server, "ann").await;
    let id = text(&desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await, "callid");
    ann.drain().await;

    let object = json!({
        "from": CHANNEL, "to": "ann", "channel": "WEB", "controlType": "CHAT", "mediaType": "TEXT",
        "messageCode": "m-1", "content": "as an object",
    });
    for data in [object.clone(), object.to_string().into()] {
        assert_eq!(retcode(&desk.says(&id, data).await), "0");
    }
    let other = json!({ "controlType": "CHAT", "messageCode": "m-1", "content": "something else" });
    assert_eq!(retcode(&desk.says(&id, other).await), "000-002", "one code, two messages");
    assert_eq!(retcode(&desk.says(&id, json!({ "controlType": "INPUT" })).await), "0");
    assert_eq!(retcode(&desk.says(&id, json!("{\"just\":\"JSON\"}")).await), "0");
    assert_eq!(
        ann.drain_texts().await,
        ["as an object", r#"{"just":"JSON"}"#],
        "said once, though it was sent twice"
    );

    assert_eq!(retcode(&desk.says(&id, json!("x".repeat(200))).await), "0");
    assert_eq!(retcode(&desk.says(&id, json!("x".repeat(201))).await), "000-006");
    assert_eq!(retcode(&desk.says(&id, json!("")).await), "106-002");
    assert_eq!(retcode(&desk.says(&id, Value::Null).await), "106-002");
    assert_eq!(retcode(&desk.says(&id, json!({ "controlType": "READ", "content": "x" })).await), "000-006");
    let file = json!({ "controlType": "CHAT", "mediaType": "IMAGE", "content": "no such file" });
    assert_eq!(retcode(&desk.says(&id, file).await), "000-002");
    for unknown in ["", "1700000000-1", "nonsense"] {
        assert_eq!(retcode(&desk.says(unknown, json!("x")).await), "000-002", "{unknown:?}");
    }
}

#[tokio::test]
async fn a_channel_that_allows_less_is_heeded() {
    let server = brief().await;
    server.change_channel(|channel| channel.text_chars = 10).await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let _ann = asking(&server, "ann").await;
    let id = text(&desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await, "callid");
    assert_eq!(retcode(&desk.says(&id, json!("x".repeat(11))).await), "000-006");
    assert_eq!(retcode(&desk.says(&id, json!("x".repeat(10))).await), "0");
}

#[tokio::test]
async fn what_is_not_served_says_so_in_the_gateways_words() {
    let server = brief().await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let unknown = desk.http.post(&desk.path("voicecall callout"), json!({})).await;
    assert_eq!((unknown.status, retcode(&unknown)), (StatusCode::NOT_FOUND, "000-002"), "{}", unknown.text);
    let wrong = desk.http.get(&desk.path("onlineagent sayfree")).await;
    assert_eq!((wrong.status, retcode(&wrong)), (StatusCode::METHOD_NOT_ALLOWED, "000-002"));
    for video in ["mediacall getconnectinfo", "mediacall imagecapture"] {
        assert_eq!(desk.refused(Method::POST, video, Value::Null).await, "100-007");
    }
    let request = desk.http.request(Method::POST, &desk.path("mediacall transfer"));
    let rubbish = desk.http.send(request.body("{{{")).await;
    assert_eq!((rubbish.status, retcode(&rubbish)), (StatusCode::OK, "000-002"));
    let elsewhere = server.anybody().get(&format!("{BASE}/onlineagent/1/nothing")).await;
    assert_eq!((elsewhere.status, retcode(&elsewhere)), (StatusCode::NOT_FOUND, "000-002"));
}

//! What agents declare over the agent gateway, and what they are told of it.

use std::time::Duration;

use frontdesk_tests::kit::{Server, eventually};
use reqwest::Method;
use serde_json::{Value, json};

use super::agent_gateway::brief;
use super::desk::asking;
use super::gateway_desk::{GatewayDesk, kind, sign_in_body, text};

async fn status_of(server: &Server, agent: &str) -> String {
    let seen = server.agent("201").await.sees(agent).await;
    seen["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_state_is_declared_told_and_seen() {
    let server = brief().await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let steps = [
        ("saybusy", "AgentState_SetNotReady_Success", 3, "busy"),
        ("cancelbusy", "AgentState_CancelNotReady_Success", 4, "online"),
        ("rest/600/7", "AgentState_SetRest_Success", 8, "away"),
        ("cancelrest", "AgentState_CancelRest_Success", 4, "online"),
        ("work", "AgentState_SetWork_Success", 5, "busy"),
        ("cancelwork", "AgentState_CancelWork_Success", 4, "online"),
        ("saybusy?reason=200", "AgentState_SetNotReady_Success", 3, "busy"),
        ("sayfree", "AgentState_Ready", 4, "online"),
    ];
    for (verb, event, number, status) in steps {
        desk.act(&format!("onlineagent {verb}")).await;
        let content = desk.hears(&[event]).await;
        assert_eq!(content, if verb.starts_with("rest/") { json!({ "reason": "7" }) } else { Value::Null });
        assert_eq!(
            (desk.state().await, status_of(&server, "101").await.as_str()),
            (number, status),
            "{verb}"
        );
    }
    assert_eq!(desk.poll().await, None, "and nothing is told twice");
}

#[tokio::test]
async fn what_the_state_does_not_allow_is_refused() {
    let server = brief().await;
    let desk = GatewayDesk::ready(&server, "101").await;
    for verb in ["cancelbusy", "cancelrest", "cancelwork"] {
        let code = desk.refused(Method::POST, &format!("onlineagent {verb}"), Value::Null).await;
        assert_eq!(code, "100-009", "{verb}");
    }
    for verb in ["saybusy?reason=199", "rest/0/0", "rest/60/256", "rest/x/0", "autoanswer/perhaps"] {
        let code = desk.refused(Method::POST, &format!("onlineagent {verb}"), Value::Null).await;
        assert_eq!(code, "000-002", "{verb}");
    }
    assert_eq!((desk.state().await, desk.poll().await), (4, None));
}

#[tokio::test]
async fn what_somebody_else_declares_is_told() {
    let server = brief().await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let supervisor = server.agent("201").await;
    let declare = async |status: &str| {
        let answer = supervisor.http.put("/api/v1/agents/101/status", json!({ "status": status })).await;
        assert_eq!(answer.status, 204, "{}", answer.text);
    };
    declare("busy").await;
    desk.hears(&["AgentState_Force_SetNotReady"]).await;
    declare("online").await;
    desk.hears(&["AgentState_Force_Ready"]).await;
}

#[tokio::test]
async fn who_is_busy_while_talking_is_so_after_it() {
    let server = brief().await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let ann = asking(&server, "ann").await;
    desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await;
    desk.act("onlineagent saybusy").await;
    assert_eq!((desk.poll().await, desk.state().await), (None, 7));
    ann.sends("DISCONNECT", "").await;
    let ended = ["AgentEvent_Customer_Release", "AgentEvent_Call_Release", "AgentState_SetNotReady_Success"];
    desk.hears(&ended).await;
    assert_eq!(desk.state().await, 3);
}

#[tokio::test]
async fn who_is_not_free_at_once_finishes_something_first() {
    let server = brief().await;
    let mut body = sign_in_body("101");
    body["autoenteridle"] = json!("false");
    let desk = GatewayDesk::sign_in_with(&server, "101", body).await;
    server.change_agent("101", |agent| agent.capacity = 1).await;
    let _ann = asking(&server, "ann").await;
    let _ben = asking(&server, "ben").await;
    let came = ["AgentOther_InService", "AgentState_Ready", "AgentState_Busy", "AgentEvent_Talking"];
    let id = text(&desk.hears(&came).await, "callid");
    desk.does(Method::DELETE, "voicecall release", Value::Null).await;
    desk.hears(&["AgentEvent_Customer_Release", "AgentEvent_Call_Release", "AgentState_Work"]).await;
    assert_eq!((desk.state().await, desk.poll().await), (5, None), "ben waits");
    desk.act("onlineagent cancelwork").await;
    desk.hears(&["AgentState_CancelWork_Success", "AgentState_Busy"]).await;
    let bens = desk.hears(&["AgentEvent_Talking"]).await;
    assert_ne!(text(&bens, "callid"), id);
    desk.act("onlineagent autoenteridle/true").await;
    desk.does(Method::DELETE, "voicecall release", Value::Null).await;
    desk.hears(&["AgentEvent_Customer_Release", "AgentEvent_Call_Release", "AgentState_Ready"]).await;
}

#[tokio::test]
async fn after_call_work_of_the_queue_is_told_and_ends() {
    let server = brief().await;
    server.change_queue("support", |queue| queue.wrap_up = 60).await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let ann = asking(&server, "ann").await;
    desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await;
    ann.sends("DISCONNECT", "").await;
    desk.hears(&["AgentEvent_Customer_Release", "AgentEvent_Call_Release", "AgentState_Work"]).await;
    assert_eq!(desk.state().await, 5);
    server.clock.advance(Duration::from_secs(61));
    let event = eventually("the end of it", async || desk.poll().await).await;
    assert_eq!((kind(&event), desk.state().await), ("AgentState_CancelWork_Success", 4));
}

#[tokio::test]
async fn a_page_that_is_loaded_again_is_told_how_it_stands() {
    let server = brief().await;
    let desk = GatewayDesk::sign_in(&server, "101").await;
    let ann = asking(&server, "ann").await;
    ann.sends("CHAT", "hello").await;
    let synchronized = desk.does(Method::POST, "onlineagent syncagentinfo", Value::Null).await;
    assert_eq!(synchronized["agentStateInfo"]["lastState"], 7);
    let calls: Value = serde_json::from_str(synchronized["callinfo"].as_str().unwrap()).unwrap();
    assert_eq!((calls.as_array().unwrap().len(), &calls[0]["caller"]), (1, &json!("ann")));
    // What was pending is gone; what the agent has is told from its beginning.
    desk.hears(&["AgentState_Busy", "AgentEvent_Talking", "AgentEvent_MessageData"]).await;
    assert_eq!(desk.poll().await, None);
}

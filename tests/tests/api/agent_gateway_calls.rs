//! Offers, transfers, limits and questions over the agent gateway.

use std::time::Duration;

use frontdesk_api::agentgateway::skill::skill_number;
use frontdesk_tests::kit::{CHANNEL, Server, eventually};
use reqwest::Method;
use serde_json::{Value, json};

use super::agent_gateway::brief;
use super::desk::asking;
use super::gateway_desk::{GatewayDesk, kind, sign_in_body, text};

/// A server whose queue asks agents, and a desk that answers by hand.
async fn asked(server: &Server) -> GatewayDesk {
    server.change_queue("support", |queue| queue.accept_within = Some(60)).await;
    let mut body = sign_in_body("101");
    body["autoanswer"] = json!(false);
    let desk = GatewayDesk::sign_in_with(server, "101", body).await;
    desk.hears(&["AgentOther_InService", "AgentState_Ready"]).await;
    desk
}

#[tokio::test]
async fn a_call_rings_and_is_answered() {
    let server = brief().await;
    let desk = asked(&server).await;
    assert_eq!(desk.refused(Method::PUT, "voicecall answer", Value::Null).await, "200-002");
    let _ann = asking(&server, "ann").await;
    let ringing = desk.hears(&["AgentEvent_Ringing"]).await;
    let id = text(&ringing, "callid");
    assert_eq!(
        ringing,
        json!({
            "caller": "ann", "called": CHANNEL, "callid": id, "feature": "0", "type": "main", "mediaAbility": "5",
            "transfer": "no", "transfrom": "", "mediaType": 51,
        })
    );
    let known = desk.does(Method::GET, "calldata callinfobeforeanswer", Value::Null).await;
    assert_eq!(known["callid"], id.as_str());
    let unknown = "voicecall answer?callid=1700000000-1";
    assert_eq!(desk.refused(Method::PUT, unknown, Value::Null).await, "200-002");
    let answer = format!("voicecall answer?callid={id}");
    desk.does(Method::PUT, &answer, Value::Null).await;
    desk.does(Method::PUT, &answer, Value::Null).await;
    assert_eq!(desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await["callid"], id.as_str());
    assert_eq!(desk.does(Method::GET, "calldata callinfobeforeanswer", Value::Null).await, Value::Null);
}

#[tokio::test]
async fn a_call_is_not_taken_and_goes_to_a_colleague() {
    let server = brief().await;
    let desk = asked(&server).await;
    let _ann = asking(&server, "ann").await;
    let id = text(&desk.hears(&["AgentEvent_Ringing"]).await, "callid");
    let colleague = server.online("102").await;
    desk.act(&format!("voicecall dropcall/{id}")).await;
    assert_eq!(desk.hears(&["AgentEvent_Call_Release"]).await, json!(id));
    eventually("an offer", async || {
        let events = colleague.feed("", 0).await.json["events"].clone();
        events.as_array().unwrap().iter().any(|event| event["type"] == "offered").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_call_that_nobody_answers_is_told_of() {
    let server = brief().await;
    let desk = asked(&server).await;
    let _ann = asking(&server, "ann").await;
    let id = text(&desk.hears(&["AgentEvent_Ringing"]).await, "callid");
    server.clock.advance(Duration::from_secs(61));
    let event = eventually("the end of it", async || desk.poll().await).await;
    assert_eq!((kind(&event), &event["content"]), ("AgentEvent_No_Answer", &json!(id)));
    desk.hears(&["AgentState_SetRest_Success"]).await;
    assert_eq!(desk.state().await, 8, "who does not answer is away");
}

#[tokio::test]
async fn with_automatic_answering_a_call_is_taken_at_once() {
    let server = brief().await;
    let desk = asked(&server).await;
    desk.act("onlineagent autoanswer/true").await;
    let ann = asking(&server, "ann").await;
    let call = desk.hears(&["AgentEvent_Auto_Answer"]).await;
    assert_eq!(desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await["callid"], call["callid"]);
    assert_eq!(ann.drain_texts().await.last().unwrap(), "Connected Agent");
}

#[tokio::test]
async fn a_call_is_passed_on_to_a_skill_queue_by_its_number_or_id() {
    let server = brief().await;
    server.change_queue("sales", |_| {}).await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let skills = desk.does(Method::GET, "queuedevice agentvdnskill", Value::Null).await;
    let number = skill_number("sales");
    assert_eq!(skills[0], json!({ "name": "sales", "id": number, "mediatype": 51 }));
    assert_eq!(skills[1]["name"], "Support");
    let own = desk.does(Method::GET, "onlineagent agentskills", Value::Null).await;
    assert_eq!(own, json!([skills[1]]));
    server.change_agent("103", |agent| agent.queues = vec!["sales".parse().unwrap()]).await;
    let colleague = server.hired("103").await;
    let theirs = desk.does(Method::GET, "onlineagent agentskillsbyworkno/103", Value::Null).await;
    assert_eq!(theirs, json!([skills[0]]));

    for (user, address) in [("ann", json!(number)), ("ben", json!("sales"))] {
        let _customer = asking(&server, user).await;
        let id = text(&desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await, "callid");
        let transfer = json!({ "callid": id, "devicetype": 1, "mode": 0, "address": address });
        desk.does(Method::POST, "mediacall transfer", transfer).await;
        desk.hears(&["AgentEvent_Call_Release", "AgentState_Ready"]).await;
    }
    assert_eq!(colleague.conversations("").await.len(), 2);
}

#[tokio::test]
async fn a_transfer_that_cannot_be_is_refused() {
    let server = brief().await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let _ann = asking(&server, "ann").await;
    let id = text(&desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await, "callid");
    let refused = async |change: Value| {
        let mut body = json!({ "callid": id, "devicetype": 2, "mode": 2, "address": "102" });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        desk.refused(Method::POST, "mediacall transfer", body).await
    };
    assert_eq!(refused(json!({ "devicetype": 4 })).await, "106-004");
    assert_eq!(refused(json!({ "mode": 1 })).await, "000-002");
    assert_eq!(refused(json!({ "address": "x".repeat(25) })).await, "000-002");
    assert_eq!(refused(json!({ "calldata": "x".repeat(2_049) })).await, "000-002");
    assert_eq!(refused(json!({ "address": "555" })).await, "000-002", "nobody has this number");
    assert_eq!(refused(json!({ "devicetype": 1, "address": "4711" })).await, "000-002", "no such queue");
    assert_eq!(refused(json!({ "callid": "1700000000-1" })).await, "200-012");
    assert_eq!(refused(json!({})).await, "100-007", "the colleague is not there");
    assert_eq!(refused(json!({ "address": "101" })).await, "100-007", "to oneself");
    assert_eq!(desk.state().await, 7, "and she is still the agent's");
}

#[tokio::test]
async fn calls_of_others_look_like_none() {
    let server = brief().await;
    server.change_agent("104", |agent| agent.queues = Vec::new()).await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let _ann = asking(&server, "ann").await;
    let id = text(&desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await, "callid");
    let mut body = sign_in_body("104");
    body["password"] = json!("demo-101");
    let other = GatewayDesk::sign_in_with(&server, "104", body).await;
    let info = format!("calldata callinfobycallid/{id}");
    assert_eq!(other.refused(Method::GET, &info, Value::Null).await, "000-002");
    assert_eq!(
        other.refused(Method::POST, &format!("voicecall dropcall/{id}"), Value::Null).await,
        "000-002"
    );
    assert_eq!(
        other.refused(Method::PUT, &format!("voicecall answer?callid={id}"), Value::Null).await,
        "200-002"
    );
    // A colleague of the queue may see her, and nothing more.
    let colleague = GatewayDesk::ready(&server, "102").await;
    assert_eq!(colleague.does(Method::GET, &info, Value::Null).await["caller"], "ann");
    assert_ne!(super::gateway_desk::retcode(&colleague.says(&id, json!("x")).await), "0");
    let drop = format!("voicecall dropcall/{id}");
    assert_eq!(colleague.refused(Method::POST, &drop, Value::Null).await, "000-002");
    assert_eq!(desk.state().await, 7);
}

#[tokio::test]
async fn an_agent_may_want_fewer_calls_than_they_can_have() {
    let server = brief().await;
    server.change_agent("101", |agent| agent.capacity = 5).await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let limit = |calls: Value| json!({ "mediaType": "51", "callnums": calls });
    for most in [json!("61"), json!("6")] {
        let code = desk.refused(Method::POST, "mediacall setcallnums", limit(most)).await;
        assert_eq!(code, "106-003");
    }
    for wrong in [limit(json!("0")), json!({ "mediaType": "5", "callnums": "1" }), json!({ "callnums": "1" })]
    {
        assert_eq!(desk.refused(Method::POST, "mediacall setcallnums", wrong).await, "000-002");
    }
    desk.does(Method::POST, "mediacall setcallnums", limit(json!("1"))).await;
    let idle = desk.does(Method::GET, "agentgroup idleagent", Value::Null).await;
    assert_eq!(idle[0]["workno"], "101");
    let _ann = asking(&server, "ann").await;
    desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await;
    let _ben = asking(&server, "ben").await;
    assert_eq!(desk.poll().await, None, "ben waits");
    assert_eq!(desk.does(Method::GET, "agentgroup idleagent", Value::Null).await, json!([]));
    let more = json!({ "totalCallNum": 2, "agentMediaCallNums": [{ "mediaType": 51, "callNum": 2 }] });
    desk.does(Method::POST, "mediacall setcallnumsbymediatype", more).await;
    let bens = desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await;
    assert_eq!(bens["caller"], "ben");
    assert_eq!(desk.refused(Method::DELETE, "voicecall release", Value::Null).await, "000-002", "which one?");
}

#[tokio::test]
async fn an_agent_serves_all_their_queues() {
    let server = brief().await;
    let desk = GatewayDesk::ready(&server, "101").await;
    desk.act("onlineagent resetskill/true?phonelinkage=1").await;
    desk.act(&format!("onlineagent resetskill/false?skillid={}", skill_number("support"))).await;
    let none = "onlineagent resetskill/false?skillid=4711";
    assert_eq!(desk.refused(Method::POST, none, Value::Null).await, "000-002");
}

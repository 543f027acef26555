//! Signing in over the agent gateway: Guids, whose they are, and how long.

use std::time::Duration;

use frontdesk_core::directory::{Item, Tenant};
use frontdesk_core::id::TenantId;
use frontdesk_server::config::Settings;
use frontdesk_tests::kit::{Server, ServerOptions};
use reqwest::Method;
use serde_json::{Value, json};

use super::agent_gateway::{brief, brief_with};
use super::desk::asking;
use super::gateway_desk::{BASE, GatewayDesk, ask_in, guid_of, retcode, sign_in_body};

#[tokio::test]
async fn a_sign_in_says_what_the_page_shows() {
    let server = brief().await;
    let answer = ask_in(&server, "101", "", sign_in_body("101")).await;
    let result = &answer.json["result"];
    assert_eq!((answer.json["message"].as_str(), retcode(&answer)), (Some(""), "0"));
    assert_eq!((&result["vdnid"], &result["workno"]), (&json!(1), &json!("101")));
    assert_eq!((&result["mediatype"], &result["isForceChange"]), (&json!("TTF"), &json!("false")));
    assert_eq!(result["serverName"], "AgentGateway1");
    assert!(result["loginTime"].as_str().is_some_and(|time| time.parse::<i64>().is_ok()), "{result}");
    let guid = guid_of(&answer).unwrap();
    assert!(guid.len() == 50 && guid.ends_with(".AgentGateway1"), "{guid}");
    assert!(!answer.text.contains(&guid), "only the header carries it");
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_code() {
    let server = brief().await;
    let refused = async |agent: &str, change: Value| {
        let mut body = sign_in_body("101");
        let fields = body.as_object_mut().unwrap();
        fields.extend(change.as_object().unwrap().clone());
        let answer = ask_in(&server, agent, "", body).await;
        assert_eq!((answer.status.as_u16(), guid_of(&answer)), (200, None), "{}", answer.text);
        retcode(&answer).to_owned()
    };
    assert_eq!(refused("101", json!({ "password": "wrong" })).await, "100-004");
    assert_eq!(refused("555", json!({})).await, "100-004", "nobody has this number");
    assert_eq!(refused("101", json!({ "password": null })).await, "100-001");
    assert_eq!(refused("101", json!({ "status": "9" })).await, "100-001");
    assert_eq!(refused("101", json!({ "agenttype": "3" })).await, "100-012");
    assert_eq!(refused("101", json!({ "callBackUri": "https://example.com" })).await, "100-011");
    for number in ["100", "1000000", "abc"] {
        assert_eq!(refused(number, json!({})).await, "000-002", "{number}");
    }
}

#[tokio::test]
async fn an_agent_has_one_desk_at_a_time() {
    let server = brief().await;
    let first = GatewayDesk::ready(&server, "101").await;
    let again = ask_in(&server, "101", "", sign_in_body("101")).await;
    assert_eq!((retcode(&again), guid_of(&again)), ("100-002", None));
    assert_eq!(first.poll().await, None, "and it is still signed in");

    let forced = ask_in(&server, "101", "/forcelogin", sign_in_body("101")).await;
    let guid = guid_of(&forced).unwrap();
    let second = GatewayDesk { http: server.anybody().with("guid", guid), ..first.clone() };
    assert_eq!(first.refused(Method::GET, "agentevent", Value::Null).await, "100-006");
    second.hears(&["AgentOther_InService", "AgentState_Ready"]).await;

    // Who has not polled for two minutes is gone.
    server.clock.advance(Duration::from_secs(121));
    let third = GatewayDesk::ready(&server, "101").await;
    assert_eq!(second.refused(Method::GET, "agentevent", Value::Null).await, "100-006");
    assert_eq!(third.state().await, 4);
}

/// Neither of two who sign in at one moment knows of the other when it looks whether somebody is there.
#[tokio::test]
async fn of_two_sign_ins_at_one_moment_one_counts() {
    let server = brief().await;
    let looked = server.store.hold_back("gateway_desk");
    let early = ask_in(&server, "101", "", sign_in_body("101"));
    let (early, late) = tokio::join!(early, async {
        looked.reached().await;
        let late = GatewayDesk::sign_in(&server, "101").await;
        looked.open();
        late
    });
    let early = GatewayDesk { http: server.anybody().with("guid", guid_of(&early).unwrap()), ..late.clone() };
    assert_eq!(late.refused(Method::GET, "agentevent", Value::Null).await, "100-006");
    early.hears(&["AgentOther_InService", "AgentState_Ready"]).await;
}

#[tokio::test]
async fn a_guid_opens_its_agents_desk_and_no_other() {
    let server = brief().await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let colleague = GatewayDesk::ready(&server, "102").await;
    let native = server.agent("101").await;
    let token = native.http.header("authorization").unwrap().trim_start_matches("Bearer ").to_owned();

    let forged = GatewayDesk { agent: "102".to_owned(), ..desk.clone() };
    for (method, verb) in [
        (Method::GET, "agentevent"),
        (Method::POST, "onlineagent saybusy"),
        (Method::DELETE, "onlineagent forcelogout"),
        (Method::GET, "onlineagent agentstatus"),
    ] {
        assert_eq!(forged.refused(method.clone(), verb, Value::Null).await, "000-003", "{verb}");
        let anybody = server.anybody();
        for guid in ["", "rubbish", "00000000-0000-4000-8000-000000000000.AgentGateway1", token.as_str()] {
            let stranger = GatewayDesk { http: anybody.with("guid", guid), ..desk.clone() };
            assert_eq!(stranger.refused(method.clone(), verb, Value::Null).await, "100-006", "{guid}");
        }
        let nobody = GatewayDesk { http: anybody, ..desk.clone() };
        assert_eq!(nobody.refused(method, verb, Value::Null).await, "100-006");
    }
    assert_eq!(colleague.state().await, 4, "nothing was done in the colleague's name");
    assert_eq!(desk.state().await, 4);
}

#[tokio::test]
async fn who_still_has_a_call_is_not_signed_out_unless_forced() {
    let server = brief().await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let _ann = asking(&server, "ann").await;
    desk.hears(&["AgentState_Busy", "AgentEvent_Talking"]).await;
    assert_eq!(desk.refused(Method::DELETE, "onlineagent logout", Value::Null).await, "100-010");
    let why = "onlineagent forcelogoutwithreason/0";
    assert_eq!(desk.refused(Method::DELETE, why, Value::Null).await, "000-002");
    desk.does(Method::DELETE, "onlineagent forcelogout", Value::Null).await;
    assert_eq!(desk.refused(Method::GET, "onlineagent agentstatus", Value::Null).await, "100-006");
    // Signed in anew, the desk is told of the call that it still has.
    let desk = GatewayDesk::sign_in(&server, "101").await;
    desk.hears(&["AgentOther_InService", "AgentState_Ready", "AgentState_Busy", "AgentEvent_Talking"]).await;
}

#[tokio::test]
async fn a_poll_that_is_held_hears_of_the_sign_out() {
    let server = brief_with(|settings| settings.agent_gateway_poll_hold_ms = 30_000).await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let poller = desk.clone();
    let poll = tokio::task::spawn(async move { poller.poll().await });
    // Whichever comes first: the poll waits for it, or finds nobody signed in.
    desk.does(Method::POST, "onlineagent handshake", Value::Null).await;
    super::agent_gateway_delivery::is_held(&server, "101").await;
    desk.does(Method::DELETE, "onlineagent logout", Value::Null).await;
    let event = poll.await.unwrap().unwrap();
    assert_eq!(event["eventType"], "AgentOther_ShutdownService");
    assert!(event["content"]["loginTime"].is_string(), "{event}");
}

#[tokio::test]
async fn a_new_guid_replaces_the_old_one_once_it_is_used() {
    let server = brief().await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let new = desk.does(Method::PUT, "onlineagent updateGuid", Value::Null).await;
    let guid = new["guid"].as_str().unwrap().to_owned();
    assert_eq!(desk.state().await, 4, "the desk may not have got it yet");
    let renewed = GatewayDesk { http: server.anybody().with("guid", guid), ..desk.clone() };
    assert_eq!(renewed.poll().await, None);
    assert_eq!(desk.refused(Method::GET, "onlineagent agentstatus", Value::Null).await, "100-006");
    assert_eq!(renewed.state().await, 4);
}

#[tokio::test]
async fn guids_that_are_renewed_run_out() {
    let server = brief_with(|settings| settings.agent_gateway_guid_seconds = 60).await;
    let desk = GatewayDesk::ready(&server, "101").await;
    let poll = async |desk: &GatewayDesk| desk.ask(Method::GET, "agentevent", Value::Null).await;
    assert_eq!(guid_of(&poll(&desk).await), None, "it is still new");
    server.clock.advance(Duration::from_mins(1));
    let first = guid_of(&poll(&desk).await).expect("a new Guid");
    // That answer may have been lost: the next poll brings another.
    let second = guid_of(&poll(&desk).await).expect("another one");
    assert_ne!(first, second);
    let renewed = GatewayDesk { http: server.anybody().with("guid", second), ..desk.clone() };
    assert_eq!(guid_of(&poll(&renewed).await), None);
    assert_eq!(desk.state().await, 4, "requests that are under way with the old one succeed");
    server.clock.advance(Duration::from_mins(1));
    assert_eq!(desk.refused(Method::GET, "onlineagent agentstatus", Value::Null).await, "100-006");
    assert_eq!(renewed.state().await, 4);
    server.clock.advance(Duration::from_mins(1));
    assert_eq!(renewed.refused(Method::GET, "agentevent", Value::Null).await, "100-006", "nobody polled");
}

#[tokio::test]
async fn with_several_tenants_one_is_named_or_configured() {
    let add_another = async |server: &Server| {
        let other = Tenant::new(TenantId::new("other").unwrap(), "Other", "en");
        let items = vec![(other.id.clone(), Item::Tenant(other))];
        server.parts.store.put_items(items, Vec::new()).await.unwrap();
        server.parts.reload().await.unwrap();
    };
    let server = brief().await;
    add_another(&server).await;
    let unnamed = ask_in(&server, "101", "", sign_in_body("101")).await;
    assert_eq!(retcode(&unnamed), "100-001", "{}", unnamed.text);
    let in_tenant = async |tenant: &str| {
        let named = server.anybody().with("x-tenant-id", tenant);
        named.put(&format!("{BASE}/onlineagent/101"), sign_in_body("101")).await
    };
    assert_eq!(retcode(&in_tenant("other").await), "100-004");
    assert_eq!(retcode(&in_tenant("no such").await), "100-004");
    assert_eq!(retcode(&in_tenant("demo").await), "0");

    let settings = Settings { agent_gateway_tenant: "demo".to_owned(), ..Settings::default() };
    let server =
        Server::start_with(ServerOptions { settings: Some(settings), ..ServerOptions::default() }).await;
    add_another(&server).await;
    assert_eq!(retcode(&ask_in(&server, "101", "", sign_in_body("101")).await), "0");
}

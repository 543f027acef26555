//! checkClickToCallSupport and getUserInfoBycallId.

use frontdesk_tests::kit::{CHANNEL, Server, hide};
use serde_json::json;

const USER_INFO: &str = "/apiaccess/rest/workbench/v1/getUserInfoBycallId";
const CHECK: &str = "/apiaccess/ccmessaging/v1/checkClickToCallSupport";

#[tokio::test]
async fn calls_inside_a_chat_are_not_offered() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    let none = json!({
        "webRTCSupported": false, "clickToCallSupported": false, "resultCode": "0", "resultDesc": "",
    });
    for query in ["?channel=WEB", ""] {
        assert_eq!(customer.http.get(&format!("{CHECK}{query}")).await.shown(), (200, none.clone()));
    }
    let other = customer.http.get(&format!("{CHECK}?channel=WECHAT")).await;
    assert_eq!(other.failure().1, "RECEIVER_MISMATCH");
}

#[tokio::test]
async fn a_call_tells_its_app_who_the_customer_is() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    let conversation = agent.conversations("mine").await[0].clone();
    let app = server.app().await;
    let ask = async |call: &str, user: &str, tenant: &str| {
        app.http.post(USER_INFO, json!({ "callId": call, "userId": user, "tenantId": tenant })).await
    };
    let call = conversation["callId"].as_str().unwrap();
    let answer = ask(call, "u-77", "demo").await;
    assert_eq!(
        (answer.status.as_u16(), hide(&answer.json, &["createTime"])),
        (
            200,
            json!({
                "userNickname": "u-77", "userId": "u-77", "userAvatar": null, "channel": "WEB",
                "createTime": "[createTime]", "channelConfigId": CHANNEL, "userAgent": null, "clientIp": null,
                "osName": null, "borderType": null,
            })
        )
    );
    assert_eq!(answer.json["createTime"], conversation["openedAt"].to_string());
    assert_eq!(ask("1700000000-1", "u-77", "demo").await.failure().0, 404);
    assert_eq!(ask(call, "u-78", "demo").await.failure().0, 404, "somebody else's looks like none");
    assert_eq!(ask(call, "u-77", "other").await.failure().1, "RECEIVER_MISMATCH");
    let as_customer = json!({ "callId": call, "userId": "u-77", "tenantId": "demo" });
    assert_eq!(customer.http.without("authorization").post(USER_INFO, as_customer).await.failure().0, 401);
}

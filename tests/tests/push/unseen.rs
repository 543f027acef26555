//! What is said among colleagues is not pushed.

use frontdesk_tests::kit::WebHook;
use serde_json::json;

use super::set_up::{codes_by_poll, server, signed};

#[tokio::test]
async fn whispers_and_monitors_are_not_pushed() {
    let receiver = WebHook::start().await;
    let server = server(signed(&receiver.url())).await;
    let (alex, sam) = (server.online("101").await, server.agent("201").await);
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    let conversation = alex.only_conversation().await;
    sam.acts(&conversation, "monitor", json!({})).await;
    for who in [&alex, &sam] {
        who.acts(&conversation, "whisper", json!({ "text": "psst" })).await;
    }
    alex.say(&conversation, "Good day").await;
    let expected = codes_by_poll(&customer).await;
    receiver.wait("everything", |receiver| receiver.codes("u-77").len() >= expected.len()).await;
    assert_eq!(receiver.codes("u-77"), expected);
    for call in receiver.calls() {
        assert!(!call.body.contains("psst") && !call.body.contains("Sam"), "{}", call.body);
    }
}

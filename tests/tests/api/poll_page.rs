//! The example of the documented page of poll, field by field.

use frontdesk_tests::kit::{CHANNEL, Server};
use serde_json::{Value, json};

#[tokio::test]
async fn the_example_of_the_page() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    agent.declare("online").await;
    let customer = server.customer("session_fixed_user_fixed").await;
    assert_eq!(customer.send("CONNECT", "").await.code(), "0");
    assert_eq!(customer.send("TRANS2AGENT", "").await.code(), "0");

    let mut messages = customer.drain().await;
    let times: Vec<i64> = messages.iter().map(|message| message["timestamp"].as_i64().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
    let mut codes: Vec<Value> = messages.iter_mut().map(|message| message["messageCode"].take()).collect();
    codes.dedup();
    assert_eq!(codes.len(), 3);

    let said = |nickname: &str, avatar: Value, source: &str, gender: Value, content: &str| {
        json!({
            "from": CHANNEL, "channel": "WEB", "to": "session_fixed_user_fixed", "controlType": "CHAT",
            "mediaType": "TEXT", "content": content, "simQuestions": null, "senderNickname": nickname,
            "senderAvatar": avatar, "sourceType": source, "callId": null, "robotGender": gender,
            "isOfflineStatus": null, "interIdx": null, "contentType": null, "mediaFileType": null,
            "queueFlag": null, "handlerType": null, "associationContentId": null, "receiveTime": null,
        })
    };
    for message in &mut messages {
        let fields = message.as_object_mut().unwrap();
        fields.remove("timestamp");
        fields.remove("messageCode");
    }
    assert_eq!(
        messages,
        [
            said("test", json!("1"), "ROBOT", json!("MALE"), "Welcome,welcome"),
            said("test", json!("1"), "ROBOT", json!("MALE"), "Transfer to manual labor"),
            said("System", Value::Null, "SYSTEM", Value::Null, "Connected Agent"),
        ]
    );
}

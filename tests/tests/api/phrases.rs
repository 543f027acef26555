//! queryPhraseByKeyword.

use frontdesk_tests::kit::{Answer, Customer, Server};
use serde_json::json;

async fn suggest(customer: &Customer, typed: &str, locale: &str) -> Answer {
    let body = json!({ "strContent": typed, "locale": locale, "channel": "WEB" });
    customer.call("queryPhraseByKeyword", body).await
}

fn questions(answer: &Answer) -> Vec<String> {
    serde_json::from_value(answer.json["question"].clone()).expect("an array of strings")
}

#[tokio::test]
async fn up_to_five_questions_are_suggested_in_the_language_asked_for() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    let answer = suggest(&customer, "order", "en_US").await;
    let found = questions(&answer);
    assert_eq!(answer.shown(), (200, json!({ "question": found, "resultCode": "0" })));
    assert!((1..=5).contains(&found.len()), "{found:?}");
    assert!(found.iter().all(|question| question.to_lowercase().contains("order")), "{found:?}");
    let chinese = questions(&suggest(&customer, "订单", "zh").await);
    assert!((1..=5).contains(&chinese.len()) && chinese.iter().all(|question| question.contains("订单")));
    assert_eq!(questions(&suggest(&customer, "zxqv", "en").await), [""; 0]);
}

#[tokio::test]
async fn without_a_robot_there_is_nothing_to_suggest() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    for field in ["strContent", "locale", "channel"] {
        let mut body = json!({ "strContent": "order", "locale": "en", "channel": "WEB" });
        body.as_object_mut().unwrap().remove(field);
        let answer = customer.call("queryPhraseByKeyword", body).await;
        assert_eq!((answer.failure().0, answer.failure().2), (400, format!("`{field}` is missing").as_str()));
    }
    server.change_channel(|channel| channel.robot = None).await;
    let answer = suggest(&customer, "order", "en").await;
    assert_eq!(
        answer.shown(),
        (200, json!({ "question": [], "resultCode": "1", "resultDesc": "Robot is no exsit" }))
    );
}

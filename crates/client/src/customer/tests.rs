use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use frontdesk_api::messaging::enums::{DownloadFileType, UploadFileType};
use frontdesk_api::messaging::history::HistoryRequest;
use frontdesk_api::messaging::poll::EventClass;
use frontdesk_api::messaging::send::MAX_MESSAGE_ID_CHARACTERS;
use reqwest::StatusCode;

use crate::testing::{Received, Reply, TestServer, credentials, message};
use crate::{CredentialsError, CredentialsProvider, CustomerClient, Error, FeedOptions, FeedStart};

const SENT: &str = r#"{"resultCode":"0","resultDesc":"sent"}"#;
const UNAUTHORIZED: &str = r#"{"errorCode":"UNAUTHORIZED","exceptionInfo":"No."}"#;

fn tokens(request: &Received) -> (&str, &str) {
    (request.header("authorization"), request.header("ccmessaging-token"))
}

fn fixed(server: &TestServer) -> CustomerClient {
    CustomerClient::new(server.endpoint(), credentials("access-1", "messaging-1"))
}

/// Gives numbered credentials, and tells how many.
fn numbered() -> (impl CredentialsProvider + 'static, Arc<AtomicUsize>) {
    let given = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&given);
    let provider = move || {
        let number = count.fetch_add(1, Ordering::SeqCst) + 1;
        async move { Ok(credentials(&format!("access-{number}"), &format!("messaging-{number}"))) }
    };
    (provider, given)
}

fn polled(codes: &[&str]) -> String {
    let messages: Vec<_> = codes.iter().map(|code| message(code)).collect();
    serde_json::json!({ "resultCode": "0", "resultDesc": "", "downlinkMessages": messages }).to_string()
}

#[tokio::test]
async fn what_the_client_knows_is_filled_in() {
    let server = TestServer::start(|request| {
        assert_eq!(tokens(request), ("Bearer access-1", "messaging-1"));
        assert_eq!(request.header("x-app-key"), "app");
        let body = request.json();
        assert_eq!(
            (&body["from"], &body["to"], &body["channel"]),
            (&"u-77".into(), &"c-1".into(), &"WEB".into())
        );
        assert_eq!((&body["sourceType"], &body["mediaType"]), (&"CUSTOMER".into(), &"TEXT".into()));
        let told = [&body["controlType"], &body["content"]].map(|value| value.as_str().unwrap_or_default());
        Reply::json(200, &format!(r#"{{"resultCode":"0","resultDesc":"{}"}}"#, told.join(" ")))
    })
    .await;
    let customer = fixed(&server);
    assert_eq!(customer.connect().await.unwrap().result_desc, "CONNECT ");
    assert_eq!(customer.chat("hello").await.unwrap().result_desc, "CHAT hello");
    assert_eq!(customer.trans2agent().await.unwrap().result_desc, "TRANS2AGENT ");
    assert_eq!(customer.disconnect().await.unwrap().result_desc, "DISCONNECT ");
}

#[test]
fn every_text_has_its_own_message_id() {
    let [one, other] = ["hello"; 2].map(|text| CustomerClient::text_message(text).message_id.unwrap());
    assert_ne!(one, other);
    assert!(one.len() <= MAX_MESSAGE_ID_CHARACTERS);
}

#[tokio::test]
async fn a_business_failure_of_a_send_is_an_answer() {
    let server = TestServer::start(|_| {
        Reply::json(200, r#"{"resultCode":"5","resultDesc":"The session has ended."}"#)
    })
    .await;
    let answer = fixed(&server).chat("hello").await.unwrap();
    assert!(!answer.is_success());
    assert_eq!(answer.result_code, "5");
}

#[tokio::test]
async fn files_go_both_ways_and_their_refusals_are_errors() {
    let server = TestServer::start(|request| {
        let body = request.json();
        match (body["fileType"].as_str(), body["fileStream"].as_str(), body["fileId"].as_str()) {
            (Some("png"), Some("aGVsbG8="), None) => {
                Reply::json(200, r#"{"returnCode":"0","objectKey":"k"}"#)
            }
            (Some("pdf"), None, Some("k")) => {
                Reply::json(200, r#"{"fileStream":"aGVsbG8=","resultCode":"0","resultDesc":""}"#)
            }
            _ => Reply::json(200, r#"{"resultCode":"401","resultDesc":"objectKey is null!"}"#),
        }
    })
    .await;
    let customer = fixed(&server);
    assert_eq!(customer.upload(UploadFileType::Png, b"hello").await.unwrap(), "k");
    assert_eq!(customer.download("k", DownloadFileType::Pdf).await.unwrap(), b"hello");
    let error = customer.download("other", DownloadFileType::Pdf).await.unwrap_err();
    assert!(
        matches!(&error, Error::Refused { code, text, .. } if code == "401" && text == "objectKey is null!")
    );
}

#[tokio::test]
async fn a_token_renewed_in_an_answer_is_shown_from_then_on() {
    let server = TestServer::start(|request| match tokens(request) {
        ("Bearer access-1", "messaging-1") => Reply::json(200, SENT).with("ccmessaging-token", "messaging-2"),
        ("Bearer access-1", "messaging-2") => Reply::json(200, SENT),
        _ => Reply::json(401, UNAUTHORIZED),
    })
    .await;
    let customer = fixed(&server);
    let clone = customer.clone();
    customer.connect().await.unwrap();
    assert_eq!(clone.credentials().await.unwrap().messaging_token.expose(), "messaging-2");
    clone.history(HistoryRequest::default()).await.unwrap();
}

#[tokio::test]
async fn many_refused_calls_fetch_new_credentials_once() {
    let server = TestServer::start(|request| match tokens(request) {
        ("Bearer access-2", "messaging-2") => Reply::json(200, SENT),
        _ => Reply::json(401, UNAUTHORIZED),
    })
    .await;
    let (provider, given) = numbered();
    let customer = CustomerClient::with_provider(server.endpoint(), provider);
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let customer = customer.clone();
        calls.spawn(async move { customer.chat("hello").await });
    }
    assert!(calls.join_all().await.iter().all(|sent| sent.as_ref().unwrap().is_success()));
    assert_eq!(given.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn refused_for_good_is_told_after_one_renewal() {
    let server = TestServer::start(|_| Reply::json(401, UNAUTHORIZED)).await;
    let (provider, given) = numbered();
    let error = CustomerClient::with_provider(server.endpoint(), provider).connect().await.unwrap_err();
    assert_eq!((error.status(), error.code()), (Some(StatusCode::UNAUTHORIZED), Some("UNAUTHORIZED")));
    assert_eq!((given.load(Ordering::SeqCst), server.paths().len()), (2, 2));

    let error = fixed(&server).connect().await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));

    let provider = || async { Err(CredentialsError::refused("banned")) };
    let error = CustomerClient::with_provider(server.endpoint(), provider).connect().await.unwrap_err();
    assert!(matches!(&error, Error::Credentials(error) if !error.is_temporary()), "{error:?}");
}

#[tokio::test]
async fn a_poll_asks_for_what_it_is_told_to() {
    let server = TestServer::start(|_| Reply::json(200, &polled(&["a"]))).await;
    let customer = fixed(&server);
    let answer = customer.poll(Some(Duration::from_secs(7)), Some(3), true).await.unwrap();
    assert_eq!(answer.downlink_messages[0].message_code.as_deref(), Some("a"));
    customer.poll(None, None, false).await.unwrap();
    assert_eq!(
        server.paths(),
        [
            "/apiaccess/ccmessaging/poll?receiverId=u-77&channel=WEB&isNeedRead=true&wait=7&limit=3",
            "/apiaccess/ccmessaging/poll?receiverId=u-77&channel=WEB"
        ]
    );
}

#[tokio::test]
async fn a_feed_survives_everything_that_may_pass() {
    let asked = AtomicUsize::new(0);
    let server = TestServer::start(move |request| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::json(200, &polled(&["a", "b"])),
        // The answer breaks off: the same messages come again.
        1 => Reply::json(200, &polled(&["c"])).broken_off(),
        2 => Reply::json(503, r#"{"errorCode":"BUSY","exceptionInfo":"Busy."}"#).with("retry-after", "0"),
        3 => Reply::json(200, &polled(&["b", "c"])).with("ccmessaging-token", "renewed"),
        4 if request.header("ccmessaging-token") == "renewed" => Reply::json(401, UNAUTHORIZED),
        5 if tokens(request) == ("Bearer access-2", "messaging-2") => Reply::json(200, &polled(&["d"])),
        _ => Reply::json(400, r#"{"errorCode":"FIELD_INVALID","exceptionInfo":"`wait` is wrong"}"#),
    })
    .await;
    let (provider, _) = numbered();
    let customer = CustomerClient::with_provider(server.endpoint(), provider);
    let pause = Duration::from_millis(1);
    let mut feed =
        customer.feed(FeedOptions { shortest_pause: pause, longest_pause: pause, ..FeedOptions::default() });
    for code in ["a", "b", "c", "d"] {
        let item = feed.next().await.unwrap();
        assert_eq!(item.message().unwrap().message.message_code.as_deref(), Some(code));
    }
    assert_eq!(feed.next().await.unwrap_err().code(), Some("FIELD_INVALID"));
}

#[tokio::test]
async fn a_feed_asks_for_what_it_is_told_to() {
    let server = TestServer::start(|request| match request.path() {
        "/apiaccess/ccmessaging/poll" => Reply::json(400, "{}"),
        _ => Reply::json(200, SENT),
    })
    .await;
    let mut feed = fixed(&server).feed(FeedOptions {
        device_id: Some("phone".to_owned()),
        events: vec![EventClass::Session, EventClass::SelfCopies],
        is_need_read: true,
        start: FeedStart::Earliest,
        limit: 7,
        ..FeedOptions::default()
    });
    feed.next().await.unwrap_err();
    let query = "receiverId=u-77&channel=WEB&isNeedRead=true&wait=0&limit=7&cursor=earliest&deviceId=phone";
    let events = "events=session%2Cself";
    assert_eq!(server.paths(), [format!("/apiaccess/ccmessaging/poll?{query}&{events}")]);
    // Nothing was taken, so there is nothing to acknowledge.
    feed.acknowledge().await.unwrap();
    assert_eq!(server.paths().len(), 1);
    assert!(fixed(&server).acknowledge("c1", Some("phone")).await.unwrap().is_success());
}

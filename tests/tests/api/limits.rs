//! Bad input, and what is too much.

use frontdesk_tests::kit::{CHANNEL, Customer, Raw, Server, ServerOptions};
use reqwest::Method;
use serde_json::{Value, json};

const SEND: &str = "/apiaccess/ccmessaging/send";

async fn send_with(customer: &Customer, field: &str, value: Value) -> frontdesk_tests::kit::Answer {
    let mut body = customer.message("CHAT", "hello");
    body[field] = value;
    customer.call("send", body).await
}

#[tokio::test]
async fn a_field_that_does_not_fit_is_named_and_nothing_is_written() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.drain().await;
    let bad = [
        ("controlType", json!("SHOUT")),
        ("controlType", json!("chat")),
        ("controlType", json!(null)),
        ("controlType", json!(["CHAT"])),
        ("mediaType", json!("SMELL")),
        ("mediaType", json!("DOCUMENT")),
        ("mediaType", json!(null)),
        ("mediaType", json!({})),
        ("content", json!(null)),
        ("content", json!("")),
        ("content", json!({})),
        ("content", json!(false)),
        ("content", json!("x".repeat(1_025))),
        ("content", json!(format!("{}é", "x".repeat(1_023)))),
        ("from", json!(null)),
        ("from", json!("")),
        ("from", json!("x".repeat(65))),
        ("to", json!(null)),
        ("to", json!([CHANNEL])),
        ("channel", json!(null)),
        ("sourceType", json!(null)),
        ("sourceType", json!("AGENT")),
        ("messageId", json!("a,b")),
        ("messageId", json!("x".repeat(33))),
        ("senderAvatar", json!("x".repeat(1_025))),
        ("senderNickname", json!("x".repeat(300))),
    ];
    for (field, value) in bad {
        let answer = send_with(&customer, field, value.clone()).await;
        let (status, _, sentence) = answer.failure();
        assert_eq!((status, sentence.contains(&format!("`{field}`"))), (400, true), "{value}: {sentence}");
    }
    assert_eq!(customer.drain_texts().await, [""; 0]);
    let history = customer.call("queryHistoryChatMessage", super::history::wanted(&customer, 10, 0)).await;
    assert_eq!(history.json["messageList"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_text_may_have_1024_bytes() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    for text in ["x".repeat(1_024), format!("{}x", "三".repeat(341))] {
        let answer = send_with(&customer, "content", json!(text)).await;
        assert_eq!(answer.code(), "0", "{}", answer.text);
        let heard = agent.heard(&agent.only_conversation().await).await;
        assert_eq!(heard.last().unwrap().1, text);
    }
}

#[tokio::test]
async fn a_field_that_disagrees_with_the_token_is_named() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    server.customer("u-78").await;
    for (field, other) in
        [("from", "u-78"), ("from", "U-77"), ("to", "1"), ("channel", "WECHAT"), ("channel", "web")]
    {
        let answer = send_with(&customer, field, json!(other)).await;
        let expected = format!("`{field}` does not agree with the token.");
        assert_eq!(answer.failure(), (400, "RECEIVER_MISMATCH", expected.as_str()), "{other}");
    }
    for (field, query) in [("receiverId", "receiverId=u-78"), ("channel", "channel=WECHAT")] {
        let answer = customer.poll_with(query).await;
        let expected = format!("`{field}` does not agree with the token.");
        assert_eq!(answer.failure(), (400, "RECEIVER_MISMATCH", expected.as_str()));
    }
    for query in ["wait=0", "wait=0&receiverId=&channel=", "wait=0&receiverId=u-77&channel=WEB&unheardOf=1"] {
        assert_eq!(customer.poll_with(query).await.status, 200, "{query}");
    }
}

#[tokio::test]
async fn a_query_of_poll_that_does_not_fit_is_named() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    for field in ["wait", "limit"] {
        for bad in ["-1", "1.5", "soon", "", "0x1", "%2B1"] {
            let answer = customer.poll_with(&format!("{field}={bad}")).await;
            let (status, _, sentence) = answer.failure();
            assert_eq!((status, sentence.contains(&format!("`{field}`"))), (400, true), "{bad}: {sentence}");
        }
    }
    for good in ["limit=0&wait=0", "limit=100000&wait=0", "limit=1&wait=0"] {
        assert_eq!(customer.poll_with(good).await.status, 200, "{good}");
    }
}

#[tokio::test]
async fn what_is_no_json_object_is_refused() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep = format!("{{\"transData\":{deep}}}");
    for body in [
        "",
        "{",
        "[]",
        "null",
        "\"CHAT\"",
        "{}{}",
        "{\"from\":}",
        "\u{feff}{}",
        "{'from':'x'}",
        deep.as_str(),
    ] {
        let request = customer.http.request(Method::POST, SEND).body(body.to_owned());
        let answer = customer.http.send(request).await;
        assert_eq!(answer.failure().0, 400, "{}", &body[..body.len().min(20)]);
    }
    let request = customer.http.request(Method::POST, SEND).body(&b"{\"from\":\"\xff\"}"[..]);
    assert_eq!(customer.http.send(request).await.failure().0, 400);
    let typed = async |name: &'static str, value: &str| {
        let request = customer.http.request(Method::POST, SEND).header(name, value);
        customer.http.send(request.body(customer.message("CONNECT", "").to_string())).await
    };
    assert_eq!(typed("content-type", "multipart/form-data; boundary=x").await.failure().0, 415);
    assert_eq!(typed("content-encoding", "gzip").await.failure().0, 415);
    for kind in ["application/json; charset=UTF-8", "text/plain", "application/x-www-form-urlencoded"] {
        assert_eq!(typed("content-type", kind).await.code(), "0", "{kind}: many clients name a wrong type");
    }
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_are_told() {
    let server = Server::start_with(ServerOptions { hides_shop: true, ..ServerOptions::default() }).await;
    let customer = server.customer("u-77").await;
    for path in ["/", "/apiaccess/ccmessaging", "/apiaccess/ccmessaging/Send", "/apiaccess/ccmessaging/poll/"]
    {
        assert_eq!(
            customer.http.get(path).await.failure(),
            (404, "NOT_FOUND", "There is nothing at this address.")
        );
        assert_eq!(server.anybody().get(path).await.failure().0, 404, "{path}");
    }
    assert_eq!(server.anybody().get("/api/v1/nothing").await.problem(), (404, "NOT_FOUND", None));
    for (method, path, allowed) in [
        (Method::POST, "/apiaccess/ccmessaging/poll", "GET,HEAD"),
        (Method::GET, SEND, "POST"),
        (Method::DELETE, SEND, "POST"),
    ] {
        for http in [&customer.http, &server.anybody()] {
            let answer = http.send(http.request(method.clone(), path)).await;
            assert_eq!(
                answer.failure(),
                (405, "METHOD_NOT_ALLOWED", "This address does not take this method."),
                "{method} {path}"
            );
            assert_eq!(answer.headers["allow"], allowed, "{method} {path}");
        }
    }
    let native = server.anybody().put("/api/v1/agent/login", json!({})).await;
    assert_eq!(native.problem(), (405, "METHOD_NOT_ALLOWED", None));
}

#[tokio::test]
async fn a_body_of_more_than_4_mib_is_refused_readably() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    let mut fits = customer.message("CHAT", "Where is my order?");
    let room = (4 << 20) - fits.to_string().len() - ",\"transData\":\"\"".len();
    fits["transData"] = json!("x".repeat(room));
    assert_eq!(fits.to_string().len(), 4 << 20);
    assert_eq!(customer.call("send", fits.clone()).await.code(), "0");
    fits["transData"] = json!("x".repeat(room + 1));
    let refused = (413, "TOO_LARGE", "The body is larger than 4194304 bytes.");
    assert_eq!(customer.call("send", fits).await.failure(), refused);

    // A client that sends everything before it reads, with its length declared or not.
    for declared in [true, false] {
        let mut raw = Raw::connect(&customer.http).await;
        let length = 9 << 20;
        let head = customer.http.head("POST", SEND);
        let form = if declared {
            format!("content-length: {length}")
        } else {
            "transfer-encoding: chunked".to_owned()
        };
        raw.write(format!("{head}{form}\r\n\r\n").as_bytes()).await;
        let piece = vec![b'x'; 1 << 16];
        for _ in 0..length / piece.len() {
            if declared {
                raw.write(&piece).await;
            } else {
                raw.write(b"10000\r\n").await;
                raw.write(&piece).await;
                raw.write(b"\r\n").await;
            }
        }
        if !declared {
            raw.write(b"0\r\n\r\n").await;
        }
        let answer = raw.answer().await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(answer.contains("\"resultCode\":\"TOO_LARGE\""), "{answer}");
    }
}

#[tokio::test]
async fn head_and_options_move_nothing() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    for _ in 0..3 {
        let head = customer.http.request(Method::HEAD, "/apiaccess/ccmessaging/poll?wait=0");
        let answer = customer.http.send(head).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""));
        let options = customer.http.request(Method::OPTIONS, "/apiaccess/ccmessaging/poll?wait=0");
        assert_eq!(customer.http.send(options).await.text, "");
    }
    let head = server.anybody().request(Method::HEAD, "/apiaccess/ccmessaging/poll?wait=0");
    assert_eq!(server.anybody().send(head).await.status, 401);
    assert_eq!(customer.drain_texts().await, ["Welcome,welcome"]);
}

#[tokio::test]
async fn a_limit_cuts_an_answer_and_the_rest_comes_next() {
    let server = Server::start().await;
    let agent = server.online("101").await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    customer.drain().await;
    let conversation = agent.only_conversation().await;
    for number in 1..=5 {
        agent.say(&conversation, &number.to_string()).await;
    }
    assert_eq!(customer.poll_with("limit=2").await.texts(), ["1", "2"]);
    assert_eq!(customer.poll_with("limit=2&wait=0").await.texts(), ["3", "4"]);
    assert_eq!(customer.poll_with("limit=0").await.texts(), ["5"], "none at all makes no sense");
}

#[tokio::test]
async fn what_names_a_file_or_is_a_card_is_bounded_too() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    let send = async |content: String| {
        let mut body = customer.message("CHAT", &content);
        body["mediaType"] = json!("WEBCARD");
        customer.call("send", body).await
    };
    assert_eq!(send("x".repeat(8_192)).await.code(), "0");
    assert_eq!(send("x".repeat(8_193)).await.failure().2, "`content` is longer than 8192 bytes");
}

#[tokio::test]
async fn a_request_that_breaks_off_leaves_nothing() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    let before = server.stored("u-77").await;
    let body = customer.message("CHAT", "half a message").to_string();
    for sent in [0, 1, body.len() / 2, body.len() - 1] {
        let head = customer.http.head("POST", SEND);
        let mut raw = Raw::connect(&customer.http).await;
        raw.write(format!("{head}content-length: {}\r\n\r\n{}", body.len(), &body[..sent]).as_bytes()).await;
        let answer = raw.finish().await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    assert_eq!(server.stored("u-77").await, before);
    customer.sends("CHAT", "a whole one").await;
}

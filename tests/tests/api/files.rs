//! uploadFileStream and downloadFileStream, and the agents' side of files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use frontdesk_tests::kit::{Agent, Answer, Customer, Server, downlink, hide, shown};
use reqwest::Method;
use serde_json::{Value, json};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n";

/// Each documented type with bytes that are it.
fn documented() -> Vec<(&'static str, &'static [u8])> {
    let jpg: &[u8] = b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\0";
    let bmp: &[u8] = b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0";
    let mp4: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";
    vec![
        ("jpg", jpg),
        ("jpeg", jpg),
        ("JPG", jpg),
        ("png", PNG),
        ("PNG", PNG),
        ("bmp", bmp),
        ("bpm", bmp),
        ("mp3", b"ID3\x03\0\0\0\0\0\x21TIT2\0\0\0"),
        ("aac", b"\xFF\xF1\x50\x80\x01\x3F\xFC\xDE"),
        ("mp4", mp4),
        ("txt", "Grüße\n".as_bytes()),
        ("csv", b"a;b\n1;2\n"),
    ]
}

async fn upload(customer: &Customer, kind: &str, bytes: &[u8]) -> Answer {
    let body = json!({ "fileType": kind, "channel": "WEB", "fileStream": STANDARD.encode(bytes) });
    customer.call("uploadFileStream", body).await
}

async fn download(customer: &Customer, id: &str, kind: &str) -> Answer {
    let body = json!({ "fileId": id, "channel": "WEB", "fileType": kind });
    customer.call("downloadFileStream", body).await
}

fn refused(code: &str, text: &str) -> (u16, Value) {
    (200, json!({ "returnCode": code, "resultCode": code, "resultDesc": text }))
}

async fn serving(server: &Server, customer: &Customer) -> (Agent, String) {
    let agent = server.online("101").await;
    customer.sends("CONNECT", "").await;
    customer.sends("TRANS2AGENT", "").await;
    customer.drain().await;
    let conversation = agent.only_conversation().await;
    (agent, conversation)
}

async fn agents_file(agent: &Agent, bytes: &'static [u8]) -> Value {
    let request = agent.http.request(Method::POST, "/api/v1/files").body(bytes);
    let answer = agent.http.send(request).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json
}

#[tokio::test]
async fn each_documented_type_goes_up_and_comes_down() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    for (kind, bytes) in documented() {
        let answer = upload(&customer, kind, bytes).await;
        let stored = json!({
            "returnCode": "0", "objectKey": "[objectKey]", "resultCode": "0", "resultDesc": "",
        });
        assert_eq!(hide(&answer.json, &["objectKey"]), stored, "{kind}");
        let key = answer.json["objectKey"].as_str().unwrap();
        assert!(!key.contains([',', '/']), "{key} stands in comma-joined contents");
        for id in [key.to_owned(), format!("local/{key}")] {
            let found = download(&customer, &id, kind).await;
            let whole = json!({ "fileStream": STANDARD.encode(bytes), "resultCode": "0", "resultDesc": "" });
            assert_eq!(found.shown(), (200, whole), "{kind} as {id}");
        }
        let media = json!({
            "fileId": key, "channel": "WEB", "fileType": kind.to_uppercase(), "multiMedia": "multiMedia",
        });
        assert_eq!(customer.call("downloadFileStream", media).await.code(), "0");
    }
}

#[tokio::test]
async fn bytes_that_are_something_else_are_refused() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    let invalid = refused("3", "Requested param validate failed.");
    for kind in ["jpg", "bmp", "mp3", "aac", "mp4", "txt", "csv"] {
        assert_eq!(upload(&customer, kind, PNG).await.shown(), invalid, "a png as {kind}");
    }
    for kind in ["png", "jpg", "mp4"] {
        assert_eq!(upload(&customer, kind, b"just text").await.shown(), invalid, "text as {kind}");
    }
    for kind in ["exe", "pdf", "html", "svg", "p n g"] {
        assert_eq!(upload(&customer, kind, PDF).await.shown(), invalid, "the type {kind}");
    }
    let body = json!({ "fileType": "png", "channel": "WEB", "fileStream": "no base64!" });
    assert_eq!(customer.call("uploadFileStream", body).await.shown(), refused("13", "decode file failed"));
    let good = json!({ "fileType": "png", "channel": "WEB", "fileStream": STANDARD.encode(PNG) });
    for field in ["fileType", "channel", "fileStream"] {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(field);
        let answer = customer.call("uploadFileStream", body).await;
        let (status, _, sentence) = answer.failure();
        assert_eq!((status, sentence.contains(&format!("`{field}`"))), (400, true), "{sentence}");
    }
    let body = json!({ "fileType": "png", "channel": "WECHAT", "fileStream": STANDARD.encode(PNG) });
    assert_eq!(customer.call("uploadFileStream", body).await.failure().1, "RECEIVER_MISMATCH");
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    let text = vec![b'x'; (2 << 20) + 1];
    assert_eq!(upload(&customer, "txt", &text[1..]).await.code(), "0", "2 MiB are allowed");
    assert_eq!(upload(&customer, "txt", &text).await.shown(), refused("13", "upload file exception"));
    let answer = upload(&customer, "txt", &vec![b'x'; 4 << 20]).await;
    assert_eq!(answer.failure(), (413, "TOO_LARGE", "The body is larger than 4194304 bytes."));
}

#[tokio::test]
async fn what_is_not_the_callers_looks_like_nothing() {
    let server = Server::start().await;
    let (ann, bob) = (server.customer("u-77").await, server.customer("u-78").await);
    let key = upload(&ann, "png", PNG).await.json["objectKey"].as_str().unwrap().to_owned();
    let nothing = (200, json!({ "resultCode": "401", "resultDesc": "objectKey is null!" }));
    for id in
        [key.as_str(), "7d1c0000-0000-4000-8000-000000000002", "local/x", "../../etc/passwd", "local/local/x"]
    {
        assert_eq!(download(&bob, id, "png").await.shown(), nothing, "{id}");
    }
    let strange = download(&ann, &key, "exe").await;
    assert_eq!(
        strange.shown(),
        (200, json!({ "resultCode": "13", "resultDesc": "param filetype Out of range!" }))
    );
    for (field, bad) in [("fileId", json!("")), ("fileId", json!("local/")), ("fileType", json!(null))] {
        let mut body = json!({ "fileId": key, "channel": "WEB", "fileType": "png" });
        body[field] = bad;
        let answer = ann.call("downloadFileStream", body).await;
        let (status, _, sentence) = answer.failure();
        assert_eq!((status, sentence.contains(&format!("`{field}`"))), (400, true), "{sentence}");
    }
}

#[tokio::test]
async fn an_agents_file_is_the_customers_once_it_was_sent() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    let (agent, conversation) = serving(&server, &customer).await;
    let stored = agents_file(&agent, PNG).await;
    assert_eq!(hide(&stored, &["key"]), json!({ "key": "[key]", "fileType": "png", "fileSize": PNG.len() }));
    let key = stored["key"].as_str().unwrap();
    assert_eq!(download(&customer, &format!("local/{key}"), "png").await.code(), "401", "not sent yet");

    let sent = agent.act(&conversation, "messages", json!({ "mediaType": "IMAGE", "content": key })).await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    let told = json!({
        "mediaType": "IMAGE", "content": key, "senderNickname": "Alex", "sourceType": "AGENT", "contentType": "1",
        "mediaFileType": "png",
    });
    assert_eq!(shown(&customer.drain().await), [downlink("u-77", told)]);
    let found = download(&customer, &format!("local/{key}"), "png").await;
    assert_eq!(found.json["fileStream"], STANDARD.encode(PNG));
    let other = server.customer("u-78").await;
    assert_eq!(download(&other, &format!("local/{key}"), "png").await.code(), "401", "nobody else's");

    let pdf = agents_file(&agent, PDF).await["key"].clone();
    let sent = agent.act(&conversation, "messages", json!({ "mediaType": "DOCUMENT", "content": pdf })).await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    let found = download(&customer, pdf.as_str().unwrap(), "pdf").await;
    assert_eq!(found.json["fileStream"], STANDARD.encode(PDF));
    let made_up =
        agent.act(&conversation, "messages", json!({ "mediaType": "IMAGE", "content": "made-up" })).await;
    assert_eq!(made_up.problem(), (400, "FIELD_INVALID", Some("content")));
}

#[tokio::test]
async fn a_file_is_not_shared_by_an_agent_who_may_not_send_it() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    let (_alex, conversation) = serving(&server, &customer).await;
    let kim = server.online("102").await;
    let key = agents_file(&kim, PNG).await["key"].clone();
    let sent = kim.act(&conversation, "messages", json!({ "mediaType": "IMAGE", "content": key })).await;
    assert_eq!(sent.problem().0, 409);
    assert_eq!(download(&customer, key.as_str().unwrap(), "png").await.code(), "401");
}

#[tokio::test]
async fn a_customers_file_is_the_agents() {
    let server = Server::start().await;
    let customer = server.customer("u-77").await;
    let (agent, conversation) = serving(&server, &customer).await;
    let notes = b"order 7\n";
    let key = upload(&customer, "txt", notes).await.json["objectKey"].as_str().unwrap().to_owned();
    let mut message = customer.message("CHAT", &format!("notes.txt,{},{key},txt", notes.len()));
    message["mediaType"] = json!("FILE");
    assert_eq!(customer.call("send", message).await.code(), "0");

    let path = format!("/api/v1/agent/conversations/{conversation}/messages");
    let heard = agent.http.get(&path).await.json["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        hide(&heard, &["seq", "at"]),
        json!({
            "id": heard["id"], "seq": "[seq]", "at": "[at]",
            "author": { "kind": "customer", "id": "u-77", "name": "u-77" }, "mediaType": "FILE",
            "content": format!("notes.txt,8,{key},txt"), "fileName": "notes.txt", "fileType": "txt", "fileSize": 8,
        })
    );
    let file = agent.http.get(&format!("/api/v1/files/{key}")).await;
    assert_eq!((file.status.as_u16(), file.text.as_bytes()), (200, &notes[..]));
    assert_eq!(file.headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(file.headers["content-disposition"], "attachment", "a text could be a page");
    assert_eq!(file.headers["x-content-type-options"], "nosniff");
    assert_eq!(agent.http.get("/api/v1/files/made-up").await.problem(), (404, "NOT_FOUND", None));
    assert_eq!(server.anybody().get(&format!("/api/v1/files/{key}")).await.problem().0, 401);
}

#[tokio::test]
async fn an_agents_file_may_come_in_a_form() {
    let server = Server::start().await;
    let agent = server.agent("101").await;
    let form = |name: &str, file: &str| {
        format!(
            "--line\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\na;b\n1;2\n\r\n--line--\r\n"
        )
    };
    let post = async |body: String| {
        let request = agent.http.request(Method::POST, "/api/v1/files");
        agent.http.send(request.header("content-type", "multipart/form-data; boundary=line").body(body)).await
    };
    let answer = post(form("file", "C:\\data\\a,b.csv")).await;
    assert_eq!(
        (answer.status.as_u16(), hide(&answer.json, &["key"])),
        (201, json!({ "key": "[key]", "fileName": "ab.csv", "fileType": "csv", "fileSize": 8 }))
    );
    assert_eq!(post(form("other", "x.csv")).await.problem(), (400, "BODY_INVALID", Some("file")));
    assert_eq!(post("no form".to_owned()).await.problem().0, 400);
    let raw = async |bytes: Vec<u8>| {
        agent.http.send(agent.http.request(Method::POST, "/api/v1/files").body(bytes)).await
    };
    assert_eq!(raw(Vec::new()).await.problem(), (400, "FIELD_INVALID", Some("file")));
    assert_eq!(
        raw(b"\x7fELF\x02\x01\x01\0\0\0".to_vec()).await.problem(),
        (400, "FIELD_INVALID", Some("file"))
    );
    assert_eq!(raw(vec![b'x'; (2 << 20) + 1]).await.problem(), (413, "TOO_LARGE", None));
}

//! Exports and transcripts: whole, in every form, and nothing in them runs.

use frontdesk_tests::kit::{Server, eventually};
use reqwest::Method;
use serde_json::{Value, json};

const RANGE: &str = "from=2027-01-15&to=2027-01-15";

/// A server on which so many customers have come and gone.
async fn after(users: &[&str]) -> Server {
    let server = Server::start().await;
    for user in users {
        let customer = server.customer(user).await;
        customer.sends("CONNECT", "").await;
        customer.sends("CHAT", "<b>Where</b> is \"it\", please?").await;
        customer.sends("DISCONNECT", "").await;
    }
    let boss = server.agent("201").await;
    eventually("everything is counted", async || {
        let answer = boss.http.get(&format!("/api/v1/reports/summary?{RANGE}")).await;
        (answer.json["rows"][0]["conversations"] == users.len()).then_some(())
    })
    .await;
    server
}

#[tokio::test]
async fn pain_30_every_conversation_is_a_row_in_every_form() {
    let users = ["u-1", "u-2", "u-3", "=SUM(1+1)", "u-5"];
    let server = after(&users).await;
    let boss = server.agent("201").await;
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/reports/conversations?{RANGE}&limit=2&cursor={cursor}");
        let page = boss.http.get(&path).await;
        assert_eq!(page.status, 200, "{}", page.text);
        paged.extend(page.json["rows"].as_array().unwrap().clone());
        match page.json["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    let found: Vec<_> = paged.iter().map(|row| row["userId"].as_str().unwrap()).collect();
    assert_eq!(found, users, "each once, in the order in which they were over");
    let path = format!("/api/v1/reports/conversations?{RANGE}&format=jsonl");
    let lines = boss.http.get(&path).await;
    assert_eq!(lines.headers["content-type"], "application/jsonl");
    let lines: Vec<Value> = lines.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, paged);
    let path = format!("/api/v1/reports/conversations?{RANGE}&format=csv&zone=Asia/Kolkata");
    let csv = boss.http.get(&path).await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    let table: Vec<&str> = csv.text.split_terminator("\r\n").collect();
    assert_eq!(table.len(), 1 + users.len());
    assert!(table[0].starts_with("conversationId,callId,channelId,userId,userName,beganAt"), "{}", table[0]);
    assert!(table[4].contains(",'=SUM(1+1),"), "no formula: {}", table[4]);
    assert!(table[1].contains("+05:30"), "{}", table[1]);
    // The rows add up to the report.
    let report = boss.http.get(&format!("/api/v1/reports/summary?{RANGE}")).await;
    let said: u64 = paged.iter().map(|row| row["messagesOfCustomer"].as_u64().unwrap()).sum();
    assert_eq!(report.json["rows"][0]["messagesOfCustomers"], said);
    let csv = boss.http.get(&format!("/api/v1/reports/summary?{RANGE}&groupBy=day&format=csv")).await;
    assert!(csv.text.starts_with("day,from,to,conversationsBegan,conversations,"), "{}", csv.text);
    assert_eq!(csv.text.matches("\r\n").count(), 2);
}

#[tokio::test]
async fn pain_30_a_transcript_is_there_after_the_end_in_every_form() {
    let server = after(&["u-1"]).await;
    let boss = server.agent("201").await;
    let row = boss.http.get(&format!("/api/v1/reports/conversations?{RANGE}")).await.json["rows"][0].clone();
    let path = format!("/api/v1/conversations/{}/transcript", row["conversationId"].as_str().unwrap());
    let whole = boss.http.get(&path).await;
    assert_eq!(whole.status, 200, "{}", whole.text);
    assert_eq!(whole.json["callId"], row["callId"]);
    let lines = whole.json["lines"].as_array().unwrap();
    let authors: Vec<_> = lines.iter().map(|line| line["author"].as_str().unwrap()).collect();
    assert_eq!(authors[..3], ["event", "robot", "customer"]);
    assert_eq!(authors.last(), Some(&"event"));
    assert_eq!(lines[2]["text"], "<b>Where</b> is \"it\", please?");
    let html = boss.http.get(&format!("{path}?format=html&zone=Asia/Kolkata")).await;
    assert!(html.text.contains("&lt;b&gt;Where&lt;/b&gt; is &quot;it&quot;"), "{}", html.text);
    assert!(!html.text.contains("<b>") && html.text.contains("+05:30"));
    assert!(html.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    let text = boss.http.get(&format!("{path}?format=text")).await;
    assert!(text.text.contains("(customer): <b>Where</b>"), "{}", text.text);
    let csv = boss.http.get(&format!("{path}?format=csv")).await;
    assert!(csv.text.contains("\"<b>Where</b> is \"\"it\"\", please?\"\r\n"), "{}", csv.text);
    for (path, field) in [(format!("{path}?format=pdf"), "format"), (format!("{path}?x=1"), "x")] {
        assert_eq!(boss.http.get(&path).await.problem().2, Some(field));
    }
    assert_eq!(boss.http.get("/api/v1/conversations/made-up/transcript").await.status, 404);
}

#[tokio::test]
async fn the_wall_is_told_what_is_different_and_the_stream_stops_with_the_server() {
    let mut server = Server::start().await;
    let boss = server.agent("201").await;
    let mut stream = boss.http.request(Method::GET, "/api/v1/live/stream").send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut text = String::new();
    while !text.contains("\n\n") {
        text.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
    }
    assert!(text.starts_with("event: snapshot\ndata: {\"definitions\":"), "{text}");
    server.online("101").await;
    text.clear();
    while !text.contains("\"online\":1") {
        text.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
    }
    let data = text.lines().filter_map(|line| line.strip_prefix("data: ")).next_back().unwrap();
    let change: Value = serde_json::from_str(data).unwrap();
    assert_eq!(change["queues"][0]["id"], "support");
    let agents: Vec<_> = change["agents"].as_array().unwrap().iter().map(|agent| &agent["id"]).collect();
    assert!(agents.contains(&&json!("101")) && !agents.contains(&&json!("102")), "{change}");
    assert_eq!(change["goneAgents"], json!([]));
    server.begin_stop();
    while let Ok(Some(_)) = stream.chunk().await {}
    server.stop().await;
}

//! The test bench: scores and reasons, and what a draft would break.

use frontdesk_tests::kit::{Agent, Answer, Server};
use serde_json::{Value, json};

const SHOP: &str = "/api/v1/knowledge/shop";

async fn ask(editor: &Agent, body: Value) -> Answer {
    editor.http.post(&format!("{SHOP}/ask"), body).await
}

#[tokio::test]
async fn an_answer_comes_with_its_candidates_and_reasons() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    let answer =
        ask(&editor, json!({ "text": "Can I track my parcle?", "language": "en", "version": "live" })).await;
    let shown = &answer.json;
    assert_eq!(
        (&shown["hit"], &shown["group"]),
        (&json!("clear"), &json!("order-tracking")),
        "{}",
        answer.text
    );
    assert!(shown["answer"].as_str().unwrap().starts_with("Open My orders"));
    let thresholds = json!({ "clear": 0.5, "clearOfTwo": 0.35, "margin": 0.05, "near": 0.25 });
    assert_eq!(shown["thresholds"], thresholds);
    let candidates = shown["candidates"].as_array().unwrap();
    assert!(candidates.len() > 1 && candidates.len() <= 20);
    let scores: Vec<f64> = candidates.iter().map(|it| it["score"].as_f64().unwrap()).collect();
    assert!(scores.is_sorted_by(|left, right| left >= right), "{scores:?}");
    let best = &candidates[0];
    assert_eq!((&best["group"], &best["language"]), (&json!("order-tracking"), &json!("en")));
    assert_eq!(best["question"], "Where is my order?");
    let matched = best["matched"].as_array().unwrap();
    let term =
        |asked: &str| matched.iter().find(|term| term["asked"] == asked).map(|term| term["term"].clone());
    assert_eq!(term("track"), Some(json!("track")));
    assert_eq!(term("parcl"), Some(json!("parcel")), "read by correcting it: {matched:?}");
    // What the bench says is what the robot says.
    let customer = server.customer("u-77").await;
    customer.sends("CONNECT", "").await;
    customer.sends("CHAT", "Can I track my parcle?").await;
    assert_eq!(customer.drain_texts().await.pop().as_deref(), shown["answer"].as_str());
    let miss = ask(&editor, json!({ "text": "xyzzy" })).await;
    let expected = json!({ "hit": "miss", "similar": [], "candidates": [], "thresholds": thresholds });
    assert_eq!(miss.shown(), (200, expected));
    assert_eq!(ask(&editor, json!({})).await.problem(), (400, "FIELD_INVALID", Some("text")));
    let long = ask(&editor, json!({ "text": "x".repeat(1_001) })).await;
    assert_eq!(long.problem(), (400, "FIELD_INVALID", Some("text")));
    let none = ask(&editor, json!({ "text": "x", "version": "99" })).await;
    assert_eq!(none.problem(), (404, "NOT_FOUND", None));
}

#[tokio::test]
async fn the_draft_and_every_version_can_be_asked() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    let group = json!({ "texts": [{ "language": "en", "questions": ["Zeppelins?"], "answer": "Yes." }] });
    editor.http.put(&format!("{SHOP}/groups/air"), group).await;
    for (version, hit) in [("draft", "clear"), ("live", "miss"), ("1", "miss")] {
        let answer = ask(&editor, json!({ "text": "Zeppelins?", "version": version })).await;
        assert_eq!(answer.json["hit"], hit, "{version}: {}", answer.text);
    }
    let default = ask(&editor, json!({ "text": "Zeppelins?" })).await;
    assert_eq!(default.json["hit"], "clear", "the draft, unless another is named");
}

#[tokio::test]
async fn editors_see_what_a_draft_breaks_before_they_publish_it() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    let tests = json!({ "tests": [
        { "question": "Where is my order?", "language": "en", "expected": "order-tracking" },
        { "question": "How do I cancel my order?", "expected": "order-cancel" },
        { "question": "What is the capital of France?" },
        { "question": "Do you sell zeppelins?", "expected": "air" },
    ] });
    let put = editor.http.put(&format!("{SHOP}/tests"), tests.clone()).await;
    assert_eq!(put.shown(), (200, tests.clone()));
    assert_eq!(editor.http.get(&format!("{SHOP}/tests")).await.json, tests);
    let air =
        json!({ "texts": [{ "language": "en", "questions": ["Do you sell zeppelins?"], "answer": "Yes." }] });
    editor.http.put(&format!("{SHOP}/groups/air"), air).await;
    assert_eq!(editor.http.delete(&format!("{SHOP}/groups/order-tracking")).await.status, 204);
    let run = editor.http.post(&format!("{SHOP}/tests/run"), json!({})).await;
    let counts = ["passed", "failed", "broken", "fixed"].map(|name| run.json[name].as_u64().unwrap());
    assert_eq!(counts, [3, 1, 1, 1], "{}", run.text);
    let results = run.json["results"].as_array().unwrap();
    let passed: Vec<(bool, bool)> = results
        .iter()
        .map(|it| (it["draft"]["passed"].as_bool().unwrap(), it["live"]["passed"].as_bool().unwrap()))
        .collect();
    assert_eq!(passed, [(false, true), (true, true), (true, true), (true, false)]);
    assert_eq!(results[0]["live"]["expectedScore"], 1.0);
    assert_eq!(results[0]["draft"].get("expectedScore"), None, "the group is gone");
    assert_eq!(
        results[3]["draft"]["candidates"][0],
        json!({ "group": "air", "language": "en", "score": 1.0 })
    );
    let empty = json!({ "tests": [{ "question": " " }] });
    let refused = editor.http.put(&format!("{SHOP}/tests"), empty).await;
    assert_eq!(refused.problem(), (400, "BODY_INVALID", Some("tests[0].question")));
    let wrong = json!({ "tests": [{ "question": "x", "expected": "" }] });
    let refused = editor.http.put(&format!("{SHOP}/tests"), wrong).await;
    assert_eq!(refused.problem(), (400, "BODY_INVALID", Some("tests[0].expected")));
}

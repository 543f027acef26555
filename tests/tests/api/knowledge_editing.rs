//! Knowledge bases: drafts, publishing, and who is faster.

use std::time::Duration;

use frontdesk_server::admin::{AdminCommand, NewRobot};
use frontdesk_tests::kit::{Agent, Customer, Server, hide};
use serde_json::{Value, json};

const SHOP: &str = "/api/v1/knowledge/shop";

fn group(question: &str, answer: &str) -> Value {
    json!({ "texts": [{ "language": "en", "questions": [question], "answer": answer }] })
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

async fn put(editor: &Agent, id: &str, body: Value) -> (u16, Value) {
    editor.http.put(&format!("{SHOP}/groups/{id}"), body).await.shown()
}

async fn publish(server: &Server) -> u64 {
    let answer = server.agent("901").await.http.post(&format!("{SHOP}/publish"), json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["liveVersion"].as_u64().unwrap()
}

/// What the robot says to a question.
async fn asked(customer: &Customer, question: &str) -> String {
    customer.sends("CHAT", question).await;
    customer.drain_texts().await.pop().unwrap()
}

async fn connected(server: &Server, user: &str) -> Customer {
    let customer = server.customer(user).await;
    customer.sends("CONNECT", "").await;
    customer.drain().await;
    customer
}

#[tokio::test]
async fn robots_answer_from_what_is_published_and_from_nothing_else() {
    let server = Server::start().await;
    let (editor, customer) = (server.agent("201").await, connected(&server, "u-77").await);
    let question = "Do you sell zeppelins?";
    let miss = asked(&customer, question).await;
    let (status, body) = put(&editor, "zeppelins", group(question, "On Sundays.")).await;
    let expected = json!({
        "group": {
            "id": "zeppelins", "version": 2, "enabled": true, "tags": [],
            "texts": [{ "language": "en", "questions": [question], "answer": "On Sundays." }],
        },
        "duplicates": [],
    });
    assert_eq!((status, body), (201, expected));
    assert_eq!(asked(&customer, question).await, miss, "it is only in the draft");
    let refused = editor.http.post(&format!("{SHOP}/publish"), json!({})).await;
    assert_eq!(refused.status, 403, "supervisors edit and do not publish");
    assert_eq!(publish(&server).await, 2);
    assert_eq!(asked(&customer, question).await, "On Sundays.");
    let base = editor.http.get(SHOP).await;
    let expected = json!({
        "id": "shop", "name": "shop", "draftVersion": 2, "groups": base.json["groups"], "changes": 0,
        "liveVersion": 2, "publishedAt": "[publishedAt]",
    });
    assert_eq!(hide(&base.json, &["publishedAt"]), expected);
    let server = server.restart().await;
    let customer = connected(&server, "ben").await;
    assert_eq!(asked(&customer, question).await, "On Sundays.");
}

#[tokio::test]
async fn publishing_drops_nobodys_question() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    let question = "Do you sell zeppelins?";
    let (_, body) = put(&editor, "zeppelins", group(question, "Version 0")).await;
    let mut version = body["group"]["version"].as_u64().unwrap();
    publish(&server).await;
    let asking = tokio::spawn({
        let customer = connected(&server, "u-77").await;
        async move {
            let mut heard = Vec::new();
            while heard.last().is_none_or(|last: &String| last != "Version 5") {
                heard.push(asked(&customer, "Do you sell zeppelins?").await);
            }
            heard
        }
    });
    for number in 1..=5 {
        let body = with(group(question, &format!("Version {number}")), "version", json!(version));
        let (status, body) = put(&editor, "zeppelins", body).await;
        assert_eq!(status, 200, "{body}");
        version = body["group"]["version"].as_u64().unwrap();
        publish(&server).await;
    }
    let heard = tokio::time::timeout(Duration::from_mins(1), asking).await.unwrap().unwrap();
    assert!(heard.iter().all(|text| text.starts_with("Version")), "{heard:?}");
    assert!(heard.is_sorted(), "an old version came back: {heard:?}");
}

#[tokio::test]
async fn of_two_editors_the_slower_one_is_told() {
    let server = Server::start().await;
    let (sam, robin) = (server.agent("201").await, server.agent("901").await);
    put(&sam, "a", group("One?", "1")).await;
    let seen = sam.http.get(&format!("{SHOP}/groups/a")).await.json;
    let version = seen["version"].clone();
    let (status, _) = put(&robin, "a", with(group("One?", "2"), "version", version.clone())).await;
    assert_eq!(status, 200);
    let late =
        sam.http.put(&format!("{SHOP}/groups/a"), with(group("One?", "3"), "version", version.clone())).await;
    assert_eq!(late.problem(), (409, "GROUP_CHANGED", None));
    let unaware = sam.http.put(&format!("{SHOP}/groups/a"), group("One?", "3")).await;
    assert_eq!(unaware.problem(), (409, "GROUP_CHANGED", None));
    let gone = sam.http.delete(&format!("{SHOP}/groups/a?version={version}")).await;
    assert_eq!(gone.problem(), (409, "GROUP_CHANGED", None));
    let stays = sam.http.get(&format!("{SHOP}/groups/a")).await.json;
    assert_eq!(stays["texts"][0]["answer"], "2");
    let publish = json!({ "draftVersion": version });
    let stale = robin.http.post(&format!("{SHOP}/publish"), publish).await;
    assert_eq!(stale.problem(), (409, "DRAFT_CHANGED", None));
    let path = format!("{SHOP}/groups/a?version={}", stays["version"]);
    assert_eq!(sam.http.delete(&path).await.status, 204);
    assert_eq!(sam.http.delete(&path).await.status, 204, "the answer may have been lost");
    assert_eq!(sam.http.get(&format!("{SHOP}/groups/a")).await.problem(), (404, "NOT_FOUND", None));
}

#[tokio::test]
async fn a_group_that_cannot_be_meant_is_refused_with_its_field() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    let cases = [
        (json!({}), "texts"),
        (group("", "1"), "texts[0].questions[0]"),
        (group("One?", " "), "texts[0].answer"),
        (with(group("One?", "1"), "tags", json!(["a|b"])), "tags[0]"),
        (with(with(group("One?", "1"), "from", json!(5)), "until", json!(4)), "until"),
        (with(group("One?", "1"), "colour", json!("red")), "colour"),
        (
            json!({ "texts": [{ "language": "klingon", "questions": ["?"], "answer": "1" }] }),
            "texts[0].language",
        ),
        (
            json!({ "texts": [{ "language": "en", "questions": ["A?", "a"], "answer": "1" }] }),
            "texts[0].questions[1]",
        ),
    ];
    for (body, field) in cases {
        let answer = editor.http.put(&format!("{SHOP}/groups/a"), body).await;
        assert_eq!(answer.problem(), (400, "BODY_INVALID", Some(field)), "{}", answer.text);
    }
    let long = format!("{SHOP}/groups/{}", "x".repeat(65));
    let answer = editor.http.put(&long, group("One?", "1")).await;
    assert_eq!(answer.problem(), (400, "FIELD_INVALID", Some("group")));
}

#[tokio::test]
async fn a_question_of_two_groups_is_pointed_out() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    let (_, body) = put(&editor, "mine", group("where IS my order", "Here.")).await;
    assert_eq!(body["duplicates"], json!([{ "question": "where IS my order", "group": "order-tracking" }]));
}

#[tokio::test]
async fn groups_are_found() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    let tagged =
        with(with(group("Blimps?", "No."), "tags", json!(["air", "slow"])), "category", json!("Flying"));
    put(&editor, "blimps", with(tagged, "enabled", json!(false))).await;
    let ids = async |query: &str| -> Vec<String> {
        let answer = editor.http.get(&format!("{SHOP}/groups?{query}")).await;
        let groups = answer.json["groups"].as_array().unwrap_or_else(|| panic!("{}", answer.text)).clone();
        groups.iter().map(|group| group["id"].as_str().unwrap().to_owned()).collect()
    };
    for query in ["text=BLIMP", "tag=slow", "category=Flying", "enabled=false"] {
        assert_eq!(ids(query).await, ["blimps"], "{query}");
    }
    assert_eq!(ids("version=live&text=blimp").await, [] as [&str; 0]);
    assert_eq!(ids("tag=fast").await, [] as [&str; 0]);
    let all = ids("limit=500").await;
    assert!(all.is_sorted() && all.len() > 10, "{all:?}");
    assert_eq!(ids("language=zh&limit=500").await.len(), all.len() - 1);
    let mut paged = Vec::new();
    let mut after = String::new();
    loop {
        let answer = editor.http.get(&format!("{SHOP}/groups?limit=7&after={after}")).await;
        let groups = answer.json["groups"].as_array().unwrap();
        paged.extend(groups.iter().map(|group| group["id"].as_str().unwrap().to_owned()));
        let Some(next) = answer.json["next"].as_str() else { break };
        after = next.to_owned();
    }
    assert_eq!(paged, all);
    let wrong = editor.http.get(&format!("{SHOP}/groups?version=newest")).await;
    assert_eq!(wrong.problem(), (400, "FIELD_INVALID", Some("version")));
    let none = editor.http.get(&format!("{SHOP}/groups?version=99")).await;
    assert_eq!(none.problem(), (404, "NOT_FOUND", None));
}

#[tokio::test]
async fn what_was_published_comes_back_and_what_was_not_goes() {
    let server = Server::start().await;
    let (editor, admin) = (server.agent("201").await, server.agent("901").await);
    put(&editor, "a", group("Airships?", "Yes.")).await;
    publish(&server).await;
    let customer = connected(&server, "u-77").await;
    assert_eq!(asked(&customer, "Airships?").await, "Yes.");
    let diff = editor.http.get(&format!("{SHOP}/diff?from=1&to=live")).await;
    let added =
        json!({ "id": "a", "enabled": true, "tags": [], "texts": group("Airships?", "Yes.")["texts"] });
    assert_eq!(diff.json, json!({ "differences": [{ "id": "a", "kind": "added", "after": added }] }));
    let back = admin.http.post(&format!("{SHOP}/rollback"), json!({ "version": 1, "note": "no" })).await;
    assert_eq!(back.shown(), (200, json!({ "liveVersion": 3 })));
    assert_ne!(asked(&customer, "Airships?").await, "Yes.");
    let none = admin.http.post(&format!("{SHOP}/rollback"), json!({ "version": 9 })).await;
    assert_eq!(none.problem(), (404, "NOT_FOUND", None));
    let versions = editor.http.get(&format!("{SHOP}/versions")).await.json;
    let groups = versions["versions"][0]["groups"].as_u64().unwrap();
    let expected = json!({ "versions": [
        { "version": 3, "at": "[at]", "by": "901", "note": "no", "groups": groups, "repeats": 1 },
        { "version": 2, "at": "[at]", "by": "901", "note": "", "groups": groups + 1 },
        { "version": 1, "at": "[at]", "note": "", "groups": groups },
    ] });
    assert_eq!(hide(&versions, &["at"]), expected);

    put(&editor, "b", group("Balloons?", "Yes.")).await;
    assert_eq!(editor.http.get(SHOP).await.json["changes"], 1);
    let discarded = editor.http.post(&format!("{SHOP}/discard"), json!({})).await;
    assert_eq!(discarded.status, 200, "{}", discarded.text);
    assert_eq!(editor.http.get(SHOP).await.json["changes"], 0);
    assert_eq!(editor.http.get(&format!("{SHOP}/diff")).await.json, json!({ "differences": [] }));
    assert_eq!(publish(&server).await, 3, "there is nothing to publish");
}

#[tokio::test]
async fn an_answer_holds_from_a_moment_until_another() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    let now = server.parts.clock.now();
    let (from, until) = (now.plus(Duration::from_mins(1)), now.plus(Duration::from_mins(2)));
    let sale = with(group("Is there a zeppelin sale?", "Yes."), "from", json!(from.as_millis()));
    put(&editor, "sale", with(sale, "until", json!(until.as_millis()))).await;
    publish(&server).await;
    let customer = connected(&server, "u-77").await;
    assert_ne!(asked(&customer, "Is there a zeppelin sale?").await, "Yes.");
    server.clock.advance(Duration::from_secs(70));
    assert_eq!(asked(&customer, "Is there a zeppelin sale?").await, "Yes.");
    server.clock.advance(Duration::from_mins(1));
    assert_ne!(asked(&customer, "Is there a zeppelin sale?").await, "Yes.");
}

#[tokio::test]
async fn customers_are_answered_in_their_language() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    let text = |language: &str, answer: &str| json!({ "language": language, "questions": ["Zeppelin"], "answer": answer });
    let body = json!({ "texts": [text("en", "No."), text("de", "Nein."), text("fr", "Non.")] });
    put(&editor, "zeppelins", body).await;
    publish(&server).await;
    for (user, locale, answer) in [("u-1", "de_DE", "Nein."), ("u-2", "fr", "Non."), ("u-3", "en", "No.")] {
        let customer = server.app().await.customer(user, locale).await;
        customer.sends("CONNECT", "").await;
        customer.drain().await;
        assert_eq!(asked(&customer, "zeppelin!").await, answer);
    }
}

#[tokio::test]
async fn a_base_stays_as_long_as_a_robot_answers_from_it() {
    let server = Server::start().await;
    let admin = server.agent("901").await;
    assert_eq!(admin.http.delete(SHOP).await.problem(), (409, "IN_USE", None));
    let made = admin.http.put("/api/v1/knowledge/faq", json!({ "name": "Questions" })).await;
    let expected = json!({ "id": "faq", "name": "Questions", "draftVersion": 0, "groups": 0, "changes": 0 });
    assert_eq!(made.shown(), (201, expected));
    let renamed = admin.http.put("/api/v1/knowledge/faq", json!({ "name": "Answers" })).await;
    assert_eq!((renamed.status.as_u16(), &renamed.json["name"]), (200, &json!("Answers")));
    assert_eq!(admin.http.delete("/api/v1/knowledge/faq").await.status, 204);
    assert_eq!(admin.http.delete("/api/v1/knowledge/faq").await.status, 204);
    assert_eq!(admin.http.get("/api/v1/knowledge/faq").await.problem(), (404, "NOT_FOUND", None));
    // A robot brings its base along.
    let robot = admin.http.put("/api/v1/config/robots/helper", json!({ "knowledge": "help" })).await;
    assert_eq!(robot.status, 201, "{}", robot.text);
    assert_eq!(admin.http.get("/api/v1/knowledge/help").await.json["groups"], 0);
    assert_eq!(admin.http.delete("/api/v1/knowledge/help").await.problem(), (409, "IN_USE", None));
    for (body, field) in [
        (json!({ "knowledge": "" }), "knowledge"),
        (json!({ "nickname": " " }), "nickname"),
        (json!({ "welcome": "x".repeat(4_001) }), "welcome"),
    ] {
        let refused = admin.http.put("/api/v1/config/robots/helper", body).await;
        assert_eq!(refused.problem(), (400, "BODY_INVALID", Some(field)));
    }
    let bases = admin.http.get("/api/v1/knowledge").await;
    let ids: Vec<_> = bases.json["bases"].as_array().unwrap().iter().map(|base| base["id"].clone()).collect();
    assert_eq!(ids, ["help", "shop"]);
}

#[tokio::test]
async fn another_tenants_base_looks_like_none() {
    let server = Server::start().await;
    let tenant = AdminCommand::PutTenant { id: "rival".into(), name: "Rival".into(), locale: "en".into() };
    server.admin(tenant).await.unwrap();
    let robot = NewRobot { id: "r".into(), knowledge: Some("secret".into()), ..NewRobot::default() };
    server.admin(AdminCommand::PutRobot { tenant: "rival".into(), robot }).await.unwrap();
    let admin = server.agent("901").await;
    for path in [
        "",
        "/groups",
        "/export",
        "/diff",
        "/versions",
        "/unanswered",
        "/suggestions",
        "/badly-rated",
        "/tests",
    ] {
        let answer = admin.http.get(&format!("/api/v1/knowledge/secret{path}")).await;
        assert_eq!(answer.problem(), (404, "NOT_FOUND", None), "{path}");
    }
    for path in ["/publish", "/discard", "/tests/run", "/import?format=csv"] {
        let answer = admin.http.post(&format!("/api/v1/knowledge/secret{path}"), json!({})).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn the_command_line_publishes_at_once_but_nobody_elses_work() {
    let server = Server::start().await;
    let text =
        "locale = \"en\"\n[[group]]\nid = \"airships\"\nanswer = \"Yes.\"\nquestions = [\"Airships?\"]\n";
    let command =
        || AdminCommand::PutKnowledge { tenant: "demo".into(), base: "shop".into(), text: text.into() };
    let customer = connected(&server, "u-77").await;
    server.admin(command()).await.unwrap();
    assert_eq!(asked(&customer, "Airships?").await, "Yes.");
    let editor = server.agent("201").await;
    let groups = editor.http.get(&format!("{SHOP}/groups?language=en")).await;
    assert_eq!(groups.json["groups"].as_array().unwrap().len(), 1, "the file replaces the language");
    put(&editor, "b", group("Balloons?", "Yes.")).await;
    let refused = server.admin(command()).await.unwrap_err().to_string();
    assert!(refused.contains("not published"), "{refused}");
}

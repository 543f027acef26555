//! Knowledge from files, and as files.

use frontdesk_server::admin::{AdminAnswer, AdminCommand, KnowledgeImport};
use frontdesk_tests::kit::{Agent, Answer, Server};
use reqwest::Method;
use serde_json::{Value, json};

async fn import(editor: &Agent, base: &str, query: &str, file: impl Into<Vec<u8>>) -> Answer {
    let path = format!("/api/v1/knowledge/{base}/import?{query}");
    editor.http.send(editor.http.request(Method::POST, &path).body(file.into())).await
}

async fn export(editor: &Agent, base: &str, query: &str) -> Answer {
    let answer = editor.http.get(&format!("/api/v1/knowledge/{base}/export?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer
}

async fn make(editor: &Agent, base: &str) {
    assert_eq!(editor.http.put(&format!("/api/v1/knowledge/{base}"), json!({})).await.status, 201);
}

const TABLE: &str = "question;answer;language\nDo you sell zeppelins?;On Sundays.;en\nZeppelins?;On Sundays.;en\n;Nothing;en\nVerkauft ihr Zeppeline?;Sonntags.;de\n";

#[tokio::test]
async fn a_table_goes_into_the_draft_row_by_row() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    make(&editor, "air").await;
    let row = |item: u64, line: u64, group: Option<&str>, question: &str, outcome: &str| {
        let mut row = json!({ "item": item, "line": line, "question": question, "outcome": outcome });
        if let Some(group) = group {
            row["group"] = json!(group);
        } else {
            row["note"] = json!("question must not be empty");
        }
        row
    };
    let mut expected = json!({
        "dryRun": true, "added": 2, "changed": 0, "removed": 0, "refused": 1, "draftVersion": 0,
        "rows": [
            row(1, 2, Some("do-you-sell-zeppelins"), "Do you sell zeppelins?", "added"),
            row(2, 3, Some("do-you-sell-zeppelins"), "Zeppelins?", "added"),
            row(3, 4, None, "", "refused"),
            row(4, 5, Some("verkauft-ihr-zeppeline"), "Verkauft ihr Zeppeline?", "added"),
        ],
    });
    let dry = import(&editor, "air", "format=csv&dryRun=true", TABLE).await;
    assert_eq!(dry.shown(), (200, expected.clone()));
    assert_eq!(editor.http.get("/api/v1/knowledge/air").await.json["groups"], 0, "nothing was changed");
    let done = import(&editor, "air", "format=csv", TABLE).await;
    expected["dryRun"] = json!(false);
    expected["draftVersion"] = json!(1);
    assert_eq!(done.shown(), (200, expected));
    let again = import(&editor, "air", "format=csv", TABLE).await;
    assert_eq!(
        (&again.json["added"], &again.json["changed"], &again.json["draftVersion"]),
        (&json!(0), &json!(0), &json!(1))
    );
    assert_eq!(again.json["rows"][0]["outcome"], "same");
    let base = editor.http.get("/api/v1/knowledge/air").await.json;
    assert_eq!((&base["groups"], &base["changes"], base.get("liveVersion")), (&json!(2), &json!(2), None));
}

#[tokio::test]
async fn what_is_exported_and_imported_is_the_same_again() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    let special = json!({
        "enabled": false, "category": "Air; \"sea\"", "tags": ["a", "b c"], "from": 1_800_000_000_001_i64,
        "until": 1_900_000_000_000_i64,
        "texts": [
            { "language": "en", "questions": ["=1+1?", "Line\nbreak?"], "answer": "'Quoted'\n- and listed" },
            { "language": "zh_CN", "questions": ["怎么退货？"], "answer": "七天内" },
        ],
    });
    assert_eq!(editor.http.put("/api/v1/knowledge/shop/groups/special", special).await.status, 201);
    for format in ["json", "csv"] {
        let base = format!("copy-{format}");
        make(&editor, &base).await;
        let first = export(&editor, "shop", &format!("format={format}")).await;
        let kind = if format == "csv" { "text/csv; charset=utf-8" } else { "application/json" };
        assert_eq!(first.headers["content-type"], kind);
        let imported = import(&editor, &base, &format!("format={format}"), first.text.clone()).await;
        assert_eq!(
            (&imported.json["refused"], &imported.json["changed"]),
            (&json!(0), &json!(0)),
            "{}",
            imported.text
        );
        assert_eq!(export(&editor, &base, &format!("format={format}")).await.text, first.text);
        // Either form holds everything.
        let json = export(&editor, "shop", "format=json").await.text;
        assert_eq!(export(&editor, &base, "format=json").await.text, json);
        let again =
            import(&editor, &base, &format!("format={format}&replace=true"), first.text.clone()).await;
        assert_eq!((&again.json["added"], &again.json["removed"]), (&json!(0), &json!(0)));
    }
    let live = export(&editor, "shop", "version=live").await;
    assert!(!live.text.contains("special"), "it is not published");
}

#[tokio::test]
async fn pages_give_questions_and_answers() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    make(&editor, "air").await;
    let html = "<h2>Prices</h2><p>Low.</p><details><summary>Is it safe?</summary><p>Yes.</p></details>";
    let done = import(&editor, "air", "format=html", html).await;
    assert_eq!(done.json["added"], 2, "{}", done.text);
    let markdown = "# Help\n\n## Is it *safe*\n\nAs long as you hold on.\n";
    let done = import(&editor, "air", "format=markdown&language=en", markdown).await;
    assert_eq!(
        (&done.json["changed"], &done.json["rows"][0]["line"]),
        (&json!(1), &json!(3)),
        "{}",
        done.text
    );
    let groups = editor.http.get("/api/v1/knowledge/air/groups").await.json;
    let texts: Vec<Value> =
        groups["groups"].as_array().unwrap().iter().map(|group| group["texts"][0].clone()).collect();
    let text =
        |question: &str, answer: &str| json!({ "language": "en", "questions": [question], "answer": answer });
    assert_eq!(texts, [text("Is it safe?", "As long as you hold on."), text("Prices", "Low.")]);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_changes_nothing_and_says_why() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    let cases: [(&str, &[u8], &str); 6] = [
        ("format=csv", b"question,answer\n\xcd\xcb\xbb\xf5,1\n", "not UTF-8"),
        ("format=csv", b"\xff\xfeq\0", "UTF-16"),
        ("format=csv", b"frage,antwort\n1,2\n", "`question` and `answer`"),
        ("format=json", b"{\"groups\":", "not a JSON document"),
        ("format=html", b"<p>Nothing to ask</p>", "looks like a question"),
        ("format=html", &b"<div>".repeat(100_000), "nested"),
    ];
    for (query, file, why) in cases {
        let answer = import(&editor, "shop", query, file).await;
        assert_eq!(answer.problem(), (400, "BODY_INVALID", None), "{}", answer.text);
        assert!(answer.text.contains(why), "{}", answer.text);
    }
    assert_eq!(
        import(&editor, "shop", "format=xml", "x").await.problem(),
        (400, "FIELD_INVALID", Some("format"))
    );
    assert_eq!(import(&editor, "shop", "", "x").await.problem(), (400, "FIELD_INVALID", Some("format")));
    assert_eq!(import(&editor, "nowhere", "format=csv", TABLE).await.problem(), (404, "NOT_FOUND", None));
    let large = vec![b'x'; (8 << 20) + 1];
    assert_eq!(import(&editor, "shop", "format=csv", large).await.problem(), (413, "TOO_LARGE", None));
    assert_eq!(editor.http.get("/api/v1/knowledge/shop").await.json["changes"], 0);
}

#[tokio::test]
async fn two_who_import_at_once_lose_nothing() {
    let server = Server::start().await;
    let editor = server.agent("201").await;
    make(&editor, "air").await;
    let file = |name: &str| format!("id,question,answer\n{name},{name} one?,1\n{name}-2,{name} two?,2\n");
    let (one, two, three) = tokio::join!(
        import(&editor, "air", "format=csv", file("a")),
        import(&editor, "air", "format=csv", file("b")),
        import(&editor, "air", "format=csv", file("c")),
    );
    for done in [one, two, three] {
        assert_eq!((done.status.as_u16(), &done.json["added"]), (200, &json!(2)), "{}", done.text);
    }
    assert_eq!(editor.http.get("/api/v1/knowledge/air").await.json["groups"], 6);
}

#[tokio::test]
async fn the_command_line_imports_publishes_and_exports() {
    let server = Server::start().await;
    let wish = |dry_run| KnowledgeImport {
        format: "csv".into(),
        language: Some("en".into()),
        delimiter: None,
        replace: false,
        dry_run,
    };
    let import = |dry_run| AdminCommand::ImportKnowledge {
        tenant: "demo".into(),
        base: "shop".into(),
        text: TABLE.into(),
        wish: wish(dry_run),
    };
    let export = |version: &str| AdminCommand::ExportKnowledge {
        tenant: "demo".into(),
        base: "shop".into(),
        format: "csv".into(),
        version: version.into(),
    };
    let Ok(AdminAnswer::Text(before)) = server.admin(export("live")).await else { panic!("no text") };
    let Ok(AdminAnswer::Items(report)) = server.admin(import(true)).await else { panic!("no report") };
    assert_eq!((report.len(), &report[2]["outcome"], &report[4]["added"]), (5, &json!("refused"), &json!(2)));
    let Ok(AdminAnswer::Text(draft)) = server.admin(export("draft")).await else { panic!("no text") };
    assert_eq!(draft, before, "a dry run changes nothing");
    server.admin(import(false)).await.unwrap();
    let Ok(AdminAnswer::Text(live)) = server.admin(export("live")).await else { panic!("no text") };
    assert_eq!(live, before, "it is only in the draft");
    let publish =
        AdminCommand::PublishKnowledge { tenant: "demo".into(), base: "shop".into(), note: "air".into() };
    server.admin(publish).await.unwrap();
    let Ok(AdminAnswer::Text(live)) = server.admin(export("live")).await else { panic!("no text") };
    assert!(live.contains("On Sundays."), "{live}");
}

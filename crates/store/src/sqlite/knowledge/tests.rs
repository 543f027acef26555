//! The migration from bases that were one text.

use frontdesk_core::id::{BaseId, TenantId};
use frontdesk_core::port::DraftGroup;
use rusqlite::Connection;

use super::{bases, drafts, versions};

const MIGRATION: &str = include_str!("../../../migrations/sqlite/V202611230816__knowledge.sql");

/// As they were stored: two languages, a group without questions, one that stands there twice, and words that JSON
/// escapes.
const BEFORE: &str = r#"[
    {"id":"track","locale":"zh","answer":"七天\n\"内\"","questions":[{"text":"怎么退货","terms":["退货","怎么"]}]},
    {"id":"track","locale":"en","answer":"Seven days.","questions":[{"text":"How?","terms":["how"]},{"text":"Why?","terms":[]}]},
    {"id":"track","locale":"en","answer":"Eight days.","questions":[{"text":"When?","terms":["when"]}]},
    {"id":"empty","locale":"en","answer":"Nobody asks.","questions":[]},
    {"id":"app","locale":"en","answer":"Here.","questions":[{"text":"Where?","terms":["wher"]}]}
]"#;

#[test]
fn bases_that_were_one_text_are_version_1() {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(
            "CREATE TABLE knowledge (tenant TEXT NOT NULL, base TEXT NOT NULL, body TEXT NOT NULL,
                 PRIMARY KEY (tenant, base)) STRICT, WITHOUT ROWID;",
        )
        .unwrap();
    let insert = "INSERT INTO knowledge (tenant, base, body) VALUES (?1, ?2, ?3)";
    connection.execute(insert, ["demo", "shop", BEFORE]).unwrap();
    connection.execute(insert, ["demo", "empty", "[]"]).unwrap();
    connection.execute_batch(MIGRATION).unwrap();

    let (tenant, shop) = (TenantId::new("demo").unwrap(), BaseId::new("shop").unwrap());
    let all = bases::all(&connection, &tenant).unwrap();
    let told: Vec<_> =
        all.iter().map(|base| (base.id.as_str(), base.groups, base.changes, base.live)).collect();
    assert_eq!(told, [("empty", 0, 0, Some(1)), ("shop", 2, 0, Some(1))]);

    let live = versions::live(&connection, &tenant, &shop).unwrap();
    assert_eq!(live.version, 1);
    let expected = serde_json::json!([
        { "id": "app", "texts": [
            { "language": "en", "questions": [{ "text": "Where?", "terms": ["wher"] }], "answer": "Here." },
        ] },
        { "id": "track", "texts": [
            { "language": "en", "questions": [
                { "text": "How?", "terms": ["how"] }, { "text": "Why?", "terms": [] },
            ], "answer": "Seven days." },
            { "language": "zh", "questions": [{ "text": "怎么退货", "terms": ["退货", "怎么"] }],
              "answer": "七天\n\"内\"" },
        ] },
    ]);
    assert_eq!(serde_json::to_value(&live.groups).unwrap(), expected);
    let draft = drafts::all(&connection, &tenant, &shop).unwrap();
    assert!(draft.iter().all(|group| group.version == 1));
    let draft: Vec<_> = draft.into_iter().map(|DraftGroup { group, .. }| group).collect();
    assert_eq!(draft, live.groups);
    // What is written again as it is must not look like a change.
    for group in &draft {
        let stored: String = connection
            .query_row("SELECT body FROM knowledge_draft WHERE id = ?1", [group.id.as_str()], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(serde_json::to_string(group).unwrap(), stored);
    }
}

//! Reading and planning, from the bytes of a file to what changes in a base.

use proptest::prelude::*;

use super::*;
use crate::knowledge::{PlainText, export_csv, export_json};

fn options(format: Format) -> Options {
    Options { format, language: "en".to_owned(), delimiter: None }
}

fn import(existing: &[PlainGroup], format: Format, text: &str) -> Plan {
    plan(existing, read(text, &options(format)).unwrap(), false)
}

/// Line, group, outcome and note of each entry.
fn told(plan: &Plan) -> Vec<String> {
    let one = |it: &Reported| {
        let line = it.line.map_or_else(|| "-".to_owned(), |line| line.to_string());
        let group = it.group.as_ref().map_or("-", GroupId::as_str);
        let note = it.note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
        format!("{line} {group} {:?}{note}", it.outcome)
    };
    plan.report.iter().map(one).collect()
}

/// Questions and answers of all groups.
fn texts(plan: &Plan) -> Vec<(Vec<String>, String)> {
    let texts = plan.put.iter().flat_map(|group| group.texts.iter());
    texts.map(|text| (text.questions.clone(), text.answer.clone())).collect()
}

fn pair(questions: &[&str], answer: &str) -> (Vec<String>, String) {
    (questions.iter().map(|text| (*text).to_owned()).collect(), answer.to_owned())
}

fn group(id: &str, language: &str, questions: &[&str], answer: &str) -> PlainGroup {
    let questions = questions.iter().map(|text| (*text).to_owned()).collect();
    PlainGroup {
        id: GroupId::new(id).unwrap(),
        enabled: true,
        category: None,
        tags: Vec::new(),
        from: None,
        until: None,
        texts: vec![PlainText { language: language.to_owned(), questions, answer: answer.to_owned() }],
    }
}

/// Two groups with everything that a group can have.
fn rich() -> Vec<PlainGroup> {
    let mut one = group("one", "en", &["How, \"exactly\"?", "=SUM(1)"], "Line one\nLine two; three");
    one.texts.extend(group("one", "zh_CN", &["怎么退货？"], "七天").texts);
    one.enabled = false;
    one.category = Some("Returns".to_owned());
    one.tags = vec!["a".to_owned(), "b c".to_owned()];
    one.from = Timestamp::from_rfc3339("2026-01-01T00:00:00.5Z");
    one.until = Timestamp::from_rfc3339("2027-01-01T00:00:00Z");
    vec![one, group("two", "en", &["Where?"], "'Here")]
}

#[test]
fn a_table_is_read_whatever_separates_its_columns() {
    for delimiter in [";", ",", "\t", "|"] {
        let text = format!(
            "\u{feff}Question{delimiter}Answer\r\n\"Wh;e,r\te|?\"{delimiter}Here\r\n\r\nWhen?{delimiter}Now\r\n"
        );
        let text = text_of(text.as_bytes()).unwrap();
        let plan = import(&[], Format::Csv, text);
        assert_eq!(texts(&plan), [pair(&["Wh;e,r\te|?"], "Here"), pair(&["When?"], "Now")]);
        assert_eq!(told(&plan), ["2 wh-e-r-e Added", "4 when Added"]);
    }
    assert_eq!(read("a;b\n1;2\n", &options(Format::Csv)), Err(ReadError::NoHeader));
}

#[test]
fn rows_with_one_answer_are_one_group() {
    let table = "question,answer,language\nWhere?,Here,en\nIn which place?,Here,en\nWo?,Hier,de\nWhere?,Here,en\nwhere,There,en\n";
    let plan = import(&[], Format::Csv, table);
    assert_eq!(
        told(&plan),
        [
            "2 where Added",
            "3 where Added",
            "4 wo Added",
            "5 where Added",
            "6 where Refused: entry 1 gives the group another answer"
        ]
    );
    assert_eq!(texts(&plan), [pair(&["Where?", "In which place?"], "Here"), pair(&["Wo?"], "Hier")]);
}

#[test]
fn a_row_changes_the_group_that_has_its_question() {
    let existing = [group("shop", "en", &["Where are you?", "Your address?"], "Here")];
    let plan = import(&existing, Format::Csv, "question,answer\nwhere are you,There\nOpen today?,Yes\n");
    assert_eq!(told(&plan), ["2 shop Changed", "3 open-today Added"]);
    assert_eq!(plan.put[1].texts[0].questions, ["Where are you?", "Your address?"]);
    assert_eq!(plan.put[1].texts[0].answer, "There");
    let again = import(&existing, Format::Csv, "question,answer\nwhere are you,Here\n");
    assert_eq!((told(&again), again.put), (vec!["2 shop Same".to_owned()], vec![]));
}

#[test]
fn rows_that_cannot_be_meant_are_refused_with_their_line() {
    let table = "question,answer,enabled,from\n,Here\nWhere?,\nWhen?,Now,maybe\nWho?,We,yes,tomorrow\nHow?,\"So\n\nand so\"\nWhy?\n";
    let plan = import(&[], Format::Csv, table);
    assert_eq!(
        told(&plan),
        [
            "2 - Refused: question must not be empty",
            "3 - Refused: texts[0].answer: must not be empty",
            "4 - Refused: enabled must be true or false",
            "5 - Refused: from is no time such as 2026-12-24T00:00:00Z",
            "6 how Added",
            "9 - Refused: texts[0].answer: must not be empty",
        ]
    );
}

#[test]
fn what_is_no_utf8_is_said_so() {
    let gbk = b"question,answer\n\xcd\xcb\xbb\xf5,\xc6\xdf\xcc\xec\n";
    let error = text_of(gbk).unwrap_err().to_string();
    assert!(error.contains("not UTF-8") && error.contains("GBK") && error.contains("line 2"), "{error}");
    let error = text_of(b"\xff\xfeq\0").unwrap_err().to_string();
    assert!(error.contains("UTF-16"), "{error}");
}

#[test]
fn what_was_exported_comes_back_as_it_was() {
    let groups = rich();
    for (format, text) in [(Format::Json, export_json(&groups)), (Format::Csv, export_csv(&groups))] {
        let plan = import(&[], format, &text);
        assert!(plan.report.iter().all(|it| it.outcome == Outcome::Added), "{format:?} {:#?}", plan.report);
        assert_eq!(plan.put, groups, "{format:?}");
        let again = import(&groups, format, &text);
        assert!(again.report.iter().all(|it| it.outcome == Outcome::Same), "{format:?} {:#?}", again.report);
        assert_eq!(again.put, []);
    }
    assert!(export_csv(&groups).contains("'=SUM(1)"), "a spreadsheet must not calculate it");
}

#[test]
fn a_file_that_names_its_groups_says_all_of_their_questions() {
    let existing = [group("one", "en", &["Old?", "Older?"], "So")];
    let plan = import(&existing, Format::Csv, "id,question,answer\none,Old?,So\none,New?,\n");
    assert_eq!(texts(&plan), [pair(&["Old?", "New?"], "So")]);
}

#[test]
fn groups_that_are_not_in_the_file_go_if_it_replaces_the_base() {
    let existing = [
        group("one", "en", &["One?"], "1"),
        group("two", "en", &["Two?"], "2"),
        group("three", "en", &["Three?"], "3"),
    ];
    let pieces = read("id,question,answer\ntwo,Two?,2\nthree,,3\n", &options(Format::Csv)).unwrap();
    let plan = plan(&existing, pieces, true);
    assert_eq!(plan.removed, [GroupId::new("one").unwrap(), GroupId::new("three").unwrap()]);
    let pieces =
        read("id,question,answer\ntwo,Two?,2\nthree,Three?,3\nthree,Three?,4\n", &options(Format::Csv))
            .unwrap();
    let plan = super::plan(&existing, pieces, true);
    assert_eq!(plan.removed, [GroupId::new("one").unwrap()], "what is refused stays as it is");
}

#[test]
fn json_that_is_another_document_is_refused_and_its_groups_one_by_one() {
    let fault = |text: &str| read(text, &options(Format::Json)).unwrap_err().to_string();
    assert!(fault("[]").contains("`format` and `groups`"));
    assert!(fault(r#"{"format":"x","groups":[]}"#).contains("frontdesk-knowledge-1"));
    let text = r#"{"format":"frontdesk-knowledge-1","groups":[
        {"id":"a","texts":[{"language":"en","questions":["A?"],"answer":"1"}]},
        {"id":"b","texts":[],"colour":"red"},
        {"id":"a","texts":[{"language":"en","questions":["B?"],"answer":"1"}]},
        {"id":"c","texts":[{"language":"en","questions":["a"],"answer":"1"}]}]}"#;
    let told = told(&import(&[], Format::Json, text));
    assert_eq!(told[0], "- a Added");
    assert!(told[1].contains("Refused: unknown field `colour`"), "{}", told[1]);
    assert_eq!(told[2], "- a Refused: the group stands in the file twice");
    assert_eq!(told[3], r#"- c Added: "a" is also a question of the group "a""#);
}

const PAGE: &str = r#"<!doctype html><html><head><title>Help</title><style>p { color: red }</style></head>
<body><nav><a href="/">Home</a></nav>
<h1>Help</h1><p>Ask us anything.</p>
<h2>Delivery</h2>
<h3>How long does it take?</h3>
<p>Three&nbsp;days.<p>Longer <b>abroad</b>:
<ul><li>Europe: five<li>elsewhere: ten</ul>
<script>alert("no")</script>
<h3>Costs</h3><p>Nothing.</p><h4>Note</h4><p>Really.</p>
<h4>Not even abroad?</h4><p>Not even there.</p>
<details><summary>Can I <i>return</i> it?</summary>Yes,<br>within a week.</details>
<dl><dt>Opening hours<dt>When are you there?<dd>Always.<dt>Phone<dd>None.</dl>
<div itemscope itemprop="mainEntity" itemtype="https://schema.org/Question">
 <h3 itemprop="name">Who are you?</h3>
 <div itemprop="acceptedAnswer" itemscope itemtype="https://schema.org/Answer"><div itemprop="text">We.</div></div></div>
<script type="application/ld+json">{"@type":"FAQPage","mainEntity":[{"@type":"Question","name":"Why?",
 "acceptedAnswer":{"@type":"Answer","text":"<p>Because &amp; so.</p>"}}]}</script>
<footer><h2>Imprint</h2><p>Us</p></footer></body></html>"#;

#[test]
fn a_page_gives_its_questions_and_what_stands_below_them() {
    let pieces = read(PAGE, &options(Format::Html)).unwrap();
    let found: Vec<(Option<usize>, Vec<String>, String)> = pieces
        .into_iter()
        .map(|piece| match piece.content.unwrap() {
            Content::Part(part) => (piece.line, part.questions, part.answer),
            Content::Whole(group) => panic!("{group:?}"),
        })
        .collect();
    let expected = |line, questions: &[&str], answer: &str| {
        let (questions, answer) = pair(questions, answer);
        (Some(line), questions, answer)
    };
    assert_eq!(
        found,
        [
            expected(
                5,
                &["How long does it take?"],
                "Three days.\nLonger abroad:\n- Europe: five\n- elsewhere: ten"
            ),
            expected(9, &["Costs"], "Nothing.\nNote\nReally."),
            expected(11, &["Can I return it?"], "Yes,\nwithin a week."),
            expected(12, &["Opening hours", "When are you there?"], "Always."),
            expected(12, &["Phone"], "None."),
            expected(13, &["Who are you?"], "We."),
            expected(16, &["Why?"], "Because & so."),
            expected(10, &["Not even abroad?"], "Not even there."),
        ]
    );
}

#[test]
fn a_page_in_markdown_is_read_alike() {
    let page = "---\ntitle: Help\n---\n# Help\n\n## Delivery\n\n### How *long*?\n\nThree **days**.\n\n- Europe: five\n- else: [ten](https://example.com)\n\nCosts\n-----\n\nNothing.\n\n<details><summary>Returns?</summary>\n\nYes.\n\n</details>\n";
    let plan = import(&[], Format::Markdown, page);
    assert_eq!(told(&plan), ["8 how-long Added", "- returns Added", "15 costs Added"]);
    let mut found = texts(&plan);
    found.sort();
    let expected = [
        pair(&["Costs"], "Nothing."),
        pair(&["How long?"], "Three days.\n- Europe: five\n- else: ten"),
        pair(&["Returns?"], "Yes."),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_page_without_questions_says_so() {
    for page in ["", "<p>Hello", "<h1>Title</h1><p>Text", "<h2>Only a heading</h2>"] {
        let error = read(page, &options(Format::Html)).unwrap_err();
        assert!(error.to_string().contains("looks like a question"), "{error}");
    }
}

#[test]
fn a_page_that_is_nested_absurdly_is_refused() {
    let page = format!("{}<h2>Why?</h2>So", "<div>".repeat(200_000));
    let error = read(&page, &options(Format::Html)).unwrap_err();
    assert!(error.to_string().contains("nested"), "{error}");
}

/// Texts that are made of what the formats care about.
fn rubbish() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<h2>",
        "</h2>",
        "<h3>",
        "<p>",
        "</p>",
        "<details>",
        "<summary>",
        "</details>",
        "<dl>",
        "<dt>",
        "<dd>",
        "<table>",
        "<tr>",
        "<td>",
        "<b>",
        "</b>",
        "<script type=\"application/ld+json\">",
        "</script>",
        "<template>",
        "<svg>",
        "<form>",
        "<select>",
        "<option>",
        "<a href=x>",
        "</a>",
        "<li>",
        "itemprop=\"name\"",
        "<!--",
        "-->",
        "<div itemtype=\"http://schema.org/Question\">",
        "</div>",
        "## ",
        "# ",
        "- ",
        "> ",
        "```\n",
        "---\n",
        "\n",
        "\n\n",
        "question",
        "answer",
        ",",
        ";",
        "\"",
        "\t",
        "'",
        "=",
        "{",
        "}",
        "[",
        "]",
        ":",
        "\"format\"",
        "?",
        "？",
        "&amp;",
        "问题",
        " ",
        "\u{feff}",
        "\0",
        "x",
    ]);
    prop::collection::vec(prop_oneof![4 => pieces.prop_map(str::to_owned), 1 => ".{0,6}"], 0..60)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a file holds, it is read or refused, and what is planned can be meant and comes back from an export.
    #[test]
    fn rubbish_is_read_or_refused(text in rubbish(), header in any::<bool>(), replace in any::<bool>()) {
        let table = if header { format!("question,answer\n{text}") } else { text.clone() };
        for (format, text) in [
            (Format::Csv, &table), (Format::Json, &text), (Format::Html, &text), (Format::Markdown, &text),
        ] {
            let Ok(pieces) = read(text, &options(format)) else { continue };
            let plan = plan(&rich(), pieces, replace);
            for group in &plan.put {
                prop_assert_eq!(group.clone().checked(), Ok(group.clone()));
            }
            for (format, text) in [(Format::Json, export_json(&plan.put)), (Format::Csv, export_csv(&plan.put))] {
                let again = super::plan(&[], read(&text, &options(format)).unwrap(), false);
                prop_assert_eq!(&again.put, &plan.put, "{:?}", format);
            }
        }
    }

    /// Bytes that are no text are told.
    #[test]
    fn bytes_are_text_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(text) = text_of(&bytes) {
            for format in [Format::Csv, Format::Json, Format::Html, Format::Markdown] {
                let _ = read(text, &options(format));
            }
        }
    }
}

//! The robot through its public interface.

use frontdesk_core::robot::{Dictionary, Question, QuestionGroup, Reply, RobotIndex, Segmenter, Validity};
use proptest::prelude::*;

struct Unreachable;

impl Segmenter for Unreachable {
    fn words<'a>(&self, text: &'a str) -> Vec<&'a str> {
        unreachable!("the dictionary was asked about {text}")
    }
}

fn group(id: &str, locale: &str, questions: &[&str], dictionary: &dyn Segmenter) -> QuestionGroup {
    let answer = format!("answer {id}");
    let questions = questions.iter().map(|text| Question::new(*text, dictionary)).collect();
    QuestionGroup {
        id: id.to_owned(),
        locale: locale.to_owned(),
        answer,
        questions,
        valid: Validity::default(),
    }
}

fn shop() -> Vec<QuestionGroup> {
    let dictionary = Dictionary::new();
    vec![
        group("return", "en", &["How do I return an item?", "I want to send something back"], &dictionary),
        group("deadline", "en", &["How long do I have to return an item?"], &dictionary),
        group("fee", "en", &["What does it cost to return an item?"], &dictionary),
        group(
            "pay",
            "en",
            &["Can I pay by credit card?", "Which payment methods do you accept?"],
            &dictionary,
        ),
        group("return", "zh_CN", &["怎么退货？", "我想把东西退回去"], &dictionary),
        group("pay", "zh_CN", &["可以用信用卡支付吗？"], &dictionary),
        group("app", "zh_CN", &["App在哪里下载？"], &dictionary),
    ]
}

fn clear(reply: &Reply) -> Option<(&str, &str)> {
    match reply {
        Reply::Clear { group, locale, .. } => Some((group, locale)),
        Reply::Near { .. } | Reply::Miss => None,
    }
}

#[test]
fn a_question_of_the_knowledge_base_is_a_clear_hit() {
    let (shop, dictionary) = (shop(), Dictionary::new());
    let index = RobotIndex::build(&shop);
    for group in &shop {
        for question in &group.questions {
            let reply = index.ask(&question.text, &dictionary);
            let Reply::Clear { group: id, locale, answer, question: canonical, score } = reply else {
                panic!("{}: {reply:?}", question.text)
            };
            assert_eq!((&id, &locale, &answer), (&group.id, &group.locale, &group.answer));
            assert_eq!(canonical, group.questions[0].text);
            assert!((0.999..=1.0).contains(&score));
        }
    }
}

#[test]
fn case_width_spaces_and_typing_errors_do_not_matter() {
    let (index, dictionary) = (RobotIndex::build(&shop()), Dictionary::new());
    for text in ["HOW DO I RETURN AN ITEM", "ｈｏｗ do i return an item？", "i want to sned somthing back"]
    {
        assert_eq!(clear(&index.ask(text, &dictionary)), Some(("return", "en")), "{text}");
    }
    for text in ["怎 么 退 货", "怎么退货", "　怎么退货！！ 🎉"] {
        assert_eq!(clear(&index.ask(text, &dictionary)), Some(("return", "zh_CN")), "{text}");
    }
    assert_eq!(clear(&index.ask("ａｐｐ 哪里下载 please", &dictionary)), Some(("app", "zh_CN")));
}

#[test]
fn similar_groups_are_shown_for_an_unclear_question() {
    let ways = ["App", "card", "invoice", "post", "transfer", "wallet"];
    let mut groups: Vec<_> =
        ways.map(|way| group(way, "en", &[&format!("How do I pay by {way}?")], &Unreachable)).into();
    groups.push(group("pay", "de", &["pay by App"], &Unreachable));
    let index = RobotIndex::build(&groups);
    let Reply::Near { similar, .. } = index.ask("how can I pay", &Unreachable) else { panic!("not near") };
    let expected =
        ["App", "card", "invoice", "post", "transfer"].map(|way| format!("How do I pay by {way}?"));
    assert_eq!(similar, expected);
    assert_eq!(clear(&index.ask(&similar[4], &Unreachable)), Some(("transfer", "en")));
}

#[test]
fn what_is_not_known_is_a_miss() {
    let (index, dictionary) = (RobotIndex::build(&shop()), Dictionary::new());
    for text in ["", "  ", "?!", "🎉👍🏽", "the weather in Lisbon", "今天天气怎么样"] {
        assert_eq!(index.ask(text, &dictionary), Reply::Miss, "{text:?}");
    }
    assert_eq!(RobotIndex::default().ask("How do I return an item?", &dictionary), Reply::Miss);
}

#[test]
fn only_chinese_questions_load_the_dictionary() {
    let (shop, dictionary) = (shop(), Dictionary::new());
    let index = RobotIndex::build(&shop);
    assert_eq!(clear(&index.ask("How do I return an item?", &dictionary)), Some(("return", "en")));
    assert_eq!(index.suggest("退", "zh"), ["怎么退货？"]);
    assert!(!dictionary.loaded());
    assert_eq!(clear(&index.ask("怎么退货", &dictionary)), Some(("return", "zh_CN")));
    assert!(dictionary.loaded());
}

#[test]
fn thousands_of_groups_are_built_from_stored_terms() {
    let numbered = |number: usize| {
        let question = format!("question number{number}");
        group(&number.to_string(), "en", &[question.as_str()], &Unreachable)
    };
    let groups: Vec<_> = (0..5_000).map(numbered).collect();
    let index = RobotIndex::build(&groups);
    assert_eq!(index.len(), 5_000);
    assert_eq!(clear(&index.ask("number4711 question", &Unreachable)), Some(("4711", "en")));
}

#[test]
fn a_group_that_comes_twice_counts_once_and_an_empty_one_not_at_all() {
    let once = group("one", "en", &["What?"], &Unreachable);
    let empty = group("two", "en", &[], &Unreachable);
    assert_eq!(RobotIndex::build([&once, &once, &empty]).len(), 1);
}

#[test]
fn groups_are_stored_as_json() {
    let stored = serde_json::json!({
        "id": "pay", "locale": "en", "answer": "By card.",
        "questions": [{ "text": "How can I pay?", "terms": ["how", "pay"] }],
    });
    let group: QuestionGroup = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(group.questions, [Question::new("How can I pay?", &Unreachable)]);
    assert_eq!(serde_json::to_value(&group).unwrap(), stored);
}

/// What customers type and what they paste.
fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ a-zA-Zé'’-]{0,60}",
        "[退货款信用卡怎么 　的App?？!🎉👍\u{200d}ａ１\u{301}]{0,60}",
        prop::collection::vec(any::<char>(), 1_000).prop_map(String::from_iter),
        "[how return item pay 退货信用卡]{1000}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_gets_the_same_sensible_reply_each_time(text in typed()) {
        static DICTIONARY: Dictionary = Dictionary::new();
        let groups = shop();
        let index = RobotIndex::build(&groups);
        let reply = index.ask(&text, &DICTIONARY);
        prop_assert_eq!(&reply, &RobotIndex::build(&groups).ask(&text, &DICTIONARY));
        if let Reply::Near { similar, .. } = &reply {
            prop_assert!((1..=5).contains(&similar.len()));
        }
        let candidates = index.candidates(&text, &DICTIONARY, 100);
        prop_assert!(candidates.iter().all(|candidate| candidate.score > 0.0 && candidate.score <= 1.0));
        prop_assert!(candidates.is_sorted_by(|better, worse| better.score >= worse.score));
        for locale in ["en", "zh", &text] {
            prop_assert!(index.suggest(&text, locale).len() <= 5);
        }
    }

    #[test]
    fn any_text_can_be_a_question(text in typed()) {
        static DICTIONARY: Dictionary = Dictionary::new();
        let groups = [group("any", "en", &[text.as_str()], &DICTIONARY)];
        let index = RobotIndex::build(&groups);
        let reply = index.ask(&text, &DICTIONARY);
        let searchable = !groups[0].questions[0].terms.is_empty();
        prop_assert!(!searchable || clear(&reply) == Some(("any", "en")), "{reply:?}");
    }
}

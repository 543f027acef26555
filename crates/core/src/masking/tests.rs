//! What is found, what is not, and that it is gone.

use proptest::prelude::*;

use super::*;
use crate::message::{Author, MediaType, Message};

fn masker(rules: &[MaskRule]) -> Masker {
    Masker::new(&Masking { rules: rules.to_vec(), ..Masking::default() })
}

fn own(pattern: &str) -> MaskingPattern {
    MaskingPattern { name: "own".to_owned(), pattern: pattern.to_owned() }
}

#[track_caller]
fn finds(rule: MaskRule, text: &str, expected: &str) {
    assert_eq!(masker(&[rule]).text(text).as_deref(), Some(expected), "in {text:?}");
}

#[track_caller]
fn leaves(rule: MaskRule, text: &str) {
    assert_eq!(masker(&[rule]).text(text), None, "of {text:?}");
}

#[test]
fn cards_keep_their_last_four_digits() {
    let rule = MaskRule::PaymentCard;
    finds(rule, "my card is 4111 1111 1111 1111, thanks", "my card is **** **** **** 1111, thanks");
    finds(rule, "4111111111111111", "************1111");
    finds(rule, "3782-822463-10005", "****-******-*0005");
    finds(rule, "card4111111111111111exp12/29", "card************1111exp12/29");
    finds(rule, "order 12 4111.1111.1111.1111 12/29", "order 12 ****.****.****.1111 12/29");
    finds(rule, "４１１１ １１１１ １１１１ １１１１", "**** **** **** １１１１");
    finds(rule, "٤١١١١١١١١١١١١١١١", "************١١١١");
    finds(rule, "41\u{200b}11111111111111", "**\u{200b}**********1111");
    finds(rule, "6 2 0 0 0 0 0 0 0 0 0 0 0 0 0 5", "* * * * * * * * * * * * 0 0 0 5");
    finds(rule, "5555555555554444 and 2223003122003222", "************4444 and ************3222");
    for text in
        ["4111 1111 1111 1112", "1619590480756", "order 411111111111111", "0000000000000000", "", "no digits"]
    {
        leaves(rule, text);
    }
}

#[test]
fn account_numbers_are_known_by_their_check_digits() {
    let rule = MaskRule::Iban;
    finds(rule, "to DE89 3704 0044 0532 0130 00, please", "to **** **** **** **** **** **, please");
    finds(rule, "gb29NWBK60161331926819", "**********************");
    finds(rule, "NO9386011117947.", "***************.");
    finds(rule, "DE89 3704 0044 0532 0130 00 is mine", "**** **** **** **** **** ** is mine");
    for text in ["DE88 3704 0044 0532 0130 00", "XDE89370400440532013000", "DE89", "AB12 CD"] {
        leaves(rule, text);
    }
}

#[test]
fn addresses_are_masked_and_keep_their_shape() {
    let rule = MaskRule::Email;
    finds(rule, "write to ann.lee+shop@mail.example.com!", "write to ***.***+****@****.*******.***!");
    finds(rule, "<bob@example.org>", "<***@*******.***>");
    finds(rule, "王@例子.公司.", "*@**.**.");
    for text in ["@ann", "ann@", "5 @ 3.50", "ann@localhost", "a@.b"] {
        leaves(rule, text);
    }
}

#[test]
fn telephones_are_known_by_how_they_are_written() {
    let rule = MaskRule::Phone;
    finds(rule, "call +49 (0)30 1234567 now", "call +** (*)** ******* now");
    finds(rule, "0049 30 1234567", "**** ** *******");
    finds(rule, "0171 1234567", "**** *******");
    finds(rule, "01 23 45 67 89", "** ** ** ** **");
    finds(rule, "(555) 234-5678", "(***) ***-****");
    finds(rule, "1-555-234-5678", "*-***-***-****");
    finds(rule, "13800138000", "***********");
    finds(rule, "+8613800138000", "+*************");
    for text in
        ["order 12345678", "2024-01-02 10:30", "01.02.2024 10:30", "12.50", "1619590480756", "100 000 000"]
    {
        leaves(rule, text);
    }
}

#[test]
fn numbers_of_people_are_masked() {
    finds(MaskRule::UsSsn, "ssn 123-45-6789", "ssn ***-**-****");
    for text in ["000-45-6789", "123456789", "666-45-6789", "123-00-6789"] {
        leaves(MaskRule::UsSsn, text);
    }
    finds(MaskRule::CnResidentId, "11010519491231002X", "******************");
    finds(MaskRule::CnResidentId, "id:11010519491231002x.", "id:******************.");
    finds(MaskRule::CnResidentId, "440524198001010013", "******************");
    for text in ["110105194912310021", "11010519491331002X"] {
        leaves(MaskRule::CnResidentId, text);
    }
}

#[test]
fn patterns_mask_what_they_match_or_their_groups() {
    let with = |pattern: &str| {
        let masking = Masking { patterns: vec![own(pattern)], ..Masking::default() };
        Masker::new(&masking)
    };
    assert_eq!(with("K-[0-9]{4} [a-z]+").text("é K-1234 abc!").as_deref(), Some("é ****** ***!"));
    let pin = with(r"(?i)pin:?\s*(\d{4})");
    assert_eq!(pin.text("PIN: 1234, pin 5678").as_deref(), Some("PIN: ****, pin ****"));
    assert_eq!(pin.text("nothing"), None);
    assert_eq!(Masker::check(&own("")), Err(PatternError::MatchesNothing));
    assert_eq!(Masker::check(&own("a*")), Err(PatternError::MatchesNothing));
    assert_eq!(Masker::check(&own(&"a".repeat(513))), Err(PatternError::TooLong));
    assert_eq!(Masker::check(&own(r"(\w{200}){200}")), Err(PatternError::TooLarge));
    let Err(PatternError::Invalid(why)) = Masker::check(&own("(")) else { panic!("no pattern") };
    assert!(!why.is_empty() && !why.contains('\n'), "{why}");
    assert_eq!(with("(").text("(((("), None, "what cannot be had finds nothing");
}

#[test]
fn what_names_files_and_places_stays() {
    let masker = masker(&[MaskRule::PaymentCard, MaskRule::Phone]);
    let content = |media, content| masker.content(media, content);
    let card = content(MediaType::WebCard, r#"{"title":"4111111111111111","n":[4111111111111111,1]}"#);
    assert_eq!(card.as_deref(), Some(r#"{"n":["************1111",1],"title":"************1111"}"#));
    assert_eq!(content(MediaType::WebCard, r#"{"title": "hello"}"#), None);
    let place = content(MediaType::Locate, "01.23456789/02.3456789/call 0171 1234567");
    assert_eq!(place.as_deref(), Some("01.23456789/02.3456789/call **** *******"));
    let file = content(MediaType::File, "4111111111111111.txt,6,4111111111111111,txt");
    assert_eq!(file.as_deref(), Some("************1111.txt,6,4111111111111111,txt"));
    assert_eq!(content(MediaType::Image, "4111111111111111"), None);
    let message = masker.message(Message::text(Author::Customer, "4111111111111111"));
    assert!(message.extras.masked && message.content == "************1111");
    assert!(!masker.message(Message::text(Author::Customer, "hello")).extras.masked);
}

#[test]
fn how_somebody_is_reached_stays_where_it_is_asked_for() {
    let masker = masker(&[MaskRule::Phone, MaskRule::Email, MaskRule::PaymentCard]);
    assert_eq!(masker.contact("0171 1234567 or ann@example.org"), None);
    assert_eq!(masker.contact("4111111111111111").as_deref(), Some("************1111"));
}

#[test]
fn rules_are_configured_by_their_names() {
    for rule in MaskRule::ALL {
        assert_eq!(serde_json::to_value(rule).unwrap(), rule.name());
    }
}

/// A card number of a common scheme with the right check digit.
fn card() -> impl Strategy<Value = String> {
    (prop_oneof![Just("4"), Just("51"), Just("6011"), Just("3530")], "[0-9]{15}").prop_map(
        |(scheme, rest)| {
            let mut digits: String = scheme.chars().chain(rest.chars()).take(15).collect();
            let sum: u32 = digits
                .chars()
                .rev()
                .enumerate()
                .map(|(place, digit)| {
                    let weighed = digit.to_digit(10).unwrap() * if place % 2 == 0 { 2 } else { 1 };
                    weighed / 10 + weighed % 10
                })
                .sum();
            digits.push(char::from_digit((10 - sum % 10) % 10, 10).unwrap());
            digits
        },
    )
}

/// The digits of a text, whatever stands between them.
fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

proptest! {
    #[test]
    fn a_card_is_found_however_it_is_written(
        card in card(), before in "[a-z ]{0,12}[a-z]", after in "[a-z][a-z ]{0,12}",
        every in 1_usize..6, separator in "[ .\\-/]{0,2}",
    ) {
        let groups: Vec<String> =
            card.chars().collect::<Vec<_>>().chunks(every).map(|group| group.iter().collect()).collect();
        let text = format!("{before}{}{after}", groups.join(&separator));
        let masked = masker(&[MaskRule::PaymentCard]).text(&text).expect("something is masked");
        prop_assert!(digits(&masked).len() <= 4, "{masked}");
        prop_assert!(card.ends_with(&digits(&masked)), "{masked}");
        prop_assert!(masked.starts_with(&before) && masked.ends_with(&after));
    }

    #[test]
    fn a_text_keeps_its_length_and_everything_but_letters_and_digits(text in "\\PC{0,60}|[0-9 @.+a-zA-Z()-]{0,80}") {
        let masker = masker(&MaskRule::ALL);
        let masked = masker.text(&text).unwrap_or_else(|| text.clone());
        prop_assert_eq!(masked.chars().count(), text.chars().count());
        prop_assert!(masked.len() <= text.len());
        for (was, is) in text.chars().zip(masked.chars()) {
            prop_assert!(was == is || (is == '*' && was.is_alphanumeric()));
        }
        prop_assert_eq!(masker.text(&text), masker.text(&text));
    }

    #[test]
    fn who_wants_nothing_masked_has_nothing_masked(text in "[0-9 @.a-z]{0,60}") {
        prop_assert_eq!(Masker::default().text(&text), None);
    }
}

//! Cutting texts into what an index holds.
//!
//! Words of alphabets are one token each. Scripts without spaces between words are cut into pairs of characters that
//! overlap, and long numbers into fours, so that any part of them is found as a run of neighbouring tokens. The last
//! character of a run without spaces is a token by itself as well: whatever character is looked for begins a token.

use crate::robot::fold::{fold, is_cjk};

/// Longest token of letters, in characters. What is longer is cut, in texts and in questions alike.
const MAX_WORD: usize = 40;
/// Most tokens of one text.
const MAX_TOKENS: usize = 10_000;
/// How many digits a piece of a long number has.
const DIGITS: usize = 4;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What the index holds of it.
    pub text: String,
    /// Where it begins in the text, in characters (Unicode scalar values).
    pub start: usize,
    /// Where it ends, likewise.
    pub end: usize,
}

/// What a character is to the tokenizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Of a script without spaces between words.
    Unspaced,
    Letter,
    Digit,
    /// Stands for itself, such as an emoji.
    Sign,
    /// Nothing that is looked for.
    Gap,
}

/// A character without the differences that nobody means, and where it stood.
#[derive(Clone, Copy, Debug)]
struct Plain {
    character: char,
    class: Class,
    start: usize,
    end: usize,
}

fn is_unspaced(character: char) -> bool {
    // Thai and Lao, Myanmar, Khmer.
    is_cjk(character)
        || matches!(character, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

fn is_sign(character: char) -> bool {
    matches!(character, '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1faff}')
}

fn class_of(character: char) -> Class {
    if character.is_ascii_alphabetic() {
        Class::Letter
    } else if character.is_ascii() {
        if character.is_ascii_digit() { Class::Digit } else { Class::Gap }
    } else if is_unspaced(character) {
        Class::Unspaced
    } else if character.is_numeric() {
        Class::Digit
    } else if character.is_alphabetic() {
        Class::Letter
    } else if is_sign(character) {
        Class::Sign
    } else {
        Class::Gap
    }
}

/// Whether a character belongs to the one before it: accents, marks of kana, parts of Hangul syllables.
const fn continues(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}' | '\u{ff9e}' | '\u{ff9f}' | '\u{1160}'..='\u{11ff}')
}

fn plain(text: &str) -> Vec<Plain> {
    let mut plain = Vec::with_capacity(text.len());
    let mut characters = text.chars().enumerate().peekable();
    let mut segment = String::new();
    while let Some((start, character)) = characters.next() {
        let mut end = start + 1;
        let continued = |next: Option<&(usize, char)>| next.is_some_and(|(_, next)| continues(*next));
        if !continued(characters.peek()) {
            let simple = if character.is_ascii() {
                Some(character.to_ascii_lowercase())
            } else {
                ('\u{4e00}'..='\u{9fff}').contains(&character).then_some(character)
            };
            if let Some(character) = simple {
                plain.push(Plain { character, class: class_of(character), start, end });
                continue;
            }
        }
        segment.clear();
        segment.push(character);
        while continued(characters.peek()) {
            if let Some((place, next)) = characters.next() {
                segment.push(next);
                end = place + 1;
            }
        }
        let folded = fold(&segment);
        plain.extend(folded.chars().map(|character| Plain {
            character,
            class: class_of(character),
            start,
            end,
        }));
    }
    plain
}

/// Stretches of one class each, without the gaps.
fn runs(plain: &[Plain]) -> impl Iterator<Item = &[Plain]> {
    plain
        .chunk_by(|one, next| one.class == next.class && one.class != Class::Sign)
        .filter(|run| run.first().is_some_and(|first| first.class != Class::Gap))
}

fn token(piece: &[Plain]) -> Token {
    Token {
        text: piece.iter().map(|plain| plain.character).collect(),
        start: piece.first().map_or(0, |first| first.start),
        end: piece.last().map_or(0, |last| last.end),
    }
}

fn cut(run: &[Plain], into: &mut Vec<Token>) {
    match run.first().map(|first| first.class) {
        Some(Class::Unspaced) => {
            into.extend(run.windows(2).map(token));
            into.extend(run.chunks(1).next_back().map(token));
        }
        Some(Class::Digit) if run.len() >= DIGITS => into.extend(run.windows(DIGITS).map(token)),
        Some(Class::Letter) => {
            let end = run.last().map_or(0, |last| last.end);
            into.push(Token { end, ..token(&run[..run.len().min(MAX_WORD)]) });
        }
        _ => into.push(token(run)),
    }
}

/// A text in the order of its pieces.
pub fn tokens(text: &str) -> Vec<Token> {
    let plain = plain(text);
    let mut tokens = Vec::with_capacity(plain.len());
    for run in runs(&plain) {
        cut(run, &mut tokens);
        if tokens.len() >= MAX_TOKENS {
            tokens.truncate(MAX_TOKENS);
            break;
        }
    }
    tokens
}

/// Tokens to be found next to each other, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// The tokens; at least one.
    pub terms: Vec<String>,
    /// The last one needs only be the beginning of a token.
    pub is_prefix: bool,
    /// What begins a token is one character of a script without spaces, and no more than that was looked for.
    is_character: bool,
}

impl Phrase {
    /// What to look for to find a text, or with `begins` a text that goes on as it likes within its last word; `None` if
    /// there is nothing in it to look for.
    pub fn new(text: &str, begins: bool) -> Option<Self> {
        let plain = plain(text);
        let mut tokens = Vec::new();
        let mut last: &[Plain] = &[];
        for run in runs(&plain) {
            cut(run, &mut tokens);
            last = run;
        }
        tokens.truncate(MAX_TOKENS);
        let class = last.first()?.class;
        // The text may go on behind what is looked for: then its last character is in a pair.
        if class == Class::Unspaced && last.len() > 1 {
            tokens.pop();
        }
        let is_character = class == Class::Unspaced && last.len() == 1;
        let is_prefix = is_character || (begins && matches!(class, Class::Letter | Class::Digit));
        let terms: Vec<String> = tokens.into_iter().map(|token| token.text).collect();
        (!terms.is_empty()).then_some(Self { terms, is_prefix, is_character })
    }

    /// Where it stands in a text, from which character to before which.
    pub fn found_in(&self, tokens: &[Token]) -> Vec<(usize, usize)> {
        let last = self.terms.len() - 1;
        let stands = |window: &[Token]| {
            window.iter().zip(&self.terms).enumerate().all(|(place, (token, term))| {
                if place == last && self.is_prefix {
                    token.text.starts_with(term.as_str())
                } else {
                    token.text == *term
                }
            })
        };
        let windows = tokens.windows(self.terms.len()).filter(|window| stands(window));
        windows
            .filter_map(|window| {
                let (first, last) = (window.first()?, window.last()?);
                let end = if self.is_character { last.start + 1 } else { last.end };
                Some((first.start, end))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    fn finds(question: &str, text: &str) -> bool {
        Phrase::new(question, false).is_some_and(|phrase| !phrase.found_in(&tokens(text)).is_empty())
    }

    #[test]
    fn chinese_is_cut_into_pairs() {
        assert_eq!(cut("我要退货"), ["我要", "要退", "退货", "货"]);
        assert_eq!(cut("退"), ["退"]);
        assert_eq!(cut("退，货"), ["退", "货"]);
        assert!(finds("退货", "我要退货。") && finds("要退货", "我要退货了") && finds("货", "我要退货了"));
        assert!(!finds("货退", "我要退货") && !finds("退货", "退，货"));
    }

    #[test]
    fn words_are_folded_and_stay_whole() {
        assert_eq!(cut("Où est le CAFÉ?"), ["ou", "est", "le", "cafe"]);
        assert_eq!(cut("Ｆｕｌｌ width, e\u{301}te\u{301}"), ["full", "width", "ete"]);
        assert!(finds("cafe", "Café!") && !finds("caf", "Café!"));
        let begins = Phrase::new("deliv", true).unwrap();
        assert!(begins.is_prefix && begins.found_in(&tokens("Free delivery")) == [(5, 13)]);
    }

    #[test]
    fn scripts_and_numbers_in_one_text_are_kept_apart() {
        assert_eq!(cut("订单A-10023已发货"), ["订单", "单", "a", "1002", "0023", "已发", "发货", "货"]);
        for part in ["A-10023", "a10023", "10023", "0023", "订单A-10023", "A-10023已发货", "23已发", "单A"]
        {
            assert_eq!(finds(part, "订单A-10023已发货"), part != "23已发", "{part}");
        }
        assert!(finds("13800138000", "call 138-0013-8000 or 13800138000"));
        assert!(finds("0138", "13800138000") && !finds("138", "13800138000"));
        assert!(finds("42", "room 42") && !finds("42", "room 421"));
    }

    #[test]
    fn addresses_are_found_by_their_parts() {
        let text = "see https://shop.example/orders/A-10023?from=mail";
        for part in
            ["shop.example", "orders/A-10023", "https://shop.example/orders/A-10023?from=mail", "mail"]
        {
            assert!(finds(part, text), "{part}");
        }
    }

    #[test]
    fn emoji_stand_for_themselves() {
        assert_eq!(cut("ok👍🏽!! 🎉🎉"), ["ok", "👍", "🎉", "🎉"]);
        assert!(finds("👍", "ok👍🏽") && finds("ok 👍", "OK👍"));
        assert_eq!(Phrase::new("?! …", false), None);
    }

    #[test]
    fn other_scripts_without_spaces_too() {
        assert!(
            finds("ガイド", "返品ガイドブック")
                && finds("반품", "반품하고 싶어요")
                && finds("คืน", "ขอคืนสินค้า")
        );
        assert!(finds("ガイド", "ｶﾞｲﾄﾞ"), "half width is no difference that anybody means");
    }

    #[test]
    fn places_are_those_of_the_text_and_not_of_what_became_of_it() {
        let text = "Straße e\u{301}te\u{301} 退货";
        let found = |question: &str| Phrase::new(question, false).unwrap().found_in(&tokens(text));
        assert_eq!(
            (found("strasse"), found("été"), found("退货")),
            (vec![(0, 6)], vec![(7, 12)], vec![(13, 15)])
        );
        assert_eq!((found("货"), found("退")), (vec![(14, 15)], vec![(13, 14)]));
    }

    #[test]
    fn long_words_are_cut_alike_on_both_sides() {
        let long = "x".repeat(100);
        assert!(finds(&long, &format!("see {long}.")));
    }

    proptest! {
        #[test]
        fn no_part_of_a_text_without_spaces_is_lost(
            before in "[a-c0-9，。 一丁七万]{0,12}",
            part in "[一丁七万丈三上下]{2,8}",
            after in "[a-c0-9，。 一丁七万]{0,12}",
        ) {
            let text = format!("{before}{part}{after}");
            let tokens = tokens(&text);
            let found = Phrase::new(&part, false).unwrap().found_in(&tokens);
            let start = before.chars().count();
            prop_assert!(found.contains(&(start, start + part.chars().count())), "{text} {found:?}");
        }

        #[test]
        fn no_part_of_a_long_number_is_lost(before in "[0-9]{0,6}", part in "[0-9]{4,8}", after in "[0-9]{0,6}") {
            let text = format!("no. {before}{part}{after}!");
            prop_assert!(finds(&part, &text));
        }

        #[test]
        fn every_text_finds_itself(text in any::<String>()) {
            if let Some(phrase) = Phrase::new(&text, false) {
                prop_assert!(!phrase.found_in(&tokens(&text)).is_empty());
            }
        }

        #[test]
        fn tokens_lie_within_their_text_in_order(text in any::<String>()) {
            let characters = text.chars().count();
            let tokens = tokens(&text);
            for token in &tokens {
                prop_assert!(token.start < token.end && token.end <= characters);
                prop_assert!(!token.text.is_empty() && !token.text.contains([' ', '_', '"']));
            }
            for pair in tokens.windows(2) {
                prop_assert!(pair[0].start <= pair[1].start);
            }
        }
    }
}

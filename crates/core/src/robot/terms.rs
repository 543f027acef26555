use super::dictionary::Segmenter;
use super::fold::{fold, is_cjk, is_han};

/// What a term is made of, which says how much it tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word, of any script.
    Word,
    /// A word that frames many questions, such as "how" and "can I": it tells two questions apart, but not
    /// two topics.
    Frame,
    /// Two neighbouring characters of a script without spaces that are no word of the dictionary.
    Bigram,
    /// A single Han character.
    Character,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) text: String,
    pub(super) kind: Kind,
}

/// Words of English that say nothing about what is asked. The words of questions (how, where, when) are not
/// among them: "how long" and "how much" ask for different things.
const FUNCTION_WORDS: &[&str] = &[
    "a",
    "about",
    "all",
    "already",
    "also",
    "am",
    "an",
    "and",
    "any",
    "anymore",
    "are",
    "as",
    "at",
    "be",
    "been",
    "but",
    "by",
    "can",
    "could",
    "did",
    "do",
    "does",
    "else",
    "for",
    "from",
    "gonna",
    "got",
    "guys",
    "had",
    "has",
    "have",
    "hello",
    "hey",
    "hi",
    "i",
    "id",
    "if",
    "ill",
    "im",
    "in",
    "into",
    "is",
    "it",
    "its",
    "ive",
    "just",
    "kind",
    "know",
    "like",
    "may",
    "me",
    "might",
    "mine",
    "my",
    "now",
    "of",
    "ok",
    "okay",
    "on",
    "or",
    "our",
    "please",
    "pls",
    "plz",
    "really",
    "s",
    "shall",
    "should",
    "so",
    "some",
    "still",
    "thank",
    "thanks",
    "that",
    "the",
    "there",
    "these",
    "they",
    "this",
    "those",
    "thx",
    "to",
    "too",
    "u",
    "ur",
    "us",
    "very",
    "wanna",
    "want",
    "was",
    "we",
    "were",
    "will",
    "wish",
    "with",
    "wonder",
    "wondering",
    "would",
    "yet",
    "you",
    "your",
];

/// The short forms of "not", as they look without their apostrophe.
const NEGATIONS: &[&str] = &[
    "arent", "cannot", "cant", "couldnt", "didnt", "doesnt", "dont", "hadnt", "hasnt", "havent", "isnt",
    "wasnt", "wont", "wouldnt",
];

/// Words that frame a question, as they look without their endings.
const FRAMES: &[&str] = &[
    "get",
    "giv",
    "how",
    "need",
    "not",
    "tell",
    "think",
    "what",
    "when",
    "wher",
    "which",
    "who",
    "whi",
    "为什么",
    "什么",
    "他们",
    "你们",
    "可以",
    "怎么",
    "怎么办",
    "怎么样",
    "我们",
    "没有",
    "现在",
    "知道",
    "能不能",
    "这个",
    "那个",
];

/// Characters of Chinese that only carry grammar or tone: no bigram spans them and none is a term.
const PARTICLES: &str = "的了吗呢吧啊呀嘛哦哈么着过啦哪把被就也都还很";

/// Characters that are part of words, but say nothing alone.
const WEAK_CHARACTERS: &str = "我你您他她它们是在有这那个和与要会能可以想请给到上下里一不没什怎为啥咋";

/// The search terms of a question or of any other text: folded Latin words without their endings; for text in
/// Han characters the words of the dictionary, pairs of neighbouring characters, and single characters that
/// mean something alone.
///
/// The `segmenter` is asked only if the text has Han characters. A term appears as often as it stands in the
/// text. Empty if there is nothing to search by, as in a text of punctuation.
pub fn terms_of_question(text: &str, segmenter: &dyn Segmenter) -> Vec<String> {
    cut(text, segmenter).into_iter().map(|term| term.text).collect()
}

/// What kind of term a stored one is; a bigram counts as a word, since the difference is not stored.
pub(super) fn kind_of_stored(term: &str) -> Kind {
    let mut characters = term.chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) if is_han(character) => Kind::Character,
        _ => kind_of_word(term),
    }
}

fn kind_of_word(term: &str) -> Kind {
    if FRAMES.contains(&term) { Kind::Frame } else { Kind::Word }
}

pub(super) fn cut(text: &str, segmenter: &dyn Segmenter) -> Vec<Term> {
    let folded = fold(text);
    let mut terms = Vec::new();
    let mut cjk = String::new();
    let mut word = String::new();
    for character in folded.chars() {
        if is_cjk(character) {
            push_words(&mut word, &mut terms);
            cjk.push(character);
        } else if character.is_whitespace() && !cjk.is_empty() {
            // Spaces between Han characters mean nothing ("怎 么 退 货"), so the run goes on.
            push_words(&mut word, &mut terms);
        } else {
            push_cjk(&mut cjk, segmenter, &mut terms);
            if character.is_alphanumeric() || (matches!(character, '\'' | '-') && !word.is_empty()) {
                word.push(character);
            } else {
                push_words(&mut word, &mut terms);
            }
        }
    }
    push_words(&mut word, &mut terms);
    push_cjk(&mut cjk, segmenter, &mut terms);
    terms
}

/// Empties `run`, which may hold apostrophes and hyphens. A hyphenated word gives itself in one piece and its
/// parts, so that "pre-order", "preorder" and "pre order" find one another.
fn push_words(run: &mut String, terms: &mut Vec<Term>) {
    let whole = std::mem::take(run);
    let parts: Vec<&str> = whole.split('-').filter(|part| !part.is_empty()).collect();
    if parts.len() > 1 {
        push_word(&parts.concat(), terms);
    }
    for part in parts {
        push_word(part, terms);
    }
}

fn push_word(word: &str, terms: &mut Vec<Term>) {
    let plain: String = word.strip_suffix("'s").unwrap_or(word).replace('\'', "");
    if plain.is_empty() || FUNCTION_WORDS.binary_search(&plain.as_str()).is_ok() {
        return;
    }
    let text = if NEGATIONS.binary_search(&plain.as_str()).is_ok() { "not".to_owned() } else { stem(&plain) };
    terms.push(Term { kind: kind_of_word(&text), text });
}

/// The word without the commonest endings of English, so that "returns", "returned" and "returning" are one
/// term.
fn stem(word: &str) -> String {
    if word.len() < 4 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let mut stem = word;
    if let Some(head) = stem.strip_suffix("ies") {
        return format!("{head}i");
    }
    if stem.ends_with('s') && !(stem.ends_with("ss") || stem.ends_with("us") || stem.ends_with("is")) {
        stem = &stem[..stem.len() - 1];
    }
    let verb = stem.strip_suffix("ing").or_else(|| stem.strip_suffix("ed"));
    if let Some(head) = verb.filter(|head| head.len() >= 3 && head.contains(['a', 'e', 'i', 'o', 'u', 'y'])) {
        stem = head;
        let bytes = stem.as_bytes();
        let last = bytes[bytes.len() - 1];
        if last == bytes[bytes.len() - 2] && !b"aeioulsz".contains(&last) {
            stem = &stem[..stem.len() - 1];
        }
    }
    if let Some(head) = stem.strip_suffix('y').filter(|head| head.len() >= 3) {
        return format!("{head}i");
    }
    stem.strip_suffix('e').filter(|head| head.len() >= 3).unwrap_or(stem).to_owned()
}

/// Empties `run`, a run of characters of scripts without spaces.
fn push_cjk(run: &mut String, segmenter: &dyn Segmenter, terms: &mut Vec<Term>) {
    if run.is_empty() {
        return;
    }
    let text = std::mem::take(run);
    let words: Vec<&str> = if text.chars().any(is_han) { segmenter.words(&text) } else { Vec::new() };
    let long = words.iter().filter(|word| word.chars().nth(1).is_some());
    terms.extend(long.map(|word| Term { text: (*word).to_owned(), kind: kind_of_word(word) }));

    for stretch in text.split(|character| PARTICLES.contains(character)) {
        let characters: Vec<char> = stretch.chars().collect();
        for pair in characters.windows(2) {
            let text: String = pair.iter().collect();
            let telling = pair.iter().any(|character| !WEAK_CHARACTERS.contains(*character));
            if telling && !words.contains(&text.as_str()) {
                terms.push(Term { text, kind: Kind::Bigram });
            }
        }
        let telling = characters.into_iter().filter(|it| is_han(*it) && !WEAK_CHARACTERS.contains(*it));
        terms.extend(telling.map(|character| Term { text: character.to_string(), kind: Kind::Character }));
    }
}

#[cfg(test)]
mod tests {
    use super::{FUNCTION_WORDS, NEGATIONS, stem, terms_of_question};
    use crate::robot::dictionary::NoWords;
    use crate::robot::{Dictionary, Segmenter};

    struct Unreachable;

    impl Segmenter for Unreachable {
        fn words<'a>(&self, text: &'a str) -> Vec<&'a str> {
            unreachable!("the dictionary was asked about {text}")
        }
    }

    #[test]
    fn the_word_lists_can_be_searched() {
        assert!(FUNCTION_WORDS.is_sorted());
        assert!(NEGATIONS.is_sorted());
    }

    #[test]
    fn latin_text_does_without_the_dictionary() {
        assert_eq!(terms_of_question("Where's my PARCEL?", &Unreachable), ["wher", "parcel"]);
        assert_eq!(terms_of_question("カート", &Unreachable), ["カー", "ート"]);
    }

    #[test]
    fn endings_are_cut() {
        for word in ["charge", "charges", "charged", "charging"] {
            assert_eq!(stem(word), "charg");
        }
        assert_eq!(stem("deliveries"), stem("delivery"));
        assert_eq!(stem("shipping"), "ship");
        assert_eq!(stem("address"), "address");
        assert_eq!(stem("bring"), "bring");
        assert_eq!(stem("größen"), "größen");
    }

    #[test]
    fn hyphens_and_negations() {
        assert_eq!(terms_of_question("pre-orders", &NoWords), ["preorder", "pre", "order"]);
        assert_eq!(
            terms_of_question("it doesn't, can't and dont work", &NoWords),
            ["not", "not", "not", "work"]
        );
    }

    #[test]
    fn chinese_gives_words_pairs_and_characters() {
        assert_eq!(terms_of_question("退货吗", &NoWords), ["退货", "退", "货"]);
        let terms = terms_of_question("怎么查询物流信息？", &Dictionary::new());
        for expected in ["查询", "物流", "信息", "流信", "查"] {
            assert!(terms.iter().any(|term| term == expected), "{expected} is missing in {terms:?}");
        }
    }

    #[test]
    fn spaces_within_chinese_mean_nothing() {
        let dictionary = Dictionary::new();
        let plain = terms_of_question("怎么退货", &dictionary);
        assert_eq!(terms_of_question("怎 么　退 货 ？", &dictionary), plain);
    }

    #[test]
    fn nothing_to_search_by() {
        for text in ["", "  ", "?!…", "！？", "🎉👍🏽", "the, of - and '"] {
            assert_eq!(terms_of_question(text, &Unreachable), Vec::<String>::new(), "{text:?}");
        }
    }
}

use super::fold::{bare, fold, is_cjk, language_of};
use super::index::RobotIndex;
use super::knowledge::Asked;

/// At most this many phrases are suggested, as the wire documents.
pub const PHRASE_LIMIT: usize = 5;

/// How well a question fits what is typed; the smaller, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Begins,
    Contains,
    AllPieces,
    MostPieces,
}

impl RobotIndex {
    /// The questions that a customer who has `typed` this far may be about to ask, best first, at most
    /// [`PHRASE_LIMIT`], one of each group.
    ///
    /// The last word may be unfinished. Only questions in the language of `locale` are suggested, which may
    /// be given with or without a country. The dictionary is never needed.
    pub fn suggest<'a>(&self, typed: impl Into<Asked<'a>>, locale: &str) -> Vec<String> {
        let Asked { text, now, .. } = typed.into();
        let typed = Typed::new(text);
        let language = language_of(locale);
        if typed.text.is_empty() || language.is_none() {
            return Vec::new();
        }
        let mut fitting: Vec<_> = self
            .questions
            .iter()
            .filter(|question| {
                let group = &self.groups[question.group];
                group.language == language && group.valid.holds(now)
            })
            .filter_map(|question| Some((typed.fit(&question.bare)?, question)))
            .collect();
        fitting.sort_by_key(|(fit, question)| (*fit, question.bare.chars().count(), &question.bare));
        let mut phrases: Vec<(usize, &str)> = Vec::with_capacity(PHRASE_LIMIT);
        for (_, question) in fitting {
            let repeated =
                phrases.iter().any(|(group, text)| *group == question.group || *text == question.text);
            if !repeated && phrases.len() < PHRASE_LIMIT {
                phrases.push((question.group, &question.text));
            }
        }
        phrases.into_iter().map(|(_, text)| text.to_owned()).collect()
    }
}

/// What is typed so far.
struct Typed {
    /// Folded, words separated by one space, punctuation gone.
    text: String,
    /// Words, and single characters of scripts without spaces.
    pieces: Vec<String>,
}

impl Typed {
    fn new(typed: &str) -> Self {
        let text = bare(&fold(typed));
        let pieces = pieces(&text);
        Self { text, pieces }
    }

    fn fit(&self, question: &str) -> Option<Fit> {
        if question.starts_with(self.text.as_str()) {
            return Some(Fit::Begins);
        }
        let at_a_word = format!(" {}", self.text);
        if question.contains(at_a_word.as_str())
            || (self.text.contains(is_cjk) && question.contains(self.text.as_str()))
        {
            return Some(Fit::Contains);
        }
        let words = pieces(question);
        let last = self.pieces.len() - 1;
        let found = self.pieces.iter().enumerate().filter(|(place, piece)| {
            words.iter().any(|word| word == *piece || (*place == last && word.starts_with(piece.as_str())))
        });
        match found.count() {
            all if all == self.pieces.len() => Some(Fit::AllPieces),
            // One stray word or character says too little.
            most if most >= 2 && most * 3 >= self.pieces.len() * 2 => Some(Fit::MostPieces),
            _ => None,
        }
    }
}

fn pieces(bare: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut open = false;
    for character in bare.chars() {
        let joins = open && character.is_alphanumeric() && !is_cjk(character);
        open = character.is_alphanumeric() && !is_cjk(character);
        match pieces.last_mut() {
            Some(word) if joins => word.push(character),
            _ if character == ' ' => {}
            _ => pieces.push(character.to_string()),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use crate::robot::{Dictionary, Question, QuestionGroup, RobotIndex, Validity};

    fn index() -> RobotIndex {
        let dictionary = Dictionary::new();
        let group = |id: &str, locale: &str, questions: &[&str]| QuestionGroup {
            id: id.to_owned(),
            locale: locale.to_owned(),
            answer: String::new(),
            valid: Validity::default(),
            questions: questions.iter().map(|text| Question::new(*text, &dictionary)).collect(),
        };
        RobotIndex::build(&[
            group("cost", "en", &["How much does shipping cost?", "Is shipping free?"]),
            group("abroad", "en_GB", &["Do you ship internationally?"]),
            group("pre", "en", &["How do pre-orders work?"]),
            group("cost", "zh_CN", &["运费多少钱？", "包邮吗？"]),
            group("app", "zh", &["App在哪里下载？"]),
        ])
    }

    #[test]
    fn the_last_word_may_be_unfinished() {
        assert_eq!(index().suggest("how mu", "en"), ["How much does shipping cost?"]);
        assert_eq!(index().suggest("SHIP", "en"), ["Is shipping free?", "Do you ship internationally?"]);
        assert_eq!(index().suggest("free shipping", "en"), ["Is shipping free?"]);
        assert_eq!(index().suggest("preor", "en"), ["How do pre-orders work?"]);
    }

    #[test]
    fn chinese_is_found_in_mid_text() {
        assert_eq!(index().suggest("多少", "zh"), ["运费多少钱？"]);
        assert_eq!(index().suggest("包 邮", "zh"), ["包邮吗？"]);
        assert_eq!(index().suggest("ａｐｐ哪里", "zh"), ["App在哪里下载？"]);
    }

    #[test]
    fn only_the_language_asked_for() {
        for locale in ["zh", "zh_CN", "zh-TW"] {
            assert_eq!(index().suggest("运费", locale), ["运费多少钱？"]);
        }
        for locale in ["en", "fr", "", "??"] {
            assert_eq!(index().suggest("运费", locale), Vec::<String>::new());
        }
    }

    #[test]
    fn nothing_typed_nothing_suggested() {
        for typed in ["", " ", "?!", "🎉", "xyz"] {
            assert_eq!(index().suggest(typed, "en"), Vec::<String>::new(), "{typed:?}");
        }
    }
}

use std::fmt;
use std::sync::OnceLock;

use jieba_rs::Jieba;

/// Cuts running Chinese text, which has no spaces, into words.
pub trait Segmenter {
    /// The words of `text`, a run of Han characters, and the shorter words within long ones, in the order of
    /// the text.
    fn words<'a>(&self, text: &'a str) -> Vec<&'a str>;
}

/// The Chinese dictionary.
///
/// It takes about 33 MiB once it is loaded, so it is loaded when the first Han text has to be cut, and a
/// server without Chinese customers never pays for it. That first cut waits for the loading, as do those that
/// come meanwhile.
#[derive(Default)]
pub struct Dictionary {
    jieba: OnceLock<Jieba>,
}

impl Dictionary {
    /// A dictionary that is not loaded yet.
    pub const fn new() -> Self {
        Self { jieba: OnceLock::new() }
    }

    /// Whether some Han text has been cut already, so that the words are in memory.
    pub fn loaded(&self) -> bool {
        self.jieba.get().is_some()
    }
}

impl Segmenter for Dictionary {
    fn words<'a>(&self, text: &'a str) -> Vec<&'a str> {
        let jieba = self.jieba.get_or_init(Jieba::new);
        jieba.cut_for_search(text, true).into_iter().map(|token| token.word).collect()
    }
}

/// Knows no word: answers are searched by pairs and characters alone, so that building an index needs no
/// dictionary.
pub(super) struct NoWords;

impl Segmenter for NoWords {
    fn words<'a>(&self, _text: &'a str) -> Vec<&'a str> {
        Vec::new()
    }
}

impl fmt::Debug for Dictionary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Dictionary").field("loaded", &self.loaded()).finish()
    }
}

use std::collections::BTreeMap;

/// Shorter words have too many neighbours to guess among.
const SHORTEST_CORRECTED: usize = 5;
/// From this length on, two slips of the finger are corrected instead of one.
const LENGTH_FOR_TWO_SLIPS: usize = 8;
/// Each part of a compound has at least this length: "giftcard", but not "a" + "bout".
const SHORTEST_PART: usize = 3;

/// The Latin words of the index, to read words by that are misspelt or written together.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    /// How many groups use each word.
    words: BTreeMap<String, usize>,
}

impl Vocabulary {
    /// Takes in those of the terms that are Latin words, with the number of groups that use them.
    pub(super) fn new<'a>(terms: impl Iterator<Item = (&'a str, usize)>) -> Self {
        let words = terms.filter(|(term, _)| is_latin(term)).map(|(term, groups)| (term.to_owned(), groups));
        Self { words: words.collect() }
    }

    /// The known words that are meant by `word`, which is not known itself: two if it is a compound, one if
    /// it is misspelt, none if nothing is near.
    pub(super) fn meant_by(&self, word: &str) -> Vec<&str> {
        if word.len() < SHORTEST_CORRECTED || !is_latin(word) {
            return Vec::new();
        }
        self.parts(word).unwrap_or_else(|| self.nearest(word).into_iter().collect())
    }

    fn parts(&self, word: &str) -> Option<Vec<&str>> {
        let last_seam = word.len().checked_sub(SHORTEST_PART)?;
        (SHORTEST_PART..=last_seam).find_map(|seam| {
            let (head, _) = self.words.get_key_value(&word[..seam])?;
            let (tail, _) = self.words.get_key_value(&word[seam..])?;
            Some(vec![head.as_str(), tail.as_str()])
        })
    }

    /// People rarely get the first letter wrong, which keeps the search short.
    fn nearest(&self, word: &str) -> Option<&str> {
        let slips = if word.len() < LENGTH_FOR_TWO_SLIPS { 1 } else { 2 };
        self.words
            .range(word[..1].to_owned()..)
            .take_while(|(known, _)| known.as_bytes()[0] == word.as_bytes()[0])
            .filter(|(known, _)| known.len().abs_diff(word.len()) <= slips && known.len() >= SHORTEST_PART)
            .map(|(known, groups)| (distance(known.as_bytes(), word.as_bytes()), usize::MAX - groups, known))
            .filter(|(distance, _, _)| *distance <= slips)
            .min()
            .map(|(_, _, known)| known.as_str())
    }
}

fn is_latin(term: &str) -> bool {
    !term.is_empty() && term.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// How many letters were put in, left out, replaced or swapped with their neighbour (optimal string
/// alignment).
fn distance(left: &[u8], right: &[u8]) -> usize {
    let mut before_last = vec![0; right.len() + 1];
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for row in 1..=left.len() {
        let mut current = vec![row; right.len() + 1];
        for column in 1..=right.len() {
            let replaced = last[column - 1] + usize::from(left[row - 1] != right[column - 1]);
            current[column] = replaced.min(last[column] + 1).min(current[column - 1] + 1);
            let swapped = row > 1
                && column > 1
                && left[row - 1] == right[column - 2]
                && left[row - 2] == right[column - 1];
            if swapped {
                current[column] = current[column].min(before_last[column - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::{Vocabulary, distance};

    #[test]
    fn distances() {
        for (left, right, expected) in
            [("", "abc", 3), ("return", "retrun", 1), ("card", "cart", 1), ("kitten", "sitting", 3)]
        {
            assert_eq!(distance(left.as_bytes(), right.as_bytes()), expected, "{left} {right}");
            assert_eq!(distance(right.as_bytes(), left.as_bytes()), expected, "{right} {left}");
        }
    }

    #[test]
    fn misspelt_and_compound_words_are_read() {
        let known = ["cancel", "password", "gift", "card", "cart", "return", "运费", "x1"];
        let vocabulary = Vocabulary::new(known.into_iter().map(|word| (word, 1)));
        assert_eq!(vocabulary.meant_by("cancell"), ["cancel"]);
        assert_eq!(vocabulary.meant_by("pasword"), ["password"]);
        assert_eq!(vocabulary.meant_by("retrun"), ["return"]);
        assert_eq!(vocabulary.meant_by("giftcard"), ["gift", "card"]);
        for stranger in ["", "car", "weather", "运非", "x2", "émigré"] {
            assert_eq!(vocabulary.meant_by(stranger), Vec::<&str>::new(), "{stranger}");
        }
    }

    #[test]
    fn the_commoner_of_two_near_words_wins() {
        let vocabulary = Vocabulary::new([("cards", 2), ("carts", 7)].into_iter());
        assert_eq!(vocabulary.meant_by("carxs"), ["carts"]);
    }
}

//! A text as it is read by somebody who looks for numbers: other ways of writing a digit or a letter are the same to them.

/// A text, character by character, and which of them are to be masked.
#[derive(Debug)]
pub(super) struct Reading {
    characters: Vec<char>,
    plain: Vec<char>,
    hidden: Vec<bool>,
}

/// Digits with at most a few separators between each two.
#[derive(Debug)]
pub(super) struct Run {
    /// Each digit, and where in the text it stands.
    pub(super) digits: Vec<(usize, u8)>,
    /// Where in `digits` each group begins; groups have separators between them. Their end follows.
    pub(super) groups: Vec<usize>,
}

impl Run {
    /// The digits from one place among them to another.
    pub(super) fn values(&self, from: usize, to: usize) -> impl DoubleEndedIterator<Item = u8> + Clone {
        self.digits.get(from..to).unwrap_or_default().iter().map(|(_, value)| *value)
    }

    /// Runs of whole groups with so many digits, from the first group on that begin at `group`: where they end.
    pub(super) fn ends(&self, group: usize) -> impl DoubleEndedIterator<Item = usize> + '_ {
        let after = self.groups.iter().skip(group + 1).copied();
        after.chain([self.digits.len()])
    }
}

/// More between two digits, and they belong to different numbers.
const MOST_SEPARATORS: usize = 3;

impl Reading {
    pub(super) fn new(text: &str) -> Self {
        let characters: Vec<char> = text.chars().collect();
        let plain = characters.iter().copied().map(plain).collect();
        let hidden = vec![false; characters.len()];
        Self { characters, plain, hidden }
    }

    pub(super) fn plain(&self) -> &[char] {
        &self.plain
    }

    /// What stands at a place; nothing before the beginning and after the end.
    pub(super) fn at(&self, place: usize) -> Option<char> {
        self.plain.get(place).copied()
    }

    pub(super) fn before(&self, place: usize) -> Option<char> {
        self.at(place.checked_sub(1)?)
    }

    /// Masks the letters and digits from one place to another.
    pub(super) fn hide_words(&mut self, from: usize, to: usize) {
        self.hide(from, to, char::is_alphanumeric);
    }

    /// Masks everything from one place to another but white space.
    pub(super) fn hide_all(&mut self, from: usize, to: usize) {
        self.hide(from, to, |character| !character.is_whitespace());
    }

    pub(super) fn hide_at(&mut self, place: usize) {
        if let Some(hidden) = self.hidden.get_mut(place) {
            *hidden = true;
        }
    }

    fn hide(&mut self, from: usize, to: usize, is_meant: impl Fn(char) -> bool) {
        let range = from..to.min(self.hidden.len());
        let characters = self.characters.get(range.clone()).unwrap_or_default();
        for (character, hidden) in characters.iter().zip(self.hidden.get_mut(range).unwrap_or_default()) {
            *hidden |= is_meant(*character);
        }
    }

    /// The text with what is masked; `None` if nothing is.
    pub(super) fn masked(&self) -> Option<String> {
        let is_masked = self.hidden.contains(&true);
        let shown = self.characters.iter().zip(&self.hidden);
        is_masked.then(|| shown.map(|(character, hidden)| if *hidden { '*' } else { *character }).collect())
    }

    /// Everything in the text that may be one number, or several.
    pub(super) fn runs(&self, is_separator: fn(char) -> bool) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        // Where the last digit stood.
        let mut last: Option<usize> = None;
        for (place, character) in self.plain.iter().enumerate() {
            let Some(value) = character.to_digit(10).and_then(|value| u8::try_from(value).ok()) else {
                if !is_separator(*character) {
                    last = None;
                }
                continue;
            };
            let between = last.map(|last| place - last - 1).filter(|between| *between <= MOST_SEPARATORS);
            match (runs.last_mut(), between) {
                (Some(run), Some(between)) => {
                    if between > 0 {
                        run.groups.push(run.digits.len());
                    }
                    run.digits.push((place, value));
                }
                _ => runs.push(Run { digits: vec![(place, value)], groups: vec![0] }),
            }
            last = Some(place);
        }
        runs
    }
}

/// What may stand between the digits of a number.
pub(super) fn separates(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '-' | '.' | '_' | '/' | ',' | '\u{b7}'
                // Hyphens and dashes.
                | '\u{2010}'..='\u{2015}' | '\u{2212}'
                // What nobody sees.
                | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
        )
}

/// Where the ten digits of the scripts of today's common languages begin.
const ZEROS: [u32; 12] = [0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50];

/// Full-width letters and signs, and the digits of other scripts, as they are in ASCII.
fn plain(character: char) -> char {
    let code = u32::from(character);
    if (0xff01..=0xff5e).contains(&code) {
        return char::from_u32(code - 0xfee0).unwrap_or(character);
    }
    let digit = ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|digit| *digit < 10));
    digit.and_then(|digit| char::from_digit(digit, 10)).unwrap_or(character)
}

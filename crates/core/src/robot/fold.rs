use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// What `text` looks like when the differences that customers do not mean are gone: full width and other
/// compatibility forms, case, accents and typographic apostrophes.
pub(crate) fn fold(text: &str) -> String {
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize(text);
    let mut plain = String::with_capacity(decomposed.len());
    for character in decomposed.chars().flat_map(char::to_lowercase) {
        match character {
            '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{feff}' => {}
            '\u{2018}' | '\u{2019}' | '\u{2bc}' | '`' => plain.push('\''),
            '\u{2010}' | '\u{2011}' => plain.push('-'),
            'ß' => plain.push_str("ss"),
            _ => plain.push(character),
        }
    }
    // Decomposing took Hangul syllables and kana apart too.
    ComposingNormalizerBorrowed::new_nfc().normalize(&plain).into_owned()
}

/// Chinese characters, which the dictionary knows words of.
pub(super) fn is_han(character: char) -> bool {
    matches!(character,
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Characters of the scripts that are written without spaces between words, or nearly so.
pub(crate) fn is_cjk(character: char) -> bool {
    is_han(character)
        || matches!(character, '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ac00}'..='\u{d7a3}' | '々')
}

/// Folded text without punctuation: letters, digits and single spaces; no space beside a character of a
/// script without spaces.
pub(super) fn bare(folded: &str) -> String {
    let mut bare = String::with_capacity(folded.len());
    let mut gap = false;
    for character in folded.chars() {
        if character.is_alphanumeric() {
            let joins = is_cjk(character) || bare.ends_with(is_cjk);
            if gap && !joins && !bare.is_empty() {
                bare.push(' ');
            }
            bare.push(character);
            gap = false;
        } else if !matches!(character, '\'' | '-') {
            gap = true;
        }
    }
    bare
}

/// What two questions have in common that differ only in what customers do not mean: case, width, accents, punctuation
/// and spaces. A text of nothing else stays as it is.
pub fn normalised(text: &str) -> String {
    let key = bare(&fold(text));
    if key.is_empty() { text.trim().to_owned() } else { key }
}

/// The language of a locale, in lower case: `zh` of `zh`, `zh_CN` and `zh-Hans-CN`.
///
/// `None` if it does not begin with a language code of two or three letters.
pub fn language_of(locale: &str) -> Option<String> {
    let language = locale.trim().split(['_', '-']).next()?;
    let known = (2..=3).contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_alphabetic());
    known.then(|| language.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{fold, language_of};

    #[test]
    fn folding_ignores_width_case_and_accents() {
        assert_eq!(fold("ＡＢＣ１２３？"), "abc123?");
        assert_eq!(fold("Café Straße İstanbul"), "cafe strasse istanbul");
        assert_eq!(fold("I don’t"), "i don't");
        assert_eq!(fold("退货　怎么办"), "退货 怎么办");
    }

    #[test]
    fn folding_keeps_hangul_and_kana_whole() {
        assert_eq!(fold("반품 ガイド"), "반품 ガイド");
    }

    #[test]
    fn language_with_and_without_country() {
        for locale in ["zh", "zh_CN", "zh-Hans-CN", "ZH"] {
            assert_eq!(language_of(locale).as_deref(), Some("zh"));
        }
        for locale in ["", "z", "_CN", "中文", "english"] {
            assert_eq!(language_of(locale), None);
        }
    }
}

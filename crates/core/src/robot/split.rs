/// Cuts `text` into pieces of at most `limit` characters (Unicode scalar values; 0 counts as 1).
///
/// A piece ends at the last end of a sentence that fits, else behind the last clause, else at the last space,
/// else at the limit, though not within an emoji or before an accent if that can be helped. White space at
/// the seams is dropped; nothing else is. A text that fits is returned as it is; a blank one gives no piece.
pub fn split_at_sentences(text: &str, limit: usize) -> Vec<String> {
    let limit = limit.max(1);
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((end, _)) = rest.char_indices().nth(limit) {
        let seam = seam(rest, end);
        let piece = rest[..seam].trim_end();
        if !piece.trim_start().is_empty() {
            pieces.push(piece.to_owned());
        }
        rest = rest[seam..].trim_start();
    }
    if !rest.trim().is_empty() {
        pieces.push(rest.to_owned());
    }
    pieces
}

/// Where to cut `text`, which goes on behind `end`: a place after its start and not after `end`, in bytes.
fn seam(text: &str, end: usize) -> usize {
    // White space right behind the limit is dropped, so it takes no room.
    let places = || text.char_indices().map(|(place, _)| place).take_while(|place| *place <= end).skip(1);
    let last =
        |fits: fn(&str, &str) -> bool| places().filter(|place| fits(&text[..*place], &text[*place..])).last();
    last(ends_sentence)
        .or_else(|| last(ends_clause))
        .or_else(|| last(|_, after| after.starts_with(char::is_whitespace)))
        .or_else(|| last(between_letters))
        .unwrap_or(end)
}

fn ends_sentence(before: &str, after: &str) -> bool {
    if before.ends_with('\n') || after.starts_with('\n') {
        return true;
    }
    let sentence = before.trim_end_matches(is_closing);
    let complete = !after.starts_with(|next| is_closing(next) || is_stop(next));
    // "4.90" and "example.com" go on behind the point.
    let latin = sentence.ends_with(['.', '!', '?'])
        && after.starts_with(|next: char| next.is_whitespace() || !next.is_ascii());
    complete && (latin || sentence.ends_with(['。', '！', '？', '…']))
}

fn ends_clause(before: &str, after: &str) -> bool {
    let latin = before.ends_with([',', ';', ':']) && after.starts_with(char::is_whitespace);
    (latin || before.ends_with(['，', '、', '；', '：'])) && !after.starts_with(is_closing)
}

/// Whether what follows does not change how the last character before looks.
fn between_letters(before: &str, after: &str) -> bool {
    const JOINER: char = '\u{200d}';
    let modifies = |next: char| {
        next == JOINER
            || matches!(next, '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{20e3}')
    };
    !before.ends_with(JOINER) && !after.starts_with(modifies)
}

fn is_stop(character: char) -> bool {
    matches!(character, '.' | '!' | '?' | '。' | '！' | '？' | '…')
}

fn is_closing(character: char) -> bool {
    matches!(character, '"' | '\'' | ')' | ']' | '”' | '’' | '」' | '』' | '）' | '》' | '】')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::split_at_sentences;

    #[test]
    fn cuts_behind_the_last_sentence_that_fits() {
        let text = "It costs 4.90. Really? \"Yes!\" It is free above that.";
        assert_eq!(
            split_at_sentences(text, 30),
            ["It costs 4.90. Really? \"Yes!\"", "It is free above that."]
        );
        assert_eq!(
            split_at_sentences("运费四元。满五十包邮！家具除外。", 12),
            ["运费四元。满五十包邮！", "家具除外。"]
        );
        assert_eq!(split_at_sentences("one\ntwo three", 9), ["one", "two three"]);
    }

    #[test]
    fn falls_back_to_clauses_spaces_and_characters() {
        assert_eq!(split_at_sentences("first part, second part", 14), ["first part,", "second part"]);
        assert_eq!(split_at_sentences("一二三，四五六七", 5), ["一二三，", "四五六七"]);
        assert_eq!(split_at_sentences("alpha beta", 7), ["alpha", "beta"]);
        assert_eq!(split_at_sentences("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(split_at_sentences("ab👍🏽", 3), ["ab", "👍🏽"]);
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        assert_eq!(split_at_sentences(" as. it is ", 11), [" as. it is "]);
        assert_eq!(split_at_sentences(" \n", 1), Vec::<String>::new());
    }

    fn visible(text: &str) -> String {
        text.chars().filter(|character| !character.is_whitespace()).collect()
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_all_pieces_fit(
            text in prop_oneof![any::<String>(), "[a-c .,!?\\n。，！\u{301}👍🏽\u{200d}]{0,80}"],
            limit in 0_usize..40,
        ) {
            let pieces = split_at_sentences(&text, limit);
            prop_assert_eq!(visible(&pieces.concat()), visible(&text));
            for piece in &pieces {
                prop_assert!(piece.chars().count() <= limit.max(1));
                prop_assert!(!piece.trim().is_empty());
            }
        }

        #[test]
        fn words_stay_whole_where_they_fit(words in prop::collection::vec("[a-z]{1,8}", 1..30), limit in 8_usize..40) {
            let pieces = split_at_sentences(&words.join(" "), limit);
            prop_assert_eq!(pieces.join(" "), words.join(" "));
        }
    }
}

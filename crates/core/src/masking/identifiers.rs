//! International bank account numbers (ISO 13616).

use super::reading::{Reading, separates};

/// Characters of the shortest and of the longest.
const LENGTHS: std::ops::RangeInclusive<usize> = 15..=34;

pub(super) fn ibans(reading: &mut Reading) {
    let mut place = 0;
    while place < reading.plain().len() {
        place = match iban_at(reading, place) {
            Some(end) => {
                reading.hide_words(place, end);
                end
            }
            None => place + 1,
        };
    }
}

/// Where the account number ends that begins at a place.
fn iban_at(reading: &Reading, place: usize) -> Option<usize> {
    let letter = |at| reading.at(at).is_some_and(|character| character.is_ascii_alphabetic());
    let digit = |at| reading.at(at).is_some_and(|character| character.is_ascii_digit());
    let begins_word = reading.before(place).is_none_or(|before| !before.is_ascii_alphanumeric());
    if !(begins_word && letter(place) && letter(place + 1)) {
        return None;
    }
    let mut read = Vec::new();
    let mut end = None;
    let mut at = place;
    while read.len() < *LENGTHS.end() {
        let Some(character) = reading.at(at).filter(char::is_ascii_alphanumeric) else { break };
        read.push(character);
        at += 1;
        if read.len() == 4 && !(digit(at - 1) && digit(at - 2)) {
            return None;
        }
        let is_end = !reading.at(at).is_some_and(|next| next.is_ascii_alphanumeric());
        if is_end && LENGTHS.contains(&read.len()) && is_valid(&read) {
            end = Some(at);
        }
        // One separator between two groups.
        if is_end && reading.at(at).is_some_and(separates) {
            at += 1;
        }
    }
    end
}

/// Whether the check digits are right (ISO 7064, MOD 97-10).
fn is_valid(read: &[char]) -> bool {
    let (head, tail) = read.split_at(4.min(read.len()));
    let rest = tail.iter().chain(head).fold(0_u32, |rest, character| {
        let value = character.to_digit(36).unwrap_or(0);
        (rest * if value > 9 { 100 } else { 10 } + value) % 97
    });
    rest == 1
}

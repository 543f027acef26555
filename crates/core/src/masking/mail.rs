//! E-mail addresses.

use super::reading::Reading;

pub(super) fn emails(reading: &mut Reading) {
    let mut found = Vec::new();
    let plain = reading.plain();
    for at in plain.iter().enumerate().filter(|(_, character)| **character == '@').map(|(at, _)| at) {
        let before = plain.iter().take(at).rev().take_while(|character| is_local(**character)).count();
        let domain = plain.iter().skip(at + 1).take_while(|character| is_domain(**character));
        let domain: String = domain.collect();
        let domain = domain.trim_end_matches(['.', '-']);
        let has_parts = domain.split('.').count() > 1 && domain.split('.').all(|part| !part.is_empty());
        if before > 0 && has_parts {
            found.push((at - before, at + 1 + domain.chars().count()));
        }
    }
    for (from, to) in found {
        reading.hide_words(from, to);
    }
}

/// What may stand before the sign, of what people have in their addresses.
fn is_local(character: char) -> bool {
    character.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(character)
}

fn is_domain(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '-' | '.')
}

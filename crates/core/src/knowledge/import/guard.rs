//! Cells that spreadsheets take for formulas.

fn is_formula(character: char) -> bool {
    matches!(character, '=' | '+' | '-' | '@' | '\t' | '\r')
}

/// Whether an apostrophe before it is a guard, or would look like one.
fn needs_guard(cell: &str) -> bool {
    let mut characters = cell.chars();
    match characters.next() {
        Some('\'') => characters.next().is_some_and(|next| next == '\'' || is_formula(next)),
        Some(first) => is_formula(first),
        None => false,
    }
}

/// A cell with an apostrophe before what a spreadsheet would take for a formula.
pub(in crate::knowledge) fn guard_cell(cell: &str) -> String {
    if needs_guard(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// A cell as it was before [`guard_cell`].
pub(super) fn bare_cell(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(|next| next == '\'' || is_formula(next)) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_comes_back() {
        for cell in ["", "plain", "=1+1", "'=1", "''=1", "''", "'", "'s morgens", "-5 °C", "@you", "\tx"] {
            let guarded = guard_cell(cell);
            assert_eq!(bare_cell(&guarded), cell);
            assert!(!guarded.starts_with(is_formula), "{guarded}");
        }
    }
}

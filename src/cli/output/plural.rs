//! Singular and plural of counted nouns in messages.

/// Formats a count with its noun: `1 file`, `2 files`.
pub(in crate::cli) fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

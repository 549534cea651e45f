//! Counts in sentences.

/// `1 file`, `2 files`: a count and what is counted.
pub(in crate::cli) fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

//! Counted nouns and lists in messages.

/// Formats a count with its noun: `1 file`, `2 files`.
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Lists the first `most` of some texts, and counts the others.
///
/// ```
/// let names = ["a", "b", "c"].map(str::to_owned);
/// assert_eq!(mim_chart::diagnostic::listed(&names, 2), "a, b and 1 more");
/// ```
pub fn listed(texts: &[String], most: usize) -> String {
    let shown = texts[..texts.len().min(most)].join(", ");
    match texts.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

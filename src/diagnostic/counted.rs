//! Counted nouns and lists in messages.

/// Formats a count with its noun: `1 file`, `2 files`.
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Lists the first `most` of some texts, and counts the rest, which is not built.
///
/// ```
/// let names = ["a", "b", "c"];
/// assert_eq!(mim_chart::diagnostic::listed(names.into_iter(), 2), "a, b and 1 more");
/// ```
pub fn listed(texts: impl ExactSizeIterator<Item: Into<String>>, most: usize) -> String {
    let more = texts.len().saturating_sub(most);
    let shown = texts.take(most).map(Into::into).collect::<Vec<String>>().join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

//! Where a text repeats itself: aliases of anchors, and what they name.

use std::ops::Range;

use super::syntax::{Content, Document};

/// A mention of an anchored value: `*name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The first byte of the mention.
    pub at: usize,
    /// The bytes of the value that it names, without white space behind it.
    pub target: Range<usize>,
}

/// The aliases of the first document of a text, in their order; none if it can't be read.
///
/// ```
/// use mim_chart::yaml::{Alias, aliases};
///
/// assert_eq!(aliases("a: &x 1\nb: *x\n"), [Alias { at: 11, target: 6..7 }]);
/// ```
pub fn aliases(text: &str) -> Vec<Alias> {
    if !may_have_aliases(text) {
        return Vec::new();
    }
    let Ok(document) = Document::parse(text) else { return Vec::new() };
    let mut found: Vec<Alias> = document
        .nodes()
        .filter_map(|syntax| {
            let Content::Alias(target) = syntax.content else { return None };
            let (start, end) = document.node(target).place;
            let (start, end) = (start as usize, end as usize);
            let length = text.get(start..end)?.trim_end().len();
            Some(Alias { at: syntax.place.0 as usize, target: start..start + length })
        })
        .collect();
    found.sort_by_key(|alias| alias.at);
    found
}

/// Most texts have none: whether a name follows an asterisk that begins a value.
fn may_have_aliases(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins = |at: usize| at == 0 || matches!(bytes[at - 1], b' ' | b'\t' | b'\n' | b'[' | b'{' | b',');
    let is_named = |at: usize| bytes.get(at + 1).is_some_and(|next| !next.is_ascii_whitespace());
    memchr::memchr_iter(b'*', bytes).any(|at| begins(at) && is_named(at)) && text.contains('&')
}

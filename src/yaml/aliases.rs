//! Finds the aliases (`*name`) in a YAML text and the anchored values they refer to.

use std::ops::Range;

use super::syntax::{Content, Document};

/// An alias `*name`, which refers to an anchored value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The offset of the alias.
    pub at: usize,
    /// The byte range of the anchored value, without trailing white space.
    pub target: Range<usize>,
}

/// Returns the aliases in the first document of a text, in source order; none if it is not valid YAML.
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

/// Whether the text can contain aliases: an asterisk that begins a value, followed by a name. Most texts have none.
fn may_have_aliases(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins = |at: usize| at == 0 || matches!(bytes[at - 1], b' ' | b'\t' | b'\n' | b'[' | b'{' | b',');
    let is_named = |at: usize| bytes.get(at + 1).is_some_and(|next| !next.is_ascii_whitespace());
    memchr::memchr_iter(b'*', bytes).any(|at| begins(at) && is_named(at)) && text.contains('&')
}

//! Where secrets are written in files and flags.

use std::ops::Range;

use ahash::AHashMap;

use crate::diagnostic::{Source, Span};

/// The places of secrets in files and flags.
#[derive(Debug, Clone, Default)]
pub(super) struct Places(AHashMap<usize, InSource>);

/// The places of secrets in one source.
#[derive(Debug, Clone)]
struct InSource {
    /// As long as the source is kept, no other text gets its address, which is its identity.
    _kept: Source,
    /// Ranges of the text, with the numbers of the secrets.
    secrets: Vec<(Range<usize>, usize)>,
}

impl Places {
    /// Adds the place of a secret; one that is in no source is ignored.
    pub(super) fn add(&mut self, span: &Span, number: usize) {
        let (Some(identity), Some(source)) = (identity(span), span.source()) else { return };
        let in_source =
            self.0.entry(identity).or_insert_with(|| InSource { _kept: source.clone(), secrets: Vec::new() });
        in_source.secrets.push((span.range(), number));
    }

    /// Returns the ranges of all secrets in the source of a span, with their numbers.
    pub(super) fn in_source_of(&self, span: &Span) -> &[(Range<usize>, usize)] {
        identity(span).and_then(|identity| self.0.get(&identity)).map_or(&[], |found| &found.secrets)
    }
}

/// Returns an identity of the text that a span is in: the address of the text, which clones of a source share.
pub(super) fn identity(span: &Span) -> Option<usize> {
    span.source().map(|source| source.text().as_ptr() as usize)
}

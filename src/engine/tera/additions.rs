//! Additions to templates: names that no chart uses by accident, and positions in the text.

use std::ops::Range;

/// The function that counts turns of loops. Its arguments `steps` and `text` are the work of a turn and the text that
/// it can write.
pub(super) const TICK: &str = "__mim_chart_tick";

/// The filter after operands that are copied.
pub(super) const COPY: &str = "__mim_chart_copy";

/// The filter after operands that are only read.
pub(super) const READ: &str = "__mim_chart_read";

/// The filter after a list or map whose parts are put into a new one.
pub(super) const SPREAD: &str = "__mim_chart_spread";

/// The filter after a list or map literal.
pub(super) const LITERAL: &str = "__mim_chart_literal";

/// The filter before Tera's own filters, whose results can be several times as large as their input.
pub(super) const FILTER: &str = "__mim_chart_filter";

/// The filter after the value that a `for` statement iterates over.
pub(super) const LOOP: &str = "__mim_chart_loop";

/// The filter after the value that a list comprehension iterates over.
pub(super) const COMPREHENSION: &str = "__mim_chart_comprehension";

/// The filter after an index; its argument `of` is the value that is indexed.
pub(super) const INDEX: &str = "__mim_chart_index";

/// The function before a variable that is printed, which is its argument `value`.
pub(super) const PRINT: &str = "__mim_chart_print";

/// The function before a tag whose operands cannot be found. It always fails.
pub(super) const UNREADABLE: &str = "__mim_chart_unreadable";

/// An addition to a template's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Insertion {
    /// The byte before which it is inserted.
    pub(super) at: usize,
    pub(super) text: String,
    /// The bytes of the original text that errors in the addition refer to.
    pub(super) stands_for: Range<usize>,
    /// Where in `text` a copy of those bytes begins, if there is one.
    pub(super) copied: Option<usize>,
}

impl Insertion {
    /// Returns an addition with a copy of the bytes that it stands for.
    pub(super) fn copying(at: usize, text: String, copied: usize, stands_for: Range<usize>) -> Insertion {
        Insertion { at, text, stands_for, copied: Some(copied) }
    }
}

//! What is added to templates: names that no chart can mean, and where they are put.

use std::ops::Range;

/// The function that counts turns of loops. Its arguments `steps` and `text` say how much work a turn is and
/// how much text it can write.
pub(super) const TICK: &str = "__mim_chart_tick";

/// The filter behind operands that are copied.
pub(super) const COPY: &str = "__mim_chart_copy";

/// The filter behind operands that are only read.
pub(super) const READ: &str = "__mim_chart_read";

/// The filter behind a list or map whose parts are put into a new one.
pub(super) const SPREAD: &str = "__mim_chart_spread";

/// The filter behind a list or map that is written out.
pub(super) const LITERAL: &str = "__mim_chart_literal";

/// The filter in front of Tera's own filters, whose results can be several times as large as their input.
pub(super) const FILTER: &str = "__mim_chart_filter";

/// The filter behind what a `for` statement goes through.
pub(super) const LOOP: &str = "__mim_chart_loop";

/// The filter behind what a list comprehension goes through.
pub(super) const COMPREHENSION: &str = "__mim_chart_comprehension";

/// The filter behind an index; its argument `of` is the value that is indexed.
pub(super) const INDEX: &str = "__mim_chart_index";

/// The function in front of a variable that is printed; its argument is `value`.
pub(super) const PRINT: &str = "__mim_chart_print";

/// The function in front of a tag whose operands can't be found. It always fails.
pub(super) const UNREADABLE: &str = "__mim_chart_unreadable";

/// An addition to a template's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Insertion {
    /// The byte in front of which it is put.
    pub(super) at: usize,
    pub(super) text: String,
    /// The bytes of the original text that errors of the addition are about.
    pub(super) stands_for: Range<usize>,
    /// Where in `text` a copy of those bytes begins, if there is one.
    pub(super) copied: Option<usize>,
}

impl Insertion {
    /// An addition with a copy of what it stands for.
    pub(super) fn copying(at: usize, text: String, copied: usize, stands_for: Range<usize>) -> Insertion {
        Insertion { at, text, stands_for, copied: Some(copied) }
    }
}

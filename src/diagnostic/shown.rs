//! The form in which a text is shown: parts may be masked, and a flag is reduced to the assignments that matter.

use std::ops::Range;

/// A part of a text that is hidden, and the mask shown in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// The byte range in the text.
    pub range: Range<usize>,
    /// The text shown instead.
    pub mask: String,
}

impl Hidden {
    /// Sorts hidden parts by their place in the text. Overlapping ones are merged into the first, whose mask is kept.
    pub(super) fn sorted(mut all: Vec<Hidden>) -> Vec<Hidden> {
        all.sort_by_key(|hidden| (hidden.range.start, std::cmp::Reverse(hidden.range.end)));
        let mut sorted: Vec<Hidden> = Vec::with_capacity(all.len());
        for hidden in all.into_iter().filter(|hidden| !hidden.range.is_empty()) {
            match sorted.last_mut() {
                Some(last) if hidden.range.start < last.range.end => {
                    last.range.end = last.range.end.max(hidden.range.end);
                }
                _ => sorted.push(hidden),
            }
        }
        sorted
    }
}

/// A part of a text as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The shown text.
    pub text: String,
    /// The byte range of the original text that it represents.
    range: Range<usize>,
    /// The hidden parts: their byte ranges in the original text and in the shown one.
    hidden: Vec<(Range<usize>, Range<usize>)>,
}

impl Shown {
    /// Creates the shown form of the bytes `range` of a text. `hidden` must be sorted, with its ranges on character boundaries.
    pub(super) fn new(text: &str, range: Range<usize>, hidden: &[Hidden]) -> Shown {
        let mut shown = Shown { text: String::with_capacity(range.len()), range: range.clone(), hidden: Vec::new() };
        let mut at = range.start;
        for part in hidden.iter().filter(|part| part.range.start < range.end && range.start < part.range.end) {
            let within = part.range.start.max(range.start)..part.range.end.min(range.end);
            shown.text.push_str(&text[at..within.start]);
            let from = shown.text.len();
            shown.text.push_str(&part.mask);
            at = within.end;
            shown.hidden.push((within, from..shown.text.len()));
        }
        shown.text.push_str(&text[at..range.end]);
        shown
    }

    /// Returns the range in the shown text of the bytes `range` of the original. Any part of a hidden range maps to
    /// its whole mask.
    pub(super) fn place(&self, range: Range<usize>) -> Range<usize> {
        let start = self.offset(range.start, true);
        start..self.offset(range.end, range.is_empty()).max(start)
    }

    fn offset(&self, at: usize, is_start: bool) -> usize {
        let at = at.clamp(self.range.start, self.range.end);
        let before =
            self.hidden.iter().take_while(|(of_text, _)| of_text.start < at || is_start && of_text.start == at);
        match before.last() {
            None => at - self.range.start,
            Some((of_text, shown)) if at < of_text.end => {
                if is_start {
                    shown.start
                } else {
                    shown.end
                }
            }
            Some((of_text, shown)) => shown.end + at - of_text.end,
        }
    }
}

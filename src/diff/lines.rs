//! Compares text line by line.

use std::ops::Range;

use crate::alignment::{Stretch, align};

/// A line in the comparison of two texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line<'t> {
    /// A line of both sides.
    Same(&'t str),
    /// A line of the old side only.
    Old(&'t str),
    /// A line of the new side only.
    New(&'t str),
}

/// A group of changed lines that are close together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hunk<'t> {
    /// The number of its first line in the old text, from 1, and its number of lines there.
    pub(super) old: (usize, usize),
    /// The same in the new text.
    pub(super) new: (usize, usize),
    /// Its lines.
    pub(super) lines: Vec<Line<'t>>,
}

/// Splits text into lines. A carriage return in front of a line break is part of the line, as patches need it.
fn lines_of(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').map(|line| line.strip_suffix('\n').unwrap_or(line)).collect()
}

/// Returns the groups of lines that differ, each with up to `context` unchanged lines around it. Groups whose context would touch
/// are joined.
pub(super) fn hunks<'t>(old: &'t str, new: &'t str, context: usize) -> Vec<Hunk<'t>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (lines_of(old), lines_of(new));
    let stretches = align(&old, &new);
    let is_gap = |stretch: &&Stretch| stretch.is_same && stretch.old.len() > context.saturating_mul(2);
    let mut hunks = Vec::new();
    let mut hunk = Builder::new(&old, &new);
    for (index, stretch) in stretches.iter().enumerate() {
        let Stretch { old: before, new: after, is_same } = stretch;
        let (is_first, is_last) = (index == 0, index + 1 == stretches.len());
        if !is_same {
            hunk.add_changed(before.clone(), after.clone());
        } else if is_first || is_last || is_gap(&stretch) {
            if !is_first {
                hunk.add_same(before.start..before.end.min(before.start.saturating_add(context)), after.start);
                hunks.extend(std::mem::replace(&mut hunk, Builder::new(&old, &new)).finish());
            }
            if !is_last {
                let skipped = before.len().saturating_sub(context);
                hunk.add_same(before.start + skipped..before.end, after.start + skipped);
            }
        } else {
            hunk.add_same(before.clone(), after.start);
        }
    }
    hunks.extend(hunk.finish());
    hunks
}

/// Pairs removed lines with added lines, to show them next to each other. Lines with the same key (the text up to the first
/// colon) form a pair; the lines between such pairs are paired in order.
pub fn pairs_of_lines(old: &[&str], new: &[&str]) -> Vec<(Option<usize>, Option<usize>)> {
    let key = |line: &&'_ str| -> String { line.split_inclusive(':').next().unwrap_or_default().to_owned() };
    let keys = |lines: &[&str]| -> Vec<String> { lines.iter().map(key).collect() };
    let mut pairs = Vec::with_capacity(old.len().max(new.len()));
    for Stretch { old, new, .. } in align(&keys(old), &keys(new)) {
        let both = old.len().max(new.len());
        pairs.extend((0..both).map(|at| (old.clone().nth(at), new.clone().nth(at))));
    }
    pairs
}

/// Builds a [`Hunk`].
struct Builder<'l, 't> {
    old: &'l [&'t str],
    new: &'l [&'t str],
    /// The indices of its first line on both sides.
    start: Option<(usize, usize)>,
    hunk: Hunk<'t>,
    has_changes: bool,
}

impl<'l, 't> Builder<'l, 't> {
    fn new(old: &'l [&'t str], new: &'l [&'t str]) -> Self {
        let hunk = Hunk { old: (0, 0), new: (0, 0), lines: Vec::new() };
        Builder { old, new, start: None, hunk, has_changes: false }
    }

    fn add_same(&mut self, old: Range<usize>, new_start: usize) {
        self.start.get_or_insert((old.start, new_start));
        self.hunk.old.1 += old.len();
        self.hunk.new.1 += old.len();
        self.hunk.lines.extend(self.old[old].iter().map(|line| Line::Same(line)));
    }

    fn add_changed(&mut self, old: Range<usize>, new: Range<usize>) {
        self.start.get_or_insert((old.start, new.start));
        self.has_changes = true;
        self.hunk.old.1 += old.len();
        self.hunk.new.1 += new.len();
        self.hunk.lines.extend(self.old[old].iter().map(|line| Line::Old(line)));
        self.hunk.lines.extend(self.new[new].iter().map(|line| Line::New(line)));
    }

    /// Returns the group, if anything in it differs.
    fn finish(mut self) -> Option<Hunk<'t>> {
        let (old, new) = self.start.filter(|_| self.has_changes)?;
        // A range without lines is named by the line in front of it.
        self.hunk.old.0 = old + usize::from(self.hunk.old.1 > 0);
        self.hunk.new.0 = new + usize::from(self.hunk.new.1 > 0);
        Some(self.hunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_line_ends_are_kept() {
        let found = hunks("a\r\nb\r\n", "a\r\nb\n", 3);
        assert_eq!(found[0].lines, [Line::Same("a\r"), Line::Old("b\r"), Line::New("b")]);
    }

    #[test]
    fn groups_have_the_numbers_of_a_patch() {
        let found = hunks("a\nb\nc\nd\ne\nf\n", "a\nb\nC\nd\ne\nf\ng\n", 1);
        assert_eq!((found[0].old, found[0].new), ((2, 3), (2, 3)));
        assert_eq!(found[0].lines, [Line::Same("b"), Line::Old("c"), Line::New("C"), Line::Same("d")]);
        assert_eq!((found[1].old, found[1].new), ((6, 1), (6, 2)));
        let whole = hunks("", "a\n", 3);
        assert_eq!((whole[0].old, whole[0].new), ((0, 0), (1, 1)));
        assert_eq!(hunks("a\n", "a\n", 3), []);
    }

    #[test]
    fn groups_with_adjacent_context_are_joined() {
        let (old, new) = ("a\n1\n2\nb\n3\n4\n5\nc\n", "A\n1\n2\nB\n3\n4\n5\nC\n");
        let ranges = |context| hunks(old, new, context).iter().map(|hunk| (hunk.old, hunk.new)).collect::<Vec<_>>();
        assert_eq!(ranges(0), [((1, 1), (1, 1)), ((4, 1), (4, 1)), ((8, 1), (8, 1))]);
        assert_eq!(ranges(1), [((1, 5), (1, 5)), ((7, 2), (7, 2))]);
        assert_eq!(ranges(usize::MAX), [((1, 8), (1, 8))]);
    }
}

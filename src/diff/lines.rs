//! Text compared line by line.

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

/// A line of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line<'t> {
    /// On both sides.
    Same(&'t str),
    /// Gone.
    Old(&'t str),
    /// New.
    New(&'t str),
}

/// A group of lines that lie near each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hunk<'t> {
    /// The number of its first line before, and how many lines there are; from 1.
    pub(super) old: (usize, usize),
    /// The same now.
    pub(super) new: (usize, usize),
    /// Its lines.
    pub(super) lines: Vec<Line<'t>>,
}

/// The groups of lines that differ, each with up to `context` lines around.
pub(super) fn hunks<'t>(old: &'t str, new: &'t str, context: usize) -> Vec<Hunk<'t>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let operations = capture_diff_slices(Algorithm::Myers, &old, &new);
    let group = |operations: Vec<DiffOp>| {
        let mut hunk = Hunk { old: (0, 0), new: (0, 0), lines: Vec::new() };
        let (mut first_old, mut first_new) = (usize::MAX, usize::MAX);
        for operation in operations {
            let (before, after) = (operation.old_range(), operation.new_range());
            first_old = first_old.min(before.start);
            first_new = first_new.min(after.start);
            hunk.old.1 += before.len();
            hunk.new.1 += after.len();
            if let DiffOp::Equal { .. } = operation {
                hunk.lines.extend(old[before].iter().map(|line| Line::Same(line)));
            } else {
                hunk.lines.extend(old[before].iter().map(|line| Line::Old(line)));
                hunk.lines.extend(new[after].iter().map(|line| Line::New(line)));
            }
        }
        // A range without lines is named by the line before it.
        hunk.old.0 = first_old + usize::from(hunk.old.1 > 0);
        hunk.new.0 = first_new + usize::from(hunk.new.1 > 0);
        hunk
    };
    let changed = |group: &Vec<DiffOp>| group.iter().any(|operation| !matches!(operation, DiffOp::Equal { .. }));
    group_diff_ops(operations, context).into_iter().filter(changed).map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
}

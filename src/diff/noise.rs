//! Removes ignored changes from the text of an object.

use std::borrow::Cow;

use super::compare::ChangeKind;
use super::difference::{Comparison, Difference, Status};
use super::lines::pairs_of_lines;
use crate::alignment::align;
use crate::manifest::{FieldLines, value_path};

/// Returns the old text with the ignored changes already made, so that it differs from the new text only in the changes that are
/// shown.
pub fn old_text_of_shown<'d>(comparison: &Comparison, difference: &'d Difference) -> Cow<'d, str> {
    let (old, new) = (&difference.old_text, &difference.new_text);
    if comparison.ignored.changes == 0 || matches!(difference.status, Status::Added | Status::Removed) {
        return Cow::Borrowed(old);
    }
    let is_in_old = |kind: &ChangeKind| !matches!(kind, ChangeKind::Added(_));
    let is_in_new = |kind: &ChangeKind| !matches!(kind, ChangeKind::Removed(_));
    let (Some(shown_old), Some(shown_new)) = (shown(difference, old, is_in_old), shown(difference, new, is_in_new))
    else {
        return Cow::Borrowed(old);
    };
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut text = String::new();
    let mut push = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    for stretch in align(&old, &new) {
        if stretch.is_same {
            old[stretch.old].iter().for_each(|line| push(line));
            continue;
        }
        let (start, new_start) = (stretch.old.start, stretch.new.start);
        for (before, after) in pairs_of_lines(&old[stretch.old], &new[stretch.new]) {
            let (before, after) = (before.map(|at| start + at), after.map(|at| new_start + at));
            let is_shown = before.is_some_and(|at| shown_old[at]) || after.is_some_and(|at| shown_new[at]);
            let line = if is_shown { before.map(|at| old[at]) } else { after.map(|at| new[at]) };
            line.iter().for_each(|line| push(line));
        }
    }
    Cow::Owned(text)
}

/// Returns for each line of a document whether it contains a change that is shown. `None` if the document cannot be read.
fn shown(difference: &Difference, text: &str, is_in: impl Fn(&ChangeKind) -> bool) -> Option<Vec<bool>> {
    let fields = FieldLines::read("", text).ok()?;
    let mut shown = vec![false; text.lines().count()];
    for change in difference.changes.iter().filter(|change| is_in(&change.kind)) {
        for line in fields.field_lines(&value_path(fields.node(), &change.path))? {
            *shown.get_mut(line)? = true;
        }
    }
    Some(shown)
}

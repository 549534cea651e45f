//! Joins equal changes in many places of one object.

use std::collections::HashMap;

use super::change_lines::one_line;
use super::compare::{Change, ChangeKind};
use super::group::common_end;
use crate::diagnostic::printable;
use crate::json;
use crate::kubernetes::{FieldPath, PathStep};
use crate::yaml::Value;

/// Groups the changes of an object that are equal and have the same causes, such as a new image of several containers. A group is
/// at the position of its first change.
pub(super) fn together<'c>(changes: &[&'c Change]) -> Vec<Vec<&'c Change>> {
    let mut found: Vec<Vec<&Change>> = Vec::new();
    let mut known: HashMap<(String, String), Vec<usize>> = HashMap::new();
    for change in changes {
        let Some(key) = key(change) else {
            found.push(vec![change]);
            continue;
        };
        let places = known.entry(key).or_default();
        match places.iter().find(|at| found[**at][0].causes == change.causes) {
            Some(at) => found[*at].push(change),
            None => {
                places.push(found.len());
                found.push(vec![change]);
            }
        }
    }
    found
}

/// Returns the change after that of group `at`, if both groups have a single change and the same template line made both: then
/// only the last one names the line.
pub(super) fn next_of_same_line<'c>(groups: &[Vec<&'c Change>], at: usize) -> Option<&'c Change> {
    let only = |at: usize| groups.get(at).filter(|group| group.len() == 1).map(|group| group[0]);
    let (change, next) = (only(at)?, only(at + 1)?);
    let is_same = match (&change.origin, &next.origin) {
        (Some(origin), Some(next)) => origin.is_at(next),
        (None, None) => true,
        _ => false,
    };
    is_same.then_some(next)
}

/// Returns the changes of a group as a single change, with the last steps that their paths have in common.
pub(super) fn as_one(changes: &[&Change]) -> Option<Change> {
    let (first, _) = changes.split_first()?;
    let paths: Vec<FieldPath> = changes.iter().map(|change| change.path.clone()).collect();
    Some(Change { path: common_end(&paths), kind: first.kind.clone(), causes: first.causes.clone(), origin: None })
}

/// Returns the places of the changes of a group: `in spec.template.spec.containers[name=web].image, at web.yaml:7`.
pub(super) fn places(changes: &[&Change]) -> impl Iterator<Item = String> {
    const MAX: usize = 10;
    let shown = if changes.len() > MAX { MAX - 1 } else { changes.len() };
    let place = |change: &&Change| {
        let at = change.origin.as_ref().map(|origin| format!(", at {}", origin.text())).unwrap_or_default();
        format!("in {}{at}", printable(&change.path.to_string()))
    };
    let more = (shown < changes.len()).then(|| format!("and in {} more fields", changes.len() - shown));
    changes[..shown].iter().map(place).chain(more)
}

/// Returns the key by which changes of an object are grouped, which includes the name of the field or item. Only changes that
/// mean the same everywhere have a key: an image, another long single-line string, or a map or list that takes up several
/// lines.
fn key(change: &Change) -> Option<(String, String)> {
    const LONG: usize = 20;
    const SHORTEST_IMAGE: usize = 5;
    let last = change.path.0.last()?;
    let shortest = if matches!(last, PathStep::Field(name) if name == "image") { SHORTEST_IMAGE } else { LONG };
    let is_line = |value: &Value| {
        value
            .as_str()
            .is_some_and(|text| text.len() >= shortest && !text.contains('\n') && !text.starts_with(['{', '[']))
    };
    let what = match &change.kind {
        ChangeKind::Changed(old, new) if is_line(old) && is_line(new) => {
            format!("~{}\n{}", json::write(old), json::write(new))
        }
        ChangeKind::Added(value) if takes_lines(value) => format!("+{}", json::write(value)),
        ChangeKind::Removed(value) if takes_lines(value) => format!("-{}", json::write(value)),
        _ => return None,
    };
    Some((FieldPath(vec![last.clone()]).to_string(), what))
}

fn takes_lines(value: &Value) -> bool {
    !value.is_scalar() && one_line(value).is_none()
}

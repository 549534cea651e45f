//! The same change in many places of one object.

use std::collections::HashMap;

use super::change_lines::one_line;
use super::compare::{Change, What};
use super::group::common_end;
use crate::diagnostic::printable;
use crate::json;
use crate::kubernetes::{FieldPath, PathStep};
use crate::yaml::Value;

/// The changes of one object in their order, and with the first of those that do the same because of the same values the others of them:
/// a new image of several containers.
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

/// Changes that are shown together as one, with the last steps of their paths.
pub(super) fn as_one(changes: &[&Change]) -> Option<Change> {
    let (first, _) = changes.split_first()?;
    let paths: Vec<FieldPath> = changes.iter().map(|change| change.path.clone()).collect();
    Some(Change { path: common_end(&paths), what: first.what.clone(), causes: first.causes.clone(), origin: None })
}

/// Where changes are that are shown as one: `in spec.template.spec.containers[name=web].image, at web.yaml:7`
pub(super) fn places(changes: &[&Change]) -> impl Iterator<Item = String> {
    const MOST: usize = 10;
    let shown = if changes.len() > MOST { MOST - 1 } else { changes.len() };
    let place = |change: &&Change| {
        let at = change.origin.as_ref().map(|origin| format!(", at {}", origin.text())).unwrap_or_default();
        format!("in {}{at}", printable(&change.path.to_string()))
    };
    let more = (shown < changes.len()).then(|| format!("and in {} more fields", changes.len() - shown));
    changes[..shown].iter().map(place).chain(more)
}

/// What changes of one object have in common that are shown together, in fields or items of one name: an image, or another text in one
/// line that is so long that it means the same wherever it is; or a map or list that takes several lines.
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
    let what = match &change.what {
        What::Changed(old, new) if is_line(old) && is_line(new) => {
            format!("~{}\n{}", json::write(old), json::write(new))
        }
        What::Added(value) if takes_lines(value) => format!("+{}", json::write(value)),
        What::Removed(value) if takes_lines(value) => format!("-{}", json::write(value)),
        _ => return None,
    };
    Some((FieldPath(vec![last.clone()]).to_string(), what))
}

fn takes_lines(value: &Value) -> bool {
    matches!(value, Value::Map(_) | Value::List(_)) && one_line(value).is_none()
}

//! Shares a chart's `global` values with all of its subcharts.

use super::merging::{Merging, Nulls, Path, ValuesTree};
use crate::diagnostic::Span;
use crate::go::strconv::quote_double;
use crate::yaml::Map;
use crate::yaml::Node;
use crate::yaml::Value;

const GLOBAL: &str = "global";

/// Merges the parent's `global` into the subchart's; the parent's entries take precedence. Afterwards the subchart has a
/// `global` map, unless either of the two is not a map. `path` is the parent's, because Helm's warnings use it.
pub(super) fn push_globals(parent: &Map, part: &mut Map, merging: &mut Merging, path: &Path<'_>) {
    let (empty, nowhere) = (Map::new(), Span::generated());
    let (from, place) = match parent.entry(GLOBAL) {
        None => (&empty, &nowhere),
        Some(entry) => match &entry.node.value {
            Value::Map(map) => (map, &entry.key),
            _ => {
                let place = entry.node.span.clone();
                return merging.warn("skipping globals because source global is not a table.".to_owned(), place);
            }
        },
    };
    if part.get(GLOBAL).is_none() {
        part.insert(GLOBAL, place.clone(), Node::new(Value::Map(Map::new()), place.clone()));
    }
    let Some(node) = part.get_mut(GLOBAL) else { return };
    let Value::Map(into) = &mut node.value else {
        let place = node.span.clone();
        return merging.warn("skipping globals because destination global is not a table.".to_owned(), place);
    };
    for (key, entry) in from.entries() {
        match (into.get_mut(key).map(|node| &mut node.value), &entry.node.value) {
            (None, _) => {
                into.insert(key, entry.key.clone(), entry.node.clone());
            }
            (Some(Value::Map(own)), Value::Map(global)) => {
                let mut merged = global.clone();
                merging.table(&mut merged, own, Nulls::Keep, &path.below(key));
                *own = merged;
            }
            (Some(_), Value::Map(_)) => {
                let message = format!("Conflict: cannot merge map onto non-map for {}. Skipping.", quote_double(key));
                merging.warn(message, entry.node.span.clone());
            }
            (Some(Value::Map(_)), _) => {
                merging.warn(format!("key {key} is table. Skipping"), entry.node.span.clone());
            }
            (Some(own), other) => *own = other.clone(),
        }
    }
}

/// Copies to the parent the keys that a subchart has added to nested maps in `global`.
///
/// Helm copies each map in `global` for a subchart, but not the maps nested in it. Parent and subchart share those, so keys
/// that a subchart's defaults add there are visible to the parent and to the subcharts that follow.
pub(super) fn share_globals(parent: &mut Map, part: &Map) {
    let table = |map: &Map| map.get(GLOBAL).and_then(|node| node.value.as_map().cloned());
    let Some(of_subchart) = table(part) else { return };
    let Some(of_parent) = parent.get_mut(GLOBAL).and_then(|node| node.value.as_map_mut()) else { return };
    for (key, node) in of_parent.iter_mut() {
        let Value::Map(own) = &mut node.value else { continue };
        let Some(theirs) = of_subchart.get(key).and_then(|node| node.value.as_map()) else { continue };
        for (name, inner) in own.iter_mut().filter(|(_, inner)| inner.value.as_map().is_some()) {
            if let Some(shared) = theirs.get(name).filter(|shared| shared.value.as_map().is_some()) {
                inner.value = shared.value.clone();
            }
        }
    }
}

/// Copies to all subcharts the nested maps in the parent's `global`, once the last subchart has added its keys: in Helm all
/// charts share these maps.
pub(super) fn spread_globals(parent: &mut Map, subcharts: &[ValuesTree<'_>]) {
    if subcharts.is_empty() {
        return;
    }
    let Some(Value::Map(global)) = parent.get(GLOBAL).map(|node| node.value.clone()) else { return };
    for subchart in subcharts {
        let Some(part) = parent.get_mut(&subchart.name).and_then(|node| node.value.as_map_mut()) else { continue };
        spread_into(&global, part, subchart);
    }
}

fn spread_into(global: &Map, part: &mut Map, subchart: &ValuesTree<'_>) {
    let Some(own) = part.get_mut(GLOBAL).and_then(|node| node.value.as_map_mut()) else { return };
    let mut spread = false;
    for (key, node) in global.iter() {
        let (Value::Map(from), Some(Value::Map(to))) = (&node.value, own.get_mut(key).map(|node| &mut node.value))
        else {
            continue;
        };
        for (name, inner) in from.iter().filter(|(_, inner)| inner.value.as_map().is_some()) {
            if let Some(shared) = to.get_mut(name).filter(|shared| shared.value.as_map().is_some()) {
                shared.value = inner.value.clone();
                spread = true;
            }
        }
    }
    if spread {
        spread_globals(part, &subchart.subcharts);
    }
}

//! Merges two maps (tables, in Helm's terms) and collects the warnings.

use std::fmt;

use super::go_value::display;
use crate::diagnostic::{Diagnostic, Span};
use crate::yaml::{Map, Node, Value};

/// The defaults of a chart and of its enabled subcharts, each under the name of its values.
#[derive(Debug, Clone)]
pub struct ValuesTree<'a> {
    /// The chart's name, or its alias as a subchart.
    pub name: String,
    /// The content of its values.yaml.
    pub defaults: &'a Map,
    /// Its subcharts.
    pub subcharts: Vec<ValuesTree<'a>>,
}

/// How a null among the given values, below the top level, is treated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Nulls {
    /// It deletes the default and is itself removed.
    Strip,
    /// Like `Strip`, but nulls in the defaults are kept.
    StripGiven,
    /// It is kept, so that it can delete a subchart's default later.
    Keep,
}

/// The chain of names to a value, joined only when a message needs it.
pub(super) struct Path<'p> {
    pub(super) above: Option<&'p Path<'p>>,
    pub(super) name: &'p str,
}

impl<'p> Path<'p> {
    pub(super) fn below(&'p self, name: &'p str) -> Path<'p> {
        Path { above: Some(self), name }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = std::iter::successors(Some(self), |path| path.above).map(|path| path.name);
        let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
        for (index, name) in names.iter().rev().enumerate() {
            write!(f, "{}{name}", if index > 0 { "." } else { "" })?;
        }
        Ok(())
    }
}

pub(super) struct Merging {
    /// How nulls outside of subcharts' values are treated.
    pub(super) nulls: Nulls,
    pub(super) warnings: Vec<Diagnostic>,
    pub(super) errors: Vec<Diagnostic>,
}

impl Merging {
    /// Adds the keys of `from` that `into` lacks, recursively in maps.
    pub(super) fn table(&mut self, into: &mut Map, from: &Map, nulls: Nulls, path: &Path<'_>) {
        for (key, entry) in from.entries() {
            let Some(existing) = into.get_mut(key) else {
                let node = if nulls == Nulls::Strip { without_nulls(&entry.node) } else { entry.node.clone() };
                if nulls != Nulls::Strip || !node.value.is_null() {
                    into.insert(key, entry.key.clone(), node);
                }
                continue;
            };
            match (&mut existing.value, &entry.node.value) {
                (Value::Null, default) if nulls != Nulls::Keep && !default.is_null() => {
                    into.remove(key);
                }
                (Value::Null, _) => {}
                (Value::Map(into), Value::Map(from)) => self.table(into, from, nulls, &path.below(key)),
                (Value::Map(_), Value::Null) => {}
                (Value::Map(_), default) => {
                    let (at, value) = (path.below(key), display(default));
                    let message = format!("destination for {at} is a table. Ignoring non-table value ({value})");
                    self.mismatch(message, existing, &entry.node);
                }
                (_, default @ Value::Map(_)) => {
                    let shown = if nulls == Nulls::Strip { &without_nulls(&entry.node).value } else { default };
                    let (at, value) = (path.below(key), display(shown));
                    let message = format!("cannot overwrite table with non table for {at} ({value})");
                    self.mismatch(message, existing, &entry.node);
                }
                _ => {}
            }
        }
    }

    /// Warns that a key has a map on one side and another type on the other.
    pub(super) fn mismatch(&mut self, message: String, used: &Node, ignored: &Node) {
        let label = |node: &Node, state: &str| format!("this {} is {state}", kind_of(&node.value));
        let mut warning = Diagnostic::warning("values", message).at(used.span.clone(), label(used, "used"));
        if ignored.span.source().is_some() {
            warning = warning.at(ignored.span.clone(), label(ignored, "ignored"));
        }
        self.add(warning);
    }

    pub(super) fn warn(&mut self, message: String, place: Span) {
        self.add(Diagnostic::warning("values", message).at(place, ""));
    }

    /// Adds a warning unless it is already there: Helm repeats it in every pass.
    fn add(&mut self, warning: Diagnostic) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Int(_) | Value::Float(_) => "number",
        Value::String(_) => "string",
        Value::List(_) => "list",
        Value::Map(_) => "map",
    }
}

/// Returns a value without the nulls in its maps; nulls in lists are kept.
pub(super) fn without_nulls(node: &Node) -> Node {
    let mut node = node.clone();
    if let Value::Map(map) = &mut node.value {
        strip_nulls(map);
    }
    node
}

/// Removes the nulls from a map and the maps in it. A map without nulls keeps sharing its entries.
fn strip_nulls(map: &mut Map) {
    let mut changed: Vec<(String, Map)> = Vec::new();
    let mut has_null = false;
    for (key, node) in map.iter() {
        has_null |= node.value.is_null();
        if let Value::Map(inner) = &node.value {
            let mut stripped = inner.clone();
            strip_nulls(&mut stripped);
            if !stripped.is_same(inner) {
                changed.push((key.to_owned(), stripped));
            }
        }
    }
    for (key, inner) in changed {
        if let Some(node) = map.get_mut(&key) {
            node.value = Value::Map(inner);
        }
    }
    if has_null {
        map.retain(|_, entry| !entry.node.value.is_null());
    }
}

//! Coalesces the user's values with the defaults of a chart and its subcharts, as Helm does.

use super::globals::{push_globals, share_globals, spread_globals};
use super::go_value::wrong_verb;
use super::merging::{Merging, Nulls, Path, ValuesTree, without_nulls};
use crate::diagnostic::{Diagnostic, Span};
use crate::yaml::Entry;
use crate::yaml::Map;
use crate::yaml::Node;
use crate::yaml::Value;

/// The merged values, as templates see them.
#[derive(Debug, Clone)]
pub struct Coalesced {
    /// The chart's values, with each subchart's values under its name.
    pub values: Map,
    /// The warnings that Helm logs about values it skipped because their types do not match.
    pub warnings: Vec<Diagnostic>,
}

/// Merges the user's values over the defaults of the whole tree. A null in the user's values deletes the default. Every
/// value keeps its place.
///
/// # Errors
/// Values for a subchart that are not a map: Helm's message, for each such subchart.
pub fn coalesce(tree: &ValuesTree<'_>, user: Map) -> Result<Coalesced, Vec<Diagnostic>> {
    merge_tree(tree, user, Nulls::Strip)
}

/// Merges the defaults of the whole tree without the user's values. All nulls in them are kept, so that they can delete a
/// default later (Helm's `MergeValues`).
///
/// # Errors
/// Defaults for a subchart that are not a map.
pub fn merge_defaults(tree: &ValuesTree<'_>) -> Result<Coalesced, Vec<Diagnostic>> {
    merge_tree(tree, Map::new(), Nulls::Keep)
}

/// Adds the keys of `from` that `into` lacks, recursively in maps. A null in `into` is kept and counts as a value. Returns
/// the warnings that Helm logs.
pub fn merge_tables(into: &mut Map, from: &Map) -> Vec<Diagnostic> {
    add_missing(into, from, Nulls::Keep)
}

/// Adds the keys of `from` that `into` lacks, recursively in maps. A null in `into` deletes the value in `from` and is
/// itself removed; nulls in `from` are kept (Helm's `CoalesceTables`). Returns the warnings that Helm logs.
pub fn coalesce_tables(into: &mut Map, from: &Map) -> Vec<Diagnostic> {
    add_missing(into, from, Nulls::StripGiven)
}

fn add_missing(into: &mut Map, from: &Map, nulls: Nulls) -> Vec<Diagnostic> {
    let mut merging = Merging { nulls, warnings: Vec::new(), errors: Vec::new() };
    merging.table(into, from, nulls, &Path { above: None, name: "" });
    merging.warnings
}

fn merge_tree(tree: &ValuesTree<'_>, user: Map, nulls: Nulls) -> Result<Coalesced, Vec<Diagnostic>> {
    let mut merging = Merging { nulls, warnings: Vec::new(), errors: Vec::new() };
    let mut values = user;
    merging.chart(tree, &mut values, &Path { above: None, name: &tree.name });
    let Merging { warnings, errors, .. } = merging;
    if errors.is_empty() { Ok(Coalesced { values, warnings }) } else { Err(errors) }
}

impl Merging {
    /// Merges a chart's defaults under its values, then does the same for its subcharts. `path` is the chain of chart names.
    fn chart(&mut self, tree: &ValuesTree<'_>, values: &mut Map, path: &Path<'_>) {
        for (key, default) in tree.defaults.entries() {
            self.default(tree, key, default, values, path);
        }
        for subchart in &tree.subcharts {
            self.subchart(subchart, values, path);
        }
        spread_globals(values, &tree.subcharts);
    }

    fn default(&mut self, tree: &ValuesTree<'_>, key: &str, default: &Entry, values: &mut Map, path: &Path<'_>) {
        let Some(existing) = values.get_mut(key) else {
            if self.nulls == Nulls::Keep {
                values.insert(key, default.key.clone(), default.node.clone());
            } else if !default.node.value.is_null() {
                values.insert(key, default.key.clone(), without_nulls(&default.node));
            }
            return;
        };
        match (&mut existing.value, &default.node.value) {
            (Value::Null, _) if self.nulls == Nulls::Strip => {
                values.remove(key);
            }
            (Value::Null, _) => {}
            (Value::Map(into), Value::Map(from)) => {
                let is_subchart = tree.subcharts.iter().any(|subchart| subchart.name == key);
                let nulls = if is_subchart { Nulls::Keep } else { self.nulls };
                self.table(into, from, nulls, &path.below(key));
            }
            (Value::Map(_), Value::Null) => {}
            (existing, default) if is_empty(existing) && is_empty(default) => {}
            (Value::Map(_), _) => {
                let message = format!("skipped value for {path}.{key}: Not a table.");
                self.mismatch(message, existing, &default.node);
            }
            _ => {}
        }
    }

    fn subchart(&mut self, subchart: &ValuesTree<'_>, values: &mut Map, path: &Path<'_>) {
        let name = &subchart.name;
        let existing = values.get_mut(name);
        let place = existing.as_ref().map(|node| node.span.clone()).unwrap_or_default();
        let mut part = match existing.map(|node| std::mem::take(&mut node.value)) {
            None => Map::new(),
            Some(Value::Map(part)) => part,
            Some(other) => {
                self.errors.push(
                    Diagnostic::error("values", format!("type mismatch on {name}: {}", wrong_verb(&other)))
                        .at(place, "expected a map")
                        .help(format!("{name} is a subchart: its values must be a map")),
                );
                return;
            }
        };
        push_globals(values, &mut part, self, path);
        self.chart(subchart, &mut part, &path.below(name));
        share_globals(values, &part);
        match values.get_mut(name) {
            Some(node) => node.value = Value::Map(part),
            None => {
                values.insert(name.as_str(), Span::generated(), Node::generated(Value::Map(part)));
            }
        }
    }
}

/// Whether a value is an empty string, list or map. Between two empty values nothing is lost, whatever their types, so no
/// warning is needed: charts with Go templates write `{}` for an unset string.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diagnostic::Source;
    use crate::yaml;

    fn read(text: &str) -> Map {
        yaml::read_values(&Source::file("v.yaml", text)).unwrap()
    }

    fn merge(defaults: &str, user: &str) -> (String, Vec<String>) {
        merge_with_subchart(defaults, None, user)
    }

    fn merge_with_subchart(defaults: &str, subchart: Option<&str>, user: &str) -> (String, Vec<String>) {
        let (defaults, below) = (read(defaults), subchart.map(read));
        let subcharts = below.iter().map(|defaults| ValuesTree { name: "x".into(), defaults, subcharts: vec![] });
        let tree = ValuesTree { name: "c".into(), defaults: &defaults, subcharts: subcharts.collect() };
        let merged = coalesce(&tree, read(user)).unwrap();
        let warnings = merged.warnings.into_iter().map(|warning| warning.message).collect();
        (yaml::write(&Value::Map(merged.values)).unwrap(), warnings)
    }

    #[test]
    fn user_nulls_delete_defaults_and_unknown_nulls_stay() {
        assert_eq!(merge("a: 1\nb: {c: 1, d: 2}\n", "a: null\nb: {c: null}\nz: null\n").0, "b:\n  d: 2\nz: null");
        assert_eq!(merge("b: {c: 1}\n", "b: {c: null}\n").0, "b: {}");
        assert_eq!(merge("a: null\nb: {c: null, d: [null]}\n", "").0, "b:\n  d:\n  - null");
        assert_eq!(merge("a: null\nb: {c: null}\n", "a: null\nb: {c: null}\n").0, "b:\n  c: null");
    }

    #[test]
    fn mismatched_types_are_skipped_with_helms_warning() {
        assert_eq!(
            merge("a: 5\n", "a: {x: 1}\n"),
            ("a:\n  x: 1".into(), vec!["skipped value for c.a: Not a table.".into()])
        );
        assert_eq!(
            merge("a: {x: {z: 1}}\n", "a: {x: 5}\n"),
            ("a:\n  x: 5".into(), vec!["cannot overwrite table with non table for c.a.x (map[z:1])".into()],)
        );
        assert_eq!(
            merge("a: {x: 5}\n", "a: {x: {z: 1}}\n").1,
            ["destination for c.a.x is a table. Ignoring non-table value (5)",]
        );
        assert_eq!(merge("a: {x: 5}\n", "a: 1\n"), ("a: 1".into(), vec![]));
    }

    #[test]
    fn an_empty_map_over_an_empty_default_is_not_a_mismatch() {
        for (default, existing) in [("''", "{}"), ("[]", "{}"), ("{}", "''"), ("{}", "[]")] {
            let (default, existing) = (format!("a: {default}\n"), format!("a: {existing}\n"));
            assert_eq!(merge(&default, &existing).1, [""; 0], "{existing} over {default}");
        }
        assert_eq!(merge("a: x\n", "a: {}\n").1, ["skipped value for c.a: Not a table."]);
        assert_eq!(merge("a: 0\n", "a: {}\n").1, ["skipped value for c.a: Not a table."]);
        assert_eq!(merge("a: [1]\n", "a: {}\n").1, ["skipped value for c.a: Not a table."]);
        assert_eq!(
            merge("b: {c: ''}\n", "b: {c: {x: 1}}\n").1,
            ["destination for c.b.c is a table. Ignoring non-table value ()"]
        );
    }

    #[test]
    fn a_mismatch_shows_both_places() {
        let (defaults, user) = (read("a: 5\n"), read("a: {x: 1}\n"));
        let tree = ValuesTree { name: "c".into(), defaults: &defaults, subcharts: Vec::new() };
        let warnings = coalesce(&tree, user).unwrap().warnings;
        let labels: Vec<&str> = warnings[0].labels.iter().map(|label| label.text.as_str()).collect();
        assert_eq!(labels, ["this map is used", "this number is ignored"]);
    }

    #[test]
    fn a_subchart_gets_its_defaults_and_globals() {
        let (text, _) =
            merge_with_subchart("global: {g: 1}\nx: {a: 1}\n", Some("a: 2\nb: 3\nglobal: {g: 2, h: 3}\n"), "");
        assert_eq!(text, "global:\n  g: 1\nx:\n  a: 1\n  b: 3\n  global:\n    g: 1\n    h: 3");
        assert_eq!(merge_with_subchart("", Some("a: 1\n"), "").0, "x:\n  a: 1\n  global: {}");
    }

    #[test]
    fn a_parents_null_deletes_a_subcharts_default_only_with_user_values() {
        assert_eq!(merge_with_subchart("x: {k: null}\n", Some("k: 1\n"), "").0, "x:\n  global: {}\n  k: 1");
        assert_eq!(merge_with_subchart("x: {k: null}\n", Some("k: 1\n"), "x: {z: 1}\n").0, "x:\n  global: {}\n  z: 1");
        assert_eq!(merge_with_subchart("x: {k: 5}\n", Some("k: 1\n"), "x: {k: null}\n").0, "x:\n  global: {}");
    }

    #[test]
    fn a_subcharts_values_must_be_a_map() {
        let (defaults, none) = (Map::new(), Map::new());
        let subchart = ValuesTree { name: "x".into(), defaults: &none, subcharts: vec![] };
        let tree = ValuesTree { name: "c".into(), defaults: &defaults, subcharts: vec![subchart] };
        for (existing, shown) in [("5", "%!t(float64=5)"), ("null", "%!t(<nil>)"), ("s", "%!t(string=s)")] {
            let errors = coalesce(&tree, read(&format!("x: {existing}\n"))).unwrap_err();
            assert_eq!(errors[0].message, format!("type mismatch on x: {shown}"));
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf =
            prop_oneof![Just(Value::Bool(true)), (0i64..9).prop_map(Value::Int), "[a-c]{0,3}".prop_map(Value::String)];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3)
                    .prop_map(|items| Value::List(items.into_iter().map(Node::generated).collect())),
                prop::collection::btree_map("[a-d]", inner, 0..4).prop_map(map_of),
            ]
        })
    }

    fn map_of(entries: std::collections::BTreeMap<String, Value>) -> Value {
        let entry = |(key, value)| (key, Entry { key: Span::generated(), node: Node::generated(value) });
        Value::Map(entries.into_iter().map(entry).collect())
    }

    fn maps() -> impl Strategy<Value = Map> {
        prop::collection::btree_map("[a-d]", values(), 0..4).prop_map(|entries| match map_of(entries) {
            Value::Map(map) => map,
            _ => Map::new(),
        })
    }

    #[test]
    fn only_tables_keep_nulls_of_the_defaults() {
        let read = |text: &str| crate::yaml::read_values(&crate::diagnostic::Source::file("v.yaml", text)).unwrap();
        let mut existing = read("{a: ~, b: {c: ~, d: 1}, e: ~, f: 1, g: {h: 1}}");
        let warnings =
            coalesce_tables(&mut existing, &read("{a: 1, b: {c: 1, i: ~}, e: ~, f: {x: 1}, g: 1, j: {k: ~}}"));
        assert_eq!(existing, read("{b: {d: 1, i: ~}, e: ~, f: 1, g: {h: 1}, j: {k: ~}}"));
        let warnings: Vec<_> = warnings.iter().map(|warning| warning.message.as_str()).collect();
        assert_eq!(
            warnings,
            [
                "cannot overwrite table with non table for f (map[x:1])",
                "destination for g is a table. Ignoring non-table value (1)",
            ]
        );
    }

    proptest! {
        #[test]
        fn merging_twice_changes_nothing(defaults in maps(), user in maps()) {
            let tree = ValuesTree { name: "c".into(), defaults: &defaults, subcharts: vec![] };
            let once = coalesce(&tree, user).unwrap().values;
            let twice = coalesce(&tree, once.clone()).unwrap().values;
            prop_assert_eq!(once, twice);
        }

        #[test]
        fn user_values_are_kept(defaults in maps(), user in maps()) {
            let tree = ValuesTree { name: "c".into(), defaults: &defaults, subcharts: vec![] };
            let merged = coalesce(&tree, user.clone()).unwrap().values;
            for (key, node) in user.iter().filter(|(_, node)| node.value.as_map().is_none()) {
                prop_assert_eq!(merged.get(key), Some(node));
            }
        }
    }
}
